"""Closing a Roundtable: exactly one reason, on a day that can be (RT-21, OUT-07)."""

import datetime as dt
from typing import Any

import pytest

from iiz.core import clock
from iiz.core.models import Case
from roundtable.enums import ClosingReason, Solution
from roundtable.forms.ending import CloseForm
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


def test_after_a_withdrawal_the_reason_is_proposed_and_a_planned_meeting_is_named() -> None:
    case = play.fixed()
    assert "wird abgesagt" in form(case).also()
    case = play.withdrawn(case)
    assert form(case).also() == ""
    assert form(case).fields["reason"].initial == ClosingReason.WITHDRAWN
