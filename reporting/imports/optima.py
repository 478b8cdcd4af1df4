"""Historical Optima cases: columns, rules of a row, and the rows of the portal made of it (contract §3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from iiz.core.enums import OPTIMA_GROUPS, StatisticsGroup
from optima.enums import Outcome, Zielgruppe
from optima.models import LONG_TEXT

from ..optima import REASONS
from .case_rows import PERSON, CaseRow, read_person
from .cells import Cells

REQUIRED = ("nummer", "eingang", "auftraggeber", "auftragnehmer", "entscheid")
OPTIONAL = (
    "entscheid_datum",
    "zielgruppe",
    "ablehnungsgrund",
    "ablehnungsgrund_text",
    "geplante_dauer_monate",
    "uebergabe_datum",
    "start_datum",
    "abschluss_datum",
    "abschlussgrund",
    "ergebnis",
    *PERSON,
    "kg_beantragt",
    "kg_bewilligt",
    "kg_abgelehnt",
    "kg_beantragt_am",
    "kg_entschieden_am",
    "kg_zahler",
)

OPEN, ACCEPTED, REFUSED = "offen", "angenommen", "abgelehnt"
WITHDRAWN, DECLINED, NOT_ESTABLISHED = "zurueckgezogen", "klient_verzichtet", "nicht_zustande"
DECISIONS = (ACCEPTED, REFUSED, WITHDRAWN, DECLINED, NOT_ESTABLISHED, OPEN)
GROUPS = tuple(group.value for group in OPTIMA_GROUPS)

MONTHS = (1, 120)
PROMISES = 99
"""The most Kostengutsprachen of one case; more is a slip of the keyboard."""
CLOSING_REASON = 200


@dataclass(frozen=True, slots=True)
class Promises:
    """The Kostengutsprachen of a case, counted; ``payer`` is a group."""

    requested: int = 0
    approved: int = 0
    refused: int = 0
    requested_on: dt.date | None = None
    decided_on: dt.date | None = None
    payer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimaRow(CaseRow):
    """One row of an Optima case."""

    principal: str
    contractor: str
    decision: str
    decided_on: dt.date | None
    zielgruppe: str
    refusal_reason: str
    refusal_text: str
    planned_months: int | None
    handover_on: dt.date | None
    started_on: dt.date | None
    closed_on: dt.date | None
    closing_reason: str
    outcome: str
    promises: Promises


def read(cells: Cells, regions: Mapping[int, str]) -> OptimaRow | None:
    """The row in ``cells``, or ``None`` when something is wrong with it; ``cells.problems`` says what."""
    number = cells.number("nummer")
    arrived = cells.date("eingang")
    principal, contractor = cells.choice("auftraggeber", GROUPS), cells.choice("auftragnehmer", GROUPS)
    decision = cells.choice("entscheid", DECISIONS)
    for column in REQUIRED:
        cells.require(column)
    if principal and principal == contractor and principal != StatisticsGroup.SH:
        cells.refuse("auftragnehmer", _("Nur SH darf zugleich Auftraggeber und Auftragnehmer sein."))

    decided = _decided(cells, decision, arrived)
    reason, reason_text = _refusal(cells, decision)
    handover, started = _beginning(cells, decision, decided)
    closed, closing_reason, outcome = _closing(cells, decision, decided, handover, started)
    promises = _promises(cells, decision, arrived, decided, principal)
    zielgruppe = cells.choice("zielgruppe", Zielgruppe.values)
    months = cells.whole("geplante_dauer_monate", *MONTHS)
    person = read_person(cells, arrived, regions)
    if cells.problems or cells.incomplete or arrived is None:
        return None
    return OptimaRow(
        number=number,
        arrived_on=arrived,
        principal=principal,
        contractor=contractor,
        decision=decision,
        decided_on=decided,
        zielgruppe=zielgruppe,
        refusal_reason=reason,
        refusal_text=reason_text,
        planned_months=months,
        handover_on=handover,
        started_on=started,
        closed_on=closed,
        closing_reason=closing_reason,
        outcome=outcome,
        promises=promises,
        **person,
    )


def _decided(cells: Cells, decision: str, arrived: dt.date | None) -> dt.date | None:
    decided = cells.date("entscheid_datum")
    decisions = tuple(name for name in DECISIONS if name != OPEN)
    if cells.only_with(decision, decisions, "entscheid_datum") and decision:
        cells.require("entscheid_datum")
    cells.not_before("entscheid_datum", decided, "eingang", arrived)
    return decided


def _refusal(cells: Cells, decision: str) -> tuple[str, str]:
    reason = cells.choice("ablehnungsgrund", tuple(REASONS))
    text = cells.text("ablehnungsgrund_text", LONG_TEXT)
    if cells.only_with(decision, (REFUSED,), "ablehnungsgrund", "ablehnungsgrund_text") and decision:
        cells.require("ablehnungsgrund")
    return reason, text


def _beginning(cells: Cells, decision: str, decided: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
    handover, started = cells.date("uebergabe_datum"), cells.date("start_datum")
    cells.only_with(decision, (ACCEPTED, NOT_ESTABLISHED), "uebergabe_datum")
    cells.only_with(decision, (ACCEPTED,), "start_datum")
    if decision == NOT_ESTABLISHED:
        cells.require("uebergabe_datum")
    cells.not_before("uebergabe_datum", handover, "entscheid_datum", decided)
    cells.not_before("start_datum", started, "entscheid_datum", decided)
    return handover, started


def _closing(
    cells: Cells,
    decision: str,
    decided: dt.date | None,
    handover: dt.date | None,
    started: dt.date | None,
) -> tuple[dt.date | None, str, str]:
    closed = cells.date("abschluss_datum")
    text, outcome = cells.text("abschlussgrund", CLOSING_REASON), cells.choice("ergebnis", Outcome.values)
    cells.only_with(decision, (ACCEPTED,), "abschluss_datum")
    for column, day in (
        ("entscheid_datum", decided),
        ("uebergabe_datum", handover),
        ("start_datum", started),
    ):
        if not cells.not_before("abschluss_datum", closed, column, day):
            break
    if cells.only_if_closed("abschluss_datum", "ergebnis", "abschlussgrund"):
        cells.require("ergebnis")
    return closed, text, outcome


def _promises(
    cells: Cells, decision: str, arrived: dt.date | None, decided: dt.date | None, principal: str
) -> Promises:
    counts = [cells.whole(f"kg_{name}", 0, PROMISES) or 0 for name in ("beantragt", "bewilligt", "abgelehnt")]
    requested, approved, refused = counts
    asked_on, answered_on = cells.date("kg_beantragt_am"), cells.date("kg_entschieden_am")
    payer = cells.choice("kg_zahler", GROUPS)
    if any(counts):
        columns = [f"kg_{name}" for name in ("beantragt", "bewilligt", "abgelehnt")]
        filled = [column for column, number in zip(columns, counts, strict=True) if number]
        cells.only_with(decision, (ACCEPTED, NOT_ESTABLISHED), *filled)
    if approved + refused > requested and not cells.wrong("kg_beantragt"):
        column = "kg_bewilligt" if approved else "kg_abgelehnt"
        if not cells.wrong(column):
            cells.refuse(column, _("Bewilligt und abgelehnt sind zusammen mehr als beantragt."))
    if not requested and not cells.wrong("kg_beantragt"):
        for column in ("kg_beantragt_am", "kg_zahler"):
            if cells.given(column) and not cells.wrong(column):
                cells.refuse(column, _("Das gehört zu einer Kostengutsprache; kg_beantragt ist aber 0."))
    if not approved + refused and cells.given("kg_entschieden_am") and not cells.wrong("kg_entschieden_am"):
        cells.refuse("kg_entschieden_am", _("Es ist keine Kostengutsprache bewilligt oder abgelehnt."))
    if not requested:
        return Promises()
    asked_on, answered_on = asked_on or decided, answered_on or decided
    cells.not_before("kg_beantragt_am", asked_on, "eingang", arrived)
    if approved + refused and cells.given("kg_entschieden_am"):
        cells.not_before("kg_entschieden_am", answered_on, "kg_beantragt_am", asked_on)
    elif approved + refused and asked_on and answered_on and answered_on < asked_on:
        reason = _("Ohne Angabe gilt entscheid_datum, und das liegt vor kg_beantragt_am.")
        cells.refuse("kg_entschieden_am", reason)
    elif not approved + refused:
        answered_on = None
    return Promises(requested, approved, refused, asked_on, answered_on, payer or principal)
