"""Roundtable's lists for the canton of Lucerne as dated rows (CAN-LU, NFR-07).

Adds what is missing and changes nothing that is there. Criteria: RT-04, RT-05; reasons: OUT-08; periods: NFR-06.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from iiz.core.enums import Service
from iiz.core.seed import START, rows
from iiz.core.seed import time_limits as seed_time_limits

from .models import CriteriaSet, LifeArea, NotStartedReason, RoundtableCriterion

DATA = Path(__file__).resolve().parent / "data"


def seed() -> dict[str, int]:
    """Add the rows that are missing; returns how many of each kind were added."""
    return {
        "Lebensbereiche": _life_areas(),
        "Kriterien für einen Roundtable": _criteria(),
        "Gründe, keinen Prozess zu starten": _reasons(),
        "Fristen": seed_time_limits(Service.ROUNDTABLE, "lu_time_limits.csv", DATA),
    }


def _life_areas() -> int:
    known = set(LifeArea.objects.values_list("code", flat=True))
    new = [
        LifeArea(valid_from=START, position=place, **row)
        for place, row in enumerate(rows("lu_life_areas.csv", DATA), start=1)
        if row["code"] not in known
    ]
    LifeArea.objects.bulk_create(new)
    return len(new)


def _criteria() -> int:
    """The sets with their criteria; a set that is there keeps what it asks."""
    known = set(CriteriaSet.objects.values_list("code", flat=True))
    added: dict[str, CriteriaSet] = {}
    place = 0
    for row in rows("lu_criteria.csv", DATA):
        code = row["set"]
        if code in known:
            continue
        if code not in added:
            added[code] = CriteriaSet.objects.create(
                code=code,
                label=row["set_label"],
                note=row["set_note"],
                bilateral_note=row["bilateral_note"],
                valid_from=dt.date.fromisoformat(row["valid_from"]),
                valid_until=dt.date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
            )
        place += 1
        RoundtableCriterion.objects.create(
            criteria_set=added[code],
            code=row["code"],
            block=row["block"],
            text=row["text"],
            help_text=row["help_text"],
            check_by=row["check_by"],
            number=int(row["number"]) if row["number"] else None,
            usual=row["usual"] == "ja",
            position=place,
        )
    return len(added)


def _reasons() -> int:
    known = set(NotStartedReason.objects.values_list("code", flat=True))
    new = [
        NotStartedReason(
            code=row["code"], label=row["label"], needs_text=row["needs_text"] == "ja", valid_from=START, position=place
        )
        for place, row in enumerate(rows("lu_not_started.csv", DATA), start=1)
        if row["code"] not in known
    ]
    NotStartedReason.objects.bulk_create(new)
    return len(new)
