"""The one writer of *Pendenzen*: what waits for whom (principle 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone

from . import clock, parties, periods, reminders
from .enums import Role
from .models import Case, Institution, Task
from .periods import Limits

if TYPE_CHECKING:
    from .waits import Waiting


def renew(case: Case, waits: Iterable[Waiting]) -> None:
    """Close what no longer waits on ``case`` and open what waits now, with the reminders of each.

    A row that keeps waiting for the same institution keeps its date, unless the case itself names the day and it has
    moved. If it was put off, it is shown again: the case has changed.
    """
    rows = {wait.name: wait for wait in waits}
    limits = periods.read(case.service)
    wanted = {_key(task): task for task in build(case, rows.values(), limits)}
    done = []
    for task in Task.objects.filter(case=case, done_at=None):
        new = wanted.pop(_key(task), None)
        if new is None:
            task.done_at = clock.now()
            task.save(update_fields=["done_at"])
            done.append(task)
        else:
            _adjust(task, new, rows[task.name], limits)
    reminders.drop(done)
    save_new(wanted.values(), limits)


def _key(task: Task) -> tuple[str, int, int]:
    """What a task waits for; of equal ones only one is open."""
    return task.name, task.institution_id, task.object_id


def _adjust(task: Task, new: Task, wait: Waiting, limits: Limits) -> None:
    """Bring a task that goes on waiting in line with what would be opened now."""
    task.case = new.case
    put_off, due_on = task.snoozed_until is not None, task.due_on
    if wait.each is not None:
        due_on = new.due_on
    elif wait.due is not None:
        due_on = limits.due(new.case, wait, timezone.localdate(task.since))
    moved = due_on != task.due_on
    if moved or put_off or task.user_id != new.user_id:
        task.user_id, task.snoozed_until, task.due_on = new.user_id, None, due_on
        task.save(update_fields=["user", "snoozed_until", "due_on"])
    if moved:
        reminders.restart(task, limits)
    elif put_off:
        reminders.reschedule(task, limits)


def save_new(tasks: Iterable[Task], limits: Limits) -> None:
    """Write what :func:`build` gave, each with its first reminder."""
    reminders.plan(Task.objects.bulk_create(tasks), limits)


def build(case: Case, waits: Iterable[Waiting], limits: Limits, moment: dt.datetime | None = None) -> list[Task]:
    """The tasks that ``waits`` open on ``case``, not yet saved; ``moment`` is when the state was entered."""
    moment = moment or clock.now()
    day = timezone.localdate(moment)
    tasks = []
    for wait in waits:
        if wait.each is not None:
            tasks += _build_each(case, wait, limits, moment)
            continue
        institution_id, user_id, role = _addressee(case, wait)
        if institution_id is None:
            continue
        tasks.append(
            Task(
                case=case,
                institution_id=institution_id,
                user_id=user_id,
                name=wait.name,
                role=role,
                since=moment,
                due_on=limits.due(case, wait, day),
            )
        )
    return tasks


def _build_each(case: Case, wait: Waiting, limits: Limits, moment: dt.datetime) -> list[Task]:
    """The tasks of a row that waits for several parts of the case, each with its own addressee and period."""
    assert wait.each is not None
    return [
        Task(
            case=case,
            institution_id=asked.institution_id,
            user_id=asked.user_id,
            name=wait.name,
            object_id=asked.object_id,
            role=wait.role,
            since=moment,
            due_on=limits.ends(case, wait, asked),
        )
        for asked in wait.each(case)
    ]


def _addressee(case: Case, wait: Waiting) -> tuple[int | None, int | None, str]:
    """Institution, person if somebody is assigned, and role of those for whom ``wait`` waits on ``case``."""
    party = wait.party
    lead = parties.moderator(case) if party == parties.Party.MODERATION else None
    if lead is not None:  # a coordinator's task, in an office that has none
        return lead.institution_id, lead.user_id, Role.CASEWORKER if wait.role == Role.COORDINATOR else wait.role
    if party in (parties.Party.COORDINATION, parties.Party.MODERATION):
        office = Institution.objects.coordination()
        return (office.pk if office else None), None, wait.role
    for row in case.participations.all():
        if row.role == party and row.until is None:
            return row.institution_id, row.user_id, wait.role
    return None, None, wait.role
