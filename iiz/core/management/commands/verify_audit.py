"""``manage.py verify_audit``: walks the audit chains, and what services prove by them."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand

from iiz.core import audit, registry
from iiz.core.models import AuditEntry


class Command(BaseCommand):
    """Proves that nothing was altered in or removed from the audit (NFR-04)."""

    help = "Walk all audit chains; exit 1 and the first broken entry if anything was altered or removed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Stop at the first break, which names chain and entry."""
        for problem in chain(audit.verify(), *(proof() for proof in registry.proofs)):
            self.stderr.write(f"The audit is broken: {problem}")
            raise SystemExit(1)
        self.stdout.write(f"The audit is sound: {AuditEntry.objects.count()} entries.")
