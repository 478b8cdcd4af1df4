"""Until when something waits: a day of the case, the dated row, or what the code proposes."""

import datetime as dt

import pytest

from iiz.core import periods, registry
from iiz.core.enums import Service
from iiz.core.models import Case, TimeLimit
from iiz.core.workflow import Waiting
from optima.seed import seed

from .factories import TimeLimitFactory

FRIDAY = dt.date(2026, 3, 6)


def wait(**fields):
    return Waiting("decide", "submitted", "contractor", "", "", "", "accept", **fields)


def due(row: Waiting, day: dt.date = FRIDAY) -> dt.date | None:
    return periods.read().due(Case(service=Service.OPTIMA), row, day)


@pytest.mark.django_db
def test_without_a_row_the_days_of_the_code_count():
    assert due(wait(days=14)) == dt.date(2026, 3, 20)
    assert due(wait()) is None


@pytest.mark.django_db
def test_the_row_counts_instead_of_the_code():
    TimeLimitFactory.create(days=10)
    assert due(wait(days=14)) == dt.date(2026, 3, 16)


@pytest.mark.django_db
def test_a_row_without_a_number_means_no_deadline():
    TimeLimitFactory.create(days=None)
    assert due(wait(days=14)) is None


@pytest.mark.django_db
def test_a_period_may_end_on_a_holiday_but_working_days_step_over_it():
    limit = TimeLimitFactory.create(days=3)
    assert due(wait(), dt.date(2026, 4, 1)) == dt.date(2026, 4, 4)
    limit.working_days = True
    limit.save()
    assert due(wait(), dt.date(2026, 4, 1)) == dt.date(2026, 4, 8)


@pytest.mark.django_db
def test_the_row_of_the_day_on_which_it_began_to_wait_counts():
    TimeLimitFactory.create(days=14, valid_until=dt.date(2026, 3, 5))
    TimeLimitFactory.create(days=7, valid_from=FRIDAY)
    assert due(wait(), dt.date(2026, 3, 5)) == dt.date(2026, 3, 19)
    assert due(wait(), FRIDAY) == dt.date(2026, 3, 13)


@pytest.mark.django_db
def test_a_day_that_the_case_names_wins_and_without_one_the_row_counts():
    TimeLimitFactory.create(days=10)
    assert due(wait(due=lambda case: dt.date(2026, 12, 24))) == dt.date(2026, 12, 24)
    assert due(wait(due=lambda case: None)) == dt.date(2026, 3, 16)


@pytest.mark.parametrize("service", Service)
def test_the_rows_that_ship_say_the_same_as_the_code_and_forget_nothing(seeds, service):
    shipped = {row.wait: row for row in TimeLimit.objects.filter(service=service)}
    waits = {row.name: row for row in registry.workflows[service].waits}
    dated = {name for name, row in waits.items() if row.days is not None or row.due is not None}
    parts = {name for name, row in waits.items() if row.each is not None}
    assert dated <= set(shipped) <= dated | parts
    assert {name: row.days for name, row in shipped.items()} == {name: waits[name].days for name in shipped}
    for row in shipped.values():
        later = [row.remind_after, row.deputy_after, row.contact_after, row.coordinator_after]
        known = [days for days in later if days is not None]
        assert known == sorted(known), row


@pytest.mark.django_db
def test_seeding_again_changes_no_row_that_the_office_has_edited():
    seed()
    TimeLimit.objects.filter(wait="decide").update(days=21)
    assert seed()["Fristen"] == 0
    assert TimeLimit.objects.get(wait="decide").days == 21
