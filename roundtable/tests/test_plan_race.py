"""Two at once with one Handlungsplan, on two real connections: one deed stands, the other reads why (RT-15, RT-18)."""

from __future__ import annotations

import pytest

from iiz.core import audit, workflow
from iiz.core.workflow import Conflict, NotAllowed
from optima.tests.test_race import at_once, lost, won
from roundtable import signing
from roundtable.enums import PlanState
from roundtable.models import Handlungsplan, Signature
from roundtable.perspectives import Author

from . import papers, planning
from . import playing as play

pytestmark = pytest.mark.django_db(transaction=True)


def test_signed_twice_at_once_is_signed_once() -> None:
    case = papers.lena()
    plan, office = papers.version(case), play.koordination()
    picture = signing.drawing(planning.strokes())

    def sign() -> Signature:
        return signing.draw(Handlungsplan.objects.get(pk=plan.pk), Author(actor=office), picture, seen=plan.digest)

    results = at_once(sign, sign)
    assert len(won(results)) == 1, results
    assert isinstance(lost(results)[0], Conflict)
    assert Signature.objects.count() == 1
    assert list(audit.verify()) == []


def test_a_new_draft_and_an_answer_at_once_leave_one_draft_and_no_half_answer() -> None:
    case = planning.circulated(planning.typed(steps=3))
    jan, office = play.jan_of(case), play.koordination()
    planning.write(case, {"step.3.due": "12.2.2027"})
    case = planning.again(case)
    review = planning.review_of(case, jan)
    results = at_once(
        lambda: planning.answer(case, jan),
        lambda: workflow.apply(case, "circulate_plan", office, {"due_on": planning.clock.today()}),
    )
    assert won(results), results
    assert all(isinstance(one, Conflict | NotAllowed) for one in lost(results)), results
    assert Handlungsplan.objects.filter(case=case, state=PlanState.DRAFT).count() == 1
    review.refresh_from_db()
    assert (review.answered_at is None) == (review.agreed is None)
    assert list(audit.verify()) == []
