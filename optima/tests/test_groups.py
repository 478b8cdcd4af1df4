"""The decision table: every row, every boundary, and one answer to every combination (GRP-A to GRP-I2, GRP-20)."""

from __future__ import annotations

from collections import Counter

import pytest

from optima import groups
from optima.enums import Finding
from optima.groups import Inputs
from optima.models import ZielgruppeRule
from optima.seed import group_rows

RULES = group_rows()
BY_CODE = {rule.code: rule for rule in RULES}

FITS = {
    "A": Inputs("IV", "RAV", "running", ale=False, sh=False, work_offer=True, obstacles=False),
    "B1": Inputs("IV", "RAV", "closed", ale=True, sh=False, work_offer=True, obstacles=False),
    "B2": Inputs("RAV", "IV", "running", ale=True, sh=False, work_offer=True, obstacles=False),
    "C": Inputs("IV", "SH", "running", ale=False, sh=False, work_offer=False, obstacles=True),
    "D1": Inputs("IV", "SH", "running", ale=False, sh=True, work_offer=False, obstacles=True),
    "D2": Inputs("SH", "IV", "running", ale=False, sh=True, work_offer=True, obstacles=False),
    "E": Inputs("SH", "IV", "none", ale=False, sh=True, work_offer=True, obstacles=False),
    "F": Inputs("RAV", "IV", "none", ale=True, sh=False, work_offer=True, obstacles=False),
    "G": Inputs("RAV", "SH", "none", ale=True, sh=False, work_offer=False, obstacles=True),
    "H": Inputs("SH", "RAV", "none", ale=False, sh=True, work_offer=True, obstacles=False),
    "I1": Inputs("SH", "RAV", "none", ale=True, sh=True, work_offer=True, obstacles=False),
    "I2": Inputs("RAV", "SH", "none", ale=True, sh=True, work_offer=False, obstacles=True),
}
"""One person for whom each row is meant."""

GROUPS = {"A": "A", "B1": "B", "B2": "B", "C": "C", "D1": "D", "D2": "D"} | dict(zip("EFGH", "EFGH", strict=True))
GROUPS |= {"I1": "I", "I2": "I"}

BOUNDARIES = [
    # row, what is different, what the table says then
    ("A", {"iv_procedure": "closed"}, "A"),
    ("A", {"iv_procedure": "suspended"}, "A"),
    ("A", {"iv_procedure": "none"}, Finding.UNASSIGNED),
    ("A", {"ale": True}, Finding.UNASSIGNED),
    ("A", {"sh": True}, Finding.UNASSIGNED),
    ("A", {"work_offer": False}, Finding.UNASSIGNED),
    ("A", {"obstacles": True}, "A"),
    ("A", {"ale": True, "sh": True}, Finding.ROUNDTABLE),
    ("B1", {"ale": False}, "A"),
    ("B1", {"iv_procedure": "running"}, Finding.UNASSIGNED),
    ("B1", {"sh": True}, Finding.ROUNDTABLE),
    ("B1", {"work_offer": False}, Finding.UNASSIGNED),
    ("B2", {"iv_procedure": "closed"}, "B2"),
    ("B2", {"iv_procedure": "suspended"}, "B2"),
    ("B2", {"iv_procedure": "none"}, "F"),
    ("B2", {"ale": False}, Finding.UNASSIGNED),
    ("B2", {"sh": True}, Finding.ROUNDTABLE),
    ("B2", {"iv_procedure": "closed", "sh": True}, Finding.UNASSIGNED),
    ("B2", {"work_offer": False}, Finding.UNASSIGNED),
    ("C", {"ale": True}, "C"),
    ("C", {"sh": True}, "D1"),
    ("C", {"iv_procedure": "closed"}, Finding.UNASSIGNED),
    ("C", {"work_offer": True}, Finding.UNASSIGNED),
    ("C", {"obstacles": False}, Finding.UNASSIGNED),
    ("D1", {"ale": True}, Finding.ROUNDTABLE),
    ("D1", {"sh": False}, "C"),
    ("D1", {"obstacles": False}, Finding.UNASSIGNED),
    ("D1", {"work_offer": True}, Finding.UNASSIGNED),
    ("D2", {"iv_procedure": "suspended"}, "D2"),
    ("D2", {"iv_procedure": "none"}, "E"),
    ("D2", {"iv_procedure": "closed"}, Finding.UNASSIGNED),
    ("D2", {"ale": True}, Finding.ROUNDTABLE),
    ("D2", {"sh": False}, Finding.UNASSIGNED),
    ("D2", {"work_offer": False}, Finding.UNASSIGNED),
    ("E", {"ale": True}, Finding.UNASSIGNED),
    ("E", {"sh": False}, Finding.UNASSIGNED),
    ("E", {"work_offer": False}, Finding.UNASSIGNED),
    ("F", {"ale": False}, Finding.UNASSIGNED),
    ("F", {"sh": True}, Finding.UNASSIGNED),
    ("F", {"work_offer": False}, Finding.UNASSIGNED),
    ("G", {"sh": True}, "I2"),
    ("G", {"ale": False}, Finding.UNASSIGNED),
    ("G", {"iv_procedure": "running"}, Finding.UNASSIGNED),
    ("G", {"work_offer": True}, Finding.UNASSIGNED),
    ("G", {"obstacles": False}, Finding.UNASSIGNED),
    ("H", {"ale": True}, "I1"),
    ("H", {"iv_procedure": "running"}, Finding.UNASSIGNED),
    ("H", {"sh": False}, Finding.UNASSIGNED),
    ("H", {"work_offer": False}, Finding.UNASSIGNED),
    ("I1", {"iv_procedure": "running"}, Finding.ROUNDTABLE),
    ("I1", {"iv_procedure": "suspended"}, Finding.ROUNDTABLE),
    ("I1", {"iv_procedure": "closed"}, Finding.UNASSIGNED),
    ("I1", {"work_offer": False}, Finding.UNASSIGNED),
    ("I2", {"work_offer": True}, "I2"),
    ("I2", {"iv_procedure": "running"}, Finding.ROUNDTABLE),
    ("I2", {"obstacles": False}, Finding.UNASSIGNED),
]


