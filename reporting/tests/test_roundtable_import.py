"""What makes sense in a row of a Roundtable or of a yearly total, sentence by sentence of the contract (§3)."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from iiz.core.models import Case, Institution
from reporting import figures
from reporting.models import LegacyTotal
from reporting.tests.sheets import as_csv, as_xlsx, load, mistakes, row
from roundtable.models import NotStartedReason, PastMeeting, Roundtable

pytestmark = pytest.mark.django_db

STARTED = {"prozess": "gestartet", "prozess_datum": "2021-03-20"}
CLOSED = {**STARTED, "abschluss_datum": "2022-03-20", "abschlussgrund": "loesung"}
NOT_STARTED = {"prozess": "nicht_gestartet", "prozess_datum": "2021-03-20"}


def case(**changes):
    """An open registration of the Sozialhilfe that makes sense; ``changes`` replace columns."""
    return {"nummer": "R-1", "eingang": "2021-03-01", "anmeldende": "SH", "prozess": "offen", **changes}


def total(**changes):
    """The registrations of a year."""
    start = {"service": "roundtable", "jahr": "2015", "dimension": "anmeldungen", "auspraegung": "", "anzahl": "20"}
    return {**start, **changes}


def wrong(what, *rows):
    return [(problem.row, problem.column) for problem in mistakes(as_csv(*rows), what)]


@pytest.mark.parametrize(
    ("column", "changes"),
    [
        ("nummer", {"nummer": ""}),
        ("nummer", {"nummer": "R/1"}),
        ("eingang", {"eingang": ""}),
        ("anmeldende", {"anmeldende": "KESB"}),
        ("anmeldende_text", {"anmeldende": "ANDERE"}),
        ("anmeldende_text", {"anmeldende": "ANDERE", "anmeldende_text": "x" * 161}),
        ("prozess", {"prozess": "angenommen"}),
        ("prozess_datum", {"prozess": "gestartet"}),
        ("prozess_datum", {"prozess": "nicht_gestartet"}),
        ("prozess_datum", {"prozess_datum": "2021-03-20"}),
        ("prozess_datum", {**STARTED, "prozess_datum": "2021-02-28"}),
        ("nicht_gestartet_grund", {**NOT_STARTED, "nicht_gestartet_grund": "keine Lust"}),
        ("nicht_gestartet_grund", {**STARTED, "nicht_gestartet_grund": "sonstige"}),
        ("anzahl_gespraeche", {**STARTED, "anzahl_gespraeche": "viele"}),
        ("anzahl_gespraeche", {**STARTED, "anzahl_gespraeche": "0", "letztes_gespraech": "2021-05-01"}),
        ("anzahl_gespraeche", {**STARTED, "anzahl_gespraeche": "3", "gespraeche_daten": "2021-05-01|2021-06-01"}),
        ("letztes_gespraech", {**STARTED, "anzahl_gespraeche": "2"}),
        ("letztes_gespraech", {**STARTED, "letztes_gespraech": "2021-02-01"}),
        ("letztes_gespraech", {**STARTED, "letztes_gespraech": "2021-05-02", "gespraeche_daten": "2021-05-01"}),
        ("gespraeche_daten", {**STARTED, "gespraeche_daten": "2021-05-01,2021-06-01"}),
        ("gespraeche_daten", {**STARTED, "gespraeche_daten": "2021-05-01|2021-02-30"}),
        ("gespraeche_daten", {**STARTED, "gespraeche_daten": "2021-05-01|"}),
        ("gespraeche_daten", {**STARTED, "gespraeche_daten": "2021-05-01|2021-02-01"}),
        ("selbstorganisiert", {**STARTED, "selbstorganisiert": "vielleicht"}),
        ("abschluss_datum", {**CLOSED, "abschluss_datum": "2021-03-19"}),
        ("abschluss_datum", {**CLOSED, **NOT_STARTED}),
        ("abschlussgrund", {**CLOSED, "abschlussgrund": ""}),
        ("abschlussgrund", {**CLOSED, "abschlussgrund": "erfolgreich"}),
        ("abschlussgrund", {**STARTED, "abschlussgrund": "loesung"}),
        ("loesung_art", {**CLOSED, "loesung_art": "rente"}),
        ("loesung_art", {**CLOSED, "abschlussgrund": "ohne_loesung", "loesung_art": "iv_rente"}),
        ("geburtsjahr", {"geburtsjahr": "2022"}),
        ("gemeinde_bfs", {"gemeinde_bfs": "7000"}),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_with_one_reason(column, changes):
    assert wrong("roundtable", case(**changes)) == [(2, column)]
    assert not Case.objects.exists()


def test_every_kind_of_row_becomes_the_case_it_describes():
    rows = [
        case(nummer="R-1"),
        case(nummer="R-2", **NOT_STARTED, nicht_gestartet_grund="keine_zustimmung"),
        case(nummer="R-3", **STARTED, anmeldende_text="Sozialdienst Musterdorf"),
        case(nummer="R-4", **{**CLOSED, "anmeldende": "ANDERE", "anmeldende_text": "Mandatszentrum"}),
        case(nummer="R-5", **CLOSED, loesung_art="iv_rente"),
    ]
    load(as_xlsx(*rows, real_dates=True), "roundtable")

    states = ["registered", "not_started", "running", "closed", "closed"]
    assert list(Case.objects.order_by("number").values_list("state", flat=True)) == states
    assert Roundtable.objects.get(case__number="R-2").not_started_reason.code == "keine_zustimmung"
    other = Roundtable.objects.get(case__number="R-4")
    assert (other.registered_group, other.registered_text) == ("ANDERE", "Mandatszentrum")
    assert other.registered_office.is_placeholder
    assert Case.objects.get(number="R-4").ended_on == dt.date(2022, 3, 20)
    assert Institution.objects.filter(is_placeholder=True).count() == 2
    assert NotStartedReason.objects.filter(code="keine_zustimmung").count() == 1


def test_meetings_stand_on_their_days_or_within_a_span():
    load(
        as_csv(
            case(nummer="R-1", **STARTED, gespraeche_daten="2021-06-01 | 2021-05-01", selbstorganisiert="ja"),
            case(nummer="R-2", **STARTED, anzahl_gespraeche=3, letztes_gespraech="2022-02-01"),
            case(nummer="R-3", **STARTED, letztes_gespraech="2021-12-31", selbstorganisiert="nein"),
        ),
        "roundtable",
    )

    told = PastMeeting.objects.order_by("roundtable__case__number", "not_before", "held_on")
    day = dt.date.fromisoformat
    arrived, last = day("2021-03-01"), day("2022-02-01")
    assert list(told.values_list("held_on", "not_before", "not_after", "self_organised")) == [
        (day("2021-05-01"), day("2021-05-01"), day("2021-05-01"), True),
        (day("2021-06-01"), day("2021-06-01"), day("2021-06-01"), True),
        (None, arrived, last, False),
        (None, arrived, last, False),
        (last, last, last, False),
        (day("2021-12-31"), day("2021-12-31"), day("2021-12-31"), False),
    ]
    in_2021 = figures.roundtable(day("2021-01-01"), day("2021-12-31"))["leistungen"]
    both = figures.roundtable(day("2021-01-01"), day("2022-12-31"))["leistungen"]
    assert (in_2021["gespraeche"], in_2021["gespraeche_selbst"]) == (1, 2)
    assert (both["gespraeche"], both["gespraeche_selbst"]) == (4, 2)


def test_the_same_again_adds_nothing_and_numbers_are_unique_across_both_services():
    load(as_csv(case(**STARTED, gespraeche_daten="2021-05-01|2021-06-01")), "roundtable")

    turned = as_csv(case(**STARTED, gespraeche_daten="2021-06-01|2021-05-01"))
    assert load(turned, "roundtable").skipped == 1
    assert wrong("roundtable", case(**STARTED)) == [(2, "nummer")]
    assert wrong("optima", row(nummer="R-1")) == [(2, "nummer")]
    assert Case.objects.count() == 1


# Yearly totals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "changes"),
    [
        ("service", {"service": "beratung"}),
        ("jahr", {"jahr": ""}),
        ("jahr", {"jahr": str(dt.date.today().year)}),
        ("dimension", {"dimension": "beruf"}),
        ("auspraegung", {"auspraegung": "viele"}),
        ("anzahl", {"anzahl": "-1"}),
        ("anzahl", {"anzahl": ""}),
    ],
)
def test_a_total_that_makes_no_sense_is_refused_with_one_reason(column, changes):
    assert wrong("totals", total(**changes)) == [(2, column)]


def test_the_parts_of_a_year_belong_to_its_registrations():
    women = total(dimension="geschlecht", auspraegung="w", anzahl="12")

    assert wrong("totals", women) == [(2, "jahr")]
    assert wrong("totals", total(), {**women, "anzahl": "21"}) == [(3, "anzahl")]
    assert wrong("totals", total(), {**women, "auspraegung": "f"}) == [(3, "auspraegung")]
    assert wrong("totals", total(), {**women, "auspraegung": ""}) == [(3, "auspraegung")]
    assert load(as_csv(total(), women), "totals").added == 2
    men = {**women, "auspraegung": "m"}
    assert wrong("totals", men) == [(2, "anzahl")]
    assert load(as_csv(total(), women, {**men, "anzahl": "8"}), "totals").added == 1


def test_the_same_totals_again_add_nothing_and_others_are_an_error():
    load(as_csv(total()), "totals")

    assert load(as_csv(total(auspraegung="total"), total()), "totals").skipped == 2
    assert wrong("totals", total(anzahl="21")) == [(2, "anzahl")]
    assert wrong("totals", total(jahr="2014"), total(jahr="2014", anzahl="21")) == [(3, "anzahl")]
    assert LegacyTotal.objects.count() == 1


def test_a_year_has_totals_or_cases_never_both():
    load(as_csv(total()), "totals")
    load(as_csv(case()), "roundtable")

    assert wrong("roundtable", case(nummer="R-2", eingang="2015-12-31")) == [(2, "eingang")]
    assert load(as_csv(row(eingang="2015-12-31")), "optima").added == 1
    assert wrong("totals", total(jahr="2021")) == [(2, "jahr")]
    assert load(as_csv(total(jahr="2021", service="optima", anzahl="0")), "totals").added == 1


def test_what_totals_do_not_tell_apart_is_unknown_and_a_year_counts_when_it_is_over():
    rows = [total(), total(dimension="geschlecht", auspraegung="w", anzahl="12")]
    load(as_csv(*rows, total(dimension="region", auspraegung="Amt Habsburg", anzahl="3")), "totals")
    load(as_csv(case(geschlecht="w")), "roundtable")

    found = figures.roundtable(dt.date(2021, 1, 1), dt.date(2021, 12, 31))

    assert found["kumuliert"]["n"] == 21
    assert found["kumuliert"]["geschlecht"] == {"w": 13, "m": 0, "x": 0, "unbekannt": 8}
    assert found["kumuliert"]["regionen"]["Amt Habsburg"] == 3
    assert found["kumuliert"]["anmeldende"] == {"RAV": 0, "IV": 0, "SH": 1, "ANDERE": 0, "unbekannt": 20}
    assert all(check["ok"] for check in found["checks"])
    before = figures.roundtable(dt.date(2015, 1, 1), dt.date(2015, 12, 30))
    assert before["kumuliert"]["n"] == 0


def test_the_commands_list_every_mistake_and_end_with_one(tmp_path, capsys):
    file = tmp_path / "totals.csv"
    file.write_bytes(as_csv(total(anzahl="x"), total(jahr="999")))

    with pytest.raises(SystemExit) as ended:
        call_command("import_totals", str(file))

    assert ended.value.code == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[:2] for line in lines] == [["row", "column"], ["2", "anzahl"], ["3", "jahr"]]
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_totals", str(tmp_path / "none.csv"))
