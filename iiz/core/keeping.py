"""Who keeps the people and entries of an institution, and how an entry ends (ACT-06, ACT-12)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from .actor import Actor, actor_for
from .enums import Role
from .models import Institution, Validity
from .workflow import NotAllowed

STREAM = "master"
"""The audit stream of everything here."""
BY_CONTACT = (Role.CONTACT, Role.CASEWORKER, Role.SIGNATORY, Role.READ_ONLY)
"""The roles a contact person gives in the own institution; all others come from the coordination office."""
DAY = dt.timedelta(days=1)


def manages(actor: Actor | None, institution: Institution) -> bool:
    """Whether ``actor`` keeps the people of ``institution``: its contact persons and the coordinators."""
    if actor is None:
        return False
    return actor.is_coordination or (actor.institution == institution and Role.CONTACT in actor.roles)


def givable_roles(actor: Actor, institution: Institution) -> list[Role]:
    """The roles ``actor`` may give and take in ``institution``, in the order of the list."""
    if not manages(actor, institution):
        return []
    roles = set(BY_CONTACT)
    if actor.is_coordination:
        roles |= {Role.STRATEGIC, Role.STEERING}
        if institution.is_coordination:
            roles.add(Role.COORDINATOR)
    return [role for role in Role if role in roles]


def hold(actor: Actor, institution: Institution) -> None:
    """Lock ``institution`` until the transaction ends and ask again whether ``actor`` may keep its people.

    Two contact persons who end each other at the same moment come one after the other: the second is refused.
    """
    Institution.objects.select_for_update().get(pk=institution.pk)
    if not manages(actor_for(actor.user, actor.institution), institution):
        raise NotAllowed(_("Das dürfen nur die Ansprechpersonen dieser Institution und die Koordinationsstelle."))


def end(row: Validity) -> None:
    """Let a dated row end at once: its last day is yesterday. Nothing is deleted.

    A row that began today never held for a whole day; it is shown as held yesterday only, the audit has the hours.
    """
    row.valid_until = timezone.localdate() - DAY
    row.valid_from = min(row.valid_from, row.valid_until)
    row.save(update_fields=["valid_from", "valid_until"])
