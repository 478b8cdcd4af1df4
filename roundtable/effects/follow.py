"""What follows by itself: guests hear of their meeting, seats and Pendenzen keep up with the case."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from iiz.core import consents, guests, notify, workflow
from iiz.core.actor import Actor
from iiz.core.enums import GuestEnd, MeetingState, Phase, Service
from iiz.core.models import Case, GuestLink, Meeting, OutboxMail

from ..enums import ParticipantKind
from ..queries import at_the_table, is_covered
from .dates import REPLY, invite_guest

AHEAD = dt.timedelta(days=30)
"""How long before its end a Vollmacht is to be renewed; see ``workflow.conditions``."""
MOVED, OFF = "rt_guest_moved", "rt_guest_cancelled"
"""Mails to people without an account about a meeting to which they were invited."""


def tell_guests(kind: str, meeting: Meeting, actor: Actor | None) -> None:
    """Tell those seated without an account what the others hear by mail (``registry.MeetingKind``).

    Planned or moved, a new link goes out that holds until the meeting begins. Called off, the links end, and whoever
    had been invited gets a mail whose calendar file removes the entry.
    """
    if kind in ("meeting_invited", "meeting_moved"):
        case = Case.objects.get(pk=meeting.case_id)
        here = {row.pk: row for row in at_the_table(case)}
        for seat in meeting.invitees.exclude(ref=None):
            row = here.get(seat.ref or 0)
            if row is None or not row.email or row.kind == ParticipantKind.OFFICE or not is_covered(case, row):
                continue
            mail = MOVED if kind == "meeting_moved" and _told(meeting, row.pk) else ""
            invite_guest(REPLY, meeting.case, meeting.pk, row, meeting.starts_at, actor, mail)
        return
    for seat in meeting.invitees.exclude(ref=None):
        uninvite(meeting, seat.ref or 0, actor)


def _told(meeting: Meeting, ref: int) -> bool:
    """Whether a mail about the meeting has left to this participant."""
    links = GuestLink.objects.filter(purpose=REPLY, object_id=meeting.pk, ref=ref)
    return OutboxMail.objects.filter(guest__in=links, sent_at__isnull=False).exists()


def uninvite(meeting: Meeting, ref: int, actor: Actor | None) -> None:
    """End the links of a participant to a meeting that takes place no more, or without this participant."""
    links = list(GuestLink.objects.filter(purpose=REPLY, object_id=meeting.pk, ref=ref).order_by("pk"))
    for link in links:
        guests.revoke(link, GuestEnd.OVER, actor)
    if links and _told(meeting, ref):
        notify.queue_guest(OFF, links[-1], mark=meeting.sequence)


def is_off(mail: OutboxMail) -> bool:
    """Whether the meeting of a mail still takes place no more, or without its reader."""
    meeting = Meeting.objects.filter(pk=mail.object_id or 0).first()
    if meeting is None or meeting.state != MeetingState.PLANNED or mail.guest is None:
        return True
    return not meeting.invitees.filter(ref=mail.guest.ref).exists()


def follow(case: Case, actor: Actor | None) -> None:
    """After each step: whoever left the table, or is no longer named by the Vollmacht, loses the seat (RT-08)."""
    planned = list(Meeting.objects.filter(case=case, state=MeetingState.PLANNED))
    fresh = Case.objects.get(pk=case.pk) if planned else case
    if not planned or not consents.live_lines(fresh):
        return
    here = {row.pk for row in at_the_table(fresh) if is_covered(fresh, row)}
    for meeting in planned:
        for seat in meeting.invitees.exclude(ref=None).exclude(ref__in=here):
            ref = seat.ref or 0
            seat.delete()
            uninvite(meeting, ref, actor)


def ripen(now: dt.datetime) -> int:
    """Renew the Pendenzen of cases for which a day has come: an answer is overdue, a Vollmacht ends soon or is over."""
    today, done = timezone.localdate(now), 0
    cases = Case.objects.filter(service=Service.ROUNDTABLE, phase=Phase.OPEN, withdrawn_at=None)
    ending = cases.filter(vollmacht__valid_until__lte=today + AHEAD).exclude(tasks__name="renew_vollmacht")
    waiting = cases.filter(date_polls__closed_at=None, date_polls__answer_by__lt=today)
    waiting = waiting.exclude(tasks__name="fix_date", tasks__done_at=None)
    over = cases.filter(vollmacht__valid_until__lt=today)
    over = over.filter(tasks__name="sign_vollmacht", tasks__done_at=None)
    for case in (ending | waiting | over).distinct().order_by("pk"):
        workflow.settle(case)
        done += 1
    return done
