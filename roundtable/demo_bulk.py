"""Roundtables for the bulk loader: started and not started, running and closed, with their Vollmacht.

Those that met have a meeting, a plan in force and a case manager (``demo_loaded``). Without views and proposed dates:
of those the demo plays some through the workflow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import models

from iiz.core import cases, synthetic
from iiz.core.actor import Actor
from iiz.core.bulk import Event, Load
from iiz.core.demo import DemoCanton
from iiz.core.enums import LegalBasis, Origin, ParticipationRole, Service
from iiz.core.models import Case, Institution, Participation, Person, Scan, ScopeLine, Vollmacht

from . import demo_loaded
from .demo_loaded import NEWS, Course
from .demo_texts import CLOSING, NOT_STARTED, STORIES, Story
from .enums import Advice, ClosingReason, ParticipantKind, Solution, StartDecision
from .enums import RoundtableState as S
from .models import NotStartedReason, Participant, Roundtable

DAY = dt.timedelta(days=1)
PAUSE = dt.timedelta(minutes=10)
GROUPS = (("SH", 45), ("RAV", 35), ("IV", 20))
"""Which group registers, and its share."""
ENDS = {
    ClosingReason.FIRST_LABOUR_MARKET: 30,
    ClosingReason.SOLUTION: 50,
    ClosingReason.NO_SOLUTION: 15,
    ClosingReason.WITHDRAWN: 5,
}
NOT_STARTED_SHARE = 0.15
CLOSED_SHARE = 0.9


def loads(canton: DemoCanton, count: int) -> Iterator[Load]:
    """Invent ``count`` Roundtables, in the order of their arrival."""
    reasons = {reason.code: reason for reason in NotStartedReason.objects.order_by("pk")}
    span = (canton.last_day - canton.first_day).days
    scan = demo_loaded.picture(canton.logins["koordination"])
    noted = {story.reason: demo_loaded.content(story) for story in STORIES}
    for place in range(count):
        arrived = canton.first_day + dt.timedelta(days=span * place // max(1, count - 1))
        yield _Road(canton, reasons, canton.workday(arrived), scan, noted).load()


class _Road:
    """One Roundtable on its way: collects its record, its events and the rows beside it."""

    def __init__(
        self,
        canton: DemoCanton,
        reasons: dict[str, NotStartedReason],
        arrived: dt.date,
        scan: Scan,
        noted: dict[str, dict[str, Any]],
    ) -> None:
        self.canton, self.rng, self.reasons, self.arrived = canton, canton.rng, reasons, arrived
        self.story: Story = self.rng.choice(STORIES)
        self.scan, self.noted = scan, noted[self.story.reason]
        groups = [group for group, _share in GROUPS]
        group = self.rng.choices(groups, [share for _group, share in GROUPS])[0]
        self.offices = [self.rng.choice(canton.offices[one]) for one in (group, *(g for g in groups if g != group))]
        self.registrant: Actor = self.rng.choice(canton.staff[self.offices[0].pk].caseworkers)
        self.office = canton.logins["koordination"]
        self.state: str = S.REGISTERED
        self.since = canton.moment(arrived)
        self.events = [Event(self.since, "case_submit", self.registrant, {"state": [S.DRAFT, S.REGISTERED]})]
        self.record: dict[str, Any] = {}
        self.ended_on: dt.date | None = None
        self.course: Course | None = None
        self.seats: list[Participant] = []

    def load(self) -> Load:
        """Let the case go on until the last day, and give it to the loader."""
        self._decide()
        person = Person(**synthetic.client(self.rng, self.canton.next_serial(), self.arrived))
        person.municipality = self.canton.home(self.offices[0])
        person.place = person.municipality.name.removesuffix(" (LU)")
        case = Case(
            service=Service.ROUNDTABLE,
            person=person,
            registering_institution=self.offices[0],
            registered_by=self.registrant.user,
            origin=Origin.DEMO,
            lead_institution=self.offices[0],
            lead_user=self.registrant.user,
            lead_since=self.arrived,
            created_at=self.events[0].at,
        )
        cases.freeze_statistics(case, person, self.arrived)
        signed = max(self.canton.first_day, self.arrived - self.rng.randint(0, 20) * DAY)
        last = self.canton.last_day
        case.vollmacht = Vollmacht(
            institution=self.offices[0],
            signed_on=signed,
            valid_until=max(signed + 365 * DAY, last + 60 * DAY) if self.ended_on is None else signed + 365 * DAY,
            recorded_by=self.registrant.user,
            recorded_at=self.events[0].at,
        )
        self.record |= {"reason": self.story.reason, "wanted": self.story.wanted, "submitted_at": self.events[0].at}
        started = self.record.get("decision") == StartDecision.STARTED
        parts = [self._part(office) for office in (self.offices if started else self.offices[:1])]
        return Load(
            case,
            self.state,
            self.events,
            self.since,
            ended_on=self.ended_on,
            participations=parts,
            scope=[_line(office, signed) for office in self.offices],
            records=lambda saved: self._records(saved, parts),
            followers=lambda saved: self.course.rows(saved, self.seats) if self.course is not None else (),
        )

    def _part(self, office: Institution) -> Participation:
        user = self.canton.staff[office.pk].caseworkers[0].user
        return Participation(
            institution=office,
            user=self.registrant.user if office == self.offices[0] else user,
            role=ParticipationRole.PARTICIPANT,
            since=self.arrived,
        )

    def _later(self, day: dt.date, low: int, high: int) -> dt.date | None:
        found = self.canton.workday(day + self.rng.randint(low, high) * DAY)
        return found if found <= self.canton.last_day else None

    def _step(self, day: dt.date, verb: str, state: str, **changes: Any) -> None:
        self.since = self._note(day, verb, self.office, state=[self.state, state], **changes)
        self.state = state

    def _note(self, day: dt.date, verb: str, actor: Actor, **changes: Any) -> dt.datetime:
        """What somebody did on that day, or as soon as what went before is over."""
        at = max(self.events[-1].at + PAUSE, self.canton.moment(day))
        self.events.append(Event(at, verb, actor, changes))
        return at

    def _decide(self) -> None:
        day = self._later(self.arrived, 1, 12)
        if day is None:
            return
        self.record |= {"decided_on": day, "decided_by": self.office.user}
        if self.rng.random() < NOT_STARTED_SHARE:
            code = self.rng.choice(sorted(self.reasons))
            self.record |= {"decision": StartDecision.NOT_STARTED, "not_started_reason": self.reasons[code]}
            self.record["decision_note"] = NOT_STARTED.get(code, "")
            self._step(day, "case_not_start", S.NOT_STARTED, reason=code)
            self.ended_on = day
            return
        self.record["decision"] = StartDecision.STARTED
        self._step(day, "case_start", S.PREPARING)
        held_on = self._later(day, 14, 45)
        if held_on is None:
            return
        self._step(held_on, "case_hold_meeting", S.RUNNING, held_on=held_on.isoformat())
        closed = self._later(held_on, 60, 240)
        closes = closed is not None and self.rng.random() < CLOSED_SHARE
        self._agree(held_on, closed if closes else None)
        if closed is not None and closes:
            self._close(closed)

    def _agree(self, held_on: dt.date, closed: dt.date | None) -> None:
        """The plan binds some days after the meeting; the registering office takes the case management."""
        self.course = Course(self.story, self.registrant, self.office, self.scan, held_on, self.since)
        self.course.content, self.course.ended_on, self.course.last_day = self.noted, closed, self.canton.last_day
        final = self._later(held_on, 1, 4)
        if final is None:
            return
        self._note(final, "case_appoint_manager", self.office, who=[self.offices[0].name])
        who = [office.name for office in self.offices]
        self.course.final_at = self._note(final, "case_finalise_plan", self.office, number=1, who=who)
        end = closed or self.canton.last_day
        days = range(NEWS, (end - final).days, NEWS)
        told = [self.canton.workday(final + count * DAY) for count in days][-2:]
        self.course.notes = tuple(self._note(day, "case_write_status", self.registrant) for day in told)

    def _close(self, day: dt.date) -> None:
        reason = self.rng.choices(list(ENDS), list(ENDS.values()))[0]
        solution = self.rng.choice(Solution.values) if reason == ClosingReason.SOLUTION else ""
        self.record |= {"closing_reason": reason, "solution": solution, "closing_note": CLOSING[reason]}
        self._step(day, "case_close", S.CLOSED, reason=reason)
        self.ended_on = day

    def _records(self, case: Case, parts: list[Participation]) -> Iterator[models.Model]:
        office = self.offices[0]
        yield Roundtable(
            case=case,
            registered_office=office,
            registered_group=office.statistics_group,
            advice=Advice.RECOMMENDED,
            **self.record,
        )
        user, at = self.registrant.user, self.events[0].at
        self.seats = [Participant(case=case, kind=ParticipantKind.CLIENT, added_by=user, added_at=at)]
        for part in parts:
            seat = Participant(case=case, kind=ParticipantKind.OFFICE, participation=part, added_by=user, added_at=at)
            self.seats.append(seat)
        yield from self.seats


def _line(office: Institution, since: dt.date) -> ScopeLine:
    return ScopeLine(institution=office, situation=True, work=True, money=True, basis=LegalBasis.VOLLMACHT, since=since)
