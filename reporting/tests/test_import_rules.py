"""What makes sense in a row and what does not, sentence by sentence of the contract (§3)."""

import pytest

from iiz.core.models import Case
from iiz.core.tests.factories import MunicipalityFactory
from optima.models import Antrag, Kostengutsprache
from reporting.tests.sheets import ACCEPTED, CLOSED, REFUSED, as_csv, load, mistakes, row, wrong

pytestmark = pytest.mark.django_db

UNESTABLISHED = {"entscheid": "nicht_zustande", "entscheid_datum": "2021-03-20"}


@pytest.mark.parametrize(
    ("column", "changes"),
    [
        ("nummer", {"nummer": ""}),
        ("nummer", {"nummer": "A 1"}),
        ("nummer", {"nummer": "Ä1"}),
        ("nummer", {"nummer": "x" * 33}),
        ("eingang", {"eingang": ""}),
        ("eingang", {"eingang": "01.03.2021"}),
        ("eingang", {"eingang": "2021-02-30"}),
        ("eingang", {"eingang": "20210301"}),
        ("eingang", {"eingang": "2999-01-01"}),
        ("eingang", {"eingang": "0021-03-01"}),
        ("auftraggeber", {"auftraggeber": ""}),
        ("auftraggeber", {"auftraggeber": "iv"}),
        ("auftragnehmer", {"auftragnehmer": "KESB"}),
        ("auftragnehmer", {"auftraggeber": "IV", "auftragnehmer": "IV"}),
        ("auftragnehmer", {"auftraggeber": "RAV", "auftragnehmer": "RAV"}),
        ("entscheid", {"entscheid": ""}),
        ("entscheid", {"entscheid": "vielleicht"}),
        ("entscheid_datum", {"entscheid": "angenommen"}),
        ("entscheid_datum", {"entscheid_datum": "2021-03-20"}),
        ("entscheid_datum", {**ACCEPTED, "entscheid_datum": "2021-02-28"}),
        ("zielgruppe", {"zielgruppe": "J"}),
        ("ablehnungsgrund", {**REFUSED, "ablehnungsgrund": ""}),
        ("ablehnungsgrund", {**REFUSED, "ablehnungsgrund": "keine Lust"}),
        ("ablehnungsgrund", {**ACCEPTED, "ablehnungsgrund": "sonstige"}),
        ("ablehnungsgrund_text", {**ACCEPTED, "ablehnungsgrund_text": "warum"}),
        ("ablehnungsgrund_text", {**REFUSED, "ablehnungsgrund_text": "x" * 5001}),
        ("geplante_dauer_monate", {"geplante_dauer_monate": "0"}),
        ("geplante_dauer_monate", {"geplante_dauer_monate": "3.5"}),
        ("uebergabe_datum", UNESTABLISHED),
        ("uebergabe_datum", {**UNESTABLISHED, "uebergabe_datum": "2021-03-19"}),
        ("uebergabe_datum", {**REFUSED, "uebergabe_datum": "2021-04-01"}),
        ("start_datum", {**UNESTABLISHED, "uebergabe_datum": "2021-04-01", "start_datum": "2021-04-02"}),
        ("start_datum", {**ACCEPTED, "start_datum": "2021-03-19"}),
        ("abschluss_datum", {**CLOSED, "abschluss_datum": "2021-03-19"}),
        ("abschluss_datum", {**CLOSED, "abschluss_datum": "2021-04-04"}),
        ("abschluss_datum", {"abschluss_datum": "2021-10-01", "ergebnis": "sonstige"}),
        ("abschluss_datum", {**REFUSED, "abschluss_datum": "2021-10-01", "ergebnis": "sonstige"}),
        ("ergebnis", {**CLOSED, "ergebnis": ""}),
        ("ergebnis", {**CLOSED, "ergebnis": "gut"}),
        ("ergebnis", {**ACCEPTED, "ergebnis": "erfolgreich"}),
        ("abschlussgrund", {**ACCEPTED, "abschlussgrund": "Ziel erreicht"}),
        ("geburtsjahr", {"geburtsjahr": "2022"}),
        ("geburtsjahr", {"geburtsjahr": "88"}),
        ("geschlecht", {"geschlecht": "f"}),
        ("gemeinde_bfs", {"gemeinde_bfs": "0"}),
        ("gemeinde_bfs", {"gemeinde_bfs": "7000"}),
        ("gemeinde_bfs", {"gemeinde_bfs": "Luzern"}),
        ("kg_beantragt", {"kg_beantragt": "1"}),
        ("kg_beantragt", {**REFUSED, "kg_beantragt": "1"}),
        ("kg_beantragt", {**ACCEPTED, "kg_beantragt": "-1"}),
        ("kg_beantragt", {**ACCEPTED, "kg_beantragt": "eine"}),
        ("kg_bewilligt", {**ACCEPTED, "kg_beantragt": "1", "kg_bewilligt": "1", "kg_abgelehnt": "1"}),
        ("kg_abgelehnt", {**ACCEPTED, "kg_abgelehnt": "1"}),
        ("kg_beantragt_am", {**ACCEPTED, "kg_beantragt": "1", "kg_beantragt_am": "2021-02-01"}),
        ("kg_beantragt_am", {**ACCEPTED, "kg_beantragt_am": "2021-05-01"}),
        ("kg_entschieden_am", {**ACCEPTED, "kg_beantragt": "1", "kg_entschieden_am": "2021-05-01"}),
        (
            "kg_entschieden_am",
            {**ACCEPTED, "kg_beantragt": "1", "kg_bewilligt": "1", "kg_beantragt_am": "2021-05-01"},
        ),
        ("kg_zahler", {**ACCEPTED, "kg_beantragt": "1", "kg_zahler": "Kanton"}),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_with_one_reason(column, changes):
    found = mistakes(as_csv(row(**changes)))

    assert [(problem.row, problem.column) for problem in found] == [(2, column)]
    assert found[0].value.rstrip("…") == str(changes.get(column, ""))[:100]
    assert found[0].reason.endswith(".")
    assert not Case.objects.exists()


def test_ten_different_mistakes_in_one_file_are_all_told_and_nothing_is_written():
    rows = [
        row(nummer="OK-1", **CLOSED),
        row(nummer="A 1"),
        row(nummer="A-2", eingang="31.12.2020"),
        row(nummer="A-3", auftraggeber="IV"),
        row(nummer="A-4", entscheid="angenommen"),
        row(nummer="A-5", **{**REFUSED, "ablehnungsgrund": ""}),
        row(nummer="A-6", **{**CLOSED, "ergebnis": ""}),
        row(nummer="A-7", **{**CLOSED, "abschluss_datum": "2021-01-01"}),
        row(nummer="A-8", gemeinde_bfs="9999"),
        row(nummer="A-9", kg_beantragt="1"),
        row(nummer="OK-1", geschlecht="w"),
        row(nummer="OK-2"),
    ]

    assert wrong(*rows) == {
        (3, "nummer"),
        (4, "eingang"),
        (5, "auftragnehmer"),
        (6, "entscheid_datum"),
        (7, "ablehnungsgrund"),
        (8, "ergebnis"),
        (9, "abschluss_datum"),
        (10, "gemeinde_bfs"),
        (11, "kg_beantragt"),
        (12, "nummer"),
    }
    assert not Case.objects.exists()


def test_the_same_kind_twice_is_possible_within_social_assistance_only():
    load(as_csv(row(auftragnehmer="SH")))

    antrag = Antrag.objects.get()
    assert antrag.principal != antrag.contractor
    assert antrag.principal_group == antrag.contractor_group == "SH"
    assert antrag.principal.is_placeholder
    assert antrag.contractor.is_placeholder


def test_refused_for_other_reasons_without_a_text_is_taken_and_flagged():
    silent = {**REFUSED, "ablehnungsgrund": "sonstige"}
    load(as_csv(row(**silent), row(nummer="A-2", **silent, ablehnungsgrund_text="Wegzug")))

    assert [antrag.needs_recoding for antrag in Antrag.objects.order_by("case__number")] == [True, False]


@pytest.mark.parametrize(
    ("changes", "state", "ended_on"),
    [
        ({}, "submitted", None),
        (ACCEPTED, "accepted", None),
        ({**ACCEPTED, "start_datum": "2021-04-05"}, "running", None),
        (CLOSED, "closed", "2021-10-01"),
        ({**ACCEPTED, "abschluss_datum": "2021-10-01", "ergebnis": "sonstige"}, "closed", "2021-10-01"),
        (REFUSED, "refused", "2021-03-20"),
        ({"entscheid": "zurueckgezogen", "entscheid_datum": "2021-03-20"}, "withdrawn", "2021-03-20"),
        ({"entscheid": "klient_verzichtet", "entscheid_datum": "2021-03-20"}, "client_declined", "2021-03-20"),
        ({**UNESTABLISHED, "uebergabe_datum": "2021-04-01"}, "not_established", "2021-04-01"),
    ],
)
def test_the_state_follows_from_decision_and_dates(changes, state, ended_on):
    load(as_csv(row(**changes)))

    case = Case.objects.get()
    assert case.state == state
    assert (case.ended_on.isoformat() if case.ended_on else None) == ended_on


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("1061", "Luzern-Stadt"),
        ("1060", "Luzern-Stadt"),
        ("1057", "Luzern-Land"),
        ("1107", "Entlebuch"),
        ("261", "ausserkantonal"),
        ("6999", "ausserkantonal"),
        ("", "unbekannt"),
    ],
)
def test_the_region_is_the_wahlkreis_of_today(number, region):
    load(as_csv(row(gemeinde_bfs=number)))

    assert Case.objects.get().region == region


