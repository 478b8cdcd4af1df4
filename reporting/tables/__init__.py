"""How figures are laid out: printed lines as the canton publishes them, and tables for the page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..report import Line, Report

Address = Callable[[str], str]
"""Gives the place of the cases behind a figure."""


@dataclass(frozen=True)
class Printed:
    """One printed line."""

    label: str
    value: int
    level: int


@dataclass(frozen=True)
class Cell:
    """One figure of a table on the page, with the address of the ``cases`` behind it, where there are some.

    ``cases`` is told only where it is another number than the value.
    """

    value: int
    label: str
    url: str = ""
    cases: int | None = None


@dataclass(frozen=True)
class Row:
    """One row of a table on the page; ``level`` 1 is a part of the row above it."""

    label: str
    cells: list[Cell]
    level: int = 0


@dataclass(frozen=True)
class Table:
    """A table on the page; ``total`` marks the last row as a sum."""

    caption: str
    head: Sequence[str]
    rows: list[Row] = field(default_factory=list)
    total: bool = False


def printed(report: Report, lines: Sequence[Line], *, whole: Collection[str] = ()) -> list[Printed]:
    """Lines with their values; one that has parts says so, unless they are not all of the ``whole``."""
    found = []
    for place, line in enumerate(lines):
        below = lines[place + 1].level if place + 1 < len(lines) else 0
        parts = below > line.level and line.key not in whole
        label = _("%(label)s, davon") % {"label": line.label} if parts else str(line.label)
        found.append(Printed(label, report.values[line.key], line.level))
    return found


def cell(report: Report, key: str, label: object, address: Address) -> Cell:
    """A figure that leads to its cases as soon as there are some."""
    value = report.values[key]
    return Cell(value, str(label), address(key) if value else "")


def durations(report: Report, address: Address) -> list[dict[str, Any]]:
    """One row for each part of the way: how many cases, and the median of days."""
    return [
        {
            "label": row.label,
            "cell": Cell(row.number, str(row.label), address(f"{row.key}.n") if row.number else ""),
            "median": row.median,
        }
        for row in report.durations
    ]
