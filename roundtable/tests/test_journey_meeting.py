"""The meeting in a real browser: no word is lost, whatever happens to network, login, browser or Vollmacht (RT-10)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from iiz.core.enums import Role
from iiz.core.models import Case
from iiz.core.tests.factories import actor
from iiz.tests.browsing import no_faults, press
from iiz.tests.fixtures import enter
from roundtable import minutes
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db(transaction=True)

GOAL = "Wieder eine Stelle von 50 Prozent"


def path(case: Case) -> str:
    return f"/roundtable/{case.number}/gespraech/"


def colleague() -> Any:
    """A second coordinator, who writes too."""
    office = play.koordination().institution
    return actor(Role.COORDINATOR, office, first_name="Mara", last_name="Steiner")


def with_goal(case: Case, text: str = "") -> Case:
    minutes.add_row(case.number, play.koordination(), "goal", {"text": text})
    return case


def goal(page: Any) -> Any:
    return page.get_by_label("Was soll erreicht werden?").first


def saved(page: Any) -> None:
    expect(page.locator("[data-state]")).to_contain_text("Gespeichert")


def stands(case: Case, name: str = "goal.1.text") -> str:
    return minutes.cells(case).get(name, "")


def test_a_meeting_is_written_by_keyboard_and_saved_as_one_types(browse_as: Any) -> None:
    case = play.asked(play.fixed(days=0))
    case = play.given(case, play.iris_of(case))
    page = browse_as(play.koordination())
    page.goto(path(case) + "?alles=1")
    no_faults(page)
    page.get_by_role("button", name="Ziel hinzufügen").press("Enter")
    expect(goal(page)).to_be_focused()
    page.keyboard.type(GOAL)
    saved(page)
    assert stands(case) == GOAL
    page.get_by_role("button", name="Schritt hinzufügen").click()
    page.get_by_label("Was ist zu tun?").fill("Arbeitsversuch")
    page.get_by_label("Bis wann?").fill("31.02.2027")
    expect(page.get_by_text("ist kein Datum")).to_be_visible()
    expect(page.get_by_label("Bis wann?")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Dient dem Ziel").select_option(label=f"1 · {GOAL}")
    saved(page)
    assert stands(case, "step.1.goal") == "1"
    page.get_by_role("button", name="Übernehmen").first.click()
    saved(page)
    assert stands(case, "area.arbeit.state").endswith(f"({play.iris_of(case).institution.name})")
    page.get_by_role("button", name=re.compile("Entfernen ?: Schritt 1")).click()
    expect(page.get_by_text("Schritt 1 ist entfernt.")).to_be_visible()
    saved(page)
    page.get_by_role("button", name=re.compile("Zurückholen ?: Schritt 1")).click()
    saved(page)
    assert (stands(case, "step.1.gone"), stands(case, "step.1.what")) == ("", "Arbeitsversuch")
    no_faults(page)


def test_the_cable_is_pulled_while_somebody_types(browse_as: Any) -> None:
    case = with_goal(play.fixed())
    page = browse_as(play.koordination())
    page.goto(path(case))
    page.context.set_offline(True)
    goal(page).fill(GOAL)
    expect(page.locator("[data-state]")).to_have_text("Kein Netz: wird im Gerät behalten")
    goal(page).press_sequentially(" bis Sommer")
    assert stands(case) == ""
    page.context.set_offline(False)
    saved(page)
    assert stands(case) == f"{GOAL} bis Sommer"
    assert page.evaluate("Object.keys(localStorage).filter((one) => one.startsWith('iiz-paper')).length") == 0


def test_the_browser_is_closed_without_a_network_and_opened_again(browse_as: Any) -> None:
    case = with_goal(play.fixed())
    page = browse_as(play.koordination())
    page.goto(path(case))
    page.context.set_offline(True)
    goal(page).fill(GOAL)
    expect(page.locator("[data-state]")).to_have_text("Kein Netz: wird im Gerät behalten")
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(path(case))
    expect(again.get_by_text("ist wieder da: Ziel 1, Was soll erreicht werden?")).to_be_visible()
    expect(goal(again)).to_have_value(GOAL)
    saved(again)
    assert stands(case) == GOAL


def test_words_are_not_kept_beside_somebody_else(browse_as: Any, live_server: Any) -> None:
    case = with_goal(play.fixed())
    page = browse_as(play.koordination())
    page.goto(path(case))
    page.context.set_offline(True)
    goal(page).fill(GOAL)
    expect(page.locator("[data-state]")).to_have_text("Kein Netz: wird im Gerät behalten")
    context = page.context
    page.close()
    context.set_offline(False)
    become(context, live_server.url, colleague())
    other = context.new_page()
    other.goto("/pendenzen/")
    assert other.evaluate("Object.keys(localStorage).filter((one) => one.startsWith('iiz-paper')).length") == 0


def become(context: Any, live: str, who: Any) -> None:
    """Somebody logs in in the same browser."""
    client = Client()
    enter(client, who)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.clear_cookies()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live}])


def test_the_login_ends_and_saving_goes_on_after_the_next_one(browse_as: Any, live_server: Any) -> None:
    case = with_goal(play.fixed())
    page = browse_as(play.koordination())
    page.goto(path(case))
    Session.objects.all().delete()
    goal(page).fill(GOAL)
    expect(page.get_by_text("Sie sind nicht mehr angemeldet. Schreiben Sie ruhig weiter")).to_be_visible()
    expect(page.get_by_role("link", name="In neuem Fenster anmelden")).to_be_visible()
    goal(page).press_sequentially(", halbtags")
    assert stands(case) == ""
    become(page.context, live_server.url, play.koordination())
    saved(page)
    expect(page.get_by_text("Sie sind nicht mehr angemeldet.")).to_be_hidden()
    assert stands(case) == f"{GOAL}, halbtags"


def test_somebody_else_logs_in_meanwhile(browse_as: Any, live_server: Any) -> None:
    case = with_goal(play.fixed())
    page = browse_as(play.koordination())
    page.goto(path(case))
    become(page.context, live_server.url, colleague())
    expect(page.get_by_text("ist jetzt jemand anderes angemeldet")).to_be_visible()
    expect(goal(page)).not_to_be_editable()


def test_two_people_write_in_different_fields(browse_as: Any) -> None:
    case = with_goal(with_goal(play.fixed()))
    one, two = browse_as(play.koordination()), browse_as(colleague())
    for page in (one, two):
        page.goto(path(case))
    goal(one).fill(GOAL)
    two.get_by_label("Was soll erreicht werden?").nth(1).fill("Ruhe zu Hause")
    expect(goal(two)).to_have_value(GOAL)
    expect(one.get_by_label("Was soll erreicht werden?").nth(1)).to_have_value("Ruhe zu Hause")
    expect(one.get_by_text("Es schreibt auch: Mara Steiner")).to_be_visible()
    expect(one.locator("[data-mark]:visible")).to_contain_text("Mara Steiner")
    two.get_by_role("button", name="Schritt hinzufügen").click()
    expect(one.get_by_label("Was ist zu tun?")).to_be_visible()


def test_two_people_write_in_one_field(browse_as: Any) -> None:
    case = with_goal(play.fixed(), "Petra sucht Arbeit")
    one, two = browse_as(play.koordination()), browse_as(colleague())
    for page in (one, two):
        page.goto(path(case))
    two.context.set_offline(True)
    goal(two).fill("Petra findet Arbeit")
    goal(one).fill("Petra wünscht Arbeit")
    saved(one)
    two.context.set_offline(False)
    expect(two.get_by_text("hat um")).to_be_visible()
    expect(two.locator(".clash blockquote")).to_have_text("Petra wünscht Arbeit")
    expect(two.locator("[data-state]")).to_contain_text("ein Feld wartet auf Sie")
    no_faults(two)
    assert stands(case) == "Petra wünscht Arbeit", "the first word stands until somebody decides"
    two.get_by_role("button", name="Beide behalten").click()
    saved(two)
    both = "Petra wünscht Arbeit\nPetra findet Arbeit"
    assert stands(case) == both
    goal(one).blur()
    expect(goal(one)).to_have_value(both)
    expect(one.get_by_role("link", name="Früherer Wortlaut").first).to_be_visible()
    one.get_by_role("link", name="Früherer Wortlaut").first.click()
    expect(one.locator("#frueher blockquote").first).to_be_visible()


def test_the_vollmacht_is_withdrawn_in_part_two(browse_as: Any) -> None:
    case = with_goal(play.fixed(days=0))
    page = browse_as(play.koordination())
    page.goto(path(case))
    page.context.set_offline(True)
    goal(page).fill(GOAL)
    play.withdrawn(case)
    page.context.set_offline(False)
    lost = page.locator("[data-lost]")
    expect(lost).to_contain_text("Die Vollmacht ist zurückgezogen")
    expect(lost.locator("dd")).to_have_text(GOAL)
    expect(goal(page)).not_to_be_editable()
    assert stands(case) == ""
    page.reload()
    expect(page.locator("[data-lost] dd")).to_have_text(GOAL)
    age = "for (const k of Object.keys(localStorage)) if (k.startsWith('iiz-paper')) localStorage.setItem(k,"
    page.evaluate(age + "JSON.stringify({...JSON.parse(localStorage.getItem(k)), stopped: Date.now() - 25 * 3600000}))")
    page.reload()
    expect(page.locator("[data-lost]")).to_be_hidden()


def test_without_a_script_the_page_is_one_form_also_on_a_small_telephone(browse_as: Any) -> None:
    case = play.fixed(days=0)
    page = browse_as(play.koordination(), width=320, height=640, script=False)
    page.goto(path(case))
    press(page, "Ziel hinzufügen")
    goal(page).fill(GOAL)
    press(page, "Speichern", within=page.locator("#abschluss"))
    assert stands(case) == GOAL


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_is_wider_than_the_screen(browse_as: Any, width: int) -> None:
    case = play.asked(play.with_mother(play.fixed(days=0)))
    case = play.given(case, play.iris_of(case))
    for part in ("income", "sick", "decision", "goal", "step"):
        minutes.add_row(case.number, play.koordination(), part, {"note": "Wort " * 30} if part == "step" else {})
    page = browse_as(play.koordination(), width=width)
    page.goto(path(case) + "?alles=1")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    no_faults(page)
