"""The private address from which a calendar program fetches a person's own meetings.

A fetch is no look at a case: programs come every hour, whoever sits there, and the file names nobody. It leaves
``last_used_at`` and no access log entry, which would bury those of people; making and ending an address is audited.
"""

from __future__ import annotations

import datetime as dt
import secrets
from hashlib import sha256

from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from . import audit
from .actor import Actor, actors_of
from .calendars import AHEAD, KEPT_BACK
from .enums import MeetingState
from .models import CalendarFeed, Case, Invitee, Meeting, User

STREAM = "master"
NOTED_EVERY = dt.timedelta(hours=1)
"""How exactly the last fetch is noted, so that not each one writes."""


def live(user: User) -> CalendarFeed | None:
    """The address that works now, if there is one; its secret is known to nobody but its reader."""
    return CalendarFeed.objects.filter(user=user, revoked_at=None).first()


def renew(user: User, actor: Actor | None) -> str:
    """Make a new address, which ends the old one; returns its secret, for this once."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        _end(user)
        feed = CalendarFeed.objects.create(user=user, token_hash=_hashed(token))
        audit.record(STREAM, actor, "calendar_feed_made", feed, user=user)
    return token


def stop(user: User, actor: Actor | None) -> None:
    """End the address; nothing happens without one."""
    with transaction.atomic():
        feed = live(user)
        if feed is not None:
            _end(user)
            audit.record(STREAM, actor, "calendar_feed_stopped", feed, user=user)


def _end(user: User) -> None:
    CalendarFeed.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())


def find(token: str) -> CalendarFeed | None:
    """The live feed a secret stands for; ``None`` for an unknown or ended one and for people without access.

    Only the hash is compared, by the index: how long it takes says nothing of the secret.
    """
    feed = CalendarFeed.objects.select_related("user").filter(token_hash=_hashed(token), revoked_at=None).first()
    return feed if feed is not None and feed.user.is_active and actors_of(feed.user) else None


def note_use(feed: CalendarFeed) -> None:
    """Note that a program fetched it."""
    now = timezone.now()
    if feed.last_used_at is None or now - feed.last_used_at > NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=now)


def seats(user: User) -> list[Invitee]:
    """The seats of ``user`` at meetings of the coming year and the last three months, the earliest first.

    Only where the person still works for the institution invited and may open the case today.
    """
    now = timezone.now()
    around = Q(state=MeetingState.PLANNED, starts_at__range=(now - KEPT_BACK, now + AHEAD))
    around |= Q(state=MeetingState.HELD, held_on__gte=timezone.localdate(now - KEPT_BACK))
    found: list[Invitee] = []
    for actor in actors_of(user):
        meetings = Meeting.objects.visible_to(actor).filter(around)
        rows = Invitee.objects.filter(user=user, institution=actor.institution, meeting__in=meetings)
        cases = Prefetch("meeting__case", Case.objects.only("number"))
        found += rows.select_related("meeting").prefetch_related(cases)
    return sorted(found, key=lambda seat: (seat.meeting.starts_at, seat.pk))


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
