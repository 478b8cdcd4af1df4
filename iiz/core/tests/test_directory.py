"""Verzeichnis: what everybody sees, what colleagues see, and which office answers for a municipality."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iiz.core.actor import Actor
from iiz.core.enums import ContactPurpose, RoutingMode, StatisticsGroup
from iiz.core.models import Institution, Jurisdiction, LeadCapability, Municipality, RoutingRule, ServiceOffer

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
    answers_for(elsewhere, MunicipalityFactory.create(name="Nachbardorf"), StatisticsGroup.SH)
    RoutingRule.objects.create(group=StatisticsGroup.IV, mode=RoutingMode.CENTRAL, target=iv, valid_from=LONG_AGO)
    for query in (f"?gemeinde={dorf.pk}", "?wohnort=musterdorf", "?wohnort=6000+Musterdorf"):
        page = text(client, query)
        assert "Zuständig für Musterdorf" in page
        for name in ("RAV Seeblick", "Sozialdienst Musterdorf", "IV-Stelle Musterland"):
            assert name in page
        assert "Vorher" not in page
        assert "Anderswo" not in page


LEADS = {
    "full": "Optima ist möglich",
    "wsh_only": "nur für Personen, die wirtschaftliche Sozialhilfe erhalten",
    "addiction_only": "berät nur bei Suchtthemen",
    "none": "übernimmt zurzeit keine Fallführung",
}


@pytest.mark.parametrize("level", LEADS)
def test_the_social_side_says_whether_optima_is_possible_since_when_and_with_what_remark(
    client: Client, dorf: Municipality, dienst: Institution, level: str
) -> None:
    LeadCapability.objects.update(level=level, remark="Nach Absprache.")
    page = text(client, "?wohnort=Musterdorf")
    assert LEADS[level] in page
    assert "Hinweis: Nach Absprache." in page
    assert "Gilt seit 01.01.2020" in page
    assert ("Fragen Sie die IIZ-Koordinationsstelle" in page) == (level in {"addiction_only", "none"})


def test_where_nothing_is_recorded_the_coordination_office_is_asked(
    client: Client, dorf: Municipality, dienst: Institution
) -> None:
    InstitutionFactory.create(coordination=True, phone="041 555 00 00")
    LeadCapability.objects.update(valid_until=date(2021, 1, 1))
    page = text(client, "?wohnort=Musterdorf")
    assert "noch nicht geklärt" in page
    assert page.count("041 555 00 00") == 4, "there, beside the missing RAV and IV, and at the foot of the page"


def test_a_municipality_without_an_office_says_so_and_names_who_knows(
    client: Client, dorf: Municipality, dienst: Institution
) -> None:
    Institution.objects.update(is_active=False)
    InstitutionFactory.create(coordination=True, email="iiz@test.example")
    page = text(client, "?wohnort=Musterdorf")
    assert page.count("Für Musterdorf ist hier keine Stelle erfasst.") == 3
    assert "iiz@test.example" in page


def test_a_central_office_takes_the_applications_beside_the_local_one(client: Client, dorf: Municipality) -> None:
    rav, team = (InstitutionFactory.create(rav=True, name=name) for name in ("RAV Seeblick", "RAV Fachteam"))
    answers_for(rav, dorf, StatisticsGroup.RAV)
    rule = RoutingRule.objects.create(
        group=StatisticsGroup.RAV, mode=RoutingMode.CENTRAL, target=team, valid_from=LONG_AGO
    )
    assert "Anträge für Optima gehen an: RAV Fachteam" in text(client, "?wohnort=Musterdorf")
    RoutingRule.objects.filter(pk=rule.pk).update(mode=RoutingMode.COORDINATION, target=None)
    assert "teilt die IIZ-Koordinationsstelle zu" in text(client, "?wohnort=Musterdorf")


def test_an_unknown_place_keeps_what_was_typed_and_offers_what_is_alike(client: Client, dorf: Municipality) -> None:
    page = text(client, "?wohnort=Mustedorff")
    assert 'value="Mustedorff"' in page
    assert f'href="?gemeinde={dorf.pk}">Musterdorf' in page
    assert "Schreibweise" in text(client, "?wohnort=Nirgendwo")


def test_the_answer_names_contact_persons_to_colleagues_only(
    client: Client, dorf: Municipality, dienst: Institution, client_of: Callable[..., Client]
) -> None:
    ContactPersonFactory.create(institution=dienst, name="Regula Beispiel")
    assert "Regula" not in text(client, "?wohnort=Musterdorf")
    assert "Regula Beispiel" in text(client_of(actor()), "?wohnort=Musterdorf")


def test_whom_to_ask_before_anybody_is_in_charge_stands_under_its_own_words(
    dienst: Institution, client_of: Callable[..., Client]
) -> None:
    ContactPersonFactory.create(institution=dienst, name="Aaron Abklärung", purpose=ContactPurpose.CLARIFICATION)
    ContactPersonFactory.create(institution=dienst, name="Regula Beispiel")
    page = text(client_of(actor()))
    assert "Aaron Abklärung</b>, Ansprechperson in der Abklärungsphase" in page
    assert page.index("Regula Beispiel</b>, Ansprechperson Optima") < page.index("Aaron")


def test_services_are_shown_to_all_found_and_filtered(client: Client, dienst: Institution) -> None:
    ServiceOffer.objects.create(
        institution=dienst, label="Job-Coaching", description="Auch am Arbeitsplatz.", valid_from=LONG_AGO
    )
    ServiceOffer.objects.create(institution=dienst, label="Früheres", valid_from=LONG_AGO, valid_until=date(2021, 1, 1))
    other = InstitutionFactory.create(name="RAV Anderswo", rav=True)
    assert "Job-Coaching" in text(client)
    assert "Früheres" not in text(client)
    for query in ("?q=coaching", "?q=musterdorf+arbeitsplatz", "?angebot=Job-Coaching"):
        page = text(client, query)
        assert dienst.name in page
        assert other.name not in page
    assert "Keine Stelle passt" in text(client, "?q=früheres")


def test_the_day_of_the_confirmation_is_shown_but_not_by_whom(client: Client, dienst: Institution) -> None:
    silvan = actor(first_name="Silvan").user
    Institution.objects.filter(pk=dienst.pk).update(confirmed_on=date(2026, 3, 1), confirmed_by=silvan)
    page = text(client)
    assert "Angaben bestätigt am 01.03.2026" in page
    assert "Silvan" not in page


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
    [
        "?q=%00",
        "?q=" + "a" * 10_000,
        "?gemeinde=99999999999999999999",
        "?gemeinde=x",
        "?gemeinde=²",
        "?art=x",
        "?angebot=x",
        "?wohnort=%00",
        "?wohnort=%2B",
        "?wohnort=" + "a" * 10_000,
        "?seite=x",
        "?seite=0",
    ],
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
    for browser, limit in ((client, 9), (client_of(nora), FRAME + 10)):
        with CaptureQueriesContext(connection) as queries:
            text(browser)
        assert len(queries) == limit
