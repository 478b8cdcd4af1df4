"""The time line: gaps, sums by month, advance duty, and the drawing (RT-11)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from roundtable import timeline
from roundtable.paper import Decision, Income, Paper, Sick
from roundtable.tests import papers
from roundtable.tests.papers import TODAY


def on(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d.%m.%Y").date()


def income(since: str = "", until: str = "", kind: str = "ale", amount: str = "") -> Income:
    known = Decimal(amount) if amount else None
    return Income(1, kind, kind.upper(), known, on(since) if since else None, on(until) if until else None)


def gap_words(*incomes: Income) -> list[str]:
    return [timeline._gap_sentence(span) for span in timeline.gaps(incomes)]


def test_between_two_incomes_there_is_a_gap_with_its_first_and_last_day() -> None:
    found = gap_words(income("1.5.2026", "30.4.2027"), income("1.9.2027"))
    assert found == ["Vom 01.05.2027 bis 31.08.2027 ist kein Einkommen bekannt."]


def test_where_none_follows_the_gap_stays_open() -> None:
    assert gap_words(income("1.5.2026", "30.4.2027")) == ["Ab 01.05.2027 ist kein Einkommen bekannt."]


@pytest.mark.parametrize(
    "incomes",
    [
        [income("1.5.2026")],
        [income()],
        [income("1.5.2026", "30.4.2027"), income("1.5.2027")],
        [income("1.5.2026", "30.4.2027"), income("1.1.2026")],
        [income("1.5.2026", "30.4.2027"), income("", "1.6.2027"), income("1.6.2027")],
        [],
    ],
)
def test_what_follows_on_or_overlaps_is_no_gap(incomes: list[Income]) -> None:
    assert timeline.gaps(incomes) == []


def test_a_long_income_covers_the_gap_between_two_short_ones() -> None:
    short = income("1.1.2026", "31.1.2026"), income("1.3.2026", "31.3.2026")
    assert gap_words(*short, income("1.1.2026", "30.6.2026")) == ["Ab 01.07.2026 ist kein Einkommen bekannt."]


def test_one_day_without_income_is_told_as_a_day() -> None:
    found = gap_words(income("1.1.2026", "30.1.2026"), income("1.2.2026"))
    assert found == ["Am 31.01.2026 ist kein Einkommen bekannt."]


def test_months_with_the_same_sum_stand_together_and_a_part_counts_by_its_days() -> None:
    paid = [income("1.1.2027", "15.4.2027", amount="3000"), income("16.4.2027", "31.5.2027", amount="1500")]
    found = [(one.when, one.what) for one in timeline.sums(paid, on("1.1.2027"), on("30.6.2027"))]
    assert found == [
        ("Januar 2027 bis März 2027", "CHF\u00a03'000.00"),
        ("April 2027", "CHF\u00a02'250.00"),
        ("Mai 2027", "CHF\u00a01'500.00"),
        ("Juni 2027", "kein Einkommen bekannt"),
    ]


def test_an_amount_that_is_not_known_makes_the_sum_a_least() -> None:
    months = on("1.1.2027"), on("31.1.2027")
    [both] = timeline.sums([income(amount="980"), income()], *months)
    [neither] = timeline.sums([income()], *months)
    assert (both.what, neither.what) == ("mindestens CHF\u00a0980.00", "Betrag nicht bekannt")


@pytest.mark.parametrize(
    ("text", "office", "kind", "until", "told"),
    [
        ("Anspruch auf eine IV-Rente", "IV-Stelle", "ale", "30.4.2027", True),
        ("Rentenprüfung", "IV-Stelle Musterkanton", "ale", "", True),
        ("Rente", "Pensionskasse", "ale", "", False),
        ("Umschulung", "IV-Stelle", "ale", "", False),
        ("IV-Rente", "IV-Stelle", "wsh", "", False),
        ("IV-Rente", "IV-Stelle", "ale", "31.1.2026", False),
    ],
)
def test_unemployment_insurance_pays_in_advance_while_a_pension_is_pending(
    text: str, office: str, kind: str, until: str, told: bool
) -> None:
    found = timeline.advances([income("1.1.2026", until, kind)], [Decision(1, 4, office, text)], TODAY)
    assert bool(found) is told
    assert all("Vorleistungspflicht" in sentence for sentence in found)


def test_a_paper_without_dates_is_drawn_from_three_months_ago_for_two_years() -> None:
    line = timeline.build(Paper(incomes=[income()]), TODAY)
    assert line is not None
    assert (line.first, line.last) == (on("1.8.2026"), on("31.10.2028"))
    [bar] = line.bars
    assert (bar.x, bar.width, bar.opens, bar.goes_on, bar.when) == (0, 360, True, True, "ohne Datum")


def test_no_date_however_far_stretches_the_drawing_beyond_reason() -> None:
    line = timeline.build(Paper(incomes=[income("1.1.1950", "31.12.2199")]), TODAY)
    assert line is not None
    assert (line.first, line.last) == (on("1.11.2025"), on("31.10.2030"))
    assert len([tick for tick in line.ticks if tick.label]) == 5


def test_nothing_known_is_no_drawing_and_an_end_before_the_beginning_is_left_out() -> None:
    assert timeline.build(Paper(), TODAY) is None
    assert timeline.build(Paper(incomes=[income("1.5.2027", "1.4.2027")]), TODAY) is None


def test_what_is_over_long_ago_is_neither_drawn_nor_told() -> None:
    line = timeline.build(Paper(incomes=[income("1.1.2010", "1.1.2011"), income("1.1.2013")]), TODAY)
    assert line is not None
    assert [bar.kind for bar in line.bars] == ["income"]
    assert line.sentences == []


def test_sick_leave_is_a_band_of_its_own() -> None:
    line = timeline.build(Paper(sick_leaves=[Sick(1, 60, on("1.6.2026"))]), TODAY)
    assert line is not None
    [bar] = line.bars
    assert (bar.kind, bar.label, bar.when) == ("sick", "arbeitsunfähig zu 60\u00a0%", "ab 01.06.2026")
    assert line.sums == []


def test_every_bar_lies_within_the_drawing_and_on_a_lane_of_its_own() -> None:
    line = timeline.build(papers.paper(), TODAY)
    assert line is not None
    assert [bar.kind for bar in line.bars] == ["income", "income", "income", "gap", "sick"]
    assert all(bar.x >= 0 and bar.x + bar.width <= timeline.WIDTH for bar in line.bars)
    assert len({bar.y for bar in line.bars}) == len(line.bars)


def test_the_drawing_tells_itself_and_has_no_style_of_its_own() -> None:
    html = render_to_string("roundtable/_timeline.html", {"line": timeline.build(papers.paper(), TODAY)})
    assert "style" not in html
    assert "kein Einkommen bekannt: 01.05.2027–31.08.2027." in html
    assert "<title" in html
    assert "<desc" in html
