"""Who may do what in which state: every combination, against a table written by hand (OP-05, ACT-12)."""

from __future__ import annotations

import pytest

from iiz.core import access, workflow
from iiz.core.actor import Actor
from iiz.core.enums import ParticipationRole, Role
from iiz.core.models import Case, Participation
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator
from optima.workflow import OPTIMA

from . import beside, requesting
from . import factories as make

pytestmark = pytest.mark.django_db

WORKS = {"caseworker", "contact"}
CALL = {"log_call": WORKS}
EARLY = CALL | {"client_withdraws": WORKS, "end_unestablished": WORKS}
RUNNING = CALL | {"client_withdraws": WORKS, "close_exceptionally": WORKS}
PLANNED = {"move_meeting": WORKS, "cancel_meeting": WORKS}
GOING_ON = RUNNING | {"reply_meeting": WORKS, "request_meeting": WORKS, "hand_over": {"contact"}}
LEADS = RUNNING | PLANNED | {"hold_standortgespraech": WORKS, "plan_meeting": WORKS, "assign": {"contact"}}
COORDINATED = {"assign": {"coordinator"}, "close_exceptionally": {"coordinator"}}
BUTTONS = [row for row in OPTIMA.transitions if row.follows is None]
ALLOWED: dict[tuple[str, str], dict[str, set[str]]] = {
    ("draft", "principal"): {"submit": WORKS},
    ("submitted", "principal"): CALL | {"withdraw": WORKS, "client_declines": WORKS, "hand_over": {"contact"}},
    ("submitted", "contractor"): CALL
    | {
        "accept": WORKS,
        "ask": WORKS,
        "refuse": WORKS,
        "assign": {"contact"},
        "client_declines": WORKS,
    },
    ("submitted", "coordination"): {"assign": {"coordinator"}, "settle_group": {"coordinator"}},
    ("queried", "principal"): CALL
    | {
        "answer": WORKS,
        "withdraw": WORKS,
        "client_declines": WORKS,
        "hand_over": {"contact"},
    },
    ("queried", "contractor"): CALL | {"refuse": WORKS, "assign": {"contact"}, "client_declines": WORKS},
    ("queried", "coordination"): {"assign": {"coordinator"}, "settle_group": {"coordinator"}},
    ("accepted", "principal"): EARLY | {"plan_handover": WORKS, "hand_over": {"contact"}},
    ("accepted", "contractor"): EARLY | {"hold_handover": WORKS, "assign": {"contact"}},
    ("accepted", "coordination"): {"assign": {"coordinator"}, "end_unestablished": {"coordinator"}},
    ("accepted, withdrawn", "principal"): {"end_unestablished": WORKS, "hand_over": {"contact"}},
    ("accepted, withdrawn", "coordination"): {"end_unestablished": {"coordinator"}},
    ("handover_planned", "principal"): EARLY | PLANNED | {"hand_over": {"contact"}},
    ("handover_planned", "contractor"): EARLY
    | PLANNED
    | {"hold_handover": WORKS, "reply_meeting": WORKS, "assign": {"contact"}},
    ("handover_planned", "coordination"): {"assign": {"coordinator"}, "end_unestablished": {"coordinator"}},
    ("handover_held", "principal"): EARLY | {"agree_note": WORKS, "hand_over": {"contact"}},
    ("handover_held", "contractor"): EARLY | {"revise_note": WORKS, "assign": {"contact"}},
    ("handover_held", "coordination"): {"assign": {"coordinator"}, "end_unestablished": {"coordinator"}},
    ("agreed", "principal"): EARLY | {"reply_meeting": WORKS, "hand_over": {"contact"}},
    ("agreed", "contractor"): EARLY | PLANNED | {"assign": {"contact"}},
    ("agreed", "coordination"): {"assign": {"coordinator"}, "end_unestablished": {"coordinator"}},
    ("running", "principal"): RUNNING | {"reply_meeting": WORKS, "request_meeting": WORKS, "hand_over": {"contact"}},
    ("running", "contractor"): RUNNING
    | PLANNED
    | {"hold_standortgespraech": WORKS, "plan_meeting": WORKS, "assign": {"contact"}}
    | {"send_hint": WORKS, "wish_measure": WORKS},
    ("running", "coordination"): {"assign": {"coordinator"}, "close_exceptionally": {"coordinator"}},
    ("running, withdrawn", "contractor"): {"close_exceptionally": WORKS},
    ("running, withdrawn", "coordination"): {"close_exceptionally": {"coordinator"}},
    ("closed", "principal"): {"resume": WORKS},
    ("closed", "contractor"): {"reword_note": WORKS},
    ("accepted, RAV to social service", "principal"): EARLY
    | {"plan_handover": WORKS, "hand_over": {"contact"}, "make_vereinbarung": WORKS},
    ("accepted, RAV to social service", "contractor"): EARLY | {"hold_handover": WORKS, "assign": {"contact"}},
    ("accepted, RAV to social service", "coordination"): {
        "assign": {"coordinator"},
        "end_unestablished": {"coordinator"},
    },
    ("running, to be signed", "principal"): GOING_ON | {"sign_vereinbarung": WORKS, "renew_vereinbarung": WORKS},
    ("running, to be signed", "contractor"): LEADS | {"report_work_offer": WORKS},
    ("running, to be signed", "coordination"): COORDINATED,
    ("running, released", "principal"): GOING_ON | {"renew_vereinbarung": WORKS, "end_release": WORKS},
    ("running, released", "contractor"): LEADS | {"report_work_offer": WORKS},
    ("running, released", "coordination"): COORDINATED,
    ("running, work offer restored", "principal"): GOING_ON,
    ("running, work offer restored", "contractor"): LEADS | {"take_back_report": WORKS},
    ("running, work offer restored", "coordination"): COORDINATED,
    ("running, IV to social service", "principal"): GOING_ON | {"record_iv_rest": WORKS},
    ("running, IV to social service", "contractor"): LEADS,
    ("running, IV to social service", "coordination"): COORDINATED,
    ("running, to the RAV", "principal"): GOING_ON,
    ("running, to the RAV", "contractor"): LEADS | {"record_registration": WORKS},
    ("running, to the RAV", "coordination"): COORDINATED,
    ("closed, released", "principal"): {"resume": WORKS, "end_release": WORKS},
    ("closed, released", "contractor"): {"reword_note": WORKS},
    ("closed, released", "coordination"): {"correct": {"coordinator"}},
    ("running, messages sent", "principal"): GOING_ON | {"answer_hint": WORKS, "answer_measure": WORKS},
    ("running, messages sent", "contractor"): LEADS,
    ("running, messages sent", "coordination"): COORDINATED,
    ("closed", "coordination"): {"correct": {"coordinator"}},
    ("not_established", "coordination"): {"correct": {"coordinator"}},
}
"""State and side → transition → roles that may. Everything else is refused."""

