"""Who may do what with a Kostengutsprache in which state, against a table written by hand (KG-10, CON-19)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from iiz.core.actor import Actor
from iiz.core.enums import Role
from iiz.core.models import Case, GuestLink, Institution
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator
from iiz.core.workflow import NotAllowed
from optima.enums import SignedHow
from optima.kostengutsprache import actions, settling, steps
from optima.kostengutsprache.signing import Signer
from optima.models import Kostengutsprache, ProviderInvoice

from . import factories as make
from . import promises

pytestmark = pytest.mark.django_db

WORKS = {"caseworker", "contact"}
SIGNS = {"signatory"}
BOTH = WORKS | SIGNS
RULING = {"note_ruling": BOTH}
TO_DECIDE = RULING | {"approve": SIGNS, "refuse": SIGNS, "paper": WORKS}
ALLOWED: dict[tuple[str, str], dict[str, set[str]]] = {
    ("draft", "requester"): {"request": WORKS, "discard": WORKS},
    ("requested", "requester"): {"withdraw": WORKS},
    ("requested", "payer"): TO_DECIDE | {"ask": BOTH},
    ("requested, an hour ago", "requester"): {"withdraw": WORKS, "send_again": WORKS},
    ("requested, an hour ago", "payer"): TO_DECIDE | {"ask": BOTH, "send_again": {"contact"}},
    ("queried", "requester"): {"withdraw": WORKS, "answer": WORKS},
    ("queried", "payer"): TO_DECIDE,
    ("approved", "requester"): {"order": WORKS},
    ("approved", "payer"): RULING,
    ("refused", "payer"): RULING,
    ("ordered", "requester"): {"forward": WORKS},
    ("ordered", "payer"): RULING,
    ("invoiced", "payer"): RULING | {"pay": BOTH, "send_back": BOTH},
    ("part paid", "requester"): {"forward": WORKS, "finish": WORKS},
    ("part paid", "payer"): RULING,
    ("paid", "payer"): RULING,
    ("ordered, case closed", "requester"): {"forward": WORKS},
    ("ordered, case closed", "payer"): RULING,
    ("invoiced, agreement withdrawn", "payer"): RULING | {"pay": BOTH, "send_back": BOTH},
}
"""State and side → step → roles that may. Everything else is refused; the one invoice takes the whole promise."""
STATES = ("draft", "requested", "queried", "approved", "refused", "lapsed", "ordered", "invoiced", "part paid", "paid")


def an_hour_ago(case: Case) -> None:
    """Its links went out then."""
    GuestLink.objects.filter(case=case).update(created_at=timezone.now() - dt.timedelta(hours=1))


ENDS = {"case closed": make.closed, "agreement withdrawn": make.stopped, "an hour ago": an_hour_ago}
SIDES = ("requester", "payer", "principal", "coordination", "stranger")
ROLES = ("caseworker", "contact", "signatory", "read_only")


@pytest.fixture(scope="module")
def keys(kept: Callable[[], Any]) -> dict[str, int]:
    """One in each state, made once; the payer takes no part in the case."""
    with kept():
        return promises.one_in_each(*STATES, payer=InstitutionFactory.create(iv=True))


@pytest.fixture
def the(keys: dict[str, int], db: None) -> Callable[[str], Kostengutsprache]:
    """The Kostengutsprache in a state: ``the("approved")``, ``the("ordered, case closed")``."""

    def found(words: str) -> Kostengutsprache:
        state, _comma, end = words.partition(", ")
        row = promises.fresh(Kostengutsprache(pk=keys[state]))
        if end:
            ENDS[end](row.case)
        return promises.fresh(row)

    return found


def office_of(row: Kostengutsprache, side: str) -> Institution:
    if side in ("requester", "payer"):
        return getattr(row, side)
    return row.case.antrag.principal if side == "principal" else InstitutionFactory.create(rav=True)


def people(row: Kostengutsprache) -> list[tuple[str, str, Actor]]:
    """Somebody in each role on each side."""
    found = [("coordination", "coordinator", coordinator())]
    for side in SIDES:
        if side != "coordination":
            office = office_of(row, side)
            found += [(side, role, actor(role, office)) for role in ROLES]
    return found


@pytest.mark.parametrize(
    "state", [*STATES, "requested, an hour ago", "ordered, case closed", "invoiced, agreement withdrawn"]
)
def test_each_may_do_what_the_table_says_and_nothing_else(the, state):
    row = the(state)
    for side, role, who in people(row):
        expected = {name for name, roles in ALLOWED.get((state, side), {}).items() if role in roles}
        reasons = {step.name: steps.refusal(row, step, who) for step in steps.STEPS}
        assert {name for name, reason in reasons.items() if not reason} == expected, (side, role)
        assert all(reason.endswith(".") for reason in reasons.values() if reason)
        assert {offer.step.name for offer in steps.available(row, who) if not offer.reason} == expected


def somebody(row: Kostengutsprache, who: Actor) -> Signer:
    """``who`` in the name of a person whom the payer lists."""
    return Signer(promises.signer(row).signatory, SignedHow.LOGIN, who)


TODAY = timezone.localdate
DEEDS: dict[str, tuple[str, Callable[[Kostengutsprache, Actor], Any]]] = {
    "request": ("draft", actions.ask_for),
    "discard": ("draft", actions.discard),
    "withdraw": ("requested", lambda row, who: actions.withdraw(row, who, "")),
    "approve": ("requested", lambda row, who: actions.approve(row, somebody(row, who), row.content_hash)),
    "refuse": ("requested", lambda row, who: actions.refuse(row, somebody(row, who), "Nein.")),
    "paper": (
        "requested",
        lambda row, who: actions.approve_on_paper(
            row, who, promises.signer(row).signatory, promises.invoice() | {"signed_on": TODAY()}, row.content_hash
        ),
    ),
    "ask": ("requested", lambda row, who: actions.ask(row, who, "Weshalb?")),
    "send_again": ("requested", actions.send_again),
    "answer": ("queried", lambda row, who: actions.answer(row, who, "Darum.")),
    "order": ("approved", settling.order),
    "forward": ("ordered", lambda row, who: settling.forward(row, who, promises.invoice())),
    "pay": ("invoiced", lambda row, who: settling.pay(row, who, ProviderInvoice.objects.first(), TODAY())),
    "send_back": ("invoiced", lambda row, who: settling.send_back(row, who, ProviderInvoice.objects.first(), "Nein.")),
    "finish": ("invoiced", settling.finish),
    "note_ruling": ("approved", lambda row, who: actions.note_ruling(row, who, TODAY(), "V-1")),
}


@pytest.mark.parametrize("name", DEEDS)
def test_the_deed_itself_asks_the_table(the, name):
    state, done = DEEDS[name]
    row = the(state)
    before = Kostengutsprache.objects.values().get(pk=row.pk)
    intruders = [make.fremde(), coordinator(), actor(Role.CASEWORKER, row.case.antrag.principal)]
    for who in [*intruders, actor(Role.READ_ONLY, row.payer), actor(Role.READ_ONLY, row.requester)]:
        with pytest.raises(NotAllowed):
            done(row, who)
    assert Kostengutsprache.objects.values().get(pk=row.pk) == before


def test_the_pages_ask_it_too(the, client_of):
    row = the("requested")
    stranger = client_of(make.fremde())
    readers = [client_of(coordinator()), client_of(actor(Role.CASEWORKER, row.case.antrag.principal))]
    for name in set(DEEDS) - {"request"}:
        found = the(DEEDS[name][0])
        address = reverse("optima:kg_step", args=[found.pk, name])
        assert stranger.post(address).status_code == 404
        refused = 404 if found.state == "draft" else 403
        assert [browser.post(address).status_code for browser in readers] == [refused, refused], name


def test_every_step_is_in_the_tables():
    assert set(DEEDS) == {step.name for step in steps.STEPS}
    assert {name for row in ALLOWED.values() for name in row} == set(DEEDS)


def test_a_mere_count_can_only_be_read(the):
    case = the("draft").case
    count = Kostengutsprache.objects.create(
        case=case, requester=case.antrag.contractor, payer=case.antrag.principal, requested_on=TODAY()
    )
    for who in (make.adviser_of(case), actor(Role.SIGNATORY, count.payer), actor(Role.CASEWORKER, count.payer)):
        assert all(steps.refusal(count, step, who) for step in steps.STEPS)
    assert Kostengutsprache.objects.visible_to(make.adviser_of(case)).filter(pk=count.pk).exists()


# Who reads it -----------------------------------------------------------------------------------------------------

READERS = {
    "draft": {"requester"},
    "requested": {"requester", "payer", "principal", "coordination"},
    "refused": {"requester", "payer", "principal", "coordination"},
    "ordered, case closed": {"requester", "payer", "principal", "coordination"},
    "invoiced, agreement withdrawn": {"requester", "payer", "coordination"},
    "requested, agreement withdrawn": {"requester", "coordination"},
    "refused, agreement withdrawn": {"requester", "coordination"},
    "approved, agreement withdrawn": {"requester", "coordination"},
}


@pytest.mark.parametrize("state", READERS)
def test_it_is_read_by_both_sides_and_by_the_offices_of_the_case(the, state):
    row = the(state)
    found = {
        side for side, _role, who in people(row) if Kostengutsprache.objects.visible_to(who).filter(pk=row.pk).exists()
    }
    assert found == READERS[state]
