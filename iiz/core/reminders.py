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
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import clock, notify, periods, registry
from .actor import actor_for
from .addressees import Addressee, People
from .enums import MailTopic, ReminderStep
from .models import Case, OutboxMail, Reminder, Task
from .periods import Limits
from .workdays import last_working_day, next_working_day

if TYPE_CHECKING:
    from .waits import Waiting

logger = logging.getLogger(__name__)

HOUR = dt.time(7)
"""When reminders of a day speak, local time."""
MANY = 5
"""Whoever would get more reminders than this in one sweep, or two about one case, gets them gathered in one mail."""
BATCH, TOGETHER = 500, 50
"""Reminders read at once, and written in one transaction: short, because it holds the locks of their cases."""

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
            notify.MailKind(
                name,
                subject,
                sentence,
                _("Fall ansehen"),
                path=_place,
                topic=MailTopic.DEADLINE,
                holds=_still_waits,
                opens=_was_asked,
            )
            for name, subject, sentence in rows
        )
    )


def _still_waits(mail: OutboxMail) -> bool:
    return Task.objects.filter(pk=mail.object_id or 0, done_at=None).exists()


def _place(mail: OutboxMail) -> str:
    """Where the Pendenz is done, where that is not the case itself."""
    task = Task.objects.select_related("case").filter(pk=mail.object_id or 0).exclude(object_id=0).first()
    wait = _wait_of(task) if task is not None else None
    if task is not None and wait is not None and wait.path is not None:
        return wait.path(task)
    return mail.case.get_absolute_url() if mail.case is not None else "/"


def _wait_of(task: Task) -> Waiting | None:
    """The row for which ``task`` was opened; ``None`` if the service knows it no more."""
    waits = registry.workflows[task.case.service].waits if task.case.service in registry.workflows else ()
    return next((wait for wait in waits if wait.name == task.name), None)


def _was_asked(mail: OutboxMail) -> bool:
    """Whether the reader's office was asked about the part of the case for which the Pendenz waits."""
    if mail.user is None or mail.institution is None:
        return False
    asked = Task.objects.visible_to(actor_for(mail.user, mail.institution))
    return asked.filter(pk=mail.object_id or 0).exists()


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
    an outage nobody hears the same thing twice. A few reminders at a time are one transaction – mark them, queue the
    mails, write the next steps – under the locks of their cases. A case that somebody works on at this moment waits
    for the next sweep.
    """
    counts: Counter[str] = Counter()
    heard: Counter[int] = Counter()
    about: Counter[tuple[int, int]] = Counter()
    people, limits = People(), periods.read()
    with clock.at(now):
        for batch in _batches(now):
            decided = [_decide(reminder, limits, people, now) for reminder in batch]
            heard.update(user.pk for due in decided for user, _institution in due.people)
            about.update((user.pk, due.reminder.task.case_id) for due in decided for user, _institution in due.people)
            busy = {key for key, number in about.items() if number > 1 or heard[key[0]] > MANY}
            for place in range(0, len(decided), TOGETHER):
                counts += _carry_out_all(decided[place : place + TOGETHER], limits, busy, now)
    return counts


def _carry_out_all(found: list[Due], limits: Limits, busy: set[tuple[int, int]], now: dt.datetime) -> Counter[str]:
    """Carry out some together, else one by one: one that cannot be carried out must not silence the others."""
    try:
        return _carry_out(found, limits, busy, now)
    except Exception:
        if len(found) > 1:
            parts = (_carry_out_all([due], limits, busy, now) for due in found)
            return sum(parts, Counter())
        logger.exception("reminder %s failed", found[0].reminder.pk)
        return Counter(reminders_failed=1)


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


def _carry_out(found: list[Due], limits: Limits, busy: set[tuple[int, int]], now: dt.datetime) -> Counter[str]:
    counts: Counter[str] = Counter()
    rows: list[Reminder] = []
    with transaction.atomic():
        standing = _claim(found)
        for due in standing:
            if due.passed:
                rows += _rows(due, limits, now)
                counts["reminders_skipped"] += len(due.passed) - (due.step is not None)
            else:  # the row of the period was changed: the step has another day, or is left out
                reschedule(due.reminder.task, limits)
        for skipped in (False, True):
            keys = [due.reminder.pk for due in standing if (due.reminder.step != due.step) == skipped]
            Reminder.objects.filter(pk__in=keys, done_at=None).update(done_at=now, skipped=skipped)
        Reminder.objects.bulk_create(rows)
        notify.queue_all(notice for due in standing for notice in _notices(due, busy, now))
        for due in standing:
            wait = _wait_of(due.reminder.task)
            if due.passed and wait is not None and wait.reminded is not None:
                wait.reminded(due.reminder.task)
    for due in standing:
        if due.step is not None:
            counts["reminded" if due.step in TO_THE_PERSON else "escalated"] += 1
    return counts


def _claim(found: list[Due]) -> list[Due]:
    """Lock the cases as every step in them does, unless somebody holds them; what still stands as it was read."""
    keys = [due.reminder.task.case_id for due in found]
    locked = Case.objects.select_for_update(skip_locked=True).filter(pk__in=keys).order_by("pk")
    versions = dict(locked.values_list("pk", "version"))
    rows = Reminder.objects.filter(pk__in=[due.reminder.pk for due in found], done_at=None, task__done_at=None)
    known = {key: rest for key, *rest in rows.values_list("pk", "due_at", "task__user", "task__due_on")}
    return [
        due
        for due in found
        for reminder, task in [(due.reminder, due.reminder.task)]
        if versions.get(task.case_id) == task.case.version
        and known.get(reminder.pk) == [reminder.due_at, task.user_id, task.due_on]
    ]


def _rows(due: Due, limits: Limits, now: dt.datetime) -> list[Reminder]:
    """The steps that passed with a reminder, and the one that comes next."""
    task = due.reminder.task
    rows = [
        Reminder(task=task, step=coming.step, due_at=coming.at, done_at=now, skipped=coming.step != due.step)
        for coming in due.passed
        if coming.step != due.reminder.step
    ]
    following = _next(task, limits, due.passed[-1].step, now)
    return rows if following is None else [*rows, following]


def _notices(due: Due, busy: set[tuple[int, int]], now: dt.datetime) -> Iterator[notify.Notice]:
    task = due.reminder.task
    if due.step is None:
        return
    kind, mark = _kind(task, due.step, now), _mark(task, due.step)
    for digest in (False, True):
        to = tuple(
            (user, institution) for user, institution in due.people if ((user.pk, task.case_id) in busy) == digest
        )
        if to:
            yield notify.Notice(kind, task.case, to, task.pk, mark, digest)


def _kind(task: Task, step: str, now: dt.datetime) -> str:
    if step == ReminderStep.COORDINATOR:
        return STUCK
    if step not in TO_THE_PERSON:
        return ESCALATED
    return OVERDUE if task.due_on is not None and timezone.localdate(now) > task.due_on else SOON
