"""``manage.py import_totals``: totals of years of which there are no cases (REP-03)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from reporting.imports.command import ImportCommand


class Command(ImportCommand):
    """All rows or none. Mistakes go to standard error as CSV ``row,column,value,reason``, exit status 1."""

    help = "Import yearly totals of earlier years from a CSV or XLSX file, all rows or none."

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        """Import and say how many totals were added and skipped."""
        outcome = self.run_import("totals", file, dry_run)
        done = _("Geprüft, nichts geschrieben: %(added)s Totale neu, %(skipped)s schon da.")
        if not dry_run:
            done = _("%(added)s Totale importiert, %(skipped)s waren schon da.")
        self.stdout.write(done % {"added": outcome.added, "skipped": outcome.skipped})
