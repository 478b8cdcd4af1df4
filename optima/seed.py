"""Optima's lists for the canton of Lucerne as dated rows: criteria, reasons, rates (CAN-LU, NFR-07).

Adds what is missing and changes nothing that is there. Admission criteria: ALV-01 to ALV-08, IV-01 to IV-04,
SH-02 to SH-05; reasons: OUT-01; rates and billing: FIN-02 to FIN-06; ends: OUT-04, OUT-06; who does what meanwhile:
RED-01 to RED-06; copies: KG-07; periods: NFR-06; target groups and the law behind them: GRP-A to GRP-I2, NFR-08.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from iiz.core.enums import Service
from iiz.core.seed import START, rows
from iiz.core.seed import time_limits as seed_time_limits

from .models import (
    AdmissionCriterion,
    BillingRule,
    ClosingDetail,
    ClosingReason,
    CopyTo,
    Fallpauschale,
    LegalPrecondition,
    Obstacle,
    ReducedProcedure,
    RefusalReason,
    RuleText,
    ZielgruppeRule,
)

DATA = Path(__file__).resolve().parent / "data"


def seed() -> dict[str, int]:
    """Add the rows that are missing; returns how many of each kind were added."""
    return rules() | {
        "Ablehnungsgründe": _reasons(),
        "Fallpauschalen": _rates(),
        "Abrechnungsregeln": _billing_rule(),
        "Abschlussgründe": _closing_reasons(),
        "Ursachen und Wirkungen": _closing_details(),
        "Aufgabenteilungen": _procedures(),
        "Verteiler der Kostengutsprachen": _copies(),
        "Fristen": seed_time_limits(Service.OPTIMA, "lu_time_limits.csv", DATA),
    }


def rules() -> dict[str, int]:
    """Only what decides whether a case may be handed over: criteria, groups and the law behind them."""
    return {
        "Aufnahmekriterien": _criteria(),
        "Belastungen im Umfeld": _obstacles(),
        "Zielgruppen": _groups(),
        "Rechtsgrundlagen": _law(),
        "Texte": _texts(),
    }


def _criteria() -> int:
    known = set(AdmissionCriterion.objects.values_list("contractor_group", "code"))
    new = [
        AdmissionCriterion(
            **row | {"months": int(row["months"]) if row["months"] else None, "items": _lines(row["items"])},
            position=position,
            valid_from=START,
        )
        for position, row in enumerate(rows("lu_criteria.csv", DATA), start=1)
        if (row["contractor_group"], row["code"]) not in known
    ]
    return len(AdmissionCriterion.objects.bulk_create(new))


def _lines(text: str) -> str:
    """Entries of a list as lines."""
    return text.replace(" | ", "\n")


def _obstacles() -> int:
    known = set(Obstacle.objects.values_list("code", flat=True))
    new = [
        Obstacle(**row, position=position, valid_from=START)
        for position, row in enumerate(rows("lu_obstacles.csv", DATA), start=1)
        if row["code"] not in known
    ]
    return len(Obstacle.objects.bulk_create(new))


def _groups() -> int:
    known = set(ZielgruppeRule.objects.values_list("code", flat=True))
    return len(ZielgruppeRule.objects.bulk_create(row for row in group_rows() if row.code not in known))


def group_rows() -> list[ZielgruppeRule]:
    """The decision table as it begins, not yet saved (GRP-A to GRP-I2)."""
    return [
        ZielgruppeRule(
            **row
            | {
                "iv_procedures": row["iv_procedures"].split(),
                "preconditions": row["preconditions"].split(),
                "barred_while_iv_runs": bool(row["barred_while_iv_runs"]),
            },
            position=position,
            valid_from=START,
        )
        for position, row in enumerate(rows("lu_zielgruppen.csv", DATA), start=1)
    ]


def _law() -> int:
    known = set(LegalPrecondition.objects.values_list("code", flat=True))
    days = ("valid_from", "valid_until", "decided_on")
    new = [
        LegalPrecondition(
            **row | {name: dt.date.fromisoformat(row[name]) if row[name] else None for name in days},
            position=position,
        )
        for position, row in enumerate(rows("lu_law.csv", DATA), start=1)
        if row["code"] not in known
    ]
    return len(LegalPrecondition.objects.bulk_create(new))


def _texts() -> int:
    known = set(RuleText.objects.values_list("code", flat=True))
    new = [
        RuleText(code=row["code"], title=row["title"], text=_lines(row["text"]), position=position, valid_from=START)
        for position, row in enumerate(rows("lu_texts.csv", DATA), start=1)
        if row["code"] not in known
    ]
    return len(RuleText.objects.bulk_create(new))


def _reasons() -> int:
    known = set(RefusalReason.objects.values_list("code", flat=True))
    new = [
        RefusalReason(
            code=row["code"],
            label=row["label"],
            needs_text=bool(row["needs_text"]),
            position=position,
            valid_from=START,
        )
        for position, row in enumerate(rows("lu_refusal_reasons.csv", DATA), start=1)
        if row["code"] not in known
    ]
    return len(RefusalReason.objects.bulk_create(new))


def _rates() -> int:
    known = set(Fallpauschale.objects.values_list("contractor_group", "service"))
    new = [
        Fallpauschale(
            contractor_group=row["contractor_group"],
            service=row["service"],
            amount=Decimal(row["amount"]),
            billed=bool(row["billed"]),
            every_case=bool(row["every_case"]),
            remark=row["remark"],
            valid_from=dt.date.fromisoformat(row["valid_from"]),
        )
        for row in rows("lu_rates.csv", DATA)
        if (row["contractor_group"], row["service"]) not in known
    ]
    return len(Fallpauschale.objects.bulk_create(new))


def _billing_rule() -> int:
    """A month begun counts in full, thirty days to pay; up to one adviser's month a year nobody needs to bill."""
    if BillingRule.objects.exists():
        return 0
    BillingRule.objects.create(valid_from=START)
    return 1


def _closing_reasons() -> int:
    known = set(ClosingReason.objects.values_list("code", flat=True))
    new = [
        ClosingReason(**row, position=position, valid_from=START)
        for position, row in enumerate(rows("lu_closing_reasons.csv", DATA), start=1)
        if row["code"] not in known
    ]
    return len(ClosingReason.objects.bulk_create(new))


def _closing_details() -> int:
    known = set(ClosingDetail.objects.values_list("code", flat=True))
    new = [
        ClosingDetail(**row, position=position, valid_from=START)
        for position, row in enumerate(rows("lu_closing_details.csv", DATA), start=1)
        if row["code"] not in known
    ]
    return len(ClosingDetail.objects.bulk_create(new))


def _procedures() -> int:
    known = set(ReducedProcedure.objects.values_list("principal_group", "contractor_group"))
    new = [
        ReducedProcedure(
            **{name: _lines(text) for name, text in row.items() if not name.startswith("takes_")},
            takes_hints=bool(row["takes_hints"]),
            takes_measures=bool(row["takes_measures"]),
            valid_from=START,
        )
        for row in rows("lu_procedures.csv", DATA)
        if (row["principal_group"], row["contractor_group"]) not in known
    ]
    return len(ReducedProcedure.objects.bulk_create(new))


def _copies() -> int:
    """Who gets a copy beside the case file; tariffs there are none, the offices' price lists are theirs to enter."""
    known = set(CopyTo.objects.values_list("group", "label"))
    new = [
        CopyTo(**row, valid_from=START)
        for row in rows("lu_copies.csv", DATA)
        if (row["group"], row["label"]) not in known
    ]
    return len(CopyTo.objects.bulk_create(new))
