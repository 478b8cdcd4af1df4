"""The Antrag to take along: as PDF and as text to paste (UX-02, REP-16)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import audit, pdf, workflow
from iiz.core.actor import Actor
from iiz.core.blocks import Block, as_text
from iiz.core.context import CANTON
from iiz.core.enums import Phase
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.templatetags.ui import day
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads
from iiz.core.workflow import Party

from .. import content, drafts
from ..offices import describe
from ..queries import antrag_of, contact_of


def refusal(case: Case, actor: Actor) -> str:
    """Why there is no Antrag to take along for ``actor``; empty if there is one."""
    antrag = antrag_of(case)
    if case.phase != Phase.DRAFT and antrag.submitted_at is None:
        return _("Zu importierten Fällen gibt es keinen Antrag.")
    if case.phase != Phase.DRAFT and Party.PRINCIPAL not in content.may_read(case, actor):
        return _("Das Einverständnis ist zurückgezogen: Den Antrag sieht nur noch, wer ihn geschrieben hat.")
    return ""


def _fetch(request: Request, number: str) -> tuple[Case, Actor]:
    case, actor = visible_case(request, number), acting(request)
    if case.service != "optima":
        raise Http404
    reason = refusal(case, actor)
    if reason:
        raise workflow.NotAllowed(reason)
    return case, actor


def title_of(case: Case) -> str:
    """``Antrag Optima O-2026-0040``, marked as long as it is a draft."""
    title = _("Antrag Optima %(number)s") % {"number": case.number}
    return _("%(title)s – Entwurf") % {"title": title} if case.phase == Phase.DRAFT else title


def blocks_of(case: Case, actor: Actor) -> list[Block]:
    """The words of a draft or of a submitted Antrag, the person first: outside the portal no head names her."""
    found = drafts.blocks(case, actor) if case.phase == Phase.DRAFT else content.blocks(case, actor)
    return sorted(found, key=lambda block: block.name != "person")


@reads
def antrag_pdf(request: Request, number: str) -> HttpResponse:
    """The Antrag as a letter of the principal; each download is logged."""
    case, actor = _fetch(request, number)
    audit.log_read(actor, case, _("Antrag als PDF"))
    body = pdf.render("optima/pdf/antrag.html", letter(case, actor), title=title_of(case))
    name = f"Antrag-{case.number}{'-Entwurf' if case.phase == Phase.DRAFT else ''}.pdf"
    return HttpResponse(
        body, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def letter(case: Case, actor: Actor) -> dict[str, Any]:
    """What the PDF's template reads: sender, address, words, and the rules of the day of the Antrag."""
    antrag, draft = antrag_of(case), case.phase == Phase.DRAFT
    on = timezone.localdate() if draft else case.arrived_on
    contractor = drafts.contractor_of(case.draft, antrag.principal) if draft else antrag.contractor
    contact = antrag.contact_person or (contact_of(contractor, on) if contractor else None)
    recipient: list[str] = []
    if contractor is not None:
        recipient = [contractor.name, *([contact.name] if contact else []), contractor.street]
        recipient.append(f"{contractor.postcode} {contractor.place}".strip())
    agreement = case.agreements.first()
    return {
        "canton_name": CANTON,
        "office": antrag.principal,
        "recipient": [line for line in recipient if line],
        "place_date": ", ".join(part for part in (antrag.principal.place, day(on)) if part),
        "case": case,
        "draft": draft,
        "blocks": blocks_of(case, actor),
        "sheet": describe("", contractor, antrag.principal, on),
        "agreed_on": agreement.agreed_on if agreement else None,
        "lead": case.lead_user,
    }


@reads
def antrag_text(request: Request, number: str) -> HttpResponse:
    """The Antrag as plain text, to copy into AVAM, OSIV or KLIB; each opening is logged."""
    case, actor = _fetch(request, number)
    audit.log_read(actor, case, _("Antrag als Text"))
    text = as_text(title_of(case), blocks_of(case, actor))
    return render(request, "optima/text.html", {"case": case, "title": title_of(case), "text": text})