STATES = {
    "draft": make.draft,
    "submitted": make.submitted,
    "queried": make.queried,
    "accepted": make.accepted,
    "accepted, withdrawn": make.consent_withdrawn,
    "handover_planned": make.handover_planned,
    "handover_held": make.handover_held,
    "agreed": make.agreed,
    "running": requesting.provided,
    "running, withdrawn": make.stopped,
    "refused": make.refused,
    "withdrawn": make.withdrawn,
    "client_declined": make.client_declined,
    "not_established": make.not_established,
    "closed": make.closed,
    "accepted, RAV to social service": lambda: beside.to_social(make.accepted),
    "running, to be signed": beside.filled_in,
    "running, released": beside.released,
    "running, work offer restored": beside.restored,
    "running, IV to social service": beside.from_iv,
    "running, to the RAV": beside.to_rav,
    "running, messages sent": requesting.both_sent,
    "closed, released": lambda: make.closed(beside.released()),
}
SIDES = ("principal", "contractor", "participant", "coordination", "stranger")


@pytest.fixture(scope="module")
def keys(kept):
    """A case in each state, made once."""
    with kept():
        return {state: made().pk for state, made in STATES.items()}


@pytest.fixture
def case_in(keys, db):
    """A case in a state: ``case_in("running")``."""
    return lambda state: Case.objects.get(pk=keys[state])


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
def test_only_what_the_table_says_can_be_done(case_in, state, side):
    case = case_in(state)
    office = None if side == "coordination" else office_of(case, side)
    table = ALLOWED.get((state, side), {})

    for role in Role.values:
        who = actor(role, office or coordinator().institution)
        possible = possible_for(who, case)
        assert possible == {name for name, roles in table.items() if role in roles}, role


def possible_for(who: Actor, case: Case) -> set[str]:
    """What the engine would do; a refusal always has its reason, 404 is for invisible cases alone."""
    visible = Case.objects.visible_to(who).filter(pk=case.pk).exists()
    case = access.with_level(Case.objects.prefetch_related("participations"), who).get(pk=case.pk)
    return {row.name for row in BUTTONS if done(case, row.name, who, visible)}


def done(case: Case, name: str, who: Actor, visible: bool) -> bool:
    """Whether the engine would do it."""
    reason = None
    try:
        workflow.check(case, name, who)
    except workflow.Http404:
        return visible
    except workflow.NotAllowed as refused:
        reason = str(refused)
    assert reason is None or reason.endswith(".")
    return reason is None


@pytest.mark.parametrize("state", STATES)
def test_what_is_offered_is_what_can_be_done(case_in, state):
    case = case_in(state)
    for who in (make.principal_of(case), coordinator(), make.fremde()):
        offered = {offer.transition.name for offer in workflow.available(case, who) if offer.allowed}
        assert offered == possible_for(who, case)


def test_every_action_has_a_page_and_every_page_an_action():
    from optima.pages import ACTIONS

    assert set(ACTIONS) | {"submit"} == {row.name for row in BUTTONS}


def test_what_follows_by_itself_is_nobodys_button(case_in):
    case = case_in("handover_held")
    for row in OPTIMA.transitions:
        if row.follows is not None:
            with pytest.raises(workflow.Http404):
                workflow.check(case, row.name, make.contractor_of(case))
