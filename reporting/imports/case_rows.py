"""What rows of both services have in common: number, arrival, the person's attributes, and how they are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from iiz.core.actor import Actor
from iiz.core.bulk import Event
from iiz.core.cases import UNKNOWN
from iiz.core.enums import InstitutionKind, Origin, Sex, StatisticsGroup
from iiz.core.models import Case, Institution
from iiz.core.models.person import age_band

from .cells import Cells
from .regions import HIGHEST, LOWEST, region_of

VERB = "case_imported"
CONTENT = "content"
"""Where the audit entry keeps the fingerprint of the imported row."""

Reason = TypeVar("Reason", bound=models.Model)
OTHER_REASON = "sonstige"
"""The one reason that asks for a text."""

OLDEST_BIRTH_YEAR = 1900
PERSON = ("geburtsjahr", "geschlecht", "gemeinde_bfs")
"""The columns of the attributes of a person; all voluntary."""

PLACEHOLDERS = {
    (StatisticsGroup.IV, 1): ("IV (Import)", InstitutionKind.IV),
    (StatisticsGroup.RAV, 1): ("RAV (Import)", InstitutionKind.RAV),
    (StatisticsGroup.SH, 1): ("Sozialhilfe (Import)", InstitutionKind.SOCIAL_SERVICE),
    (StatisticsGroup.SH, 2): ("Sozialhilfe 2 (Import)", InstitutionKind.SOCIAL_SERVICE),
    (StatisticsGroup.OTHER, 1): ("Andere (Import)", InstitutionKind.OTHER),
}
"""Institutions that stand in for the real ones, which the files do not name. Nobody works there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One row that makes sense. Two rows with equal contents are the same, however they were written."""

    number: str
    arrived_on: dt.date
    birth_year: int | None
    sex: str
    bfs_number: int | None
    region: str = field(compare=False)
    """Follows from the number of the municipality, and with it changes when municipalities merge."""

    @property
    def age_band(self) -> str:
        """The age band at arrival (PER-03)."""
        return age_band(self.birth_year, self.arrived_on.year)


def read_person(cells: Cells, arrived: dt.date | None, regions: Mapping[int, str]) -> dict[str, Any]:
    """The attributes of the person in ``cells``, as fields of a :class:`CaseRow`."""
    year = cells.whole("geburtsjahr", OLDEST_BIRTH_YEAR, 9999)
    if year is not None and arrived is not None and year > arrived.year:
        cells.refuse("geburtsjahr", _("Das Geburtsjahr liegt nach dem Eingang."))
    bfs_number = cells.whole("gemeinde_bfs", LOWEST, HIGHEST)
    return {
        "birth_year": year,
        "sex": cells.choice("geschlecht", Sex.values),
        "bfs_number": bfs_number,
        "region": UNKNOWN if bfs_number is None else region_of(bfs_number, regions),
    }


def case_of(row: CaseRow, service: str, registering: Institution, **more: Any) -> Case:
    """The case of a row, without its state; ``more`` are further fields."""
    return Case(
        number=row.number,
        service=service,
        registering_institution=registering,
        origin=Origin.IMPORTED,
        arrived_on=row.arrived_on,
        arrival_year=row.arrived_on.year,
        region=row.region,
        sex=row.sex,
        age_band=row.age_band,
        **more,
    )


def imported(state: str, content: str, actor: Actor | None, now: dt.datetime) -> Event:
    """That the case came out of a file, with the fingerprint of its row."""
    return Event(now, VERB, actor, {"state": state, CONTENT: content})


class Offices:
    """The placeholder institutions, found or made when first needed."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Institution] = {}

    def of(self, group: str, place: int = 1) -> Institution:
        """The placeholder of ``group``; social assistance has a second one."""
        if (group, place) not in self._known:
            name, kind = PLACEHOLDERS[StatisticsGroup(group), place]
            self._known[group, place], _made = Institution.objects.get_or_create(
                name=name, defaults={"short_name": name, "kind": kind, "is_placeholder": True}
            )
        return self._known[group, place]


class Reasons(Generic[Reason]):
    """The listed reasons of a service by code; those of ``labels`` that are missing are added, valid ``since``."""

    def __init__(self, model: type[Reason], labels: Mapping[str, Any], since: dt.date) -> None:
        self._model, self._labels, self._since = model, labels, since
        self._rows: dict[str, list[Any]] = {}
        rows: Any = model._default_manager.order_by("valid_from")
        for reason in rows:
            self._rows.setdefault(reason.code, []).append(reason)

    def of(self, code: str, day: dt.date | None) -> Reason | None:
        """The row in force on ``day``, else the first there was."""
        if not code or day is None:
            return None
        if code not in self._rows:
            self._rows[code] = [
                self._model._default_manager.create(
                    code=code,
                    label=str(self._labels[code]),
                    needs_text=code == OTHER_REASON,
                    position=list(self._labels).index(code),
                    valid_from=self._since,
                )
            ]
        found = self._rows[code]
        return next((reason for reason in found if reason.holds_on(day)), found[0])
