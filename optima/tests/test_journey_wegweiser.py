"""From nobody on the start page to a prefilled Antrag, in a browser, by mouse and by keyboard (UX-08, principle 6)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from iiz.core import registry
from iiz.core.enums import Role
from iiz.core.tests.factories import PASSWORD, InstitutionFactory, actor
from iiz.tests.browsing import arriving, follow, no_faults, press

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nora():
    """A caseworker of a social service, under the rules as shipped."""
    for seed in registry.seeds:
        seed()
    return actor(Role.CASEWORKER, InstitutionFactory.create(name="Sozialdienst Musterwil"))


def test_nobody_finds_the_way_logs_in_and_writes_on_in_the_antrag(nora, browse_as):
    page = browse_as(None, width=390)
    page.goto("/")
    follow(page, "Weg finden")
    no_faults(page)
    follow(page, re.compile("Eine andere Stelle soll für einige Monate führen"))
    no_faults(page)
    mine = page.get_by_role("region", name="Sie arbeiten bei einem Sozialdienst oder SoBZ")
    follow(page, re.compile("Das RAV"), within=mine)
    no_faults(page)

    press(page, "Weiter")
    expect(page.get_by_role("alert")).to_have_text(re.compile("^\\s*Kreuzen Sie an, was zutrifft"))
    no_faults(page)
    page.get_by_label("Bezieht Arbeitslosenentschädigung").check()
    press(page, "Weiter")
    no_faults(page)

    follow(page, re.compile("Das fehlt Arbeitsberechtigt"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Optima ist hier nicht möglich")
    no_faults(page)
    page.go_back()
    follow(page, re.compile("Ja, alles trifft zu"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Optima ist möglich")
    no_faults(page)
    page.reload()
    expect(page.locator("main")).to_contain_text("Mit ALE und Sozialhilfe")

    follow(page, re.compile("ändern Heute"))
    expect(page.get_by_label("Bezieht Arbeitslosenentschädigung")).to_be_checked()
    press(page, "Weiter")

    follow(page, re.compile("Antrag schreiben"))
    page.fill("input[name=login]", nora.user.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/optima/antrag/neu/?contractor_group=RAV&iv_procedure=none&ale=yes&*")
    expect(page.locator("[name=contractor_group][value=RAV]")).to_be_checked()
    expect(page.locator("[name=ale][value=yes]")).to_be_checked()
    expect(page.locator("[name=iv_procedure][value=none]")).to_be_checked()
    expect(page.locator("[name^=criterion-][value=yes]:checked")).to_have_count(4)


def test_by_keyboard_alone_and_without_a_script(nora, browse_as):
    page = browse_as(script=False)
    page.goto("/wegweiser/?weg=fuehrung&paar=IV-RAV")
    page.locator("[name=leistung]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/wegweiser/?weg=fuehrung&paar=IV-RAV&leistung=ale")
    page.get_by_role("button", name="Nichts davon, das Verfahren ist abgeschlossen").focus()
    with arriving(page):
        page.keyboard.press("Enter")
    page.get_by_role("link", name="Ja, alles trifft zu").focus()
    with arriving(page):
        page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("B · IV-Verfahren abgeschlossen, mit ALE")
