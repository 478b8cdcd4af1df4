"""What an importer is, and how rows of cases are compared with what is there already."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from iiz.core import audit, bulk
from iiz.core.actor import Actor
from iiz.core.models import AuditEntry, Case

from ..models import LegacyTotal
from .case_rows import CONTENT, VERB, CaseRow
from .cells import Cells
from .problems import Problem

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """A row that makes sense by itself, and its number in the file."""

    row: int
    record: Any


class Importer(Protocol):
    """How one kind of rows is imported: its columns, the judgement of a row and of all of them, and the writing."""

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that must be there."""

    @property
    def optional(self) -> tuple[str, ...]:
        """The columns that may be missing."""

    @property
    def read(self) -> Callable[[Cells, Mapping[int, str]], Any]:
        """Judge a row, given the region of each municipality; ``None`` if something is wrong with it."""

    def compare(self, found: list[Found]) -> tuple[list[Any], list[Problem]]:
        """What of ``found`` is new, and what contradicts other rows or what is there already."""

    def write(self, new: list[Any], actor: Actor | None, progress: Callable[[int], None] | None) -> None:
        """Write what is new, in the transaction of the comparison."""


@dataclass(frozen=True)
class CaseImporter:
    """The import of the cases of one service."""

    service: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[Cells, Mapping[int, str]], Any]
    loads: Callable[[Iterable[tuple[Any, str]], Actor | None], Iterator[bulk.Load]]

    def compare(self, found: list[Found]) -> tuple[list[tuple[CaseRow, str]], list[Problem]]:
        """The rows that are new with their fingerprints, and those that contradict a number or the totals of a year."""
        new: list[tuple[CaseRow, str]] = []
        problems: list[Problem] = []
        seen: dict[str, tuple[int, str]] = {}
        totals = set(LegacyTotal.objects.filter(service=self.service).order_by().values_list("year", flat=True))
        rows = iter(found)
        while portion := list(islice(rows, CHUNK)):
            present = _present([one.record.number for one in portion])
            for one in portion:
                number, content = one.record.number, fingerprint(one.record)
                first, same = seen.setdefault(number, (one.row, content))
                if first != one.row:
                    if content != same:
                        reason = _("Diese Nummer steht schon in Zeile %(row)s, mit anderem Inhalt.") % {"row": first}
                        problems.append(Problem(one.row, "nummer", number, reason))
                elif number not in present:
                    new.append((one.record, content))
                    if one.record.arrived_on.year in totals:
                        reason = _("Für das Jahr %(year)s gibt es schon Jahrestotale; beides zusammen zählte doppelt.")
                        reason %= {"year": one.record.arrived_on.year}
                        problems.append(Problem(one.row, "eingang", one.record.arrived_on.isoformat(), reason))
                elif present[number] is None:
                    problems.append(Problem(one.row, "nummer", number, _("Diese Nummer trägt schon ein anderer Fall.")))
                elif present[number] != content:
                    reason = _("Diese Nummer ist bereits importiert, mit anderem Inhalt.")
                    problems.append(Problem(one.row, "nummer", number, reason))
        return new, problems

    def write(
        self, new: list[tuple[CaseRow, str]], actor: Actor | None, progress: Callable[[int], None] | None
    ) -> None:
        """Load the cases."""
        bulk.load(self.loads(new, actor), progress=progress)


def fingerprint(record: CaseRow) -> str:
    """What tells whether two rows have the same content, without telling the content."""
    content = dataclasses.asdict(record)
    told = {field.name: content[field.name] for field in dataclasses.fields(record) if field.compare}
    return audit.keyed(json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True))


def _present(numbers: list[str]) -> dict[str, str | None]:
    """Of ``numbers`` those that exist, with the content they were imported with, if they were.

    The audit keeps it: unlike the case it never changes, so a file stays the same file after corrections.
    """
    taken: dict[str, str | None] = dict.fromkeys(
        Case.objects.filter(number__in=numbers).values_list("number", flat=True)
    )
    streams = {audit.case_stream(number): number for number in taken}
    entries = AuditEntry.objects.filter(stream__in=list(streams), verb=VERB)
    for stream, changes in entries.values_list("stream", "changes"):
        taken[streams[stream]] = changes.get(CONTENT)
    return taken
