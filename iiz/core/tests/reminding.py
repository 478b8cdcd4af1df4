"""What the tests of reminders share: days of spring 2026, an Antrag that waits, and who heard of it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from iiz.core import reminders
from iiz.core.models import OutboxMail, Reminder, Task
from optima.tests import factories as optima

START = "2026-03-02"
"""A Monday: what is submitted then must be decided by Monday, 16 March."""


def moment(text: str) -> dt.datetime:
    """A Swiss day or moment; days begin at nine."""
    found = dt.datetime.fromisoformat(text if "T" in text else f"{text}T09:00")
    return found.replace(tzinfo=timezone.get_current_timezone())


class Travel:
    """Be at a Swiss day or moment: ``on("2026-03-13")``."""

    def __init__(self, time_machine):
        self.time_machine = time_machine

    def __call__(self, text: str) -> dt.datetime:
        self.time_machine.move_to(moment(text), tick=False)
        return moment(text)


def submitted(jan):
    """An Antrag that waits for Jan's office; of its arrival no mail is left."""
    case = optima.submitted(contractor=jan.institution)
    OutboxMail.objects.all().delete()
    return case


def task_of(case) -> Task:
    """What waits."""
    return Task.objects.get(case=case, done_at=None)


def steps(**filters) -> list[tuple[str, str]]:
    """Step and local moment of reminders."""
    rows = Reminder.objects.filter(**filters).order_by("due_at")
    return [(row.step, f"{timezone.localtime(row.due_at):%d.%m. %H:%M}") for row in rows]


def told() -> list[tuple[str, str]]:
    """Kind and first name of every mail that reminds somebody, in their order."""
    rows = OutboxMail.objects.filter(kind__in=reminders.KINDS).order_by("pk")
    return [(row.kind, row.user.first_name) for row in rows.select_related("user")]


def sweep_at(on: Travel, text: str) -> dict[str, int]:
    """Sweep the reminders at a day or moment."""
    return dict(+reminders.sweep(on(text)))
