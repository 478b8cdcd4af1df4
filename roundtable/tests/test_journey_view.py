"""The mother gives her view on a small telephone: three clicks from the mail to the form, without a script (RT-09)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from iiz.tests.browsing import head, no_faults, press
from roundtable.tests import playing as play
from roundtable.tests.test_journey_guest import MARIA, from_the_mail, no_faults_without_script

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_mother_gives_her_view_on_a_small_telephone(browse_as: Any) -> None:
    case = play.asked(play.with_mother(email=MARIA))
    page = browse_as(width=320, height=640, script=False)
    from_the_mail(page, "Ihre Sicht ist gefragt")  # the link, «Code senden», «Öffnen»: three clicks
    no_faults_without_script(page)
    expect(page.get_by_label("Wie geht es heute?").first).to_be_visible()
    page.get_by_label("Was klappt gut, was hilft?").first.fill("Sie kocht wieder gern.")
    press(page, "Zwischenspeichern")
    assert "Noch liest es niemand." in head(page)

    page.get_by_text("Wohnen", exact=True).click()
    page.locator("#wohnen").get_by_label("Was ist schwierig?").fill("Die Wohnung ist laut.")
    press(page, "Sicht abgeben")

    assert "Danke, Ihre Sicht ist" in head(page)
    view = play.view_of(case, "Maria Probe")
    said = {row.area.code: (row.resources, row.difficulties) for row in view.areas.all()}
    assert said == {"arbeit": ("Sie kocht wieder gern.", ""), "wohnen": ("", "Die Wohnung ist laut.")}


def test_with_a_script_it_is_saved_as_she_types(browse_as: Any) -> None:
    case = play.asked(play.with_mother(email=MARIA))
    page = browse_as(width=320, height=640)
    from_the_mail(page, "Ihre Sicht ist gefragt")
    no_faults(page)
    page.get_by_label("Wie geht es heute?").first.fill("Müde.")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Gespeichert um")
    assert play.view_of(case, "Maria Probe").draft["arbeit-state"] == "Müde."
