"""The coordination office keeps the rules: what the lists refuse (NFR-07, GRP-20)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iiz.core.enums import Role
from iiz.core.models import AuditEntry
from iiz.core.tests.factories import actor, coordinator
from optima import groups, wording
from optima.enums import TEXT_TITLES
from optima.forms.rules import ProcedureForm, mark_error, placeholder_error
from optima.forms.zielgruppe import in_words
from optima.models import (
    AdmissionCriterion,
    Fallpauschale,
    LegalPrecondition,
    Obstacle,
    ReducedProcedure,
    RuleText,
    ZielgruppeRule,
)

from .listing import TODAY, added, address, coming, errors, rule, typed

pytestmark = pytest.mark.django_db

PAGES = (AdmissionCriterion, Obstacle, ZielgruppeRule, LegalPrecondition, RuleText, ReducedProcedure, Fallpauschale)


@pytest.fixture
def office(seeds: None, client_of: Callable[..., Client]) -> Client:
    """The browser of the coordination office, with the lists as shipped."""
    return client_of(coordinator(first_name="Katrin"))


# Every list -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", PAGES)
def test_each_row_as_shipped_can_be_opened_and_saved_again_without_a_change(office: Client, model: Any) -> None:
    for row in model.objects.all():
        assert office.get(address(row)).status_code == 200
        answer = office.post(address(row), typed(row))
        assert answer.status_code == 302, (str(row), answer.context["adminform"].form.errors)
    assert not AuditEntry.objects.filter(stream="master").exists()


@pytest.mark.parametrize("model", PAGES)
def test_a_list_costs_the_same_with_few_and_with_many_rows(office: Client, model: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert office.get(f"/admin/optima/{model._meta.model_name}/").status_code == 200
        return len(found)

    queries()
    before = queries()
    for place, row in enumerate(model.objects.all()):
        row.pk, row.valid_from, row.valid_until = None, dt.date(1900 + place, 1, 1), dt.date(1900 + place, 12, 31)
        row.save(force_insert=True)
    assert queries() == before <= 10


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.CONTACT, Role.STEERING])
def test_nobody_else_keeps_the_rules(seeds: None, client_of: Callable[..., Client], role: str) -> None:
    stranger, row = client_of(actor(role)), rule("A")
    for url in (address(row), address(row, "neue-fassung"), added(ZielgruppeRule), "/admin/optima/zielgrupperule/"):
        assert stranger.get(url).status_code == 302
        assert stranger.post(url, {"valid_from": "01.01.2030"}).status_code == 302
    assert ZielgruppeRule.objects.count() == 12


# Criteria -------------------------------------------------------------------------------------------------------

CRITERION = {
    "contractor_group": "IV",
    "principal_group": "",
    "code": "neu",
    "heading": "Neues",
    "text": "Etwas trifft zu.",
    "weight": "hard",
    "check_by": "asked",
    "position": "50",
    "valid_from": "01.01.2027",
}


def test_a_criterion_is_added_with_its_points_one_a_line(office: Client) -> None:
    answer = office.post(added(AdmissionCriterion), CRITERION | {"items": " eins \n\n zwei\r\n"})
    assert answer.status_code == 302
    assert AdmissionCriterion.objects.get(code="neu").points == ["eins", "zwei"]
    assert AuditEntry.objects.filter(stream="master", verb="master_added").exists()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"check_by": "iv_refusal"}, "months", "Diese Prüfung zählt Monate."),
        ({"months": "6"}, "months", "zählt keine Monate"),
        ({"check_by": "note"}, "weight", "hält niemanden auf"),
        ({"check_by": "lead"}, "check_by", "nur, wenn die Sozialhilfe Auftragnehmer ist"),
        ({"principal_group": "IV"}, "principal_group", "beauftragen sich in Optima nicht"),
        ({"code": "mit leerschlag"}, "code", ""),
        ({"text": "A" * 301}, "text", ""),
        ({"valid_from": "31.02.2027"}, "valid_from", ""),
        ({"valid_until": "01.01.2020"}, "__all__", "Das Ende liegt vor dem Beginn."),
    ],
)
def test_a_criterion_that_makes_no_sense_is_refused(
    office: Client, changes: dict[str, str], field: str, sentence: str
) -> None:
    found = errors(office, added(AdmissionCriterion), CRITERION | changes)
    assert list(found) == [field]
    assert sentence in found[field][0]


def test_a_second_row_of_the_same_criterion_in_the_same_time_is_refused(office: Client) -> None:
    found = errors(office, added(AdmissionCriterion), CRITERION | {"code": "will_arbeiten"})
    assert "Vom 01.10.2018 an gilt bereits" in found["valid_from"][0]


def test_what_tells_which_rule_it_is_stays(office: Client) -> None:
    row = AdmissionCriterion.objects.get(contractor_group="IV", code="will_arbeiten")
    assert office.post(address(row), typed(row, code="anders", contractor_group="RAV")).status_code == 302
    row.refresh_from_db()
    assert (row.code, row.contractor_group) == ("will_arbeiten", "IV")


# The table ------------------------------------------------------------------------------------------------------


def test_a_row_that_answers_where_another_does_is_refused_with_somebody_as_example(office: Client) -> None:
    row = coming(rule("H"))
    found = errors(office, address(row), typed(row, ale="any"))
    assert "Zeile I1 gilt in derselben Zeit schon für dieselben Personen" in found["__all__"][0]
    assert "mit Arbeitslosenentschädigung, mit Sozialhilfe, mit intaktem Arbeitsangebot" in found["__all__"][0]


def test_the_same_row_is_fine_once_the_other_has_ended(office: Client) -> None:
    ZielgruppeRule.objects.filter(code="I1").update(valid_until=dt.date(2026, 12, 31))
    changes = typed(rule("H"), ale="any", code="H2", valid_from="01.01.2027")
    found = errors(office, added(ZielgruppeRule), changes)
    assert "Zeile H gilt" in found["__all__"][0]
    assert office.post(address(rule("H")), typed(rule("H"), valid_until="31.12.2026")).status_code == 302
    assert office.post(added(ZielgruppeRule), changes).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"code": "C9"}, "code", "beginnt mit dem Buchstaben ihrer Gruppe, hier «H»"),
        ({"code": "HX"}, "code", "beginnt mit dem Buchstaben"),
        ({"contractor_group": "SH"}, "contractor_group", "innerhalb der Sozialhilfe"),
        ({"principal_group": "RAV"}, "contractor_group", "beauftragen sich in Optima nicht"),
        ({"iv_procedures": []}, "iv_procedures", "mindestens einen Stand"),
        ({"iv_procedures": ["vielleicht"]}, "iv_procedures", ""),
        ({"preconditions": ["frei_erfunden"]}, "preconditions", "«frei_erfunden» ist nicht festgehalten"),
        ({"iv_procedures": ["running"], "ale": "yes"}, "__all__", "trifft auf niemanden zu"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(
    office: Client, changes: dict[str, Any], field: str, sentence: str
) -> None:
    values = typed(rule("H"), code="H2", valid_from="01.01.2027") | changes
    found = errors(office, added(ZielgruppeRule), values)
    assert list(found) == [field]
    assert sentence in found[field][0]


def test_a_code_that_was_never_recorded_stays_visible_until_somebody_takes_it_out(office: Client) -> None:
    ZielgruppeRule.objects.filter(code="A").update(preconditions=["alt"])
    assert "alt (nicht festgehalten)" in office.get(address(coming(rule("A")))).content.decode()
    assert office.post(address(rule("A")), typed(rule("A"), preconditions=[])).status_code == 302
    assert rule("A").preconditions == []


def test_a_combination_is_told_in_words() -> None:
    inputs = groups.Inputs("SH", "RAV", "none", ale=False, sh=True, work_offer=True, obstacles=False)
    assert in_words(inputs).endswith(
        "ohne Arbeitslosenentschädigung, mit Sozialhilfe, mit intaktem Arbeitsangebot, ohne Belastungen im Umfeld"
    )


# Texts and law --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Vom {von} bis {bis} von {stelle}.", ""),
        ("Ohne Platzhalter.", ""),
        ("Vom {wann} an.", "«{wann}» kennt das Portal hier nicht"),
        ("Vom {von.__class__} an.", "kennt das Portal hier nicht"),
        ("Vom {von!r} an.", "kennt das Portal hier nicht"),
        ("Vom {} an.", "kennt das Portal hier nicht"),
        ("Vom {von an.", "geschweifte Klammer"),
        ("Vom von} an.", "geschweifte Klammer"),
    ],
)
def test_only_placeholders_that_the_portal_can_fill_in(text: str, sentence: str) -> None:
    found = placeholder_error(text, ("von", "bis", "stelle"))
    assert sentence in found if sentence else not found


def test_a_text_with_a_strange_placeholder_is_refused_beside_it(office: Client) -> None:
    row = coming(RuleText.objects.get(code="vereinbarung_rest"))
    found = errors(office, address(row), typed(row, text="Bis {bis} wie bisher."))
    assert "Hier setzt das Portal nichts ein" in found["text"][0]


ANSWER = {"code": "vereinbarung_punkt3_antwort", "position": "6", "valid_from": f"{TODAY:%d.%m.%Y}"}


def test_every_text_that_the_portal_asks_for_can_be_added(office: Client) -> None:
    RuleText.objects.all().delete()
    page = office.get(added(RuleText)).content.decode()
    for code in TEXT_TITLES:
        assert f'value="{code}"' in page
    assert "Antwort zu Punkt 3 – noch nicht erfasst (vereinbarung_punkt3_antwort)" in page


@pytest.mark.parametrize("text", ["vielleicht", "Ja oder Nein", "{von}"])
def test_the_answer_to_item_3_is_yes_or_no(office: Client, text: str) -> None:
    found = errors(office, added(RuleText), ANSWER | {"text": text})
    assert found == {"text": ["Hier steht nur «Ja» oder «Nein»."]}


def test_the_answer_to_item_3_is_recorded_and_fills_the_vereinbarung(office: Client) -> None:
    assert wording.read(TODAY, {}).item3 is None
    assert "Stammdaten → Texte" in " ".join(wording.read(TODAY, {}).hints)
    assert office.post(added(RuleText), ANSWER | {"text": "nein."}).status_code == 302
    row = RuleText.objects.get(code=ANSWER["code"])
    assert (row.text, row.title) == ("Nein", "Vereinbarung ALV: Antwort zu Punkt 3")
    assert wording.read(TODAY, {}).item3 is False
    assert 'type="radio"' in office.get(address(coming(row))).content.decode()
    assert office.post(address(row), typed(row, text="Ja")).status_code == 302


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[offen] Läuft\n[sistiert] Sistiert seit {am}\n[Abgeschlossen] Fertig", ""),
        ("Ohne Zeichen", ""),
        ("[ruht] Ruht", "«[ruht]» kennt das Portal nicht. Möglich sind: [sistiert], [abgeschlossen], [offen]."),
        ("[] Ruht", "«[]» kennt das Portal nicht"),
        ("Ruht [sistiert]", "am Anfang einer Zeile"),
        ("[sistiert Ruht", "am Anfang einer Zeile"),
        ("[sistiert]", "fehlt, was dasteht"),
        ("[sistiert] Seit {wann}", "«{wann}» kennt das Portal hier nicht. Möglich ist {am}."),
        ("[sistiert] Seit {am", "«{» kennt das Portal hier nicht"),
        ("Seit {am}", "{am} steht nur in Zeilen mit"),
        ("[offen] Seit {am}", "{am} steht nur in Zeilen mit"),
    ],
)
def test_only_marks_that_the_division_of_work_knows(text: str, sentence: str) -> None:
    found = mark_error(text)
    assert sentence in found if sentence else not found


def test_the_marks_are_explained_and_an_unknown_one_is_refused_beside_its_field(office: Client) -> None:
    row = coming(ReducedProcedure.objects.get(principal_group="IV", contractor_group="SH"))
    assert "Beginnt eine Zeile mit [sistiert] oder [abgeschlossen]" in office.get(address(row)).content.decode()
    found = errors(office, address(row), typed(row, rests="[pausiert] Alles"))
    assert "«[pausiert]» kennt das Portal nicht" in found["rests"][0]


def test_every_division_as_shipped_has_marks_that_are_known(seeds: None) -> None:
    for row in ReducedProcedure.objects.all():
        assert not any(mark_error(getattr(row, name)) for name in ProcedureForm.LISTS)


def test_a_decision_needs_its_source(office: Client) -> None:
    row = coming(LegalPrecondition.objects.get(code="seco_iv"))
    found = errors(office, address(row), typed(row, status="met", source=None, decided_on="01.01.2999"))
    assert set(found) == {"source", "decided_on"}


def test_a_condition_for_measures_without_measures_is_refused(office: Client) -> None:
    row = coming(ReducedProcedure.objects.get(principal_group="RAV", contractor_group="SH"))
    found = errors(office, address(row), typed(row, measures_only="die Person will"))
    assert "nicht möglich" in found["measures_only"][0]


def test_a_rate_is_not_negative(office: Client) -> None:
    row = coming(Fallpauschale.objects.all()[0])
    assert "mindestens 0" in errors(office, address(row), typed(row, amount="-1"))["amount"][0]
