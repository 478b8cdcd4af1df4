"""What is counted of Roundtable: events, stocks and lines, each declared once (REP-01, REP-02).

Arrivals, decisions and closures count without what an office runs itself (RT-22). An imported case counts as an arrival
whoever led its meetings: imports tell only those apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import InstitutionKind, StatisticsGroup
from roundtable.enums import ClosingReason, MeetingKind, RoundtableState, Solution, StartDecision

from .counting import Column, Event, Figure, SoFar, Spread, Stock
from .models import Dimension
from .report import Block, Line

REASONS = {
    "kriterien_nicht_erfuellt": _("Kriterien nicht erfüllt"),
    "keine_zustimmung": _("Keine Zustimmung der Klientin oder des Klienten"),
    "bilateral_geloest": _("Bilateral gelöst"),
    "an_optima": _("An Optima verwiesen"),
    "sonstige": _("Sonstige"),
}
"""Why no process was started, as imports name it (OUT-08); reasons added since follow behind."""

GROUPS = (StatisticsGroup.RAV, StatisticsGroup.IV, StatisticsGroup.SH, StatisticsGroup.OTHER)
"""Registering institutions in printed order."""
GROUP_LABELS = {group.value: group.label for group in GROUPS} | {StatisticsGroup.SH.value: _("Sozialhilfe / SoBZ")}

SELF_RUN = Column("roundtable__self_run")
OWN = {"self_run": (False,)}
ORDINARY = Q(roundtable__self_run=False)
"""What the coordination office accompanies, and not what an office runs itself (RT-22)."""
OFFICE = (InstitutionKind.COORDINATION,)
OTHERS = tuple(kind for kind in InstitutionKind if kind not in OFFICE)
"""Who organised a meeting: it is told apart by that, so that one keeps its place when a case is taken over."""

ARRIVED = Event(
    "rt_arrived",
    "arrived_on",
    {
        "group": Column("roundtable__registered_group"),
        "text": Column("roundtable__registered_text"),
        "self_run": SELF_RUN,
    },
)
DECIDED = Event(
    "rt_decided",
    "roundtable__decided_on",
    {
        "decision": Column("roundtable__decision"),
        "reason": Column("roundtable__not_started_reason__code"),
        "self_run": SELF_RUN,
    },
)
ENDED = Event(
    "rt_ended",
    "ended_on",
    {
        "state": Column("state"),
        "reason": Column("roundtable__closing_reason"),
        "solution": Column("roundtable__solution"),
        "self_run": SELF_RUN,
    },
)
HELD = Event(
    "rt_held",
    "meetings__held_on",
    {"kind": Column("meetings__kind"), "organiser": Column("meetings__organiser__kind")},
    many=True,
)
PAST = Event(
    "rt_past",
    "roundtable__past_meetings__not_after",
    {"self_organised": Column("roundtable__past_meetings__self_organised")},
    many=True,
    since="roundtable__past_meetings__not_before",
)

OPEN_BEFORE = Stock(
    "rt_open_before",
    lambda period: (
        ORDINARY
        & Q(arrived_on__lt=period.first)
        & (Q(roundtable__decided_on=None) | Q(roundtable__decided_on__gte=period.first))
    ),
)
OPEN_AFTER = Stock(
    "rt_open_after",
    lambda period: (
        ORDINARY
        & Q(arrived_on__lte=period.last)
        & (Q(roundtable__decided_on=None) | Q(roundtable__decided_on__gt=period.last))
    ),
)


def _running(which: Q, started: Q, ended: Q) -> Q:
    return which & Q(roundtable__decision=StartDecision.STARTED) & started & (Q(ended_on=None) | ended)


def _before(name: str, which: Q) -> Stock:
    """The processes that ran before the period."""
    return Stock(
        name, lambda period: _running(which, Q(roundtable__decided_on__lt=period.first), Q(ended_on__gte=period.first))
    )


def _after(name: str, which: Q) -> Stock:
    """The processes that run after the period."""
    return Stock(
        name, lambda period: _running(which, Q(roundtable__decided_on__lte=period.last), Q(ended_on__gt=period.last))
    )


RUNNING_BEFORE, RUNNING_AFTER = _before("rt_running_before", ORDINARY), _after("rt_running_after", ORDINARY)
ALONE_BEFORE, ALONE_AFTER = _before("rt_alone_before", ~ORDINARY), _after("rt_alone_after", ~ORDINARY)
ACCOMPANIED = Stock(
    "rt_accompanied",
    lambda period: _running(ORDINARY, Q(roundtable__decided_on__lte=period.last), Q(ended_on__gte=period.first)),
)

REASON = Spread("eingang.kein_prozess_gruende", DECIDED, "reason", {"decision": (StartDecision.NOT_STARTED,), **OWN})
TEXTS = Spread("eingang.anmeldende_texte", ARRIVED, "text", {"group": (StatisticsGroup.OTHER,), **OWN})


def _so_far(name: str, path: str, *, years: bool = False) -> Spread:
    return Spread(
        f"kumuliert.{name}",
        SoFar(f"rt_{name}", "arrived_on", {"by": Column(path), "self_run": SELF_RUN}),
        "by",
        OWN,
        years=years,
    )


CUMULATED = {
    Dimension.REGISTRATIONS: _so_far("jahre", "arrival_year", years=True),
    Dimension.REGION: _so_far("regionen", "region"),
    Dimension.SEX: _so_far("geschlecht", "sex"),
    Dimension.AGE: _so_far("alter", "age_band"),
    Dimension.REGISTERING: _so_far("anmeldende", "roundtable__registered_group"),
}
"""What is cumulated by (REP-02)."""
N = Figure("kumuliert.n", CUMULATED[Dimension.REGISTRATIONS].source, OWN)


def _entry() -> Iterator[Line]:
    yield Line(Figure("eingang.offen_anfang", OPEN_BEFORE), _("Offen zu Beginn des Zeitraums"))
    yield Line(Figure("eingang.anmeldungen", ARRIVED, OWN), _("Anmeldungen"))
    for group in GROUPS:
        yield Line(Figure(f"eingang.anmeldende.{group}", ARRIVED, {"group": (group,), **OWN}), GROUP_LABELS[group], 1)
    started = {"decision": (StartDecision.STARTED,), **OWN}
    yield Line(Figure("eingang.gestartet", DECIDED, started), _("Prozess gestartet"))
    not_started = {"decision": (StartDecision.NOT_STARTED,), **OWN}
    yield Line(Figure("eingang.kein_prozess", DECIDED, not_started), _("Kein Prozess gestartet"))
    yield Line(Figure("eingang.offen", OPEN_AFTER), _("Offen am Ende des Zeitraums"))


def _effects() -> Iterator[Line]:
    closed = {"state": (RoundtableState.CLOSED,), **OWN}
    yield Line(Figure("wirkungen.abgeschlossen", ENDED, closed), _("Abgeschlossene Prozesse"))
    for reason in ClosingReason:
        yield Line(Figure(f"wirkungen.gruende.{reason}", ENDED, {**closed, "reason": (reason,)}), reason.label, 1)
        if reason == ClosingReason.SOLUTION:
            for solution in Solution:
                where = {**closed, "reason": (reason,), "solution": (solution,)}
                yield Line(Figure(f"wirkungen.loesung_art.{solution}", ENDED, where), solution.label, 2)


def _services() -> Iterator[Line]:
    yield Line(Figure("leistungen.laufend_anfang", RUNNING_BEFORE), _("Laufend zu Beginn des Zeitraums"))
    yield Line(Figure("leistungen.begleitete_prozesse", ACCOMPANIED), _("Anzahl begleitete Prozesse"))
    coordinated = Figure("leistungen.gespraeche", PAST, {"self_organised": (False,)})
    yield Line(
        Figure("leistungen.gespraeche", HELD, {"kind": MeetingKind.values, "organiser": OFFICE}, also=coordinated),
        _("Anzahl Roundtable-Gespräche"),
    )
    past = Figure("leistungen.gespraeche_selbst", PAST, {"self_organised": (True,)})
    alone = Figure("leistungen.gespraeche_selbst", HELD, {"kind": MeetingKind.values, "organiser": OTHERS}, also=past)
    yield Line(alone, _("Gespräche ohne die Koordinationsstelle"))
    yield Line(Figure("leistungen.laufend_ende", RUNNING_AFTER), _("Laufend am Ende des Zeitraums"))


def _alone() -> Iterator[Line]:
    """What offices run themselves; it starts on the day it is registered, and what is taken over leaves (RT-22)."""
    alone = {"self_run": (True,)}
    closed = {"state": (RoundtableState.CLOSED,), **alone}
    yield Line(Figure("selbst.laufend_anfang", ALONE_BEFORE), _("Laufend zu Beginn des Zeitraums"))
    yield Line(Figure("selbst.angemeldet", ARRIVED, alone), _("Angemeldet und gestartet"))
    yield Line(Figure("selbst.abgeschlossen", ENDED, closed), _("Abgeschlossen"))
    yield Line(Figure("selbst.laufend_ende", ALONE_AFTER), _("Laufend am Ende des Zeitraums"))


LISTED = (
    Block("eingang", _("Eingang"), tuple(_entry())),
    Block("wirkungen", _("Wirkungen"), tuple(_effects())),
    Block("leistungen", _("Leistungen"), tuple(_services())),
    Block("selbst", _("Roundtables ohne die Koordinationsstelle"), tuple(_alone())),
)
"""The figures of which all values are known beforehand."""
TITLES = {
    REASON.key: _("Weshalb kein Prozess gestartet ist"),
    TEXTS.key: _("Andere anmeldende Stellen"),
} | {spread.key: dimension.label for dimension, spread in CUMULATED.items()}
