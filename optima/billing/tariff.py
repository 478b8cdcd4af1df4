"""The rates, rules and financing models of a stretch of time, read once and asked for each case (FIN-02 to FIN-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..enums import CostModel
from ..models import BillingRule, CostSharing, Fallpauschale
from .months import HOLE, Day, Part, Period, count, last_of

ONE_DAY = dt.timedelta(days=1)
Pair = tuple[str, str]
"""Group of the contractor, group of the principal."""


class NoRule(Exception):
    """Nobody has said how the months of that time are counted."""


@dataclass
class Tariff:
    """What services cost between two groups on any day, and by which rule and model a month is billed."""

    rates: list[Fallpauschale]
    rules: list[BillingRule]
    sharing: list[CostSharing]
    _days: dict[tuple[Pair, str, dt.date], list[Day]] = field(default_factory=dict)
    _parts: dict[tuple[Pair, str, dt.date, tuple[Period, ...]], list[Part]] = field(default_factory=dict)
    _services: dict[tuple[Pair, dt.date], list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Tariff:
        """All of it, with three queries: a canton has a few dozen rows."""
        return cls(
            list(Fallpauschale.objects.order_by("valid_from", "pk")),
            list(BillingRule.objects.order_by("valid_from")),
            list(CostSharing.objects.order_by("valid_from")),
        )

    def rule(self, month: dt.date) -> BillingRule:
        """How ``month`` is counted: the rule of its first day. Raises :class:`NoRule` without one."""
        found = next((row for row in self.rules if row.holds_on(month)), None)
        if found is None:
            raise NoRule
        return found

    def shared(self, pair: Pair, month: dt.date) -> CostSharing | None:
        """The financing model that was set for the first day of ``month``; ``None``: model C, as nobody decided."""
        rows = (row for row in self.sharing if (row.contractor_group, row.principal_group) == pair)
        return next((row for row in rows if row.holds_on(month)), None)

    def model(self, pair: Pair, month: dt.date) -> str:
        """Model A, B or C."""
        row = self.shared(pair, month)
        return row.model if row else CostModel.C

    def for_each_case(self, pair: Pair, month: dt.date) -> list[str]:
        """The services that count for every running case in ``month``."""
        key = pair, month
        if key not in self._services:
            rows = (row for row in self._between(pair) if row.every_case and _touches(row, month))
            self._services[key] = sorted({row.service for row in rows})
        return self._services[key]

    def days(self, pair: Pair, service: str, month: dt.date) -> list[Day]:
        """The rate of each day of ``month``; one for the principal's own group goes before one for all."""
        key = pair, service, month
        if key not in self._days:
            rows = [row for row in self._between(pair) if row.service == service]
            length = last_of(month).day
            self._days[key] = [_rate_on(rows, month.replace(day=day)) for day in range(1, length + 1)]
        return self._days[key]

    def parts(self, pair: Pair, service: str, month: dt.date, periods: Iterable[Period]) -> list[Part]:
        """What counts of ``month`` in a case with these periods; see :func:`months.count`.

        Most cases run all month: each combination is counted once.
        """
        spans = tuple(span for span in periods if _touching(span, month))
        if not spans:
            return []
        first, last = month, last_of(month)
        clipped = tuple((max(since, first), min(until or last, last)) for since, until in spans)
        key = pair, service, month, clipped
        if key not in self._parts:
            self._parts[key] = count(self.days(pair, service, month), clipped, month, self.rule(month).proration)
        return self._parts[key]

    def may_bill(self, pair: Pair, service: str, month: dt.date) -> bool:
        """Whether a month of this service may stand on an invoice at all."""
        if self.model(pair, month) == CostModel.A:
            return True
        return any(row.billed for row in self._between(pair) if row.service == service)

    @staticmethod
    def runs(periods: Iterable[Period], month: dt.date) -> bool:
        """Whether any of the periods touches ``month``."""
        return any(_touching(period, month) for period in periods)

    def _between(self, pair: Pair) -> list[Fallpauschale]:
        contractor, principal = pair
        return [
            row for row in self.rates if row.contractor_group == contractor and row.principal_group in ("", principal)
        ]


def _touching(period: Period, month: dt.date) -> bool:
    return period[0] <= last_of(month) and (period[1] is None or period[1] >= month)


def _touches(row: Fallpauschale, month: dt.date) -> bool:
    return _touching((row.valid_from, row.valid_until), month)


def _rate_on(rows: list[Fallpauschale], day: dt.date) -> Day:
    """The rate of a day; a hole if rates before and after leave it out."""
    found = [row for row in rows if row.holds_on(day)]
    if found:
        return next((row for row in found if row.principal_group), found[0])
    before = any(row.valid_until is not None and row.valid_until < day for row in rows)
    return HOLE if before and any(row.valid_from > day for row in rows) else None
