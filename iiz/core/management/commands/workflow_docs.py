"""Write the document of the workflows from their rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from iiz.core.diagrams import document


class Command(BaseCommand):
    """Writes ``iiz/docs/workflow.md``."""

    help = "Write iiz/docs/workflow.md from the rows of the workflows."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and say so."""
        path = Path(settings.BASE_DIR) / "iiz" / "docs" / "workflow.md"
        path.write_text(document(), encoding="utf-8")
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} written")
