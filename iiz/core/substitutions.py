"""Who stands in for whom today: for reading Pendenzen and for reminders, never for rights on cases.

Chains are not followed: whoever named a deputy chose that person and nobody whom that person names in turn, and
two people who stand in for each other must not send a reminder round in a circle.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef
from django.utils import timezone

from .actor import Actor
from .enums import WORKING_ROLES, Role
from .models import Institution, Membership, Substitution, User, ValidityQuerySet

ROLES = WORKING_ROLES | {Role.COORDINATOR}
"""Who holds none of these roles in the institution cannot stand in for anybody there."""


def deputy_of(user: User, institution: Institution, day: dt.date | None = None) -> User | None:
    """Who stands in for ``user`` in ``institution`` on ``day`` (today if left out), if somebody who works there does.

    Of several the one named last.
    """
    return deputies(institution, day).get(user.pk)


def deputies(institution: Institution, day: dt.date | None = None) -> dict[int, User]:
    """Who stands in for whom in ``institution`` on ``day``: deputies by the key of the absent person."""
    rows = _live(institution, day).select_related("deputy").order_by("valid_from", "pk")
    return {row.absent_id: row.deputy for row in rows}


def absent_for(actor: Actor, day: dt.date | None = None) -> set[int]:
    """The keys of the people for whom ``actor`` stands in at this institution on ``day`` (today if left out)."""
    return set(stood_in_by(actor, day).values_list("absent", flat=True))


def stood_in_by(actor: Actor, day: dt.date | None = None) -> ValidityQuerySet:
    """The rows by which ``actor`` stands in for somebody at this institution on ``day`` (today if left out)."""
    return _live(actor.institution, day).filter(deputy=actor.user)


def _live(institution: Institution, day: dt.date | None) -> ValidityQuerySet:
    day = day or timezone.localdate()
    working = Membership.objects.valid_on(day).filter(
        user=OuterRef("deputy"), institution=OuterRef("institution"), role__in=ROLES
    )
    rows = Substitution.objects.valid_on(day).filter(institution=institution, institution__is_active=True)
    return rows.filter(Exists(working), deputy__is_active=True)
