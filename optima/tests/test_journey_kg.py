"""A Kostengutsprache from the form to the payment, in the browser, as the people who meet over it."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from iiz.core.enums import Role
from iiz.core.tests.factories import PASSWORD
from iiz.tests.browsing import arriving, follow, head, no_faults, press
from optima.models import Kostengutsprache, ProviderInvoice
from optima.tests import beside, promises
from optima.tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def first_of(page):
    """The button of the first row that waits."""
    with arriving(page):
        page.locator(".todo a.btn").first.click()


def test_from_the_form_to_the_payment(browse_as, tmp_path):
    case = beside.to_rav()
    office = case.antrag.principal
    signatory = promises.signing(promises.signatory(office, limit=2000))
    assert signatory.roles == {Role.SIGNATORY}
    promises.tariff(email="kurse@lernwerk.example")
    today = timezone.localdate()
    scan = tmp_path / "rechnung.pdf"
    scan.write_bytes(promises.PDF)

    # The adviser fills in the form; the cost follows while she types.
    adviser = browse_as(make.adviser_of(case))
    adviser.goto(reverse("core:case_tab", args=[case.number, "kostengutsprachen"]))
    follow(adviser, "Kostengutsprache beantragen")
    no_faults(adviser)
    adviser.get_by_label("Massnahme", exact=True).select_option(label="Bewerbungstraining, CHF\u00a095.00 pro Tag")
    adviser.get_by_label("Anzahl Tage").press_sequentially("12")
    adviser.locator("#ergebnis b", has_text="1'140.00").wait_for()
    adviser.get_by_label("Dauer von").fill(f"{today + 14 * beside.DAY:%d.%m.%Y}")
    press(adviser, "Beantragen")
    assert "An welchem Tag endet die Massnahme?" in head(adviser)
    adviser.get_by_label("Dauer bis").fill(f"{today + 44 * beside.DAY:%d.%m.%Y}")
    press(adviser, "Beantragen")
    row = Kostengutsprache.objects.get()
    assert f"Kostengutsprache {row.number} ist beantragt." in head(adviser)
    no_faults(adviser)

    # It waits for whoever signs, who asks first and signs with the password.
    signing = browse_as(signatory)
    signing.goto("/pendenzen/")
    assert "Kostengutsprache entscheiden" in head(signing)
    first_of(signing)
    no_faults(signing)
    follow(signing, "Rückfrage stellen")
    signing.get_by_label("Ihre Frage").fill("Weshalb zwölf Tage?")
    press(signing, "Frage senden")
    adviser.goto(reverse("optima:kostengutsprache", args=[row.pk]))
    follow(adviser, "Rückfrage beantworten")
    assert "Weshalb zwölf Tage?" in head(adviser)
    adviser.get_by_label("Ihre Antwort").fill("So lange dauert der Kurs.")
    press(adviser, "Antwort senden")
    signing.goto(reverse("optima:kg_list"))
    no_faults(signing)
    first_of(signing)
    follow(signing, "Bewilligen")
    signing.get_by_label("Ihr Passwort").fill(PASSWORD)
    press(signing, "Bewilligen und unterschreiben")
    assert "Die Kostengutsprache ist unterschrieben." in head(signing)
    assert signatory.user.get_full_name() in head(signing)

    # Now it can be ordered, and the invoice that comes is forwarded.
    adviser.reload()
    follow(adviser, "Auftragsbestätigung senden")
    assert "kurse@lernwerk.example" in head(adviser)
    press(adviser, "Verbindlich bestellen")
    follow(adviser, "Rechnung weiterleiten")
    adviser.get_by_label("Rechnungsnummer").fill("R-7")
    adviser.get_by_label("Rechnungsdatum").fill(f"{today:%d.%m.%Y}")
    adviser.get_by_label("Betrag in CHF").fill("1'140.–")
    adviser.locator("input[type=file]").set_input_files(scan)
    press(adviser, "Weiterleiten")
    no_faults(adviser)

    # Whoever is in charge at the payer notes the payment.
    payer = browse_as(make.principal_of(case))
    payer.goto(reverse("optima:kostengutsprache", args=[row.pk]))
    follow(payer, "Zahlung festhalten")
    press(payer, "Zahlung festhalten")
    assert "bezahlt" in head(payer)
    assert promises.fresh(row).state == "paid"
    assert ProviderInvoice.objects.get().paid_on == today

    # A stranger finds nothing.
    assert browse_as(make.fremde()).goto(reverse("optima:kostengutsprache", args=[row.pk])).status == 404
