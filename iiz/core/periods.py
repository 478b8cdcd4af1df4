"""How long something may wait: the dated rows of the canton, else what the code proposes (NFR-06, NFR-07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .models import Case, TimeLimit
from .workdays import add_working_days, count_days

if TYPE_CHECKING:
    from .waits import Asked, Waiting


class Limits:
    """The dated rows, read once for many Pendenzen."""

    def __init__(self, rows: Iterable[TimeLimit]) -> None:
        self._rows: dict[tuple[str, str], list[TimeLimit]] = {}
        for row in rows:
            self._rows.setdefault((row.service, row.wait), []).append(row)

    def on(self, day: dt.date, service: str, wait: str) -> TimeLimit | None:
        """The row for a wait that was in force on ``day``; of several the one that began last."""
        holding = [row for row in self._rows.get((service, wait), ()) if row.holds_on(day)]
        return max(holding, key=lambda row: (row.valid_from, row.pk), default=None)

    def ends(self, case: Case, wait: Waiting, asked: Asked) -> dt.date | None:
        """Until when ``wait`` waits for one part of the case: the day that the part names, else counted from the day it
        was asked, without its pauses.
        """
        if asked.due is not None:
            return asked.due
        row = self.on(asked.begun, case.service, wait.name)
        days = row.days if row is not None else wait.days
        if days is None:
            return None
        end = count_days(asked.begun, days, asked.paused, working=row is not None and row.working_days)
        return max(end, asked.at_least_until or end)

    def due(self, case: Case, wait: Waiting, day: dt.date) -> dt.date | None:
        """Until when ``wait`` waits that began on ``day``: a day of the case itself, else counted from ``day``.

        A period may end on a weekend or holiday, as it was counted; only reminders keep to working days.
        """
        named = wait.due(case) if wait.due is not None else None
        if named is not None:
            return named
        row = self.on(day, case.service, wait.name)
        days = row.days if row is not None else wait.days
        if days is None:
            return None
        return add_working_days(day, days) if row is not None and row.working_days else day + dt.timedelta(days=days)


def read(service: str | None = None) -> Limits:
    """All rows, or those of one service; one query."""
    rows = TimeLimit.objects.order_by("pk")
    return Limits(rows if service is None else rows.filter(service=service))
