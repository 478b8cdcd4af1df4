"""Which days are worked in the canton of Lucerne."""

import datetime as dt

import pytest

from iiz.core.workdays import add_working_days, is_working_day, last_working_day, next_working_day


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    "holiday",
    [
        "2026-01-01",  # Neujahr
        "2026-01-02",  # Berchtoldstag
        "2026-04-03",  # Karfreitag
        "2026-04-06",  # Ostermontag
        "2026-05-14",  # Auffahrt
        "2026-05-25",  # Pfingstmontag
        "2026-06-04",  # Fronleichnam
        "2025-08-01",  # Nationalfeiertag
        "2025-08-15",  # Mariä Himmelfahrt
        "2024-11-01",  # Allerheiligen
        "2026-12-08",  # Mariä Empfängnis
        "2026-12-25",  # Weihnachten
        "2025-12-26",  # Stephanstag
        "2026-11-21",  # a Saturday
        "2026-11-22",  # a Sunday
    ],
)
def test_holidays_of_the_canton_and_weekends_are_not_worked(holiday):
    assert not is_working_day(day(holiday))


@pytest.mark.parametrize(
    "worked",
    [
        "2026-02-02",  # Lichtmess
        "2026-03-19",  # Josefstag: a holiday elsewhere
        "2026-05-01",  # Tag der Arbeit: a holiday elsewhere
        "2026-10-02",  # Leodegar: the town's alone
        "2026-12-24",
    ],
)
def test_days_that_are_holidays_elsewhere_are_worked(worked):
    assert is_working_day(day(worked))


def test_easter_is_stepped_over_in_both_directions():
    assert next_working_day(day("2026-04-03")) == day("2026-04-07")
    assert last_working_day(day("2026-04-06")) == day("2026-04-02")
    assert next_working_day(day("2026-04-07")) == last_working_day(day("2026-04-07")) == day("2026-04-07")


def test_working_days_are_counted_from_the_day_after():
    assert add_working_days(day("2026-03-02"), 0) == day("2026-03-02")
    assert add_working_days(day("2026-03-02"), 5) == day("2026-03-09")
    assert add_working_days(day("2026-04-02"), 3) == day("2026-04-09")
    assert add_working_days(day("2025-12-23"), 5) == day("2026-01-05")
