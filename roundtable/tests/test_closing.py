"""Closing a Roundtable: exactly one reason, on a day that can be (RT-21, OUT-07)."""

import datetime as dt
from typing import Any

import pytest

from iiz.core import clock, workflow
from iiz.core.models import Case, GuestLink, OutboxMail
from iiz.core.tests.visiting import address, opened
from roundtable import content, queries
from roundtable.effects.ending import Settled
from roundtable.enums import ClosingReason, Solution, StepState
from roundtable.forms.ending import CloseForm
from roundtable.tests import papers
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def form(case: Case, **typed: Any) -> CloseForm:
    """The form as sent; without ``typed`` as first shown."""
    data = {"closed_on": f"{clock.today():%d.%m.%Y}", "reason": "", "solution": "", "note": ""} | typed
    return CloseForm(data if typed else None, case=case, actor=play.koordination())


def test_a_day_and_exactly_one_reason_are_asked_for() -> None:
    case = play.started()
    assert form(case).fields["closed_on"].initial == clock.today()
    assert set(form(case, reason="").errors) == {"reason"}
    assert form(case, reason="ohne_loesung").is_valid()
    tomorrow, before = (f"{clock.today() + days * DAY:%d.%m.%Y}" for days in (1, -1))
    assert "Zukunft" in str(form(case, reason="ohne_loesung", closed_on=tomorrow).errors["closed_on"])
    assert "erst am" in str(form(case, reason="ohne_loesung", closed_on=before).errors["closed_on"])


def test_which_solution_goes_with_that_reason_alone() -> None:
    case = play.started()
    assert set(form(case, reason=ClosingReason.SOLUTION).errors) == {"solution"}
    led = form(case, reason=ClosingReason.SOLUTION, solution=Solution.IV_PENSION)
    assert led.is_valid()
    assert led.cleaned_data["solution"] == Solution.IV_PENSION
    other = form(case, reason=ClosingReason.NO_SOLUTION, solution=Solution.IV_PENSION)
    assert other.is_valid()
    assert other.cleaned_data["solution"] == ""


def planned(**changes: Any) -> Case:
    """Lena's Roundtable with the plan in force."""
    case = papers.lena(**changes)
    papers.version(case)
    return Case.objects.get(pk=case.pk)


def test_each_open_step_is_settled_and_none_is_dropped_in_silence() -> None:
    case = planned()
    first, second, *others = queries.steps_in_force(case)
    shown = form(case)
    assert len(shown.steps) == 2 + len(others)
    assert {field.initial for field in shown.steps} == {Settled.STAYS}
    typed = {field.name: Settled.STAYS.value for field in shown.steps}
    typed |= {f"step_{first.pk}": "done", f"step_{second.pk}": "dropped"}
    assert set(form(case, reason="ohne_loesung", **(typed | {f"step_{first.pk}": "egal"})).errors) == {
        f"step_{first.pk}"
    }
    good = form(case, reason="ohne_loesung", **typed)
    assert good.is_valid(), good.errors
    case = workflow.apply(case, "close", play.koordination(), good.cleaned_data)
    fresh = {step.pk: step for step in queries.steps_in_force(case)}
    assert (fresh[first.pk].status, fresh[second.pk].status) == (StepState.DONE, StepState.DROPPED)
    assert all(step.reports.count() == 1 for step in fresh.values())
    assert all("Person weiter" in step.reports.get().note for step in others)
    assert dict(content.closing_rows(case, play.koordination()))["Schritte"].startswith("1 erledigt, 1 nicht mehr")


def test_everybody_hears_of_the_end_and_nobody_of_the_reason_by_mail() -> None:
    case = play.closed(planned(), reason=ClosingReason.NO_SOLUTION)
    told = {mail.user for mail in OutboxMail.objects.filter(kind="rt_closed")}
    assert told == {play.nora_of(case).user, play.jan_of(case).user, play.iris_of(case).user}
    live = GuestLink.objects.filter(case=case, revoked_at=None, used_at=None)
    assert {link.purpose for link in live} == {"roundtable_note", "roundtable_feedback"}
    link = live.get(purpose="roundtable_note")
    assert str(ClosingReason.NO_SOLUTION.label) not in opened(link).get(address(link)).content.decode()
    assert queries.manager(case) is None
    assert case.lead_institution == play.nora_of(case).institution
    assert not case.tasks.filter(done_at=None).exists()


def test_closed_twice_the_second_changes_nothing() -> None:
    case = play.closed(planned(), reason=ClosingReason.NO_SOLUTION)
    with pytest.raises(workflow.NotAllowed):
        play.closed(case, reason=ClosingReason.FIRST_LABOUR_MARKET)
    stale = planned()
    play.closed(stale, reason=ClosingReason.NO_SOLUTION)
    data = {"closed_on": clock.today(), "reason": ClosingReason.SOLUTION, "note": ""}
    with pytest.raises(workflow.Conflict):
        workflow.apply(stale, "close", play.koordination(), data, version=stale.version)
    assert Case.objects.get(pk=stale.pk).roundtable.closing_reason == ClosingReason.NO_SOLUTION


def test_not_before_the_plan_was_in_force_and_a_withdrawal_leaves_the_steps_alone() -> None:
    case = planned()
    case.roundtable.decided_on = clock.today() - 9 * DAY
    case.roundtable.save()
    case.meetings.update(held_on=clock.today() - 9 * DAY)
    yesterday = f"{clock.today() - DAY:%d.%m.%Y}"
    assert "Handlungsplan" in str(form(Case.objects.get(pk=case.pk), closed_on=yesterday).errors["closed_on"])
    case = play.withdrawn(Case.objects.get(pk=case.pk))
    assert form(case).steps == []
    case = play.closed(case, reason=ClosingReason.WITHDRAWN)
    assert not any(step.reports.exists() for step in queries.steps_in_force(case))
    assert not GuestLink.objects.filter(case=case, revoked_at=None).exists()


def test_after_a_withdrawal_the_reason_is_proposed_and_a_planned_meeting_is_named() -> None:
    case = play.fixed()
    assert "wird abgesagt" in form(case).also()
    case = play.withdrawn(case)
    assert form(case).also() == ""
    assert form(case).fields["reason"].initial == ClosingReason.WITHDRAWN
