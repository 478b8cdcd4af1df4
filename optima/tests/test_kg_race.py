"""Two at once with one Kostengutsprache, on two real connections: one decision stands, the other reads why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from iiz.core import audit
from iiz.core.models import Document, GuestLink, OutboxMail
from iiz.core.workflow import NotAllowed
from optima.kostengutsprache import actions, proof, settling
from optima.kostengutsprache.signing import Signer
from optima.models import Approval, Kostengutsprache, Order

from . import factories as make
from . import promises
from .test_race import at_once, lost, won

pytestmark = pytest.mark.django_db(transaction=True)


def second(row: Kostengutsprache) -> Signer:
    found = promises.signatory(row.payer)
    return Signer(found, "login", promises.signing(found))


RIVALS: dict[str, Callable[[Kostengutsprache, Signer], Any]] = {
    "approve": lambda row, other: actions.approve(row, other, row.content_hash),
    "refuse": lambda row, other: actions.refuse(row, other, "Nein."),
    "withdraw": lambda row, _other: actions.withdraw(row, make.adviser_of(row.case), ""),
}


@pytest.mark.parametrize("rival", RIVALS)
def test_of_two_decisions_at_once_one_stands(rival):
    row = promises.requested()
    first, other = promises.signer(row), second(row)

    results = at_once(lambda: actions.approve(row, first, row.content_hash), lambda: RIVALS[rival](row, other))

    assert len(won(results)) == 1, results
    assert isinstance(lost(results)[0], NotAllowed)
    stands = promises.fresh(row)
    assert stands.state in ("approved", "refused", "lapsed")
    assert Approval.objects.count() == Document.objects.count() == (stands.state == "approved")
    told = OutboxMail.objects.filter(kind__in=["kg_approved", "kg_refused", "kg_withdrawn"])
    assert {mail.kind for mail in told} == {f"kg_{'withdrawn' if stands.state == 'lapsed' else stands.state}"}
    assert not any(link.is_live for link in GuestLink.objects.filter(purpose=actions.DECIDE))
    assert list(proof.breaks()) == list(audit.verify()) == []


def test_ordered_and_asked_twice_at_once_is_once():
    row = promises.approved()
    adviser = make.adviser_of(row.case)
    results = at_once(*[lambda: settling.order(row, adviser) for _time in range(2)])
    assert len(won(results)) == 1, results
    assert Order.objects.count() == 1

    drafts = [promises.drafted(row.case, tariff=promises.tariff(measure="Kurs")) for _time in range(2)]
    asked = at_once(*[lambda draft=draft: actions.ask_for(draft, adviser) for draft in drafts])
    assert len(won(asked)) == 1, asked
    assert isinstance(lost(asked)[0], NotAllowed)


def test_two_sweepers_let_it_lapse_once():
    row = promises.requested()
    later = timezone.now() + dt.timedelta(days=60)
    assert sorted(at_once(*[lambda: actions.lapse_due(later) for _time in range(2)])) == [0, 1]
    assert OutboxMail.objects.filter(kind="kg_lapsed", object_id=row.pk).count() == 1
