"""Pendenzen as people read them: whose they are, in whose place somebody sees them, and how many (principle 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from . import substitutions
from .actor import Actor
from .enums import CASE_ROLES, WORKING_ROLES, Role
from .models import Institution, Membership, Task

CAP = 99
"""Nothing is counted further than this: an exact number would cost more with every case."""

URGENT_FIRST = (F("due_on").asc(nulls_last=True), "pk")
"""The order of Pendenzen; what has no deadline comes last on every database."""

AT_WORK = CASE_ROLES - {Role.READ_ONLY}
"""Whoever holds none of these roles in an institution has left its work."""


def everybody(actor: Actor) -> models.QuerySet[Task]:
    """What waits for the actor's institution and may be known to it, the most urgent first."""
    return Task.objects.visible_to(actor).filter(done_at=None).order_by(*URGENT_FIRST)


def mine(actor: Actor) -> models.QuerySet[Task]:
    """What waits for ``actor``: addressed to the person, or to a role the person holds.

    What was addressed to somebody who has left waits for the role again, and for the contact persons, so that no step
    is lost with a person (ACT-08).
    """
    return everybody(actor).filter(_mine(actor))


def stood_in(actor: Actor) -> models.QuerySet[Task]:
    """What waits for the people for whom ``actor`` stands in today, and does not wait for ``actor`` anyway."""
    return everybody(actor).filter(_stood_in(actor)).exclude(user=None, role__in=answers_for(actor))


def at_hand(actor: Actor) -> models.QuerySet[Task]:
    """Both: what ``actor`` is to see to today."""
    return everybody(actor).filter(_mine(actor) | _stood_in(actor))


def put_off(tasks: models.QuerySet[Task]) -> models.QuerySet[Task]:
    """Those that were put off to a later day."""
    return tasks.filter(snoozed_until__gt=timezone.localdate())


def shown(tasks: models.QuerySet[Task]) -> models.QuerySet[Task]:
    """Those that are not put off."""
    return tasks.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=timezone.localdate()))


def count(tasks: models.QuerySet[Task]) -> int:
    """How many, and one more than :data:`CAP` for all that are more."""
    return tasks.order_by()[: CAP + 1].count()


def capped(number: int) -> str:
    """A number of :func:`count` as it is shown: ``7``, ``99+``, nothing for none."""
    return f"{CAP}+" if number > CAP else str(number or "")


def to_do(actor: Actor) -> models.QuerySet[Task]:
    """What waits for ``actor`` now, own and in the place of absent people, for the number in the navigation."""
    return shown(at_hand(actor))


class _Number(models.Subquery):
    """How many rows a query finds."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()


def numbers(found: Sequence[models.QuerySet[Any]]) -> list[int]:
    """How many rows each of ``found`` has, counted as :func:`count` does; one query for all."""
    if not found:
        return []
    columns = [_Number(rows.order_by().values("pk")[: CAP + 1]) for rows in found]
    return list(Institution.objects.order_by().values_list(*columns)[:1].get())


def at_work(institution: Institution, day: dt.date | None = None) -> models.QuerySet[Membership]:
    """The live memberships of the people who work in ``institution``."""
    live = Membership.objects.valid_on(day).filter(institution=institution, role__in=AT_WORK, user__is_active=True)
    return live.order_by()


def answers_for(actor: Actor) -> set[str]:
    """Roles whose unassigned tasks are this actor's; coordinators answer for all of their office."""
    if actor.is_coordination:
        return {Role.COORDINATOR, *WORKING_ROLES}
    return set(actor.roles)


def _mine(actor: Actor) -> Q:
    answers = answers_for(actor)
    left = Q(user__isnull=False) & ~Q(user__in=at_work(actor.institution).values("user"))
    if Role.CONTACT not in answers:
        left &= Q(role__in=answers)
    return Q(user=actor.user) | Q(user=None, role__in=answers) | left


def _stood_in(actor: Actor) -> Q:
    absent = substitutions.stood_in_by(actor).order_by().values("absent")
    roles = at_work(actor.institution).filter(user__in=absent).values("role")
    return Q(user__in=absent) | Q(user=None, role__in=roles)
