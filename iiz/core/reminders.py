"""Who is reminded of an open Pendenz when: one coming reminder per Pendenz, swept once (NFR-06).

The steps and their days stand in the ``TimeLimit`` of the wait: before and after the deadline to whoever is in charge,
then to the deputy, the contact persons and the coordination office. A Pendenz without a deadline, or without such a
row, reminds nobody. What is due is in the database: whether the sweep runs once, twice at once, or after a week of
outage, each step of a Pendenz is done once.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import clock, notify, periods
from .addressees import Addressee, People
from .enums import MailTopic, ReminderStep
from .models import Case, OutboxMail, Reminder, Task
from .periods import Limits
from .workdays import last_working_day, next_working_day

logger = logging.getLogger(__name__)

HOUR = dt.time(7)
"""When reminders of a day speak, local time."""
MANY = 5
"""Whoever would get more reminders than this in one sweep gets them gathered in one mail."""
BATCH = 500

AFTERWARDS = {
    ReminderStep.AFTER: "remind_after",
    ReminderStep.DEPUTY: "deputy_after",
    ReminderStep.CONTACT: "contact_after",
    ReminderStep.COORDINATOR: "coordinator_after",
}
"""The steps after the deadline, with the fields of ``TimeLimit`` that hold their days."""
ORDER = {step: place for place, step in enumerate((ReminderStep.BEFORE, *AFTERWARDS))}
TO_THE_PERSON = frozenset({ReminderStep.BEFORE, ReminderStep.AFTER})

SOON, OVERDUE, ESCALATED, STUCK = "task_due_soon", "task_overdue", "task_escalated", "task_stuck"
KINDS = (SOON, OVERDUE, ESCALATED, STUCK)


def register() -> None:
    """Make the mails known; called once from ``CoreConfig.ready``."""
    rows = (
        (
            SOON,
            _("Fall %(number)s: Frist läuft bald ab"),
            _("In diesem Fall wartet eine Pendenz auf Sie, und ihre Frist läuft bald ab."),
        ),
        (
            OVERDUE,
            _("Fall %(number)s: Frist abgelaufen"),
            _("In diesem Fall wartet eine Pendenz auf Sie, und ihre Frist ist abgelaufen."),
        ),
        (
            ESCALATED,
            _("Fall %(number)s: Schritt Ihrer Institution fehlt"),
            _(
                "In diesem Fall fehlt seit mehreren Tagen ein Schritt Ihrer Institution. "
                "Bitte sorgen Sie dafür, dass jemand ihn übernimmt."
            ),
        ),
        (
            STUCK,
            _("Fall %(number)s steht still"),
            _("In diesem Fall fehlt seit längerer Zeit ein Schritt, obwohl die zuständige Stelle erinnert worden ist."),
        ),
    )
    notify.register(
        *(
            notify.MailKind(name, subject, sentence, _("Fall ansehen"), topic=MailTopic.DEADLINE, holds=_still_waits)
            for name, subject, sentence in rows
        )
    )


def _still_waits(mail: OutboxMail) -> bool:
    return Task.objects.filter(pk=mail.object_id or 0, done_at=None).exists()


# The steps of one Pendenz ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coming:
    """One step and the moment from which it may speak."""

    at: dt.datetime
    step: str


def ladder(task: Task, limits: Limits) -> list[Coming]:
    """All steps of ``task``, the first one first, whether they are done or not.

    They speak at :data:`HOUR` of a working day: the one before the deadline on the last working day up to its day, so
    that it never comes too late, the others on the next one. While ``task`` is put off nobody is reminded; if that
    lasts beyond the first step after the deadline, the steps keep their distance and begin when it comes back.
    """
    row = limits.on(timezone.localdate(task.since), task.case.service, task.name)
    if row is None or task.due_on is None:
        return []
    back = task.snoozed_until
    found = []
    if row.remind_before is not None:
        day = last_working_day(task.due_on - dt.timedelta(days=row.remind_before))
        if back is not None and back > day:
            day = next_working_day(back)
        if day <= task.due_on or back is None:
            found.append(Coming(_morning(day), ReminderStep.BEFORE))
    numbers = {step: days for step, name in AFTERWARDS.items() if (days := getattr(row, name)) is not None}
    delay = 0
    if numbers and back is not None:
        delay = max(0, (back - task.due_on).days - min(numbers.values()))
    for step, days in numbers.items():
        day = next_working_day(task.due_on + dt.timedelta(days=days + delay))
        found.append(Coming(_morning(day), step))
    return sorted(found, key=lambda coming: (coming.at, ORDER[ReminderStep(coming.step)]))


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, HOUR, tzinfo=timezone.get_current_timezone())


def _next(task: Task, limits: Limits, last: str | None, now: dt.datetime) -> Reminder | None:
    """The row of the first step that comes after ``now`` and after the step ``last``, if there is one."""
    place = ORDER[ReminderStep(last)] if last else -1
    for coming in ladder(task, limits):
        if coming.at > now and ORDER[ReminderStep(coming.step)] > place:
            return Reminder(task=task, step=coming.step, due_at=coming.at)
    return None


# Written by ``tasks`` together with the Pendenz -----------------------------------------------------------------


def plan(tasks: Iterable[Task], limits: Limits) -> None:
    """Write the first coming reminder of each new task. What its steps would have said earlier stays unsaid."""
    now = clock.now()
    found = (_next(task, limits, None, now) for task in tasks)
    Reminder.objects.bulk_create(row for row in found if row is not None)


def reschedule(task: Task, limits: Limits | None = None) -> None:
    """Move the coming reminder of ``task`` after it was put off or taken up again; what was said stays said."""
    limits = limits or periods.read(task.case.service)
    Reminder.objects.filter(task=task, done_at=None).delete()
    said = list(Reminder.objects.filter(task=task).values_list("step", flat=True))
    last = max(said, key=lambda step: ORDER[ReminderStep(step)], default=None)
    coming = _next(task, limits, last, clock.now())
    if coming is not None:
        coming.save()


def restart(task: Task, limits: Limits) -> None:
    """Begin the steps of ``task`` anew: its deadline has moved, so that what was said no longer counts."""
    Reminder.objects.filter(task=task).delete()
    plan([task], limits)


def drop(tasks: Iterable[Task]) -> None:
    """Forget what is still to come for tasks that are done. Mail that waits is not sent any more, see ``holds``."""
    Reminder.objects.filter(task__in=list(tasks), done_at=None).delete()


def plan_missing() -> int:
    """Write the coming reminder of every open task that has none at all; returns how many.

    For an installation whose periods were added after its cases.
    """
    limits, total, last = periods.read(), 0, 0
    bare = Task.objects.filter(~Exists(Reminder.objects.filter(task=OuterRef("pk"))), done_at=None)
    bare = bare.exclude(due_on=None).select_related("case").defer("case__draft").order_by("pk")
    while batch := list(bare.filter(pk__gt=last)[:BATCH]):
        found = [row for task in batch if (row := _next(task, limits, None, clock.now())) is not None]
        total += len(Reminder.objects.bulk_create(found, ignore_conflicts=True))
        last = batch[-1].pk
    return total


# The sweep ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """What one due reminder leads to: which step speaks, who hears it (perhaps nobody), what has passed with it."""

    reminder: Reminder
    step: str | None
    passed: tuple[Coming, ...]
    people: tuple[Addressee, ...]


def sweep(now: dt.datetime) -> Counter[str]:
    """Let every reminder speak that is due; returns counts: ``reminded``, ``escalated``, ``reminders_skipped``.

    Of the steps of a Pendenz whose moments have passed only the latest speaks, the others are noted as skipped: after
    an outage nobody hears the same thing twice. Each reminder is one transaction – mark it, queue the mails, write the
    next step – under the lock of its case. A case that somebody works on at this moment waits for the next sweep.
    """
    counts: Counter[str] = Counter()
    heard: Counter[int] = Counter()
    people, limits = People(), periods.read()
    with clock.at(now):
        for batch in _batches(now):
            decided = [_decide(reminder, limits, people, now) for reminder in batch]
            heard.update(user.pk for due in decided for user, _institution in due.people)
            busy = {key for key, number in heard.items() if number > MANY}
            for due in decided:
                try:
                    counts += _carry_out(due, limits, busy, now)
                except Exception:  # one case that cannot be reminded of must not silence the others
                    logger.exception("reminder %s failed", due.reminder.pk)
                    counts["reminders_failed"] += 1
    return counts


def _batches(now: dt.datetime) -> Iterator[list[Reminder]]:
    rows = Reminder.objects.filter(done_at=None, due_at__lte=now, task__done_at=None)
    rows = rows.select_related("task__case", "task__institution").defer("task__case__draft").order_by("due_at", "pk")
    found = list(rows[:BATCH])
    while found:
        yield found
        at, key = found[-1].due_at, found[-1].pk
        found = list(rows.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=key))[:BATCH])


def _decide(reminder: Reminder, limits: Limits, people: People, now: dt.datetime) -> Due:
    """Which step speaks, and to whom: the latest that somebody answers. If nobody does, the next has its own day."""
    task = reminder.task
    place = ORDER[ReminderStep(reminder.step)]
    passed = tuple(
        coming for coming in ladder(task, limits) if coming.at <= now and ORDER[ReminderStep(coming.step)] >= place
    )
    for coming in reversed(passed):
        found = people.answering(task, coming.step)
        if found and coming.step not in TO_THE_PERSON:
            told = _told(task)
            found = [(user, institution) for user, institution in found if user.pk not in told]
        if found:
            return Due(reminder, coming.step, passed, tuple(found))
    return Due(reminder, None, passed, ())


def _told(task: Task) -> set[int]:
    """Keys of those who were reminded of ``task`` and its deadline before: nobody hears of it twice."""
    mails = OutboxMail.objects.filter(case=task.case, object_id=task.pk, kind__in=KINDS)
    return set(mails.filter(key__contains=f":{task.pk}:{_mark(task, '')}").values_list("user", flat=True))


def _mark(task: Task, step: str) -> str:
    """Stands in the key of a mail: a moved deadline is reminded of anew."""
    return f"{task.due_on:%Y%m%d}.{step}"


def _carry_out(due: Due, limits: Limits, busy: set[int], now: dt.datetime) -> Counter[str]:
    reminder, task = due.reminder, due.reminder.task
    with transaction.atomic():
        if not _claim(reminder):
            return Counter()
        if not due.passed:  # the row of the period was changed: the step has another day, or is left out
            reschedule(task, limits)
            return Counter()
        Reminder.objects.filter(pk=reminder.pk).update(done_at=now, skipped=reminder.step != due.step)
        Reminder.objects.bulk_create(
            Reminder(task=task, step=coming.step, due_at=coming.at, done_at=now, skipped=coming.step != due.step)
            for coming in due.passed
            if coming.step != reminder.step
        )
        if due.step is not None:
            _tell(due, due.step, busy, now)
        following = _next(task, limits, due.passed[-1].step, now)
        if following is not None:
            following.save()
    counts = Counter(reminders_skipped=len(due.passed) - (due.step is not None))
    if due.step is not None:
        counts["reminded" if due.step in TO_THE_PERSON else "escalated"] += 1
    return counts


def _tell(due: Due, step: str, busy: set[int], now: dt.datetime) -> None:
    task = due.reminder.task
    for digest in (False, True):
        to = [(user, institution) for user, institution in due.people if (user.pk in busy) == digest]
        if to:
            kind, mark = _kind(task, step, now), _mark(task, step)
            notify.queue(kind, task.case, to, object_id=task.pk, mark=mark, digest=digest)


def _claim(reminder: Reminder) -> bool:
    """Lock the case as every step in it does, unless somebody holds it; whether the reminder still stands as read."""
    task = reminder.task
    locked = Case.objects.select_for_update(skip_locked=True).filter(pk=task.case_id, version=task.case.version)
    if locked.values_list("pk").first() is None:
        return False
    rows = Reminder.objects.filter(pk=reminder.pk, done_at=None, due_at=reminder.due_at)
    return rows.filter(task__done_at=None, task__user=task.user_id, task__due_on=task.due_on).exists()


def _kind(task: Task, step: str, now: dt.datetime) -> str:
    if step == ReminderStep.COORDINATOR:
        return STUCK
    if step not in TO_THE_PERSON:
        return ESCALATED
    return OVERDUE if task.due_on is not None and timezone.localdate(now) > task.due_on else SOON
