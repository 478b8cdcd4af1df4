"""The whole way in a browser: filed, asked, answered, accepted, seen (product: principles 1 to 4)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from iiz.core.enums import Role
from iiz.core.models import BenefitSnapshot, Case, Jurisdiction, RoutingRule
from iiz.core.tests.factories import (
    ContactPersonFactory,
    InstitutionFactory,
    MunicipalityFactory,
    UserFactory,
    actor,
    coordinator,
    join,
)
from iiz.tests.browsing import PATIENCE, arriving, follow, head, no_faults, press
from optima import seed

from . import factories as make
from .keyboard import AHV

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = dt.date(2020, 1, 1)
BENEFITS = BenefitSnapshot.QUESTIONS


@pytest.fixture
def canton():
    """A Sozialdienst with Nora, an IV office with its contact Jan and the adviser Ada, and the rules of the day."""
    service = InstitutionFactory.create(name="Sozialdienst Musterwil")
    iv = InstitutionFactory.create(iv=True, name="IV-Stelle Seekanton")
    rav = InstitutionFactory.create(rav=True, name="RAV Seeblick")
    place = MunicipalityFactory.create(name="Musterwil")
    RoutingRule.objects.create(group="IV", mode="central", target=iv, valid_from=LONG_AGO)
    RoutingRule.objects.create(group="RAV", mode="municipality", valid_from=LONG_AGO)
    Jurisdiction.objects.create(municipality=place, institution=rav, group="RAV", valid_from=LONG_AGO)
    ContactPersonFactory.create(institution=iv, name="Jan Frei", phone="041 555 30 30")
    make.AdmissionCriterionFactory.create(text="Die Person will und kann arbeiten.")
    make.FallpauschaleFactory.create()
    ada = join(UserFactory.create(first_name="Ada", last_name="Rat", phone="041 555 30 31"), iv, Role.CASEWORKER)
    return {"nora": make.nora(service), "jan": make.jan(iv), "ada": ada, "rav": rav}


def fill_in(page):
    """What somebody types for a person not known yet."""
    page.get_by_label("Vorname").fill("Lena")
    page.get_by_label("Name", exact=True).fill("Beispiel")
    page.get_by_label("Geburtsdatum (TT.MM.JJJJ)").fill("14.3.1988")
    page.locator("#id_ahv_number").fill(AHV)
    page.get_by_label("IV-Stelle", exact=True).check()
    page.get_by_text("Rufen Sie zuerst an").wait_for()
    for name in BENEFITS:
        answer = "yes" if name in ("social_counselling", "wsh") else "no"
        page.locator(f"#leistungen [name={name}][value={answer}]").check()
    page.get_by_label("kein Verfahren").check()
    page.locator("#id_goals-0-text").fill("Befristete Anstellung im Verkauf")
    page.locator("#id_goals-0-expected_result").fill("Unterschriebener Arbeitsvertrag")
    page.get_by_label("Ausgangslage").fill("Seit zwei Jahren ohne Stelle.")
    page.get_by_label("Zweite Kontaktperson bei Ihnen").fill("Vera Amrein, 041 555 10 11")
    page.locator("#id_agreed_on").fill("20.11.2025")


def test_from_the_empty_page_to_the_adviser(canton, browse_as):
    nora = browse_as(canton["nora"])
    nora.goto("/optima/antrag/neu/")
    no_faults(nora)
    fill_in(nora)
    expect(nora.get_by_label("Stelle", exact=True)).to_have_value("IV-Stelle Seekanton")
    for words in ("041 555 30 30", "CHF\u00a0300.00"):
        expect(nora.locator("#stelle")).to_contain_text(words)
    checklist = nora.locator("#voraussetzungen")
    expect(checklist).to_contain_text("Die Person will und kann arbeiten.")
    checklist.get_by_label("trifft zu", exact=True).check()
    expect(nora.get_by_text("Gespeichert um")).to_be_visible()
    expect(nora.get_by_text("Der Antrag ist vollständig.")).to_be_visible()
    case = Case.objects.get()
    expect(nora).to_have_url(re.compile(f"/optima/antrag/{case.number}/$"))
    no_faults(nora)
    press(nora, "Antrag einreichen")
    expect(nora.get_by_text("Der Antrag ist eingereicht.")).to_be_visible()
    no_faults(nora)

    jan = browse_as(canton["jan"], width=390)
    jan.goto("/pendenzen/")
    follow(jan, re.compile("Ansehen und entscheiden"))
    follow(jan, re.compile("Rückfrage stellen"))
    jan.get_by_label("Ihre Frage").fill("Welche Ausbildung liegt vor?")
    press(jan, "Frage senden")
    expect(jan.get_by_text("Die Frage ist gestellt.")).to_be_visible()

    nora.goto("/pendenzen/")
    follow(nora, re.compile("^Antworten"))
    follow(nora, re.compile("Rückfrage beantworten"))
    expect(nora.locator("blockquote")).to_contain_text("Welche Ausbildung liegt vor?")
    no_faults(nora)
    nora.get_by_label(re.compile("Ihre Antwort")).fill("Lehre im Detailhandel.")
    press(nora, "Antwort senden")
    expect(nora.get_by_text("Die Antwort ist gesendet.")).to_be_visible()

    jan.goto(case.get_absolute_url())
    assert "Lehre im Detailhandel." in head(jan)
    follow(jan, re.compile("Annehmen"))
    jan.get_by_label("Wer betreut den Fall?").select_option(label="Ada Rat")
    press(jan, "Annehmen")
    expect(jan.get_by_text("Der Antrag ist angenommen.")).to_be_visible()
    no_faults(jan)

    nora.goto(case.get_absolute_url())
    told = head(nora)
    assert "Nächster Schritt bei Ihnen: Übergabegespräch vereinbaren" in told
    assert "041 555 30 31" in told
    no_faults(nora)

    ada = browse_as(canton["ada"])
    ada.goto("/faelle/")
    assert case.number in head(ada)


def test_the_rules_speak_while_one_writes_and_an_answer_outlives_a_change_of_mind(canton, browse_as):
    seed.rules()
    page = browse_as(canton["nora"])
    page.goto("/optima/antrag/neu/")
    page.get_by_label("IV-Stelle", exact=True).check()
    said, reason = page.locator("#regeln"), page.get_by_label("Weshalb soll es trotzdem möglich sein?")
    will = page.get_by_role("group", name="Will und kann arbeiten").get_by_label("trifft zu", exact=True)
    will.check()
    expect(reason).to_be_hidden()

    page.get_by_label("Letzte Ablehnung der IV am").fill(f"{dt.date.today() - dt.timedelta(days=30):%d.%m.%Y}")
    said.locator(".answer").get_by_text("Möglich ab").wait_for()
    reason.fill("Neu operiert.")

    page.get_by_label("RAV", exact=True).check()
    page.get_by_role("heading", name="Was das RAV voraussetzt").wait_for()
    page.get_by_label("IV-Stelle", exact=True).check()
    page.get_by_role("heading", name="Was die IV-Stelle voraussetzt").wait_for()
    expect(will).to_be_checked()
    expect(reason).to_have_value("Neu operiert.")
    no_faults(page)


def test_a_known_person_is_found_and_taken_over(canton, browse_as):
    make.submitted(canton["nora"], canton["rav"], first_name="Mira", last_name="Muster")
    page = browse_as(canton["nora"])
    page.goto("/optima/antrag/neu/")
    page.get_by_label("Name, Geburtsdatum oder AHV-Nummer").fill("mira")
    page.get_by_role("button", name="Suchen").click()
    press(page, re.compile("Übernehmen"))

    expect(page).to_have_url(re.compile("/optima/antrag/O-"))
    expect(page.get_by_label("Vorname")).to_have_value("Mira")
    expect(page.locator("#id_ahv_number")).to_have_value(re.compile(r"^756\."))


def test_goals_are_added_in_place_and_nothing_typed_is_lost(canton, browse_as):
    page = browse_as(canton["nora"])
    page.goto("/optima/antrag/neu/")
    page.get_by_label("Vorname").fill("Lena")
    page.locator("#id_goals-0-text").fill("Erstes Ziel")
    page.get_by_role("button", name="Weiteres Ziel").click()
    page.locator("#id_goals-1-text:focus").fill("Zweites Ziel")
    page.get_by_role("button", name="Weiteres Ziel").click()
    page.locator("#id_goals-2-text").wait_for()
    page.get_by_role("button", name="Ziel 1 entfernen").click()
    page.locator("#id_goals-2-text").wait_for(state="detached")
    page.locator("#ziele-titel:focus").wait_for()

    expect(page.locator("#id_goals-0-text")).to_have_value("Zweites Ziel")
    expect(page.get_by_label("Vorname")).to_have_value("Lena")
    with arriving(page):
        page.get_by_role("button", name="Entwurf speichern").last.click()
    expect(page).to_have_url(re.compile("#abschluss$"))
    assert Case.objects.count() == 1


def held(page, number):
    """Holds the first ``number`` answers about an office back; later ones pass. Gives the list they wait in."""
    waiting = []

    def handle(route):
        if len(waiting) == number:
            route.continue_()
        else:
            waiting.append((route, route.fetch()))

    page.route("**/antrag/stelle/", handle)
    return waiting


def arrived(page, waiting, count):
    """Wait until so many answers are held back, however busy the machine is."""
    for _ in range(PATIENCE // 100):
        if len(waiting) >= count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{len(waiting)} of {count} answers came")


def test_a_late_answer_never_replaces_a_newer_choice(canton, browse_as):
    page = browse_as(canton["nora"])
    page.goto("/optima/antrag/neu/")
    waiting = held(page, 2)
    page.get_by_label("Wohngemeinde").select_option(label="Musterwil")
    page.get_by_label("Haben Sie schon mit der Stelle gesprochen?").fill("Telefon am Montag")
    arrived(page, waiting, 1)
    page.get_by_label("RAV", exact=True).check()
    arrived(page, waiting, 2)
    for route, answer in waiting:
        route.fulfill(response=answer)
        page.wait_for_timeout(300)  # in which the page could do wrong

    expect(page.get_by_label("Stelle", exact=True)).to_have_value("RAV Seeblick")
    expect(page.get_by_label("RAV", exact=True)).to_be_checked()
    expect(page.get_by_label("Haben Sie schon mit der Stelle gesprochen?")).to_have_value("Telefon am Montag")


def test_a_late_answer_leaves_alone_what_is_being_typed(canton, browse_as):
    page = browse_as(canton["nora"])
    page.goto("/optima/antrag/neu/")
    waiting = held(page, 1)
    page.get_by_label("IV-Stelle", exact=True).check()
    office = page.get_by_label("Stelle", exact=True)
    office.press_sequentially("RAV See")
    arrived(page, waiting, 1)
    ((route, answer),) = waiting
    route.fulfill(response=answer)
    page.wait_for_timeout(300)  # in which the page could do wrong
    office.press_sequentially("blick")
    office.blur()

    expect(page.get_by_label("RAV", exact=True)).to_be_checked()
    expect(office).to_have_value("RAV Seeblick")


def test_a_running_antrag_is_one_click_away_and_the_refused_one_keeps_its_address(canton, browse_as):
    running = make.submitted(canton["nora"], canton["jan"].institution, ahv_number=AHV)
    page = browse_as(canton["nora"])
    page.goto("/optima/antrag/neu/")
    fill_in(page)
    press(page, "Antrag einreichen")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_visible()

    draft = Case.objects.get(phase="draft")
    expect(page).to_have_url(re.compile(f"/optima/antrag/{draft.number}/"))
    no_faults(page)
    follow(page, re.compile(running.number), within=summary)
    expect(page).to_have_url(re.compile(f"{running.get_absolute_url()}$"))


def test_too_much_text_is_counted_and_not_cut(canton, browse_as):
    page = browse_as(canton["nora"])
    page.goto("/optima/antrag/neu/")
    page.get_by_label("Ausgangslage").fill("x" * 5_200)

    expect(page.get_by_text("200 Zeichen zu viel")).to_be_visible()
    expect(page.get_by_label("Ausgangslage")).to_have_value("x" * 5_200)


def test_the_page_works_without_script(canton, browse_as):
    page = browse_as(canton["nora"], script=False)
    page.goto("/optima/antrag/neu/")
    page.get_by_label("Vorname").fill("Lena")
    page.get_by_label("IV-Stelle", exact=True).check()
    press(page, re.compile("Zuständige Stelle vorschlagen"))

    expect(page.get_by_label("Stelle", exact=True)).to_have_value("IV-Stelle Seekanton")
    expect(page.locator("#stelle")).to_contain_text("Rufen Sie zuerst an")
    press(page, re.compile("Weiteres Ziel"))
    expect(page.locator("#id_goals-1-text")).to_have_count(1)
    expect(page.get_by_label("Vorname")).to_have_value("Lena")
    press(page, "Antrag einreichen")
    expect(page.locator("[data-error-summary]")).to_have_count(1)
    expect(page).to_have_url(re.compile(f"/optima/antrag/{Case.objects.get().number}/"))


def test_every_page_has_no_fault_and_fits_the_narrowest_screen(canton, browse_as):
    width = 320
    nora, jan = canton["nora"], canton["jan"]
    draft = make.draft(nora, first_name="Ella", contractor=jan.institution.name, contractor_group="IV")
    accepted = make.accepted(make.submitted(nora, jan.institution))
    waiting = make.answered(make.submitted(nora, jan.institution))
    withdrawn = make.consent_withdrawn(make.submitted(nora, jan.institution))
    reader = actor(Role.READ_ONLY, nora.institution)
    visits = [
        (nora, f"/optima/antrag/{draft.number}/"),
        (nora, f"/optima/antrag/{draft.number}/verwerfen/"),
        (reader, f"/optima/antrag/{draft.number}/"),
        (nora, f"/optima/antrag/{accepted.number}/text/"),
        (nora, accepted.get_absolute_url()),
        (jan, waiting.get_absolute_url()),
        (jan, f"{waiting.get_absolute_url()}aktion/accept/"),
        (jan, f"{waiting.get_absolute_url()}aktion/refuse/"),
        (jan, withdrawn.get_absolute_url()),
        (coordinator(), withdrawn.get_absolute_url()),
    ]
    for somebody, url in visits:
        page = browse_as(somebody, width=width)
        assert page.goto(url).status == 200, url
        no_faults(page)
        page.context.close()
