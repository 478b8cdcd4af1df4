"""Roundtables for the bulk loader: started and not started, running and closed, with their Vollmacht.

Without views and proposed dates: of those the demo plays some through the workflow.
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
from iiz.core.models import Case, Institution, Participation, Person, ScopeLine, Vollmacht

from .demo_texts import CLOSING, NOT_STARTED, STORIES
from .enums import Advice, ClosingReason, ParticipantKind, Solution, StartDecision
from .enums import RoundtableState as S
from .models import NotStartedReason, Participant, PastMeeting, Roundtable

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
    for place in range(count):
        arrived = canton.first_day + dt.timedelta(days=span * place // max(1, count - 1))
        yield _Story(canton, reasons, canton.workday(arrived)).load()


class _Story:
    """One Roundtable on its way: collects its record, its events and the rows beside it."""

    def __init__(self, canton: DemoCanton, reasons: dict[str, NotStartedReason], arrived: dt.date) -> None:
        self.canton, self.rng, self.reasons, self.arrived = canton, canton.rng, reasons, arrived
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
        self.held_on: dt.date | None = None

    def load(self) -> Load:
        """Let the case go on until the last day, and give it to the loader."""
        self._decide()
        story = self.rng.choice(STORIES)
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
        self.record |= {"reason": story.reason, "wanted": story.wanted, "submitted_at": self.events[0].at}
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
        self.since = max(self.events[-1].at + PAUSE, self.canton.moment(day))
        changes["state"] = [self.state, state]
        self.state = state
        self.events.append(Event(self.since, verb, self.office, changes))

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
        self.held_on = self._later(day, 14, 45)
        if self.held_on is None:
            return
        self._step(self.held_on, "case_hold_meeting", S.RUNNING, held_on=self.held_on.isoformat())
        closed = self._later(self.held_on, 60, 240)
        if closed is not None and self.rng.random() < CLOSED_SHARE:
            self._close(closed)

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
        yield Participant(case=case, kind=ParticipantKind.CLIENT, added_by=user, added_at=at)
        for part in parts:
            yield Participant(case=case, kind=ParticipantKind.OFFICE, participation=part, added_by=user, added_at=at)
        if self.held_on is not None:
            day = self.held_on
            yield PastMeeting(roundtable_id=case.pk, held_on=day, not_before=day, not_after=day)


def _line(office: Institution, since: dt.date) -> ScopeLine:
    return ScopeLine(institution=office, situation=True, work=True, money=True, basis=LegalBasis.VOLLMACHT, since=since)
