"""Roundtables that an office runs without the coordination office, and that it may take over (RT-22, CON-43)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from iiz.core import clock, consents, meetings
from iiz.core.actor import Actor
from iiz.core.enums import MeetingState, Reply, Seat
from iiz.core.models import Case, Invitee

from ..enums import StartDecision
from ..queries import roundtable_of
from .registration import NEEDS_HEALTH, decide, seat_office

Data = Mapping[str, Any]
Changes = dict[str, Any]


def start_self_run(case: Case, actor: Actor | None, data: Data) -> Changes:
    """Start at once what the registering office runs itself: nobody has to decide (RT-22).

    Effects: the decision on this day; every office that the Vollmacht names takes part. The office leads the talk and
    writes down what is said: it needs health data for that, where the Vollmacht opens them for it (PER-10).
    """
    assert actor is not None  # it follows the registration alone
    decide(case, actor, StartDecision.STARTED, {})
    own = consents.line_for(case, actor.institution.pk)
    if own is not None and own.health:
        case.participations.filter(institution=actor.institution, until=None).update(health=True)
    offices = [line.institution for line in consents.live_lines(case) if line.institution is not None]
    for office in offices:
        seat_office(case, actor, office)
    return {"offices": [office.name for office in offices]}


def take_over(case: Case, actor: Actor, data: Data) -> Changes:
    """Let the coordination office moderate from now on what an office began alone (RT-22); ``data``: ``note``.

    From then on it is a Roundtable like others, and counts as one alone: its registration on the day it was made, the
    start on the day of the take-over – in between it was open. Meetings that the office held stay counted as its own.
    What is planned is from now on the coordination office's to move and to lead. The office that led needs health data
    from now on only if its kind usually does (``NEEDS_HEALTH``).
    """
    record = roundtable_of(case)
    record.self_run = False
    decide(case, actor, StartDecision.STARTED, data)
    office = case.registering_institution
    case.participations.filter(institution=office, until=None).update(health=office.kind in NEEDS_HEALTH)
    for meeting in case.meetings.filter(state=MeetingState.PLANNED):
        meeting.organiser = meeting.chair = actor.institution
        meeting.organised_by = actor.user
        meeting.save(update_fields=["organiser", "chair", "organised_by"])
        meeting.invitees.filter(seat=Seat.MODERATION).update(seat=Seat.OFFICE, replied_at=clock.now())
        Invitee.objects.create(
            meeting=meeting,
            seat=Seat.MODERATION,
            institution=actor.institution,
            user=actor.user,
            reply=Reply.ACCEPTED,
        )
        meetings.tell_one(meeting, actor.user)
    return {}


def is_self_run(case: Case) -> bool:
    """Whether the office that registered the case runs it without the coordination office (RT-22)."""
    return roundtable_of(case).self_run


def runs_itself(case: Case, actor: Actor) -> str | None:
    """An office runs the Roundtable without the coordination office."""
    return None if is_self_run(case) else _("Die IIZ-Koordinationsstelle führt diesen Roundtable schon.")
