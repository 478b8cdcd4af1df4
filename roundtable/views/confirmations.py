"""Documents to confirm: asked by the coordination office, answered by an office or behind a link (RT-18)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import audit, guests
from iiz.core.actor import Actor
from iiz.core.conflicts import conflict_page, typed_in
from iiz.core.enums import Audience, Phase, Service
from iiz.core.http import Request
from iiz.core.models import Case, Document, GuestLink
from iiz.core.registry import GuestPurpose
from iiz.core.templatetags.ui import day
from iiz.core.views.documents import as_download
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import writes
from iiz.core.workflow import Conflict, NotAllowed

from .. import confirmations, reading
from ..confirmations import CONFIRM, RELATED
from ..forms.asking import AskConfirmationForm, ConfirmForm
from ..models import Confirmation, Participant
from ..perspectives import Author
from ..queries import at_the_table, institution_of, moderates

FILE = "datei"
"""In the address of a guest: the document itself."""
DOCUMENTS = "dokumente"


def _tab(case: Case) -> str:
    return reverse("core:case_tab", args=[case.number, DOCUMENTS])


def _readers(case: Case, document: Document) -> tuple[list[Participant], list[str]]:
    """Who may be asked to confirm a document, and of all others why not, a sentence each."""
    rows, others = [], []
    for row in at_the_table(case):
        name = reading.name_of(case, row, named=True)
        reason = confirmations.no_reader(case, row, document)
        if not reason and row.participation is None and not row.email:
            reason = _("Es ist keine E-Mail-Adresse erfasst.")
        if reason:
            others.append(f"{name}: {reason}")
        else:
            rows.append(row)
    return rows, others


def _open(case: Case, document: Document) -> list[tuple[str, str]]:
    """Who is asked and has not answered, in words, with the address that calls it off."""
    rows = Confirmation.objects.filter(document=document, answered_at=None, cancelled_at=None)
    return [
        (
            f"{reading.name_of(case, row.participant, named=True)}: {_words(row)}",
            reverse("roundtable:confirm_cancel", args=[row.pk]),
        )
        for row in rows.select_related(*RELATED).order_by("pk")
    ]


@writes
def ask(request: Request, number: str, pk: int) -> HttpResponse:
    """The coordination office chooses who confirms a document, by which day."""
    case, actor = visible_case(request, number), acting(request)
    if case.service != Service.ROUNDTABLE or case.phase == Phase.DRAFT:
        raise Http404
    document = get_object_or_404(Document.objects.visible_to(actor), case=case, pk=pk)
    reason = confirmations.refusal(case, actor)
    if reason:
        raise NotAllowed(reason)
    rows, others = _readers(case, document)
    form = AskConfirmationForm(request.POST or None, readers=rows)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = data["participants"]
        confirmations.ask(case, actor, document, chosen, question=data["question"], due_on=data["due_on"])
        messages.success(request, _("Die Bitte um Bestätigung ist unterwegs."))
        return HttpResponseRedirect(_tab(case))
    context = {
        "case": case,
        "document": document,
        "form": form,
        "others": others,
        "rows": rows,
        "open": _open(case, document),
        "back": _tab(case),
    }
    return render(request, "roundtable/confirm_ask.html", context)


def _asked(request: Request, pk: int) -> Confirmation:
    """What the actor's office is asked to confirm; ``Http404`` for all others."""
    actor = acting(request)
    rows = Confirmation.objects.select_related("case__vollmacht", "case__person", "participant__line", *RELATED)
    row = rows.filter(pk=pk, participant__participation__institution=actor.institution).first()
    if row is None or not Case.objects.visible_to(actor).filter(pk=row.case_id).exists():
        raise Http404
    row.participant.case = row.case
    return row


@writes
def confirmation(request: Request, pk: int) -> HttpResponse:
    """Read the document and answer, once; what was answered stays to be read."""
    row, actor = _asked(request, pk), acting(request)
    if not actor.works_on_cases:
        raise NotAllowed(_("Ihre Rolle erlaubt das nicht. Antworten können die Personen, die in Fällen arbeiten."))
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _answer(row, Author(actor=actor), form, request.POST.get("seen", ""))
        except (Conflict, NotAllowed) as stopped:
            sentence = stopped.sentence if isinstance(stopped, Conflict) else str(stopped)
            now = [(_("Dokument"), row.document.title), (_("Antwort"), _words(row))]
            mine = typed_in(form)
            title = _("Nichts ist bestätigt")
            return conflict_page(request, sentence, mine=mine, theirs=now, url=request.path, title=title)
        messages.success(request, _("Ihre Antwort ist festgehalten."))
        return HttpResponseRedirect(_tab(row.case))
    audit.log_read(actor, row.case, _("Bitte um Bestätigung"))
    readable = Document.objects.visible_to(actor).filter(pk=row.document_id).exists()
    context = {
        "case": row.case,
        "row": row,
        "form": form,
        "hindrance": confirmations.hindrance(row),
        "answer": _words(row),
        "file_url": reverse("core:document", args=[row.case.number, row.document_id]) if readable else "",
        "back": _tab(row.case),
    }
    return render(request, "roundtable/confirm.html", context)


