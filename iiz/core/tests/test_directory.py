"""Verzeichnis: what everybody sees, what colleagues see, and which office answers for a municipality."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iiz.core.actor import Actor
from iiz.core.enums import RoutingMode, StatisticsGroup
from iiz.core.models import Institution, Jurisdiction, LeadCapability, Municipality, RoutingRule

from .factories import ContactPersonFactory, InstitutionFactory, MunicipalityFactory, actor

pytestmark = pytest.mark.django_db

PAGE = "/verzeichnis/"
LONG_AGO = date(2020, 1, 1)
FRAME = 5
"""Queries of the page's frame for somebody logged in: session, account, roles, open tasks, the office below."""


@pytest.fixture
def dorf() -> Municipality:
    return MunicipalityFactory.create(name="Musterdorf")


@pytest.fixture
def dienst(dorf: Municipality) -> Institution:
    """The social service of Musterdorf, which leads for people on economic assistance only."""
    office = InstitutionFactory.create(name="Sozialdienst Musterdorf", phone="041 111 11 11")
    answers_for(office, dorf, StatisticsGroup.SH)
    LeadCapability.objects.create(institution=office, level="wsh_only", valid_from=LONG_AGO)
    return office


def answers_for(office: Institution, municipality: Municipality, group: str, until: date | None = None) -> None:
    Jurisdiction.objects.create(
        institution=office, municipality=municipality, group=group, valid_from=LONG_AGO, valid_until=until
    )


def text(client: Client, query: str = "") -> str:
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return response.content.decode()


def test_anybody_sees_the_offices_but_no_names(client: Client, dienst: Institution) -> None:
    ContactPersonFactory.create(institution=dienst, name="Regula Beispiel", email="regula@test.example")
    page = text(client)
    assert "Sozialdienst Musterdorf" in page
    assert "041 111 11 11" in page
    assert "nur bei wirtschaftlicher Sozialhilfe" in page
    assert "Regula" not in page
    assert "regula@" not in page


def test_colleagues_see_contact_person_and_deputy(dienst: Institution, client_of: Callable[..., Client]) -> None:
    deputy = ContactPersonFactory.create(institution=dienst, name="Silvan Muster", phone="041 222 22 22")
    ContactPersonFactory.create(institution=dienst, name="Regula Beispiel", deputy=deputy)
    page = text(client_of(actor()))
    assert "Regula Beispiel" in page
    assert "Stellvertretung: Silvan Muster, 041 222 22 22" in page
    assert page.count("Silvan Muster") == 1


def test_two_who_stand_in_for_each_other_are_both_there(dienst: Institution, client_of: Callable[..., Client]) -> None:
    regula = ContactPersonFactory.create(institution=dienst, name="Regula Beispiel")
    silvan = ContactPersonFactory.create(institution=dienst, name="Silvan Muster", deputy=regula)
    regula.deputy = silvan
    regula.save()
    page = text(client_of(actor()))
    assert "Stellvertretung: Silvan Muster" in page
    assert "Stellvertretung: Regula Beispiel" in page


def test_whoever_left_is_gone_as_person_and_as_deputy(dienst: Institution, client_of: Callable[..., Client]) -> None:
    gone = ContactPersonFactory.create(institution=dienst, name="Silvan Muster", valid_until=date(2021, 1, 1))
    ContactPersonFactory.create(institution=dienst, name="Regula Beispiel", deputy=gone)
    page = text(client_of(actor()))
    assert "Regula Beispiel" in page
    assert "Silvan" not in page


