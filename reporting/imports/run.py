"""The import itself: every row is judged before the first one is written, all or none."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import audit, bulk
from iiz.core.actor import Actor
from iiz.core.models import AuditEntry, Case

from . import optima, optima_cases, sheet
from .cells import Cells
from .problems import CannotRead, Problem, Refused, shown
from .regions import regions

CHUNK = 2000

Progress = Callable[[str, int | None], Callable[[int], None]]
"""Called at the begin of each stage with its name and, if known, its length; gives what to call for each step."""


class Record(Protocol):
    """One row that makes sense."""

    @property
    def number(self) -> str:
        """The case number."""


@dataclass(frozen=True)
class Importer:
    """How the cases of one service are imported: columns, judgement of a row, and what to write."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[Cells, Mapping[int, str]], Any]
    loads: Callable[[Iterable[tuple[Any, str]], Actor | None], Iterator[bulk.Load]]


IMPORTERS: dict[str, Importer] = {
    "optima": Importer(optima.REQUIRED, optima.OPTIONAL, optima.read, optima_cases.loads),
}
"""Services whose history can be imported."""


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do: rows read, cases added, rows that were there already."""

    rows: int
    added: int
    skipped: int


def run(
    service: str,
    file: Any,
    *,
    dry_run: bool = False,
    actor: Actor | None = None,
    progress: Progress | None = None,
    limit: int | None = None,
) -> Outcome:
    """Import ``file`` (CSV or XLSX, opened for reading bytes) for ``service``; with ``dry_run`` only judge it.

    Effects, in one transaction: cases without person and participations, their Antrag and Kostengutsprachen, one
    audit chain each, placeholder institutions. Rows already imported with the same content are skipped.
    Raises :class:`Refused` with every mistake of the file, having written nothing; so does a file of more than
    ``limit`` rows. ``KeyError`` for a service that cannot be imported.
    """
    importer = IMPORTERS[service]
    step = progress(_("Lesen"), None) if progress else None
    found, problems = _read(importer, file, step, limit)
    try:
        with transaction.atomic():
            new, doubled = _compare(found)
            problems += doubled
            if problems:
                raise Refused(problems)
            if new and not dry_run:
                step = progress(_("Schreiben"), len(new)) if progress else None
                bulk.load(importer.loads(new, actor), progress=step)
    except IntegrityError as error:
        reason = _("Während des Imports haben sich die Fälle verändert. Bitte importieren Sie nochmals.")
        raise Refused([Problem(1, "", "", reason)]) from error
    return Outcome(len(found), len(new), len(found) - len(new))


@dataclass(frozen=True, slots=True)
class _Found:
    row: int
    record: Any
    content: str


def _read(
    importer: Importer, file: Any, step: Callable[[int], None] | None, limit: int | None
) -> tuple[list[_Found], list[Problem]]:
    """The rows that make sense, and what is wrong with the others."""
    problems: list[Problem] = []
    found: list[_Found] = []
    seen = 0
    try:
        with closing(sheet.rows(file)) as rows:
            header = next(rows, None)
            if header is None or sheet.is_blank(header[1]):
                raise CannotRead(_("Die erste Zeile muss die Namen der Spalten enthalten."))
            columns, problems = _columns(importer, header[1])
            absent = frozenset(importer.required) - set(columns)
            known, today = regions(), timezone.localdate()
            for number, values in rows:
                if sheet.is_blank(values):
                    continue
                seen += 1
                if limit is not None and seen > limit:
                    raise CannotRead(_("Die Datei hat mehr als %(limit)s Zeilen.") % {"limit": limit}, number)
                cells = Cells(number, dict(zip(columns, values, strict=False)), absent=absent, today=today)
                cells.check_kinds(columns)
                if not sheet.is_blank(values[len(columns) :]):
                    cells.refuse("", _("Die Zeile hat mehr Werte als der Kopf Spalten."))
                record = importer.read(cells, known)
                problems += cells.problems
                if record is not None:
                    found.append(_Found(number, record, fingerprint(record)))
                if step:
                    step(1)
    except CannotRead as error:
        problems.append(Problem(error.row, "", "", str(error)))
    return found, problems


def _columns(importer: Importer, cells: list[Any]) -> tuple[list[str], list[Problem]]:
    """The names in the header, and what is wrong with them."""
    names = [str(cell).strip() if cell is not None else "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    problems = []
    for place, name in enumerate(names):
        if not name:
            problems.append(Problem(1, "", "", _("Die %(place)s. Spalte hat keinen Namen.") % {"place": place + 1}))
        elif name not in importer.required and name not in importer.optional:
            problems.append(Problem(1, shown(name), shown(name), _("Diese Spalte ist unbekannt.")))
        elif name in names[:place]:
            problems.append(Problem(1, name, name, _("Diese Spalte kommt zweimal vor.")))
    problems += [Problem(1, name, "", _("Diese Spalte fehlt.")) for name in importer.required if name not in names]
    return names, problems


def fingerprint(record: Any) -> str:
    """What tells whether two rows have the same content, without telling the content."""
    content = dataclasses.asdict(record)
    told = {field.name: content[field.name] for field in dataclasses.fields(record) if field.compare}
    return audit.keyed(json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True))


def _compare(found: list[_Found]) -> tuple[list[tuple[Any, str]], list[Problem]]:
    """The rows that are new, and those whose number stands for something else already."""
    new: list[tuple[Any, str]] = []
    problems: list[Problem] = []
    seen: dict[str, _Found] = {}
    rows = iter(found)
    while portion := list(islice(rows, CHUNK)):
        present = _present([one.record.number for one in portion])
        for one in portion:
            number = one.record.number
            first = seen.setdefault(number, one)
            if first is not one:
                if first.content != one.content:
                    reason = _("Diese Nummer steht schon in Zeile %(row)s, mit anderem Inhalt.") % {"row": first.row}
                    problems.append(Problem(one.row, "nummer", number, reason))
            elif number not in present:
                new.append((one.record, one.content))
            elif present[number] is None:
                problems.append(Problem(one.row, "nummer", number, _("Diese Nummer trägt schon ein anderer Fall.")))
            elif present[number] != one.content:
                reason = _("Diese Nummer ist bereits importiert, mit anderem Inhalt.")
                problems.append(Problem(one.row, "nummer", number, reason))
    return new, problems


def _present(numbers: list[str]) -> dict[str, str | None]:
    """Of ``numbers`` those that exist, with the content they were imported with, if they were.

    The audit keeps it: unlike the case it never changes, so a file stays the same file after corrections.
    """
    taken: dict[str, str | None] = dict.fromkeys(
        Case.objects.filter(number__in=numbers).values_list("number", flat=True)
    )
    streams = {audit.case_stream(number): number for number in taken}
    entries = AuditEntry.objects.filter(stream__in=list(streams), verb=optima_cases.VERB)
    for stream, changes in entries.values_list("stream", "changes"):
        taken[streams[stream]] = changes.get(optima_cases.CONTENT)
    return taken
