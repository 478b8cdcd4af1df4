"""Whoever lifts the triggers is found: what stands there is compared with the audit (KG-02, NFR-04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iiz.core import audit
from iiz.core.models import AuditEntry, Signatory
from iiz.core.workflow import NotAllowed
from optima.kostengutsprache import gate, proof, settling
from optima.models import Approval, Kostengutsprache, Order

from . import factories as make
from . import promises

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def keys(kept: Callable[[], Any]) -> dict[str, int]:
    """On one case a Kostengutsprache in each state, made once."""
    with kept():
        return promises.one_in_each("draft", "requested", "approved", "refused", "lapsed", "ordered", "paid")


@pytest.fixture
def the(keys: dict[str, int], db: None) -> Callable[[str], Kostengutsprache]:
    """The Kostengutsprache in a state: ``the("approved")``."""
    return lambda state: Kostengutsprache.objects.select_related("case").get(pk=keys[state])


def verified() -> tuple[Any, str]:
    """How ``verify_audit`` ends, and what it complains of."""
    complaint = StringIO()
    try:
        call_command("verify_audit", stdout=StringIO(), stderr=complaint)
    except SystemExit as end:
        return end.code, complaint.getvalue()
    return 0, complaint.getvalue()


def rows(request: Kostengutsprache) -> Any:
    return Kostengutsprache.objects.filter(pk=request.pk)


def approvals(request: Kostengutsprache) -> Any:
    return Approval.objects.filter(kostengutsprache=request)


def forged(request: Kostengutsprache) -> None:
    """A signature by hand, its seal guessed, and the state to fit."""
    signatory, today = Signatory.objects.filter(institution=request.payer).first(), timezone.localdate()
    Approval.objects.create(
        kostengutsprache=request,
        signatory=signatory,
        signed_by="Vera Muster",
        how="login",
        signed_on=today,
        amount=request.amount,
        content_hash=request.content_hash,
        seal=audit.keyed("guessed"),
    )
    rows(request).update(state="approved", decision="approved", decided_on=today)


def removed(request: Kostengutsprache) -> None:
    approvals(request).delete()
    rows(request).update(state="requested", decision="", decided_on=None)


def ordered_by_hand(request: Kostengutsprache) -> None:
    Order.objects.create(
        approval=request.approval, content_hash=request.content_hash, ordered_by_id=request.requested_by_id
    )
    rows(request).update(state="ordered")


def sealed_again(request: Kostengutsprache) -> None:
    """Words, hash and audit key in one hand, but not the chain."""
    approval = approvals(request).get()
    approval.signed_by = "Jemand anders"
    approvals(request).update(signed_by=approval.signed_by, seal=gate.seal(approval))


HANDS: dict[str, tuple[str, Callable[[Kostengutsprache], Any], str]] = {
    "a forged signature": ("requested", forged, "approval was forged"),
    "a forged signature alone": (
        "requested",
        lambda kg: (forged(kg), rows(kg).update(state="requested", decision="", decided_on=None)),
        "approval was forged",
    ),
    "another signatory": ("approved", lambda kg: approvals(kg).update(signed_by="Jemand"), "approval was forged"),
    "another function": ("ordered", lambda kg: approvals(kg).update(function="Leitung"), "approval was forged"),
    "another day": ("paid", lambda kg: approvals(kg).update(signed_on=dt.date(2020, 1, 1)), "approval was forged"),
    "another amount signed": ("approved", lambda kg: approvals(kg).update(amount=9_000), "approval was forged"),
    "another hash signed": ("approved", lambda kg: approvals(kg).update(content_hash="0" * 64), "approval was forged"),
    "a seal without an entry": ("approved", sealed_again, "approval does not stand in the audit"),
    "a signature taken away": ("approved", removed, "approval was removed"),
    "approved without any": (
        "requested",
        lambda kg: rows(kg).update(state="approved", decision="approved", decided_on=kg.requested_on),
        "holds without an approval",
    ),
    "another amount asked": ("requested", lambda kg: rows(kg).update(amount=9_000), "what was asked was altered"),
    "another amount than signed": ("approved", lambda kg: rows(kg).update(amount=9_000), "what was asked was altered"),
    "another payer": (
        "lapsed",
        lambda kg: rows(kg).update(payer_name="Andere Stelle"),
        "what was asked was altered",
    ),
    "a request of nobody": (
        "draft",
        lambda kg: rows(kg).update(
            state="requested", position=80, requested_on=timezone.localdate(), content_hash="0" * 64
        ),
        "what was asked was altered",
    ),
    "a request taken away": ("requested", lambda kg: rows(kg).delete(), "was removed"),
    "a refusal undone": (
        "refused",
        lambda kg: rows(kg).update(state="requested", decision="", decided_on=None),
        "its decision was altered",
    ),
    "a refusal of another day": (
        "refused",
        lambda kg: rows(kg).update(decided_on=kg.decided_on + dt.timedelta(days=1)),
        "its decision was altered",
    ),
    "a refusal by hand": (
        "requested",
        lambda kg: rows(kg).update(state="refused", decision="refused", decided_on=kg.requested_on),
        "its decision was altered",
    ),
    "an order by hand": ("approved", ordered_by_hand, "the order does not stand in the audit"),
    "another order": (
        "ordered",
        lambda kg: Order.objects.filter(approval=kg.approval).update(content_hash="0" * 64),
        "the order was altered",
    ),
    "an order taken away": (
        "ordered",
        lambda kg: (Order.objects.filter(approval=kg.approval).delete(), rows(kg).update(state="approved")),
        "the order was removed",
    ),
    "ordered in words alone": ("approved", lambda kg: rows(kg).update(state="ordered"), "ordered without an order"),
}
"""What somebody with the database does → the Kostengutsprache it is done to, and what is said of it."""


def test_a_sound_database_is_sound(the):
    assert verified() == (0, "")


@pytest.mark.parametrize("what", HANDS)
def test_what_hands_have_done_is_found(the, tampered, what):
    state, done, complaint = HANDS[what]
    request = the(state)

    with tampered():
        done(request)

    code, said = verified()
    assert code == 1
    assert complaint in said
    assert request.number in said or f"{request.case.number}: Kostengutsprache {request.pk}" in said


def test_an_audit_without_the_entry_is_found_at_its_chain(the, tampered):
    with tampered():
        AuditEntry.objects.filter(verb=gate.APPROVED, object_id=str(the("approved").pk)).delete()
    assert the("approved").case.number in verified()[1]
    assert any("does not stand in the audit" in line for line in proof.breaks())


def test_the_portal_itself_orders_nothing_on_a_forged_signature(the):
    """The triggers cannot know the seal; the page asks for it."""
    request = the("requested")
    forged(request)
    with pytest.raises(NotAllowed, match="nicht echt"):
        settling.order(request, make.adviser_of(request.case))


def test_the_proof_asks_the_database_as_often_for_many_as_for_few(the, monkeypatch):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert list(proof.breaks()) == []
        return len(captured)

    many = queries()
    assert many <= 6
    monkeypatch.setattr(proof, "WALK", 2)
    assert queries() > many
