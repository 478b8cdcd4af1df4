"""Who gets a copy of a signed Kostengutsprache, and the provider's way to the order (KG-07, KG-09)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from iiz.core import clock, guests
from iiz.core.actor import Actor

from ..models import CopyTo, Kostengutsprache

COPY, ORDER, PAPER = "kg_copy", "kg_order", "kg_paper"
"""The purposes of the links by which somebody without an account reads a copy, a provider an order, and a listed person
what was filed as signed on paper."""
LINK_DAYS = 60
"""For how long those links lead somewhere."""


def receivers(request: Kostengutsprache) -> QuerySet[CopyTo]:
    """Who stands on the distribution list of the requester on the day of the decision (KG-07)."""
    office = request.requester
    rows = CopyTo.objects.valid_on(request.decided_on or clock.today()).filter(group=office.statistics_group)
    return rows.filter(Q(institution=None) | Q(institution=office))


def distribute(request: Kostengutsprache, by: Actor | None) -> None:
    """Send a link to those on the list who have an address; the others are shown on the page."""
    sent = set()
    for row in receivers(request):
        if row.email and row.email.casefold() not in sent:
            sent.add(row.email.casefold())
            send(COPY, request, row.label, row.email, by)


def send(purpose: str, request: Kostengutsprache, name: str, email: str, by: Actor | None) -> None:
    """Send somebody outside the portal a link to one document of the Kostengutsprache."""
    until = clock.now() + dt.timedelta(days=LINK_DAYS)
    guests.invite(purpose, request.case, request.pk, name=name, email=email, until=until, office=name, by=by)
