"""From the working paper to the Handlungsplan that binds: what each step needs, and what it brings (RT-13 to RT-18)."""

from __future__ import annotations

from typing import Any

import pytest

from iiz.core import clock, workflow
from iiz.core.models import AuditEntry, GuestLink, OutboxMail, Task
from iiz.core.workflow import NotAllowed
from roundtable import queries
from roundtable.enums import Answer, DispatchWay, PlanState, StepState
from roundtable.forms.plan import FinaliseForm
from roundtable.models import Dispatch, Handlungsplan, OldCell, Review, Step

from . import papers, planning
from . import playing as play

pytestmark = pytest.mark.django_db


def circulate(case: Any, **data: Any) -> Any:
    given = {"due_on": clock.today(), **data}
    return workflow.apply(case, "circulate_plan", play.moderator_of(case), given)


def missing(case: Any, **data: Any) -> str:
    """Why the plan is not made final."""
    with pytest.raises(NotAllowed) as refused:
        planning.finalised(case, **data)
    return str(refused.value)


def test_nothing_typed_gives_no_draft() -> None:
    case = papers.lena()
    with pytest.raises(NotAllowed, match="steht noch nichts"):
        circulate(case)


def test_a_draft_goes_to_everybody_who_may_read_it_and_to_nobody_else() -> None:
    case = planning.circulated(planning.typed(play.with_mother(papers.lena(), email="maria@mutter.example")))
    asked = Review.objects.filter(plan__case=case).values_list("participant", flat=True)
    assert len(asked) == 5, "three offices, the client and the therapist; not the mother, for whom no data is open"
    assert GuestLink.objects.filter(purpose="roundtable_review").count() == 1
    assert OutboxMail.objects.filter(kind="rt_review", case=case).count() == 3
    assert Task.objects.filter(name="review_plan", case=case, done_at=None).count() == 3


def test_the_same_words_again_ask_only_who_was_not_asked_yet() -> None:
    case = planning.circulated()
    planning.answer(case, play.jan_of(case))
    before = Review.objects.count()
    play.with_mother(case)
    circulate(planning.again(case), due_on=clock.today() + 5 * play.DAY)
    plan = planning.draft_of(case)
    assert (plan.number, plan.due_on) == (1, clock.today() + 5 * play.DAY)
    assert Review.objects.count() == before
    assert Review.objects.exclude(answered_at=None).exists(), "what was said stays"


def test_other_words_make_another_draft_and_the_promises_to_what_stayed_go_on() -> None:
    case = planning.promised()
    planning.write(case, {"step.3.due": "12.2.2027"})
    circulate(planning.again(case))
    old, new = Handlungsplan.objects.order_by("number")
    assert (old.state, new.state) == (PlanState.DROPPED, PlanState.DRAFT)
    answers = dict(new.steps.values_list("key", "answer"))
    assert answers[5] == Answer.ACCEPTED
    assert answers[3] == Answer.OPEN, "its words changed: promised anew"
    assert not GuestLink.objects.filter(
        purpose="roundtable_review", object_id__in=old.reviews.values("pk"), revoked_at=None
    ).exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"step__3__due": ""}, "noch nicht in Ordnung"),
        ({"step__3__after": "5"}, "noch nicht in Ordnung"),
        ({"step__3__due": "1.1.2027"}, "noch nicht in Ordnung"),
        ({f"goal__{key}__gone": "1" for key in (1, 2, 3)}, "noch kein Ziel"),
        ({f"step__{key}__gone": "1" for key in range(1, 11)}, "noch kein Schritt"),
    ],
)
def test_what_is_wrong_in_the_paper_hinders_the_plan(change: dict[str, Any], words: str) -> None:
    case = planning.promised()
    assert words in missing(planning.typed(case, **change))
    assert not Handlungsplan.objects.filter(state=PlanState.FINAL).exists()


def test_a_step_binds_only_when_its_office_promised_it_out_of_its_catalogue() -> None:
    case = planning.circulated()
    planning.answer(case, play.nora_of(case))
    planning.answer(case, play.jan_of(case))
    assert "Die Zusage fehlt noch" in missing(case)
    planning.answer(case, play.iris_of(case), refuse="Zuerst die Abklärung.")
    assert "sagt nicht zu" in missing(case)
    step = Step.objects.filter(answer=Answer.REFUSED).first()
    assert step is not None
    assert step.offer_id is None


def test_the_clients_own_steps_need_no_promise() -> None:
    case = planning.promised()
    own = planning.draft_of(case).steps.filter(owner__kind="client")
    assert own.count() == 3
    assert set(own.values_list("answer", flat=True)) == {Answer.OPEN}
    assert planning.finalised(case)


def test_without_a_case_manager_nothing_is_final() -> None:
    case = planning.promised()
    case.managements.update(until=clock.today())
    assert "Case Management" in missing(planning.again(case))


def test_final_brings_the_document_the_log_and_the_wait_for_the_signature() -> None:
    case = planning.promised(planning.circulated(planning.typed(planning.with_mail())))
    case = planning.finalised(case)
    plan = planning.plan_of(case)
    assert (plan.number, plan.state) == (1, PlanState.FINAL)
    ways = list(Dispatch.objects.filter(plan=plan).values_list("way", flat=True))
    assert ways.count(DispatchWay.PORTAL) == 3
    assert ways.count(DispatchWay.LINK) == 2
    assert OutboxMail.objects.filter(kind="rt_plan_final").count() == 3
    assert not OldCell.objects.filter(case=case).exists()
    assert not Task.objects.filter(name="review_plan", done_at=None).exists()
    assert Task.objects.filter(name="sign_plan", case=case, done_at=None).count() == 1
    assert AuditEntry.objects.filter(verb="case_finalise_plan").count() == 1
    without = {row.copy.kinds for row in plan.dispatches.all() if row.copy}
    assert len(without) > 1, "who may not read of health got another copy"


