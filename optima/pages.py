"""How Optima shows its cases on the shared pages: head, road, next step, overview, actions."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import meetings
from iiz.core.actor import Actor
from iiz.core.enums import Phase, Service
from iiz.core.models import Case
from iiz.core.registry import NewLink, Outsiders, ServicePages, Successor
from iiz.core.templatetags.ui import day
from iiz.core.workflow import Party

from . import actions, carrying, content, minutes, release_words
from .action_pages import ACTIONS
from .division import lines
from .effects.casework import not_taken_up, to_resume
from .effects.services import period, services_of
from .enums import MeetingKind
from .enums import OptimaState as S
from .file import is_only_record
from .kostengutsprache import summary
from .models import Abschluss, Antrag, MeetingRequest
from .next_step import next_step
from .offices import rules
from .queries import DELEGATED, JOINS, antrag_of, prepare, procedure_of
from .ruling_words import classification_of
from .views import kostengutsprache, papers
from .views.documents import refusal, variant_of

STAGES = (
    gettext_lazy("Antrag"),
    gettext_lazy("Entscheid"),
    gettext_lazy("Übergabe"),
    gettext_lazy("Fallarbeit"),
    gettext_lazy("Abschluss"),
)
REACHED = {
    S.DRAFT: (0, "now"),
    S.SUBMITTED: (1, "now"),
    S.QUERIED: (1, "now"),
    S.REFUSED: (1, "stopped"),
    S.WITHDRAWN: (1, "stopped"),
    S.CLIENT_DECLINED: (1, "stopped"),
    S.ACCEPTED: (2, "now"),
    S.HANDOVER_PLANNED: (2, "now"),
    S.HANDOVER_HELD: (2, "now"),
    S.AGREED: (2, "done"),
    S.NOT_ESTABLISHED: (2, "stopped"),
    S.RUNNING: (3, "now"),
    S.CLOSED: (4, "done"),
}
"""Per state the stage that is reached, and how it stands there."""


def facts(case: Case) -> list[tuple[Any, Any]]:
    """Who asks whom, for how long."""
    antrag, running = antrag_of(case), case.state == S.RUNNING
    return [
        (_("Auftraggeber"), antrag.principal.name),
        (_("Auftragnehmer"), antrag.contractor.name if antrag.contractor else ""),
        (_("Geplante Dauer"), content.months(antrag.planned_months) if antrag.planned_months and not running else ""),
        (_("geplant bis"), day(antrag.planned_until) if running else ""),
        *((row.service, period(row)) for row in services_of(case)),
    ]


def road(case: Case) -> list[dict[str, Any]]:
    """Antrag – Entscheid – Übergabe – Fallarbeit – Abschluss, with the dates that there are."""
    antrag = antrag_of(case)
    reached, standing = REACHED[S(case.state)]
    notes = _notes(case, antrag)
    steps = []
    for place, label in enumerate(STAGES):
        state = "done" if place < reached else standing if place == reached else "next"
        steps.append({"label": label, "note": notes[place], "state": state})
    return steps


def _notes(case: Case, antrag: Antrag) -> list[str]:
    decided = ""
    if antrag.decision:
        decided = _("%(how)s %(day)s") % {"how": antrag.get_decision_display(), "day": day(antrag.decided_on)}
    elif case.state == S.QUERIED:
        decided = _("Rückfrage offen")
    elif case.state == S.SUBMITTED:
        decided = _("offen")
    handover = day(antrag.handover_on)
    if case.state == S.NOT_ESTABLISHED:
        handover = _("nicht zustande gekommen %(day)s") % {"day": day(case.ended_on)}
    return [
        day(case.arrived_on) if case.phase != Phase.DRAFT else "",
        decided,
        handover or _handover_note(case),
        _("seit %(day)s") % {"day": day(antrag.started_on)} if antrag.started_on else "",
        day(case.ended_on) if case.state == S.CLOSED else "",
    ]


def _handover_note(case: Case) -> str:
    """Where the hand-over stands as long as it has not happened."""
    if case.withdrawn_at or case.phase != Phase.OPEN:
        return ""
    if case.state == S.HANDOVER_PLANNED:
        meeting = meetings.planned(case, MeetingKind.UEBERGABEGESPRAECH)
        return _("geplant %(day)s") % {"day": day(meeting.day)} if meeting else ""
    words = {S.ACCEPTED: _("zu vereinbaren"), S.HANDOVER_HELD: _("Einverständnis offen")}
    return words.get(S(case.state), "")


def overview(case: Case, actor: Actor) -> dict[str, Any]:
    """Who does what now, the end if there is one, then the words of the Antrag as far as the actor may read them."""
    antrag = antrag_of(case)
    found = content.blocks(case, actor)
    if case.state == S.QUERIED:
        found.sort(key=lambda block: not block.unanswered)
    aside = ("decision", "contacts")
    return {
        "antrag": antrag,
        "blocks": [block for block in found if block.name not in aside],
        "decision": next((block for block in found if block.name == "decision"), None),
        "contacts": next((block for block in found if block.name == "contacts"), None),
        "division": division(case, antrag),
        "release": release_words.of(case, actor),
        "beside": release_words.facts(case, actor),
        "wish": wish(case, actor),
        "to_principal": content.messages(case, content.may_read(case, actor)),
        "closure": closure(case, actor),
        # What was asked of a case that has a classification stands among its answers.
        "rules": rules(
            antrag.contractor_group,
            antrag.contractor,
            antrag.principal,
            case.arrived_on,
            criteria=classification_of(antrag) is None,
        ),
        "papers": papers.of(case, actor),
        "only_record": is_only_record(case, actor),
        "imported": antrag.submitted_at is None,
    }


def division(case: Case, antrag: Antrag) -> list[tuple[str, list[str]]]:
    """Who does what while the case is delegated and what rests; at the end what is taken up again (RED-08, UX-15).

    By the rules of the day the application arrived, in the lines that fit what the IV recorded. Once the work offer is
    intact again, the principal takes up its work before the case is closed (RED-03).
    """
    if case.state not in DELEGATED or antrag.contractor is None or case.withdrawn_at:
        return []
    row = procedure_of(case)
    if row is None:
        return []
    if case.state == S.CLOSED:
        rest = [] if antrag.resumed_on else to_resume(case)
        found = [
            (_("Jetzt wieder bei %(who)s"), antrag.principal, rest),
            (_("Bei %(who)s nicht wieder aufzunehmen"), antrag.principal, not_taken_up(case)),
        ]
    else:
        found = [
            (_("%(who)s tut"), antrag.contractor, lines(row.contractor_does, antrag)),
            (_("%(who)s tut nicht"), antrag.contractor, lines(row.contractor_does_not, antrag)),
            (_("Bei %(who)s bleibt"), antrag.principal, lines(row.principal_keeps, antrag)),
            (_("Jetzt wieder bei %(who)s"), antrag.principal, lines(row.resumes, antrag))
            if antrag.work_offer_restored_on
            else (_("Bei %(who)s ruht"), antrag.principal, lines(row.rests, antrag)),
        ]
    return [(title % {"who": office.name}, words) for title, office, words in found if words]


def wish(case: Case, actor: Actor) -> MeetingRequest | None:
    """The principal's latest wish for an extra meeting, while case work runs; after a withdrawal none."""
    if case.state != S.RUNNING or case.withdrawn_at:
        return None
    return next(iter(case.meeting_requests.all()), None)


