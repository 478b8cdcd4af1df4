"""The Wegweiser as anybody sees it: every way, every bad address, and on into the Antrag (OP-22, UX-08 to UX-12)."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iiz.core.enums import Role
from iiz.core.models import RoutingRule
from iiz.core.tests.factories import InstitutionFactory, actor
from optima import prefill
from optima.models import AdmissionCriterion, Obstacle
from optima.tests import factories
from optima.tests.musterwil import BURDENED, MOST_QUERIES, START, musterwil, told, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def canton(seeds):
    """The rules as shipped, and Musterwil whose service leads."""
    return musterwil()


WAYS = [
    ("", "Welcher Weg passt? "),
    ("?weg=leistung", "Bei welcher Stelle braucht die Person eine Leistung?"),
    ("?weg=leistung&stelle=IV", "Hier genügt die ordentliche Anmeldung"),
    ("?weg=leistung&stelle=SH", "beim Sozialdienst ihrer Wohngemeinde"),
    ("?weg=zusammen", "Wie viele Stellen haben mit der Person zu tun?"),
    ("?weg=zusammen&stellen=zwei", "Hier genügt eine Absprache"),
    ("?weg=zusammen&stellen=drei", "041 555 00 00 iiz@test.example"),
    ("?weg=fuehrung", "Wer soll statt Ihnen führen?"),
]


def test_two_questions_tell_the_way_and_only_optima_asks_more(canton):
    assert "Frage 2 von höchstens 2" in told("/wegweiser/?weg=zusammen")
    assert "Frage 2 von höchstens 5" in told("/wegweiser/?weg=fuehrung")


def test_the_triage_leads_to_four_ways(canton):
    for query, expected in WAYS:
        assert expected in told(f"/wegweiser/{query}"), query


ANSWERS = [
    # row, the address, what the page says
    ("A", "IV-RAV&leistung=nichts&iv=nichts&voraussetzung=alle", "Optima ist möglich"),
    ("B1", "IV-RAV&leistung=ale&iv=nichts&voraussetzung=alle", "Optima ist möglich"),
    ("B2", "RAV-IV&leistung=ale&iv=laeuft", "Optima ist hier nicht möglich"),
    ("C", f"IV-SH&leistung=iv_laeuft{BURDENED}&gemeinde=1099", "Optima ist möglich"),
    ("D1", f"IV-SH&leistung=iv_laeuft&leistung=wsh{BURDENED}&gemeinde=1099", "Optima ist möglich"),
    ("D2", "SH-IV&leistung=nichts&iv=laeuft&voraussetzung=alle", "wenn die Koordinationsstelle zustimmt"),
    ("E", "SH-IV&leistung=nichts&iv=keines&voraussetzung=alle", "Optima ist möglich"),
    ("F", "RAV-IV&leistung=ale&iv=keines", "Optima ist hier nicht möglich"),
    ("G", f"RAV-SH&leistung=ale{BURDENED}&gemeinde=1099", "Optima ist möglich"),
    ("H", "SH-RAV&leistung=nichts&voraussetzung=alle", "Optima ist möglich"),
    ("I1", "SH-RAV&leistung=ale&voraussetzung=alle", "Optima ist möglich"),
    ("I2", f"RAV-SH&leistung=ale&leistung=wsh{BURDENED}&gemeinde=1099", "Optima ist möglich"),
    ("within_sh", f"SH-SH&leistung=wsh{BURDENED}&gemeinde=1099", "innerhalb der Sozialhilfe"),
    ("roundtable", "SH-RAV&leistung=ale&leistung=iv_laeuft", "Hier passt ein Roundtable"),
    ("unassigned", "RAV-IV&leistung=nichts&iv=keines&voraussetzung=alle", "passen zu keiner Zielgruppe"),
]


@pytest.mark.parametrize(("code", "address", "expected"), ANSWERS, ids=[code for code, *_rest in ANSWERS])
def test_each_row_of_the_table_is_answered_with_a_fixed_number_of_queries(canton, code, address, expected):
    with CaptureQueriesContext(connection) as queries:
        page = told(START + address)

    assert expected in page
    assert len(queries) <= MOST_QUERIES, [query["sql"] for query in queries]
    zielgruppe = re.search(r"Vorgeschlagene Zielgruppe ([A-I]) ·", page)
    assert (zielgruppe[1] if zielgruppe else None) == (code[0] if code.isupper() and code not in ("B2", "F") else None)


def test_an_answer_for_a_roundtable_leads_to_where_it_is_registered(canton):
    """Without an account to the public desk, for a caseworker to the registration (RT-24)."""
    address = f"{START}SH-RAV&leistung=ale&leistung=iv_laeuft"
    assert 'href="/anmelden/"' in Client().get(address).content.decode()
    nora = Client()
    nora.force_login(factories.nora().user)
    assert 'href="/roundtable/anmeldung/neu/"' in nora.get(address).content.decode()


def test_questions_take_few_queries_too(canton):
    for query in ("IV-RAV", "SH-IV&leistung=nichts", "RAV-SH&leistung=ale", f"RAV-SH&leistung=ale{BURDENED}"):
        with CaptureQueriesContext(connection) as queries:
            told(START + query)
        assert len(queries) <= MOST_QUERIES, query


def test_the_answer_says_who_does_what_who_pays_and_why(canton):
    page = told(START + "SH-IV&leistung=nichts&iv=keines&voraussetzung=alle")

    for expected in (
        "Das tut die IV-Stelle nicht",
        "Das bleibt bei Ihnen",
        "Das ruht bei Ihnen",
        "Das nehmen Sie am Ende wieder auf",
        "Was es kostet und wer bezahlt",
        "CHF\u00a0300.00",
        "hat ein intaktes Arbeitsangebot",
        "Übertragung kantonaler Aufgaben an die IV-Stelle (Art. 54 IVG): erfüllt",
        "Vorschlag nach der Tabelle vom 01.10.2018",
        "zwingend",
        "Gut zu wissen",
    ):
        assert " ".join(expected.split()) in page, expected


def test_a_locked_way_names_the_authority_and_the_day_in_plain_words(canton):
    page = told(START + "RAV-IV&leistung=ale&iv=keines")

    assert "kann das RAV diese Personen nicht an die IV-Stelle abgeben" in page
    assert "Zuständig ist SECO. Stand: offen seit 01.10.2018." in page
    assert "Eine andere Stelle prüfen" in page
    assert "Antrag schreiben" not in page


def test_from_which_day_it_is_possible_after_a_refusal(canton):
    today = timezone.localdate()
    page = told(f"{START}SH-IV&leistung=nichts&iv=keines&abgelehnt={today:%d.%m.%Y}&voraussetzung=alle")

    assert f"Optima ist möglich ab {today + dt.timedelta(days=1):%d.%m.}" in page
    assert "begründen Sie" in page
    assert "Antrag mit Begründung schreiben" in page

    AdmissionCriterion.objects.filter(code="ablehnung_ein_jahr").update(weight="hard")
    page = told(f"{START}SH-IV&leistung=nichts&iv=keines&abgelehnt={today:%d.%m.%Y}&voraussetzung=alle")
    assert "Optima ist möglich ab" in page
    assert "Antrag" not in page.split("Wer was tut")[0].replace("Wegweiser", "")


def test_a_central_office_is_not_asked_for_by_municipality(canton):
    RoutingRule.objects.filter(group="SH").update(mode="central", target=canton["service"])

    assert "Optima ist möglich" in told(f"{START}RAV-SH&leistung=ale{BURDENED}")


# Asking and changing ------------------------------------------------------------------------------------------


def test_a_form_leads_to_an_address_without_its_traces(canton):
    answer = Client().get(START + "SH-RAV&leistung=ale&weiter=leistung")

    assert (answer.status_code, answer["Location"]) == (302, "/wegweiser/?weg=fuehrung&paar=SH-RAV&leistung=ale")


def test_an_answer_can_be_changed_and_all_others_stay(canton):
    page = told(START + "SH-RAV&leistung=ale&voraussetzung=alle&frage=leistung")
    assert "Was trifft heute auf die Person zu?" in page

    changed = Client().get(START + "SH-RAV&leistung=nichts&voraussetzung=alle&weiter=leistung", follow=True)
    assert "H · Mit Sozialhilfe, ohne ALE" in words(changed)


def test_another_pair_keeps_the_municipality_alone(canton):
    page = Client().get(START + f"RAV-SH&leistung=ale{BURDENED}&gemeinde=1099&frage=paar").content.decode()

    assert 'href="/wegweiser/?weg=fuehrung&amp;paar=IV-SH&amp;gemeinde=1099"' in page
    assert 'aria-current="true"><b>Ein Sozialdienst oder SoBZ</b>' in page


def test_whoever_is_logged_in_finds_the_own_institution_open(canton, client_of):
    rav = actor(Role.CASEWORKER, InstitutionFactory.create(rav=True))
    sh = actor(Role.CASEWORKER, InstitutionFactory.create())

    for somebody, own, other in (
        (rav, "beim RAV", "bei einem Sozialdienst"),
        (sh, "bei einem Sozialdienst", "beim RAV"),
    ):
        page = told("/wegweiser/?weg=fuehrung", client_of(somebody))
        assert page.index(own) < page.index("Sie fragen für eine andere Stelle?") < page.index(other)


# Bad addresses ------------------------------------------------------------------------------------------------

BAD = [
    # the address, what is said, what still stands there
    ("/wegweiser/?weg=fliegen", "Diese Antwort gibt es hier nicht.", "Welcher Weg passt?"),
    ("/wegweiser/?woher=newsletter", "Ein Teil dieser Adresse ist hier unbekannt.", "Welcher Weg passt?"),
    (START + "IV-IV", "Diese Antwort gibt es hier nicht.", "Wer soll statt Ihnen führen?"),
    (START + "SH-RAV&leistung=ale&leistung=nichts", "Sie sagen «Nichts davon»", "Was trifft heute"),
    (START + "SH-RAV&leistung=iv_laeuft&leistung=iv_fertig", "nicht zugleich laufen", "Was trifft heute"),
    (START + "SH-RAV&leistung=gold", "gibt es hier nicht oder nicht mehr", "Was trifft heute"),
    (START + "SH-RAV&leistung=ale&leistung=gold&voraussetzung=alle", "Ein Teil der Auswahl", "Optima ist möglich"),
    (START + "SH-RAV&weiter=leistung", "Kreuzen Sie an, was zutrifft", "Was trifft heute"),
    (START + "SH-RAV&leistung=ale&voraussetzung=alt", "Diese Antwort gibt es hier nicht.", "Trifft das alles zu?"),
    (START + "SH-IV&leistung=nichts&weiter=iv&abgelehnt=31.2.2030", "Bitte wählen Sie, was zutrifft.", "31.2.2030"),
    (START + "SH-IV&leistung=nichts&iv=keines&abgelehnt=1.1.2999", "liegt in der Zukunft", "1.1.2999"),
    (START + "SH-IV&leistung=nichts&iv=keines&abgelehnt=01.01.0001", "Bitte prüfen Sie das Jahr", "01.01.0001"),
    (START + "SH-IV&leistung=nichts&iv=keines&abgelehnt=" + "9" * 3000, "Bitte ein Datum eingeben", "Wie steht es"),
    (START + f"RAV-SH&leistung=ale{BURDENED}&gemeinde=1098", "gibt es nicht oder nicht mehr", "In welcher Gemeinde"),
    (START + f"RAV-SH&leistung=ale{BURDENED}&gemeinde=99999999999999", "kennen wir nicht", "In welcher Gemeinde"),
    (START + f"RAV-SH&leistung=ale{BURDENED}&gemeinde=%C2%B2", "kennen wir nicht", "In welcher Gemeinde"),
    (
        START + f"RAV-SH&leistung=ale{BURDENED}&weiter=gemeinde",
        "Bitte wählen Sie die Wohngemeinde",
        "In welcher Gemeinde",
    ),
    (START + "RAV-SH&leistung=ale&belastung=%00", "gibt es hier nicht oder nicht mehr", "Was steht der Arbeit im Weg?"),
]


def test_a_bad_address_gets_a_calm_sentence_and_everything_else_is_kept(canton):
    for address, sentence, still in BAD:
        answer = Client().get(address)
        page = answer.content.decode()
        assert answer.status_code == 200, address
        assert sentence in page, address
        assert still in page, address
        assert "<script>" not in page


def test_what_somebody_writes_into_the_address_is_never_run(canton):
    page = (
        Client().get(START + 'SH-IV&leistung=nichts&abgelehnt="><script>alert(1)</script>&iv=keines').content.decode()
    )

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_only_asking_is_possible_and_nothing_is_kept(canton):
    client = Client()
    assert client.head("/wegweiser/").status_code == 200
    assert client.post("/wegweiser/", {"weg": "leistung"}).status_code == 405
    answer = client.get("/wegweiser/")
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


# Into the Antrag ----------------------------------------------------------------------------------------------


def antrag_link(address: str, client: Client | None = None) -> str:
    page = (client or Client()).get(address).content.decode()
    found = re.search(r'href="(/optima/antrag/neu/\?[^"]*)"', page)
    return found[1].replace("&amp;", "&") if found else ""


def test_what_was_said_comes_into_the_antrag_as_it_was_said(canton):
    sozialdienst = actor(Role.CASEWORKER, InstitutionFactory.create())
    link = antrag_link(START + "SH-IV&leistung=ale&iv=fertig&abgelehnt=1.3.2020&voraussetzung=alle")

    answers = prefill.first_answers(QueryDict(urlsplit(link).query), sozialdienst)

    asked = AdmissionCriterion.objects.filter(
        contractor_group="IV", code__in=["arbeitsangebot", "will_arbeiten", "unterstuetzung"]
    )
    assert answers == {
        "contractor_group": "IV",
        "ale": "yes",
        "iv_procedure": "closed",
        "iv_refused_on": "01.03.2020",
        "iv_damage_suspected": "no",
        **{f"criterion-{row.pk}": "yes" for row in asked},
    }


def test_burdens_and_municipality_come_along_too(canton):
    rav = actor(Role.CASEWORKER, InstitutionFactory.create(rav=True))
    link = antrag_link(START + f"RAV-SH&leistung=ale{BURDENED}&gemeinde=1099")

    answers = prefill.first_answers(QueryDict(urlsplit(link).query), rav)

    assert answers["municipality"] == "1099"
    assert answers["obstacles"] == [str(Obstacle.objects.get(code="sucht").pk)]
    assert {name: answers[name] for name in ("ale", "wsh", "social_counselling", "iv_procedure")} == {
        "ale": "yes",
        "wsh": "no",
        "social_counselling": "no",
        "iv_procedure": "none",
    }


HOSTILE = (
    "contractor_group=SH&first_name=Lena&last_name=Muster&ahv_number=7569217076985&birth_date=1.1.1980&situation=krank"
    "&ale=maybe&wsh=yes%00&iv_procedure=dead&iv_refused_on=2999-01-01&municipality=99999999999999999999"
    "&criterion-gibtsnicht=yes&criterion-1%20OR%201=yes&obstacles=%27%3B--&job_seeker=" + "yes" * 3000
)


def test_nothing_personal_and_nothing_wrong_gets_through(canton):
    rav = actor(Role.CASEWORKER, InstitutionFactory.create(rav=True))

    assert prefill.first_answers(QueryDict(HOSTILE), rav) == {"contractor_group": "SH", "obstacles": []}


def test_answers_for_an_office_that_may_not_be_asked_are_left_out(canton):
    iv = actor(Role.CASEWORKER, InstitutionFactory.create(iv=True))
    link = antrag_link(START + "SH-IV&leistung=ale&iv=keines&voraussetzung=alle")

    assert prefill.first_answers(QueryDict(urlsplit(link).query), iv) == {
        "ale": "yes",
        "iv_procedure": "none",
        "iv_damage_suspected": "no",
    }


def test_the_address_of_a_new_antrag_asks_the_database_only_for_what_it_names(canton, django_assert_num_queries):
    rav = actor(Role.CASEWORKER, InstitutionFactory.create(rav=True))
    with django_assert_num_queries(0):
        assert prefill.first_answers(QueryDict(""), rav) == {}


def test_without_login_the_way_into_the_antrag_leads_through_it_and_loses_nothing(canton):
    link = antrag_link(START + "SH-RAV&leistung=ale&voraussetzung=alle")

    answer = Client().get(link)

    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [link]


def test_whoever_acts_for_another_office_is_told_who_writes_the_antrag(canton, client_of):
    rav = actor(Role.CASEWORKER, InstitutionFactory.create(rav=True, name="RAV Seeblick"))
    address = START + "SH-RAV&leistung=ale&voraussetzung=alle"

    assert antrag_link(address, client_of(rav)) == ""
    assert "Sie handeln für RAV Seeblick. Diesen Antrag schreibt: Sozialdienst oder SoBZ." in told(
        address, client_of(rav)
    )
    reader = actor(Role.READ_ONLY, InstitutionFactory.create())
    assert "Ihre Rolle erlaubt das nicht." in told(address, client_of(reader))


def test_the_wegweiser_is_offered_at_the_start_in_the_navigation_and_in_the_foot(canton, client_of):
    page = Client().get("/").content.decode()

    assert page.count('href="/wegweiser/"') == 3
    nora = actor(Role.CASEWORKER, InstitutionFactory.create())
    for address in ("/faelle/", "/pendenzen/"):
        assert client_of(nora).get(address).content.decode().count('href="/wegweiser/"') == 3, (
            "also beside Neuer Antrag"
        )