def _answer(row: Confirmation, author: Author, form: ConfirmForm, seen: str) -> None:
    data = form.cleaned_data
    confirmations.answer(row, author, confirmed=data["confirmed"] == "yes", note=data["note"], seen=seen)


def _words(row: Confirmation) -> str:
    """How a confirmation stands, in words."""
    if row.cancelled_at is not None:
        return _("nicht mehr erbeten")
    if row.answered_at is None:
        return _("offen, erbeten bis %(day)s") % {"day": day(row.due_on)}
    words = _("einverstanden am %(day)s") if row.confirmed else _("nicht einverstanden am %(day)s")
    return words % {"day": day(row.answered_at)}


@writes
def cancel(request: Request, pk: int) -> HttpResponse:
    """The coordination office asks for an answer no longer; the page asks first."""
    actor = acting(request)
    rows = Confirmation.objects.select_related("case__person", *RELATED).filter(case__in=Case.objects.visible_to(actor))
    row = get_object_or_404(rows, pk=pk)
    if not moderates(row.case, actor):
        raise NotAllowed(_("Das kann nur tun, wer den Roundtable führt."))
    if request.method == "POST":
        confirmations.cancel(row, actor)
        messages.success(request, _("Um die Bestätigung wird nicht mehr gebeten."))
        return HttpResponseRedirect(_tab(row.case))
    context = {
        "case": row.case,
        "title": _("Bestätigung nicht mehr einholen"),
        "words": _("Die Pendenz verschwindet, ein Link dazu gilt nicht mehr."),
        "button": _("Nicht mehr einholen"),
        "who": reading.name_of(row.case, row.participant, named=True),
        "back": _tab(row.case),
    }
    return render(request, "roundtable/view_step.html", context)


# On the documents of a case -----------------------------------------------------------------------------------------


def notes(case: Case, actor: Actor, documents: list[Document]) -> dict[int, tuple[list[str], list[tuple[Any, str]]]]:
    """Of each document, who answered what, and what can be done; an office reads its own answer only."""
    rows = Confirmation.objects.filter(case=case, document__in=documents, cancelled_at=None)
    if not moderates(case, actor):
        rows = rows.filter(participant__participation__institution=actor.institution)
    may_ask = not confirmations.refusal(case, actor)
    found: dict[int, tuple[list[str], list[tuple[Any, str]]]] = {}
    for document in documents:
        ways = []
        if may_ask and document.audience == Audience.CASE:
            address = reverse("roundtable:confirm_ask", args=[case.number, document.pk])
            ways.append((_("Zur Bestätigung senden"), address))
        found[document.pk] = ([], ways)
    for row in rows.select_related(*RELATED).order_by("pk"):
        sentences, ways = found[row.document_id]
        name = reading.name_of(case, row.participant, named=True)
        words = f"{name}: {_words(row)}"
        sentences.append(f"{words} – {row.note}" if row.note else words)
        own = institution_of(row.participant) == actor.institution.pk and not confirmations.hindrance_of_case(case)
        if own and row.answered_at is None:
            ways.append((_("Lesen und bestätigen"), reverse("roundtable:confirmation", args=[row.pk])))
    return found


# Behind a link ------------------------------------------------------------------------------------------------------


def guest(request: HttpRequest, link: GuestLink) -> HttpResponseBase:
    """One document to read, at the same address, and to confirm."""
    row = confirmations.of_link(link)
    if row is None:
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
    if FILE in request.GET and request.method != "POST":
        guests.log(link, _("Dokument «%(title)s»") % {"title": row.document.title[:90]})
        return as_download(row.document.file, row.document.filename, row.document.content_type)
    form, problem = ConfirmForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _answer(row, Author(link=link), form, request.POST.get("seen", ""))
            return HttpResponseRedirect(request.path)
        except Conflict as conflict:
            problem = conflict.sentence
    guests.log(link, _("Bitte um Bestätigung"))
    context = {"guest": link, "case": row.case, "row": row, "form": form, "problem": problem}
    return render(request, "roundtable/confirm_guest.html", context, status=409 if problem else 200)


PURPOSE = GuestPurpose(
    CONFIRM,
    gettext_lazy("Dokument lesen und bestätigen"),
    gettext_lazy("Ein Dokument wartet darauf, dass Sie es lesen und bestätigen."),
    gettext_lazy("Danke, Ihre Antwort ist angekommen."),
    "rt_guest_confirm",
    guest,
    confirmations.guest_hindrance,
    typed=lambda request: typed_in(ConfirmForm(request.POST)),
)
