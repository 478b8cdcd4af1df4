"""A seeded random walk: a hundred cases driven through the real rows, and what one would note of it on paper.

The people of eight offices act on their cases on days drawn by lot over two years; the portal itself catches up each
morning. Of every case only groups, days and words are noted, as they are given. Nothing here reads the portal's own
records, and nothing knows of the statistics: they are compared in ``test_hundred_cases``.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from iiz.core import clock, meetings, workflow
from iiz.core.actor import Actor
from iiz.core.enums import Role
from iiz.core.models import Case
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator
from optima.demo_fit import Fit, row_between
from optima.enums import LegalState, MeetingKind, Verdict
from optima.models import ClosingDetail, ClosingReason, LegalPrecondition, RefusalReason, ZielgruppeRule
from optima.tests import factories as portal

from .paying import Paying, Promise

FIRST, LAST = dt.date(2023, 11, 1), dt.date(2025, 10, 31)
"""Two years, long past, that touch three."""
CASES = 100
SIZES = (("SH", 3), ("RAV", 3), ("IV", 2))
TRAITS: dict[str, dict[str, bool]] = {"SH": {}, "RAV": {"rav": True}, "IV": {"iv": True}}
OUTCOMES = ("erfolgreich", "teilweise", "nicht_umgesetzt", "sonstige")
NEED_A_CAUSE = ("teilweise", "nicht_umgesetzt")

WAYS: dict[str, dict[str, int]] = {
    "drafted": {"submit": 30, "rest": 1},
    "submitted": {"accept": 60, "refuse": 15, "ask": 12, "withdraw": 5, "decline": 4, "allocate": 4, "rest": 2},
    "queried": {"answer": 20, "settle": 6, "refuse": 3, "withdraw": 2, "decline": 2},
    "accepted": {"plan": 30, "hold": 6, "give_up": 2, "withdraw_agreement": 2, "hand_on": 2, "rest": 1},
    "planned": {"hold": 30, "move": 4, "call_off": 3, "reply": 4, "give_up": 1, "withdraw_agreement": 1},
    "held": {"agree": 12, "disagree": 2, "revise": 3, "withdraw_agreement": 1, "give_up": 1},
    "agreed": {"call": 3, "reply": 3, "pay_for": 1, "give_up": 2, "withdraw_agreement": 2},
    "running": {"go_on": 10, "close": 12, "close_early": 3, "meet_extra": 4, "pay_for": 12, "move": 2}
    | {"withdraw_agreement": 2},
    "stopped": {"give_up": 6, "rest": 1},
    "halted": {"close_early": 6, "rest": 1},
    "closed": {"resume": 6, "correct": 4, "rest": 3},
    "not_established": {"correct": 2, "rest": 3},
}  # fmt: skip
"""Where a case stands → what may happen next, by weight. ``rest``: nothing any more."""
GAPS = {"held": (1, 9), "agreed": (5, 25), "running": (15, 75), "closed": (5, 60), "not_established": (5, 60)}
"""Days until the next thing happens; otherwise one to eight."""


@dataclass
class Tale:
    """One case as noted on paper."""

    principal: Actor
    contractor: Actor
    stands: str = "drafted"
    number: str = ""
    row: str = ""
    """The row of the table of target groups for which the client is meant; its letter is the group."""
    decision: str = ""
    reason: str = ""
    outcome: str = ""
    open_seats: str = ""
    moved: bool = False
    starts_on: dt.date = FIRST
    promises: list[Promise] = field(default_factory=list)
    days: dict[str, dt.date] = field(default_factory=dict)
    """``arrived``, ``decided``, ``handed_over``, ``started``, ``ended``."""

    @property
    def pair(self) -> tuple[str, str]:
        """The groups of principal and contractor."""
        return self.principal.institution.statistics_group, self.contractor.institution.statistics_group


class Walk(Paying):
    """Walks when called; afterwards ``tales`` holds the notes and ``done`` how often each row was carried out."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.tales: list[Tale] = []
        self.done: Counter[str] = Counter()
        self.office = coordinator()
        LegalPrecondition.objects.update(status=LegalState.MET)
        self.fit = Fit()
        self.people = {
            group: [
                actor(Role.CONTACT, InstitutionFactory.create(**TRAITS[group]), Role.CASEWORKER, Role.SIGNATORY)
                for _ in range(size)
            ]
            for group, size in SIZES
        }
        self.list_signatories()

    def __call__(self) -> Walk:
        """Let the two years pass."""
        queue = [(self._moment(self._day(FIRST, LAST)), place) for place in range(CASES)]
        self.tales = [self._tale() for _ in queue]
        heapq.heapify(queue)
        yesterday = FIRST
        while queue and queue[0][0].date() <= LAST:
            moment, place = heapq.heappop(queue)
            if moment.date() > yesterday:
                yesterday = moment.date()
                self._morning(moment)
            tale = self.tales[place]
            with clock.at(moment):
                going = self._next(tale)
            if going:
                days = self.rng.randint(*GAPS.get(tale.stands, (1, 8)))
                heapq.heappush(queue, (self._moment(yesterday + dt.timedelta(days=days)), place))
        self._morning(self._moment(LAST))
        return self

    def _tale(self) -> Tale:
        """Two offices of different groups; among social services also two of them."""
        principal, contractor = "RAV", "RAV"
        while principal == contractor != "SH":
            principal, contractor = self.rng.choices(("SH", "RAV", "IV"), (5, 3, 2), k=2)
        asking = self.rng.choice(self.people[principal])
        return Tale(asking, self.rng.choice([who for who in self.people[contractor] if who != asking]))

    def _morning(self, moment: dt.datetime) -> None:
        """What the portal does by itself: case work begins on the day that was agreed."""
        lapsed = self.lapsed(moment.date())
        with clock.at(moment):
            begun = workflow.catch_up(moment)
        waited = [tale for tale in self.tales if tale.stands == "agreed" and tale.starts_on <= moment.date()]
        for tale in waited:
            self._begin(tale)
        assert begun == len(waited) + lapsed
        self.done["begin"] += len(waited)

    def _begin(self, tale: Tale) -> None:
        tale.stands, tale.days["started"] = "running", tale.starts_on

    def _next(self, tale: Tale) -> bool:
        """Let one thing happen to a case; whether anything can still happen to it."""
        if not tale.number:
            tale.number = portal.draft(tale.principal).number
        ways = WAYS[tale.stands]
        name = self.rng.choices(list(ways), list(ways.values()))[0]
        step: Callable[[Tale], None] | None = getattr(self, name, None)
        if step is None:
            return False
        step(tale)
        return tale.stands in WAYS

    def _do(self, tale: Tale, name: str, who: Actor, **data: Any) -> None:
        workflow.apply(Case.objects.get(number=tale.number), name, who, data)
        self.done[name] += 1

    def _day(self, first: dt.date, last: dt.date) -> dt.date:
        return first + dt.timedelta(days=self.rng.randint(0, (last - first).days))

    def _lately(self, tale: Tale, since: str) -> dt.date:
        """A day not long ago, for what is written down afterwards."""
        return max(tale.days[since], clock.today() - dt.timedelta(days=self.rng.randint(0, 6)))

    def _moment(self, day: dt.date) -> dt.datetime:
        """Any moment of the day: a local day begins in the evening of another one elsewhere."""
        time = dt.time(self.rng.randint(0, 23), self.rng.randint(0, 59))
        return dt.datetime.combine(day, time, timezone.get_current_timezone())

    def _either(self, tale: Tale) -> Actor:
        return self.rng.choice((tale.principal, tale.contractor))

    # Up to the decision ---------------------------------------------------------------------------------------

    def submit(self, tale: Tale) -> None:
        """The Antrag leaves the principal."""
        asked = tale.contractor.institution
        tale.row = self._row(tale.principal.institution.statistics_group, asked.statistics_group)
        fitting = self.fit.answers(self.rng, tale.row, asked, clock.today())
        answers = portal.answers(asked, agreed_on=clock.today(), contact_person=None, **fitting)
        self._do(tale, "submit", tale.principal, **answers)
        tale.stands, tale.days["arrived"] = "submitted", clock.today()

    def _row(self, principal: str, contractor: str) -> str:
        """A row of the table for this direction; of the RAV to the IV only since the law allows it."""
        return "F" if (principal, contractor) == ("RAV", "IV") else row_between(self.rng, principal, contractor)

    def settle(self, tale: Tale) -> None:
        """The coordination office names the group: one of the direction, or none."""
        principal, contractor = tale.pair
        rules = ZielgruppeRule.objects.filter(principal_group=principal, contractor_group=contractor).order_by("pk")
        rule = self.rng.choice([None, *rules])
        self._do(tale, "settle_group", self.office, verdict=Verdict.CLEARED, rule=rule, ruling="Nach Rücksprache.")
        tale.row = rule.code if rule else ""

    def _decided(self, tale: Tale, decision: str, stands: str) -> None:
        tale.decision, tale.stands, tale.days["decided"] = decision, stands, clock.today()

    def accept(self, tale: Tale) -> None:
        """The contractor takes the case."""
        self._do(tale, "accept", tale.contractor, adviser=tale.contractor.user, note="")
        self._decided(tale, "accepted", "accepted")

    def refuse(self, tale: Tale) -> None:
        """The contractor refuses with a listed reason."""
        reason = self.rng.choice(RefusalReason.objects.order_by("pk"))
        self._do(tale, "refuse", tale.contractor, refusal_reason=reason, refusal_text="Siehe Telefonat.", note="")
        self._decided(tale, "refused", "over")
        tale.reason = reason.code

    def withdraw(self, tale: Tale) -> None:
        """The principal takes the Antrag back."""
        self._do(tale, "withdraw", tale.principal, note="")
        self._decided(tale, "withdrawn", "over")

    def decline(self, tale: Tale) -> None:
        """The client declines; either office notes it."""
        self._do(tale, "client_declines", self._either(tale), note="")
        self._decided(tale, "client_declined", "over")

    def ask(self, tale: Tale) -> None:
        """The contractor asks back."""
        self._do(tale, "ask", tale.contractor, question="Welche Ausbildung liegt vor?")
        tale.stands = "queried"

    def answer(self, tale: Tale) -> None:
        """The principal answers."""
        self._do(tale, "answer", tale.principal, answer="Lehre als Schreiner.")
        tale.stands = "submitted"

    def allocate(self, tale: Tale) -> None:
        """The contact person or the coordination office names who is in charge."""
        who = self.rng.choice((tale.contractor, self.office))
        self._do(tale, "assign", who, adviser=tale.contractor.user)

    def hand_on(self, tale: Tale) -> None:
        """Another person of the principal – the same one, in small offices."""
        self._do(tale, "hand_over", tale.principal, adviser=tale.principal.user)

    def call(self, tale: Tale) -> None:
        """A line about a phone call."""
        self._do(tale, "log_call", self._either(tale), called_on=clock.today(), text="Kurze Rücksprache.")

    # The hand-over --------------------------------------------------------------------------------------------

    def plan(self, tale: Tale) -> None:
        """The principal fixes the hand-over."""
        self._do(tale, "plan_handover", tale.principal, **portal.date(self.rng.randint(2, 20)), client_informed=True)
        tale.stands, tale.moved = "planned", False

    def move(self, tale: Tale) -> None:
        """The contractor chairs the talk and may move it."""
        meeting = meetings.planned(Case.objects.get(number=tale.number))
        self._do(tale, "move_meeting", tale.contractor, meeting=meeting, **portal.date(self.rng.randint(3, 30)))
        tale.moved = True

    def reply(self, tale: Tale) -> None:
        """Whoever is invited answers: the contractor to the hand-over, unless it moved it, the principal else."""
        who = tale.contractor if tale.stands == "planned" and not tale.moved else tale.principal
        meeting = meetings.planned(Case.objects.get(number=tale.number))
        self._do(tale, "reply_meeting", who, meeting=meeting, reply=self.rng.choice(("accepted", "declined")), note="")

    def call_off(self, tale: Tale) -> None:
        """The hand-over is called off; the case waits for a new date."""
        meeting = meetings.planned(Case.objects.get(number=tale.number))
        self._do(tale, "cancel_meeting", self._either(tale), meeting=meeting, reason="Krank.")
        tale.stands = "accepted"

    def hold(self, tale: Tale, name: str = "hold_handover") -> None:
        """The note of the hand-over: client, principal and contractor say yes, no, or nothing yet."""
        held_on = self._lately(tale, "decided")
        tale.starts_on = held_on + dt.timedelta(days=self.rng.choice((0, 0, 1, 14, 40)))
        ticks = self.rng.choices(("yyy", "y-y", "--y", "nyy", "yny"), (8, 5, 3, 1, 1))[0]
        self._do(tale, name, tale.contractor, **portal.note(ticks, held_on=held_on, starts_on=tale.starts_on))
        tale.days["talk"], tale.open_seats = held_on, ticks
        self._said(tale)

    def revise(self, tale: Tale) -> None:
        """The contractor changes the note: everybody is asked again."""
        self.hold(tale, "revise_note")

    def _said(self, tale: Tale) -> None:
        """One no ends it on the day of the talk; yes from all three hands it over."""
        if "n" in tale.open_seats:
            tale.stands = "not_established"
            tale.days["handed_over"] = tale.days["ended"] = tale.days["talk"]
        elif "-" in tale.open_seats:
            tale.stands = "held"
        else:
            tale.stands, tale.days["handed_over"] = "agreed", tale.days["talk"]
            if tale.starts_on <= clock.today():
                self._begin(tale)

    def agree(self, tale: Tale, yes: bool = True) -> None:
        """Who has not said anything yet says it: the contractor notes it for the client first."""
        seat, row = ("client", "record_agreements") if tale.open_seats[0] == "-" else ("principal", "agree_note")
        who = tale.contractor if seat == "client" else tale.principal
        self._do(tale, row, who, agreed={seat: yes})
        tale.open_seats = tale.open_seats.replace("-", "y" if yes else "n", 1)
        self._said(tale)

    def disagree(self, tale: Tale) -> None:
        """One no is enough."""
        self.agree(tale, yes=False)

    def give_up(self, tale: Tale) -> None:
        """It ends before it began: on this day, whatever talk there has been."""
        who = self.rng.choice((tale.principal, self.office))
        self._do(tale, "end_unestablished", who, ended_note="Umzug in einen anderen Kanton.")
        tale.stands, tale.days["ended"] = "not_established", clock.today()

    def withdraw_agreement(self, tale: Tale) -> None:
        """The client takes the agreement back: the case stops and waits for its end."""
        self._do(tale, "client_withdraws", self._either(tale))
        tale.stands = "halted" if tale.stands == "running" else "stopped"

    # Case work ------------------------------------------------------------------------------------------------

    def go_on(self, tale: Tale) -> None:
        """A Standortgespräch decides to go on, at times for longer than planned."""
        words = portal.continuing(
            held_on=self._lately(tale, "started"), extended_months=self.rng.choice((None, None, 3, 6))
        )
        self._do(tale, "hold_standortgespraech", tale.contractor, **words)

    def _closure(self, party: str) -> dict[str, Any]:
        """Reason and outcome, and a cause where success was not full."""
        outcome = self.rng.choice(OUTCOMES)
        details = ClosingDetail.objects.order_by("pk")
        return {
            "outcome": outcome,
            "reason": self.rng.choice(ClosingReason.objects.filter(party__in=(party, "any")).order_by("pk")),
            "causes": [self.rng.choice(details.filter(kind="cause"))] if outcome in NEED_A_CAUSE else [],
            "results": [self.rng.choice(details.filter(kind="result"))],
        }

    def _closed(self, tale: Tale, day: dt.date, outcome: str) -> None:
        tale.stands, tale.outcome, tale.days["ended"] = "closed", outcome, day

    def close(self, tale: Tale) -> None:
        """The last talk closes the case on its own day."""
        held_on, words = self._lately(tale, "started"), self._closure("contractor")
        self._do(tale, "hold_standortgespraech", tale.contractor, **portal.closing(held_on=held_on, **words))
        self._closed(tale, held_on, words["outcome"])

    def close_early(self, tale: Tale) -> None:
        """An exception: closed today, without a talk."""
        halted = tale.stands == "halted"
        who = self.rng.choice((tale.contractor, self.office) if halted else (tale.contractor, tale.principal))
        words = self._closure("principal" if who == tale.principal else "contractor")
        self._do(tale, "close_exceptionally", who, exception="Kein Gespräch mehr möglich.", papers="", note="", **words)
        self._closed(tale, clock.today(), words["outcome"])
        if halted:
            tale.stands = "over"

    def meet_extra(self, tale: Tale) -> None:
        """The principal wishes for an extra talk: it takes place, or the contractor answers at once."""
        self._do(tale, "request_meeting", tale.principal, reason="Die Wohnung ist gekündigt.")
        if self.rng.random() < 0.5:
            self._do(tale, "decline_meeting", tale.contractor, answer="Ist bereits gelöst.")
            return
        extra = {"kind": MeetingKind.EXTRA, "reason": "Die Wohnung ist gekündigt."}
        self._do(tale, "plan_meeting", tale.contractor, **extra, **portal.date(2))
        planned = meetings.planned(Case.objects.get(number=tale.number), MeetingKind.EXTRA)
        everybody = dict.fromkeys(("client", "principal", "contractor"), True)
        words = {"held_on": clock.today(), "attended": everybody, "note": "Neue Wohnung gefunden."}
        self._do(tale, "hold_extra", tale.contractor, meeting=planned, **words)

    # Afterwards -----------------------------------------------------------------------------------------------

    def resume(self, tale: Tale) -> None:
        """The principal takes up again what rested."""
        self._do(tale, "resume", tale.principal)
        tale.stands = "over"

    def correct(self, tale: Tale) -> None:
        """The coordination office puts days and outcome right; they keep their order."""
        days, today = tale.days, clock.today()
        if tale.stands == "closed":
            days["ended"] = self._day(days["started"], today)
            days["started"] = self._day(days["handed_over"], days["ended"])
            days["handed_over"] = self._day(days["decided"], days["started"])
            tale.outcome = self.rng.choice(OUTCOMES)
        elif days.get("handed_over") == days["ended"]:
            days["handed_over"] = days["ended"] = self._day(days["decided"], today)
        else:
            days["ended"] = self._day(days.get("handed_over", days["decided"]), today)
        names = {"handed_over": "handover_on", "started": "started_on", "ended": "ended_on"}
        data = {field: days[name] for name, field in names.items() if name in days}
        self._do(tale, "correct", self.office, why="Datum falsch erfasst.", outcome=tale.outcome, **data)
        tale.stands = "over"
