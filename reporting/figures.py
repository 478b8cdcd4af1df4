"""The statistics of each service: counted, checked, in the contracted shape, and the cases behind each figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import OPTIMA_GROUPS, Service, StatisticsGroup
from iiz.core.models.case import CaseQuerySet
from optima.enums import Outcome

from .counting import Period, behind, count, nest, snapshot
from .optima import TURNAROUNDS, Block, blocks, counted
from .optima import figures as declared


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
class Report:
    """All figures of a period, as counted at ``as_of``."""

    period: Period
    as_of: dt.datetime
    blocks: tuple[Block, ...]
    values: dict[str, int]
    medians: dict[str, float | int | None]

    @property
    def checks(self) -> list[Check]:
        """The sums that must hold; a failing one shows that data contradict each other."""
        v = self.values
        outcomes = [f"wirkungen.{outcome}" for outcome in Outcome]
        rows = [
            Check(
                "offen_anfang + anmeldungen = angenommen + abgelehnt + zurueckgezogen + offen",
                _("Offene zu Beginn und Anmeldungen = Angenommene, Abgelehnte, Zurückgezogene und Offene am Ende"),
                (
                    v["prozess.offen_anfang"] + v["auftraege.anmeldungen"],
                    v["prozess.angenommen"]
                    + v["prozess.abgelehnt.total"]
                    + v["prozess.zurueckgezogen"]
                    + v["prozess.offen"],
                ),
            ),
            Check(
                "laufend_anfang + angenommen = abgeschlossen + nicht_zustande + laufend_ende",
                _("Laufende zu Beginn und Angenommene = Abgeschlossene, nicht zustande Gekommene und Laufende am Ende"),
                (
                    v["prozess.laufend_anfang"] + v["prozess.angenommen"],
                    v["wirkungen.abgeschlossen.total"] + v["prozess.nicht_zustande"] + v["prozess.laufend_ende"],
                ),
            ),
            Check(
                "principals = contractors = anmeldungen",
                _("Auftraggeber = Auftragnehmer = Anmeldungen"),
                (
                    self._sum("auftraege.auftraggeber"),
                    self._sum("auftraege.auftragnehmer"),
                    v["auftraege.anmeldungen"],
                ),
            ),
            Check(
                "reasons = abgelehnt",
                _("Ablehnungsgründe = Abgelehnte"),
                (
                    sum(n for k, n in v.items() if k.startswith("prozess.abgelehnt.") and not k.endswith(".total")),
                    v["prozess.abgelehnt.total"],
                ),
            ),
            Check(
                "outcomes = closed",
                _("Abschlussgründe = Abgeschlossene"),
                (sum(v[f"{key}.total"] for key in outcomes), v["wirkungen.abgeschlossen.total"]),
            ),
        ]
        rows += [
            Check(
                f"outcomes = closed ({group})",
                _("Abschlussgründe = Abgeschlossene, %(group)s") % {"group": StatisticsGroup(group).label},
                (sum(v[f"{key}.{group}"] for key in outcomes), v[f"wirkungen.abgeschlossen.{group}"]),
            )
            for group in OPTIMA_GROUPS
        ]
        return rows

    @property
    def ahead(self) -> bool:
        """Whether the period goes on after the data end: what happens later is missing (CON-06)."""
        return self.period.last > timezone.localdate(self.as_of)

    def as_json(self) -> dict[str, Any]:
        """The contracted shape; every key is present, zero included."""
        turnarounds = {
            row.name: {"n": self.values[row.figure.key], "median_tage": self.medians[row.name]} for row in TURNAROUNDS
        }
        return {
            "service": Service.OPTIMA.value,
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "as_of": self.as_of.isoformat(timespec="seconds"),
            **nest({key: n for key, n in self.values.items() if not key.startswith("durchlaufzeiten.")}),
            "durchlaufzeiten": turnarounds,
            "checks": [{"name": row.name, "ok": row.ok, "sides": list(row.sides)} for row in self.checks],
        }

    def _sum(self, key: str) -> int:
        return sum(self.values[f"{key}.{group}"] for group in OPTIMA_GROUPS)


def report(period: Period, cases: CaseQuerySet | None = None) -> Report:
    """Count everything for ``period`` among ``cases`` (all, if left out), drafts excepted."""
    printed = blocks()
    every = [line.figure for block in printed for line in block.lines]
    every += [row.figure for row in TURNAROUNDS]
    as_of = timezone.localtime()
    with snapshot():
        counts = count(counted(cases), period, every)
    return Report(
        period,
        as_of,
        printed,
        {figure.key: counts.of(figure) for figure in every},
        {row.name: counts.median(row.figure, "days") for row in TURNAROUNDS},
    )


SERVICES: dict[str, Callable[[dt.date, dt.date], dict[str, Any]]] = {}
"""Service → statistics of a period, for those services that have some."""


def optima(first: dt.date, last: dt.date, cases: CaseQuerySet | None = None) -> dict[str, Any]:
    """The statistics of Optima from ``first`` to ``last``, both inclusive, as the contracted JSON.

    Among ``cases``, or all; ``ValueError`` when the period ends before it begins.
    """
    return report(Period(first, last), cases).as_json()


SERVICES["optima"] = optima


def cases_behind(cases: CaseQuerySet, params: dict[str, str]) -> CaseQuerySet:
    """The filter ``kennzahl`` of the case list: those of ``cases`` that the figure counts from ``von`` to ``bis``.

    An unknown figure or a broken period has no cases behind it.
    """
    figure = declared().get(params.get("kennzahl", ""))
    try:
        period = Period(dt.date.fromisoformat(params["von"]), dt.date.fromisoformat(params["bis"]))
    except (KeyError, ValueError):
        return cases.none()
    return behind(counted(cases), figure, period) if figure else cases.none()


def words_behind(params: dict[str, str]) -> str:
    """The figure of the filter ``kennzahl`` and its period in words; empty if either does not exist."""
    key = params.get("kennzahl", "")
    try:
        period = Period(dt.date.fromisoformat(params["von"]), dt.date.fromisoformat(params["bis"]))
    except (KeyError, ValueError):
        return ""
    span = f"{period.first:%d.%m.%Y} – {period.last:%d.%m.%Y}"
    for block in blocks():
        above: list[str] = []
        for line in block.lines:
            above = [*above[: line.level], str(line.label)]
            if line.key == key:
                return f"{block.title}: {' · '.join(above)} ({span})"
    label = next((row.label for row in TURNAROUNDS if row.figure.key == key), "")
    return f"{label} ({span})" if label else ""
