"""The figures of Optima: each declared once, in the order in which they are printed (REP-04 to REP-10).

Labels are those of the published Standardreporting. Arrivals, decisions, closures and Kostengutsprachen count
on their own day; *offen* and *laufend* are stocks at the beginning and the end of the period, never today's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import OPTIMA_GROUPS, Origin, Phase, Service, StatisticsGroup
from iiz.core.models import Case
from iiz.core.models.case import CaseQuerySet
from optima.enums import CostDecision, Decision, OptimaState, Outcome, Zielgruppe
from optima.models import RefusalReason

from .counting import GIVEN, Column, Event, Figure, Period, Span, Stock, count, nest
from .report import Block, Check, Duration, Line, Report

EXAMPLE_PREFIX = "Beispiel-"
"""How the numbers of the shipped example begin; real numbers never do."""

REASONS = {
    "iv_ablehnung_unter_1_jahr": _("IV-Ablehnung < 1 Jahr zurück"),
    "kein_intaktes_arbeitsangebot": _("Kein intaktes Arbeitsangebot"),
    "keine_kapazitaet": _("Keine Kapazität"),
    "sonstige": _("Sonstige"),
    "zielsetzung_nicht_realisierbar": _("Zielsetzung nicht realisierbar"),
}
"""The published reasons in printed order (OUT-01); reasons added since follow behind."""

Where = Mapping[str, Any]
NOWHERE: Where = {}
"""No further condition: all events count."""

CONTRACTOR = Column("antrag__contractor_group")

ARRIVED = Event(
    "arrived",
    "arrived_on",
    {
        "principal": Column("antrag__principal_group"),
        "contractor": CONTRACTOR,
        "zielgruppe": Column("antrag__zielgruppe"),
    },
)
DECIDED = Event(
    "decided",
    "antrag__decided_on",
    {
        "decision": Column("antrag__decision"),
        "reason": Column("antrag__refusal_reason__code"),
        "contractor": CONTRACTOR,
        "days": Span("antrag__decided_on", since="arrived_on"),
    },
)
HANDED_OVER = Event(
    "handed_over",
    "antrag__handover_on",
    {"days": Span("antrag__handover_on", since="antrag__decided_on")},
)
ENDED = Event(
    "ended",
    "ended_on",
    {
        "state": Column("state"),
        "contractor": CONTRACTOR,
        "outcome": Column("antrag__outcome"),
        "days": Span("ended_on", since="antrag__started_on"),
    },
)
KG_REQUESTED = Event(
    "kg_requested",
    "kostengutsprachen__requested_on",
    {"contractor": CONTRACTOR, "payer": Column("kostengutsprachen__payer__statistics_group")},
    many=True,
)
KG_DECIDED = Event(
    "kg_decided",
    "kostengutsprachen__decided_on",
    {"contractor": CONTRACTOR, "decision": Column("kostengutsprachen__decision")},
    many=True,
)

OPEN_BEFORE = Stock(
    "open_before",
    lambda period: (
        Q(arrived_on__lt=period.first) & (Q(antrag__decided_on=None) | Q(antrag__decided_on__gte=period.first))
    ),
)
OPEN_AFTER = Stock(
    "open_after",
    lambda period: (
        Q(arrived_on__lte=period.last) & (Q(antrag__decided_on=None) | Q(antrag__decided_on__gt=period.last))
    ),
)
RUNNING_BEFORE = Stock(
    "running_before",
    lambda period: (
        Q(antrag__decision=Decision.ACCEPTED, antrag__decided_on__lt=period.first)
        & (Q(ended_on=None) | Q(ended_on__gte=period.first))
    ),
)
RUNNING_AFTER = Stock(
    "running_after",
    lambda period: (
        Q(antrag__decision=Decision.ACCEPTED, antrag__decided_on__lte=period.last)
        & (Q(ended_on=None) | Q(ended_on__gt=period.last))
    ),
)


@dataclass(frozen=True)
class Turnaround:
    """How long a part of the way takes: the median of ``days`` among what ``figure`` counts (REP-10)."""

    name: str
    label: Any
    event: Event
    where: dict[str, Any]

    @property
    def figure(self) -> Figure:
        """How many cases went this part of the way in the period."""
        return Figure(f"durchlaufzeiten.{self.name}.n", self.event, {**self.where, "days": GIVEN})


TURNAROUNDS = (
    Turnaround("anmeldung_entscheid", _("Anmeldung bis Entscheid"), DECIDED, {}),
    Turnaround("entscheid_uebergabe", _("Entscheid bis Übergabegespräch"), HANDED_OVER, {}),
    Turnaround(
        "start_abschluss",
        _("Beginn der Fallarbeit bis Abschluss"),
        ENDED,
        {"state": (OptimaState.CLOSED,)},
    ),
)


def _by_group(key: str, event: Event, column: str, where: Where = NOWHERE, level: int = 1) -> Iterator[Line]:
    """One line for each of IV, RAV and Sozialhilfe."""
    for group in OPTIMA_GROUPS:
        figure = Figure(f"{key}.{group}", event, {**where, column: (group,)})
        yield Line(figure, StatisticsGroup(group).label, level)


def _total(key: str, label: Any, event: Event, where: Where = NOWHERE, level: int = 0) -> Iterator[Line]:
    """A total and its parts by contractor."""
    yield Line(Figure(f"{key}.total", event, where), label, level)
    yield from _by_group(key, event, "contractor", where, level + 1)


def _orders() -> Iterator[Line]:
    yield Line(Figure("auftraege.anmeldungen", ARRIVED), _("Anzahl Anmeldungen"))
    for name, label, column in (
        ("auftraggeber", _("Auftraggeber"), "principal"),
        ("auftragnehmer", _("Auftragnehmer"), "contractor"),
    ):
        yield Line(Figure(f"auftraege.{name}_total", ARRIVED, {column: OPTIMA_GROUPS}), label)
        yield from _by_group(f"auftraege.{name}", ARRIVED, column)


def _pairs() -> Iterator[Line]:
    for principal in OPTIMA_GROUPS:
        for contractor in OPTIMA_GROUPS:
            where = {"principal": (principal,), "contractor": (contractor,)}
            key = f"auftraege.von_nach.{principal}→{contractor}"
            label = f"{StatisticsGroup(principal).label} → {StatisticsGroup(contractor).label}"
            yield Line(Figure(key, ARRIVED, where), label)


def _process(reasons: dict[str, Any]) -> Iterator[Line]:
    accepted = {"decision": (Decision.ACCEPTED,)}
    refused = {"decision": (Decision.REFUSED,)}
    yield Line(Figure("prozess.offen_anfang", OPEN_BEFORE), _("Offen zu Beginn des Zeitraums"))
    yield Line(Figure("prozess.angenommen", DECIDED, accepted), _("Angenommene Aufträge"))
    yield from _by_group("prozess.angenommen_nach_auftragnehmer", DECIDED, "contractor", accepted)
    yield Line(Figure("prozess.abgelehnt.total", DECIDED, refused), _("Abgelehnte Aufträge"))
    for code, label in reasons.items():
        yield Line(Figure(f"prozess.abgelehnt.{code}", DECIDED, {**refused, "reason": (code,)}), label, 1)
    back = (Decision.WITHDRAWN, Decision.CLIENT_DECLINED)
    yield Line(Figure("prozess.zurueckgezogen", DECIDED, {"decision": back}), _("Zurückgezogen"))
    declined = {"decision": (Decision.CLIENT_DECLINED,)}
    yield Line(Figure("prozess.klient_verzichtet", DECIDED, declined), _("davon Klientin oder Klient verzichtet"), 1)
    yield Line(
        Figure("prozess.nicht_zustande", ENDED, {"state": (OptimaState.NOT_ESTABLISHED,)}),
        _("Angenommen, aber nicht zustande gekommen"),
    )
    yield Line(Figure("prozess.offen", OPEN_AFTER), _("Offen am Ende des Zeitraums"))
    yield Line(Figure("prozess.laufend_anfang", RUNNING_BEFORE), _("Laufend zu Beginn des Zeitraums"))
    yield Line(Figure("prozess.laufend_ende", RUNNING_AFTER), _("Laufend am Ende des Zeitraums"))


def _promises() -> Iterator[Line]:
    key = "kostengutsprachen"
    yield from _total(f"{key}.beantragt", _("Anzahl Anträge auf Kostengutsprache"), KG_REQUESTED)
    approved = {"decision": (CostDecision.APPROVED,)}
    refused = {"decision": (CostDecision.REFUSED,)}
    yield from _total(f"{key}.bewilligt", _("Anzahl bewilligte Kostengutsprachen"), KG_DECIDED, approved)
    yield from _total(f"{key}.abgelehnt", _("Anzahl abgelehnte Kostengutsprachen"), KG_DECIDED, refused)
    yield Line(
        Figure(f"{key}.nach_zahler_total", KG_REQUESTED, {"payer": OPTIMA_GROUPS}),
        _("Anträge nach zahlender Stelle"),
    )
    yield from _by_group(f"{key}.nach_zahler", KG_REQUESTED, "payer")


def _effects() -> Iterator[Line]:
    closed = {"state": (OptimaState.CLOSED,)}
    yield from _total("wirkungen.abgeschlossen", _("Abgeschlossene Optima-Fälle"), ENDED, closed)
    for outcome in Outcome:
        yield from _total(f"wirkungen.{outcome}", outcome.label, ENDED, {**closed, "outcome": (outcome,)}, 1)


def _target_groups() -> Iterator[Line]:
    for name in Zielgruppe:
        yield Line(Figure(f"zielgruppen.{name}", ARRIVED, {"zielgruppe": (name,)}), name)
    yield Line(Figure("zielgruppen.ohne", ARRIVED, {"zielgruppe": ("",)}), _("ohne Angabe"))


def blocks() -> tuple[Block, ...]:
    """All figures in printed order. Asks for reasons that the coordination office has added (NFR-07)."""
    added = RefusalReason.objects.exclude(code__in=REASONS).order_by("position", "label")
    reasons = {**REASONS, **dict(added.values_list("code", "label"))}
    return (
        Block("auftraege", _("Aufträge"), tuple(_orders())),
        Block("von_nach", _("Von wem an wen"), tuple(_pairs())),
        Block("prozess", _("Prozess"), tuple(_process(reasons))),
        Block("kostengutsprachen", _("Anträge und Massnahmen"), tuple(_promises())),
        Block("wirkungen", _("Wirkungen"), tuple(_effects())),
        Block("zielgruppen", _("Zielgruppen"), tuple(_target_groups())),
    )


def figures() -> dict[str, Figure]:
    """Every figure of Optima by its key, those of the turnaround times included."""
    found = [line.figure for block in blocks() for line in block.lines]
    found += [row.figure for row in TURNAROUNDS]
    return {figure.key: figure for figure in found}


def figure(key: str) -> Figure | None:
    """The figure called ``key``, if there is one."""
    return figures().get(key)


def words(key: str) -> str:
    """What the figure called ``key`` says; empty if there is none."""
    for block in blocks():
        above: list[str] = []
        for line in block.lines:
            above = [*above[: line.level], str(line.label)]
            if line.key == key:
                return f"{block.title}: {' · '.join(above)}"
    return next((str(row.label) for row in TURNAROUNDS if row.figure.key == key), "")


class OptimaReport(Report):
    """The figures of Optima (REP-04 to REP-10)."""

    service = Service.OPTIMA

    @property
    def checks(self) -> list[Check]:
        """Every application is decided or open, every accepted one ended or running, and all parts make their whole."""
        v = self.values
        outcomes = [f"wirkungen.{outcome}" for outcome in Outcome]
        refused = "prozess.abgelehnt"
        rows = [
            Check(
                "offen_anfang + anmeldungen = angenommen + abgelehnt + zurueckgezogen + offen",
                _("Offene zu Beginn und Anmeldungen = Angenommene, Abgelehnte, Zurückgezogene und Offene am Ende"),
                (
                    v["prozess.offen_anfang"] + v["auftraege.anmeldungen"],
                    v["prozess.angenommen"] + v[f"{refused}.total"] + v["prozess.zurueckgezogen"] + v["prozess.offen"],
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
                    self.sum_below("auftraege.auftraggeber"),
                    self.sum_below("auftraege.auftragnehmer"),
                    v["auftraege.anmeldungen"],
                ),
            ),
            Check(
                "reasons = abgelehnt",
                _("Ablehnungsgründe = Abgelehnte"),
                (self.sum_below(refused) - v[f"{refused}.total"], v[f"{refused}.total"]),
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

    def shape(self) -> dict[str, Any]:
        """The figures and the turnaround times."""
        return nest(self.values | {f"{row.key}.median_tage": row.median for row in self.durations})


def report(period: Period, cases: CaseQuerySet | None, as_of: dt.datetime, whole: bool) -> OptimaReport:
    """Count everything for ``period`` among ``cases`` (all, if left out), drafts excepted; no totals beside them."""
    printed = blocks()
    every = [line.figure for block in printed for line in block.lines]
    every += [row.figure for row in TURNAROUNDS]
    counts = count(counted(cases), period, every)
    durations = tuple(
        Duration(f"durchlaufzeiten.{row.name}", row.label, counts.of(row.figure), counts.median(row.figure, "days"))
        for row in TURNAROUNDS
    )
    return OptimaReport(period, as_of, printed, {one.key: counts.of(one) for one in every}, durations=durations)


def counted(cases: CaseQuerySet | None = None) -> CaseQuerySet:
    """Those of ``cases`` (all, if left out) that figures may count: drafts never do."""
    cases = Case.objects.all() if cases is None else cases
    return cases.filter(service=Service.OPTIMA).exclude(phase=Phase.DRAFT)


def holds_example(cases: CaseQuerySet) -> bool:
    """Whether the shipped example is among ``cases``: its pairs are one solution of several (CON-04)."""
    return cases.filter(service=Service.OPTIMA, origin=Origin.IMPORTED, number__startswith=EXAMPLE_PREFIX).exists()
