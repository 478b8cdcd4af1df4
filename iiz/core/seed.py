"""The configuration of the canton of Lucerne as dated rows: offices, municipalities, who answers for whom (CAN-LU).

Adds what is missing and changes nothing that is there, so that it can run again after the coordination office
has edited its rows. Holds no person, no phone number and no street. Which office answers for which municipality
is a first assignment by region, to be confirmed by the coordination office.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from . import confirmations, reminders
from .enums import RoutingMode, StatisticsGroup
from .models import Institution, Jurisdiction, LeadCapability, Municipality, RoutingRule, ServiceOffer, TimeLimit

DATA = Path(__file__).resolve().parent / "data"
START = dt.date(2018, 10, 1)
"""First day of the rows: the begin of the Optima pilot, before which no case exists (NFR-09)."""

NUMBERS = ("days", "remind_before", "remind_after", "deputy_after", "contact_after", "coordinator_after")
"""The columns of a list of periods that are days; an empty one means: never."""

IV_OFFICE = "IV-Stelle Luzern"
ROUTING: tuple[tuple[str, str, str | None], ...] = (
    (StatisticsGroup.RAV, RoutingMode.MUNICIPALITY, None),
    (StatisticsGroup.IV, RoutingMode.CENTRAL, IV_OFFICE),
    (StatisticsGroup.SH, RoutingMode.MUNICIPALITY, None),
)
"""Where applications arrive: group of contractors, way, office (ACT-07)."""


def rows(name: str, folder: Path = DATA) -> Iterator[dict[str, str]]:
    """The rows of a CSV file that ships with the portal."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def seed() -> dict[str, int]:
    """Add the rows that are missing; returns how many of each kind were added."""
    return {
        "Gemeinden": _municipalities(),
        "Institutionen": _institutions(),
        "Angebote": _offers(),
        "Zuständigkeiten": _jurisdictions(),
        "Wege der Anträge": _routing(),
        "Fristen des Verzeichnisses": time_limits(confirmations.SERVICE, "lu_time_limits.csv", DATA),
    }


def time_limits(service: str, name: str, folder: Path) -> int:
    """Add the periods of a service's Pendenzen that are missing, and the reminders they bring to open ones (NFR-06)."""
    known = set(TimeLimit.objects.filter(service=service).values_list("wait", flat=True))
    new = [
        TimeLimit(
            service=service,
            wait=row["wait"],
            working_days=bool(row["working_days"]),
            valid_from=START,
            **{field: int(row[field]) if row[field] else None for field in NUMBERS},
        )
        for row in rows(name, folder)
        if row["wait"] not in known
    ]
    TimeLimit.objects.bulk_create(new)
    if new:
        reminders.plan_missing()
    return len(new)


def _municipalities() -> int:
    known = set(Municipality.objects.values_list("pk", flat=True))
    new = [
        Municipality(bfs_nr=int(row["bfs_nr"]), name=row["name"], region=row["wahlkreis"])
        for row in rows("lu_gemeinden.csv")
        if int(row["bfs_nr"]) not in known
    ]
    return len(Municipality.objects.bulk_create(new))


def _institutions() -> int:
    added = 0
    for row in rows("lu_institutions.csv"):
        institution, new = Institution.objects.get_or_create(
            name=row["name"],
            defaults={"short_name": row["short_name"], "kind": row["kind"], "place": row["place"]},
        )
        added += new
        if new and row["lead_capability"]:
            LeadCapability.objects.create(
                institution=institution,
                level=row["lead_capability"],
                remark=row["remark"],
                valid_from=START,
            )
    return added


def _offers() -> int:
    """What offices of a kind offer, for those that have no entry yet; a row that names an office counts there alone."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows("lu_offers.csv"):
        found.setdefault(row["office"], []).append(row)
    new = [
        ServiceOffer(institution=office, label=row["label"], description=row["description"], valid_from=START)
        for office in Institution.objects.filter(offers=None, is_placeholder=False).order_by("pk")
        for row in found.get(office.name, found.get(office.kind, []))
    ]
    return len(ServiceOffer.objects.bulk_create(new))


def _jurisdictions() -> int:
    known = set(Jurisdiction.objects.values_list("municipality_id", "group"))
    offices = dict(Institution.objects.values_list("name", "pk"))
    new = [
        Jurisdiction(municipality_id=int(row["bfs_nr"]), institution_id=offices[office], group=group, valid_from=START)
        for row in rows("lu_jurisdictions.csv")
        for group, office in ((StatisticsGroup.RAV, row["rav"]), (StatisticsGroup.SH, row["sozialdienst"]))
        if (int(row["bfs_nr"]), group) not in known
    ]
    return len(Jurisdiction.objects.bulk_create(new))


def _routing() -> int:
    known = set(RoutingRule.objects.values_list("group", flat=True))
    new = [
        RoutingRule(
            group=group,
            mode=mode,
            target=Institution.objects.get(name=office) if office else None,
            valid_from=START,
        )
        for group, mode, office in ROUTING
        if group not in known
    ]
    return len(RoutingRule.objects.bulk_create(new))
