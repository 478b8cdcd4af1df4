"""Closed, waiting, or not yet known: what the answer of the Wegweiser says then (UX-08, NFR-08, CON-13, -17, -44)."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iiz.core.enums import LeadCapabilityLevel, Role
from iiz.core.models import Jurisdiction, LeadCapability
from iiz.core.responsible import NOT_RECORDED
from iiz.core.tests.factories import InstitutionFactory, actor
from optima.tests.musterwil import BURDENED, LONG_AGO, MOST_QUERIES, START, musterwil, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def canton(seeds):
    """The rules as shipped, and Musterwil whose service leads."""
    return musterwil()


@pytest.mark.parametrize(
    "answers",
    ["leistung=ale&leistung=social_counselling&iv=keines", "leistung=ale&leistung=wsh&iv=laeuft"],
)
def test_fitting_no_row_does_not_open_what_the_law_closes(canton, answers):
    page = told(f"{START}RAV-IV&{answers}")

    assert "Optima ist hier nicht möglich" in page or "Hier passt ein Roundtable" in page
    assert "Solange das SECO keine Befreiung zulässt" in page
    assert "Zuständig ist SECO. Stand: offen seit 01.10.2018." in page
    assert "zustimmt" not in page
    assert "Antrag schreiben" not in page


def test_whoever_is_logged_in_is_led_from_a_lock_to_its_place_in_the_register(canton, client_of):
    address, link = START + "RAV-IV&leistung=ale&iv=keines", 'href="/koordination/rechtsgrundlagen/#seco_iv"'
    rav = actor(Role.CASEWORKER, InstitutionFactory.create(rav=True))

    assert link in client_of(rav).get(address).content.decode()
    assert client_of(rav).get("/koordination/rechtsgrundlagen/").status_code == 200
    assert "rechtsgrundlagen" not in Client().get(address).content.decode()


def test_a_bar_and_a_day_are_both_in_the_headline(canton):
    today = timezone.localdate()
    page = told(f"{START}SH-IV&leistung=nichts&iv=laeuft&abgelehnt={today:%d.%m.%Y}&voraussetzung=alle")

    assert re.search(r"Optima ist möglich ab \d\d\.\d\d\.\d{4}, wenn die Koordinationsstelle zustimmt", page)
    assert "Im Weg stehen: Laufendes IV-Verfahren, Frühere Ablehnung der IV." in page


def test_the_iv_can_say_that_a_procedure_runs_with_nothing_pending(canton):
    page = Client().get(START + "IV-RAV&leistung=ale").content.decode()
    assert '<button class="btn" name="iv" value="laeuft">Nichts davon, aber ein Verfahren läuft</button>' in page

    assert "Mit IV-Verfahren, ohne ALE" in told(START + "IV-RAV&leistung=nichts&iv=laeuft&voraussetzung=alle")
    assert "wenn die Koordinationsstelle zustimmt" in told(START + "IV-RAV&leistung=ale&iv=laeuft&voraussetzung=alle")
    both = told(START + "IV-RAV&leistung=ale&iv=laeuft&iv=iv_appeal_open")
    assert "Sie sagen, dass nichts hängig ist, und kreuzen zugleich etwas an." in both


def test_the_municipality_shows_the_office_and_whether_it_leads(canton):
    address = f"{START}RAV-SH&leistung=ale{BURDENED}&gemeinde=1099"
    assert "SoBZ Musterwil · 041 555 10 10 Diese Stelle kann die Fallführung ganz übernehmen." in told(address)

    LeadCapability.objects.update(level=LeadCapabilityLevel.NONE)
    assert "Diese Stelle übernimmt zurzeit keine Fallführung" in told(address)

    unsure = "Optima ist möglich, wenn die Stelle die Fallführung bestätigt"
    LeadCapability.objects.all().delete()
    page = told(address)
    assert unsure in page
    assert f"{NOT_RECORDED.sentence} {NOT_RECORDED.ask}" in page, "as the directory says it"
    assert "041 555 00 00" in page

    Jurisdiction.objects.all().delete()
    assert "Für Musterwil ist keine Stelle eingetragen" in told(address)
    assert unsure in told(address)
    assert unsure in told(address.replace("1099", "andere"))


def test_with_addiction_a_service_that_is_there_for_it_alone_is_named(canton, client_of):
    sobz = InstitutionFactory.create(name="SoBZ Luzern")
    addiction_only = LeadCapabilityLevel.ADDICTION_ONLY
    LeadCapability.objects.create(institution=sobz, level=addiction_only, valid_from=LONG_AGO)
    named = "kommt auch SoBZ Luzern in Frage. Ob diese Stelle führt, entscheidet die IIZ-Koordinationsstelle."
    address = f"{START}RAV-SH&leistung=ale&leistung=wsh{BURDENED}&gemeinde=1099"
    assert named not in told(address), "the service of Musterwil leads in full"

    for level in (LeadCapabilityLevel.WSH_ONLY, LeadCapabilityLevel.NONE):
        LeadCapability.objects.filter(pk=canton["capability"].pk).update(level=level)
        with CaptureQueriesContext(connection) as queries:
            assert named in told(address), level
        assert len(queries) <= MOST_QUERIES
        assert named not in told(address.replace("sucht", "schulden"))
    assert named not in told(address, client_of(actor(Role.CASEWORKER, sobz))), "one's own office"
    LeadCapability.objects.filter(institution=sobz).update(valid_until=LONG_AGO)
    assert named not in told(address)
