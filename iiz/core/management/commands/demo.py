"""``manage.py demo``: fills an empty database with the demo canton."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from iiz.core import demo, registry
from iiz.core.models import Case
from iiz.core.synthetic import DEMO_PASSWORD, LOGINS


class Command(BaseCommand):
    """A synthetic canton of invented people; refuses a database that holds cases."""

    help = "Fill an empty database with the demo canton: invented people in every role, cases in every state."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many cases, which random numbers, from which year."""
        parser.add_argument("--cases", type=int, default=demo.PLAYED, help=f"how many cases (default {demo.PLAYED})")
        parser.add_argument("--seed", type=int, default=1, help="same seed and day, same data (default 1)")
        parser.add_argument("--from", type=int, default=2024, dest="year", help="first year (default 2024)")

    def handle(self, *args: Any, cases: int, seed: int, year: int, **options: Any) -> None:
        """People the canton and play the first cases in one transaction, load the others in batches."""
        if cases < 0:
            raise CommandError("--cases cannot be negative.")
        if Case.objects.exists():
            raise CommandError("This database holds cases already; the demo needs one without.")
        with transaction.atomic():
            try:
                canton = demo.prepare(seed, year, timezone.localdate(), self.stdout.write)
            except ValueError as error:
                raise CommandError(str(error)) from None
            for part, count in zip(registry.demos, demo.shares(min(cases, demo.PLAYED)), strict=True):
                part.play(canton, count)
            demo.settle(canton)
        for part, count in zip(registry.demos, demo.shares(max(0, cases - demo.PLAYED)), strict=True):
            part.load(canton, count)
        width = max(len(login.email) for login in LOGINS)
        for login in LOGINS:
            self.stdout.write(f"  {login.email:{width}}  {login.words}")
        self.stdout.write(f"  Password for all of them: {DEMO_PASSWORD}")
