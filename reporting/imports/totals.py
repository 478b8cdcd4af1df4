"""Totals of years of which there are no cases: columns, rules of a row, and what the rows of a year must add up to."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from iiz.core import audit
from iiz.core.actor import Actor
from iiz.core.cases import UNKNOWN
from iiz.core.enums import Phase, Service, Sex
from iiz.core.models import Case

from ..models import Dimension, LegacyTotal
from ..roundtable_lines import GROUPS
from .cells import Cells
from .compare import Found
from .problems import Problem

REQUIRED = ("service", "jahr", "dimension", "auspraegung", "anzahl")
VALUES: dict[str, tuple[str, ...]] = {
    Dimension.SEX: (*Sex.values, UNKNOWN),
    Dimension.REGISTERING: (*GROUPS, UNKNOWN),
}
"""The values of dimensions that are not free: regions and ages were cut differently in other years."""
WHOLE = ("", "total")
VALUE_LENGTH = 60
FIRST_YEAR = 1990
MOST = 1_000_000
STREAM = "figures"
VERB = "totals_imported"

Key = tuple[str, int, str, str]
"""What a total is the total of: service, year, dimension, value."""


@dataclass(frozen=True, slots=True)
class TotalRow:
    """One total that makes sense."""

    service: str
    year: int
    dimension: str
    value: str
    number: int

    @property
    def key(self) -> Key:
        """What it is the total of."""
        return self.service, self.year, self.dimension, self.value


class TotalsImporter:
    """The import of yearly totals (REP-03)."""

    required = REQUIRED
    optional: tuple[str, ...] = ()

    @staticmethod
    def read(cells: Cells, regions: Mapping[int, str]) -> TotalRow | None:
        """The total in ``cells``, or ``None`` when something is wrong with it."""
        service = cells.choice("service", Service.values)
        dimension = cells.choice("dimension", Dimension.values)
        year = cells.whole("jahr", FIRST_YEAR, dt.date.max.year)
        value = cells.text("auspraegung", VALUE_LENGTH)
        number = cells.whole("anzahl", 0, MOST)
        for column in REQUIRED:
            if column != "auspraegung":
                cells.require(column)
        if year is not None and year >= cells.today.year:
            cells.refuse("jahr", _("Dieses Jahr ist noch nicht zu Ende."))
        if dimension == Dimension.REGISTRATIONS:
            if value not in (*WHOLE, str(year)):
                cells.refuse("auspraegung", _("Die Anmeldungen eines Jahres haben keine Ausprägung."))
            value = ""
        elif dimension:
            cells.require("auspraegung")
            if value and value not in VALUES.get(dimension, (value,)):
                cells.choice("auspraegung", VALUES[dimension])
        if cells.problems or cells.incomplete or year is None or number is None:
            return None
        return TotalRow(service, year, dimension, value, number)

    def compare(self, found: list[Found]) -> tuple[list[TotalRow], list[Problem]]:
        """The totals that are new, and what contradicts totals or cases that are there."""
        stored = {
            (total.service, total.year, total.dimension, total.value): total.number
            for total in LegacyTotal.objects.all()
        }
        years = Case.objects.exclude(phase=Phase.DRAFT).order_by()
        taken = set(years.values_list("service", "arrival_year").distinct())
        new: list[TotalRow] = []
        problems: list[Problem] = []
        first: dict[Key, Found] = {}
        for one in found:
            row: TotalRow = one.record
            before = first.setdefault(row.key, one)
            if before is not one:
                if before.record != row:
                    reason = _("Diese Angabe steht schon in Zeile %(row)s, mit anderer Anzahl.") % {"row": before.row}
                    problems.append(Problem(one.row, "anzahl", str(row.number), reason))
            elif (row.service, row.year) in taken:
                reason = _("Aus diesem Jahr gibt es schon Fälle; beides zusammen zählte doppelt.")
                problems.append(Problem(one.row, "jahr", str(row.year), reason))
            elif row.key not in stored:
                new.append(row)
            elif stored[row.key] != row.number:
                reason = _("Bereits importiert ist hier die Anzahl %(n)s.") % {"n": stored[row.key]}
                problems.append(Problem(one.row, "anzahl", str(row.number), reason))
        return new, problems + _sums(stored, first)

    def write(self, new: list[TotalRow], actor: Actor | None, progress: Callable[[int], None] | None) -> None:
        """Write the totals, and in the audit that they were."""
        LegacyTotal.objects.bulk_create(
            LegacyTotal(service=row.service, year=row.year, dimension=row.dimension, value=row.value, number=row.number)
            for row in new
        )
        years = sorted({f"{row.service} {row.year}" for row in new})
        audit.record(STREAM, actor, VERB, changes={"years": years, "rows": len(new)})
        if progress is not None:
            progress(len(new))


def _sums(stored: Mapping[Key, int], first: Mapping[Key, Found]) -> list[Problem]:
    """The parts of a year must not be more than its registrations; a rest is *unbekannt*."""
    numbers = dict(stored)
    for key, one in first.items():
        numbers.setdefault(key, one.record.number)
    sums: dict[tuple[str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (service, year, dimension, _value), number in numbers.items():
        sums[service, year][dimension] += number
    problems = []
    told = set()
    for (service, year, dimension, _value), one in first.items():
        year_sums = sums[service, year]
        if (service, year, dimension) in told or dimension == Dimension.REGISTRATIONS:
            continue
        told.add((service, year, dimension))
        if Dimension.REGISTRATIONS not in year_sums:
            reason = _("Für dieses Jahr fehlt die Zeile «anmeldungen».")
            problems.append(Problem(one.row, "jahr", str(year), reason))
        elif year_sums[dimension] > year_sums[Dimension.REGISTRATIONS]:
            reason = _("Zusammen sind es %(sum)s, mehr als die %(n)s Anmeldungen dieses Jahres.")
            reason %= {"sum": year_sums[dimension], "n": year_sums[Dimension.REGISTRATIONS]}
            problems.append(Problem(one.row, "anzahl", str(one.record.number), reason))
    return problems
