"""The links by which listed persons decide without logging in: sent, and sent again as a reminder (KG-05, NFR-06)."""

from __future__ import annotations

import datetime as dt

from iiz.core import clock, guests, notify
from iiz.core.actor import Actor
from iiz.core.models import GuestLink, Signatory, Task

from ..models import Kostengutsprache
from . import signing
from .signing import DECIDE

DAYS = 30
"""For how long such a link leads somewhere; after that the request waits in the portal."""
REMINDER = "kg_remind_link"


def send(request: Kostengutsprache, by: Actor) -> int:
    """Send every listed person who may sign a link of their own; returns how many (KG-05)."""
    people = signing.may_sign(request, signing.listed(request.payer))
    asked = {row.address.casefold(): row for row in people if row.address}
    for row in asked.values():
        _invite(request, row, by)
    return len(asked)


def _invite(request: Kostengutsprache, row: Signatory, by: Actor | None) -> None:
    guests.invite(
        DECIDE,
        request.case,
        request.pk,
        name=row.user.get_full_name() if row.user else row.name,
        email=row.address,
        until=clock.now() + dt.timedelta(days=DAYS),
        institution=request.payer,
        ref=row.pk,
        by=by,
    )


def remind(task: Task) -> None:
    """Remind those who may sign and have no account, whom the Pendenz does not reach: by the link they have.

    An expired link gives way to a new one; one that was locked or blocked is somebody's to send again.
    """
    rows = Kostengutsprache.objects.select_related("case", "payer", "requested_by", "drafted_by")
    request = rows.get(pk=task.object_id)
    for row in signing.may_sign(request, signing.listed(request.payer).filter(user=None).exclude(email="")):
        links = GuestLink.objects.filter(purpose=DECIDE, object_id=request.pk, email=row.email.lower())
        last = links.order_by("pk").last()
        if last is not None and last.is_live and last.ref == row.pk:
            notify.queue_guest(REMINDER, last, mark=f"{clock.now():%Y%m%d%H%M%S}")
        elif last is None or last.revoked_at is None:
            _invite(request, row, None)
