"""The coordination office keeps the rules: what the lists refuse, what a new version leaves behind (NFR-07, GRP-20)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from iiz.core.enums import Role
from iiz.core.models import AuditEntry
from iiz.core.tests.factories import actor, coordinator
from optima import groups
from optima.forms.rules import placeholder_error
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

pytestmark = pytest.mark.django_db

TODAY = dt.date.today()
PAGES = (AdmissionCriterion, Obstacle, ZielgruppeRule, LegalPrecondition, RuleText, ReducedProcedure, Fallpauschale)


@pytest.fixture
def office(seeds: None, client_of: Callable[..., Client]) -> Client:
    """The browser of the coordination office, with the lists as shipped."""
    return client_of(coordinator(first_name="Katrin"))


def address(row: Any, page: str = "change") -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/{page}/"


def added(model: Any) -> str:
    return f"/admin/optima/{model._meta.model_name}/add/"


def typed(row: Any, **changes: Any) -> dict[str, Any]:
    """A row as its form would send it."""
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, dt.date):
            value = f"{value:%d.%m.%Y}"
        if value not in (None, False):
            values[field.name] = "on" if value is True else value
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def errors(office: Client, url: str, values: dict[str, Any]) -> dict[str, list[str]]:
    """What the form says is wrong; it must keep what was typed and store nothing."""
    answer = office.post(url, values)
    assert answer.status_code == 200, "was saved"
    return dict(answer.context["adminform"].form.errors)


def rule(code: str) -> ZielgruppeRule:
    return ZielgruppeRule.objects.get(code=code)


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
    found = errors(office, address(rule("H")), typed(rule("H"), ale="any"))
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
    assert "alt (nicht festgehalten)" in office.get(address(rule("A"))).content.decode()
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
    row = RuleText.objects.get(code="vereinbarung_rest")
    found = errors(office, address(row), typed(row, text="Bis {bis} wie bisher."))
    assert "Hier setzt das Portal nichts ein" in found["text"][0]


def test_a_decision_needs_its_source(office: Client) -> None:
    row = LegalPrecondition.objects.get(code="seco_iv")
    found = errors(office, address(row), typed(row, status="met", source=None, decided_on="01.01.2999"))
    assert set(found) == {"source", "decided_on"}


def test_a_condition_for_measures_without_measures_is_refused(office: Client) -> None:
    row = ReducedProcedure.objects.get(principal_group="RAV", contractor_group="SH")
    found = errors(office, address(row), typed(row, measures_only="die Person will"))
    assert "nicht möglich" in found["measures_only"][0]


def test_a_rate_is_not_negative(office: Client) -> None:
    row = Fallpauschale.objects.all()[0]
    assert "mindestens 0" in errors(office, address(row), typed(row, amount="-1"))["amount"][0]


# A new version --------------------------------------------------------------------------------------------------


def test_a_row_that_holds_warns_and_offers_a_new_version(office: Client) -> None:
    row = AdmissionCriterion.objects.get(contractor_group="IV", code="ablehnung_ein_jahr")
    page = office.get(address(row)).content.decode()
    assert "laufende Fälle werden nach ihr beurteilt" in page
    assert address(row, "neue-fassung") in page
    AdmissionCriterion.objects.filter(pk=row.pk).update(valid_from=TODAY + dt.timedelta(days=1))
    assert "dated-note" not in office.get(address(row)).content.decode()
    AdmissionCriterion.objects.filter(pk=row.pk).update(
        valid_from=dt.date(2020, 1, 1), valid_until=dt.date(2020, 12, 31)
    )
    page = office.get(address(row)).content.decode()
    assert "galt vom 01.01.2020 bis 31.12.2020" in page
    assert address(row, "neue-fassung") not in page


def test_a_new_version_ends_the_row_the_day_before_and_leads_to_its_copy(office: Client) -> None:
    row = AdmissionCriterion.objects.get(contractor_group="IV", code="ablehnung_ein_jahr")
    assert "TT.MM.JJJJ" in office.get(address(row, "neue-fassung")).content.decode()
    answer = office.post(address(row, "neue-fassung"), {"valid_from": "01.01.2027"})
    new = AdmissionCriterion.objects.get(code=row.code, valid_from=dt.date(2027, 1, 1))
    row.refresh_from_db()
    assert answer.headers["Location"] == address(new)
    assert (row.valid_until, new.valid_until) == (dt.date(2026, 12, 31), None)
    assert (new.text, new.months, new.instead) == (row.text, row.months, row.instead)
    entries = AuditEntry.objects.filter(stream="master").order_by("position")
    assert [(entry.verb, entry.object_id) for entry in entries] == [
        ("master_changed", str(row.pk)),
        ("master_added", str(new.pk)),
    ]
    assert entries[0].changes == {"valid_until": ["", "2026-12-31"]}
    assert office.post(address(new), typed(new, months="6")).status_code == 302
    row.refresh_from_db()
    assert row.months == 12


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("", "Ab welchem Tag"),
        ("gestern", ""),
        ("01.10.2018", "gilt ab dem 01.10.2018"),
        ("01.01.2017", "gilt ab dem 01.10.2018"),
        ("01.01.2028", "endet am 31.12.2027"),
    ],
)
def test_a_new_version_on_an_impossible_day_changes_nothing(office: Client, day: str, sentence: str) -> None:
    ZielgruppeRule.objects.filter(code="A").update(valid_until=dt.date(2027, 12, 31))
    answer = office.post(address(rule("A"), "neue-fassung"), {"valid_from": day})
    assert answer.status_code == 200
    assert sentence in str(answer.context["form"].errors)
    assert rule("A").valid_until == dt.date(2027, 12, 31)


def test_a_new_version_takes_over_the_end_of_its_row(office: Client) -> None:
    ZielgruppeRule.objects.filter(code="A").update(valid_until=dt.date(2027, 12, 31))
    office.post(address(rule("A"), "neue-fassung"), {"valid_from": "01.07.2027"})
    assert list(
        ZielgruppeRule.objects.filter(code="A").order_by("valid_from").values_list("valid_from", "valid_until")
    ) == [
        (dt.date(2018, 10, 1), dt.date(2027, 6, 30)),
        (dt.date(2027, 7, 1), dt.date(2027, 12, 31)),
    ]


def test_where_the_copy_does_not_fit_the_old_row_goes_on(office: Client) -> None:
    """A row that was written past the forms, such as by an import, is not ended by half."""
    Fallpauschale.objects.filter(service="Job-Coaching").update(service="")
    row = Fallpauschale.objects.filter(service="")[0]
    answer = office.post(address(row, "neue-fassung"), {"valid_from": "01.01.2030"})
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()
    row.refresh_from_db()
    assert row.valid_until is None


def test_rows_that_name_a_person_have_no_versions() -> None:
    assert reverse("admin:core_leadcapability_version", args=[1]).endswith("/neue-fassung/")
    for model in ("contactperson", "signatory", "membership"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:core_{model}_version", args=[1])
