"""Historical Roundtable cases: columns and rules of a row (contract §3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from iiz.core.enums import StatisticsGroup
from roundtable.enums import ClosingReason, Solution

from ..roundtable_lines import GROUPS, REASONS
from .case_rows import PERSON, CaseRow, read_person
from .cells import Cells

REQUIRED = ("nummer", "eingang", "anmeldende", "prozess")
OPTIONAL = (
    "prozess_datum",
    "anmeldende_text",
    "nicht_gestartet_grund",
    "anzahl_gespraeche",
    "letztes_gespraech",
    "gespraeche_daten",
    "selbstorganisiert",
    "abschluss_datum",
    "abschlussgrund",
    "loesung_art",
    *PERSON,
)

STARTED, NOT_STARTED, OPEN = "gestartet", "nicht_gestartet", "offen"
DECISIONS = (STARTED, NOT_STARTED, OPEN)
YES, NO = "ja", "nein"

NAME = 160
"""The most characters of the name of a registering office."""
MEETINGS = 999
"""The most meetings of one case; more is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Meetings:
    """The meetings of a case: on known days, and more of them, undated, up to the last known day."""

    days: tuple[dt.date, ...] = ()
    undated: int = 0
    self_organised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundtableRow(CaseRow):
    """One row of a Roundtable case."""

    registered_by: str
    registered_text: str
    decision: str
    decided_on: dt.date | None
    not_started_reason: str
    closed_on: dt.date | None
    closing_reason: str
    solution: str
    meetings: Meetings


def read(cells: Cells, regions: Mapping[int, str]) -> RoundtableRow | None:
    """The row in ``cells``, or ``None`` when something is wrong with it; ``cells.problems`` says what."""
    number = cells.number("nummer")
    arrived = cells.date("eingang")
    registered_by = cells.choice("anmeldende", GROUPS)
    decision = cells.choice("prozess", DECISIONS)
    for column in REQUIRED:
        cells.require(column)
    text = cells.text("anmeldende_text", NAME)
    if registered_by == StatisticsGroup.OTHER:
        cells.require("anmeldende_text")

    decided = cells.date("prozess_datum")
    if cells.only_with(decision, (STARTED, NOT_STARTED), "prozess_datum") and decision:
        cells.require("prozess_datum")
    cells.not_before("prozess_datum", decided, "eingang", arrived)
    reason = cells.choice("nicht_gestartet_grund", tuple(REASONS))
    cells.only_with(decision, (NOT_STARTED,), "nicht_gestartet_grund")
    closed, closing_reason, solution = _closing(cells, decision, decided)
    meetings = _meetings(cells, arrived)
    person = read_person(cells, arrived, regions)
    if cells.problems or cells.incomplete or arrived is None:
        return None
    return RoundtableRow(
        number=number,
        arrived_on=arrived,
        registered_by=registered_by,
        registered_text=text,
        decision=decision,
        decided_on=decided,
        not_started_reason=reason,
        closed_on=closed,
        closing_reason=closing_reason,
        solution=solution,
        meetings=meetings,
        **person,
    )


def _closing(cells: Cells, decision: str, decided: dt.date | None) -> tuple[dt.date | None, str, str]:
    closed = cells.date("abschluss_datum")
    reason = cells.choice("abschlussgrund", ClosingReason.values)
    solution = cells.choice("loesung_art", Solution.values)
    cells.only_with(decision, (STARTED,), "abschluss_datum")
    cells.not_before("abschluss_datum", closed, "prozess_datum", decided)
    if cells.only_if_closed("abschluss_datum", "abschlussgrund", "loesung_art"):
        cells.require("abschlussgrund")
        if solution and reason and reason != ClosingReason.SOLUTION:
            cells.refuse(
                "loesung_art",
                _("Das gehört zum Abschlussgrund «%(reason)s».") % {"reason": ClosingReason.SOLUTION.value},
            )
    return closed, reason, solution


def _meetings(cells: Cells, arrived: dt.date | None) -> Meetings:
    """Days where they are told; of a mere number one on the last day, the others some time since the arrival."""
    number = cells.whole("anzahl_gespraeche", 0, MEETINGS)
    last, days = cells.date("letztes_gespraech"), cells.dates("gespraeche_daten")
    alone = cells.choice("selbstorganisiert", (YES, NO)) == YES
    cells.not_before("letztes_gespraech", last, "eingang", arrived)
    cells.not_before("gespraeche_daten", days[0] if days else None, "eingang", arrived)
    if days:
        if number is not None and number != len(days):
            reason = _("In gespraeche_daten stehen %(n)s Daten, nicht so viele wie hier.")
            cells.refuse("anzahl_gespraeche", reason % {"n": len(days)})
        if last and last != days[-1]:
            reason = _("Das letzte Datum in gespraeche_daten ist %(day)s.")
            cells.refuse("letztes_gespraech", reason % {"day": days[-1].isoformat()})
        return Meetings(days, 0, alone)
    if number and not cells.given("gespraeche_daten"):
        if not cells.given("letztes_gespraech"):
            cells.refuse("letztes_gespraech", _("Ohne ein Datum lassen sich die Gespräche keinem Zeitraum zurechnen."))
    elif number == 0 and last:
        cells.refuse("anzahl_gespraeche", _("Es gab ein letztes Gespräch; die Anzahl ist aber 0."))
    return Meetings((last,), (number or 1) - 1, alone) if last else Meetings(self_organised=alone)
