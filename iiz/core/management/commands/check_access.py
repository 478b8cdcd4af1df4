"""``manage.py check_access``: compares who may open which case with what the policy says."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from iiz.core import access
from iiz.core.models import Case

BATCH = 2000


class Command(BaseCommand):
    """Compares the table of permissions with the policy over all cases (ACT-12)."""

    help = (
        "Compare the access table with the policy over all cases; exit 1 and one line per difference if they disagree."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every difference to standard error."""
        cases, last, wrong = 0, 0, 0
        while batch := list(Case.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
            for difference in access.differences(batch):
                wrong += 1
                self.stderr.write(difference)
            cases, last = cases + len(batch), batch[-1].pk
        if wrong:
            raise CommandError(f"{wrong} difference(s) between the access table and the policy.")
        self.stdout.write(f"Table and policy agree on {cases} cases.")
