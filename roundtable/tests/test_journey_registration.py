"""A known person is registered in a browser: found, saved by itself, with the paper, in a few clicks (UX-01, RT-03)."""

import re

import pytest
from playwright.sync_api import expect

from iiz.core import clock
from iiz.core.models import Case
from iiz.core.tests.factories import InstitutionFactory
from iiz.tests.browsing import PATIENCE, follow, head, no_faults, press

from . import playing as play

pytestmark = pytest.mark.django_db(transaction=True)

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_a_known_person_is_registered(browse_as):
    nora = play.nora()
    InstitutionFactory.create(rav=True, name="RAV Seeblick")
    InstitutionFactory.create(iv=True, name="IV-Stelle Seekanton")
    known = play.not_started(play.registered(nora)).person
    page = browse_as(nora)

    page.goto("/roundtable/anmeldung/neu/")
    page.fill("#person_search", known.last_name)
    page.press("#person_search", "Enter")
    press(page, "Übernehmen")
    expect(page.get_by_label("Vorname")).to_have_value(known.first_name)
    for office in ("RAV Seeblick", "IV-Stelle Seekanton"):
        page.get_by_label("Weitere Stelle").fill(office)
        page.get_by_role("button", name="Stelle dazunehmen").click()
        expect(page.get_by_role("group", name=office)).to_be_visible(timeout=PATIENCE)
    ticked = page.get_by_role("group", name="IV-Stelle Seekanton").get_by_label("Gesundheit")
    expect(ticked).to_be_checked()
    page.get_by_label("Eine neue Vollmacht festhalten").check()
    page.locator("#id_signed_on").fill(f"{clock.today():%d.%m.%Y}")
    page.get_by_label("Weshalb braucht es einen Roundtable?").fill("Drei Stellen klären nebeneinander.")
    page.locator("#kriterien").get_by_label("Ja", exact=True).check()
    expect(page.locator("#gefunden")).to_contain_text("Ein Roundtable passt", timeout=PATIENCE)
    expect(page.locator("#stand")).to_contain_text("Scan", timeout=PATIENCE)
    no_faults(page)

    page.reload()
    expect(page.get_by_label("Weshalb braucht es einen Roundtable?")).to_have_value(re.compile("Drei Stellen"))
    page.set_input_files("#id_scan", {"name": "vollmacht.pdf", "mimeType": "application/pdf", "buffer": PDF})
    press(page, "Anmelden")

    assert "Der Fall ist angemeldet" in head(page)
    follow(page, "Vollmacht", page.get_by_role("navigation", name="Fall"))
    assert "vollmacht.pdf" in head(page)
    no_faults(page)
    assert Case.objects.get(state="registered").person == known
