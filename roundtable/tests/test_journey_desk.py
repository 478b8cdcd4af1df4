"""From the start page over the form and the mailbox to the coordination office, on a phone (RT-02, UX-01)."""

from __future__ import annotations

import re

import pytest
from django.core import mail as locmem

from iiz.core import delivery
from iiz.core.tests.factories import coordinator
from iiz.tests.browsing import follow, head, no_faults, press
from roundtable.forms import enquiry

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sister_asks_confirms_and_is_answered(browse_as, monkeypatch):
    karin = coordinator()
    page = browse_as(None, width=320)
    page.goto("/")
    no_faults(page)
    page.goto("/merkblatt/")
    no_faults(page)
    page.goto("/")
    follow(page, "Fall anmelden", within=page.locator("main"))
    no_faults(page)

    page.get_by_label("Einen Fall anmelden").check()
    page.get_by_label("Ich schreibe für jemanden, der mir nahesteht").check()
    assert not page.get_by_label("Ihre Institution").is_visible()
    page.get_by_label("Worum geht es?").fill("Mein Bruder hat mit drei Stellen zu tun.")
    page.get_by_label("Ihr Name").fill("Eva Test")
    page.get_by_label("Ihre E-Mail").fill("eva@test.example")
    press(page, "Senden")
    assert "Bitte sagen Sie, ob die Person" in head(page)
    no_faults(page)
    page.get_by_label("Ja, sie weiss davon").check()
    page.get_by_label("Name der betroffenen Person").fill("Reto Test")
    monkeypatch.setattr(enquiry, "LEAST", 0)
    press(page, "Senden")
    assert head(page).startswith("Noch ein Schritt")
    no_faults(page)

    delivery.deliver()
    page.goto(re.search(r"http://testserver(\S+)", locmem.outbox[-1].body)[1])
    no_faults(page)
    press(page, "Ja, bestätigen")
    assert "ist angekommen" in head(page)
    no_faults(page)

    office = browse_as(karin)
    office.goto("/koordination/")
    follow(office, re.compile("Anfragen"), within=office.get_by_role("navigation"))
    no_faults(office)
    follow(office, "Lesen und entscheiden")
    assert "Reto Test" in head(office)
    no_faults(office)
    follow(office, "Antworten")
    no_faults(office)
    office.get_by_label("Antwort").fill("Gern. Wir rufen Sie an.")
    press(office, "Antwort senden")
    assert "Keine Anfrage wartet." in head(office)
    no_faults(office)
