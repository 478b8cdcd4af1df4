"""Two sweepers at once, and a sweeper against somebody at work, on real connections: each reminder speaks once."""

import pytest

from iiz.core import audit, reminders, workflow
from iiz.core.models import Case, Reminder, Task
from optima.tests import factories as optima
from optima.tests.test_race import at_once, lost

from .factories import TimeLimitFactory
from .reminding import START, Travel, moment, submitted, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def jan(time_machine):
    Travel(time_machine)(START)
    TimeLimitFactory.create()
    return optima.jan()


def test_two_sweepers_at_once_send_each_reminder_once(jan):
    cases = [submitted(jan) for _number in range(6)]
    now = moment("2026-03-13")

    results = at_once(*[lambda: reminders.sweep(now)] * 3)

    assert lost(results) == []
    # What one of them held when the other looked waits for the next sweep.
    results.append(reminders.sweep(now))
    assert sum(counts["reminded"] for counts in results) == 6
    assert sum(counts["reminders_failed"] for counts in results) == 0
    assert told() == [("task_due_soon", "Jan")] * 6
    assert Reminder.objects.filter(done_at=None, step="after").count() == len(cases)


@pytest.mark.parametrize("attempt", range(3))
def test_deciding_while_the_sweep_runs_leaves_no_reminder_behind(jan, attempt):
    case = submitted(jan)
    now = moment("2026-03-13")

    results = at_once(
        lambda: workflow.apply(case, "accept", jan, {"adviser": jan.user, "note": ""}),
        lambda: reminders.sweep(now),
    )

    assert lost(results) == []
    assert Case.objects.get(pk=case.pk).state == "accepted"
    assert not Reminder.objects.filter(done_at=None, task__done_at__isnull=False).exists()
    assert Task.objects.filter(case=case, name="decide", done_at=None).count() == 0
    assert len(told()) == results[1]["reminded"]
    assert list(audit.verify()) == []
