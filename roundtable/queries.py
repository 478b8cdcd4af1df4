"""Questions that Roundtable asks the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import prefetch_related_objects

from iiz.core import consents, meetings
from iiz.core.actor import Actor
from iiz.core.enums import MeetingState, Phase, Service, StatisticsGroup
from iiz.core.models import Case, Institution, Invitee, Meeting, Participation, Person
from iiz.core.parties import moderates as moderates  # asked beside the questions below
from iiz.core.persons import same_person

from .enums import Advice, CriterionCheck, MeetingKind, ParticipantKind, PlanState, RoundtableState
from .models import (
    CaseManagement,
    CriteriaSet,
    DatePoll,
    Handlungsplan,
    Participant,
    Perspective,
    Roundtable,
    RoundtableCriterion,
    Step,
)

PREPARED = (RoundtableState.PREPARING, RoundtableState.RUNNING)
"""The states in which offices and guests exchange anything."""
LOOKS_AT = (
    "roundtable",
    "vollmacht__lines",
    "participations__institution",
    "participants__participation",
    "meetings__invitees",
    "date_polls__options__answers",
    "perspectives__participant__participation",
    "confirmations__participant__participation",
    "plans__reviews__participant__participation",
    "plans__signature",
    "managements",
    "status_notes",
)
"""What the conditions of the rows and the open steps read of a case."""


def roundtable_of(case: Case) -> Roundtable:
    """The Roundtable record of a case."""
    found: Roundtable = case.roundtable
    return found


def moderator(case: Case) -> Participation | None:
    """The office that moderates a self-run Roundtable: the one that registered it, while it takes part (RT-22).

    ``None``: the coordination office moderates. It does so too where a self-run case has lost its own moderator.
    """
    record = getattr(case, "roundtable", None)  # none yet while a draft begins
    if record is None or not record.self_run:
        return None
    own = (row for row in case.participations.all() if row.institution_id == case.registering_institution_id)
    return next((row for row in own if row.until is None), None)


def criteria_set(day: dt.date) -> CriteriaSet | None:
    """The criteria that hold on ``day`` (RT-06)."""
    return CriteriaSet.objects.valid_on(day).prefetch_related("criteria").first()


def is_met(criterion: RoundtableCriterion, offices: Iterable[Institution], answer: bool | None) -> bool | None:
    """Whether a criterion is met by the offices involved, or as it was answered; ``None``: not known."""
    if criterion.check_by == CriterionCheck.OFFICES:
        return len({office.pk for office in offices}) >= (criterion.number or 0)
    if criterion.check_by == CriterionCheck.REGISTERED:
        own = {StatisticsGroup.IV, StatisticsGroup.RAV, StatisticsGroup.SH}
        return bool({office.statistics_group for office in offices} & own) or None
    return answer


def advise(criteria: Iterable[tuple[RoundtableCriterion, bool | None]], offices: Iterable[Institution]) -> str:
    """What the criteria say, as an ``Advice``; the coordination office decides (RT-04 to RT-06).

    IV and RAV alone are pointed to bilateral work; a single office has nobody to coordinate with. Of each block one
    criterion is enough; what is so only as a rule does not make it doubtful.
    """
    offices = list(offices)
    if len({office.pk for office in offices}) < 2:
        return Advice.DOUBTFUL
    if {office.statistics_group for office in offices} == {StatisticsGroup.IV, StatisticsGroup.RAV}:
        return Advice.BILATERAL
    blocks: dict[str, list[tuple[RoundtableCriterion, bool | None]]] = {}
    for criterion, met in criteria:
        blocks.setdefault(criterion.block, []).append((criterion, met))
    for rows in blocks.values():
        if not any(met for _criterion, met in rows) and not all(criterion.usual for criterion, _met in rows):
            return Advice.DOUBTFUL
    return Advice.RECOMMENDED


def running_roundtable(actor: Actor, person: Person, *, beside: Case | None = None) -> Case | None:
    """A Roundtable for this person that is open already, among those the actor may see."""
    found = Case.objects.visible_to(actor).filter(same_person(person), service=Service.ROUNDTABLE, phase=Phase.OPEN)
    if beside is not None:
        found = found.exclude(pk=beside.pk)
    return found.order_by("pk").first()


# At the table -------------------------------------------------------------------------------------------------------


def at_the_table(case: Case) -> list[Participant]:
    """Who takes part today: an office as long as its participation lasts, everybody else until ended."""
    return [
        row
        for row in case.participants.all()
        if row.ended_at is None and (row.participation is None or row.participation.until is None)
    ]


def office_row(case: Case, institution_id: int) -> Participant | None:
    """The row of an office at the table, if it takes part."""
    return next((row for row in at_the_table(case) if institution_of(row) == institution_id), None)


def institution_of(row: Participant) -> int | None:
    """The institution for which somebody takes part, by primary key."""
    return row.participation.institution_id if row.participation is not None else None


def who_left(case: Case) -> frozenset[int | str]:
    """Who sat at the table and does no longer: offices by primary key, everybody else by name."""
    here = {row.pk for row in at_the_table(case)}
    sat: dict[bool, set[int | str]] = {True: set(), False: set()}
    for row in case.participants.all():
        sat[row.pk in here].add(institution_of(row) or row.name)
    return frozenset(sat[False] - sat[True])


def told_as(row: Participant) -> str:
    """How somebody at the table stands in the audit and in mails: the office, or a function; never a private name."""
    if row.participation is not None:
        return row.participation.institution.name
    return row.function or str(row.get_kind_display())


def is_covered(case: Case, row: Participant) -> bool:
    """Whether anything may be exchanged with somebody at the table today (PER-06, PER-09).

    An office needs a live line of the Vollmacht; so does whoever has no office here. The client needs none, but the
    Vollmacht must stand.
    """
    if row.kind == ParticipantKind.OFFICE:
        return consents.line_for(case, institution_of(row) or 0) is not None
    lines = consents.live_lines(case)
    return bool(lines) and (row.kind == ParticipantKind.CLIENT or row.line_id in {line.pk for line in lines})


# Dates and meetings -------------------------------------------------------------------------------------------------


def open_poll(case: Case) -> DatePoll | None:
    """The dates that are proposed now, if any are."""
    return next((poll for poll in case.date_polls.all() if poll.closed_at is None), None)


def asked(case: Case, poll: DatePoll) -> list[Participant]:
    """Who is asked which of the proposed dates suit: those chosen, else all at the table, whom the Vollmacht covers."""
    rows = (row for row in at_the_table(case) if not poll.asked or row.pk in poll.asked)
    return [row for row in rows if is_covered(case, row)]


def has_answered(poll: DatePoll, participant: Participant) -> bool:
    """Whether somebody said anything to the proposed dates."""
    return any(row.participant_id == participant.pk for option in poll.options.all() for row in option.answers.all())


def planned(case: Case) -> Meeting | None:
    """The next meeting that is planned."""
    return meetings.planned(case, *MeetingKind.values)


def held(case: Case) -> list[Meeting]:
    """The meetings that took place."""
    return meetings.in_state(case, MeetingState.HELD, *MeetingKind.values)


def seat_of(meeting: Meeting, participant: Participant) -> Invitee | None:
    """The seat of a participant at a meeting, if invited."""
    return next((row for row in meeting.invitees.all() if row.ref == participant.pk), None)


# Views --------------------------------------------------------------------------------------------------------------


def live_perspectives(case: Case) -> list[Perspective]:
    """The views that were asked for and not called off, of those who still take part."""
    here = {row.pk for row in at_the_table(case)}
    return [row for row in case.perspectives.all() if row.cancelled_at is None and row.participant_id in here]


# Plans --------------------------------------------------------------------------------------------------------------


def draft_plan(case: Case) -> Handlungsplan | None:
    """The version that is with the participants for corrections."""
    return next((row for row in case.plans.all() if row.state == PlanState.DRAFT), None)


def final_plan(case: Case) -> Handlungsplan | None:
    """The Handlungsplan in force."""
    return next((row for row in case.plans.all() if row.state == PlanState.FINAL), None)


def steps_in_force(case: Case) -> list[Step]:
    """The steps of the Handlungsplan in force, in their order; fetched once for a case."""
    plan = final_plan(case)
    if plan is None:
        return []
    prefetch_related_objects([plan], "steps")
    return list(plan.steps.all())


def manager(case: Case, on: dt.date | None = None) -> CaseManagement | None:
    """Who takes the case management now, or took it last on a day that is over (RT-16)."""
    if on is None:
        return next((row for row in case.managements.all() if row.until is None), None)
    rows = [row for row in case.managements.all() if row.since <= on and (row.until is None or row.until >= on)]
    return rows[-1] if rows else None


def managing(case: Case) -> Participation | None:
    """The part of the office that takes the case management now, while it sits at the table."""
    row = manager(case)
    here = (one for one in at_the_table(case) if row is not None and one.pk == row.participant_id)
    return next((one.participation for one in here), None)
