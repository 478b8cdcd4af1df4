"""What comes into an institution and who takes care of it: cases without a person in charge, the load (ACT-06, ACT-08).

For the coordination office it is what is routed over it, to be passed on to a person of the contractor (ACT-07).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from . import access, registry, workflow, worklist
from .actor import Actor
from .enums import WORKING_ROLES, Phase, Role
from .models import Case, Membership, Participation, Substitution, Task, User
from .models.case import CaseQuerySet
from .workflow import Waiting

SHOWN = 50
"""The most cases of one kind on the page; whoever has more allocates the most urgent first."""


@dataclass(frozen=True)
class Vacancy:
    """A case in which somebody has to be put in charge of ``part``.

    ``transition`` does it, unless ``reason`` says why it is not possible; ``task`` is what waits meanwhile and
    ``wait`` its declared row (``None``: nothing waits).
    """

    case: Case
    part: Participation
    transition: str
    reason: str
    task: Task | None
    wait: Waiting | None
    people: list[User] = field(default_factory=list)


@dataclass
class Load:
    """How much one person of the institution has in hand: open and overdue Pendenzen, cases in charge of."""

    user: User
    open: int = 0
    late: int = 0
    cases: int = 0
    absence: Substitution | None = None


def sees(actor: Actor | None) -> bool:
    """Whether there is an inbox for ``actor``: contact persons for their institution, coordinators for the canton."""
    return actor is not None and (actor.is_coordination or Role.CONTACT in actor.roles)


def arrivals(actor: Actor) -> CaseQuerySet:
    """Open cases that wait here and in which nobody is in charge yet, the most urgent first."""
    tasks = Task.objects.filter(done_at=None, institution=actor.institution, user=None)
    parts = Participation.objects.filter(until=None, user=None)
    if actor.is_coordination:
        tasks = tasks.filter(name__in=_passed_on())
    else:
        parts = parts.filter(institution=actor.institution)
    return _cases(actor).filter(pk__in=tasks.values("case")).filter(pk__in=parts.values("case"))


def left_behind(actor: Actor) -> CaseQuerySet:
    """Open cases of the institution whose person in charge no longer works there, the most urgent first (ACT-08)."""
    here = worklist.at_work(actor.institution).values("user")
    gone = Membership.objects.filter(institution=actor.institution).exclude(user__in=here).order_by().values("user")
    parts = Participation.objects.filter(institution=actor.institution, until=None, user__in=gone)
    return _cases(actor).filter(pk__in=parts.values("case"))


def in_need(actor: Actor) -> QuerySet[Any]:
    """The keys of the cases that need somebody, for the number in the navigation."""
    return arrivals(actor).order_by().values("pk").union(left_behind(actor).order_by().values("pk"))


def vacancies(cases: CaseQuerySet, actor: Actor) -> list[Vacancy]:
    """A row for each of the first :data:`SHOWN` ``cases``, one more if there are more; a fixed number of queries."""
    parts = Participation.objects.filter(until=None).select_related("institution", "user")
    tasks = Task.objects.filter(done_at=None).order_by(*worklist.URGENT_FIRST)
    found = access.with_level(cases, actor).select_related("person", "registering_institution", *registry.joined())
    found = found.prefetch_related(Prefetch("participations", parts), Prefetch("tasks", tasks, "open_tasks"))
    rows = [row for case in found[: SHOWN + 1] for row in _vacancy(case, actor)]
    people = colleagues({row.part.institution_id for row in rows})
    for row in rows:
        row.people.extend(user for user in people.get(row.part.institution_id, []) if user.pk != row.part.user_id)
    return rows


def colleagues(institutions: Iterable[int]) -> dict[int, list[User]]:
    """Who can be put in charge in each of ``institutions``, by name; one query."""
    live = Membership.objects.valid_on().filter(institution__in=institutions, role__in=WORKING_ROLES)
    found: dict[int, dict[int, User]] = {}
    live = live.filter(user__is_active=True).select_related("user")
    for row in live.order_by("user__last_name", "user__first_name", "user_id"):
        found.setdefault(row.institution_id, {})[row.user_id] = row.user
    return {institution: list(users.values()) for institution, users in found.items()}


def load(actor: Actor, absences: dict[tuple[int, int], Substitution]) -> list[Load]:
    """What each person who works in the institution has in hand, by name; four queries."""
    users = User.objects.filter(pk__in=worklist.at_work(actor.institution).values("user"))
    rows = {user.pk: Load(user) for user in users}
    late = Count("pk", filter=Q(due_on__lt=timezone.localdate()))
    tasks = worklist.everybody(actor).filter(user__in=rows).order_by()
    for row in tasks.values("user").annotate(n=Count("pk"), late=late):
        rows[row["user"]].open, rows[row["user"]].late = row["n"], row["late"]
    parts = Participation.objects.filter(institution=actor.institution, until=None, user__in=rows)
    parts = parts.filter(case__in=Case.objects.visible_to(actor).filter(phase=Phase.OPEN))
    for part in parts.order_by().values("user").annotate(n=Count("case", distinct=True)):
        rows[part["user"]].cases = part["n"]
    for key, entry in rows.items():
        entry.absence = absences.get((actor.institution.pk, key))
    return list(rows.values())


def _cases(actor: Actor) -> CaseQuerySet:
    """Open cases by the deadline that is shown with them, then by their arrival; those without a deadline come last."""
    waiting = Task.objects.filter(case=OuterRef("pk"), done_at=None, institution=actor.institution)
    due = Subquery(waiting.order_by(*worklist.URGENT_FIRST).values("due_on")[:1])
    cases = Case.objects.visible_to(actor).filter(phase=Phase.OPEN)
    return cases.order_by(due.asc(nulls_last=True), "arrived_on", "pk")


def _passed_on() -> list[str]:
    """The names of what waits for the coordination office to be allocated at the contractor."""
    return [
        wait.name
        for service, flow in registry.workflows.items()
        for wait in flow.waits
        if wait.party == workflow.Party.COORDINATION and wait.transition in registry.pages[service].charge.values()
    ]


def _vacancy(case: Case, actor: Actor) -> Iterable[Vacancy]:
    """The row of one case: the part without a person who works there, and what can be done about it."""
    charge = registry.pages[case.service].charge
    flow = workflow.workflow_of(case)
    waits = {wait.name: wait for wait in flow.waits}
    tasks: list[Task] = [
        task
        for task in case.open_tasks  # type: ignore[attr-defined]
        if task.institution_id == actor.institution.pk
    ]
    task = tasks[0] if tasks else None
    for part in case.participations.all():
        own = actor.is_coordination or part.institution_id == actor.institution.pk
        if part.role not in charge or not own or (actor.is_coordination and part.user_id is not None):
            continue
        row = flow.transition(charge[part.role])
        reason = workflow.refusal(case, row, actor, workflow.standing(case, actor))
        yield Vacancy(case, part, row.name, reason, task, waits.get(task.name) if task else None)
        return
