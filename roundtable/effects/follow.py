"""What follows by itself: links of guests keep up with their meeting, Pendenzen with the days that pass."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from iiz.core import guests, workflow
from iiz.core.actor import Actor
from iiz.core.enums import GuestEnd, MeetingState, Phase, Service
from iiz.core.models import Case, GuestLink, Meeting

from ..queries import at_the_table
from .dates import REPLY, invite_guest

AHEAD = dt.timedelta(days=30)
"""How long before its end a Vollmacht is to be renewed; see ``workflow.waits``."""


def follow(case: Case, actor: Actor | None) -> None:
    """After each step: a moved meeting reaches people without an account by a new link, a cancelled one ends theirs.

    The link holds until the meeting begins, so that its end says for which date it was sent.
    """
    links = list(GuestLink.objects.filter(case=case, purpose=REPLY, revoked_at=None))
    if not links:
        return
    rows = {row.pk: row for row in at_the_table(Case.objects.get(pk=case.pk))}
    meetings = {meeting.pk: meeting for meeting in Meeting.objects.filter(case=case)}
    for link in links:
        meeting, row = meetings.get(link.object_id), rows.get(link.ref or 0)
        if meeting is None or meeting.state != MeetingState.PLANNED or row is None:
            if link.used_at is None:
                guests.revoke(link, GuestEnd.OVER, actor)
        elif link.expires_at != meeting.starts_at and actor is not None and row.email:
            newer = [other for other in links if other.ref == link.ref and other.pk > link.pk]
            if not newer:
                invite_guest(REPLY, case, meeting.pk, row, meeting.starts_at, actor)


def ripen(now: dt.datetime) -> int:
    """Renew the Pendenzen of cases for which a day has come: an answer is overdue, a Vollmacht ends soon."""
    today, done = timezone.localdate(now), 0
    cases = Case.objects.filter(service=Service.ROUNDTABLE, phase=Phase.OPEN, withdrawn_at=None)
    ending = cases.filter(vollmacht__valid_until__lte=today + AHEAD).exclude(tasks__name="renew_vollmacht")
    waiting = cases.filter(date_polls__closed_at=None, date_polls__answer_by__lt=today)
    waiting = waiting.exclude(tasks__name="fix_date", tasks__done_at=None)
    for case in (ending | waiting).distinct().order_by("pk"):
        workflow.settle(case)
        done += 1
    return done
