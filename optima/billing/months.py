"""How one month of one case is counted: a pure function of periods, rates by day and a rule (FIN-05, FIN-06).

A case keeps the rate of its month: where months or half months count, the rate of the first day that counts; where days
count, each day has its own, and a month with a change of rate falls into two parts.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils import timezone

from ..enums import Proration
from ..models import Fallpauschale

RAPPEN = Decimal("0.01")
FIVE_RAPPEN = Decimal("0.05")
HALF_MONTH = 15
"""Up to so many days count as half a month."""

Period = tuple[dt.date, dt.date | None]
"""First and last day, both included; without a last day it goes on."""


@dataclass(frozen=True)
class Hole:
    """A day between two rates of one service, for which nobody said what it costs."""


HOLE: Final = Hole()
Day = Fallpauschale | Hole | None
"""The rate of a day; ``None`` before the first and after the last rate: then the service costs nothing."""


class NoRate(Exception):
    """Days that count lie in a gap between two rates: nobody can say what they cost."""

    def __init__(self, first: dt.date, last: dt.date) -> None:
        super().__init__(f"{first} – {last}")
        self.first, self.last = first, last


@dataclass(frozen=True)
class Part:
    """What counts of one month at one rate: ``counted`` of ``whole`` days, halves or months, and the amount in CHF."""

    rate: Fallpauschale
    since: dt.date
    until: dt.date
    counted: int
    whole: int
    amount: Decimal


def first_of(day: dt.date) -> dt.date:
    """The first day of the month of ``day``."""
    return day.replace(day=1)


def last_of(month: dt.date) -> dt.date:
    """The last day of the month of ``month``."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def months_after(month: dt.date, count: int) -> dt.date:
    """The first day of the month ``count`` months later; earlier, if below zero."""
    year, place = divmod(month.year * 12 + month.month - 1 + count, 12)
    return dt.date(year, place + 1, 1)


def to_rappen(amount: Decimal) -> Decimal:
    """To the Rappen, halves away from zero."""
    return amount.quantize(RAPPEN, ROUND_HALF_UP)


def to_pay(amount: Decimal) -> Decimal:
    """To 5 Rappen, as only the total of an invoice is rounded."""
    return (amount / FIVE_RAPPEN).quantize(Decimal(1), ROUND_HALF_UP) * FIVE_RAPPEN


def last_day(ended_on: dt.date | None, withdrawn_at: dt.datetime | None) -> dt.date | None:
    """The last day of the case work: that of the closure, or of the withdrawal of the agreement if that was before."""
    withdrawn = timezone.localdate(withdrawn_at) if withdrawn_at else None
    return min((day for day in (ended_on, withdrawn) if day is not None), default=None)


def clip(period: Period, month: dt.date) -> tuple[dt.date, dt.date] | None:
    """The days of ``period`` that lie in ``month``; ``None`` if none does."""
    first, last = month, last_of(month)
    since, until = max(period[0], first), last if period[1] is None else min(period[1], last)
    return (since, until) if since <= until else None


def common(one: Period, other: Period) -> Period | None:
    """The days that two periods share."""
    ends = [end for end in (one[1], other[1]) if end is not None]
    since, until = max(one[0], other[0]), min(ends, default=None)
    return (since, until) if until is None or since <= until else None


def count(days: Sequence[Day], periods: Iterable[Period], month: dt.date, proration: str) -> list[Part]:
    """The parts of ``month`` that count, given the rate of each of its days; ``periods`` may touch or overlap.

    Raises :class:`NoRate` where a day that counts lies between two rates.
    """
    spans = [span for span in (clip(period, month) for period in periods) if span is not None]
    numbers = sorted({number for since, until in spans for number in range(since.day, until.day + 1)})
    holes = [number for number in numbers if days[number - 1] is HOLE]
    if holes:
        raise NoRate(month.replace(day=holes[0]), month.replace(day=holes[-1]))
    rated: dict[Fallpauschale, list[int]] = {}
    for number in numbers:
        rate = days[number - 1]
        if isinstance(rate, Fallpauschale):
            rated.setdefault(rate, []).append(number)
    if not rated:
        return []
    if proration == Proration.DAYS:
        return [_part(rate, found, month, len(found), len(days)) for rate, found in rated.items()]
    first = next(iter(rated))
    found = sorted(number for some in rated.values() for number in some)
    if proration == Proration.HALF:
        return [_part(first, found, month, 1 if len(found) <= HALF_MONTH else 2, 2)]
    return [_part(first, found, month, 1, 1)]


def _part(rate: Fallpauschale, days: list[int], month: dt.date, counted: int, whole: int) -> Part:
    amount = to_rappen(rate.amount * counted / whole)
    return Part(rate, month.replace(day=days[0]), month.replace(day=days[-1]), counted, whole, amount)
