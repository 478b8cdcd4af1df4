"""Who may do what in which state: every combination, against a table written by hand (OP-05, ACT-12)."""

from __future__ import annotations

import pytest

from iiz.core import workflow
from iiz.core.enums import ParticipationRole, Phase, Role
from iiz.core.models import Case, Participation
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator
from optima.enums import OptimaState as S
from optima.workflow import OPTIMA

from . import factories as make

pytestmark = pytest.mark.django_db

WORKS = {"caseworker", "contact"}
ALLOWED: dict[tuple[str, str], dict[str, set[str]]] = {
    ("draft", "principal"): {"submit": WORKS},
    ("submitted", "principal"): {"withdraw": WORKS, "client_declines": WORKS, "hand_over": {"contact"}},
    ("submitted", "contractor"): {
        "accept": WORKS,
        "ask": WORKS,
        "refuse": WORKS,
        "assign": {"contact"},
        "client_declines": WORKS,
    },
    ("submitted", "coordination"): {"assign": {"coordinator"}},
    ("queried", "principal"): {
        "answer": WORKS,
        "withdraw": WORKS,
        "client_declines": WORKS,
        "hand_over": {"contact"},
    },
    ("queried", "contractor"): {"refuse": WORKS, "assign": {"contact"}, "client_declines": WORKS},
    ("queried", "coordination"): {"assign": {"coordinator"}},
    ("accepted", "principal"): {"client_withdraws": WORKS, "hand_over": {"contact"}},
    ("accepted", "contractor"): {"client_withdraws": WORKS, "assign": {"contact"}},
    ("accepted", "coordination"): {"assign": {"coordinator"}},
    ("accepted, withdrawn", "principal"): {"end_unestablished": WORKS, "hand_over": {"contact"}},
    ("accepted, withdrawn", "coordination"): {"end_unestablished": {"coordinator"}},
}
"""State and side → transition → roles that may. Everything else is refused."""

STATES = {
    "draft": make.draft,
    "submitted": make.submitted,
    "queried": make.queried,
    "accepted": make.accepted,
    "accepted, withdrawn": make.consent_withdrawn,
    "running": make.accepted,
    "refused": make.refused,
    "withdrawn": make.withdrawn,
    "client_declined": make.client_declined,
    "not_established": make.ended,
    "closed": make.accepted,
}
SIDES = ("principal", "contractor", "participant", "coordination", "stranger")


def case_in(state: str) -> Case:
    """A case in ``state``; the two states that nothing leads to yet are set by hand."""
    case = STATES[state]()
    if state == "running":
        Case.objects.filter(pk=case.pk).update(state=S.RUNNING)
    if state == "closed":
        case.phase, case.state = Phase.ENDED, S.CLOSED
        workflow.end(case, case.arrived_on)
        case.save()
        workflow.settle(case)
    return Case.objects.get(pk=case.pk)


def office_of(case: Case, side: str):
    """An institution on one side of ``case``; a draft has no contractor yet, so a stranger stands in."""
    if side == "principal":
        return case.antrag.principal
    if side == "contractor" and case.antrag.contractor:
        return case.antrag.contractor
    if side == "participant":
        office = InstitutionFactory.create()
        Participation.objects.create(case=case, institution=office, role=ParticipationRole.PARTICIPANT)
        workflow.settle(case)
        return office
    return InstitutionFactory.create(iv=True)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("side", SIDES)
def test_only_what_the_table_says_can_be_done(state, side):
    case = case_in(state)
    office = None if side == "coordination" else office_of(case, side)
    case = Case.objects.get(pk=case.pk)
    table = ALLOWED.get((state, side), {})

    for role in Role.values:
        who = actor(role, office or coordinator().institution)
        possible = {row.name for row in OPTIMA.transitions if done(case, row.name, who)}
        assert possible == {name for name, roles in table.items() if role in roles}, role


def done(case, name, who) -> bool:
    """Whether the engine would do it; a refusal always has its reason, 404 is for invisible cases alone."""
    reason = None
    try:
        workflow.check(case, name, who)
    except workflow.Http404:
        return Case.objects.visible_to(who).filter(pk=case.pk).exists()
    except workflow.NotAllowed as refused:
        reason = str(refused)
    assert reason is None or reason.endswith(".")
    return reason is None


@pytest.mark.parametrize("state", STATES)
def test_what_is_offered_is_what_can_be_done(state):
    case = case_in(state)
    for who in (make.principal_of(case), coordinator(), make.fremde()):
        offered = {offer.transition.name for offer in workflow.available(case, who) if offer.allowed}
        assert offered == {row.name for row in OPTIMA.transitions if done(case, row.name, who)}


def test_every_action_has_a_page_and_every_page_an_action():
    from optima.pages import ACTIONS

    assert set(ACTIONS) | {"submit"} == {row.name for row in OPTIMA.transitions}