def test_the_offices_for_a_municipality(client: Client, dorf: Municipality, dienst: Institution) -> None:
    rav = InstitutionFactory.create(rav=True, name="RAV Seeblick")
    former = InstitutionFactory.create(name="Sozialdienst Vorher")
    elsewhere = InstitutionFactory.create(name="Sozialdienst Anderswo")
    iv = InstitutionFactory.create(iv=True, name="IV-Stelle Musterland")
    answers_for(rav, dorf, StatisticsGroup.RAV)
    answers_for(former, dorf, StatisticsGroup.SH, until=date(2021, 1, 1))
    answers_for(elsewhere, MunicipalityFactory.create(), StatisticsGroup.SH)
    RoutingRule.objects.create(group=StatisticsGroup.IV, mode=RoutingMode.CENTRAL, target=iv, valid_from=LONG_AGO)
    page = text(client, f"?gemeinde={dorf.pk}")
    assert "Für Musterdorf" in page
    for name in ("RAV Seeblick", "Sozialdienst Musterdorf", "IV-Stelle Musterland"):
        assert name in page
    assert "Vorher" not in page
    assert "Anderswo" not in page


def test_closed_offices_and_placeholders_are_left_out(client: Client, dienst: Institution) -> None:
    InstitutionFactory.create(name="Sozialdienst Zu", is_active=False)
    InstitutionFactory.create(name="Platzhalter", is_placeholder=True)
    page = text(client)
    assert "Sozialdienst Zu" not in page
    assert "Platzhalter" not in page


def test_searching_by_name_place_and_kind(client: Client, dienst: Institution) -> None:
    InstitutionFactory.create(rav=True, name="RAV Seeblick", place="Seedorf")
    assert "RAV Seeblick" in text(client, "?q=seedorf+rav")
    assert "Sozialdienst Musterdorf" not in text(client, "?q=seedorf")
    assert "RAV Seeblick" not in text(client, "?art=sozialdienst")


def test_nothing_found_says_so_and_leads_on(client: Client, dienst: Institution) -> None:
    page = text(client, "?q=nirgends")
    assert "Keine Stelle passt" in page
    assert "Alle Stellen zeigen" in page


@pytest.mark.parametrize(
    "query",
    ["?q=%00", "?q=" + "a" * 10_000, "?gemeinde=99999999999999999999", "?gemeinde=x", "?art=x", "?seite=x", "?seite=0"],
)
def test_odd_questions_are_answered(client: Client, dienst: Institution, query: str) -> None:
    text(client, query)


def test_names_with_markup_are_text(client_of: Callable[..., Client]) -> None:
    office = InstitutionFactory.create(name="<b>Fett</b>", email="a@test.example")
    ContactPersonFactory.create(institution=office, name="<script>alert(1)</script>")
    page = text(client_of(actor()))
    assert "<b>Fett" not in page
    assert "<script>alert" not in page


def test_pages_keep_the_filter(client: Client) -> None:
    for number in range(30):
        InstitutionFactory.create(name=f"Sozialdienst {number:02d}")
    InstitutionFactory.create(rav=True, name="RAV Seeblick")
    first = text(client, "?art=sozialdienst")
    assert "Sozialdienst 24" in first
    assert "Sozialdienst 25" not in first
    assert "art=sozialdienst&amp;seite=2" in first
    second = text(client, "?art=sozialdienst&seite=2")
    assert "Sozialdienst 29" in second
    assert "RAV" not in second.split("<main", 1)[1].split('class="card"', 1)[1]


@pytest.fixture
def nora() -> Actor:
    return actor()


@pytest.mark.parametrize("offices", [5, 24])
def test_the_page_costs_the_same_for_few_and_many(
    nora: Actor, dorf: Municipality, client_of: Callable[..., Client], client: Client, offices: int
) -> None:
    for _ in range(offices):
        office = InstitutionFactory.create()
        deputy = ContactPersonFactory.create(institution=office)
        ContactPersonFactory.create(institution=office, deputy=deputy)
        answers_for(office, MunicipalityFactory.create(), StatisticsGroup.SH)
        LeadCapability.objects.create(institution=office, level="full", valid_from=LONG_AGO)
    for browser, limit in ((client, 7), (client_of(nora), FRAME + 8)):
        with CaptureQueriesContext(connection) as queries:
            text(browser)
        assert len(queries) == limit
