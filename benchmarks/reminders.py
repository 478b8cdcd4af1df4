"""One sweep with 1 000 reminders due in the database of ``DATABASE_URL``: its time, and what memory more would need."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

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
MANY = 3000
SECONDS = 15
GROWTH = 20
"""The people of the offices are kept for the length of a sweep; nothing else may grow with it."""
WAITS = ("decide", "answer", "arrange_handover", "plan_standortgespraech")
"""Whose steps after the deadline lie on the same days, so that the same deadline makes the same step due."""


def main() -> None:
    """Clear what is due anyway, then sweep 1 000, then three times as many, which must not need more memory."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    jobs.sweep()
    idle = seconds(jobs.sweep)
    with due(DUE) as numbers:
        computed = process_time()
        took = seconds(lambda: numbers.update(jobs.sweep()))
        computed = process_time() - computed
    words = f"{numbers['reminded']} reminded, {numbers['sent']} mails, {Case.objects.count()} cases"
    times = f"{computed:.1f} s of them computing; nothing due {idle:.2f} s"
    Result(f"sweep with {DUE} reminders due", took, SECONDS, "s", f"{words}; {times}").tell()
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
    tasks = Task.objects.filter(done_at=None, name__in=WAITS).order_by("?")
    dates = dict(tasks.values_list("pk", "due_on")[:number])
    Reminder.objects.filter(task__in=dates).delete()
    Task.objects.filter(pk__in=dates).update(due_on=deadline)
    for key in dates:
        Reminder.objects.create(task_id=key, step="after", due_at=now)
    last = OutboxMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        yield {}
    finally:
        OutboxMail.objects.filter(pk__gt=last).delete()
        Reminder.objects.filter(task__in=dates).delete()
        for key, day in dates.items():
            Task.objects.filter(pk=key).update(due_on=day)
        reminders.plan_missing()


def _is_due_now(deadline: dt.date, now: dt.datetime) -> bool:
    """Whether the step after this deadline has come for a wait of today."""
    task = Task.objects.filter(done_at=None, name=WAITS[0]).select_related("case").order_by("-pk")[0]
    task.due_on = deadline
    coming = {one.step: one.at for one in reminders.ladder(task, periods.read())}
    return coming["after"] <= now


if __name__ == "__main__":
    main()
