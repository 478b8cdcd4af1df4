"""The closing note: how the case work ended, as a letter of the contractor to the principal, and as text (OP-20).

The same words as the note of the Abschlussgespräch, and the only ones where a case was closed without a meeting.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from iiz.core import workflow
from iiz.core.actor import Actor
from iiz.core.blocks import Block, as_text, filled
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.templatetags.ui import day
from iiz.core.views import papers
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads
from iiz.core.workflow import Party

from .. import content, minutes
from ..enums import OptimaState, variant
from ..models import Abschluss
from ..queries import antrag_of


def closure_of(case: Case) -> Abschluss | None:
    """How the case was closed; nothing before, and nothing for imported cases."""
    return getattr(antrag_of(case), "abschluss", None) if case.state == OptimaState.CLOSED else None


def refusal(case: Case, actor: Actor) -> str:
    """Why ``actor`` gets no closing note; empty if there is one."""
    if closure_of(case) is None:
        return _("Dieser Fall hat keine Abschlussnotiz.")
    if Party.CONTRACTOR not in content.may_read(case, actor):
        return _("Das Einverständnis ist zurückgezogen: Die Abschlussnotiz sieht nur noch, wer sie geschrieben hat.")
    return ""


def _fetch(request: Request, number: str) -> tuple[Case, Actor]:
    case, actor = visible_case(request, number), acting(request)
    if case.service != "optima" or closure_of(case) is None:
        raise Http404
    reason = refusal(case, actor)
    if reason:
        raise workflow.NotAllowed(reason)
    return case, actor


def subject_of(case: Case) -> str:
    """``Abschlussnotiz OPTIMA-SH``."""
    return _("Abschlussnotiz %(variant)s") % {"variant": variant(antrag_of(case).contractor)}


def title_of(case: Case) -> str:
    """``Abschlussnotiz OPTIMA-SH O-2026-0040``."""
    return f"{subject_of(case)} {case.number}"


def blocks(case: Case, actor: Actor) -> list[Block]:
    """Whom it was about, from when to when, why it ended and what came of it."""
    antrag, row = antrag_of(case), closure_of(case)
    assert row is not None  # who asks has looked
    meeting = row.meeting
    held = _("im Abschlussgespräch vom %(day)s") % {"day": day(meeting.held_on)} if meeting else _("ohne Gespräch")
    person = content.person(case)[:2] if Party.PRINCIPAL in content.may_read(case, actor) else []
    return filled(
        [
            Block("person", _("Person"), person),
            Block(
                "work",
                _("Fallarbeit"),
                [
                    (_("Beginn"), day(antrag.started_on)),
                    (_("Ende"), day(case.ended_on)),
                    (_("Beschlossen"), held),
                    (_("Festgehalten von"), f"{row.closed_by.get_full_name()}, {day(row.closed_at)}"),
                ],
            ),
            Block("closure", _("Abschluss"), minutes.closure_rows(row)),
        ]
    )


def letter(case: Case, actor: Actor) -> dict[str, Any]:
    """What the PDF's template reads: the contractor as sender, the principal as recipient, and who closed the case."""
    antrag, row = antrag_of(case), closure_of(case)
    assert row is not None  # who asks has looked
    principal, contractor = antrag.principal, antrag.contractor
    place = f"{principal.postcode} {principal.place}".strip()
    return {
        "office": contractor,
        "recipient": [line for line in (principal.name, principal.street, place) if line],
        "dated": row.closed_at,
        "reference": [(_("Fall"), case.number)],
        "subject": subject_of(case),
        "case": case,
        "blocks": blocks(case, actor),
        "signed_by": [row.closed_by.get_full_name()],
    }


@reads
def abschluss_pdf(request: Request, number: str) -> HttpResponse:
    """The closing note as a letter; each download is logged."""
    case, actor = _fetch(request, number)
    context, title = letter(case, actor), title_of(case)
    name, told = f"Abschlussnotiz-{case.number}", _("Abschlussnotiz als PDF")
    return papers.as_pdf(request, case, "optima/pdf/abschluss.html", context, title=title, name=name, told=told)


@reads
def abschluss_text(request: Request, number: str) -> HttpResponse:
    """The closing note as plain text, to copy into AVAM, OSIV or KLIB; each opening is logged."""
    case, actor = _fetch(request, number)
    text = as_text(title_of(case), blocks(case, actor))
    return papers.as_text(request, case, text, title=title_of(case), told=_("Abschlussnotiz als Text"))
