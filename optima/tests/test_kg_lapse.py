"""What ends with the case, the agreement or the measure, what goes on, and what still counts (KG-10, KG-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iiz.core import clock, workflow
from iiz.core.enums import Role
from iiz.core.models import Case, GuestLink, OutboxMail, Task
from iiz.core.tests.factories import InstitutionFactory, actor
from iiz.core.workflow import NotAllowed
from optima import queries
from optima.enums import ClosingParty
from optima.kostengutsprache import actions, proof, settling, steps
from optima.models import Kostengutsprache, ProviderInvoice

from . import factories as make
from . import promises
from .test_kg_deadline import waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unset_documents")]

STATES = ("draft", "requested", "queried", "approved", "refused", "ordered", "invoiced")
LATER = dt.timedelta(days=60)


@pytest.fixture(scope="module")
def keys(kept: Callable[[], Any]) -> dict[str, int]:
    """On one running case one in each state; a payer outside the case decides on all."""
    with kept():
        return promises.one_in_each(*STATES, payer=actor(Role.CONTACT, InstitutionFactory.create(iv=True)).institution)


@pytest.fixture
def the(keys: dict[str, int], db: None) -> Callable[[str], Kostengutsprache]:
    """The Kostengutsprache in a state: ``the("approved")``."""
    return lambda state: promises.fresh(Kostengutsprache(pk=keys[state]))


@pytest.fixture
def case(the: Callable[[str], Kostengutsprache]) -> Case:
    """Their case."""
    return Case.objects.get(pk=the("requested").case_id)


def states(case: Case) -> list[str]:
    return list(Kostengutsprache.objects.filter(case=case).order_by("pk").values_list("state", flat=True))


ENDS: dict[str, Callable[[Case], Any]] = {
    "closed": make.closed,
    "ended by exception": lambda case: workflow.apply(
        case,
        "close_exceptionally",
        make.principal_of(case),
        {"reason": make.closing_reason("kg_abgelehnt"), "outcome": "sonstige", "exception": "Wegzug"},
    ),
    "agreement withdrawn": make.stopped,
}


@pytest.mark.parametrize("end", ENDS)
def test_with_the_case_ends_what_is_not_ordered(the, case, keys, end):
    known = {task.object_id for task in Task.objects.filter(case=case, done_at=None).exclude(object_id=0)}
    assert known == {keys[state] for state in ("requested", "queried", "approved", "ordered", "invoiced")}
    OutboxMail.objects.all().delete()

    ENDS[end](case)

    assert states(case) == ["lapsed", "lapsed", "lapsed", "refused", "ordered", "invoiced"]
    reasons = {the(state).lapse_reason for state in ("requested", "queried", "approved")}
    assert len(reasons) == 1
    assert ("Einverständnis" in reasons.pop()) == (end == "agreement withdrawn")
    left = set(Task.objects.filter(case=case, done_at=None).exclude(object_id=0).values_list("name", flat=True))
    assert left == {"forward_invoice", "pay_invoice"}
    assert not any(link.is_live for link in GuestLink.objects.filter(purpose=actions.DECIDE))
    told = OutboxMail.objects.filter(kind__in=["kg_withdrawn", "kg_lapsed"]).values_list("kind", "object_id").distinct()
    withdrawn = {key for kind, key in told if kind == "kg_withdrawn"}
    assert withdrawn == {keys["requested"], keys["queried"]}
    assert list(proof.breaks()) == []


def test_what_was_ordered_is_paid_after_the_end(the, case):
    make.closed(case)
    ordered, adviser = the("ordered"), make.adviser_of(case)
    bill = settling.forward(ordered, adviser, promises.invoice())
    signs = promises.signing(promises.signer(ordered).signatory)
    settling.send_back(ordered, signs, bill, "Falscher Betrag.")
    assert (the("ordered").state, waiting(ordered).name) == ("ordered", "forward_invoice")
    again = settling.forward(ordered, adviser, promises.invoice(number="R-2"))
    settling.pay(ordered, signs, again, timezone.localdate())
    with pytest.raises(NotAllowed):
        settling.pay(ordered, signs, again, timezone.localdate())
    assert the("ordered").state == "paid"
    assert not Task.objects.filter(object_id=ordered.pk, done_at=None).exists()


def test_a_returned_invoice_is_awaited_from_its_return_on(the, case):
    row = the("invoiced")
    signs = promises.signing(promises.signer(row).signatory)
    with clock.at(timezone.now() + LATER):
        settling.send_back(row, signs, ProviderInvoice.objects.get(order__approval__kostengutsprache=row), "Falsch.")
    assert waiting(row).due_on == timezone.localdate() + LATER + dt.timedelta(days=30)


def test_an_invoice_sent_back_is_missed_until_another_comes_or_none_does(the, case):
    """Three parts of the promise: the first is sent back, the one that was called the last is paid."""
    row, adviser = the("ordered"), make.adviser_of(case)
    signs = promises.signing(promises.signer(row).signatory)
    assert not settling.is_last_by_default(row, Decimal(500))
    first = settling.forward(row, adviser, promises.invoice(number="R-1", amount=Decimal(500), is_last=False))
    assert settling.is_last_by_default(the("ordered"), Decimal(640))
    second = settling.forward(row, adviser, promises.invoice(number="R-2", amount=Decimal(600)))
    settling.send_back(row, signs, first, "Ohne Datum.")
    settling.pay(row, signs, second, timezone.localdate())
    assert (the("ordered").state, waiting(row).name) == ("invoiced", "forward_invoice")
    assert [bill.return_reason for bill in steps.sent_back(the("ordered"))] == ["Ohne Datum."]

    settling.finish(row, adviser)
    assert the("ordered").state == "paid"
    assert not Task.objects.filter(object_id=row.pk, done_at=None).exists()

    late = settling.forward(row, adviser, promises.invoice(number="R-3", amount=Decimal(40), is_last=False))
    assert (the("ordered").state, waiting(row).name) == ("invoiced", "pay_invoice")
    with pytest.raises(NotAllowed, match="noch nicht bezahlt"):
        settling.finish(row, adviser)
    settling.pay(row, signs, late, timezone.localdate())
    assert the("ordered").state == "paid"


def test_after_its_period_it_lapses_once(the, case):
    on_the_last_day = timezone.now() + dt.timedelta(days=44)
    assert actions.lapse_due(on_the_last_day) == 0
    with clock.at(timezone.now() + LATER):
        assert [actions.lapse_due(clock.now()), actions.lapse_due(clock.now())] == [3, 0]
    assert states(case) == ["draft", "lapsed", "lapsed", "lapsed", "refused", "ordered", "invoiced"]
    row = the("approved")
    assert (row.decision, row.lapse_reason) == ("approved", "Der Zeitraum der Massnahme ist vorbei.")
    assert row.lapsed_on == timezone.localdate() + LATER
    assert the("queried").queries.get().answered_at is not None


def test_a_refusal_may_be_why_the_contractor_ends_the_case(seeds):
    reasons = queries.closing_reasons(timezone.localdate(), ClosingParty.CONTRACTOR)
    assert "Kostengutsprache abgelehnt" in {reason.label for reason in reasons}


# What can be asked for --------------------------------------------------------------------------------------------


def test_one_pending_per_measure_and_an_extension_beside_it(the, case):
    adviser = make.adviser_of(case)
    twice = promises.drafted(case, tariff=the("requested").tariff)
    with pytest.raises(NotAllowed, match="bereits eine Kostengutsprache beantragt"):
        actions.ask_for(twice, adviser)
    more = promises.drafted(case, tariff=the("approved").tariff, follows=the("approved"))
    actions.ask_for(more, adviser)
    assert list(the("approved").followed_by.all()) == [more]


def days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


LACKING: dict[str, tuple[dict[str, Any], str]] = {
    "no measure": ({"tariff": None, "quantity": None}, "Es fehlt noch: Massnahme, Kosten"),
    "no number": ({"quantity": None}, "Es fehlt noch: Kosten"),
    "no end": ({"period_until": None}, "Es fehlt noch: Dauer"),
    "ends before it begins": ({"period_from": days(20), "period_until": days(19)}, "Ende der Massnahme liegt vor"),
    "over already": ({"period_from": days(-9), "period_until": days(-1)}, "Zeitraum der Massnahme ist vorbei"),
}


@pytest.mark.parametrize("what", LACKING)
def test_what_is_not_complete_is_kept_and_not_asked_for(case, what):
    changes, sentence = LACKING[what]
    draft = promises.drafted(case, **changes)
    with pytest.raises(NotAllowed, match=sentence):
        actions.ask_for(draft, make.adviser_of(case))
    assert promises.fresh(draft).state == "draft"


def test_neither_an_old_price_nor_a_payer_that_cannot_pay(case):
    adviser, tariff = make.adviser_of(case), promises.tariff(measure="Kurs")
    old = promises.drafted(case, tariff=tariff)
    tariff.valid_until = days(-1)
    tariff.save()
    with pytest.raises(NotAllowed, match="Dieser Tarif gilt nicht mehr"):
        actions.ask_for(old, adviser)
    for payer in (adviser.institution, InstitutionFactory.create(iv=True, is_active=False)):
        own = promises.drafted(case, payer=payer)
        with pytest.raises(NotAllowed, match="Wählen Sie eine andere zahlende Stelle"):
            actions.ask_for(own, adviser)


def test_each_deed_asks_as_often_beside_many_as_beside_one(the, case):
    """Of one case with seven others, and of a case of its own."""
    alone = promises.requested(period_until=days(50))

    def asked(row: Kostengutsprache) -> int:
        with CaptureQueriesContext(connection) as captured:
            actions.ask(row, promises.signer(row), "Weshalb?")
        return len(captured)

    assert asked(the("requested")) <= asked(alone) + 4