def changed(inputs: Inputs, **changes: object) -> Inputs:
    return Inputs(**{**inputs.told(), **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("code", FITS)
def test_each_row_is_found_by_the_person_it_is_meant_for(code):
    answer = groups.assign(FITS[code], RULES)

    assert (answer.code, answer.rule.zielgruppe, answer.missing) == (code, GROUPS[code], ())


@pytest.mark.parametrize(("code", "changes", "expected"), BOUNDARIES)
def test_one_step_beyond_a_boundary_the_table_says_something_else(code, changes, expected):
    assert groups.assign(changed(FITS[code], **changes), RULES).code == expected


def test_one_social_service_may_ask_another_without_a_group():
    answer = groups.assign(Inputs("SH", "SH", "none", ale=False, sh=True, work_offer=False, obstacles=True), RULES)

    assert (answer.finding, answer.rule) == (Finding.WITHIN_SH, None)


def test_all_three_institutions_belong_at_a_roundtable_whoever_asks():
    for principal, contractor in groups.DIRECTIONS:
        answer = groups.assign(Inputs(principal, contractor, "running", ale=True, sh=True), RULES)

        assert answer.finding == Finding.ROUNDTABLE


def test_two_offices_of_the_same_insurance_are_no_optima():
    assert groups.assign(Inputs("IV", "IV", "running", ale=True, sh=True), RULES).finding == Finding.UNASSIGNED


def test_what_nobody_has_answered_yet_is_named_and_the_only_fitting_row_is_proposed():
    answer = groups.assign(Inputs("SH", "RAV", "none", ale=False, sh=True), RULES)

    assert (answer.code, answer.missing) == ("H", ("work_offer",))


def test_where_several_rows_might_still_fit_nothing_is_proposed():
    answer = groups.assign(Inputs("SH", "RAV", "none", sh=True, work_offer=True), RULES)

    assert (answer.finding, answer.missing) == (Finding.UNASSIGNED, ("ale",))


def test_every_one_of_the_512_combinations_has_exactly_one_answer():
    combinations = groups.combinations()

    assert len(combinations) == len({tuple(inputs.told().values()) for inputs in combinations}) == 512
    for inputs in combinations:
        fitting = [rule.code for rule in RULES if groups.compare(rule, inputs) == ()]
        assert len(fitting) <= 1, (inputs, fitting)
        answer = groups.assign(inputs, RULES)
        assert answer.missing == ()
        assert (answer.finding == Finding.GROUP) == bool(fitting) or answer.finding == Finding.ROUNDTABLE


def test_the_answers_to_all_combinations_are_as_many_as_the_rows_of_the_table_promise():
    """Counted by hand from the table: free inputs of each row, less those where all three institutions are involved."""
    counted = Counter(groups.assign(inputs, RULES).code for inputs in groups.combinations())

    promised = {"A": 6, "B1": 2, "B2": 6, "C": 4, "D1": 2, "D2": 4, "E": 2, "F": 2, "G": 1, "H": 2, "I1": 2, "I2": 2}
    assert {code: counted[code] for code in promised} == promised


def test_no_two_rows_answer_to_the_same_person():
    clashes = [(one.code, other.code) for one in RULES for other in RULES if one is not other]

    assert [pair for pair in clashes if groups.overlapping(BY_CODE[pair[0]], BY_CODE[pair[1]])] == []


def test_two_rows_that_overlap_are_shown_with_the_person_they_clash_over():
    looser = ZielgruppeRule(
        code="X", principal_group="SH", contractor_group="RAV", iv_procedures=["none"], sh="yes", work_offer="any"
    )

    clash = groups.overlapping(looser, BY_CODE["H"])

    assert clash is not None
    assert clash.direction == ("SH", "RAV")
