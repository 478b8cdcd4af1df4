"""From what was typed at the table to the signed Handlungsplan, in the browser (RT-14, RT-15, RT-18)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail as locmem
from django.test import override_settings

from iiz.core.delivery import deliver
from iiz.core.tests.visiting import mailed_code
from iiz.tests.browsing import follow, head, no_faults, press
from roundtable.enums import PlanState, SignatureWay
from roundtable.models import Signature

from . import planning
from . import playing as play

pytestmark = pytest.mark.django_db(transaction=True)


def letter_to(address: str, subject: str, path: str) -> str:
    """The link in the newest mail of that subject."""
    with override_settings(BASE_URL=""):
        deliver()
    letter = [one for one in locmem.outbox if one.to == [address] and subject in one.subject][-1]
    found = re.search(path, str(letter.body))
    assert found
    return found[0]


def draw(page: Any) -> None:
    """Write into the field with the mouse."""
    box = page.locator("canvas").bounding_box()
    x, y = box["x"], box["y"]
    page.mouse.move(x + 40, y + 90)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x + 40 + 25 * step, y + (50 if step % 2 else 100), steps=4)
    page.mouse.up()


def test_from_the_paper_to_the_signed_plan(browse_as: Any) -> None:
    case = planning.typed(planning.with_mail(), steps=5)
    planning.offers(case)
    office, jan, nora = play.koordination(), play.jan_of(case), play.nora_of(case)

    page = browse_as(office)
    page.goto(f"/faelle/{case.number}/plan/")
    assert "Noch kein Handlungsplan." in head(page)
    no_faults(page)
    follow(page, "Zum Arbeitspapier", page.locator(".next-step"))
    no_faults(page)
    follow(page, "Entwurf zur Durchsicht senden")
    no_faults(page)
    press(page, "Entwurf senden")
    assert "Wer hat geantwortet?" in head(page)

    other = browse_as(jan, width=390, height=800)
    other.goto(letter_to(jan.user.email, "Entwurf zur Durchsicht", r"/roundtable/\S+"))
    no_faults(other)
    press(other, "Alle zusagen")
    assert "Ihre Antwort ist festgehalten" in head(other)

    third = browse_as(nora)
    third.goto(f"/roundtable/{case.number}/durchsicht/")
    for tick in third.get_by_label("Wir sagen zu", exact=True).all():
        tick.check()
    for tick in third.get_by_label("Anspruch ist geprüft und gegeben").all():
        tick.check()
    third.get_by_label("Korrektur 1: Stelle im Dokument").select_option("goal.1")
    third.get_by_label("Was stimmt nicht?").first.fill("Zuerst die Abklärung.")
    press(third, "Antwort senden")

    follow(page, "Handlungsplan", page.locator(".tabs"))
    follow(page, "Eine Korrektur")
    assert "Zuerst die Abklärung." in head(page)
    no_faults(page)
    page.get_by_label("nicht übernommen").check()
    page.get_by_label("Antwort", exact=True).fill("So am Gespräch beschlossen.")
    press(page, "Festhalten")
    follow(page, "Verabschieden und versenden")
    no_faults(page)
    press(page, "Verabschieden und versenden")
    plan = planning.plan_of(case)
    assert plan.state == PlanState.FINAL
    assert "noch nicht unterschrieben" in head(page)
    no_faults(page)

    follow(page, "Unterschrift festhalten", page.locator(".next-step"))
    no_faults(page)
    press(page, "Ich unterschreibe")
    assert "Es ist noch nichts gezeichnet" in head(page)
    draw(page)
    page.get_by_role("button", name="Löschen").click()
    draw(page)
    press(page, "Ich unterschreibe")
    assert "Die Unterschrift ist festgehalten." in head(page)
    assert Signature.objects.get(plan=plan).way == SignatureWay.DRAWN
    no_faults(page)


def test_the_client_signs_at_home_on_a_small_telephone(browse_as: Any) -> None:
    case = planning.finalised(planning.promised(planning.circulated(planning.typed(planning.with_mail(), steps=3))))
    page = browse_as(width=320, height=640)
    page.goto(letter_to(planning.LENA, "Der Handlungsplan ist da", r"/gast/\S+"))
    press(page, "Code senden")
    page.get_by_label("Code aus der E-Mail").fill(mailed_code())
    press(page, "Öffnen")
    assert "Das machen Sie" in head(page)
    no_faults(page)
    page.locator("canvas").scroll_into_view_if_needed()
    draw(page)
    press(page, "Ich unterschreibe")
    assert "Ihre Unterschrift ist angekommen" in head(page)
    assert Signature.objects.get(plan=planning.plan_of(case)).recorded_by is None
