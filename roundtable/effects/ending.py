"""The end of a Roundtable (RT-21, OUT-07)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from iiz.core.actor import Actor
from iiz.core.models import Case
from iiz.core.workflow import end

from ..queries import roundtable_of
from .consent import stop


def close(case: Case, actor: Actor, data: Mapping[str, Any]) -> dict[str, Any]:
    """Close with exactly one reason; ``data``: ``closed_on``, ``reason``, ``solution``, ``note``.

    What is still planned is called off, links of guests end, everybody who takes part is told.
    """
    record = roundtable_of(case)
    record.closing_reason, record.solution = data["reason"], data.get("solution") or ""
    record.closing_note = data.get("note", "")
    record.save(update_fields=["closing_reason", "solution", "closing_note"])
    stop(case, actor, _("Der Roundtable ist abgeschlossen."))
    end(case, data["closed_on"])
    return {"reason": record.closing_reason}
