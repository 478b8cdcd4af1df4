"""Optima cases for the bulk loader: every state, running and closed ones with outcomes too.

The shares follow the published figures roughly, so that statistics of the demo look real.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from iiz.core import cases, synthetic
from iiz.core.actor import Actor
from iiz.core.bulk import Event, Load
from iiz.core.demo import DemoCanton
from iiz.core.enums import IvProcedure, Origin, ParticipationRole, Service
from iiz.core.models import (
    BenefitSnapshot,
    Case,
    ClientAgreement,
    ContactPerson,
    CriteriaFacts,
    Institution,
    Participation,
    Person,
)

from .demo_texts import NOTES, PRIOR, QUESTIONS, REFUSAL_TEXTS, STORIES
from .enums import Decision, KostengutspracheState, Outcome
from .enums import OptimaState as S
from .models import Antrag, Goal, Kostengutsprache, Query, RefusalReason

WAYS = (
    ("SH", "IV", 39, "DE"),
    ("SH", "RAV", 30, "HI"),
    ("RAV", "SH", 14, "GI"),
    ("RAV", "IV", 6, "BF"),
    ("IV", "RAV", 4, "AB"),
    ("IV", "SH", 4, "CD"),
    ("SH", "SH", 3, ""),
)
"""From group, to group, share in per cent, target groups that this way has."""
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
VERBS = {
    "case_started": _("hat die Fallarbeit begonnen"),
    "case_closed": _("hat den Fall abgeschlossen"),
    "case_not_established": _("hat festgehalten, dass der Auftrag nicht zustande kam"),
}
"""What happens to loaded cases beyond the steps of the workflow, for the timeline."""
CLOSING = {
    Outcome.SUCCESS: "Ziel erreicht",
    Outcome.PARTIAL: "Ziel teilweise erreicht",
    Outcome.FAILED: "Ziel nicht erreichbar",
    Outcome.OTHER: "Zuständigkeit hat gewechselt",
}


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
        self.contacts: dict[int, ContactPerson] = {}
        for row in ContactPerson.objects.filter(deputy__isnull=False).order_by("-pk"):
            self.contacts[row.institution_id] = row

    def one(self, arrived: dt.date) -> Load:
        """One case that arrived on a day, as far as it has come by the last day."""
        rng = self.rng
        group, to, _share, zielgruppen = rng.choices(WAYS, [way[2] for way in WAYS])[0]
        office = rng.choice(self.canton.offices[group])
        contractor = rng.choice([other for other in self.canton.offices[to] if other.pk != office.pk])
        story = _Story(self, office, contractor, arrived, rng.choice(zielgruppen) if zielgruppen else "")
        story.tell()
        return story.load()

    def later(self, day: dt.date, low: int, high: int) -> dt.date | None:
        """A day that many days after ``day``; ``None`` if that is still to come."""
        found = self.canton.workday(day + dt.timedelta(days=self.rng.randint(low, high)))
        return found if found <= self.canton.last_day else None


class _Story:
    """One case on its way: collects the fields of the Antrag, the events and the rows beside it."""

    def __init__(
        self, writer: _Writer, office: Institution, contractor: Institution, arrived: dt.date, zielgruppe: str
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
        submitted = {"contractor": contractor.name, "state": [S.DRAFT, S.SUBMITTED]}
        self.events = [Event(self.since, "case_submit", self.principal, submitted)]
        self.antrag: dict[str, Any] = {"zielgruppe": zielgruppe}

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

    def _step(self, day: dt.date, verb: str, actor: Actor, state: str | None = None, **changes: Any) -> None:
        moment = max(self.events[-1].at + dt.timedelta(minutes=30), self.canton.moment(day))
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
        handover = self.writer.later(decided, 7, 30)
        if handover is None:
            return
        assert self.adviser is not None
        self.antrag["handover_on"] = handover
        if self.rng.random() < 0.04:
            self.ended_on = handover
            self._step(handover, "case_not_established", self.principal, S.NOT_ESTABLISHED)
            return
        started = self.writer.later(handover, 0, 7)
        if started is None:
            return
        self.started_on = self.antrag["started_on"] = started
        self._step(started, "case_started", self.adviser, S.RUNNING)
        if self.rng.random() < 0.06:
            self._kostengutsprache(started)
        closed = self.writer.later(started, 60, 330)
        if closed is None:
            return
        outcome = self.rng.choices(list(Outcome), OUTCOMES[self.contractor.statistics_group])[0]
        self.antrag |= {"outcome": outcome, "closing_reason": CLOSING[outcome]}
        self.ended_on = closed
        self._step(closed, "case_closed", self.adviser, S.CLOSED, outcome=outcome.value)

    def _kostengutsprache(self, started: dt.date) -> None:
        requested = self.writer.later(started, 0, 20)
        if requested is None:
            return
        decided = self.writer.later(requested, 1, 10)
        state = KostengutspracheState.REQUESTED
        if decided is not None:
            state = KostengutspracheState.APPROVED if self.rng.random() < 0.85 else KostengutspracheState.REFUSED
        self.kg = {"requested_on": requested, "decided_on": decided, "state": state}

    def load(self) -> Load:
        """The case for the loader."""
        principal, lead = self.principal, self.adviser if self.started_on else self.principal
        assert lead is not None
        case = Case(
            service=Service.OPTIMA,
            person=self._person(),
            registering_institution=self.office,
            registered_by=principal.user,
            origin=Origin.DEMO,
            created_at=self.events[0].at,
            lead_institution=lead.institution,
            lead_user=lead.user,
            lead_since=self.started_on or self.arrived,
            withdrawn_at=self.events[-1].at if self.withdrawn else None,
            version=len(self.events) + 1,
        )
        assert case.person is not None
        cases.freeze_statistics(case, case.person, self.arrived)
        adviser = self.adviser.user if self.adviser else None
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
        home = self.canton.home(self.office)
        fields = synthetic.client(self.rng, self.canton.next_serial(), self.arrived)
        return Person(**fields, municipality=home, place=home.name.removesuffix(" (LU)"))

    def _records(self, case: Case) -> Iterator[models.Model]:
        """Antrag, snapshot, facts, goal, query and Kostengutsprache of the saved case."""
        rng = self.rng
        story = rng.choice(STORIES)
        group = self.office.statistics_group
        yield Antrag(
            case=case,
            principal=self.office,
            principal_group=group,
            contractor=self.contractor,
            contractor_group=self.contractor.statistics_group,
            contact_person=self.writer.contacts.get(self.contractor.pk),
            second_contact=f"{synthetic.last_name(rng)}, Stellvertretung, 041 000 00 00",
            planned_months=rng.choice((3, 6, 6, 9, 12)),
            situation=story.situation,
            prior_contact=rng.choice(PRIOR),
            submitted_at=self.events[0].at,
            **self.antrag,
        )
        yield BenefitSnapshot(
            case=case,
            social_counselling=group == "SH",
            wsh=group == "SH" and rng.random() < 0.8,
            job_seeker=group == "RAV",
            ale=group == "RAV" and rng.random() < 0.7,
            iv_counselling=group == "IV",
            taken_on=self.arrived,
        )
        procedure = IvProcedure.CLOSED if group == "IV" else IvProcedure.NONE
        yield CriteriaFacts(case=case, iv_procedure=procedure, taken_on=self.arrived)
        yield Goal(antrag_id=case.pk, text=story.goal, expected_result=story.result)
        if self.query is not None:
            yield Query(antrag_id=case.pk, **self.query)
        if self.kg is not None:
            yield Kostengutsprache(case=case, requester=self.contractor, payer=self.office, **self.kg)
