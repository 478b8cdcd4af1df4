"""The one writer of *Pendenzen*: what waits for whom (principle 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from . import clock
from .actor import Actor
from .enums import WORKING_ROLES, InstitutionKind, Role
from .models import Case, Institution, Task

if TYPE_CHECKING:
    from .workflow import Waiting


def renew(case: Case, waits: Iterable[Waiting]) -> None:
    """Close what no longer waits on ``case`` and open what waits now.

    A row that keeps waiting for the same institution keeps its date.
    """
    wanted = {(task.name, task.institution_id): task for task in build(case, waits)}
    for task in Task.objects.filter(case=case, done_at=None):
        new = wanted.pop((task.name, task.institution_id), None)
        if new is None:
            task.done_at = clock.now()
            task.save(update_fields=["done_at"])
        elif task.user_id != new.user_id:
            task.user_id = new.user_id
            task.save(update_fields=["user"])
    Task.objects.bulk_create(wanted.values())


def build(case: Case, waits: Iterable[Waiting], moment: dt.datetime | None = None) -> list[Task]:
    """The tasks that ``waits`` open on ``case``, not yet saved; ``moment`` is when the state was entered."""
    moment = moment or clock.now()
    day = timezone.localdate(moment)
    tasks = []
    for wait in waits:
        institution_id, user_id = _addressee(case, wait.party)
        if institution_id is None:
            continue
        due = day + dt.timedelta(days=wait.days) if wait.days is not None else None
        tasks.append(
            Task(
                case=case,
                institution_id=institution_id,
                user_id=user_id,
                name=wait.name,
                role=wait.role,
                since=moment,
                due_on=due,
            )
        )
    return tasks


def _addressee(case: Case, party: str) -> tuple[int | None, int | None]:
    """Institution and, if somebody is assigned, person on one side of the case."""
    if party == "coordination":
        office = Institution.objects.active().filter(kind=InstitutionKind.COORDINATION).first()
        return (office.pk if office else None), None
    for row in case.participations.all():
        if row.role == party and row.until is None:
            return row.institution_id, row.user_id
    return None, None


def open_for(actor: Actor, *, whole_institution: bool = False) -> models.QuerySet[Task]:
    """What waits for ``actor``: addressed to the person, or to a role the person holds.

    With ``whole_institution`` everything that waits for the institution. Only on visible cases, the
    most urgent first.
    """
    tasks = Task.objects.filter(done_at=None, institution=actor.institution)
    tasks = tasks.filter(case__in=Case.objects.visible_to(actor))
    if not whole_institution:
        tasks = tasks.filter(Q(user=actor.user) | Q(user=None, role__in=_answers_for(actor)))
    return tasks.order_by(models.F("due_on").asc(nulls_last=True), "pk")


def _answers_for(actor: Actor) -> set[str]:
    """Roles whose unassigned tasks are this actor's; coordinators answer for all of their office."""
    if actor.is_coordination:
        return {Role.COORDINATOR, *WORKING_ROLES}
    return set(actor.roles)
