"""From nobody on the start page to a prefilled Antrag, in a browser, by mouse and by keyboard (UX-08, principle 6)."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from iiz.core import registry
from iiz.core.enums import Role
from iiz.core.tests.factories import PASSWORD, InstitutionFactory, actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nora():
    """A caseworker of a social service, under the rules as shipped."""
    for seed in registry.seeds:
        seed()
    return actor(Role.CASEWORKER, InstitutionFactory.create(name="Sozialdienst Musterwil"))


def no_faults(page):
    found = Axe().run(page).response["violations"]
    assert [f"{fault['id']}: {[node['target'] for node in fault['nodes']]}" for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_nobody_finds_the_way_logs_in_and_writes_on_in_the_antrag(nora, browse_as):
    page = browse_as(None, width=390)
    page.goto("/")
    page.get_by_role("link", name="Weg finden").click()
    no_faults(page)
    page.get_by_role("link", name="Eine andere Stelle soll für einige Monate führen").click()
    no_faults(page)
    page.get_by_role("region", name="Sie arbeiten bei einem Sozialdienst oder SoBZ").get_by_role(
        "link", name="Das RAV"
    ).click()
    no_faults(page)

    page.get_by_role("button", name="Weiter").click()
    assert page.get_by_role("alert").inner_text().startswith("Kreuzen Sie an, was zutrifft")
    no_faults(page)
    page.get_by_label("Bezieht Arbeitslosenentschädigung").check()
    page.get_by_role("button", name="Weiter").click()
    no_faults(page)

    page.get_by_role("link", name="Das fehlt Arbeitsberechtigt").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Optima ist hier nicht möglich"
    no_faults(page)
    page.go_back()
    page.get_by_role("link", name="Ja, alles trifft zu").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Optima ist möglich"
    no_faults(page)
    page.reload()
    assert "Mit ALE und Sozialhilfe" in page.inner_text("main")

    page.get_by_role("link", name="ändern Heute").click()
    assert page.get_by_label("Bezieht Arbeitslosenentschädigung").is_checked()
    page.get_by_role("button", name="Weiter").click()

    page.get_by_role("link", name="Antrag schreiben").click()
    page.fill("input[name=login]", nora.user.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/optima/antrag/neu/?contractor_group=RAV&iv_procedure=none&ale=yes&*")
    assert page.locator("[name=contractor_group][value=RAV]").is_checked()
    assert page.locator("[name=ale][value=yes]").is_checked()
    assert page.locator("[name=iv_procedure][value=none]").is_checked()
    assert page.locator("[name^=criterion-][value=yes]:checked").count() == 4


def test_by_keyboard_alone_and_without_a_script(nora, browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="de-CH")
    page = context.new_page()
    page.goto("/wegweiser/?weg=fuehrung&paar=IV-RAV")
    page.locator("[name=leistung]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/wegweiser/?weg=fuehrung&paar=IV-RAV&leistung=ale")
    page.get_by_role("button", name="Nichts davon, das Verfahren ist abgeschlossen").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ja, alles trifft zu").focus()
    page.keyboard.press("Enter")
    assert "B · IV-Verfahren abgeschlossen, mit ALE" in page.inner_text("main")
    context.close()
