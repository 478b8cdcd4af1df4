"""``manage.py seed``: the configuration of the canton of Lucerne, without demo people."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from iiz.core import registry
from iiz.core.seed import seed


class Command(BaseCommand):
    """Adds what is missing of the Lucerne configuration; safe to run again (CAN-LU)."""

    help = "Add what is missing of the Lucerne configuration: offices, municipalities, routing, criteria, rates."

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the rows of the core and of every service in one transaction; print what was added."""
        with transaction.atomic():
            added = seed()
            for service_seed in registry.seeds:
                added |= service_seed()
        for label, number in added.items():
            self.stdout.write(f"{label}: {number} neu")
