"""How the figures of Optima are laid out: as the Standardreporting prints them, and in tables by institution."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from iiz.core.enums import OPTIMA_GROUPS, StatisticsGroup
from optima.enums import Outcome, Zielgruppe

from ..charts import bars
from ..report import Report
from . import Address, Cell, Row, Table, cell, durations, printed

STOCKS = ("prozess.offen_anfang", "prozess.laufend_anfang", "prozess.laufend_ende")
"""What stood there already, and what goes on: printed beside the sums, not among the events."""


def layout(report: Report) -> dict[str, Any]:
    """The printed report: blocks of lines in published order.

    After the published lines of a block come those without which the sums do not add up (CON-01, OUT-03).
    """
    lines = {block.name: block.lines for block in report.blocks}
    process = [line for line in lines["prozess"] if line.key not in STOCKS]
    process = [line for line in process if ".angenommen_nach_auftragnehmer." not in line.key]
    promises = [line for line in lines["kostengutsprachen"] if ".nach_zahler" not in line.key]
    stocks = [line for line in lines["prozess"] if line.key in STOCKS]
    return {
        "orders": printed(report, lines["auftraege"]),
        "process": printed(report, process, whole=("prozess.zurueckgezogen",)),
        "promises": printed(report, promises),
        "closed": printed(report, lines["wirkungen"][:4]),
        "outcomes": printed(report, lines["wirkungen"][4:]),
        "stocks": printed(report, stocks),
    }


def page(report: Report, address: Address) -> dict[str, Any]:
    """What the page shows: the applications, the tables, the bars and the turnaround times."""
    return {
        "arrivals": cell(report, "auftraege.anmeldungen", _("Anzahl Anmeldungen"), address),
        "tables": _Tables(report, address).all(),
        "bars": bars(report),
        "turnarounds": durations(report, address),
    }


class _Tables:
    def __init__(self, report: Report, address: Address) -> None:
        self.report = report
        self.address = address
        self.lines = {line.key: line for block in report.blocks for line in block.lines}
        self.groups = [str(StatisticsGroup(group).label) for group in OPTIMA_GROUPS]
        self.by_group = ["", *self.groups, _("Total")]

    def all(self) -> dict[str, Table]:
        """Every table by name."""
        return {
            "orders": self._orders(),
            "pairs": self._pairs(),
            "process": self._process(),
            "promises": self._promises(),
            "outcomes": self._outcomes(),
            "target_groups": self._target_groups(),
        }

    def _cell(self, key: str, label: object) -> Cell:
        return cell(self.report, key, label, self.address)

    def _line(self, label: str, keys: Iterable[str], heads: Sequence[str]) -> Row:
        return Row(label, [self._cell(key, f"{label}, {head}") for key, head in zip(keys, heads, strict=True)])

    def _split(self, label: str, key: str, total: str) -> Row:
        keys = [*(f"{key}.{group}" for group in OPTIMA_GROUPS), total]
        return self._line(label, keys, self.by_group[1:])

    def _orders(self) -> Table:
        return Table(
            _("Anmeldungen nach Auftraggeber und Auftragnehmer"),
            self.by_group,
            [
                self._split(_("Auftraggeber"), "auftraege.auftraggeber", "auftraege.auftraggeber_total"),
                self._split(_("Auftragnehmer"), "auftraege.auftragnehmer", "auftraege.auftragnehmer_total"),
            ],
        )

    def _pairs(self) -> Table:
        rows = [
            self._line(
                str(StatisticsGroup(principal).label),
                [
                    *(f"auftraege.von_nach.{principal}→{contractor}" for contractor in OPTIMA_GROUPS),
                    f"auftraege.auftraggeber.{principal}",
                ],
                [*(f"→ {name}" for name in self.groups), _("Total")],
            )
            for principal in OPTIMA_GROUPS
        ]
        rows.append(self._split(_("Total"), "auftraege.auftragnehmer", "auftraege.anmeldungen"))
        return Table(_("Zeilen: Auftraggeber, Spalten: Auftragnehmer"), [_("von / an"), *self.by_group[1:]], rows, True)

    def _process(self) -> Table:
        split = [line for line in self.lines.values() if line.key.startswith("prozess.")]
        order = [line for line in split if ".angenommen_nach_auftragnehmer." not in line.key]
        rows = [
            Row(str(line.label), [self._cell(line.key, line.label)], line.level)
            for line in sorted(order, key=lambda line: line.key in STOCKS)
        ]
        return Table(_("Entscheide und Bestände"), ["", _("Fälle")], rows)

    def _promises(self) -> Table:
        key = "kostengutsprachen"
        return Table(
            _("Kostengutsprachen nach Auftragnehmer; letzte Zeile nach zahlender Stelle"),
            self.by_group,
            [
                self._split(_("Beantragt"), f"{key}.beantragt", f"{key}.beantragt.total"),
                self._split(_("Bewilligt"), f"{key}.bewilligt", f"{key}.bewilligt.total"),
                self._split(_("Abgelehnt"), f"{key}.abgelehnt", f"{key}.abgelehnt.total"),
                self._split(_("Beantragt, nach Zahler"), f"{key}.nach_zahler", f"{key}.nach_zahler_total"),
            ],
        )

    def _outcomes(self) -> Table:
        rows = [
            self._split(str(outcome.label), f"wirkungen.{outcome}", f"wirkungen.{outcome}.total") for outcome in Outcome
        ]
        closed = "wirkungen.abgeschlossen"
        rows.append(self._split(_("Abgeschlossene Fälle"), closed, f"{closed}.total"))
        return Table(_("Abschlussgründe nach Auftragnehmer"), self.by_group, rows, True)

    def _target_groups(self) -> Table:
        names = [*Zielgruppe.values, _("ohne")]
        keys = [f"zielgruppen.{name}" for name in (*Zielgruppe.values, "ohne")]
        return Table(_("Anmeldungen nach Zielgruppe"), ["", *names], [self._line(_("Anmeldungen"), keys, names)])
