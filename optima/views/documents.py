"""The Antrag to take along: as PDF and as text to paste (UX-02, REP-16)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from iiz.core import clock, workflow
from iiz.core.actor import Actor
from iiz.core.blocks import Block, as_text, filled
from iiz.core.enums import Phase
from iiz.core.http import Request
from iiz.core.models import Case, Institution, User
from iiz.core.templatetags.ui import day
from iiz.core.views import papers
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads
from iiz.core.workflow import Party

from .. import content, drafts, filed
from ..enums import variant
from ..offices import rules
from ..queries import antrag_of


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


def contractor_of(case: Case) -> Institution | None:
    """Who is asked; in a draft as far as its words name an office."""
    antrag = antrag_of(case)
    return drafts.contractor_of(case.draft, antrag.principal) if case.phase == Phase.DRAFT else antrag.contractor


def variant_of(case: Case) -> str:
    """``OPTIMA-IV``: the contractor's variant, as its documents are headed (OP-02, OP-03)."""
    return variant(contractor_of(case))


def subject_of(case: Case) -> str:
    """``Antrag OPTIMA-IV``: the contractor's variant of the one form, under its own title."""
    return _("Antrag %(variant)s") % {"variant": variant_of(case)}


def title_of(case: Case) -> str:
    """``Antrag OPTIMA-IV O-2026-0040``, marked as long as it is a draft."""
    title = f"{subject_of(case)} {case.number}"
    return _("%(title)s – Entwurf") % {"title": title} if case.phase == Phase.DRAFT else title


def words(case: Case, actor: Actor) -> list[Block]:
    """The words of a draft, or of an Antrag as it was filed, the person first: outside the portal no head names her.

    The cost is that of the day of the Antrag.
    """
    found = drafts.blocks(case, actor) if case.phase == Phase.DRAFT else filed.blocks(case)
    sheet = rules("", contractor_of(case), antrag_of(case).principal, dated(case), criteria=False)
    costs = Block("costs", _("Was es kostet und wer bezahlt"), sheet.costs)
    return sorted(filled([*found, costs]), key=lambda block: block.name != "person")


def dated(case: Case) -> dt.date:
    """The day of the Antrag; of a draft, today."""
    return clock.today() if case.phase == Phase.DRAFT else case.arrived_on


def author_of(case: Case) -> User | None:
    """Who filed the Antrag, whoever leads the case by now; of a draft, who writes it."""
    return case.lead_user if case.phase == Phase.DRAFT else filed.agreement_of(case).recorded_by


@reads
def antrag_pdf(request: Request, number: str) -> HttpResponse:
    """The Antrag as a letter of the principal; each download is logged."""
    case, actor = _fetch(request, number)
    context, title = letter(case, actor), title_of(case)
    name = f"Antrag-{case.number}{'-Entwurf' if case.phase == Phase.DRAFT else ''}"
    told = _("Antrag als PDF")
    return papers.as_pdf(request, case, "optima/pdf/antrag.html", context, title=title, name=name, told=told)


def letter(case: Case, actor: Actor) -> dict[str, Any]:
    """What the PDF's template reads: sender, address, words, and who filed them."""
    antrag, contractor, author = antrag_of(case), contractor_of(case), author_of(case)
    recipient: list[str] = []
    if contractor is not None:
        contact = filed.contact(case, contractor, dated(case))
        recipient = [contractor.name, *([contact.name] if contact else []), contractor.street]
        recipient.append(f"{contractor.postcode} {contractor.place}".strip())
    reach = [author.get_full_name(), author.phone, author.email] if author else []
    return {
        "office": antrag.principal,
        "recipient": [line for line in recipient if line],
        "dated": dated(case),
        "reference": [(_("Fall"), case.number)],
        "subject": subject_of(case),
        "draft": case.phase == Phase.DRAFT,
        "blocks": words(case, actor),
        "signed_by": [antrag.principal.name, *filter(None, reach)],
    }


@reads
def antrag_text(request: Request, number: str) -> HttpResponse:
    """The Antrag as plain text, to copy into AVAM, OSIV or KLIB; each opening is logged."""
    case, actor = _fetch(request, number)
    title = title_of(case)
    text = as_text(title, [*words(case, actor), *_filed(case)])
    return papers.as_text(request, case, text, title=title, told=_("Antrag als Text"))


def _filed(case: Case) -> list[Block]:
    """When, and who stands below the letter."""
    author = author_of(case)
    if case.phase == Phase.DRAFT or author is None:
        return []
    names = {"day": day(dated(case)), "who": author.get_full_name(), "office": antrag_of(case).principal.name}
    return [Block("filed", _("Eingereicht"), [("", _("am %(day)s von %(who)s, %(office)s") % names)])]
