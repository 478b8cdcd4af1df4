"""What a dated row says stays from its first day on; another rule is a new version of it (NFR-07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from iiz.core.models import AuditEntry, Case
from iiz.core.tests.factories import coordinator
from optima.models import (
    AdmissionCriterion,
    ClosingDetail,
    ClosingReason,
    Fallpauschale,
    LegalPrecondition,
    Obstacle,
    ReducedProcedure,
    RefusalReason,
    RuleText,
    ZielgruppeRule,
)

from . import factories as make
from .listing import TODAY, address, coming, errors, rule, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(seeds: None, client_of: Callable[..., Client]) -> Client:
    """The browser of the coordination office, with the lists as shipped."""
    return client_of(coordinator(first_name="Katrin"))


def arrival(day: dt.date) -> None:
    """A case that came in on a day."""
    Case.objects.filter(pk=make.submitted().pk).update(arrived_on=day)


# A new version --------------------------------------------------------------------------------------------------


def test_a_row_that_holds_warns_and_offers_a_new_version(office: Client) -> None:
    row = AdmissionCriterion.objects.get(contractor_group="IV", code="ablehnung_ein_jahr")
    page = office.get(address(row)).content.decode()
    assert "laufende Fälle werden nach ihr beurteilt" in page
    assert address(row, "neue-fassung") in page
    assert "dated-note" not in office.get(address(coming(row))).content.decode()
    AdmissionCriterion.objects.filter(pk=row.pk).update(
        valid_from=dt.date(2020, 1, 1), valid_until=dt.date(2020, 12, 31)
    )
    page = office.get(address(row)).content.decode()
    assert "galt vom 01.01.2020 bis 31.12.2020" in page
    assert address(row, "neue-fassung") not in page


# What holds stays -----------------------------------------------------------------------------------------------

CHANGED = {
    AdmissionCriterion: {"text": "Etwas anderes."},
    Obstacle: {"label": "Etwas anderes"},
    ZielgruppeRule: {"title": "Etwas anderes", "iv_procedures": ["none"]},
    LegalPrecondition: {"status": "met", "source": "Brief"},
    RuleText: {"text": "Etwas anderes."},
    ReducedProcedure: {"rests": "Nichts", "takes_hints": "on"},
    RefusalReason: {"label": "Etwas anderes"},
    ClosingReason: {"label": "Etwas anderes"},
    ClosingDetail: {"label": "Etwas anderes"},
}


@pytest.mark.parametrize("model", CHANGED)
def test_what_a_row_in_force_says_is_read_only_and_a_change_is_refused(office: Client, model: Any) -> None:
    row = model.objects.valid_on(TODAY)[0]
    page = office.get(address(row))
    form = page.context["adminform"].form
    assert {name for name, field in form.fields.items() if not field.disabled} <= {"valid_until", "position"}
    assert "darum bleibt ihr Inhalt, wie er ist" in page.content.decode()
    assert 'value="Letzten Tag sichern"' in page.content.decode()
    told = "den letzten Tag und die Reihenfolge setzen" if "position" in form.fields else "nur den letzten Tag setzen"
    assert told in page.content.decode()
    before = model.objects.filter(pk=row.pk).values().get()
    found = errors(office, address(row), typed(row, **CHANGED[model]))
    assert "Legen Sie eine neue Fassung an, auch für Tippfehler." in found["__all__"][0]
    assert model.objects.filter(pk=row.pk).values().get() == before


def test_last_day_and_place_in_the_list_of_a_row_in_force_may_change(office: Client) -> None:
    row = Obstacle.objects.all()[0]
    last = TODAY + dt.timedelta(days=30)
    assert office.post(address(row), {"position": "99", "valid_until": f"{last:%d.%m.%Y}"}).status_code == 302
    row.refresh_from_db()
    assert (row.position, row.valid_until) == (99, last)


def test_a_row_can_end_though_it_says_what_is_refused_today(office: Client) -> None:
    RuleText.objects.filter(code="vereinbarung_rest").update(text="Bis {nirgends}.")
    row = RuleText.objects.get(code="vereinbarung_rest")
    last = TODAY + dt.timedelta(days=30)
    assert office.post(address(row), {"position": "1", "valid_until": f"{last:%d.%m.%Y}"}).status_code == 302


def test_a_row_neither_leaves_nor_takes_up_a_case_by_its_last_day(office: Client) -> None:
    arrival(TODAY - dt.timedelta(days=3))
    row = Obstacle.objects.all()[0]
    before, that = (f"{TODAY - dt.timedelta(days=days):%d.%m.%Y}" for days in (4, 3))
    found = errors(office, address(row), {"position": "1", "valid_until": before})
    assert "Sie kann frühestens an diesem Tag enden" in found["valid_until"][0]
    assert office.post(address(row), {"position": "1", "valid_until": that}).status_code == 302
    Obstacle.objects.filter(pk=row.pk).update(valid_until=TODAY - dt.timedelta(days=9))
    found = errors(office, address(row), {"position": "1", "valid_until": ""})
    assert "Fügen Sie eine neue Zeile hinzu" in found["valid_until"][0]


def test_a_new_version_begins_tomorrow_unless_somebody_says_otherwise(office: Client) -> None:
    page = office.get(address(rule("A"), "neue-fassung")).content.decode()
    assert f'value="{TODAY + dt.timedelta(days=1):%d.%m.%Y}"' in page


def test_no_new_version_begins_where_a_case_has_arrived_since(office: Client) -> None:
    arrival(TODAY - dt.timedelta(days=3))
    url = address(rule("A"), "neue-fassung")
    answer = office.post(url, {"valid_from": f"{TODAY - dt.timedelta(days=3):%d.%m.%Y}"})
    assert "er behält, was an jenem Tag galt" in str(answer.context["form"].errors)
    assert f"ab dem {TODAY - dt.timedelta(days=2):%d.%m.%Y}" in str(answer.context["form"].errors)
    assert rule("A").valid_until is None


@pytest.mark.parametrize("model", [AdmissionCriterion, Obstacle, ZielgruppeRule, LegalPrecondition, ReducedProcedure])
def test_no_row_that_judges_cases_begins_before_one_that_has_arrived(office: Client, model: Any) -> None:
    arrival(TODAY - dt.timedelta(days=3))
    row = coming(model.objects.all()[0])
    early, free = (f"{TODAY - dt.timedelta(days=days):%d.%m.%Y}" for days in (3, 2))
    assert "er behält" in errors(office, address(row), typed(row, valid_from=early))["valid_from"][0]
    url = address(row).replace(f"/{row.pk}/change/", "/add/")
    assert f'value="{TODAY + dt.timedelta(days=1):%d.%m.%Y}"' in office.get(url).content.decode()
    values = typed(row, valid_from=early)
    model.objects.filter(pk=row.pk).update(valid_from=dt.date(2018, 10, 1), valid_until=dt.date(2018, 10, 2))
    assert "er behält" in errors(office, url, values)["valid_from"][0]
    assert office.post(url, values | {"valid_from": free}).status_code == 302


def test_a_version_that_holds_already_is_written_at_once_until_a_case_arrives(office: Client) -> None:
    row = Obstacle.objects.all()[0]
    written = office.post(address(row, "neue-fassung"), {"valid_from": f"{TODAY:%d.%m.%Y}"}).headers["Location"]
    new = Obstacle.objects.get(code=row.code, valid_from=TODAY)
    assert office.post(written, typed(new, label="Neu gesagt")).status_code == 302
    assert "Neu gesagt" in office.get(written).content.decode()
    assert "__all__" in errors(office, address(new), typed(new, label="Ohne diese Adresse"))
    assert "__all__" in errors(office, written.replace(address(new), address(row)), typed(row, label="Andere Zeile"))
    arrival(TODAY)
    assert "__all__" in errors(office, written, typed(new, label="Zu spät"))
    new.refresh_from_db()
    assert new.label == "Neu gesagt"


# The version itself ---------------------------------------------------------------------------------------------


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
