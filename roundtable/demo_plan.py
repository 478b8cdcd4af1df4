"""From the working paper to the plan in force and beyond, as the people of a played Roundtable do it."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable, Mapping

from PIL import Image, ImageDraw

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.models import Case, GuestLink
from iiz.core.workdays import next_working_day

from . import demo_texts as texts
from . import minutes, reviewing, signing, steps
from .demo_papers import PaperText, Row
from .demo_steps import DAY, Part
from .effects.plans import READ, REVIEW
from .enums import Answer, CorrectionState, ParticipantKind, StepState
from .minutes import Change
from .models import Handlungsplan, Participant, Review, Step
from .paper import ROWS
from .perspectives import Author
from .queries import at_the_table, draft_plan, final_plan, steps_in_force

DAYS = frozenset({"start", "due", "since", "until", "expected"})
"""Fields that hold a day."""


class PlanPart(Part):
    """A Roundtable in play that comes to a Handlungsplan."""

    @property
    def paper(self) -> PaperText:
        """What is written at its meeting."""
        return self.story.paper

    def _again(self) -> None:
        self.case = Case.objects.get(pk=self.case.pk)

    # The working paper ----------------------------------------------------------------------------------------

    def write_half(self) -> None:
        """The evening before the meeting: what the views say is carried over, a goal is sketched."""
        self._areas()
        self._rows("goal", self.paper.goals[:1])
        self._rows("income", self.paper.incomes)

    def write_paper(self) -> None:
        """At the meeting: analysis, goals and steps are written down."""
        self._areas()
        for part, rows in self._parts().items():
            self._rows(part, rows)
        self._write({"plain.text": self.paper.plain})

    def meet(self) -> None:
        """All meet, and it is written down as they speak."""
        self.write_paper()
        self.hold()

    def _parts(self) -> dict[str, tuple[Row, ...]]:
        paper = self.paper
        found = (paper.incomes, paper.sick, paper.decisions, paper.goals, paper.steps)
        return dict(zip(ROWS, found, strict=True))

    def _areas(self) -> None:
        said = {f"area.{code}.state": text for code, text in self.story.views.items()}
        noted = {f"area.{code}.{what}": text for code, row in self.paper.areas.items() for what, text in row.items()}
        self._write(said | noted)

    def _rows(self, part: str, rows: Iterable[Row]) -> None:
        minutes.add_rows(self.case.number, self.office, part, [self._typed(row) for row in rows])

    def _write(self, cells: Mapping[str, str]) -> None:
        stands = minutes.cells(self.case)
        changes = [Change(name, stands.get(name, ""), text) for name, text in cells.items()]
        minutes.write(self.case.number, self.office, changes)

    def _typed(self, row: Row) -> dict[str, str]:
        """A row as somebody types it: days as dates, offices as they are chosen."""
        found = {name: self._day(value) if name in DAYS else str(value) for name, value in row.items()}
        seats = self._seats()
        if "owner" in found:
            seat = seats[found["owner"]]
            found["owner"] = str(seat.pk)
            if "offer" in found and seat.participation is not None:
                offers = seat.participation.institution.offers.valid_on(clock.today())
                offer = offers.filter(label=found.pop("offer")).first()
                found |= {"offer": str(offer.pk)} if offer is not None else {}
        payer = seats.get(found.get("payer", ""))
        if payer is not None and payer.participation is not None:
            found["payer"] = payer.participation.institution.name
        return found

    def _day(self, value: str | int) -> str:
        return f"{clock.today() + value * DAY:%d.%m.%Y}" if isinstance(value, int) else value

    def _seats(self) -> dict[str, Participant]:
        """Who sits at the table: the client, and the first office of each group, the registering one before others."""
        found: dict[str, Participant] = {}
        for row in sorted(at_the_table(self.case), key=lambda one: (not self._is_own(one), one.pk)):
            part = row.participation
            name = part.institution.statistics_group if part is not None else row.kind
            found.setdefault(name, row)
        return found

    # Draft ----------------------------------------------------------------------------------------------------

    def appoint(self) -> None:
        """The registering office takes the case management."""
        row = next(row for row in at_the_table(self.case) if self._is_own(row))
        self._manage(row, "")

    def _manage(self, row: Participant, reason: str) -> None:
        assert row.participation is not None
        user = self._worker(row.participation.institution).user
        self._apply("appoint_manager", self.office, participant=row, user=user, reason=reason)

    def circulate(self) -> None:
        """The draft goes to all who may read it."""
        due_on = next_working_day(next_working_day(clock.today() + DAY) + DAY)
        self._apply("circulate_plan", self.office, due_on=due_on)

    def drop(self) -> None:
        """The draft is taken back: something was forgotten."""
        self._apply("drop_plan", self.office)

    def circulate_again(self) -> None:
        """The draft goes out once more."""
        self.circulate()

    def correct(self) -> None:
        """All promise their steps; one office finds something wrong, and so does the registering one."""
        self._answer_draft(texts.CORRECTIONS)

    def promise(self) -> None:
        """All promise their steps and agree."""
        self._answer_draft({})

    def _answer_draft(self, wrong: Mapping[str, tuple[str, str]]) -> None:
        """Everybody answers; ``wrong``: who, as in the paper → the part that is wrong, and what."""
        plan = self._draft()
        seats = {row.pk: name for name, row in self._seats().items()}
        links = {link.ref: link for link in self._links(REVIEW)}
        for review in Review.objects.filter(plan=plan, answered_at=None).select_related(*reviewing.RELATED):
            part, link = review.participant.participation, links.get(review.participant_id)
            if part is not None:
                self._review(review, Author(self._worker(part.institution)), wrong.get(seats[review.participant_id]))
            elif link is not None:
                self._review(review, Author(link=link), wrong.get(review.participant.kind))
        self._again()

    def _review(self, review: Review, author: Author, wrong: tuple[str, str] | None) -> None:
        offers = reviewing.catalogue(review)
        pledges = {
            step.key: reviewing.Pledge(Answer.ACCEPTED, step.offer_id or offers[0].pk, entitled=True)
            for step in reviewing.own_steps(review)
            if step.answer == Answer.OPEN and author.actor is not None
        }
        places = dict(reviewing.places(review))
        corrections = [(wrong[0], places[wrong[0]], wrong[1])] if wrong is not None and wrong[0] in places else []
        reviewing.answer(review, author, pledges=pledges, corrections=corrections, seen=reviewing.mark(review))

    def _draft(self) -> Handlungsplan:
        plan = draft_plan(self.case)
        assert plan is not None
        return plan

    def _plan(self) -> Handlungsplan:
        plan = final_plan(self.case)
        assert plan is not None
        return plan

    def _handle(self, state: str, note: str) -> None:
        """Say what becomes of each correction."""
        for row in reviewing.corrections_of(self._draft()):
            if row.state == CorrectionState.OPEN:
                reviewing.handle(row, self.office, state=state, note=note)

    # In force -------------------------------------------------------------------------------------------------

    def finalise(self) -> None:
        """What stands in the paper binds from now on, and goes to all."""
        self._apply("finalise_plan", self.office)

    def sign(self) -> None:
        """The client signs on the screen, at the table."""
        self._sign(Author(self.office))

    def sign_by_link(self) -> None:
        """The client signs at home, behind the link."""
        self._sign(Author(link=self._link_of_client(READ)))

    def _sign(self, author: Author) -> None:
        plan = self._plan()
        signing.draw(plan, author, signing.drawing(signature(self.case.number)), seen=plan.digest)
        self._again()

    def _link_of_client(self, purpose: str) -> GuestLink:
        client = self._seats()[ParticipantKind.CLIENT].pk
        return next(link for link in self._links(purpose) if link.ref == client)

    def begin_steps(self) -> None:
        """The first steps are under way; one is done."""
        rows = steps_in_force(self.case)
        self._report(rows[0].key, StepState.DONE, "")
        for row in rows[1:3]:
            self._report(row.key, StepState.RUNNING, "")

    def _report(self, key: int, status: str, note: str) -> None:
        """Whoever does a step says how it stands; for the client the managing office does."""
        step = Step.objects.select_related(*steps.RELATED).get(plan=self._plan(), key=key)
        part = step.owner.participation
        who = self._worker(part.institution) if part is not None else self._manager()
        steps.report(step, who, status, note)
        self._again()

    def _manager(self) -> Actor:
        row = next(row for row in self.case.managements.all() if row.until is None)
        assert row.participant.participation is not None
        return self._worker(row.participant.participation.institution)

    def _tell_all(self, text: str) -> None:
        self._apply("write_status", self._manager(), text=text)


def signature(number: str) -> str:
    """A scribble as the page sends it: another one for each case."""
    picture = Image.new("RGBA", (900, 320), (0, 0, 0, 0))
    pen, turns = ImageDraw.Draw(picture), 5 + sum(map(ord, number)) % 4
    points = []
    for place in range(240):
        part = place / 240
        height = 110 * math.sin(part * math.tau * turns) * (1.1 - 0.8 * part) * (0.6 + 0.4 * math.cos(part * 9))
        loop = 26 * math.cos(part * math.tau * turns)
        points.append((60 + 760 * part + loop, 165 - 30 * part - height))
    pen.line(points, fill=(20, 24, 60, 255), width=6, joint="curve")
    pen.line([(70, 270), (430, 248), (840, 262)], fill=(20, 24, 60, 255), width=4, joint="curve")
    found = io.BytesIO()
    picture.save(found, "PNG")
    return signing.PREFIX + base64.b64encode(found.getvalue()).decode()
