"""The clock of what is written: real time, unless a history is played."""

import datetime as dt

import pytest
from django.utils import timezone

from iiz.core import clock
from iiz.core.models import AuditEntry, Case
from optima.tests.factories import nora, submitted

LONG_AGO = dt.datetime(2025, 3, 3, 12, tzinfo=dt.UTC)


def test_it_is_real_time_outside_of_a_played_history():
    with clock.at(LONG_AGO):
        assert (clock.now(), clock.today()) == (LONG_AGO, dt.date(2025, 3, 3))

    assert abs(clock.now() - timezone.now()) < dt.timedelta(seconds=5)


@pytest.mark.django_db
def test_a_played_case_has_its_dates_where_the_history_put_them():
    with clock.at(LONG_AGO):
        case = submitted(agreed_on=clock.today())

    assert (case.created_at, case.arrived_on) == (LONG_AGO, dt.date(2025, 3, 3))
    assert case.antrag.submitted_at == LONG_AGO
    assert set(AuditEntry.objects.values_list("at", flat=True)) == {LONG_AGO}
    assert {row.since for row in case.participations.all()} == {dt.date(2025, 3, 3)}
    task = case.tasks.get(name="decide")
    assert (task.since, task.due_on) == (LONG_AGO, dt.date(2025, 3, 17))


@pytest.mark.django_db
def test_who_may_see_a_case_depends_on_the_real_day_only():
    writer = nora()
    case = submitted(writer)
    case.permission_rows.update(valid_until=timezone.localdate() - dt.timedelta(days=1))

    with clock.at(LONG_AGO):
        assert not Case.objects.visible_to(writer).exists()
