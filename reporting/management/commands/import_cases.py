"""``manage.py import_cases``: historical cases from CSV or XLSX."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from iiz.core.enums import Service
from reporting.imports.command import ImportCommand


class Command(ImportCommand):
    """All rows or none. Mistakes go to standard error as CSV ``row,column,value,reason``, exit status 1."""

    help = "Import historical cases from a CSV or XLSX file, all rows or none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Service, file and whether only to check."""
        parser.add_argument("service", help=f"which service: {', '.join(Service.values)}")
        super().add_arguments(parser)

    def handle(self, *args: Any, service: str, file: Path, dry_run: bool, **options: Any) -> None:
        """Import and say how many cases were added and skipped."""
        if service not in Service.values:
            known = {"service": service, "known": ", ".join(Service.values)}
            raise CommandError(_("«%(service)s» lässt sich nicht importieren; möglich: %(known)s.") % known)
        outcome = self.run_import(service, file, dry_run)
        done = _("Geprüft, nichts geschrieben: %(added)s Fälle neu, %(skipped)s schon da.")
        if not dry_run:
            done = _("%(added)s Fälle importiert, %(skipped)s waren schon da.")
        self.stdout.write(done % {"added": outcome.added, "skipped": outcome.skipped})
