"""What follows by itself: guests hear of their meeting, seats and Pendenzen keep up with the case."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from iiz.core import consents, guests, notify, workflow
from iiz.core.actor import Actor
from iiz.core.enums import WORKING_ROLES, GuestEnd, MeetingState, Phase, Service
from iiz.core.models import Case, GuestLink, Meeting, Membership, OutboxMail, Task

from ..enums import ParticipantKind, PlanState
from ..models import CaseManagement, Handlungsplan, ProgressNote, Step
from ..queries import at_the_table, is_covered
from . import following, management, plans
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
    """After each step: whoever left the table, or is no longer named by the Vollmacht, loses the seat (RT-08).

    So does the case manager with the case management (RT-16).
    """
    management.lapse(case)
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
    """Renew the Pendenzen of cases for which a day has come.

    An answer is overdue, a Vollmacht ends soon or is over, the day for answers to a draft is over, a step is to begin,
    all are to hear how it goes, or whoever takes the case management has no account any more.
    """
    today, done = timezone.localdate(now), 0
    cases = Case.objects.filter(service=Service.ROUNDTABLE, phase=Phase.OPEN, withdrawn_at=None)
    ending = cases.filter(vollmacht__valid_until__lte=today + AHEAD).exclude(tasks__name="renew_vollmacht")
    waiting = cases.filter(date_polls__closed_at=None, date_polls__answer_by__lt=today)
    waiting = waiting.exclude(tasks__name="fix_date", tasks__done_at=None)
    over = cases.filter(vollmacht__valid_until__lt=today)
    over = over.filter(tasks__name="sign_vollmacht", tasks__done_at=None)
    keys = [*_to_begin(today), *_to_inform(today), *_left(), *plans.ripe(today)]
    near = cases.filter(pk__in=keys, vollmacht__valid_until__gte=today)
    for case in (ending | waiting | over | near).distinct().order_by("pk"):
        workflow.settle(case)
        done += 1
    return done


def _asked(name: str, **where: Any) -> Exists:
    """Whether such a Pendenz waits."""
    return Exists(Task.objects.filter(name=name, done_at=None, **where))


def _to_begin(today: dt.date) -> set[int]:
    """The cases in which a step has come near, and the office that does it is not asked for it yet."""
    steps = Step.objects.filter(plan__state=PlanState.FINAL, plan__case__phase=Phase.OPEN)
    steps = steps.exclude(status__in=following.FINISHED).select_related(
        "plan__case__vollmacht", "plan__case__roundtable"
    )
    near = steps.filter(Q(starts_on__lte=today) | Q(due_on__lte=today + following.AHEAD))
    waiting = near.exclude(_asked("do_step", case=OuterRef("plan__case"), object_id=OuterRef("pk")))
    return {step.plan.case_id for step in waiting if following.doer(step.plan.case, step) is not None}


def _to_inform(today: dt.date) -> list[int]:
    """The cases in which all are to hear again how it goes."""
    since = timezone.make_aware(dt.datetime.combine(today - following.NEWS_AFTER, dt.time.max))
    plans = Handlungsplan.objects.filter(state=PlanState.FINAL, final_at__lte=since, case__managements__until=None)
    plans = plans.exclude(Exists(ProgressNote.objects.filter(case=OuterRef("case"), written_at__gt=since)))
    return list(plans.exclude(_asked("write_status", case=OuterRef("case"))).values_list("case", flat=True))


def _left() -> list[int]:
    """The cases whose case manager has no account any more, or works for that office no longer."""
    works = Membership.objects.valid_on().filter(
        user=OuterRef("user"),
        institution=OuterRef("participant__participation__institution"),
        role__in=WORKING_ROLES,
    )
    rows = CaseManagement.objects.filter(until=None).exclude(Q(user__is_active=True) & Q(Exists(works)))
    return list(rows.exclude(_asked("find_manager", case=OuterRef("case"))).values_list("case", flat=True))
