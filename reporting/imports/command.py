"""What the commands that import have in common: a file, a check, a progress bar, and the list of mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _
from tqdm import tqdm

from .problems import Refused, as_csv, one_line
from .run import Outcome, run


class ImportCommand(BaseCommand):
    """All rows or none. Mistakes go to standard error as CSV ``row,column,value,reason``, exit status 1."""

    def add_arguments(self, parser: CommandParser) -> None:
        """File and whether only to check."""
        parser.add_argument("file", type=Path, help="CSV (UTF-8; ; or ,) or XLSX, columns as documented")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")

    def run_import(self, what: str, file: Path, dry_run: bool) -> Outcome:
        """Import ``file`` as ``what``; ends the process with every mistake on standard error."""
        try:
            with file.open("rb") as source:
                outcome = run(what, source, dry_run=dry_run, progress=self._progress)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}") from error
        except DatabaseError as error:
            raise CommandError(_("Die Datenbank antwortet nicht: %(error)s") % {"error": one_line(error)}) from error
        except Refused as refused:
            self._close()
            self.stderr.write(as_csv(refused.problems), style_func=str, ending="")
            raise SystemExit(1) from None
        self._close()
        return outcome

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
