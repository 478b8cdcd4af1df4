"""Koordination: on one screen what is stuck and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import confirmations, meetings, outbox, registry, workflow
from ..actor import Actor
from ..enums import MeetingState, Phase, Reply, Seat, Service
from ..http import Request
from ..models import Case, Meeting, Person, Task
from ..workflow import NotAllowed
from .fetch import acting
from .marks import reads
from .work import case_title, waiting_row

SHOWN = 25
MAILS = 5
OLD = dt.timedelta(days=30)
WEEK = dt.timedelta(days=7)


def coordinator(request: Request) -> Actor:
    """The actor if it is a coordinator; else 403 with the reason."""
    actor = acting(request)
    if not actor.is_coordination:
        raise NotAllowed(_("Diese Seite gehört der IIZ-Koordinationsstelle."))
    return actor


@reads
def coordination(request: Request) -> HttpResponse:
    """Running cases by state and age, what is overdue or stuck, failed mails, contradictions, old entries."""
    actor = coordinator(request)
    today = timezone.localdate()
    running = Case.objects.visible_to(actor).filter(phase=Phase.OPEN)
    counts = (
        running.order_by()
        .values("service", "state")
        .annotate(all=Count("pk"), old=Count("pk", filter=Q(arrived_on__lt=today - OLD)))
    )
    overdue = Task.objects.filter(done_at=None, due_on__lt=today, case__in=running)
    late = overdue.select_related("case__person", "institution", "user").order_by("due_on", "pk")[: SHOWN + 1]
    stuck = running.filter(withdrawn_at__isnull=False).select_related("person", "registering_institution")
    soon = today + OLD
    waits = Exists(Task.objects.filter(case=OuterRef("pk"), done_at=None))
    watch = running.filter(withdrawn_at=None).filter(~waits | Q(vollmacht__valid_until__lte=soon))
    stuck_mails = outbox.can_go_again(), outbox.waiting().exclude(last_error="")
    contradictions = Person.objects.filter(contradicts=True).select_related("same_as").prefetch_related("cases")
    unconfirmed = confirmations.unconfirmed(today).order_by("askable", F("confirmed_on").asc(nulls_first=True), "name")
    unconfirmed_rows = list(unconfirmed[: SHOWN + 1])
    late_rows = [_late(task, actor) for task in late]
    week = _meetings(actor)
    return render(
        request,
        "core/coordination.html",
        {
            "office_links": registry.office_links,
            "states": sorted((_state(row) for row in counts), key=lambda row: row["order"]),
            "late": late_rows[:SHOWN],
            "late_more": len(late_rows) > SHOWN,
            "meetings": [_meeting(row, actor) for row in week[:SHOWN]],
            "meetings_more": len(week) > SHOWN,
            "stuck": stuck.order_by("withdrawn_at")[:SHOWN],
            "watch": [
                _watched(case, soon) for case in watch.select_related("person", "vollmacht").order_by("pk")[:SHOWN]
            ],
            "mails": [mail for found in stuck_mails for mail in found.select_related("case")[:MAILS]],
            "unconfirmed": unconfirmed_rows[:SHOWN],
            "unconfirmed_more": len(unconfirmed_rows) > SHOWN,
            "contradictions": contradictions.order_by("-pk")[:SHOWN],
        },
    )


def _state(row: Mapping[str, Any]) -> dict[str, Any]:
    states = registry.workflows[row["service"]].states
    order = next(place for place, state in enumerate(states) if state.name == row["state"])
    return {
        **row,
        "label": states[order].label,
        "mark": states[order].mark,
        "service_label": Service(row["service"]).label,
        "order": (row["service"], order),
    }


def _meetings(actor: Actor) -> list[Meeting]:
    """The meetings from today on for a week, the next first, and one more than are shown."""
    begin = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = Meeting.objects.visible_to(actor).filter(
        state=MeetingState.PLANNED, starts_at__gte=begin, starts_at__lt=begin + WEEK
    )
    # A client without a row of the service's own is told in person and never answers here.
    answering = Q(invitees__ref__isnull=False) | ~Q(invitees__seat=Seat.CLIENT)
    answers = {
        "cannot": Count("invitees", filter=Q(invitees__reply=Reply.DECLINED)),
        "unanswered": Count("invitees", filter=Q(invitees__reply=Reply.OPEN) & answering),
    }
    return list(found.select_related("case__person").annotate(**answers).order_by("starts_at", "pk")[: SHOWN + 1])


def _meeting(row: Meeting, actor: Actor) -> dict[str, Any]:
    return {"meeting": row, "label": meetings.label(row), "title": case_title(row.case, actor)}


def _watched(case: Case, soon: dt.date) -> dict[str, Any]:
    """Why the office keeps an eye on a case: its Vollmacht ends within a month, or nothing waits for anybody."""
    until = case.vollmacht.valid_until if case.vollmacht else None
    ends = until if until is not None and until <= soon else None
    return {"case": case, "state": workflow.shown_state(case), "ends": ends}


def _late(task: Task, actor: Actor) -> dict[str, Any]:
    wait = waiting_row(task)
    return {"task": task, "label": wait.label, "title": case_title(task.case, actor)}
