"""Small stacked bars as SVG: the same drawing in page and PDF, always beside a table (REP-08)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from iiz.core.enums import OPTIMA_GROUPS, StatisticsGroup

from .report import Report

WIDTH = 358
"""The length of the longest bar in units of the drawing."""

SHOWN_FROM = 16
"""A part shorter than this has no room for its number."""


@dataclass(frozen=True)
class Part:
    """One part of a bar: where it begins, how long it is, and how it is drawn."""

    x: float
    width: float
    value: int
    label: str
    shade: int

    @property
    def middle(self) -> float:
        """Where its number stands."""
        return self.x + self.width / 2

    @property
    def told(self) -> bool:
        """Whether its number fits."""
        return self.width >= SHOWN_FROM


@dataclass(frozen=True)
class Bar:
    """One bar of the three groups."""

    label: str
    total: int
    parts: list[Part]


def bars(report: Report) -> list[dict[str, Any]]:
    """Principals against contractors, accepted against closed; none where there is nothing to draw."""
    charts = [
        (
            _("Aufträge nach Auftraggeber und Auftragnehmer"),
            [
                (_("Auftraggeber"), "auftraege.auftraggeber"),
                (_("Auftragnehmer"), "auftraege.auftragnehmer"),
            ],
        ),
        (
            _("Angenommene und abgeschlossene Aufträge nach Auftragnehmer"),
            [
                (_("Angenommen"), "prozess.angenommen_nach_auftragnehmer"),
                (_("Abgeschlossen"), "wirkungen.abgeschlossen"),
            ],
        ),
    ]
    drawn = []
    for place, (title, rows) in enumerate(charts, start=1):
        numbers = [[report.values[f"{key}.{group}"] for group in OPTIMA_GROUPS] for _label, key in rows]
        longest = max(sum(row) for row in numbers)
        if longest:
            found = [_bar(label, row, longest) for (label, _key), row in zip(rows, numbers, strict=True)]
            told = "; ".join(
                f"{bar.label}: " + ", ".join(f"{part.label} {part.value}" for part in bar.parts) for bar in found
            )
            drawn.append({"id": f"chart-{place}", "title": title, "told": told, "bars": found})
    return drawn


def _bar(label: str, row: list[int], longest: int) -> Bar:
    parts, x = [], 0.0
    for shade, (group, value) in enumerate(zip(OPTIMA_GROUPS, row, strict=True), start=1):
        width = round(value / longest * WIDTH, 1)
        parts.append(Part(round(x, 1), width, value, str(StatisticsGroup(group).label), shade))
        x += width
    return Bar(label, sum(row), parts)
