"""Optima cases for the bulk loader: every state, running and closed ones with outcomes too.

The shares follow the published figures roughly, so that statistics of the demo look real.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils import timezone

from iiz.core import cases, synthetic
from iiz.core.actor import Actor
from iiz.core.bulk import Event, Load
from iiz.core.demo import DemoCanton
from iiz.core.enums import Origin, ParticipationRole, Service
from iiz.core.models import (
    Case,
    ClientAgreement,
    ContactPerson,
    Institution,
    Participation,
    Person,
)
from iiz.core.workdays import add_months

from . import demo_fit
from .demo_road import Catalogue, Road, Talk
from .demo_texts import ENDINGS, NOTES, PLACES, PRIOR, QUESTIONS, REFUSAL_TEXTS, story_for
from .enums import Continuation, Decision, KostengutspracheState, MeetingKind, Outcome
from .enums import OptimaState as S
from .models import Antrag, Goal, Kostengutsprache, Query, RefusalReason

WAYS = (
    ("SH", "IV", 42),
    ("SH", "RAV", 31),
    ("RAV", "SH", 16),
    ("IV", "RAV", 4),
    ("IV", "SH", 4),
    ("SH", "SH", 3),
)
"""From group, to group, share in per cent."""
DECISIONS = {
    Decision.ACCEPTED: 72,
    Decision.REFUSED: 20,
    Decision.WITHDRAWN: 5,
    Decision.CLIENT_DECLINED: 3,
}
REASON_WEIGHTS = {
    "iv_ablehnung_unter_1_jahr": 20,
    "kein_intaktes_arbeitsangebot": 20,
    "keine_kapazitaet": 15,
    "zielsetzung_nicht_realisierbar": 15,
    "sonstige": 30,
}
OUTCOMES = {
    "IV": (30, 5, 60, 5),
    "RAV": (20, 50, 10, 20),
    "SH": (75, 20, 3, 2),
}
"""Weights of success, partial, failed and other by contractor."""
DAY = dt.timedelta(days=1)
TALK = dt.timedelta(hours=1)
PAUSE = dt.timedelta(minutes=10)
"""Between two things that happen on one day, at least."""


def loads(canton: DemoCanton, count: int) -> Iterator[Load]:
    """Invent ``count`` cases, in the order of their arrival."""
    writer = _Writer(canton)
    span = (canton.last_day - canton.first_day).days
    for place in range(count):
        day = canton.first_day + dt.timedelta(days=span * place // max(1, count - 1))
        yield writer.one(canton.workday(day))


class _Writer:
    """Draws one case after the other out of the canton's random numbers."""

    def __init__(self, canton: DemoCanton) -> None:
        self.canton, self.rng = canton, canton.rng
        self.reasons = {reason.code: reason for reason in RefusalReason.objects.order_by("pk")}
        self.catalogue = Catalogue()
        self.fit = demo_fit.Fit()
        self.leading = {
            group: [office for office in offices if demo_fit.leads(office, canton.last_day)]
            for group, offices in canton.offices.items()
        }
        self.contacts: dict[int, ContactPerson] = {}
        for row in ContactPerson.objects.for_optima().filter(deputy__isnull=False).order_by("-pk"):
            self.contacts[row.institution_id] = row

    def one(self, arrived: dt.date) -> Load:
        """One case that arrived on a day, as far as it has come by the last day."""
        rng = self.rng
        group, to, _share = rng.choices(WAYS, [way[2] for way in WAYS])[0]
        office = rng.choice(self.canton.offices[group])
        contractor = rng.choice([other for other in self.leading[to] if other.pk != office.pk])
        story = _Story(self, office, contractor, arrived, demo_fit.row_between(rng, group, to))
        story.tell()
        return story.load()

    def later(self, day: dt.date, low: int, high: int) -> dt.date | None:
        """A day that many days after ``day``; ``None`` if that is still to come."""
        found = self.canton.workday(day + dt.timedelta(days=self.rng.randint(low, high)))
        return found if found <= self.canton.last_day else None