def closure(case: Case, actor: Actor) -> list[tuple[str, str]]:
    """How the case ended: reason and outcome for all, the contractor's words for those who may read them."""
    if case.state not in (S.CLOSED, S.NOT_ESTABLISHED):
        return []
    antrag, sides = antrag_of(case), content.may_read(case, actor)
    if case.state == S.NOT_ESTABLISHED:
        return [(_("Grund"), antrag.ended_note)] if antrag.ended_note and len(sides) > 1 else []
    row: Abschluss | None = getattr(antrag, "abschluss", None)
    if row is None:
        outcome = antrag.get_outcome_display() if antrag.outcome else ""
        found = [(_("Grund"), antrag.closing_reason), (_("Ergebnis"), str(capfirst(outcome)))]
    else:
        prefetch_related_objects([row], "causes", "results")
        found = minutes.closure_rows(row)
        if Party.CONTRACTOR not in sides:
            found = found[:2]
    return [entry for entry in found if entry[1]]


def corrections(case: Case, actor: Actor) -> list[str]:
    """Why the case was put right after its end; once the agreement is withdrawn, the coordination office's alone."""
    if case.phase != Phase.ENDED or (case.withdrawn_at and not actor.is_coordination):
        return []
    return list(case.corrections.values_list("reason", flat=True))


def pdf_url(case: Case, actor: Actor) -> str | None:
    """The Antrag as PDF, for whoever may still read it."""
    return None if refusal(case, actor) else reverse("optima:pdf", args=[case.number])


PAGES = ServicePages(
    template="optima/overview.html",
    overview=overview,
    facts=facts,
    road=road,
    edit_url=lambda case: reverse("optima:antrag", args=[case.number]),
    pdf_url=pdf_url,
    pdf_label=gettext_lazy("Antrag als PDF"),
    letters=papers.letters,
    variant=variant_of,
    next_step=next_step,
    actions=ACTIONS,
    charge={"contractor": "assign", "principal": "hand_over"},
    reasons=corrections,
    prepare=prepare,
    tabs=kostengutsprache.TAB,
    links=kostengutsprache.links,
    outsiders=Outsiders(summary.payers_outside, summary.read_outside),
    continues=carrying.continues,
    carries=carrying.carries,
    joins=("benefits", *(f"antrag__{name}" for name in JOINS)),
)
NEW = NewLink(gettext_lazy("Neuer Antrag"), "optima:new", lambda actor: not actions.begin_refusal(actor))
SUCCESSOR = Successor(
    Service.OPTIMA,
    gettext_lazy("Als Optima-Antrag weiterführen"),
    "optima:new",
    lambda actor: not actions.begin_refusal(actor),
)
