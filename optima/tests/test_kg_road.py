"""A Kostengutsprache from the draft to the payment, and what waits for whom on the way (KG-04, KG-09, KG-10)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from iiz.core.models import OutboxMail, Task
from iiz.core.tests.factories import InstitutionFactory
from optima.kostengutsprache import proof
from optima.models import Kostengutsprache
from optima.tests import factories as make
from optima.tests import promises

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unset_documents")]


def waiting(row: Kostengutsprache) -> set[tuple[str, str]]:
    """What waits for this Kostengutsprache: name and office."""
    tasks = Task.objects.filter(case=row.case, object_id=row.pk, done_at=None).select_related("institution")
    return {(task.name, "payer" if task.institution == row.payer else "requester") for task in tasks}


@pytest.mark.parametrize(
    ("make", "state", "waits"),
    [
        (promises.requested, "requested", {("decide_kg", "payer")}),
        (promises.queried, "requested", {("answer_kg", "requester")}),
        (promises.refused, "refused", set()),
        (promises.lapsed, "lapsed", set()),
        (promises.approved, "approved", {("order_measure", "requester")}),
        (promises.ordered, "ordered", {("forward_invoice", "requester")}),
        (promises.invoiced, "invoiced", {("pay_invoice", "payer")}),
        (promises.paid, "paid", set()),
    ],
)
def test_in_each_state_one_side_is_asked(make, state, waits):
    row = make()
    assert (row.state, waiting(row)) == (state, waits)


def test_the_whole_road_leaves_a_sound_proof():
    promises.paid()
    assert list(proof.breaks()) == []


def test_everybody_who_may_sign_gets_a_link_of_their_own():
    row = promises.requested()
    assert OutboxMail.objects.filter(kind="kg_decide_link", object_id=row.pk).count() == 1


@pytest.mark.parametrize(("kind", "offered"), [("rav", True), ("iv", False)])
def test_at_the_handover_the_form_is_one_click_away_but_not_at_the_iv(db, client_of, kind, offered):
    case = make.handover_held(contractor=make.jan(InstitutionFactory.create(**{kind: True})).institution)
    form = reverse("optima:kg_new", args=[case.number])
    client = client_of(make.adviser_of(case))
    assert (form in client.get(reverse("core:case_tab", args=[case.number, "gespraeche"])).content.decode()) is offered
    assert client.get(form).status_code == (200 if offered else 403)
    assert form not in client_of(make.principal_of(case)).get(case.get_absolute_url()).content.decode()
