"""How the figures of Roundtable are laid out: as the yearly report prints them, and in tables for the page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from iiz.core.enums import StatisticsGroup
from roundtable.enums import ClosingReason, Solution

from ..models import Dimension
from ..report import Line
from ..roundtable import RoundtableReport
from ..roundtable_lines import CUMULATED, REASON, TEXTS, TITLES, N
from . import Address, Cell, Printed, Row, Table, cell, printed

STOCKS = ("eingang.offen_anfang", "eingang.offen", "leistungen.laufend_anfang", "leistungen.laufend_ende")
"""What stood there already, and what goes on: beside the events, not among them."""
NEUTRAL = tuple(f"wirkungen.gruende.{reason}" for reason in (ClosingReason.NO_SOLUTION, ClosingReason.WITHDRAWN))
"""Reasons that the published table does not know: printed only where they occur (CON-28)."""
SELF_RUN = (
    "selbst.laufend_anfang",
    "selbst.angemeldet",
    "selbst.abgeschlossen",
    "selbst.laufend_ende",
    "leistungen.gespraeche_selbst",
)
"""What offices run themselves, and the meetings held so (RT-22)."""
SOLUTIONS = tuple(f"wirkungen.loesung_art.{solution}" for solution in Solution)
OTHERS = f"eingang.anmeldende.{StatisticsGroup.OTHER}"

SMALL = 5
"""Fewer people than this could be recognised: merged with others in what leaves the office (REP-15)."""
NAMED_TOGETHER = 3
"""Up to so many merged categories are told by their names."""
NAMED = 8
"""How many names of other offices the footnote prints."""


@dataclass(frozen=True)
class Bar:
    """One row of a chart: a value and the length of its bar, in percent of the longest."""

    label: str
    cell: Cell
    length: float


@dataclass(frozen=True)
class Chart:
    """One chart: a table whose numbers stand beside their bars, so that nothing has to be read off a drawing."""

    name: str
    title: str
    bars: list[Bar]


def page(report: RoundtableReport, address: Address) -> dict[str, Any]:
    """What the page shows."""
    lines = _lines(report)
    named = [line.key for line in lines.values() if line.key.startswith(f"{TEXTS.key}.")]
    reasons = [line.key for line in lines.values() if line.key.startswith(f"{REASON.key}.") and report.values[line.key]]
    entry = ["eingang.anmeldungen", "eingang.gestartet", "eingang.kein_prozess", *reasons]

    def table(caption: str, keys: Iterable[str], head: str, parts: Collection[str] = ()) -> Table:
        rows = []
        for key in keys:
            line = lines[key]
            level = 1 if key in parts else line.level
            rows.append(Row(_starred(key, str(line.label)), [cell(report, key, line.label, address)], level))
        return Table(caption, ["", head], rows)

    registering = [line.key for line in lines.values() if line.key.startswith("eingang.anmeldende.")]
    done = ["leistungen.begleitete_prozesse", "leistungen.gespraeche"]
    return {
        "tables": {
            "entry": table(_("Anmeldungen und Entscheide"), entry, _("Fälle"), reasons),
            "registering": _flat(table(_("Anmeldende IIZ-Institution"), registering, _("Anmeldungen"))),
            "effects": table(_("Abgeschlossene Prozesse und Abschlussgründe"), _effects(lines), _("Fälle")),
            "services": table(_("Begleitete Prozesse und Gespräche"), done, _("Anzahl")),
            "stocks": table(_("Bestände"), STOCKS, _("Fälle")),
            "alone": table(_("Roundtables ohne die Koordinationsstelle"), SELF_RUN, _("Anzahl")),
        },
        "others": [(str(lines[key].label), cell(report, key, lines[key].label, address)) for key in named],
        "charts": charts(report, address),
        "cumulated": _cumulated_cell(report, N.key, _("Alle Anmeldungen"), address),
        "totals": {"number": report.totals.numbers[N.key], "years": _years(report.totals.years)},
    }


def layout(report: RoundtableReport) -> dict[str, Any]:
    """The printed report: the published table on one page, the five charts on the next.

    Beyond the published table small numbers are left out or merged, because the paper leaves the office (REP-15).
    """
    lines = _lines(report)
    effects = [lines[key] for key in _effects(lines) if key not in SOLUTIONS]
    effects = [line for line in effects if line.key not in NEUTRAL or report.values[line.key]]
    services = [lines["leistungen.begleitete_prozesse"], lines["leistungen.gespraeche"]]
    alone = [lines[key] for key in SELF_RUN] if any(report.values[key] for key in SELF_RUN) else []
    names = sorted(_texts(report).items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        "entry": printed(report, [lines["eingang.anmeldungen"], lines["eingang.kein_prozess"]]),
        "registering": [
            Printed(_starred(line.key, str(line.label)), report.values[line.key], 0)
            for line in lines.values()
            if line.key.startswith("eingang.anmeldende.")
        ],
        "footnote": ", ".join(name for name, _number in names[:NAMED]),
        "footnote_goes_on": len(names) > NAMED,
        "effects": [Printed(_with_solutions(line), report.values[line.key], line.level) for line in effects],
        "services": printed(report, services),
        "stocks": printed(report, [lines[key] for key in STOCKS]),
        "alone": printed(report, alone),
        "n": report.values[N.key],
        "since": _first_year(report),
        "totals": {"number": report.totals.numbers[N.key], "years": _years(report.totals.years)},
        "charts": charts(report, lambda key: "", merged=True),
    }


def charts(report: RoundtableReport, address: Address, *, merged: bool = False) -> list[Chart]:
    """The five cumulated charts (REP-02), small categories ``merged`` or not; the years are published anyway."""
    found = []
    lines = _lines(report)
    for dimension, spread in CUMULATED.items():
        keys = [key for key in lines if key.startswith(f"{spread.key}.")]
        if spread.years:
            first = next((place for place, key in enumerate(keys) if report.values[key]), len(keys))
            keys = keys[first:]
        rows = [(str(lines[key].label), _cumulated_cell(report, key, lines[key].label, address)) for key in keys]
        if merged and dimension != Dimension.REGISTRATIONS:
            rows = _merge(rows)
        longest = max((one.value for _label, one in rows), default=0)
        bars = [Bar(label, one, round(one.value / longest * 100, 1) if longest else 0) for label, one in rows]
        found.append(Chart(spread.key.replace(".", "-"), str(TITLES[spread.key]), bars))
    return found


def _merge(rows: list[tuple[str, Cell]]) -> list[tuple[str, Cell]]:
    """Categories of a few people become one, and the next smallest with them until they are enough."""
    by_size = sorted((row for row in rows if row[1].value), key=lambda row: row[1].value)
    small = [row for row in by_size if row[1].value < SMALL]
    if not small:
        return rows
    while sum(one.value for _label, one in small) < SMALL and len(small) < len(by_size):
        small = by_size[: len(small) + 1]
    if len(small) == 1:
        return rows  # everybody is in one category: there is nothing to tell them by
    merged = [label for label, one in rows if (label, one) in small]
    label = ", ".join(merged) if len(merged) <= NAMED_TOGETHER else _("übrige")
    rest = (label, Cell(sum(one.value for _label, one in small), label))
    return [*(row for row in rows if row not in small and row[1].value), rest]


def _lines(report: RoundtableReport) -> dict[str, Line]:
    return {line.key: line for block in report.blocks for line in block.lines}


def _effects(lines: dict[str, Line]) -> list[str]:
    return [key for key in lines if key.startswith("wirkungen.")]


def _flat(table: Table) -> Table:
    """A table whose rows are parts of nothing that stands in it."""
    return Table(table.caption, table.head, [Row(row.label, row.cells) for row in table.rows])


def _starred(key: str, label: str) -> str:
    """The one line with a footnote."""
    return f"{label} *" if key == OTHERS else label


def _with_solutions(line: Line) -> str:
    """The published words: the kinds of solution stand in the line, not below it."""
    if line.key != f"wirkungen.gruende.{ClosingReason.SOLUTION}":
        return str(line.label)
    return _("%(label)s (Weiterbegleitung in Regelstruktur oder IV-Rente)") % {"label": line.label}


def _texts(report: RoundtableReport) -> dict[str, int]:
    path = f"{TEXTS.key}."
    return {key.removeprefix(path): number for key, number in report.values.items() if key.startswith(path)}


def _cumulated_cell(report: RoundtableReport, key: str, label: object, address: Address) -> Cell:
    """A figure of which a part may have no cases behind it."""
    value, cases = report.values[key], report.cases(key)
    return Cell(value, str(label), address(key) if cases else "", None if cases == value else cases)


def _years(years: Collection[int]) -> str:
    """The years of the totals in words: *2009 bis 2022*."""
    if not years:
        return ""
    return (
        str(min(years)) if len(years) == 1 else _("%(first)s bis %(last)s") % {"first": min(years), "last": max(years)}
    )


def _first_year(report: RoundtableReport) -> int:
    """The first year with a registration, else that of the end."""
    path = f"{CUMULATED[Dimension.REGISTRATIONS].key}."
    years = [int(key.removeprefix(path)) for key, number in report.values.items() if key.startswith(path) and number]
    return min(years, default=report.period.last.year)
