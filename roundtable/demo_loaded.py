"""What a Roundtable of the bulk loader has once all have met: meeting, Handlungsplan, case management, status notes.

The words are those of ``demo_papers``; a signature is one picture for all. Without drafts, copies and working papers:
of those the demo plays some through the workflow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils import timezone

from iiz.core import consents
from iiz.core.actor import Actor
from iiz.core.enums import MeetingState, Reply, Seat
from iiz.core.models import Case, Invitee, Meeting, Scan

from . import demo_texts as texts
from . import paper as papers
from . import signing
from .demo_papers import Row
from .demo_plan import signature
from .enums import Answer, DispatchWay, MeetingKind, ParticipantKind, PlanState, SignatureWay, StepState
from .models import (
    CaseManagement,
    Dispatch,
    Handlungsplan,
    LifeArea,
    Participant,
    ProgressNote,
    Signature,
    Step,
)

DAY = dt.timedelta(days=1)
NEWS = 55
"""So many days lie between two status notes."""


def picture(office: Actor) -> Scan:
    """The drawn signature under all loaded plans."""
    body = signing.drawing(signature(""))
    upload = SimpleUploadedFile("unterschrift.png", body, content_type="image/png")
    return consents.keep_scan(office, upload, "image/png")


@dataclass
class Course:
    """How a loaded Roundtable goes on from its meeting; ``ended_on``: the day of its closure, if it is closed."""

    story: texts.Story
    manager: Actor
    office: Actor
    scan: Scan
    held_on: dt.date
    noted_at: dt.datetime
    final_at: dt.datetime | None = None
    notes: tuple[dt.datetime, ...] = ()
    ended_on: dt.date | None = None
    last_day: dt.date = dt.date.max
    content: dict[str, Any] = field(default_factory=dict)

    def rows(self, case: Case, seats: Sequence[Participant]) -> Iterator[models.Model]:
        """All rows; case and seats have their keys."""
        yield from self._meeting(case, seats)
        if self.final_at is not None:
            yield from self._plan(case, seats, self.final_at)
        for at in self.notes:
            office, user = self.manager.institution, self.manager.user
            yield ProgressNote(case=case, text=texts.STATUS, written_at=at, written_by=user, institution=office)

    def _meeting(self, case: Case, seats: Sequence[Participant]) -> Iterator[models.Model]:
        begins = dt.datetime.combine(self.held_on, dt.time(9), timezone.get_current_timezone())
        meeting = Meeting(
            case_id=case.pk,
            kind=MeetingKind.ROUNDTABLE,
            state=MeetingState.HELD,
            starts_at=begins,
            minutes=150,
            place=texts.PLACE,
            organiser_id=self.office.institution.pk,
            organised_by_id=self.office.user.pk,
            chair_id=self.office.institution.pk,
            created_at=min(begins - 10 * DAY, self.noted_at),
            held_on=self.held_on,
            note_version=1,
            noted_at=self.noted_at,
            noted_by_id=self.office.user.pk,
        )
        yield meeting
        reply = {"meeting": meeting, "reply": Reply.ACCEPTED, "attended": True}
        yield Invitee(seat=Seat.MODERATION, institution=self.office.institution, user=self.office.user, **reply)
        users: set[int | None] = {None, self.office.user.pk}
        for row in seats:
            part = row.participation
            if part is None:
                yield Invitee(seat=Seat.CLIENT, ref=row.pk, **reply)
                continue
            user = part.user_id if part.user_id not in users else None
            users.add(user)
            yield Invitee(seat=Seat.OFFICE, institution_id=part.institution_id, user_id=user, ref=row.pk, **reply)

    def _plan(self, case: Case, seats: Sequence[Participant], at: dt.datetime) -> Iterator[models.Model]:
        found: dict[str, Participant] = {}
        for seat in seats:
            part = seat.participation
            found.setdefault(part.institution.statistics_group if part is not None else seat.kind, seat)
        steps = [self._step(key, row, found) for key, row in enumerate(self.story.paper.steps, start=1)]
        steps.sort(key=lambda step: (step.due, step.key))
        content = self.content | {
            "steps": [vars(step) | {"start": str(step.start), "due": str(step.due)} for step in steps]
        }
        plan = Handlungsplan(
            case_id=case.pk,
            number=1,
            state=PlanState.FINAL,
            content=content,
            digest=papers.digest(content),
            created_at=at,
            created_by_id=self.office.user.pk,
            final_at=at,
            final_by_id=self.office.user.pk,
        )
        yield plan
        owners = {seat.pk: seat for seat in seats}
        for place, row in enumerate(steps, start=1):
            yield self._standing(plan, place, row, owners[row.owner], at)
        yield Signature(
            plan=plan,
            way=SignatureWay.DRAWN,
            signed_on=timezone.localdate(at),
            picture_id=self.scan.pk,
            digest=plan.digest,
            recorded_at=at,
            recorded_by_id=self.office.user.pk,
        )
        own = next(row for row in seats if row.participation is not None)
        yield CaseManagement(
            case_id=case.pk,
            participant_id=own.pk,
            user_id=self.manager.user.pk,
            since=self.held_on,
            until=self.ended_on,
            appointed_by_id=self.office.user.pk,
        )
        for seat in seats if self.ended_on is None else ():  # of an ended case nothing can be sent again
            way = DispatchWay.LETTER if seat.participation is None else DispatchWay.PORTAL
            yield Dispatch(plan=plan, participant_id=seat.pk, way=way, sent_at=at, sent_by_id=self.office.user.pk)

    def _step(self, key: int, row: Row, seats: dict[str, Participant]) -> papers.Step:
        owner = seats[str(row["owner"])]
        part = owner.participation
        start, due = (self.held_on + int(row[name]) * DAY for name in ("start", "due"))
        label = part.institution.name if part is not None else str(ParticipantKind.CLIENT.label)
        health = row.get("health") == papers.YES
        goal = 1 if row.get("goal") == "1" else None
        return papers.Step(key, str(row["what"]), owner.pk, label, due, start, goal=goal, health=health)

    def _standing(
        self, plan: Handlungsplan, place: int, row: papers.Step, owner: Participant, at: dt.datetime
    ) -> models.Model:
        over = row.due <= (self.ended_on or self.last_day)
        promised = owner.participation is not None
        moment = dt.datetime.combine(row.due, dt.time(10), timezone.get_current_timezone())
        return Step(
            plan=plan,
            key=row.key,
            position=place,
            what=row.what,
            owner_id=owner.pk,
            starts_on=row.start,
            due_on=row.due,
            health=row.health,
            digest=row.digest,
            answer=Answer.ACCEPTED if promised else Answer.OPEN,
            entitled=promised,
            at_the_table=promised,
            answered_at=at if promised else None,
            answered_by_id=self.office.user.pk if promised else None,
            status=StepState.DONE if over else StepState.RUNNING,
            status_at=max(at, moment) if over else at,
        )


def content(story: texts.Story) -> dict[str, Any]:
    """What each plan of a story holds beside its steps; one query."""
    known = {area.code: area for area in LifeArea.objects.all()}
    said = [papers.AreaNote(code, known[code].label, known[code].category, text) for code, text in story.views.items()]
    goals = [papers.Goal(1, str(row["text"]), str(row["measure"])) for row in story.paper.goals[:1]]
    return papers.Paper(areas=said, goals=goals, plain=story.paper.plain).content()
