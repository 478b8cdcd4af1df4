"""State × side × role × action, from the rows alone and through ``apply``: what a row allows happens, nothing else.

Holds for every registered service. ``optima/tests/test_matrix.py`` compares the rows with a table written by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.http import Http404

from iiz.core import access, diagrams, registry, workflow
from iiz.core.actor import Actor, actor_for
from iiz.core.enums import Level, ParticipationRole, Phase, Role
from iiz.core.models import AuditEntry, Case, CasePermission, OutboxMail, Participation, Task
from iiz.core.tests.factories import InstitutionFactory, MembershipFactory, UserFactory, actor, coordinator
from iiz.core.workflow import Party, Workflow
from iiz.tests.tree import ROOT
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db

START: dict[str, Callable[[], Case]] = {"optima": optima.draft}
"""How a case of each service begins."""

DATA: dict[tuple[str, str], Callable[[Case], dict[str, Any]]] = {
    ("optima", "submit"): lambda case: optima.answers(InstitutionFactory.create(iv=True)),
    ("optima", "ask"): lambda case: {"question": "Welche Ausbildung liegt vor?"},
    ("optima", "answer"): lambda case: {"answer": "Pflegehelferin SRK."},
    ("optima", "accept"): lambda case: {"adviser": UserFactory.create(), "note": ""},
    ("optima", "assign"): lambda case: {"adviser": UserFactory.create()},
    ("optima", "hand_over"): lambda case: {"adviser": UserFactory.create()},
    ("optima", "refuse"): lambda case: {"refusal_reason": optima.RefusalReasonFactory.create(), "note": ""},
}
"""What the form of a transition hands over; one that is not named here needs nothing."""


def flows() -> list[Workflow]:
    return list(registry.workflows.values())


def data_for(flow: Workflow, name: str, case: Case) -> dict[str, Any]:
    return DATA.get((flow.service, name), lambda case: {"note": ""})(case)


def who_may(flow: Workflow, row: workflow.Transition, case: Case) -> Actor:
    """Somebody whom the row allows to act on ``case``."""
    for party in sorted(row.parties):
        if party == Party.COORDINATION:
            found = coordinator()
            if Role.COORDINATOR in row.roles:
                return found
            continue
        part = workflow.participant(case, party)
        if part is not None:
            return actor(sorted(row.roles)[0], part.institution)
    raise AssertionError(f"nobody may {row.name}")


def reach(flow: Workflow, state: str) -> Case:
    """A case in ``state``, brought there by the shortest way through the rows; by hand where none leads there."""
    ways: dict[str, list[workflow.Transition]] = {flow.states[0].name: []}
    queue = [flow.states[0].name]
    while queue:
        here = queue.pop(0)
        for row in flow.transitions:
            if here in row.sources and row.target and row.target not in ways:
                ways[row.target] = [*ways[here], row]
                queue.append(row.target)
    case = START[flow.service]()
    for row in ways.get(state, ways.get("accepted", [])):
        if row.guards:
            _satisfy(flow, row, case)
        case = Case.objects.get(pk=case.pk)
        case = workflow.apply(case, row.name, who_may(flow, row, case), data_for(flow, row.name, case))
    if case.state != state:
        case.state, case.phase = state, flow.state(state).phase
        if case.phase == Phase.ENDED:
            workflow.end(case, case.arrived_on)
        case.save()
        workflow.settle(case)
    return Case.objects.get(pk=case.pk)


def _satisfy(flow: Workflow, row: workflow.Transition, case: Case) -> None:
    """Do first what a guard waits for: some other row that keeps the state lifts it."""
    for other in flow.transitions:
        case = Case.objects.get(pk=case.pk)
        if not any(guard(case, who_may(flow, row, case)) for guard in row.guards):
            return
        if other.target is None and case.state in other.sources:
            workflow.apply(case, other.name, who_may(flow, other, case), data_for(flow, other.name, case))


SIDES = {
    "principal": ParticipationRole.PRINCIPAL,
    "contractor": ParticipationRole.CONTRACTOR,
    "participant": ParticipationRole.PARTICIPANT,
}


def offices(case: Case) -> dict[str, Any]:
    """An institution on each side of the case; where a side is free a stranger's stands in."""
    if case.phase == Phase.OPEN and not case.participations.filter(role=ParticipationRole.PARTICIPANT).exists():
        Participation.objects.create(
            case=case, institution=InstitutionFactory.create(), role=ParticipationRole.PARTICIPANT
        )
        workflow.settle(case)
    found = {}
    for side, role in SIDES.items():
        part = case.participations.filter(role=role, until=None).select_related("institution").first()
        found[side] = part.institution if part else InstitutionFactory.create()
    return found | {"coordination": coordinator().institution, "stranger": optima.fremde().institution}


