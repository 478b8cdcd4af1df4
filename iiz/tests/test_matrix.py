"""State × side × role × action, from the rows alone and through ``apply``: what a row allows happens, nothing else.

Holds for every registered service. ``tests/test_matrix.py`` of each compares its rows with a table written by hand.
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
from iiz.core.tests.factories import InstitutionFactory, MembershipFactory, UserFactory, coordinator
from iiz.core.workflow import Party, Workflow
from iiz.tests.tree import ROOT
from optima.tests import factories as optima
from optima.tests.filled import FILLED
from roundtable.tests import filled as roundtable

pytestmark = pytest.mark.django_db

STATES: dict[str, dict[str, Callable[[], Case]]] = {
    "optima": {
        "draft": optima.draft,
        "submitted": optima.submitted,
        "queried": optima.queried,
        "accepted": optima.accepted,
        "handover_planned": optima.handover_planned,
        "handover_held": optima.handover_held,
        "agreed": optima.agreed,
        "running": optima.running,
        "refused": optima.refused,
        "withdrawn": optima.withdrawn,
        "client_declined": optima.client_declined,
        "not_established": optima.not_established,
        "closed": optima.closed,
    },
    "roundtable": roundtable.STATES,
}
"""How a case of each service comes into each state, always through its rows."""

DATA: dict[str, dict[str, Callable[[Case], dict[str, Any]]]] = {
    "optima": FILLED,
    "roundtable": roundtable.FILLED,
}
"""What the form of a transition hands over; one that is not named there needs nothing."""


def flows() -> list[Workflow]:
    return list(registry.workflows.values())


def data_for(flow: Workflow, name: str, case: Case) -> dict[str, Any]:
    return DATA[flow.service].get(name, lambda case: {"note": ""})(case)


def buttons(flow: Workflow) -> list[workflow.Transition]:
    """The rows that somebody carries out; the others follow by themselves."""
    return [row for row in flow.transitions if row.follows is None]


def ends(flow: Workflow, state: str) -> set[str]:
    """``state``, and every state to which a row may follow from it by itself."""
    found, queue = {state}, [state]
    while queue:
        here = queue.pop()
        for row in flow.transitions:
            if row.follows is not None and here in row.sources and row.target and row.target not in found:
                found.add(row.target)
                queue.append(row.target)
    return found


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


def allowed_by_the_rows(flow: Workflow, rows: list[workflow.Transition], case: Case, who: Actor) -> set[str]:
    """The names of the rows that let ``who`` through, read word by word, without the engine."""
    level = None
    if who.is_coordination:
        level = None if case.phase == Phase.DRAFT else Level.COORDINATE
    elif who.sees_cases:
        lines = case.vollmacht.lines.all() if case.vollmacht else ()
        grants = access.policy(access.facts_of(case, case.participations.all(), case.agreements.all(), lines))
        grant = grants.get(who.institution.pk)
        level = grant.level if grant else None
    own = {
        workflow.ROLE_PARTIES[part.role] for part in case.participations.filter(institution=who.institution, until=None)
    }
    lead = flow.moderator(case)  # in place of the coordination office
    sides = (own | {Party.COORDINATION}) if who.is_coordination else own
    if who.is_coordination if lead is None else lead.institution_id == who.institution.pk:
        sides = sides | {Party.MODERATION}
    roles = (
        who.roles if who.is_coordination else who.roles - {Role.COORDINATOR}
    )  # coordinating counts in its office only
    return {
        row.name
        for row in rows
        if level in row.levels
        and sides & row.parties
        and roles & row.roles
        and case.state in row.sources
        and not any(guard(case, who) for guard in row.guards)
    }


def refusal(case: Case, name: str, who: Actor) -> Exception | None:
    """What the engine says before anything is tried."""
    try:
        workflow.check(case, name, who)
    except (workflow.NotAllowed, Http404) as refused:
        return refused
    return None


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
    case = Case.objects.get(pk=STATES[service][state]().pk)
    assert case.state == state
    done: set[str] = set()
    everybody = []
    for side, office in offices(case).items():
        for role in Role.values:
            user = UserFactory.create()
            MembershipFactory.create(user=user, institution=office, role=role)
            everybody.append((side, role, actor_for(user, office)))
    rows = buttons(flow)
    names = {row.name: data_for(flow, row.name, case) for row in rows}
    before = trace(case)
    cases = Case.objects.prefetch_related("participations", "agreements")
    mark = transaction.savepoint()
    refused_there: set[tuple[str, str, type]] = set()
    for side, role, who in everybody:
        visible = Case.objects.visible_to(who).filter(pk=case.pk).exists()
        case = access.with_level(cases, who).get(pk=case.pk)
        wanted_rows = allowed_by_the_rows(flow, rows, case, who)
        for row in rows:
            said = refusal(case, row.name, who)
            assert (said is None) == (row.name in wanted_rows), (side, role, row.name, said)
            assert said is None or visible == isinstance(said, workflow.NotAllowed)
            # Everything that is allowed is done; what is refused is tried once for each side and kind of refusal.
            if said is not None and (side, row.name, type(said)) in refused_there:
                continue
            refused, after = attempt(case, row.name, who, names[row.name])
            assert (type(refused), str(refused)) == (type(said), str(said)), (side, role, row.name)
            if after is None:
                refused_there.add((side, row.name, type(refused)))
                continue
            assert after.state in ends(flow, row.target or state)
            assert trace(case)[4] > before[4]
            assert list(access.differences([after])) == []
            done.add(row.name)
            transaction.savepoint_rollback(mark)
        assert trace(case) == before, (side, role)
    assert {row.name for row in rows if state in row.sources and not row.guards} <= done


@pytest.mark.parametrize(("service", "state"), CELLS)
def test_what_follows_by_itself_is_nobodys_button(service, state):
    flow = registry.workflows[service]
    case = STATES[service][state]()
    for row in flow.transitions:
        if row.follows is not None:
            refused, _after = attempt(case, row.name, coordinator(), {})
            assert isinstance(refused, Http404)


def test_every_service_is_tried_in_every_state():
    assert {name: set(states) for name, states in STATES.items()} == {
        name: {state.name for state in flow.states} for name, flow in registry.workflows.items()
    }
    for service, rows in DATA.items():
        assert set(rows) <= {row.name for row in registry.workflows[service].transitions}


def test_the_document_of_the_workflows_is_what_the_rows_say():
    written = (ROOT / "iiz" / "docs" / "workflow.md").read_text()
    assert written == diagrams.document(), "run manage.py workflow_docs"
