"""The Handlungsplan behind a link: read it, take it along, and for the client sign it (RT-15, RT-18)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import guests
from iiz.core.models import GuestLink
from iiz.core.registry import GuestPurpose
from iiz.core.views.documents import as_download
from iiz.core.workflow import Conflict, NotAllowed

from .. import plan_paper, plan_reading, signing
from ..effects.plans import READ
from ..enums import ParticipantKind
from ..forms.plan_sign import DrawForm
from ..models import Handlungsplan, Participant
from ..perspectives import Author

PDF, PLAIN = "pdf", "klartext"
"""In the address of a guest: the document itself, and the summary in plain words."""


def guest(request: HttpRequest, link: GuestLink) -> HttpResponseBase:
    """The document as the reader may read it; the client finds the plain words first, and the field to sign."""
    found = signing.of_link(link)
    if found is None:
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
    plan, reader = found
    kinds = plan_reading.kinds_of(plan.case, reader)
    is_client = reader.kind == ParticipantKind.CLIENT
    if request.method != "POST" and (PDF in request.GET or PLAIN in request.GET):
        return _document(link, plan, reader, plain=PLAIN in request.GET)
    draw, problem = DrawForm(request.POST if request.method == "POST" and is_client else None), ""
    if draw.is_valid():
        try:
            seen = request.POST.get("seen", "")
            signing.draw(plan, Author(link=link), draw.cleaned_data["strokes"], seen=seen)
            return HttpResponseRedirect(f"{request.path}?unterschrieben=1")
        except (Conflict, NotAllowed) as stopped:
            if signing.guest_hindrance(link):
                raise
            problem = stopped.sentence if isinstance(stopped, Conflict) else str(stopped)
            plan.refresh_from_db()
    guests.log(link, _("Handlungsplan, Fassung %(n)s") % {"n": plan.number})
    context: dict[str, Any] = {
        "guest": link,
        "case": plan.case,
        "plan": plan,
        "is_client": is_client,
        "doc": plan_paper.document(plan, kinds, reader.pk),
        "plain": plan_paper.document(plan, kinds, reader.pk, plain=True) if is_client else None,
        "draw": draw,
        "signs": is_client and not signing.hindrance(plan),
        "signed": signing.is_signed(plan),
        "just_signed": "unterschrieben" in request.GET and signing.is_signed(plan),
        "problem": problem,
    }
    return render(request, "roundtable/plan_guest.html", context, status=409 if problem else 200)


def _document(link: GuestLink, plan: Handlungsplan, reader: Participant, *, plain: bool) -> HttpResponseBase:
    """The copy that was sent to who reads the same; made anew once the client's signature has come since."""
    kinds = plan_reading.kinds_of(plan.case, reader)
    name = _("Plan in einfachen Worten") if plain else _("Handlungsplan")
    guests.log(link, _("%(name)s als PDF, Fassung %(n)s") % {"name": name, "n": plan.number})
    copy = plan_paper.kept(plan, kinds, participant=reader.pk, plain=plain)
    filename = f"{name.replace(' ', '-')}-{plan.case.number}-{plan.number}.pdf"
    if copy is not None and (plain or not signing.is_signed(plan)):
        return as_download(copy.file, filename, "application/pdf")
    body = plan_paper.render(plan, kinds, participant=reader.pk, plain=plain)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _typed(request: HttpRequest) -> list[tuple[Any, str]]:
    """A drawing is not given back: nothing is signed, and it belongs under no other version."""
    return [(_("Unterschrift"), _("gezeichnet, nicht gespeichert"))] if request.POST.get("strokes") else []


PURPOSE = GuestPurpose(
    READ,
    gettext_lazy("Handlungsplan lesen"),
    gettext_lazy("Was an einem Gespräch abgemacht wurde, ist fertig aufgeschrieben."),
    "",
    "rt_guest_plan",
    guest,
    signing.guest_hindrance,
    typed=_typed,
)