def trace(case: Case) -> tuple[Any, ...]:
    """Everything a transition would change."""
    now = Case.objects.get(pk=case.pk)
    return (
        now.state,
        now.phase,
        now.version,
        now.withdrawn_at,
        AuditEntry.objects.count(),
        OutboxMail.objects.count(),
        list(Task.objects.order_by("pk").values_list("pk", "done_at", "user")),
        list(CasePermission.objects.order_by("pk").values_list("group_id", "permission_id", "valid_until")),
        list(Participation.objects.order_by("pk").values_list("institution", "role", "user", "until")),
    )


def allowed_by_the_row(flow: Workflow, row: workflow.Transition, case: Case, who: Actor) -> bool:
    """The row read word by word, without the engine."""
    level = None
    if who.is_coordination:
        level = None if case.phase == Phase.DRAFT else Level.COORDINATE
    elif who.sees_cases:
        grants = access.policy(access.facts_of(case, case.participations.all(), case.agreements.all()))
        grant = grants.get(who.institution.pk)
        level = grant.level if grant else None
    own = {
        workflow.ROLE_PARTIES[part.role] for part in case.participations.filter(institution=who.institution, until=None)
    }
    sides = (own | {Party.COORDINATION}) if who.is_coordination else own
    roles = (
        who.roles if who.is_coordination else who.roles - {Role.COORDINATOR}
    )  # coordinating counts in its office only
    return (
        level in row.levels
        and bool(sides & row.parties)
        and bool(roles & row.roles)
        and case.state in row.sources
        and not any(guard(case, who) for guard in row.guards)
    )


def attempt(case: Case, name: str, who: Actor, data: dict[str, Any]) -> tuple[Exception | None, Case | None]:
    """The refusal, or the case after the transition."""
    try:
        return None, workflow.apply(case, name, who, data)
    except (workflow.NotAllowed, Http404) as refused:
        return refused, None


CELLS = [(flow.service, state.name) for flow in flows() for state in flow.states]


@pytest.mark.parametrize(("service", "state"), CELLS)
def test_a_transition_happens_exactly_where_its_row_says(service, state):
    flow = registry.workflows[service]
    case = reach(flow, state)
    done: set[str] = set()
    everybody = []
    for side, office in offices(case).items():
        for role in Role.values:
            user = UserFactory.create()
            MembershipFactory.create(user=user, institution=office, role=role)
            everybody.append((side, role, actor_for(user, office)))
    names = {row.name: data_for(flow, row.name, case) for row in flow.transitions}
    before = trace(case)
    case = Case.objects.prefetch_related("participations", "agreements").get(pk=case.pk)
    for side, role, who in everybody:
        visible = Case.objects.visible_to(who).filter(pk=case.pk).exists()
        wanted_rows = {row.name for row in flow.transitions if allowed_by_the_row(flow, row, case, who)}
        for row in flow.transitions:
            wanted = row.name in wanted_rows
            mark = transaction.savepoint()
            refused, after = attempt(case, row.name, who, names[row.name])
            assert (after is not None) == wanted, (side, role, row.name, refused)
            if after is None:
                assert visible == isinstance(refused, workflow.NotAllowed)
                transaction.savepoint_commit(mark)
                continue
            assert after.state == (row.target or state)
            assert trace(case)[4] > before[4]
            assert list(access.differences([after])) == []
            done.add(row.name)
            transaction.savepoint_rollback(mark)
        assert trace(case) == before, (side, role)
    guarded = {row.name for row in flow.transitions if row.guards}
    assert {row.name for row in flow.transitions if state in row.sources} - done <= guarded


def test_every_service_is_tried():
    assert set(START) == set(registry.workflows)
    for service, name in DATA:
        registry.workflows[service].transition(name)


def test_the_document_of_the_workflows_is_what_the_rows_say():
    written = (ROOT / "iiz" / "docs" / "workflow.md").read_text()
    assert written == diagrams.document(), "run manage.py workflow_docs"
