"""Steps that a pending decision may undo, and steps that begin too early (RT-12)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from roundtable.paper import Decision, Paper, Step
from roundtable.reading import EVERYTHING
from roundtable.warnings import warnings

DECISION = Decision(1, 4, "IV-Stelle", "Umschulung", dt.date(2027, 3, 15))
STEP = Step(1, "Pflegekurs", 3, "RAV Musterwil", due=dt.date(2027, 4, 30), start=dt.date(2027, 2, 1))
SENTENCE = "IV-Stelle entscheidet bis 15.03.2027 über «Umschulung»; das kann diesen Schritt hinfällig machen."


def of(step: Step, decision: Decision = DECISION, kinds: frozenset[str] = EVERYTHING) -> list[str]:
    return warnings(Paper(decisions=[decision], steps=[step]), kinds).get(step.key, [])


def test_a_step_over_a_pending_decision_of_another_office_is_warned_of() -> None:
    assert of(STEP) == [SENTENCE]


@pytest.mark.parametrize(
    ("start", "due", "warned"),
    [
        (dt.date(2027, 2, 1), dt.date(2027, 3, 1), True),
        (dt.date(2027, 3, 14), dt.date(2027, 3, 15), True),
        (dt.date(2027, 3, 15), dt.date(2027, 3, 31), False),
        (dt.date(2027, 4, 1), dt.date(2027, 4, 2), False),
        (None, dt.date(2027, 3, 14), True),
        (None, dt.date(2027, 3, 15), False),
    ],
)
def test_only_what_begins_before_the_decision_is_warned_of(start: dt.date | None, due: dt.date, warned: bool) -> None:
    assert bool(of(replace(STEP, start=start, due=due))) is warned


def test_a_decision_without_a_day_comes_after_everything() -> None:
    late = replace(STEP, start=dt.date(2199, 1, 1), due=dt.date(2199, 2, 1))
    [sentence] = of(late, replace(DECISION, expected=None))
    assert sentence.startswith("IV-Stelle hat noch über «Umschulung» zu entscheiden, ohne festen Tag;")


def test_the_office_that_decides_is_not_warned_of_itself_but_the_client_is() -> None:
    assert of(replace(STEP, owner=4)) == []
    assert of(replace(STEP, owner=1)) == [SENTENCE]


def test_a_decision_that_undoes_nothing_and_a_step_taken_all_the_same_are_silent() -> None:
    assert of(STEP, replace(DECISION, threatens=False)) == []
    assert of(replace(STEP, despite="Der Kurs nützt so oder so.")) == []


def test_of_a_decision_that_somebody_may_not_read_nothing_is_told() -> None:
    secret = replace(DECISION, text="ärztliche Begutachtung", health=True)
    assert of(STEP, secret, frozenset({"money", "work"})) == []
    assert of(STEP, DECISION, frozenset({"health"})) == []
    assert "Begutachtung" in of(STEP, secret)[0]


def test_a_step_that_begins_before_the_one_it_follows_is_done() -> None:
    after = replace(STEP, key=2, what="Stellensuche", start=dt.date(2027, 4, 1), due=dt.date(2027, 6, 1), after=1)
    found = warnings(Paper(steps=[STEP, after]))
    words = "Beginnt am 01.04.2027, obwohl «Pflegekurs» davor kommt und erst bis 30.04.2027 erledigt ist."
    assert found == {2: [words]}
    assert warnings(Paper(steps=[STEP, replace(after, start=dt.date(2027, 5, 1))])) == {}
    hidden = warnings(Paper(steps=[replace(STEP, health=True), after]), frozenset({"work"}))
    assert "Pflegekurs" not in hidden[2][0]


def test_steps_that_wait_for_each_other_or_for_nobody_do_no_harm() -> None:
    circle = [replace(STEP, after=2), replace(STEP, key=2, after=1), replace(STEP, key=3, after=99)]
    assert set(warnings(Paper(steps=circle))) == {1, 2}
