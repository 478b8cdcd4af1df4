"""The road of a loaded case from the hand-over to its end: its meetings, their notes, and how it closed.

Rows only, nothing saved: ``demo_bulk`` hands them to the bulk loader, parents before children.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone

from iiz.core.actor import Actor
from iiz.core.enums import MeetingState, Reply, Seat
from iiz.core.models import Case, Invitee, Meeting

from .demo_texts import ENDINGS, MEASURES, NEXT_MEASURES, PROGRESS
from .enums import Continuation, MeetingKind, Outcome
from .models import Abschluss, ClosingDetail, ClosingReason, Standortgespraech, Uebergabegespraech

SEATS = (Seat.CLIENT, Seat.PRINCIPAL, Seat.CONTRACTOR)


class Catalogue:
    """The reasons, causes and results by their codes, read once."""

    def __init__(self) -> None:
        self.reasons = {row.code: row for row in ClosingReason.objects.order_by("pk")}
        self.details = {row.code: row.pk for row in ClosingDetail.objects.order_by("pk")}


@dataclass
class Talk:
    """One meeting: when it was planned and for when; ``noted_at`` is when its note was written, if it was held.

    ``said``: what client, principal and contractor said to the note of a hand-over.
    """

    kind: str
    planned_at: dt.datetime
    starts_at: dt.datetime
    place: str
    noted_at: dt.datetime | None = None
    replied: bool = True
    said: tuple[bool | None, ...] = (None, None, None)
    starts_on: dt.date | None = None
    decision: str = ""
    extended: int | None = None
    following: Talk | None = None


class Road:
    """The talks of one case between a principal and an adviser, in their order."""

    def __init__(self, principal: Actor, adviser: Actor) -> None:
        self.principal, self.adviser = principal, adviser
        self.talks: list[Talk] = []

    def records(self, case: Case, outcome: str, catalogue: Catalogue, rng: random.Random) -> Iterator[models.Model]:
        """Meetings, seats, notes and the end of the saved case."""
        for talk in self.talks:
            meeting = self._meeting(case, talk)
            yield meeting
            yield from self._seats(meeting, talk)
            if talk.noted_at is None:
                continue
            if talk.kind == MeetingKind.UEBERGABEGESPRAECH:
                yield _handover_note(meeting, talk, rng)
                continue
            yield _standort_note(meeting, talk, outcome, rng)
            if talk.decision == Continuation.CLOSE:
                yield from self._end(meeting, talk.noted_at, outcome, catalogue)

    def _meeting(self, case: Case, talk: Talk) -> Meeting:
        """The principal invites to the hand-over and the contractor to the rest; the contractor chairs."""
        host = self.principal if talk.kind == MeetingKind.UEBERGABEGESPRAECH else self.adviser
        held = talk.noted_at is not None
        return Meeting(
            case_id=case.pk,
            kind=talk.kind,
            state=MeetingState.HELD if held else MeetingState.PLANNED,
            starts_at=talk.starts_at,
            place=talk.place,
            organiser_id=host.institution.pk,
            organised_by_id=host.user.pk,
            chair_id=self.adviser.institution.pk,
            created_at=talk.planned_at,
            held_on=timezone.localdate(talk.starts_at) if held else None,
            note_version=int(held),
            noted_at=talk.noted_at,
            noted_by_id=self.adviser.user.pk if held else None,
        )

    def _seats(self, meeting: Meeting, talk: Talk) -> Iterator[Invitee]:
        """Client, principal and contractor; who was at the table when the date was fixed has accepted it."""
        people = (None, self.principal, self.adviser)
        both = self.principal.user.pk == self.adviser.user.pk  # works for both offices, sits there once
        first = talk.kind == MeetingKind.UEBERGABEGESPRAECH
        accepts = (not first, True, talk.replied)
        for seat, who, accepted, yes in zip(SEATS, people, accepts, talk.said, strict=True):
            said = yes is not None
            fixed_it = who is not None and who.user.pk == meeting.organised_by_id
            yield Invitee(
                meeting=meeting,
                seat=seat,
                institution_id=who.institution.pk if who else None,
                user_id=who.user.pk if who and not (both and seat == Seat.CONTRACTOR) else None,
                reply=Reply.ACCEPTED if accepted else Reply.OPEN,
                replied_at=talk.planned_at if accepted and not fixed_it else None,
                attended=True if talk.noted_at is not None else None,
                agreed=yes if said else None,
                agreed_version=int(said),
                agreed_at=talk.noted_at if said else None,
                agreed_recorded_by_id=self.adviser.user.pk if said else None,
            )

    def _end(self, meeting: Meeting, at: dt.datetime, outcome: str, catalogue: Catalogue) -> Iterator[models.Model]:
        ending, case_id = ENDINGS[Outcome(outcome)], meeting.case_id
        yield Abschluss(
            antrag_id=case_id,
            meeting=meeting,
            reason_id=catalogue.reasons[ending.reason].pk,
            papers=ending.papers,
            closed_by_id=self.adviser.user.pk,
            closed_at=at,
        )
        for through, codes in ((Abschluss.causes.through, ending.causes), (Abschluss.results.through, ending.results)):
            for code in codes:
                yield through(abschluss_id=case_id, closingdetail_id=catalogue.details[code])


def _following(talk: Talk) -> dict[str, Any]:
    """The next date as a note keeps it."""
    following = talk.following
    return {"next_at": following.starts_at, "next_place": following.place} if following else {}


def _handover_note(meeting: Meeting, talk: Talk, rng: random.Random) -> Uebergabegespraech:
    assert talk.starts_on is not None
    return Uebergabegespraech(
        meeting=meeting,
        starts_on=talk.starts_on,
        measures=rng.choice(MEASURES),
        statement=talk.said[0] is not False,
        **_following(talk),
    )


def _standort_note(meeting: Meeting, talk: Talk, outcome: str, rng: random.Random) -> Standortgespraech:
    closing = talk.decision == Continuation.CLOSE
    return Standortgespraech(
        meeting=meeting,
        decision=talk.decision,
        progress=ENDINGS[Outcome(outcome)].progress if closing else rng.choice(PROGRESS),
        measures="" if closing else rng.choice(NEXT_MEASURES),
        extended_months=talk.extended,
        **_following(talk),
    )
