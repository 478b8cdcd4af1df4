"""Which days are worked in the canton: no weekends, no Swiss or cantonal holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache

import holidays

CANTON_CODE = "LU"
"""The canton whose holidays count, by its two letters; its name stands in ``context.CANTON``."""

SATURDAY = 5


@cache
def _holidays(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("CH", subdiv=CANTON_CODE, years=year))


def is_working_day(day: dt.date) -> bool:
    """Whether offices of the canton work on ``day``."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


def next_working_day(day: dt.date) -> dt.date:
    """``day`` itself if it is worked, else the first worked one after it."""
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def last_working_day(day: dt.date) -> dt.date:
    """``day`` itself if it is worked, else the last worked one before it."""
    while not is_working_day(day):
        day -= dt.timedelta(days=1)
    return day


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The ``count``-th working day after ``day``, which itself does not count; ``day`` for none."""
    for _nth in range(count):
        day = next_working_day(day + dt.timedelta(days=1))
    return day


def count_days(begin: dt.date, days: int, paused: Iterable[tuple[dt.date, dt.date]], *, working: bool) -> dt.date:
    """The day on which a period of ``days`` ends that began on ``begin``, which itself does not count.

    Days after the first up to the last one of each pause do not count either (KG-04).
    """
    pauses, day = list(paused), begin
    while days:
        day += dt.timedelta(days=1)
        rests = any(first < day <= last for first, last in pauses)
        days -= not rests and (is_working_day(day) or not working)
    return day


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (first_of_next - dt.timedelta(days=1)).day))
