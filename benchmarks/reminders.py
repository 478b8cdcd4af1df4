"""One sweep with 1 000 reminders due in the database of ``DATABASE_URL``: its time, and whether its memory stays flat."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.memory import resident  # noqa: E402
from benchmarks.timing import Result, seconds  # noqa: E402
from iiz.core import jobs, periods, reminders  # noqa: E402
from iiz.core.models import Case, OutboxMail, Reminder, Task  # noqa: E402

DUE = 1000
MANY = 5000
SECONDS = 15
GROWTH = 10
WAIT = "decide"
"""All of one kind, so that the same deadline makes the same step due."""


def main() -> None:
    """Clear what is due anyway, then sweep 1 000, then five times as many, which must not need more memory."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    jobs.sweep()
    idle = seconds(jobs.sweep)
    with due(DUE) as numbers:
        took = seconds(lambda: numbers.update(jobs.sweep()))
    words = f"{numbers['reminded']} reminded, {numbers['sent']} mails, among {Case.objects.count()} cases"
    Result(f"sweep with {DUE} reminders due", took, SECONDS, "s", f"{words}; nothing due {idle:.2f} s").tell()
    before = resident(os.getpid())
    with due(MANY):
        jobs.sweep()
    grown = resident(os.getpid()) - before
    Result(f"memory more with {MANY} due", grown, GROWTH, "MB", f"{before:.0f} MB with {DUE}").tell()


@contextmanager
def due(number: int) -> Iterator[dict[str, int]]:
    """Let the reminder after the deadline be due for so many Pendenzen; afterwards all is as before."""
    now = timezone.now()
    # The step after is a day after the deadline, the next one three days later: only the first has come.
    deadline = timezone.localdate(now) - dt.timedelta(days=2)
    while not _is_due_now(deadline, now):
        deadline -= dt.timedelta(days=1)
    tasks = list(Task.objects.filter(done_at=None, name=WAIT).order_by("?")[:number])
    dates = {task.pk: task.due_on for task in tasks}
    Reminder.objects.filter(task__in=tasks).delete()
    Task.objects.filter(pk__in=dates).update(due_on=deadline)
    Reminder.objects.bulk_create(Reminder(task=task, step="after", due_at=now) for task in tasks)
    last = OutboxMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        yield {}
    finally:
        OutboxMail.objects.filter(pk__gt=last).delete()
        Reminder.objects.filter(task__in=tasks).delete()
        for task in tasks:
            task.due_on = dates[task.pk]
        Task.objects.bulk_update(tasks, ["due_on"], batch_size=500)
        reminders.plan_missing()


def _is_due_now(deadline: dt.date, now: dt.datetime) -> bool:
    """Whether the step after this deadline has come for a wait of today."""
    task = Task.objects.filter(done_at=None, name=WAIT).select_related("case").order_by("-pk")[0]
    task.due_on = deadline
    coming = {one.step: one.at for one in reminders.ladder(task, periods.read())}
    return coming["after"] <= now


if __name__ == "__main__":
    main()
