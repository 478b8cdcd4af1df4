"""``manage.py import_cases``: historical cases from CSV or XLSX."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _
from tqdm import tqdm

from reporting.imports import IMPORTERS, Refused, run
from reporting.imports.problems import as_csv, one_line


class Command(BaseCommand):
    """All rows or none. Mistakes go to standard error as CSV ``row,column,value,reason``, exit status 1."""

    help = "Import historical cases from a CSV or XLSX file, all rows or none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Service, file and whether only to check."""
        parser.add_argument("service", help=f"which service: {', '.join(IMPORTERS)}")
        parser.add_argument("file", type=Path, help="CSV (UTF-8; ; or ,) or XLSX, columns as documented")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")

    def handle(self, *args: Any, service: str, file: Path, dry_run: bool, **options: Any) -> None:
        """Import and say how many cases were added and skipped."""
        if service not in IMPORTERS:
            known = {"service": service, "known": ", ".join(IMPORTERS)}
            raise CommandError(_("«%(service)s» lässt sich nicht importieren; möglich: %(known)s.") % known)
        try:
            with file.open("rb") as source:
                outcome = run(service, source, dry_run=dry_run, progress=self._progress)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}") from error
        except DatabaseError as error:
            raise CommandError(_("Die Datenbank antwortet nicht: %(error)s") % {"error": one_line(error)}) from error
        except Refused as refused:
            self._close()
            self.stderr.write(as_csv(refused.problems), style_func=str, ending="")
            raise SystemExit(1) from None
        self._close()
        done = _("Geprüft, nichts geschrieben: %(added)s Fälle neu, %(skipped)s schon da.")
        if not dry_run:
            done = _("%(added)s Fälle importiert, %(skipped)s waren schon da.")
        self.stdout.write(done % {"added": outcome.added, "skipped": outcome.skipped})

    _bar: tqdm | None = None

    def _progress(self, label: str, total: int | None) -> Callable[[int], None]:
        """A bar for each stage, on a terminal only."""
        self._close()
        bar: tqdm = tqdm(desc=label, total=total, unit="", file=self.stderr, disable=not self.stderr.isatty())
        self._bar = bar

        def step(number: int) -> None:
            bar.update(number)

        return step

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
