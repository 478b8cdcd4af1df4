"""Every definition of the contract (§4), and what must hold for any history and any period."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from statistics import median
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iiz.core import clock
from iiz.core.models import Case
from iiz.core.tests.factories import InstitutionFactory, coordinator
from optima.models import RefusalReason
from optima.tests import factories as portal
from optima.tests import promises
from reporting import figures, optima
from reporting.counting import Period, behind
from reporting.figures import report as report_of
from reporting.tests.sheets import ACCEPTED, CLOSED, EXAMPLE, REFUSED, as_csv, load, row

pytestmark = pytest.mark.django_db

YEAR_2021 = (dt.date(2021, 1, 1), dt.date(2021, 12, 31))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def count(first: str, last: str) -> dict[str, Any]:
    return figures.optima(day(first), day(last))


# Definitions ------------------------------------------------------------------------------------------------


def test_each_event_counts_on_its_own_day():
    load(as_csv(row(**CLOSED)))

    arrival, decision, end = (count(on, on) for on in ("2021-03-01", "2021-03-20", "2021-10-01"))

    assert (arrival["auftraege"]["anmeldungen"], arrival["prozess"]["angenommen"]) == (1, 0)
    assert (decision["auftraege"]["anmeldungen"], decision["prozess"]["angenommen"]) == (0, 1)
    assert (end["prozess"]["angenommen"], end["wirkungen"]["abgeschlossen"]["total"]) == (0, 1)


def test_both_bounds_belong_to_the_period():
    load(as_csv(row()))

    assert count("2021-03-01", "2021-03-31")["auftraege"]["anmeldungen"] == 1
    assert count("2021-02-01", "2021-03-01")["auftraege"]["anmeldungen"] == 1
    assert count("2021-03-02", "2021-03-31")["auftraege"]["anmeldungen"] == 0
    assert count("2021-02-01", "2021-02-28")["auftraege"]["anmeldungen"] == 0


def test_open_means_undecided_at_the_end_of_the_last_day_not_today():
    load(as_csv(row(**ACCEPTED)))

    before, on = count("2021-01-01", "2021-03-19"), count("2021-01-01", "2021-03-20")

    assert (before["prozess"]["offen"], before["prozess"]["angenommen"]) == (1, 0)
    assert (on["prozess"]["offen"], on["prozess"]["angenommen"]) == (0, 1)
    assert count("2021-03-20", "2021-03-20")["prozess"]["offen_anfang"] == 1


def test_running_goes_from_the_decision_to_the_day_before_the_end():
    load(as_csv(row(**CLOSED)))

    assert count("2021-01-01", "2021-03-19")["prozess"]["laufend_ende"] == 0
    assert count("2021-01-01", "2021-09-30")["prozess"]["laufend_ende"] == 1
    assert count("2021-01-01", "2021-10-01")["prozess"]["laufend_ende"] == 0
    assert count("2021-10-01", "2021-10-01")["prozess"]["laufend_anfang"] == 1


def test_a_case_that_did_not_come_about_was_accepted_and_ends_at_the_handover():
    fields = {"entscheid": "nicht_zustande", "entscheid_datum": "2021-03-20", "uebergabe_datum": "2021-04-10"}
    load(as_csv(row(**fields)))

    found = count("2021-01-01", "2021-12-31")["prozess"]

    assert (found["angenommen"], found["nicht_zustande"], found["laufend_ende"]) == (1, 1, 0)
    assert count("2021-01-01", "2021-04-09")["prozess"]["nicht_zustande"] == 0
    assert count("2021-01-01", "2021-04-09")["prozess"]["laufend_ende"] == 1


def test_a_client_who_declines_counts_among_the_withdrawn():
    gone = {"entscheid_datum": "2021-03-20"}
    load(as_csv(row(entscheid="klient_verzichtet", **gone), row(nummer="A-2", entscheid="zurueckgezogen", **gone)))

    found = count("2021-01-01", "2021-12-31")["prozess"]

    assert (found["zurueckgezogen"], found["klient_verzichtet"], found["abgelehnt"]["total"]) == (2, 1, 0)


def test_kostengutsprachen_count_one_by_one_under_the_contractor_on_their_days():
    fields = {"kg_beantragt": 3, "kg_bewilligt": 1, "kg_abgelehnt": 1, "kg_zahler": "RAV"}
    dates = {"kg_beantragt_am": "2021-05-01", "kg_entschieden_am": "2021-06-01"}
    load(as_csv(row(**CLOSED, **fields, **dates)))

    found = count("2021-05-01", "2021-05-31")["kostengutsprachen"]
    later = count("2021-06-01", "2021-06-30")["kostengutsprachen"]

    assert (found["beantragt"], found["nach_zahler"]) == (
        {"total": 3, "IV": 3, "RAV": 0, "SH": 0},
        {"IV": 0, "RAV": 3, "SH": 0},
    )
    assert found["bewilligt"]["total"] == 0
    assert (later["beantragt"]["total"], later["bewilligt"]["IV"], later["abgelehnt"]["IV"]) == (0, 1, 1)


def test_a_kostengutsprache_counts_on_its_own_days_whatever_becomes_of_the_measure():
    """An IV office outside the case signs two days later, and refuses another; with the case all of it lapses."""
    asked, moment = timezone.localdate(), timezone.now() + dt.timedelta(days=2)
    first = promises.requested(payer=InstitutionFactory.create(iv=True))
    promises.drafted(first.case, tariff=promises.tariff(measure="Entwurf"))
    second = promises.requested(first.case, payer=first.payer, tariff=promises.tariff(measure="Kurs"))
    with clock.at(moment):
        promises.actions.approve(first, promises.signer(first), first.content_hash)
        promises.actions.refuse(second, promises.signer(second), "Zu teuer.")
        portal.closed(first.case)

    found, later = (figures.optima(on, on)["kostengutsprachen"] for on in (asked, timezone.localdate(moment)))

    assert promises.fresh(first).state == "lapsed"
    assert (found["beantragt"]["RAV"], found["nach_zahler"]["IV"], found["bewilligt"]["total"]) == (2, 2, 0)
    assert (later["beantragt"]["total"], later["bewilligt"]["RAV"], later["abgelehnt"]["RAV"]) == (0, 1, 1)


def test_drafts_never_count():
    portal.draft()
    today = dt.date.today()

    assert figures.optima(today, today)["auftraege"]["anmeldungen"] == 0


def test_a_case_of_the_portal_counts_like_an_imported_one(seeds):
    portal.refused(reason=RefusalReason.objects.get(code="keine_kapazitaet"))
    portal.ended()
    today = Case.objects.latest("pk").arrived_on

    found = figures.optima(today, today)

    assert found["auftraege"]["anmeldungen"] == 2
    assert found["prozess"]["abgelehnt"]["keine_kapazitaet"] == 1
    assert found["prozess"]["nicht_zustande"] == 1
    assert all(check["ok"] for check in found["checks"])


def test_a_reason_that_the_office_adds_gets_a_line_of_its_own(seeds):
    reason = RefusalReason.objects.create(code="weggezogen", label="Weggezogen", position=9)
    portal.refused(reason=reason)
    today = Case.objects.get().arrived_on

    found = figures.optima(today, today)

    assert found["prozess"]["abgelehnt"]["weggezogen"] == 1
    assert all(check["ok"] for check in found["checks"])


def test_every_key_is_there_without_any_case():
    found = figures.optima(*YEAR_2021)

    assert set(found["auftraege"]["von_nach"]) >= {"IV→RAV", "IV→SH", "RAV→IV", "RAV→SH", "SH→IV", "SH→RAV", "SH→SH"}
    assert set(found["zielgruppen"]) == {*"ABCDEFGHI", "ohne"}
    assert found["durchlaufzeiten"]["start_abschluss"] == {"n": 0, "median_tage": None}
    assert [set(check) >= {"name", "ok"} for check in found["checks"]] == [True] * len(found["checks"])


def test_turnaround_times_are_medians_of_days():
    slow = {**CLOSED, "entscheid_datum": "2021-03-11", "start_datum": "2021-04-01", "abschluss_datum": "2021-04-12"}
    load(as_csv(row(**CLOSED), row(nummer="A-2", **slow), row(nummer="A-3", **REFUSED)))

    found = count("2021-01-01", "2021-12-31")["durchlaufzeiten"]

    assert found["anmeldung_entscheid"] == {"n": 3, "median_tage": 19}
    assert found["entscheid_uebergabe"] == {"n": 2, "median_tage": 16.5}
    assert found["start_abschluss"] == {"n": 2, "median_tage": 95}


def test_data_that_contradict_each_other_make_a_check_fail():
    load(as_csv(row(**CLOSED)))
    Case.objects.get().antrag.__class__.objects.update(outcome="")

    found = count("2021-01-01", "2021-12-31")

    assert {check["name"] for check in found["checks"] if not check["ok"]} == {
        "outcomes = closed",
        "outcomes = closed (IV)",
    }


def test_a_period_must_not_end_before_it_begins():
    with pytest.raises(ValueError, match="ends before"):
        count("2021-01-02", "2021-01-01")


def test_the_number_of_queries_does_not_depend_on_the_number_of_cases(django_assert_num_queries):
    load(as_csv(row(**CLOSED)))
    with django_assert_num_queries(8):
        figures.optima(*YEAR_2021)
    load(EXAMPLE.read_bytes())
    with django_assert_num_queries(8):
        figures.optima(day("2018-10-01"), day("2023-12-31"))


# Behind the figures -----------------------------------------------------------------------------------------

REPEATED = "kostengutsprachen."
"""Counts rows of which one case may have several."""


def test_every_figure_has_exactly_its_cases_behind_it():
    load(EXAMPLE.read_bytes())
    period = Period(day("2018-10-01"), day("2022-11-29"))
    report = report_of("optima", period)

    for key, figure in optima.figures().items():
        found = behind(optima.counted(), figure, period)
        assert found.count() == report.values[key], key


def test_the_filter_of_the_case_list_shows_them_as_far_as_one_may_see():
    load(EXAMPLE.read_bytes())
    asked = {"kennzahl": "prozess.angenommen", "von": "2018-10-01", "bis": "2022-11-29"}

    def found(actor):
        return figures.cases_behind(Case.objects.visible_to(actor), asked).count()

    assert found(coordinator()) == 38
    assert found(portal.fremde()) == 0


@pytest.mark.parametrize("changes", [{"kennzahl": "nichts"}, {"von": "gestern"}, {"bis": "2018-01-01"}, {"bis": ""}])
def test_what_is_no_figure_has_no_cases_behind_it(changes):
    load(EXAMPLE.read_bytes())
    asked = {"kennzahl": "prozess.angenommen", "von": "2018-10-01", "bis": "2022-11-29", **changes}

    assert not figures.cases_behind(Case.objects.all(), asked).exists()


# Any history, any period ------------------------------------------------------------------------------------

START = dt.date(2020, 1, 1)
GROUPS = ("IV", "RAV", "SH")
PAIRS = [(a, b) for a in GROUPS for b in GROUPS if a != b or a == "SH"]


@st.composite
def histories(draw: st.DrawFn) -> dict[str, Any]:
    """One case as it may have gone."""

    def after(since: dt.date, longest: int = 12) -> dt.date:
        return since + dt.timedelta(days=draw(st.integers(0, longest)))

    principal, contractor = draw(st.sampled_from(PAIRS))
    arrived = after(START, 30)
    decided = after(arrived)
    fate = draw(
        st.sampled_from(["offen", "abgelehnt", "zurueckgezogen", "klient_verzichtet", "nicht_zustande", "angenommen"])
    )
    found: dict[str, Any] = {
        "eingang": arrived,
        "auftraggeber": principal,
        "auftragnehmer": contractor,
        "entscheid": fate,
    }
    if draw(st.booleans()):
        found["zielgruppe"] = draw(st.sampled_from("ABCDEFGHI"))
    if fate != "offen":
        found["entscheid_datum"] = decided
    if fate == "abgelehnt":
        found["ablehnungsgrund"] = draw(st.sampled_from(list(optima.REASONS)))
    if fate == "nicht_zustande":
        found["uebergabe_datum"] = after(decided)
    if fate == "angenommen":
        day_of = decided
        if draw(st.booleans()):
            day_of = found["uebergabe_datum"] = after(day_of)
        if draw(st.booleans()):
            day_of = found["start_datum"] = after(day_of)
        if draw(st.booleans()):
            found["abschluss_datum"] = after(day_of)
            found["ergebnis"] = draw(st.sampled_from(["erfolgreich", "teilweise", "nicht_umgesetzt", "sonstige"]))
    if fate in ("angenommen", "nicht_zustande"):
        asked = draw(st.integers(0, 2))
        granted = draw(st.integers(0, asked))
        found |= {"kg_beantragt": asked, "kg_bewilligt": granted, "kg_abgelehnt": draw(st.integers(0, asked - granted))}
    return found


def by_hand(rows: list[dict[str, Any]], first: dt.date, last: dt.date) -> dict[str, Any]:
    """The figures counted row by row, straight from the contract."""

    def within(one: dict[str, Any], column: str) -> bool:
        return column in one and first <= one[column] <= last

    def share(found: list[dict[str, Any]], column: str) -> dict[str, int]:
        counted = Counter(one[column] for one in found)
        return {group: counted[group] for group in GROUPS}

    def undecided(one: dict[str, Any], on: dt.date) -> bool:
        return one["eingang"] <= on and ("entscheid_datum" not in one or one["entscheid_datum"] > on)

    def running(one: dict[str, Any], on: dt.date) -> bool:
        if one["entscheid"] not in ("angenommen", "nicht_zustande") or one["entscheid_datum"] > on:
            return False
        end = one.get("abschluss_datum") or (one["uebergabe_datum"] if one["entscheid"] == "nicht_zustande" else None)
        return end is None or end > on

    def days(column: str, since: str) -> list[int]:
        return [(one[column] - one[since]).days for one in rows if within(one, column) and since in one]

    arrived = [one for one in rows if within(one, "eingang")]
    decided = [one for one in rows if within(one, "entscheid_datum")]
    accepted = [one for one in decided if one["entscheid"] in ("angenommen", "nicht_zustande")]
    refused = [one for one in decided if one["entscheid"] == "abgelehnt"]
    closed = [one for one in rows if within(one, "abschluss_datum")]
    eve = first - dt.timedelta(days=1)
    times = {
        "anmeldung_entscheid": days("entscheid_datum", "eingang"),
        "entscheid_uebergabe": days("uebergabe_datum", "entscheid_datum"),
        "start_abschluss": days("abschluss_datum", "start_datum"),
    }
    promised = {
        name: sum(one.get(f"kg_{name}", 0) for one in decided) for name in ("beantragt", "bewilligt", "abgelehnt")
    }
    return {
        "anmeldungen": len(arrived),
        "auftraggeber": share(arrived, "auftraggeber"),
        "auftragnehmer": share(arrived, "auftragnehmer"),
        "offen_anfang": sum(undecided(one, eve) for one in rows),
        "angenommen": len(accepted),
        "nach_auftragnehmer": share(accepted, "auftragnehmer"),
        "abgelehnt": dict(Counter(one["ablehnungsgrund"] for one in refused)),
        "zurueckgezogen": len(decided) - len(accepted) - len(refused),
        "nicht_zustande": sum(one["entscheid"] == "nicht_zustande" and within(one, "uebergabe_datum") for one in rows),
        "offen": sum(undecided(one, last) for one in rows),
        "laufend_anfang": sum(running(one, eve) for one in rows),
        "laufend_ende": sum(running(one, last) for one in rows),
        "abgeschlossen": share(closed, "auftragnehmer"),
        "ergebnisse": dict(Counter(one["ergebnis"] for one in closed)),
        "zielgruppen": dict(Counter(one.get("zielgruppe", "ohne") for one in arrived)),
        "kostengutsprachen": promised,
        "zeiten": {name: (len(found), median(found) if found else None) for name, found in times.items()},
    }


def the_same(found: dict[str, Any]) -> dict[str, Any]:
    """The statistics in the shape of :func:`by_hand`."""
    process, effects, times = found["prozess"], found["wirkungen"], found["durchlaufzeiten"]
    names = ("erfolgreich", "teilweise", "nicht_umgesetzt", "sonstige")
    return {
        "anmeldungen": found["auftraege"]["anmeldungen"],
        "auftraggeber": found["auftraege"]["auftraggeber"],
        "auftragnehmer": found["auftraege"]["auftragnehmer"],
        **{name: process[name] for name in ("offen_anfang", "angenommen", "zurueckgezogen", "nicht_zustande", "offen")},
        **{name: process[name] for name in ("laufend_anfang", "laufend_ende")},
        "nach_auftragnehmer": process["angenommen_nach_auftragnehmer"],
        "abgelehnt": {name: n for name, n in process["abgelehnt"].items() if name != "total" and n},
        "abgeschlossen": {group: effects["abgeschlossen"][group] for group in GROUPS},
        "ergebnisse": {name: effects[name]["total"] for name in names if effects[name]["total"]},
        "zielgruppen": {name: n for name, n in found["zielgruppen"].items() if n},
        "kostengutsprachen": {
            name: found["kostengutsprachen"][name]["total"] for name in ("beantragt", "bewilligt", "abgelehnt")
        },
        "zeiten": {name: (row["n"], row["median_tage"]) for name, row in times.items()},
    }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.lists(histories(), min_size=1, max_size=12), st.integers(-3, 70), st.integers(0, 40))
def test_any_history_in_any_period_is_counted_as_by_hand_and_adds_up(db, rows, begin, length):
    first = START + dt.timedelta(days=begin)
    last = first + dt.timedelta(days=length)
    with transaction.atomic():
        load(as_csv(*({"nummer": f"H-{place}", **one} for place, one in enumerate(rows))))
        report = report_of("optima", Period(first, last))
        behind_each = {
            key: behind(optima.counted(), figure, report.period).count() for key, figure in optima.figures().items()
        }
        transaction.set_rollback(True)

    found = report.as_json()
    assert the_same(found) == by_hand(rows, first, last)
    assert [check for check in found["checks"] if not check["ok"]] == []
    for key, number in behind_each.items():
        assert number <= report.values[key] if key.startswith(REPEATED) else number == report.values[key], key
