"""The road of ``demo_journey`` as it is played: a Roundtable from the registration to the end, over ten months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from iiz.core import clock

from . import demo_journey as lea
from . import demo_texts as texts
from . import feedback, minutes
from .demo_plan import PlanPart
from .demo_steps import DAY
from .effects.feedback import FEEDBACK
from .enums import CorrectionState, ParticipantKind
from .models import FeedbackRequest, Participant, Perspective
from .paper_reader import parse_day
from .queries import at_the_table, planned


def answers(today: dt.date) -> dict[str, Any]:
    """What the registration says of her, beside what it says of anybody."""
    first, last = lea.NAME
    born = dt.date(today.year - lea.AGE - 1, 9, 14)
    born = born.replace(year=born.year + 1) if today >= dt.date(today.year, 9, 14) else born
    return {"first_name": first, "last_name": last, "sex": "w", "birth_date": born, "email": lea.EMAIL}


class Road(PlanPart):
    """The steps that only this Roundtable takes."""

    # At the table ---------------------------------------------------------------------------------------------

    def add_therapist(self) -> None:
        """The therapist comes; she has no account and gets links."""
        self._add_professional(texts.THERAPIST[2])

    def _words(self, view: Perspective) -> dict[str, str]:
        if view.participant.kind == ParticipantKind.CLIENT:
            return lea.OWN_WORDS
        if view.participant.kind == ParticipantKind.PROFESSIONAL:
            return lea.THERAPIST_WORDS
        return super()._words(view)

    def _note(self) -> str:
        return lea.MEETING_NOTES[0]

    def write_paper(self) -> None:
        """At the meeting, with the name of whoever will be there for her."""
        super().write_paper()
        self._write({"plain.text": lea.PAPER.plain.format(manager=self.registrant.user.last_name)})

    # Draft and first plan -------------------------------------------------------------------------------------

    def correct(self) -> None:
        """All promise and agree; the therapist puts a sentence right, and it is taken over."""
        self._answer_draft({ParticipantKind.PROFESSIONAL: lea.CORRECTION})
        self._handle(CorrectionState.TAKEN, lea.TAKEN)
        self._write(lea.CORRECTED)

    def look_back(self) -> None:
        """Two offices and she herself say how the meeting was."""
        rows = FeedbackRequest.objects.filter(meeting__case=self.case, answered=False).select_related(*feedback.RELATED)
        links = {link.ref: link for link in self._links(FEEDBACK)}
        client = self._seats()[ParticipantKind.CLIENT].pk
        offices = [row for row in rows.order_by("pk") if row.participant.participation is not None][-2:]
        for row, said in zip([*offices, rows.get(participant=client)], lea.FEEDBACK, strict=True):
            mark, text, quote = said
            given: dict[str, Any] = dict.fromkeys(feedback.QUESTIONS, mark)
            given |= {"text": text, "quote": quote, "quote_agreed": bool(quote)}
            feedback.give(row, given, links.get(row.participant_id))

    # Steps and notes ------------------------------------------------------------------------------------------

    def first_reports(self) -> None:
        """The first steps move."""
        self._reports(lea.FIRST_REPORTS)

    def first_note(self) -> None:
        """All hear how it goes."""
        self._tell_all(lea.FIRST_NOTE)

    def decided(self) -> None:
        """The disability insurance has decided; what waited for it begins."""
        self._reports(lea.DECIDED)
        self._tell_all(lea.SECOND_NOTE)

    def contract(self) -> None:
        """The contract is signed."""
        self._reports(lea.CONTRACT)

    def third_note(self) -> None:
        """The new case manager tells all."""
        self._tell_all(lea.THIRD_NOTE)

    def summer_note(self) -> None:
        """Everything is ready for the apprenticeship."""
        self._tell_all(lea.SUMMER_NOTE)

    def coached(self) -> None:
        """The apprenticeship has begun."""
        self._reports(lea.COACHED)
        self._tell_all(lea.FOURTH_NOTE)

    def last_reports(self) -> None:
        """The probation is passed."""
        self._reports(lea.LAST_REPORTS)

    def _reports(self, rows: Iterable[tuple[int, str, str]]) -> None:
        for key, status, note in rows:
            self._report(key, status, note)

    # Later meetings -------------------------------------------------------------------------------------------

    def propose_follow_up(self) -> None:
        """Dates for a meeting of those whom two steps concern: without the therapist."""
        rows = [row for row in at_the_table(self.case) if row.kind != ParticipantKind.PROFESSIONAL]
        self._propose_later("hold_follow_up", rows, lea.TOPICS)

    def _propose_later(self, held: str, rows: list[Participant], keys: Iterable[int]) -> None:
        day = self.days[held]
        data = {
            "starts": [self._at(day, 9), self._at(day, 14)],
            "minutes": 60,
            "place": texts.PLACE,
            "answer_by": max(clock.today(), day - DAY),
            "participants": rows,
            "steps": list(keys),
        }
        self._apply("propose_dates", self.office, **data)

    def answer_follow_up(self) -> None:
        """Offices answer, Lea by her link; the date is fixed."""
        self.answer_all()
        self.fix()

    def hold_follow_up(self) -> None:
        """The meeting takes place, and the plan is changed at the table: what follows begins with the allowance."""
        self._hold_later(lea.MEETING_NOTES[1])
        begins = parse_day(minutes.cells(self.case)["income.3.since"])
        assert begins is not None
        day, end = f"{begins:%d.%m.%Y}", f"{begins + lea.COACHING * DAY:%d.%m.%Y}"
        self._rows("step", [row | {"start": day, "due": end} for row in lea.NEW_STEPS])
        self._rows("income", [row | {"until": f"{begins - DAY:%d.%m.%Y}"} for row in lea.NEW_INCOMES])
        self._write(lea.CHANGED)

    def _hold_later(self, note: str) -> None:
        meeting = planned(self.case)
        assert meeting is not None
        came = set(meeting.invitees.exclude(ref=None).values_list("ref", flat=True))
        self._apply("hold_meeting", self.office, held_on=clock.today(), first=came, second=came, note=note)

    def change(self) -> None:
        """The changed plan goes round, all promise, and it binds: a new version, to be signed again."""
        self.circulate()
        self.promise()
        self.finalise()

    def sign_again(self) -> None:
        """She signs the new version at home, behind her link."""
        self.sign_by_link()

    def hand_over(self) -> None:
        """The case management passes on."""
        self._manage(self._seats()["IV"], lea.HANDED_OVER)

    def propose_last(self) -> None:
        """Dates for the last meeting, with all."""
        self._propose_later("hold_last", at_the_table(self.case), [8])

    def answer_last(self) -> None:
        """All answer, and the date is fixed."""
        self.answer_all()
        self.fix()

    def hold_last(self) -> None:
        """The last meeting takes place."""
        self._hold_later(lea.MEETING_NOTES[2])

    def conclude(self) -> None:
        """Closed, for the reason of the path."""
        self.close()

    def _closing_note(self, reason: str) -> str:
        return lea.CLOSING
