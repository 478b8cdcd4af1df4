"""``manage.py send_reminders``: what the scheduler does, for cron."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from iiz.core.jobs import COUNTED, sweep


class Command(BaseCommand):
    """Do everything that is due and not yet done, once, and print how much it was."""

    help = "Send everything that is due and not yet sent. Safe to run twice, at once, or after days of outage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The moment to act for, now unless given."""
        parser.add_argument("--at", help="ISO 8601, for instance 2026-11-22T07:00; Swiss time without an offset")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one sweep."""
        counts = sweep(self._moment(options["at"]))
        self.stdout.write(" ".join(f"{name}={counts[name]}" for name in COUNTED))

    def _moment(self, text: str | None) -> dt.datetime | None:
        if not text:
            return None
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None:
            raise CommandError(f"not an ISO 8601 moment: {text}")
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