def test_regions_come_from_the_canton_as_it_is_set_up():
    MunicipalityFactory.create(bfs_nr=5586, name="Lausanne", region="Lausanne")
    load(
        as_csv(row(gemeinde_bfs="5586"), row(nummer="A-2", gemeinde_bfs="1061"), row(nummer="A-3", gemeinde_bfs="1060"))
    )

    assert list(Case.objects.order_by("number").values_list("region", flat=True)) == [
        "Lausanne",
        "ausserkantonal",
        "ausserkantonal",
    ]


@pytest.mark.parametrize(
    ("year", "band"),
    [
        ("1997", "-24"),
        ("1996", "25-34"),
        ("1987", "25-34"),
        ("1986", "35-44"),
        ("1976", "45-54"),
        ("1966", "55+"),
        ("", "unbekannt"),
    ],
)
def test_age_is_the_year_of_arrival_minus_the_year_of_birth(year, band):
    load(as_csv(row(geburtsjahr=year)))

    assert Case.objects.get().age_band == band


def test_kostengutsprachen_become_rows_with_their_dates_and_payer():
    load(
        as_csv(
            row(**ACCEPTED, kg_beantragt="3", kg_bewilligt="1", kg_abgelehnt="1"),
            row(
                nummer="A-2",
                **CLOSED,
                kg_beantragt="1",
                kg_bewilligt="1",
                kg_beantragt_am="2021-05-01",
                kg_entschieden_am="2021-05-09",
                kg_zahler="IV",
            ),
        )
    )

    first = Kostengutsprache.objects.filter(case__number="A-1").order_by("pk")
    assert [kg.state for kg in first] == ["approved", "refused", "requested"]
    assert {kg.requested_on.isoformat() for kg in first} == {"2021-03-20"}
    assert [str(kg.decided_on) for kg in first] == ["2021-03-20", "2021-03-20", "None"]
    assert {kg.payer for kg in first} == {Antrag.objects.get(case__number="A-1").principal}
    second = Kostengutsprache.objects.get(case__number="A-2")
    assert (str(second.requested_on), str(second.decided_on)) == ("2021-05-01", "2021-05-09")
    assert second.payer.statistics_group == "IV"


def test_a_case_that_did_not_come_about_may_have_had_a_kostengutsprache():
    load(as_csv(row(**UNESTABLISHED, uebergabe_datum="2021-04-01", kg_beantragt="1")))

    assert Kostengutsprache.objects.count() == 1
