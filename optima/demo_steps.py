"""What the people of a played case do, step by step: the same rows with the same answers as from the forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from iiz.core import audit, clock, meetings, snoozing, workflow
from iiz.core.actor import Actor
from iiz.core.demo import DemoCanton
from iiz.core.enums import Reply
from iiz.core.models import Case, Task
from iiz.core.workdays import add_months, next_working_day

from .demo_kg import Promises
from .demo_texts import (
    CALLED_OFF,
    CALLS,
    CANNOT,
    CORRECTION,
    DECLINED,
    ENDINGS,
    EXCEPTION,
    HINT,
    HINT_ANSWER,
    MEASURE,
    MEASURE_ANSWER,
    MEASURES,
    NEXT_MEASURES,
    NOTES,
    PLACES,
    PROGRESS,
    REFUSAL_TEXTS,
    RULINGS,
    WISHES,
    Ending,
)
from .effects import ruling
from .enums import Continuation, IvRest, MeetingKind, Outcome, RequestDecision, Verdict
from .models import ClosingDetail, ClosingReason, RefusalReason

PAUSE = dt.timedelta(minutes=10)
"""Between two steps of one day, at least."""
EVERYBODY = ("client", "principal", "contractor")
HOLDING = ("hold_handover", "hold_without_client", "hold_with_a_no", "go_on", "extend", "close")
"""Steps that write the note of a meeting, on its day."""


class Part(Promises):
    """One case in play: its people, its days, and a method for each step of a path."""

    def __init__(
        self,
        canton: DemoCanton,
        case: Case,
        principal: Actor,
        adviser: Actor,
        answers: dict[str, Any],
        path: str,
        exchange: tuple[str, str],
        ahead: int,
    ) -> None:
        self.canton, self.rng, self.case = canton, canton.rng, case
        self.principal, self.adviser, self.contact = principal, adviser, self._contact(adviser)
        self.answers, self.path, self.exchange, self.ahead = answers, path, exchange, ahead
        self.to_come: list[tuple[str, dt.datetime]] = []
        self.moment = clock.now()

    def _contact(self, adviser: Actor) -> Actor:
        return self.canton.staff[adviser.institution.pk].contacts[0]

    def play(self, steps: Iterable[str], days: Iterable[dt.date]) -> None:
        """Take each step on its day, one after the other."""
        moment = self.moment
        for step, day in zip(steps, days, strict=True):
            planned = self.canton.moment(day)
            if step in HOLDING:  # the note is written in the afternoon after the talk
                planned = planned.replace(hour=self.rng.randint(13, 16))
            moment = max(moment + PAUSE, planned)
            self.to_come.append((step, moment))
        while self.to_come:
            step, self.moment = self.to_come.pop(0)
            with clock.at(self.moment):
                getattr(self, step)()

    def _apply(self, row: str, actor: Actor, **data: Any) -> None:
        """Carry out one row as somebody who opened the case before."""
        if row != "submit":
            audit.log_read(actor, self.case, "Übersicht")
        self.case = workflow.apply(self.case, row, actor, data)

    def put_off(self, reason: str) -> None:
        """The principal puts the open Pendenz off as far as the page proposes."""
        task = Task.objects.get(case=self.case, institution=self.principal.institution, done_at=None)
        with clock.at(self.moment + PAUSE):
            snoozing.put_off(self.principal, task, snoozing.proposed(task), reason)

    # Up to the decision ---------------------------------------------------------------------------------------

    def submit(self) -> None:
        """The Antrag leaves the principal."""
        self._apply("submit", self.principal, **self.answers, agreed_on=clock.today())

    def assign(self) -> None:
        """The contact person names who is in charge."""
        self._apply("assign", self.contact, adviser=self.adviser.user)

    def ask(self) -> None:
        """The contractor asks back."""
        self._apply("ask", self.contact, question=self.exchange[0])

    def answer(self) -> None:
        """The principal answers."""
        self._apply("answer", self.principal, answer=self.exchange[1])

    def accept(self) -> None:
        """The contact person accepts and names who is in charge."""
        self._apply("accept", self.contact, adviser=self.adviser.user, note=self.rng.choice(NOTES))

    def settle(self, verdict: Verdict = Verdict.CLEARED) -> None:
        """The coordination office decides what the table leaves open."""
        row = ruling.classification_of(self.case)
        rule = row.rule if row is not None else None
        self._apply(
            "settle_group", self.canton.logins["koordination"], verdict=verdict, rule=rule, ruling=RULINGS[verdict]
        )

    def settle_no(self) -> None:
        """It says that another way is the right one."""
        self.settle(Verdict.DECLINED)

    def refuse(self) -> None:
        """The contractor refuses with a listed reason."""
        code = self.path.removeprefix("refused_")
        text = self.rng.choice(REFUSAL_TEXTS) if code == "sonstige" else ""
        reason = RefusalReason.objects.get(code=code)
        self._apply("refuse", self.contact, refusal_reason=reason, refusal_text=text, note="")

    def withdraw(self) -> None:
        """The principal takes the Antrag back."""
        self._apply("withdraw", self.principal)

    def client_declines(self) -> None:
        """The client declines."""
        self._apply("client_declines", self.principal)

    def client_withdraws(self) -> None:
        """The client takes the agreement back."""
        self._apply("client_withdraws", self.principal)

    def end_unestablished(self) -> None:
        """The principal ends what never got under way."""
        self._apply("end_unestablished", self.principal)

    # The hand-over --------------------------------------------------------------------------------------------

    def _next(self) -> dict[str, Any]:
        """When and where the next meeting takes place: in the morning of the day whose note follows, else ahead."""
        holding = (timezone.localdate(moment) for step, moment in self.to_come if step in HOLDING)
        day = next(holding, None) or self._day(self.ahead)
        time = dt.time(self.rng.randint(8, 10), self.rng.choice((0, 30)))
        return {
            "starts_at": dt.datetime.combine(day, time, timezone.get_current_timezone()),
            "minutes": 60,
            "place": self.rng.choice(PLACES),
            "video_url": "",
        }

    def _day(self, ahead: int) -> dt.date:
        """A working day so many days from the last one; one that has passed stays in the past."""
        day = self.canton.last_day + dt.timedelta(days=ahead)
        return next_working_day(day) if ahead > 0 else max(self.canton.workday(day), clock.today())

    def plan_handover(self) -> None:
        """The principal invites, the client knows."""
        self._apply("plan_handover", self.principal, client_informed=True, **self._next())

    def reply(self) -> None:
        """The contractor accepts the date."""
        self._apply("reply_meeting", self.adviser, meeting=meetings.planned(self.case), reply=Reply.ACCEPTED, note="")

    def hold_handover(self, client: bool | None = True) -> None:
        """The note of the hand-over; the principal reads it first and agrees afterwards."""
        self._apply(
            "hold_handover",
            self.adviser,
            held_on=clock.today(),
            attended=dict.fromkeys(EVERYBODY, True),
            starts_on=self._start(),
            measures=self.rng.choice(MEASURES),
            statement=client is not False,
            statement_note=DECLINED if client is False else "",
            agreed={"client": client, "principal": None, "contractor": True},
            **self._next(),
        )

    def hold_without_client(self) -> None:
        """The client wants to sleep on it."""
        self.hold_handover(client=None)

    def hold_with_a_no(self) -> None:
        """The client says no."""
        self.hold_handover(client=False)

    def _start(self) -> dt.date:
        """When case work begins: on the day of ``begin``, else of the agreement; ahead where that is to come."""
        days = {step: timezone.localdate(moment) for step, moment in self.to_come}
        if self.path == "agreed" or "agree_note" not in days:
            return self._day(12)
        return days.get("begin") or days["agree_note"]

    def agree_note(self) -> None:
        """The principal agrees."""
        self._apply("agree_note", self.principal, agreed={"principal": True})

    def begin(self) -> None:
        """The day has come; the portal notes it in nobody's name."""
        workflow.catch_up(clock.now())
        self.case.refresh_from_db()

    # Beside the case work -------------------------------------------------------------------------------------

    def make_vereinbarung(self) -> None:
        """The RAV fills in the Vereinbarung ALV for half a year from the hand-over on."""
        first = clock.today() + dt.timedelta(days=7)
        self._apply(
            "make_vereinbarung",
            self.principal,
            release_from=first,
            release_until=add_months(first, 6),
            adviser=self.principal.user.get_full_name(),
            adviser_phone="041 000 00 00",
            fund="Arbeitslosenkasse Beispiel",
        )

    def sign_vereinbarung(self) -> None:
        """The client signs it at the table."""
        self._apply("sign_vereinbarung", self.principal, signed_on=clock.today())

    def report_work_offer(self) -> None:
        """The burdens are gone: the work offer is intact again."""
        self._apply("report_work_offer", self.adviser, restored_on=clock.today())

    def record_registration(self) -> None:
        """The client has registered with the RAV."""
        self._apply("record_registration", self.adviser, registered_on=clock.today())

    def record_iv_rest(self) -> None:
        """The IV suspends its procedure meanwhile."""
        self._apply("record_iv_rest", self.principal, rest=IvRest.SUSPENDED, rest_on=clock.today())

    def send_hint(self) -> None:
        """The contractor reports what happened; the principal decides."""
        self._apply("send_hint", self.adviser, happened_on=clock.today(), text=HINT)

    def answer_hint(self) -> None:
        """The principal records what it decided."""
        self._apply(
            "answer_hint", self.principal, decision=RequestDecision.DONE, decided_on=clock.today(), answer=HINT_ANSWER
        )

    def wish_measure(self) -> None:
        """The contractor asks for a measure by the principal's law."""
        self._apply("wish_measure", self.adviser, text=MEASURE)

    def answer_measure(self) -> None:
        """The principal records what it decided."""
        given = {"decision": RequestDecision.PARTLY, "decided_on": clock.today(), "answer": MEASURE_ANSWER}
        self._apply("answer_measure", self.principal, **given)

    # Case work ------------------------------------------------------------------------------------------------

    def log_call(self) -> None:
        """A line about a phone call."""
        self._apply("log_call", self.adviser, called_on=clock.today(), text=self.rng.choice(CALLS))

    def decline(self) -> None:
        """The principal cannot come to the next Standortgespräch."""
        meeting = meetings.planned(self.case)
        self._apply("reply_meeting", self.principal, meeting=meeting, reply=Reply.DECLINED, note=CANNOT)

    def cancel_meeting(self) -> None:
        """The contractor calls the next Standortgespräch off."""
        self._apply("cancel_meeting", self.adviser, meeting=meetings.planned(self.case), reason=CALLED_OFF)

    def request_meeting(self) -> None:
        """The principal wishes for an extra meeting."""
        self.wish = self.rng.choice(WISHES)
        self._apply("request_meeting", self.principal, reason=self.wish[0])

    def decline_meeting(self) -> None:
        """The contractor answers the wish without a meeting."""
        self._apply("decline_meeting", self.adviser, answer=self.wish[1])

    def plan_extra(self) -> None:
        """The contractor invites to the extra meeting, soon."""
        self.ahead = 3
        self._apply("plan_meeting", self.adviser, kind=MeetingKind.EXTRA, reason=self.wish[0], **self._next())

    def go_on(self, months: int | None = None) -> None:
        """A Standortgespräch after which case work goes on."""
        self._apply(
            "hold_standortgespraech",
            self.adviser,
            held_on=clock.today(),
            attended=dict.fromkeys(EVERYBODY, True),
            progress=self.rng.choice(PROGRESS),
            decision=Continuation.CONTINUE,
            measures=self.rng.choice(NEXT_MEASURES),
            extended_months=months,
            **self._next(),
        )

    def extend(self) -> None:
        """A Standortgespräch that prolongs the case work."""
        self.go_on(months=3)

    def close(self) -> None:
        """The last talk: the lead goes back."""
        named = self.path.removeprefix("closed_")
        outcome = Outcome(named) if named in Outcome.values else Outcome.SUCCESS
        ending = ENDINGS[outcome]
        self._apply(
            "hold_standortgespraech",
            self.adviser,
            held_on=clock.today(),
            attended=dict.fromkeys(EVERYBODY, True),
            progress=ending.progress,
            decision=Continuation.CLOSE,
            papers=ending.papers,
            note="",
            **closure(outcome, ending),
        )

    def close_exceptionally(self) -> None:
        """After the withdrawal no talk is possible any more."""
        words = closure(Outcome.OTHER, Ending("einverstaendnis_zurueckgezogen", (), (), ""))
        self._apply("close_exceptionally", self.adviser, exception=EXCEPTION, papers="", note="", **words)

    def resume(self) -> None:
        """The principal takes up again what rested."""
        self._apply("resume", self.principal)

    def correct(self) -> None:
        """The coordination office puts the outcome right."""
        ending = ENDINGS[Outcome.PARTIAL]
        words = closure(Outcome.PARTIAL, ending)
        self._apply("correct", self.canton.logins["koordination"], why=CORRECTION, **words)


def closure(outcome: Outcome, ending: Ending) -> dict[str, Any]:
    """Outcome, reason, causes and results as the form hands them over."""
    return {
        "outcome": outcome,
        "reason": ClosingReason.objects.get(code=ending.reason),
        "causes": list(ClosingDetail.objects.filter(code__in=ending.causes)),
        "results": list(ClosingDetail.objects.filter(code__in=ending.results)),
    }
