"""The figures of Roundtable: each declared once, in the order in which they are printed (REP-01 to REP-03).

Labels are those of the published table; only *Standortgespräch* is left to Optima (CON-42). Arrivals, start decisions,
closures and meetings count on their own day; a start is not tied to a meeting (CON-31). The cumulated figures count all
arrivals up to the end of the period, the totals of years without cases included. What offices run themselves stands
apart (RT-22).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from iiz.core.cases import OUT_OF_CANTON, UNKNOWN
from iiz.core.enums import AgeBand, Phase, Service, Sex, StatisticsGroup
from iiz.core.models import Case, Municipality
from iiz.core.models.case import CaseQuerySet
from roundtable.models import NotStartedReason

from .counting import Counts, Figure, Period, Spread, count, nest
from .models import Dimension, LegacyTotal
from .report import Block, Check, Line, Report
from .roundtable_lines import CUMULATED, GROUP_LABELS, LISTED, REASON, REASONS, TEXTS, TITLES, N

FIRST_YEAR = 2009
"""Since when there is the service, then called *IIZ-Standortgespräch* (RT-01): the cumulated years begin with it."""

EXAMPLE_PREFIX = "Beispiel-R"
"""How the numbers of the shipped example begin; real numbers never do."""


@dataclass(frozen=True)
class Totals:
    """The yearly totals up to a year: by figure, and for which years there are some."""

    numbers: Counter[str] = field(default_factory=Counter)
    years: frozenset[int] = frozenset()

    @classmethod
    def up_to(cls, last: dt.date) -> Totals:
        """Those of whole years that end by ``last``; what a year does not tell apart is *unbekannt*."""
        until = last.year if (last.month, last.day) == (12, 31) else last.year - 1
        numbers: Counter[str] = Counter()
        rest: Counter[tuple[str, int]] = Counter()
        years = set()
        rows = LegacyTotal.objects.filter(service=Service.ROUNDTABLE, year__lte=until).order_by()
        for year, dimension, value, number in rows.values_list("year", "dimension", "value", "number"):
            years.add(year)
            whole = dimension == Dimension.REGISTRATIONS
            numbers[f"{CUMULATED[Dimension(dimension)].key}.{year if whole else value}"] += number
            for other in CUMULATED if whole else [Dimension(dimension)]:
                rest[other, year] += number if whole else -number
        for (dimension, _year), number in rest.items():
            if dimension != Dimension.REGISTRATIONS and number > 0:
                numbers[f"{CUMULATED[Dimension(dimension)].key}.{UNKNOWN}"] += number
        numbers[N.key] = sum(n for key, n in numbers.items() if key.startswith("kumuliert.jahre."))
        return cls(numbers, frozenset(years))


@dataclass(frozen=True)
class RoundtableReport(Report):
    """The figures of Roundtable. ``totals`` are in the cumulated ones without a case behind them."""

    totals: Totals = field(default_factory=Totals, kw_only=True)
    labels: dict[str, Any] = field(default_factory=dict, kw_only=True)

    service = Service.ROUNDTABLE

    @property
    def checks(self) -> list[Check]:
        """Registrations are decided or open, started processes closed or running, and parts make their whole."""
        v = self.values
        entry, done, effects = "eingang", "leistungen", "wirkungen"
        running = v[f"{done}.laufend_anfang"] + v[f"{entry}.gestartet"]
        return [
            Check(
                "offen_anfang + anmeldungen = gestartet + kein_prozess + offen",
                _("Offene zu Beginn und Anmeldungen = Gestartete, nicht Gestartete und Offene am Ende"),
                (
                    v[f"{entry}.offen_anfang"] + v[f"{entry}.anmeldungen"],
                    v[f"{entry}.gestartet"] + v[f"{entry}.kein_prozess"] + v[f"{entry}.offen"],
                ),
            ),
            Check(
                "laufend_anfang + gestartet = abgeschlossen + laufend_ende",
                _("Laufende zu Beginn und Gestartete = Abgeschlossene und Laufende am Ende"),
                (running, v[f"{effects}.abgeschlossen"] + v[f"{done}.laufend_ende"]),
            ),
            Check(
                "laufend_anfang + gestartet = begleitete_prozesse",
                _("Laufende zu Beginn und Gestartete = begleitete Prozesse"),
                (running, v[f"{done}.begleitete_prozesse"]),
            ),
            Check(
                "selbst: laufend_anfang + angemeldet = abgeschlossen + laufend_ende",
                _("Selbst geführt: Laufende zu Beginn und Angemeldete = Abgeschlossene und Laufende am Ende"),
                (
                    v["selbst.laufend_anfang"] + v["selbst.angemeldet"],
                    v["selbst.abgeschlossen"] + v["selbst.laufend_ende"],
                ),
            ),
            Check(
                "anmeldende = anmeldungen",
                _("Anmeldende Institutionen = Anmeldungen"),
                (self.sum_below(f"{entry}.anmeldende"), v[f"{entry}.anmeldungen"]),
            ),
            Check(
                "anmeldende_texte = ANDERE",
                _("Namen der anderen Stellen = andere Anmeldende"),
                (self.sum_below(TEXTS.key), v[f"{entry}.anmeldende.{StatisticsGroup.OTHER}"]),
            ),
            Check(
                "kein_prozess_gruende = kein_prozess",
                _("Gründe = nicht gestartete Prozesse"),
                (self.sum_below(REASON.key), v[f"{entry}.kein_prozess"]),
            ),
            Check(
                "gruende = abgeschlossen",
                _("Abschlussgründe = Abgeschlossene"),
                (self.sum_below(f"{effects}.gruende"), v[f"{effects}.abgeschlossen"]),
            ),
            Check(
                "kumuliert: n = jahre = regionen = geschlecht = alter = anmeldende",
                _("Kumuliert: N = Summe jeder Aufteilung"),
                (v[N.key], *(self.sum_below(spread.key) for spread in CUMULATED.values())),
            ),
            Check(
                "no year with totals and cases",
                _("Jahre mit Jahrestotalen und zugleich mit Fällen = 0"),
                (0, sum(1 for year in self.totals.years if self.cases(f"kumuliert.jahre.{year}"))),
            ),
        ]

    def cases(self, key: str) -> int:
        """How many cases are behind a figure; the totals have none."""
        return self.values.get(key, 0) - self.totals.numbers[key]

    def shape(self) -> dict[str, Any]:
        """The figures; names of institutions may hold any character, so they are no path."""
        texts = f"{TEXTS.key}."
        plain = nest({key: n for key, n in self.values.items() if not key.startswith(texts)})
        plain["eingang"]["anmeldende_texte"] = {
            key.removeprefix(texts): n for key, n in self.values.items() if key.startswith(texts)
        }
        return plain


def report(period: Period, cases: CaseQuerySet | None, as_of: dt.datetime, whole: bool) -> RoundtableReport:
    """Count everything for ``period`` among ``cases`` (all, if left out) but drafts; the ``whole`` with totals."""
    listed = [line.figure for block in LISTED for line in block.lines]
    spreads = [REASON, TEXTS, *CUMULATED.values()]
    counts = count(counted(cases), period, [*listed, N, *(spread.whole for spread in spreads)])
    totals = Totals.up_to(period.last) if whole else Totals()
    labels = _labels(min(period.last, as_of.date()).year)
    values = {figure.key: counts.of(figure) for figure in listed}
    for spread in (REASON, TEXTS):
        values |= _spread(spread, counts, totals, labels)
    values[N.key] = counts.of(N) + totals.numbers[N.key]
    for spread in CUMULATED.values():
        values |= _spread(spread, counts, totals, labels)
    found = [_block(spread, values, labels) for spread in spreads]
    n = Block("kumuliert", _("Kumuliert"), (Line(N, _("Alle Anmeldungen bis zum Ende des Zeitraums")),))
    blocks = (*LISTED, *found[:2], n, *found[2:])
    return RoundtableReport(period, as_of, blocks, values, totals=totals, labels=labels)


def _spread(spread: Spread, counts: Counts, totals: Totals, labels: dict[str, Any]) -> dict[str, int]:
    """Each value of a spread: the listed ones in their order, then what else occurs."""
    found = Counter({f"{spread.key}.{name}": number for name, number in counts.spread(spread).items()})
    found.update({key: number for key, number in totals.numbers.items() if key.startswith(f"{spread.key}.")})
    listed = [key for key in labels if key.startswith(f"{spread.key}.")]
    others = sorted(found.keys() - set(listed))
    # Years stand in their order, whichever of them were expected; *unbekannt* comes last.
    keys = sorted({*listed, *others}) if spread.years else [*listed, *others]
    keys.sort(key=lambda key: key.endswith(f".{UNKNOWN}"))
    return {key: found[key] for key in keys}


def _block(spread: Spread, values: dict[str, int], labels: dict[str, Any]) -> Block:
    lines = []
    for key in values:
        name = key.removeprefix(f"{spread.key}.")
        figure = spread.figure(name) if name != key else None
        if figure is not None:
            lines.append(Line(figure, labels.get(key, name)))
    return Block(spread.key, TITLES[spread.key], tuple(lines))


def _labels(last_year: int) -> dict[str, Any]:
    """The values that are always told, with their words, in printed order."""
    regions = Municipality.objects.order_by("region").values_list("region", flat=True).distinct()
    sexes = [*((sex.value, sex.label) for sex in Sex), (UNKNOWN, _("unbekannt"))]
    found: list[tuple[Spread, Iterable[tuple[Any, Any]]]] = [
        (REASON, [*_reasons().items(), (UNKNOWN, _("ohne Angabe"))]),
        (CUMULATED[Dimension.REGISTRATIONS], ((year, str(year)) for year in range(FIRST_YEAR, last_year + 1))),
        (
            CUMULATED[Dimension.REGION],
            [
                *((region, region) for region in regions if region),
                (OUT_OF_CANTON, _("ausserkantonal")),
                (UNKNOWN, _("unbekannt")),
            ],
        ),
        (CUMULATED[Dimension.SEX], sexes),
        (CUMULATED[Dimension.AGE], AgeBand.choices),
        (CUMULATED[Dimension.REGISTERING], GROUP_LABELS.items()),
    ]
    return {f"{spread.key}.{name}": label for spread, rows in found for name, label in rows}


def _reasons() -> dict[str, Any]:
    """The reasons not to start: those that imports name, then what the coordination office has added (NFR-07)."""
    added = NotStartedReason.objects.exclude(code__in=REASONS).order_by("position", "valid_from")
    return {**REASONS, **dict(added.values_list("code", "label"))}


def figure(key: str) -> Figure | None:
    """The figure called ``key``, if there is one."""
    if key == N.key:
        return N
    for block in LISTED:
        for line in block.lines:
            if line.key == key:
                return line.figure
    for spread in (REASON, TEXTS, *CUMULATED.values()):
        if key.startswith(f"{spread.key}."):
            return spread.figure(key.removeprefix(f"{spread.key}."))
    return None


def words(key: str) -> str:
    """What the figure called ``key`` says; empty if there is none."""
    found = figure(key)
    if found is None:
        return ""
    if found is N:
        return str(_("Roundtable: alle Anmeldungen"))
    for block in LISTED:
        above: list[str] = []
        for line in block.lines:
            above = [*above[: line.level], str(line.label)]
            if line.key == key:
                return f"{block.title}: {' · '.join(above)}"
    path = next(path for path in TITLES if key.startswith(f"{path}."))
    label = _labels(0).get(key, key.removeprefix(f"{path}."))
    return f"{TITLES[path]}: {label}"


def counted(cases: CaseQuerySet | None = None) -> CaseQuerySet:
    """Those of ``cases`` (all, if left out) that figures may count: drafts never do."""
    cases = Case.objects.all() if cases is None else cases
    return cases.filter(service=Service.ROUNDTABLE).exclude(phase=Phase.DRAFT)


def holds_example(cases: CaseQuerySet) -> bool:
    """Whether the shipped example is among ``cases``: but for its sums it is invented."""
    return cases.filter(service=Service.ROUNDTABLE, number__startswith=EXAMPLE_PREFIX).exists()
