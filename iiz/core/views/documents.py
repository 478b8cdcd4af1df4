"""Documents of a case: filed after a check, served after a check."""

from __future__ import annotations

from django.contrib import messages
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import audit, documents
from ..actor import Actor
from ..enums import Phase
from ..forms.document import DocumentForm
from ..http import Request
from ..models import Case, Document
from ..workflow import NotAllowed
from .case import documents_view, frame, upload_reason
from .fetch import acting, visible_case
from .marks import reads, writes


@writes
def upload(request: Request, number: str) -> HttpResponse:
    """File a document; what is wrong is said beside the field, the rest stays."""
    case, actor = visible_case(request, number), acting(request)
    if case.phase == Phase.DRAFT:
        raise Http404
    reason = upload_reason(case, actor)
    if reason:
        raise NotAllowed(reason)
    form = DocumentForm(request.POST or None, request.FILES or None, case=case, actor=actor)
    if request.method == "POST" and form.is_valid():
        documents.store(
            case,
            actor,
            title=form.cleaned_data["title"],
            upload=form.cleaned_data["file"],
            content_type=form.content_type,
            audience=form.cleaned_data["audience"],
            health=form.cleaned_data.get("health", False),
        )
        messages.success(request, _("Das Dokument ist abgelegt."))
        return HttpResponseRedirect(reverse("core:case_tab", args=[case.number, "dokumente"]))
    context = frame(request, case, "dokumente")
    context.update(documents_view(case, actor))
    context["form"] = form
    return render(request, "core/document_upload.html", context)


@reads
def download(request: Request, number: str, pk: int) -> FileResponse:
    """Hand out one document as a download, noted in the access log."""
    case, actor = visible_case(request, number), acting(request)
    return handed_out(actor, case, get_object_or_404(Document.objects.visible_to(actor), case=case, pk=pk))


def handed_out(actor: Actor, case: Case, document: Document) -> FileResponse:
    """A document that ``actor`` may read, as a download that no browser runs; noted in the access log."""
    audit.log_read(actor, case, _("Dokument «%(title)s»") % {"title": document.title[:90]})
    return as_download(document.file, document.filename, document.content_type)


def as_download(file: FieldFile, filename: str, content_type: str) -> FileResponse:
    """A stored file for whoever may read it, which the caller has checked and noted; no browser runs it."""
    response = FileResponse(file.open("rb"), as_attachment=True, filename=filename, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