def test_one_click_from_the_paper_when_all_was_promised_at_the_table() -> None:
    case = planning.typed()
    offers = planning.offers(case)
    seats = {row.pk: row for row in case.participants.all() if row.participation_id}
    steps = {step.key: step for step in papers.paper_of(case).steps if step.owner in seats}
    at_table = {key: offers[queries.institution_of(seats[step.owner]) or 0] for key, step in steps.items()}
    wrong = {**at_table, 5: next(one for one in offers.values() if one != at_table[5])}
    assert "nur aus dem eigenen Leistungskatalog" in missing(case, at_table=wrong)
    case = planning.finalised(case, at_table=at_table)
    noted = planning.plan_of(case).steps.filter(at_the_table=True)
    assert noted.count() == len(at_table)


def test_at_the_table_promises_only_who_was_there() -> None:
    case = planning.typed()
    offers = planning.offers(case)
    for meeting in case.meetings.all():
        meeting.invitees.update(attended=False)
    offer = offers[play.jan_of(case).institution.pk]
    assert "nur, wer dabei war" in missing(planning.again(case), at_table={3: offer})


def test_a_later_version_replaces_the_one_in_force_and_keeps_how_steps_stand() -> None:
    case = planning.finalised()
    first = planning.plan_of(case)
    first.steps.filter(key=5).update(status=StepState.RUNNING, status_at=clock.now())
    planning.signed(case)
    planning.write(case, {"step.9.due": "1.7.2027"})
    case = planning.finalised(planning.again(case))
    first.refresh_from_db()
    second = planning.plan_of(case)
    assert (first.state, second.number) == (PlanState.REPLACED, 2)
    assert second.steps.get(key=5).status == StepState.RUNNING
    assert not hasattr(second, "signature"), "a signature never goes on"
    assert Task.objects.filter(name="sign_plan", object_id=second.pk, done_at=None).exists()
    assert not Task.objects.filter(name="sign_plan", object_id=first.pk, done_at=None).exists()
    assert not GuestLink.objects.filter(purpose="roundtable_plan", object_id=first.pk, revoked_at=None).exists()


def test_a_draft_is_given_up_and_nobody_is_asked_any_more() -> None:
    case = planning.circulated()
    workflow.apply(case, "drop_plan", play.koordination(), {})
    assert not Task.objects.filter(name="review_plan", done_at=None).exists()
    assert Handlungsplan.objects.get().state == PlanState.DROPPED


def test_the_pendenz_to_finalise_comes_by_itself_when_the_day_is_over() -> None:
    case = planning.circulated(planning.typed(steps=3))
    Handlungsplan.objects.update(due_on=clock.today() - play.DAY)
    workflow.catch_up(clock.now())
    assert Task.objects.filter(name="finalise_plan", case=case, done_at=None).count() == 1
    before = Task.objects.count()
    workflow.catch_up(clock.now())
    assert Task.objects.count() == before


def test_the_pendenz_to_finalise_comes_when_all_have_answered() -> None:
    case = planning.circulated(days=0)
    assert not Task.objects.filter(name="finalise_plan", done_at=None).exists()
    for who in (play.nora_of(case), play.jan_of(case), play.iris_of(case)):
        planning.answer(case, who)
    Review.objects.filter(plan__case=case, answered_at=None).update(answered_at=clock.now())
    workflow.settle(planning.again(case))
    assert Task.objects.filter(name="finalise_plan", done_at=None).exists()


def test_after_a_withdrawal_nothing_is_sent_any_more() -> None:
    case = play.withdrawn(planning.promised())
    with pytest.raises(NotAllowed):
        planning.finalised(case)
    assert not GuestLink.objects.filter(revoked_at=None, used_at=None).exists()
    assert not Task.objects.filter(name="review_plan", done_at=None).exists()


def test_the_office_that_runs_its_roundtable_itself_does_it_all() -> None:
    case = play.running(play.fixed(play.self_run()))
    papers.manage(case)
    case = planning.finalised(planning.promised(planning.circulated(planning.typed(case, steps=3))))
    plan = planning.plan_of(case)
    assert plan.final_by == play.registrant_of(case).user
    waiting = Task.objects.get(name="sign_plan", case=case, done_at=None)
    assert waiting.institution == case.registering_institution


def test_a_new_address_gets_the_links_to_what_there_is_to_read() -> None:
    case = planning.circulated(planning.typed(steps=3))
    row = play.row_of(case, play.THERAPIST)
    data = {"participant": row, "email": "neu@praxis.example", "phone": "", "function": row.function}
    workflow.apply(case, "change_person", play.koordination(), data)
    live = GuestLink.objects.get(purpose="roundtable_review", revoked_at=None)
    assert live.email == "neu@praxis.example"


def test_whoever_is_no_longer_covered_gets_nothing() -> None:
    case = planning.promised()
    play.narrowed(case, play.THERAPIST)
    case = planning.finalised(planning.again(case))
    seat = case.participants.get(name=play.THERAPIST)
    assert not Dispatch.objects.filter(participant=seat).exists()


def test_what_was_ticked_in_the_paper_stands_ready_and_nothing_else_is_taken_for_promised() -> None:
    case = planning.typed(step__3__promised="ja")
    planning.offers(case)
    form = FinaliseForm(case=planning.again(case), actor=play.moderator_of(case))
    ticked = {step.key for step, tick, _offer in form.rows if tick.initial}
    assert ticked == {3}
    assert len(form.rows) > 1
