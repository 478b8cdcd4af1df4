"""Services with a flat rate of their own, such as job coaching: given from a day to a day, recorded once (FIN-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.models import Case

from ..billing.months import last_day
from ..enums import OptimaState
from ..models import CaseService
from ..queries import antrag_of, rates_for

Data = Mapping[str, Any]
Changes = dict[str, Any]


GIVEN = (OptimaState.RUNNING, OptimaState.CLOSED)
"""The states in which a case may have services."""


def services_of(case: Case) -> list[CaseService]:
    """The services that were recorded in a case, since case work began."""
    return list(case.services.all()) if case.state in GIVEN else []


def on_offer(case: Case) -> list[str]:
    """The services that the contractor may record for this principal today, in the one spelling of their rates."""
    known = vars(antrag_of(case))
    if "offered" not in known:
        rates = rates_for(case.antrag.contractor_group, case.antrag.principal_group, clock.today())
        known["offered"] = sorted(set(rates.filter(every_case=False).values_list("service", flat=True)))
    found: list[str] = known["offered"]
    return found


def is_offered(case: Case, actor: Actor) -> str | None:
    """Guard: there is something to record between these two offices."""
    return None if on_offer(case) else _("Zwischen diesen beiden Stellen gibt es keine Leistung mit eigenem Ansatz.")


def is_recorded(case: Case, actor: Actor) -> str | None:
    """Guard: there is a service to end."""
    return None if services_of(case) else _("In diesem Fall ist keine Leistung festgehalten.")


def overlap(case: Case, service: str, since: dt.date, until: dt.date | None, beside: int | None = None) -> str:
    """Why a service cannot be given from a day to a day: it is already; empty if it can."""
    for row in services_of(case):
        if row.pk == beside or row.service != service:
            continue
        if (until is None or row.since <= until) and (row.until is None or row.until >= since):
            words = _("«%(service)s» ist in diesem Zeitraum bereits festgehalten: %(period)s.")
            return words % {"service": service, "period": period(row)}
    return ""


def period(row: CaseService) -> str:
    """From when to when, in words; with the case work a service is over too."""
    ends = (row.until, last_day(row.case.ended_on, row.case.withdrawn_at))
    until = min((end for end in ends if end is not None and end >= row.since), default=None)
    if until is None:
        return _("seit %(day)s") % {"day": f"{row.since:%d.%m.%Y}"}
    return f"{row.since:%d.%m.%Y}–{until:%d.%m.%Y}"


def record(case: Case, actor: Actor | None, data: Data) -> Changes:
    """Record a service."""
    row = CaseService.objects.create(case=case, service=data["service"], since=data["since"], until=data["until"])
    return {"service": row.service, "since": row.since.isoformat(), "until": str(row.until or "")}


def change(case: Case, actor: Actor | None, data: Data) -> Changes:
    """End a service, put its days right, or take away one that was recorded by mistake."""
    row: CaseService = data["row"]
    before = period(row)
    if data["mistaken"]:
        row.delete()
        return {"service": row.service, "period": [before, ""]}
    row.since, row.until = data["since"], data["until"]
    row.save(update_fields=["since", "until"])
    return {"service": row.service, "period": [before, period(row)]}
