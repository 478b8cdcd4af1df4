"""``manage.py statistics``: the figures of a service for any period."""

from __future__ import annotations

import datetime as dt
import re
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _

from reporting import figures
from reporting.counting import Period
from reporting.exports import BINARY, FORMATS
from reporting.figures import report as report_of
from reporting.imports.problems import one_line

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Command(BaseCommand):
    """Counts all cases but drafts. Several formats are written beside each other, each with its own ending."""

    help = "Count the figures of a service from one day to another, both inclusive."

    def add_arguments(self, parser: CommandParser) -> None:
        """Service, period, formats and target."""
        parser.add_argument("service", help=f"which service: {', '.join(figures.SERVICES)}")
        parser.add_argument("--from", dest="first", metavar="YYYY-MM-DD", default="")
        parser.add_argument("--to", dest="last", metavar="YYYY-MM-DD", default="")
        parser.add_argument("--format", default="json", help="json, csv, xlsx, pdf, or several separated by commas")
        parser.add_argument("--output", type=Path, help="file to write; with several formats the endings are replaced")

    def handle(
        self, *args: Any, service: str, first: str, last: str, format: str, output: Path | None, **options: Any
    ) -> None:
        """Count and write."""
        if service not in figures.SERVICES:
            known = {"service": service, "known": ", ".join(figures.SERVICES)}
            raise CommandError(_("Für «%(service)s» gibt es keine Kennzahlen; möglich: %(known)s.") % known)
        begin, end = _day("--from", first), _day("--to", last)
        try:
            period = Period(begin, end)
        except ValueError as error:
            raise CommandError(_("--to liegt vor --from.")) from error
        formats = [name.strip() for name in format.split(",")]
        unknown = [name for name in formats if name not in FORMATS]
        if unknown:
            raise CommandError(
                _("--format: «%(name)s» ist unbekannt; möglich: %(known)s.")
                % {"name": unknown[0], "known": ", ".join(FORMATS)}
            )
        if output is None and (len(formats) > 1 or BINARY & set(formats)):
            raise CommandError(_("Für mehrere Formate, XLSX und PDF braucht es --output."))
        try:
            report = report_of(service, period)
        except DatabaseError as error:
            raise CommandError(_("Die Datenbank antwortet nicht: %(error)s") % {"error": one_line(error)}) from error
        for name in formats:
            content = FORMATS[name][0](report)
            if output is None:
                self._print(content.decode("utf-8-sig"))
                continue
            target = output if len(formats) == 1 else output.with_suffix(f".{name}")
            try:
                target.write_bytes(content)
            except OSError as error:
                raise CommandError(f"{target}: {error.strerror or error}") from error

    def _print(self, text: str) -> None:
        """The text as it is; where the terminal cannot show a character, its code stands there instead."""
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        self.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding), ending="")


def _day(option: str, text: str) -> dt.date:
    if not text:
        raise CommandError(_("%(option)s fehlt (JJJJ-MM-TT).") % {"option": option})
    try:
        day = dt.date.fromisoformat(text) if ISO_DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise CommandError(
            _("%(option)s: «%(text)s» ist kein Datum in der Form JJJJ-MM-TT.") % {"option": option, "text": text}
        )
    return day
