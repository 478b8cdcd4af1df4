"""The import itself: every row is judged before the first one is written, all or none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core.actor import Actor
from iiz.core.enums import Service

from . import optima, optima_cases, roundtable, roundtable_cases, sheet, totals
from .cells import Cells
from .compare import CaseImporter, Found, Importer
from .problems import CannotRead, Problem, Refused, shown
from .regions import regions

Progress = Callable[[str, int | None], Callable[[int], None]]
"""Called at the begin of each stage with its name and, if known, its length; gives what to call for each step."""


IMPORTERS: dict[str, Importer] = {
    Service.OPTIMA.value: CaseImporter(
        Service.OPTIMA, optima.REQUIRED, optima.OPTIONAL, optima.read, optima_cases.loads
    ),
    Service.ROUNDTABLE.value: CaseImporter(
        Service.ROUNDTABLE, roundtable.REQUIRED, roundtable.OPTIONAL, roundtable.read, roundtable_cases.loads
    ),
    "totals": totals.TotalsImporter(),
}
"""What can be imported: cases of a service, and the totals of years without cases."""


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do: rows read, rows added, rows that were there already."""

    rows: int
    added: int
    skipped: int


def run(
    what: str,
    file: Any,
    *,
    dry_run: bool = False,
    actor: Actor | None = None,
    progress: Progress | None = None,
    limit: int | None = None,
) -> Outcome:
    """Import ``file`` (CSV or XLSX, opened for reading bytes) as ``what``; with ``dry_run`` only judge it.

    Effects, in one transaction: cases without person and participations, the rows of their service, one audit chain
    each, placeholder institutions; or yearly totals. Rows already imported with the same content are skipped.
    Raises :class:`Refused` with every mistake of the file, having written nothing; so does a file of more than
    ``limit`` rows. ``KeyError`` for what cannot be imported.
    """
    importer = IMPORTERS[what]
    step = progress(_("Lesen"), None) if progress else None
    found, problems = _read(importer, file, step, limit)
    try:
        with transaction.atomic():
            new, doubled = importer.compare(found)
            problems += doubled
            if problems:
                raise Refused(problems)
            if new and not dry_run:
                step = progress(_("Schreiben"), len(new)) if progress else None
                importer.write(new, actor, step)
    except IntegrityError as error:
        reason = _("Während des Imports haben sich die Fälle verändert. Bitte importieren Sie nochmals.")
        raise Refused([Problem(1, "", "", reason)]) from error
    return Outcome(len(found), len(new), len(found) - len(new))


def _read(
    importer: Importer, file: Any, step: Callable[[int], None] | None, limit: int | None
) -> tuple[list[Found], list[Problem]]:
    """The rows that make sense, and what is wrong with the others."""
    problems: list[Problem] = []
    found: list[Found] = []
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
                    found.append(Found(number, record))
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
