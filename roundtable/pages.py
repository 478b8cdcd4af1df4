"""How Roundtable shows its cases on the shared pages: head, road, next step, overview, actions."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.actor import Actor
from iiz.core.enums import Phase, Service
from iiz.core.models import Case, ScopeLine
from iiz.core.registry import NewLink, ServicePages, Successor
from iiz.core.templatetags.ui import day

from . import actions, carrying, content, course, standing
from .action_pages import ACTIONS
from .enums import RoundtableState as S
from .models import CaseManagement, DatePoll, Handlungsplan, Participant, Perspective
from .next_step import next_step, paper_of_today
from .queries import LOOKS_AT, final_plan, held, planned, roundtable_of
from .views import arranging, confirmations, papers, plan_tab, registration, side_by_side, table, vollmacht

STAGES = (
    gettext_lazy("Anmeldung"),
    gettext_lazy("Entscheid"),
    gettext_lazy("Vorbereitung"),
    gettext_lazy("Begleitung"),
    gettext_lazy("Abschluss"),
)
REACHED = {
    S.DRAFT: (0, "now"),
    S.REGISTERED: (1, "now"),
    S.QUERIED: (1, "now"),
    S.NOT_STARTED: (1, "stopped"),
    S.PREPARING: (2, "now"),
    S.RUNNING: (3, "now"),
    S.CLOSED: (4, "done"),
}
"""Per state the stage that is reached, and how it stands there."""


def facts(case: Case) -> list[tuple[Any, Any]]:
    """Who registered the case, which version of the plan is in force, when all meet, on what the exchange rests."""
    meeting = planned(case)
    plan = final_plan(case)
    return [
        (_("Angemeldet von"), content.registered_by(case)),
        (_("Geführt von"), content.run_by(case)),
        (_("Handlungsplan"), _("Fassung %(n)s") % {"n": plan.number} if plan is not None else ""),
        (_("Nächstes Gespräch"), day(meeting.day) if meeting else ""),
        (_("Vollmacht bis"), day(case.vollmacht.valid_until) if case.vollmacht and not case.withdrawn_at else ""),
    ]


def road(case: Case) -> list[dict[str, Any]]:
    """Anmeldung – Entscheid – Vorbereitung – Begleitung – Abschluss, with the dates that there are."""
    reached, standing = REACHED[S(case.state)]
    record, meeting, took_place = roundtable_of(case), planned(case), held(case)
    prepared = _("Gespräch am %(day)s") % {"day": day(meeting.day)} if meeting else ""
    notes = [
        day(case.arrived_on) if case.phase != Phase.DRAFT else "",
        f"{record.get_decision_display()} {day(record.decided_on)}" if record.decision else "",
        prepared if case.state == S.PREPARING else "",
        _("seit %(day)s") % {"day": day(took_place[0].day)} if took_place else "",
        day(case.ended_on) if case.state == S.CLOSED else "",
    ]
    steps = []
    for place, label in enumerate(STAGES):
        state = "done" if place < reached else standing if place == reached else "next"
        steps.append({"label": label, "note": notes[place], "state": state})
    return steps


def overview(case: Case, actor: Actor) -> dict[str, Any]:
    """How it ended, how it goes, where it stands, then the words of the registration as far as the actor may read."""
    found = content.blocks(case, actor)
    if case.state == S.QUERIED:
        found.sort(key=lambda block: not block.unanswered)
    if case.state == S.NOT_STARTED:
        found.sort(key=lambda block: block.name != "decision")
    return {
        "blocks": found,
        "closing": content.closing_rows(case, actor),
        "notes": course.notes(case, actor),
        "standing": standing.rows(case, actor),
        "paper_url": paper_of_today(case, actor),
        "imported": roundtable_of(case).submitted_at is None,
    }


UNSHOWN = ("confirmations", "perspectives", "plans", "status_notes")
"""Of what the open steps read, what no page of the case shows, or only some do."""


def prepare(case: Case) -> None:
    """Fetch at once what the rows, the open steps and the overview ask of a case.

    The views from before the meeting are not shown any more once all have met.
    """
    prefetch_related_objects(
        [case],
        Prefetch("vollmacht__lines", ScopeLine.objects.select_related("institution", "vollmacht")),
        Prefetch(
            "participants",
            Participant.objects.select_related("participation__institution", "participation__user", "line"),
        ),
        Prefetch("date_polls", DatePoll.objects.filter(closed_at=None)),
        Prefetch("plans", Handlungsplan.objects.defer("content")),
        Prefetch("managements", CaseManagement.objects.select_related("user")),
        *(name for name in LOOKS_AT if not name.startswith(UNSHOWN)),
    )
    if case.state == S.PREPARING:
        views = Perspective.objects.select_related("participant__participation")
        prefetch_related_objects([case], Prefetch("perspectives", views))


PAGES = ServicePages(
    template="roundtable/overview.html",
    overview=overview,
    facts=facts,
    road=road,
    edit_url=lambda case: reverse("roundtable:registration", args=[case.number]),
    pdf_url=lambda case, actor: None,
    next_step=next_step,
    actions=ACTIONS,
    notes=confirmations.notes,
    tabs=table.TAB | side_by_side.TAB | plan_tab.TAB | vollmacht.TAB,
    arranging=arranging.ARRANGING,
    letters=lambda case, actor: [
        *registration.letters(case, actor),
        *papers.letters(case, actor),
        *plan_tab.letters(case, actor),
    ],
    prepare=prepare,
    duties=course.duties,
    continues=carrying.continues,
    rarely_continues=carrying.rarely_continues,
    carries=carrying.carries,
    variant=lambda case: _("Roundtable"),
    charge={"participant": "assign"},
    joins=(
        "roundtable__registered_office",
        "roundtable__not_started_reason",
        "roundtable__criteria_set",
        "vollmacht",
        "registered_by",
    ),
)
NEW = NewLink(gettext_lazy("Neue Anmeldung"), "roundtable:new", lambda actor: not actions.begin_refusal(actor))
SUCCESSOR = Successor(Service.ROUNDTABLE, gettext_lazy("Als Roundtable anmelden"), "roundtable:new", NEW.allowed)
