"""The register of legal preconditions: what it shows, and how a decision is recorded (NFR-08, CON-24)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iiz.core.actor import Actor
from iiz.core.enums import LeadCapabilityLevel, Role
from iiz.core.models import AuditEntry, LeadCapability
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator
from optima import law
from optima.models import LegalPrecondition, ZielgruppeRule

from . import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 23)
REGISTER = "/koordination/rechtsgrundlagen/"
MET = {
    "status": "met",
    "authority": "SECO",
    "valid_from": "01.01.2027",
    "decided_on": "",
    "source": "Schreiben des SECO",
    "remark": "",
}


@pytest.fixture
def office(seeds: None) -> Actor:
    return coordinator(first_name="Katrin")


def entry(code: str, day: dt.date = DAY) -> law.Entry:
    found = law.known(code, day)
    assert found is not None
    return found


def decided(**changes: Any) -> dict[str, Any]:
    """What the form hands over."""
    data = {"status": "met", "authority": "SECO", "valid_from": dt.date(2027, 1, 1), "decided_on": None}
    return data | {"source": "Schreiben des SECO", "remark": ""} | changes


# What it shows --------------------------------------------------------------------------------------------------


def test_it_shows_what_each_precondition_gates_and_whether_that_is_open(office: Actor) -> None:
    gates = {code: {gate.rule.code: gate.locked for gate in entry(code).gates} for code in ("seco_iv", "art54_bund")}
    assert gates == {"seco_iv": {"B2": True, "F": True}, "art54_bund": {"F": True}}
    assert not entry("seco_iv").met
    assert entry("art54_bund").met
    assert {gate.rule.code: gate.locked for gate in entry("seco_sozialberatung").gates} == {"G": False, "I2": False}


def test_it_shows_what_held_before(office: Actor) -> None:
    assert [row.authority for row in entry("art54_kanton").earlier] == ["EDI (Pilot nach Art. 68quater IVG)"]
    assert entry("art54_kanton", dt.date(2020, 1, 1)).coming[0].valid_from == dt.date(2025, 2, 1)


def test_a_precondition_of_the_table_that_nobody_recorded_locks(office: Actor) -> None:
    ZielgruppeRule.objects.filter(code="H").update(preconditions=["fehlt"])
    found = entry("fehlt")
    assert (found.row, found.title, found.met) == (None, "fehlt", False)
    assert [(gate.rule.code, gate.locked) for gate in found.gates] == [("H", True)]


def test_the_lead_of_social_services_stands_there_with_the_groups_that_ask_it(office: Actor) -> None:
    full, silent = InstitutionFactory.create(), InstitutionFactory.create()
    LeadCapability.objects.create(institution=full, level=LeadCapabilityLevel.FULL, valid_from=dt.date(2020, 1, 1))
    LeadCapability.objects.create(institution=silent, level=LeadCapabilityLevel.FULL, valid_from=dt.date(2999, 1, 1))
    leads = law.register(DAY).leads
    assert {rule.code for rule in leads.rules} == {"C", "D1", "G", "I2"}
    assert (leads.levels, leads.unknown) == ([(LeadCapabilityLevel.FULL.label, 1)], 1)
    assert {rule.code for rule in law.register(DAY).barred} == {"B2", "D2"}


def test_whoever_works_with_cases_reads_it_and_finds_no_button(office: Actor, client_of: Callable[..., Client]) -> None:
    page = client_of(actor(Role.CASEWORKER)).get(REGISTER)
    text = page.content.decode()
    assert page.status_code == 200
    assert "Befreiung von der Stellensuche, wenn die IV-Stelle führt" in text
    assert "kann das RAV diese Personen nicht an die IV-Stelle abgeben" in text
    assert "Weg gesperrt" in text
    assert "/entscheid/" not in text
    assert client_of(office).get(REGISTER).content.decode().count("/entscheid/") == 4


def test_the_page_costs_the_same_however_much_is_recorded(office: Actor, client_of: Callable[..., Client]) -> None:
    browser = client_of(office)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            browser.get(REGISTER)
        return len(found)

    queries()
    before = queries()
    LegalPrecondition.objects.bulk_create(
        LegalPrecondition(code=f"mehr-{n}", title="Mehr", authority="SECO", valid_from=DAY) for n in range(50)
    )
    assert queries() == before <= 12


# A decision -----------------------------------------------------------------------------------------------------


def test_a_decision_ends_what_was_known_and_opens_from_its_day(office: Actor) -> None:
    new = law.decide("seco_iv", office, decided())
    before = LegalPrecondition.objects.exclude(pk=new.pk).get(code="seco_iv")
    assert before.valid_until == dt.date(2026, 12, 31)
    assert (new.title, new.locked_words) == (before.title, before.locked_words)
    assert not entry("seco_iv", dt.date(2026, 12, 31)).met
    assert {gate.rule.code for gate in entry("seco_iv", dt.date(2027, 1, 1)).gates if not gate.locked} == {"B2", "F"}
    entries = AuditEntry.objects.filter(stream="master").order_by("position")
    assert [one.verb for one in entries] == ["master_changed", "master_added"]
    assert entries[1].changes["status"] == ["open", "met"]


def test_a_decision_of_a_former_time_ends_before_the_next_one(office: Actor) -> None:
    new = law.decide("art54_bund", office, decided(valid_from=dt.date(2024, 1, 1), status="refused"))
    assert new.valid_until == dt.date(2025, 1, 31)
    assert entry("art54_bund").met


def test_two_decisions_on_one_day_are_refused(office: Actor) -> None:
    law.decide("seco_iv", office, decided())
    with pytest.raises(ValidationError, match="An diesem Tag beginnt bereits ein Eintrag"):
        law.decide("seco_iv", office, decided(status="refused"))
    assert LegalPrecondition.objects.filter(code="seco_iv").count() == 2


def test_a_decision_before_anything_was_recorded_is_the_first_row(office: Actor) -> None:
    new = law.decide("seco_iv", office, decided(valid_from=dt.date(2017, 1, 1)))
    assert (new.valid_until, new.title) == (dt.date(2018, 9, 30), entry("seco_iv").title)


def test_what_was_never_recorded_gets_its_words_with_the_first_decision(
    office: Actor, client_of: Callable[..., Client]
) -> None:
    ZielgruppeRule.objects.filter(code="H").update(preconditions=["fehlt"])
    browser, url = client_of(office), f"{REGISTER}fehlt/entscheid/"
    assert set(browser.post(url, MET).context["form"].errors) == {"title"}
    answer = browser.post(url, MET | {"title": "Was fehlte", "valid_from": "01.01.2026"})
    assert answer.headers["Location"] == f"{REGISTER}#fehlt"
    assert (entry("fehlt").title, entry("fehlt").met) == ("Was fehlte", True)


def test_the_form_leads_back_to_the_entry(office: Actor, client_of: Callable[..., Client]) -> None:
    browser, url = client_of(office), f"{REGISTER}seco_iv/entscheid/"
    assert "Heute: offen seit 01.10.2018, SECO." in browser.get(url).content.decode()
    answer = browser.post(url, MET, follow=True)
    assert "gilt ab dem 01.01.2027 als erfüllt." in answer.content.decode()
    assert "ab 01.01.2027: erfüllt, SECO" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"source": ""}, "source", "Woher wissen Sie das?"),
        ({"source": "", "status": "open"}, "source", "Woher wissen Sie das?"),
        ({"status": ""}, "status", "Wie ist entschieden?"),
        ({"status": "vielleicht"}, "status", ""),
        ({"decided_on": "01.01.2999"}, "decided_on", "liegt in der Zukunft"),
        ({"valid_from": "30.02.2027"}, "valid_from", ""),
        ({"valid_from": "01.10.2018"}, "valid_from", "Ein neuer Entscheid gilt ab einem späteren Tag"),
        ({"valid_from": "01.01.2017"}, "valid_from", "Der heutige Eintrag gilt ab dem 01.10.2018"),
        ({"valid_from": "01.01.2999"}, "valid_from", "mehr als ein Jahr in der Zukunft"),
        ({"source": "A" * 301}, "source", "möglich sind 300"),
        ({"authority": ""}, "authority", ""),
    ],
)
def test_bad_input_is_told_beside_its_field_and_stays(
    office: Actor, client_of: Callable[..., Client], changes: dict[str, str], field: str, sentence: str
) -> None:
    typed = MET | {"remark": "mündlich bestätigt"} | changes
    answer = client_of(office).post(f"{REGISTER}seco_iv/entscheid/", typed)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert sentence in answer.context["form"].errors[field][0]
    assert "mündlich bestätigt" in answer.content.decode()
    assert LegalPrecondition.objects.filter(code="seco_iv").count() == 1


def test_no_status_is_chosen_beforehand_and_what_is_recorded_is_refused(
    office: Actor, client_of: Callable[..., Client]
) -> None:
    browser, url, row = client_of(office), f"{REGISTER}seco_iv/entscheid/", entry("seco_iv").row
    assert row is not None
    page = browser.get(url)
    assert "checked" not in str(page.context["form"]["status"])
    assert set(browser.post(url, {"authority": row.authority}).context["form"].errors) >= {"status", "source"}
    same = MET | {"status": row.status, "authority": row.authority, "source": row.source}
    assert "Genau das ist schon festgehalten" in str(browser.post(url, same).context["form"].errors)
    assert LegalPrecondition.objects.filter(code="seco_iv").count() == 1


def test_the_answer_says_what_is_true_then(office: Actor, client_of: Callable[..., Client]) -> None:
    browser, url = client_of(office), f"{REGISTER}seco_iv/entscheid/"
    law.decide("seco_iv", office, decided(valid_from=dt.date(2027, 3, 1)))
    text = browser.post(url, MET | {"status": "open"}, follow=True).content.decode()
    assert "gilt weiterhin als offen, ab dem 01.01.2027 mit den neuen Angaben" in text
    assert "Das gilt bis zum 28.02.2027; danach gilt, was dafür schon festgehalten ist." in text


def test_no_decision_reaches_back_to_a_case_that_has_arrived(office: Actor, client_of: Callable[..., Client]) -> None:
    case = make.submitted()
    typed = MET | {"valid_from": f"{case.arrived_on:%d.%m.%Y}"}
    answer = client_of(office).post(f"{REGISTER}seco_iv/entscheid/", typed)
    assert "er behält, was an jenem Tag galt" in answer.context["form"].errors["valid_from"][0]
    LegalPrecondition.objects.filter(code="seco_iv").delete()
    with pytest.raises(ValidationError, match="er behält"):
        law.decide("seco_iv", office, decided(title="Neu", valid_from=case.arrived_on))


def test_nobody_else_records_decisions(office: Actor, client_of: Callable[..., Client]) -> None:
    for role in (Role.CASEWORKER, Role.CONTACT, Role.STEERING):
        assert client_of(actor(role)).post(f"{REGISTER}seco_iv/entscheid/", MET).status_code == 403
    assert client_of(office).post(f"{REGISTER}unbekannt/entscheid/", MET).status_code == 404
    assert LegalPrecondition.objects.filter(code="seco_iv").count() == 1
