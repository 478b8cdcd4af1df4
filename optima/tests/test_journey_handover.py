"""A whole case from the acceptance to its correction, walked by seven people on the days on which it happens."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from iiz.core import audit, workflow
from iiz.core.enums import Role
from iiz.core.models import Case
from iiz.core.tests.factories import InstitutionFactory, UserFactory, actor, coordinator, join
from iiz.tests.browsing import follow, head, no_faults, press
from optima.models import ClosingDetail

from . import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    """Nora, her contact Silvan and a reader at a Sozialdienst, Jan and Ada at the IV, the coordinator, a stranger."""
    service = InstitutionFactory.create(name="Sozialdienst Musterwil")
    iv = InstitutionFactory.create(iv=True, name="IV-Stelle Seekanton")
    make.closing_reason("ziel_erreicht", label="Ziel erreicht", party="contractor")
    ClosingDetail.objects.create(kind="cause", code="x", label="Mitwirkung fehlt", valid_from=make.LONG_AGO)
    return {
        "nora": make.nora(service),
        "silvan": actor(Role.CONTACT, service, first_name="Silvan", last_name="Graf"),
        "reader": actor(Role.READ_ONLY, service, first_name="Lea", last_name="Leser"),
        "jan": make.jan(iv),
        "ada": join(UserFactory.create(first_name="Ada", last_name="Rat"), iv, Role.CASEWORKER),
        "kora": coordinator(first_name="Kora", last_name="Ordner"),
        "stranger": make.fremde(),
    }


def test_a_whole_case_walked_by_seven_people(people, browse_as, time_machine):
    open_pages = {}

    def at(day, month, hour=9):
        open_pages.clear()  # a session ends after some hours
        time_machine.move_to(dt.datetime(2027, month, day, hour, tzinfo=dt.UTC))

    def as_(name, path=""):
        page = open_pages[name] = open_pages.get(name) or browse_as(people[name])
        page.goto(f"{url}{path}")
        return page

    at(11, 1)
    case = make.submitted(people["nora"], people["jan"].institution)
    url = case.get_absolute_url()

    # The contractor's contact accepts and names the adviser; the principal plans, is declined, and moves.
    page = as_("jan", "aktion/accept/")
    page.get_by_label("Wer betreut den Fall?").select_option(str(people["ada"].user.pk))
    press(page, "Annehmen")
    page = as_("nora")
    follow(page, "Übergabegespräch vereinbaren")
    assert "Ada Rat" in head(page)
    page.get_by_label("Datum").fill("18.1.2027")
    page.get_by_label("Beginn").fill("0930")
    page.get_by_label("Ort", exact=True).fill("Sozialdienst, Zimmer 3")
    page.get_by_label("weiss Bescheid").check()
    press(page, "Einladen")
    page = as_("ada")
    assert "Zum Übergabegespräch zu- oder absagen" in head(page)
    follow(page, "Auf Einladung antworten")
    page.get_by_label("Ich kann nicht").check()
    page.get_by_label("Bemerkung").fill("Mittwoch ginge")
    press(page, "Antwort senden")
    page = as_("nora", "aktion/move_meeting/")
    page.get_by_label("Datum").fill("20.1.2027")
    press(page, "Verschieben")
    page = as_("ada", "aktion/reply_meeting/")
    assert "20. Januar 2027" in head(page)
    page.get_by_label("Ich nehme teil").check()
    press(page, "Antwort senden")

    # At the table: the principal's person is ill, her contact person agrees in the portal on the next day.
    at(20, 1, 15)
    page = as_("ada")
    follow(page, "Übergabegespräch festhalten")
    no_faults(page)
    page.get_by_label("Nora Keller, Sozialdienst Musterwil").first.uncheck()
    page.get_by_label("Beginn der Fallarbeit").fill("1.2.2027")
    page.get_by_label("Geplante Massnahmen").fill("Bewerbungstraining")
    page.locator("[name=statement][value=yes]").check()
    page.get_by_label("Nächster Termin").fill("19.4.2027")
    page.get_by_label("Uhrzeit").fill("14")
    for seat, tick in (("client", "yes"), ("principal", "open"), ("contractor", "yes")):
        page.locator(f"[name=agreed_{seat}][value={tick}]").check()
    press(page, "Festhalten")
    at(21, 1)
    page = as_("silvan")
    follow(page, "Notiz lesen und antworten")
    assert "Bewerbungstraining" in head(page)
    page.get_by_label("Ja, so haben wir es besprochen").check()
    press(page, "Antwort festhalten")
    assert "Die Fallarbeit beginnt am 01.02.2027 von selbst" in head(page)
    assert "Fallführung\nSozialdienst Musterwil" in head(page)

    # On the agreed day the lead passes on by itself. The principal has nothing to do, but may ask for a meeting.
    at(1, 2, 6)
    assert workflow.catch_up(timezone.now()) == 1
    page = as_("nora")
    assert "Fallführung\nIV-Stelle Seekanton, Ada Rat" in head(page)
    assert "Standortgespräch am 19.04.2027" in head(page)
    assert "Sie müssen jetzt nichts tun" in head(page)
    no_faults(page)
    follow(page, "Zusätzliches Gespräch wünschen")
    page.get_by_label("Wichtiger Grund").fill("Die Wohnung ist gekündigt")
    press(page, "Wunsch senden")
    page = as_("ada", "aktion/decline_meeting/")
    assert "Die Wohnung ist gekündigt" in head(page)
    page.get_by_label("Ihre Antwort").fill("Die Wohnberatung ist eingeschaltet")
    press(page, "Antwort senden")

    # Who only reads sees it all and no button; a stranger with cases of her own finds nothing.
    page = as_("reader")
    assert "Die Wohnberatung ist eingeschaltet" in head(page)
    assert page.locator("main .next-step .btn, main .offers .btn").count() == 0
    assert browse_as(people["stranger"]).goto(url).status == 404

    # Twice at the table: on with three months more, then the end.
    at(19, 4, 14)
    page = as_("ada")
    follow(page, "Standortgespräch festhalten")
    page.get_by_label("Was wurde getan").fill("Zwei Einsätze")
    expect(page.get_by_label("Ziel erreicht")).to_be_hidden()
    page.get_by_label("Die Fallarbeit geht weiter").check()
    page.get_by_label("Weitere Massnahmen").fill("Schnuppern")
    page.get_by_label("Nächster Termin").fill("19.7.2027")
    page.get_by_label("Uhrzeit").fill("14 Uhr")
    page.get_by_label("Um wie viele Monate").fill("3")
    press(page, "Festhalten")
    assert "01.11.2027" in head(page)
    at(19, 7, 14)
    page = as_("ada", "aktion/hold_standortgespraech/")
    page.get_by_label("Was wurde getan").fill("Vertrag unterschrieben")
    page.get_by_label("Die Fallarbeit wird abgeschlossen").check()
    no_faults(page)
    page.get_by_label("Ziel erreicht").check()
    page.get_by_label("Auftrag erfolgreich umgesetzt").check()
    page.get_by_label("Übergebene Unterlagen").fill("Arbeitsvertrag")
    press(page, "Festhalten")
    page = as_("nora")
    assert "Abgeschlossen" in head(page)
    follow(page, "Wiederaufnahme bestätigen")
    press(page, "Bestätigen")

    # The coordination office puts a wrong entry right; both sides read what and why.
    at(2, 8)
    page = as_("kora", "aktion/correct/")
    page.get_by_label("Grund der Berichtigung").fill("Nur zur Hälfte erreicht")
    page.get_by_label("Auftrag teilweise umgesetzt").check()
    page.get_by_label("Mitwirkung fehlt").check()
    press(page, "Berichtigen")
    assert "Auftrag teilweise umgesetzt statt Auftrag erfolgreich umgesetzt" in head(as_("nora", "verlauf/"))
    page = as_("ada", "verlauf/")
    assert "Nur zur Hälfte erreicht" in head(page)
    assert "Das Portal hat den Beginn der Fallarbeit festgehalten" in head(page)

    stored = Case.objects.get(pk=case.pk)
    assert (stored.state, stored.lead_institution) == ("closed", people["nora"].institution)
    assert stored.antrag.started_on == dt.date(2027, 2, 1)
    assert stored.ended_on == dt.date(2027, 7, 19)
    assert stored.antrag.outcome == "teilweise"
    assert list(audit.verify()) == []
