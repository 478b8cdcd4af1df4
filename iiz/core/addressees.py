"""Who is reminded of a Pendenz at which step (NFR-06): whoever is in charge, then those who answer for the office.

Instead of somebody absent the deputy hears of it. Only people who may open the case today are reminded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from . import substitutions
from .actor import Actor
from .enums import WORKING_ROLES, InstitutionKind, ReminderStep, Role
from .models import Case, ContactPerson, Institution, Membership, Task, User

Addressee = tuple[User, Institution]
"""Somebody, and the institution as whose member the mail comes."""


@dataclass
class Office:
    """The people of one institution today: who works there, who stands in for whom."""

    actors: dict[int, Actor]
    deputies: dict[int, User]
    named: list[tuple[int | None, int]] = field(default_factory=list)
    """Contact persons with a deputy, both by the key of their account."""

    def holding(self, *roles: str) -> set[int]:
        """Keys of the people who hold one of ``roles``."""
        return {key for key, actor in self.actors.items() if actor.roles & set(roles)}

    def in_charge(self, task: Task) -> set[int]:
        """Keys of those for whom ``task`` waits; what waits for somebody who left waits for the contact persons."""
        if task.user_id is not None and task.user_id in self.holding(*substitutions.ROLES):
            return {task.user_id}
        by_role = self.holding(task.role) if task.user_id is None and task.role else set()
        if not by_role and task.institution.is_coordination:
            return self.holding(Role.COORDINATOR)
        return by_role or self.holding(Role.CONTACT) or self.holding(*WORKING_ROLES)

    def standing_in(self, keys: set[int]) -> set[int]:
        """The same people, each absent one replaced by the deputy."""
        return {self.deputies[key].pk if key in self.deputies else key for key in keys}

    def deputies_named_for(self, keys: set[int]) -> set[int]:
        """Deputies of contact persons: of those among ``keys``, else all of the institution."""
        own = {deputy for contact, deputy in self.named if contact in keys}
        return own or {deputy for _contact, deputy in self.named}


class People:
    """The offices as far as they were asked for, each read once."""

    def __init__(self) -> None:
        self._offices: dict[int, Office] = {}
        self._coordination: list[Institution] | None = None

    def office(self, institution: Institution) -> Office:
        """The people of ``institution`` today; three queries at first."""
        if institution.pk not in self._offices:
            self._offices[institution.pk] = _read(institution)
        return self._offices[institution.pk]

    def coordination(self) -> list[Institution]:
        """The coordination office, as a list of one or none."""
        if self._coordination is None:
            self._coordination = list(Institution.objects.active().filter(kind=InstitutionKind.COORDINATION))
        return self._coordination

    def answering(self, task: Task, step: str) -> list[Addressee]:
        """Who is reminded of ``task`` at ``step``: people who may open the case, by name; perhaps nobody."""
        if step == ReminderStep.COORDINATOR:
            found = [
                (institution, office.standing_in(office.holding(Role.COORDINATOR)))
                for institution in self.coordination()
                for office in [self.office(institution)]
            ]
        else:
            found = [(task.institution, self._in_the_office(task, step))]
        return [person for institution, keys in found for person in self._readers(task, institution, keys)]

    def _in_the_office(self, task: Task, step: str) -> set[int]:
        office = self.office(task.institution)
        responsible = office.in_charge(task)
        if step in (ReminderStep.BEFORE, ReminderStep.AFTER):
            return office.standing_in(responsible)
        if step == ReminderStep.DEPUTY:
            # Somebody may have become absent since the reminder: then the deputy of the day hears of it now.
            return (office.standing_in(responsible) - responsible) | office.deputies_named_for(responsible)
        return office.standing_in(office.holding(Role.CONTACT))

    def _readers(self, task: Task, institution: Institution, keys: Iterable[int]) -> list[Addressee]:
        """Those of ``keys`` who may open the case, or the part of it for which their office was asked.

        What a role does not open is asked before the database is.
        """
        office = self.office(institution)
        actors = [office.actors[key] for key in keys if key in office.actors and office.actors[key].sees_cases]
        if not actors:
            return []
        asked = bool(task.object_id) and institution.pk == task.institution_id
        opened = {
            coordinating: asked or Case.objects.visible_to(actor).filter(pk=task.case_id).exists()
            for coordinating, actor in {actor.is_coordination: actor for actor in actors}.items()
        }
        readers = [actor.user for actor in actors if opened[actor.is_coordination]]
        return [(user, institution) for user in sorted(readers, key=lambda user: (user.last_name, user.pk))]


def _read(institution: Institution) -> Office:
    roles: dict[int, tuple[User, set[str]]] = {}
    live = Membership.objects.valid_on().filter(
        institution=institution, institution__is_active=True, user__is_active=True
    )
    for row in live.select_related("user").order_by("pk"):
        roles.setdefault(row.user_id, (row.user, set()))[1].add(row.role)
    contacts = ContactPerson.objects.for_optima().valid_on()
    named = contacts.filter(institution=institution, deputy__user__isnull=False)
    return Office(
        {key: Actor(user, institution, frozenset(names)) for key, (user, names) in roles.items()},
        substitutions.deputies(institution),
        list(named.order_by("pk").values_list("user", "deputy__user")),
    )
