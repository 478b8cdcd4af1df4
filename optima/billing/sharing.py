"""The human decision on how two groups share their effort, from a month on (FIN-04, FIN-08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from iiz.core import audit
from iiz.core.actor import Actor
from iiz.core.versions import ONE_DAY

from ..models import CostSharing
from .tariff import Pair


def rows_of(pair: Pair, day: dt.date) -> list[CostSharing]:
    """What holds on a day in each direction; where nobody decided, a row of model C that is not saved."""
    one, other = pair
    found = {
        (row.contractor_group, row.principal_group): row
        for row in CostSharing.objects.valid_on(day).filter(contractor_group__in=pair, principal_group__in=pair)
    }
    return [
        found.get(way, CostSharing(contractor_group=way[0], principal_group=way[1]))
        for way in ((one, other), (other, one))
    ]


def history(pair: Pair) -> list[CostSharing]:
    """All that was decided between two groups, the newest first."""
    rows = CostSharing.objects.filter(contractor_group__in=pair, principal_group__in=pair)
    return list(rows.exclude(contractor_group=F("principal_group")).order_by("-valid_from", "pk"))


def decide(pair: Pair, actor: Actor, data: Mapping[str, Any]) -> None:
    """Let a model hold in both directions from ``data['valid_from']``; what held before ends the day before.

    Effects: rows and entries of the audit in one transaction. Raises ``ValidationError`` beside the first day where a
    month is already billed, or where something is decided for a later day.
    """
    first = data["valid_from"]
    with transaction.atomic():
        for row in rows_of(pair, first):
            way = {"contractor_group": row.contractor_group, "principal_group": row.principal_group}
            later = CostSharing.objects.filter(**way, valid_from__gte=first).order_by("valid_from").first()
            if later is not None:
                words = _("Ab dem %(day)s ist bereits etwas festgehalten. Wählen Sie einen Tag danach.")
                raise ValidationError({"valid_from": words % {"day": f"{later.valid_from:%d.%m.%Y}"}})
            if row.pk is not None:
                row.valid_until = first - ONE_DAY
                row.save(update_fields=["valid_until"])
                audit.record("master", actor, "master_changed", row, {"valid_until": ["", str(row.valid_until)]})
            new = CostSharing(
                **way,
                model=data["model"],
                basis=data[f"basis_{row.principal_group}"],
                reference=data[f"reference_{row.principal_group}"],
                decided_by=data["decided_by"],
                valid_from=first,
            )
            new.full_clean()
            new.save()
            told = {"model": new.model, "basis": new.basis, "decided_by": new.decided_by, "valid_from": str(first)}
            audit.record("master", actor, "master_added", new, {name: ["", value] for name, value in told.items()})
