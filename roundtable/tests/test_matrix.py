"""Who may do what in which state: every combination, against a table written by hand (RT-07, ACT-09, ACT-12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import Http404

from iiz.core import access, workflow
from iiz.core.actor import Actor
from iiz.core.enums import Role
from iiz.core.models import Case, Institution
from iiz.core.tests.factories import InstitutionFactory, actor
from roundtable.tests import planning
from roundtable.tests import playing as play
from roundtable.workflow import ROUNDTABLE

pytestmark = pytest.mark.django_db

WORKS = {"caseworker", "contact"}
OFFICE = {"coordinator"}
SAYS = {"client_withdraws": WORKS, "narrow_vollmacht": WORKS, "log_call": WORKS, "assign": {"contact"}}
"""What every office at the table may do."""
LEADS = SAYS | {"renew_vollmacht": WORKS}
HEARS = {"client_withdraws": OFFICE, "narrow_vollmacht": OFFICE, "renew_vollmacht": OFFICE, "log_call": OFFICE}
SEATS = dict.fromkeys(("add_office", "add_person", "change_person", "end_participant", "need_health"), OFFICE)
MANAGES = {"appoint_manager": OFFICE}
INFORMS = {"write_status": OFFICE}
AGREES = {"circulate_plan": OFFICE, "finalise_plan": OFFICE}
ARRANGES = HEARS | SEATS | MANAGES | {"hold_meeting": OFFICE, "close": OFFICE}
PLANS = {"propose_dates": OFFICE, "fix_date": OFFICE}
ASKS = {"request_views": OFFICE}
CAME = {"move_meeting": OFFICE, "cancel_meeting": OFFICE, "reply_for": OFFICE}
REPLIES = {"reply_meeting": WORKS}
RUNS = dict.fromkeys(ARRANGES.keys() - HEARS.keys() - {"need_health"}, WORKS)
"""What the office does that runs its Roundtable itself, beside what every office may."""
ALLOWED: dict[tuple[str, str], dict[str, set[str]]] = {
    ("draft", "registrant"): {"submit": WORKS},
    ("registered", "registrant"): LEADS | {"withdraw": WORKS},
    ("registered", "coordination"): HEARS | {"start": OFFICE, "ask": OFFICE, "not_start": OFFICE},
    ("queried", "registrant"): LEADS | {"withdraw": WORKS, "answer": WORKS},
    ("queried", "coordination"): HEARS | {"not_start": OFFICE},
    ("preparing", "registrant"): LEADS,
    ("preparing", "named"): SAYS,
    ("preparing", "coordination"): ARRANGES | PLANS | ASKS,
    ("dates proposed", "registrant"): LEADS | {"answer_dates": WORKS},
    ("dates proposed", "named"): SAYS | {"answer_dates": WORKS},
    ("dates proposed", "coordination"): ARRANGES | PLANS | ASKS | {"drop_dates": OFFICE, "answer_dates_for": OFFICE},
    ("date fixed", "registrant"): LEADS | REPLIES,
    ("date fixed", "named"): SAYS | REPLIES,
    ("date fixed", "coordination"): ARRANGES | ASKS | CAME,
    ("running", "registrant"): LEADS,
    ("running", "named"): SAYS,
    ("running", "coordination"): ARRANGES | PLANS | ASKS | INFORMS,
    ("managed", "registrant"): LEADS,
    ("managed", "named"): LEADS | {"write_status": WORKS},
    ("managed", "coordination"): ARRANGES | PLANS | ASKS | INFORMS,
    ("typed", "registrant"): LEADS,
    ("typed", "named"): SAYS,
    ("typed", "coordination"): ARRANGES | PLANS | ASKS | INFORMS | AGREES,
    ("draft circulates", "registrant"): LEADS,
    ("draft circulates", "named"): SAYS,
    ("draft circulates", "coordination"): ARRANGES | PLANS | ASKS | INFORMS | AGREES | {"drop_plan": OFFICE},
    ("named no longer", "registrant"): LEADS,
    ("named no longer", "coordination"): ARRANGES | PLANS | ASKS,
    ("over", "registrant"): LEADS,
    ("over", "coordination"): {
        name: OFFICE for name in ARRANGES if name not in ("add_office", "add_person", "appoint_manager")
    },
    ("withdrawn", "coordination"): {"close": OFFICE, "end_participant": OFFICE},
    ("self-run", "registrant"): LEADS | RUNS | dict.fromkeys(PLANS | ASKS, WORKS),
    ("self-run", "named"): SAYS,
    ("self-run", "coordination"): HEARS | {"take_over": OFFICE, "need_health": OFFICE},
    ("self-run, date fixed", "registrant"): LEADS | RUNS | dict.fromkeys(ASKS | CAME, WORKS),
    ("self-run, date fixed", "named"): SAYS | REPLIES,
    ("self-run, date fixed", "coordination"): HEARS | {"take_over": OFFICE, "need_health": OFFICE},
    ("self-run, withdrawn", "registrant"): {"close": WORKS, "end_participant": WORKS},
    ("self-run, withdrawn", "coordination"): {"take_over": OFFICE},
    ("taken over", "registrant"): LEADS | REPLIES,
    ("taken over", "named"): SAYS | REPLIES,
    ("taken over", "coordination"): ARRANGES | ASKS | CAME,
}
"""State and side → transition → roles that may. Everything else is refused."""
STATES: dict[str, Callable[[], Case]] = {
    "draft": play.draft,
    "registered": play.registered,
    "queried": play.queried,
    "preparing": play.started,
    "dates proposed": play.proposed,
    "date fixed": play.fixed,
    "running": play.running,
    "managed": lambda: _managed(play.running()),
    "typed": lambda: planning.typed(play.running(), steps=3),
    "draft circulates": lambda: planning.circulated(planning.typed(play.running(), steps=3)),
    "named no longer": lambda: _without_jan(play.started()),
    "over": lambda: play.ending(days=-1),
    "withdrawn": play.withdrawn,
    "self-run": play.self_run,
    "self-run, date fixed": lambda: play.fixed(play.self_run()),
    "self-run, withdrawn": lambda: play.withdrawn(play.self_run()),
    "taken over": lambda: play.taken_over(play.fixed(play.self_run())),
    "not started": play.not_started,
    "closed": lambda: play.closed(play.started()),
}
SIDES = ("registrant", "named", "coordination", "stranger")


def _managed(case: Case) -> Case:
    return play.managed(case, play.jan_of(case))


def _without_jan(case: Case) -> Case:
    return play.narrowed(case, play.jan_of(case))


@pytest.fixture(scope="module")
def keys(kept):
    """A case in each state, made once."""
    with kept():
        return {state: made().pk for state, made in STATES.items()}


def office_of(case: Case, side: str) -> Institution:
    """An institution on one side of the case; a draft names nobody yet, so a stranger stands in."""
    if side == "registrant":
        return case.registering_institution
    if side == "named" and case.vollmacht is not None:
        return play.jan_of(case).institution
    if side == "coordination":
        return play.koordination().institution
    return InstitutionFactory.create(iv=True)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("side", SIDES)
def test_only_what_the_table_says_can_be_done(keys, db, state, side):
    case = Case.objects.get(pk=keys[state])
    office, table = office_of(case, side), ALLOWED.get((state, side), {})
    for role in Role.values:
        who = actor(role, office)
        assert possible_for(who, case) == {name for name, roles in table.items() if role in roles}, role


def possible_for(who: Actor, case: Case) -> set[str]:
    """What the engine would do; a refusal always has its reason, 404 is for invisible cases alone."""
    visible = Case.objects.visible_to(who).filter(pk=case.pk).exists()
    case = access.with_level(Case.objects.prefetch_related("participations"), who).get(pk=case.pk)
    buttons = [row for row in ROUNDTABLE.transitions if row.follows is None]
    return {row.name for row in buttons if done(case, row.name, who, visible)}


def done(case: Case, name: str, who: Actor, visible: bool) -> bool:
    """Whether the engine would do it."""
    try:
        workflow.check(case, name, who)
    except Http404:
        assert not visible
        return False
    except workflow.NotAllowed as error:
        refused = error
    else:
        return True
    assert visible
    assert str(refused)
    return False
