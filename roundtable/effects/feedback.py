"""Asking for feedback once a meeting took place (RT-23): quietly, once, and only whom the Vollmacht covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from iiz.core import clock, notify
from iiz.core.actor import Actor
from iiz.core.enums import MeetingState
from iiz.core.models import Case, Meeting

from ..models import FeedbackRequest
from ..queries import at_the_table, is_covered, moderator
from . import dates

FEEDBACK = "roundtable_feedback"
"""Purpose of the guest link: say how a meeting was."""
OPEN_FOR = dt.timedelta(days=30)
"""How long feedback can be given."""


def hold(case: Case, actor: Actor, data: Mapping[str, Any]) -> dict[str, Any]:
    """Note that a meeting took place as :func:`dates.hold`, and ask who was there how it was."""
    changes = dates.hold(case, actor, data)
    meeting = case.meetings.filter(state=MeetingState.HELD).order_by("-noted_at", "-pk").first()
    if meeting is not None:
        ask(case, meeting, actor)
    return changes


def ask(case: Case, meeting: Meeting, actor: Actor) -> int:
    """Ask everybody who attended and is covered; returns how many. Whoever was asked for this meeting is not again.

    Offices get a mail, people without an account a link for 30 days; whoever has no address is not asked, nor the
    office that moderated. No Pendenz, no reminder: it is a favour.
    """
    if case.withdrawn_at is not None:
        return 0
    came = set(meeting.invitees.filter(attended=True).values_list("ref", flat=True))
    lead, until = moderator(case), clock.now() + OPEN_FOR
    asked = 0
    for row in at_the_table(case):
        mine = lead is not None and row.participation_id == lead.pk
        if row.pk not in came or mine or not is_covered(case, row) or not (row.participation or row.email):
            continue
        wanted = {"asked_at": clock.now(), "due_on": until.date()}
        request, new = FeedbackRequest.objects.get_or_create(meeting=meeting, participant=row, defaults=wanted)
        if not new:
            continue
        asked += 1
        if row.participation is not None:
            office = row.participation.institution
            to = [(user, office) for user in notify.in_charge(office, row.participation.user)]
            notify.queue("rt_feedback", case, to, object_id=request.pk)
        else:
            dates.invite_guest(FEEDBACK, case, request.pk, row, until, actor)
    return asked