class _Story:
    """One case on its way: collects the fields of the Antrag, the events and the rows beside it."""

    def __init__(
        self, writer: _Writer, office: Institution, contractor: Institution, arrived: dt.date, row: str
    ) -> None:
        self.writer, self.rng, self.canton = writer, writer.rng, writer.canton
        self.office, self.contractor, self.arrived = office, contractor, arrived
        self.principal: Actor = self.rng.choice(self.canton.staff[office.pk].caseworkers)
        self.decider: Actor = self.canton.staff[contractor.pk].contacts[0]
        self.adviser: Actor | None = None
        self.state: str = S.SUBMITTED
        self.since = self.canton.moment(arrived)
        self.ended_on: dt.date | None = None
        self.started_on: dt.date | None = None
        self.withdrawn = False
        self.query: dict[str, Any] | None = None
        self.kg: dict[str, Any] | None = None
        self.road: Road | None = None
        self.months = self.rng.choice((3, 6, 6, 9, 12))
        submitted = {"contractor": contractor.name, "state": [S.DRAFT, S.SUBMITTED]}
        self.events = [Event(self.since, "case_submit", self.principal, submitted)]
        self.row = row
        self.antrag: dict[str, Any] = {"zielgruppe": row[:1]}

    def tell(self) -> None:
        """Let the case go on until the last day."""
        decided = self.writer.later(self.arrived, 1, 18)
        if self.rng.random() < 0.15:
            self._query(decided)
        if decided is None:
            return
        self.decide(decided, self.rng.choices(list(DECISIONS), list(DECISIONS.values()))[0])
        if self.antrag["decision"] == Decision.ACCEPTED:
            self._go_on(decided)

    def _step(
        self,
        day: dt.date,
        verb: str,
        actor: Actor | None,
        state: str | None = None,
        *,
        after: dt.datetime | None = None,
        **changes: Any,
    ) -> None:
        moment = max(self.events[-1].at + PAUSE, self.canton.moment(day))
        moment = max(moment, after) if after else moment
        if state is not None and state != self.state:
            changes["state"] = [self.state, state]
            self.state, self.since = state, moment
        self.events.append(Event(moment, verb, actor, changes))

    def _query(self, decided: dt.date | None) -> None:
        question, answer = self.rng.choice(QUESTIONS)
        asked = self.writer.later(self.arrived, 0, 2)
        if asked is None or (decided is not None and decided <= asked + dt.timedelta(days=1)):
            return
        self._step(asked, "case_ask", self.decider, S.QUERIED)
        self.query = {"question": question, "asked_at": self.since, "asked_by": self.decider.user}
        if decided is None and self.rng.random() < 0.5:
            return
        replied = self.writer.later(asked, 1, 1)
        if replied is None:
            return
        self._step(replied, "case_answer", self.principal, S.SUBMITTED)
        self.query |= {"answer": answer, "answered_at": self.since, "answered_by": self.principal.user}

    def decide(self, day: dt.date, decision: str) -> None:
        """Decide the application on ``day``."""
        by = self.principal if decision in (Decision.WITHDRAWN, Decision.CLIENT_DECLINED) else self.decider
        self.antrag |= {"decision": decision, "decided_on": day, "decided_by": by.user}
        if decision == Decision.ACCEPTED:
            self.adviser = self.rng.choice(self.canton.staff[self.contractor.pk].caseworkers)
            self.antrag["decision_note"] = self.rng.choice(NOTES)
            self._step(day, "case_accept", by, S.ACCEPTED, adviser=self.adviser.user.get_full_name())
            return
        self.ended_on = day
        if decision == Decision.REFUSED:
            code = self.rng.choices(list(REASON_WEIGHTS), list(REASON_WEIGHTS.values()))[0]
            self.antrag["refusal_reason"] = self.writer.reasons[code]
            self.antrag["refusal_text"] = self.rng.choice(REFUSAL_TEXTS) if code == "sonstige" else ""
            self._step(day, "case_refuse", by, S.REFUSED, reason=code)
        elif decision == Decision.WITHDRAWN:
            self._step(day, "case_withdraw", by, S.WITHDRAWN)
        else:
            self.withdrawn = True
            self._step(day, "case_client_declines", by, S.CLIENT_DECLINED)

    def _go_on(self, decided: dt.date) -> None:
        """From the acceptance over the hand-over to the closure, as far as the days allow."""
        invited = self.writer.later(decided, 1, 8)
        if invited is None:
            return
        assert self.adviser is not None
        self.road = Road(self.principal, self.adviser)
        day = self.canton.workday(invited + dt.timedelta(days=self.rng.randint(5, 20)))
        self._step(invited, "case_plan_handover", self.principal, S.HANDOVER_PLANNED)
        talk = self._talk(MeetingKind.UEBERGABEGESPRAECH, day)
        self.road.talks.append(talk)
        if not self._over(day):
            talk.replied = self.rng.random() < 0.7
            return
        self._note(talk, "case_hold_handover", S.HANDOVER_HELD, note_version=1)
        talk.starts_on = self.canton.workday(day + dt.timedelta(days=self.rng.randint(3, 14)))
        talk.following = self._talk(MeetingKind.STANDORTGESPRAECH, self._later(talk.starts_on))
        if self.rng.random() < 0.04:
            talk.said = (False, True, True)
            self.antrag["handover_on"] = self.ended_on = day
            self._step(day, "case_not_established", self.adviser, S.NOT_ESTABLISHED)
            return
        if day + 3 * DAY > self.canton.last_day and self.rng.random() < 0.5:
            talk.said = (True, None, True)
            return
        talk.said = (True, True, True)
        self.antrag["handover_on"] = day
        self._step(day, "case_established", self.adviser, S.AGREED, starts_on=talk.starts_on.isoformat())
        talk.following.planned_at = self.since
        self.road.talks.append(talk.following)
        if self._over(talk.starts_on):
            self._work(talk.starts_on)

    def _over(self, day: dt.date) -> bool:
        return day <= self.canton.last_day

    def _at(self, day: dt.date) -> dt.datetime:
        """A morning hour of ``day``: the note is written after it."""
        time = dt.time(self.rng.randint(8, 10), self.rng.choice((0, 30)))
        return dt.datetime.combine(day, time, timezone.get_current_timezone())

    def _talk(self, kind: str, day: dt.date) -> Talk:
        """A talk to be held on ``day``."""
        return Talk(kind, self.since, self._at(day), self.rng.choice(PLACES))

    def _note(self, talk: Talk, verb: str, state: str | None = None, **changes: Any) -> None:
        """The adviser writes the note, on the day of the talk and after it."""
        day = timezone.localdate(talk.starts_at)
        self._step(day, verb, self.adviser, state, after=talk.starts_at + TALK, held_on=day.isoformat(), **changes)
        talk.noted_at = self.events[-1].at

    def _later(self, day: dt.date) -> dt.date:
        """When one meets again."""
        return self.canton.workday(day + dt.timedelta(days=self.rng.randint(60, 110)))

    def _work(self, started: dt.date) -> None:
        """From the start of case work: a Standortgespräch after the other, until one of them closes."""
        assert self.adviser is not None
        assert self.road is not None
        self.started_on = self.antrag["started_on"] = started
        self._step(started, "case_begin", None, S.RUNNING, started_on=started.isoformat())
        until = add_months(started, self.months)
        if self.rng.random() < 0.06:
            self._kostengutsprache(started)
        enough = started + dt.timedelta(days=self.rng.randint(60, 300))
        while self._over(day := timezone.localdate(self.road.talks[-1].starts_at)) and day < enough:
            talk = self.road.talks[-1]
            following = self._later(day)
            if following > until:
                talk.extended = self.rng.choice((3, 6))
                self.months, until = self.months + talk.extended, add_months(until, talk.extended)
            talk.decision = Continuation.CONTINUE
            self._note(talk, "case_hold_standortgespraech", decision=talk.decision.value)
            talk.following = self._talk(MeetingKind.STANDORTGESPRAECH, following)
            self.road.talks.append(talk.following)
        self.antrag["planned_until"] = until
        if self._over(day):
            self._close(self.road.talks[-1], day)

    def _close(self, talk: Talk, day: dt.date) -> None:
        """The last talk closes the case; the principal takes up again what rested."""
        assert self.adviser is not None
        outcome = self.rng.choices(list(Outcome), OUTCOMES[self.contractor.statistics_group])[0]
        reason = self.writer.catalogue.reasons[ENDINGS[outcome].reason]
        changes = {"decision": Continuation.CLOSE.value, "reason": reason.code, "outcome": outcome.value}
        talk.kind, talk.decision = MeetingKind.ABSCHLUSSGESPRAECH, Continuation.CLOSE
        self._note(talk, "case_hold_standortgespraech", **changes)
        resumed = self.writer.later(day, 1, 9) or self.canton.last_day
        self.antrag |= {"outcome": outcome, "closing_reason": reason.label, "resumed_on": resumed}
        self.ended_on = day
        self._step(day, "case_close", self.adviser, S.CLOSED, lead=self.office.name)
        self._step(resumed, "case_resume", self.principal)

    def _kostengutsprache(self, started: dt.date) -> None:
        """One that was decided: a mere count, with which nobody can go on."""
        requested = self.writer.later(started, 0, 20)
        if requested is None:
            return
        decided = self.writer.later(requested, 1, 10) or self.canton.last_day
        state = KostengutspracheState.APPROVED if self.rng.random() < 0.85 else KostengutspracheState.REFUSED
        self.kg = {"requested_on": requested, "decided_on": decided, "state": state, "decision": state}

    def load(self) -> Load:
        """The case for the loader."""
        principal, adviser = self.principal, self.adviser.user if self.adviser else None
        lead, since = principal, self.arrived
        if self.state == S.CLOSED and self.ended_on is not None:
            since = self.ended_on
        elif self.adviser is not None and self.started_on is not None:
            lead, since = self.adviser, self.started_on
        case = Case(
            service=Service.OPTIMA,
            person=self._person(),
            registering_institution=self.office,
            registered_by=principal.user,
            origin=Origin.DEMO,
            created_at=self.events[0].at,
            lead_institution=lead.institution,
            lead_user=lead.user,
            lead_since=since,
            withdrawn_at=self.events[-1].at if self.withdrawn else None,
            version=len(self.events) + 1,
        )
        assert case.person is not None
        cases.freeze_statistics(case, case.person, self.arrived)
        return Load(
            case=case,
            state=self.state,
            events=self.events,
            entered=self.since,
            ended_on=self.ended_on,
            participations=[
                Participation(
                    institution=self.office,
                    user=principal.user,
                    role=ParticipationRole.PRINCIPAL,
                    since=self.arrived,
                ),
                Participation(
                    institution=self.contractor,
                    user=adviser,
                    role=ParticipationRole.CONTRACTOR,
                    since=self.arrived,
                ),
            ],
            agreements=[
                ClientAgreement(
                    agreed_on=self.arrived,
                    recorded_by=principal.user,
                    recorded_at=self.events[0].at,
                    withdrawn_on=self.ended_on if self.withdrawn else None,
                    withdrawal_recorded_by=principal.user if self.withdrawn else None,
                )
            ],
            records=self._records,
        )

    def _person(self) -> Person:
        led_by_sh = self.contractor.statistics_group == "SH" != self.office.statistics_group
        home = self.canton.home(self.contractor if led_by_sh else self.office)
        fields = synthetic.client(self.rng, self.canton.next_serial(), self.arrived)
        return Person(**fields, municipality=home, place=home.name.removesuffix(" (LU)"))

    def _records(self, case: Case) -> Iterator[models.Model]:
        """Antrag, snapshot, facts, goal, query and Kostengutsprache of the saved case."""
        rng = self.rng
        story = story_for(rng, self.contractor.statistics_group)
        group = self.office.statistics_group
        yield Antrag(
            case=case,
            principal=self.office,
            principal_group=group,
            contractor=self.contractor,
            contractor_group=self.contractor.statistics_group,
            contact_person=self.writer.contacts.get(self.contractor.pk),
            second_contact=f"{synthetic.last_name(rng)}, Stellvertretung, 041 000 00 00",
            planned_months=self.months,
            situation=story.situation,
            prior_contact=rng.choice(PRIOR),
            submitted_at=self.events[0].at,
            **self.antrag,
        )
        yield from self.writer.fit.records(case, rng, self.row, self.contractor, self.arrived)
        yield Goal(antrag_id=case.pk, text=story.goal, expected_result=story.result)
        if self.query is not None:
            yield Query(antrag_id=case.pk, **self.query)
        if self.kg is not None:
            yield Kostengutsprache(case=case, requester=self.contractor, payer=self.office, **self.kg)
        if self.road is not None:
            yield from self.road.records(case, self.antrag.get("outcome", ""), self.writer.catalogue, rng)
