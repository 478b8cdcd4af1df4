"""What a report of a period is, whatever service it counts: lines in blocks, their values, and the sums that hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils import timezone

from iiz.core.enums import Service

from .counting import Figure, Period


@dataclass(frozen=True)
class Line:
    """One printed line: a figure and its label; ``level`` 1 is a part of the line above it, 2 a part of that."""

    figure: Figure
    label: Any
    level: int = 0

    @property
    def key(self) -> str:
        """The place of the figure in the JSON."""
        return self.figure.key


@dataclass(frozen=True)
class Block:
    """A printed block of lines under a heading."""

    name: str
    title: Any
    lines: Sequence[Line]


@dataclass(frozen=True)
class Check:
    """A sum that must hold (REP-09): both sides, and whether they agree."""

    name: str
    label: Any
    sides: tuple[int, ...]

    @property
    def ok(self) -> bool:
        """Whether all sides are equal."""
        return len(set(self.sides)) == 1


@dataclass(frozen=True)
class Duration:
    """How long a part of the way took: how many cases went it, and the median of days."""

    key: str
    label: Any
    number: int
    median: float | int | None


@dataclass(frozen=True)
class Report:
    """All figures of a period, as counted at ``as_of``."""

    service: ClassVar[Service]

    period: Period
    as_of: dt.datetime
    blocks: tuple[Block, ...]
    values: dict[str, int]
    durations: tuple[Duration, ...] = field(default=(), kw_only=True)

    @property
    def checks(self) -> list[Check]:
        """The sums that must hold; a failing one shows that data contradict each other."""
        raise NotImplementedError

    def shape(self) -> dict[str, Any]:
        """The figures as the contracted JSON holds them; every key is present, zero included."""
        raise NotImplementedError

    @property
    def failed(self) -> list[Check]:
        """The sums that do not hold."""
        return [check for check in self.checks if not check.ok]

    @property
    def ahead(self) -> bool:
        """Whether the period goes on after the data end: what happens later is missing (CON-06)."""
        return self.period.last > timezone.localdate(self.as_of)

    def as_json(self) -> dict[str, Any]:
        """The contracted JSON."""
        return {
            "service": self.service.value,
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "as_of": self.as_of.isoformat(timespec="seconds"),
            **self.shape(),
            "checks": [{"name": row.name, "ok": row.ok, "sides": list(row.sides)} for row in self.checks],
        }

    def sum_below(self, key: str) -> int:
        """The sum of all figures right below ``key``."""
        return sum(number for name, number in self.values.items() if name.startswith(f"{key}."))
