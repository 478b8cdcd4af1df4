"""Which way: every answer of the triage, and never more than two of them (OP-22, UX-12)."""

from __future__ import annotations

import pytest

from optima.triage import NEED, OFFICES, WHERE, Way, question, way

LEADS_TO = [
    # need, where, offices, the way, what is asked next
    ("", "", "", None, NEED),
    ("leistung", "", "", None, WHERE),
    ("leistung", "IV", "", Way.APPLICATION, ""),
    ("leistung", "RAV", "", Way.APPLICATION, ""),
    ("leistung", "SH", "", Way.APPLICATION, ""),
    ("leistung", "ANDERE", "", None, WHERE),
    ("leistung", "", "drei", None, WHERE),
    ("zusammen", "", "", None, OFFICES),
    ("zusammen", "", "zwei", Way.BILATERAL, ""),
    ("zusammen", "", "drei", Way.ROUNDTABLE, ""),
    ("zusammen", "IV", "vier", None, OFFICES),
    ("fuehrung", "", "", Way.OPTIMA, ""),
    ("fuehrung", "IV", "drei", Way.OPTIMA, ""),
    ("anderes", "IV", "zwei", None, NEED),
]


@pytest.mark.parametrize(("need", "where", "offices", "expected", "asked"), LEADS_TO)
def test_answers_lead_to_a_way_or_to_the_next_question(need, where, offices, expected, asked):
    assert way(need, where, offices) == expected
    assert question(need, where, offices) == asked


def test_each_way_can_be_reached():
    assert {expected for *_answers, expected, _asked in LEADS_TO} == {None, *Way}
