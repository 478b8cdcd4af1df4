"""The letters of a Kostengutsprache: the published form, the order, their copies in the case (KG-03, KG-07, KG-09)."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from iiz.core.enums import Role
from iiz.core.models import AccessLogEntry, Document, TimeLimit
from iiz.core.templatetags.ui import ahv, archived, day
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator
from iiz.core.tests.uploads import PDF, upload
from optima.enums import TariffUnit
from optima.kostengutsprache import actions, letters
from optima.kostengutsprache import words as words_of
from optima.models import CopyTo, Kostengutsprache
from optima.tests import beside, promises
from optima.tests import factories as make

pytestmark = pytest.mark.django_db


def at(name, row):
    return reverse(f"optima:{name}", args=[row.pk])


def read(response):
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def words(reader):
    """What is printed, in one line and without hyphens at the ends of lines."""
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    return re.sub(r"(?<=[a-zäöü])- (?=[a-zäöü])", "", text)


def pdf_of(client_of, row, name="kg_pdf"):
    return read(client_of(make.adviser_of(row.case)).get(at(name, row)))


def on_list(label, **fields):
    return CopyTo.objects.create(group="RAV", label=label, valid_from=promises.LONG_AGO, **fields)


def with_address(case):
    person = case.person
    person.street, person.postcode, person.place, person.rav_number = "Dorfstrasse 12", "6020", "Musterwil", "AA0018"
    person.save()
    return case


# The published form -------------------------------------------------------------------------------------------------


def test_a_request_is_the_published_form_on_one_page_with_lines_to_sign(client_of):
    on_list("DLZ Arbeitsmarkt")
    row = promises.requested(with_address(beside.to_rav()))
    reader = pdf_of(client_of, row)
    text = words(reader)
    for part in (
        f"Mit vorliegender Kostengutsprache bestätigt {row.payer.name}, die untenstehenden Kosten gemäss der",
        "Nora Nötig",
        "Lena Beispiel",
        "Dorfstrasse 12",
        "AA0018",
        "Bewerbungstraining",
        "CHF 1'140.00 (12 Tage zu CHF 95.00)",
        "Lernwerk Muster",
        "Es werden keine zusätzlichen Spesen übernommen.",
        f"innerhalb von 10 Tagen, das heisst bis am {day(row.requested_on + dt.timedelta(days=10))}",
        f"an {row.requester.name} zu retournieren",
        "Vorname, Name Datum Unterschrift",
        "– Dossier – DLZ Arbeitsmarkt",
    ):
        assert part in text, part
    assert ahv(row.case.person.ahv_number) not in text
    assert len(reader.pages) == 1
    assert reader.metadata.title == f"Kostengutsprache {row.number}"


def test_a_signed_one_says_who_signed_when_how_and_under_which_words(client_of):
    row = promises.approved()
    text = words(pdf_of(client_of, row))
    back = f"bis am {day(row.requested_on + dt.timedelta(days=10))}"
    for part in (row.approval.signed_by, "im Portal, mit Passwort bestätigt", row.content_hash[:4], back):
        assert part in text
        assert part in letters.text(row)
    assert "Vorname, Name Datum" not in text


def test_an_extension_says_what_it_follows_and_that_nobody_has_signed_yet(client_of):
    first = promises.approved()
    text = letters.text(promises.requested(first.case, follows=first))
    assert f"Verlängert oder ändert: {first.number}" in text
    assert "noch nicht unterschrieben" in text
    refused = promises.refused()
    again = promises.drafted(refused.case, follows=refused)
    assert ("Neuer Antrag anstelle von", refused.number) in letters.rows(again)


def test_an_offer_has_no_price_list_and_what_is_counted_its_plural():
    offer = promises.tariff("Job-Coaching", unit=TariffUnit.OFFER)
    row = promises.drafted(tariff=offer, amount=Decimal(2400))
    assert ("Kosten gemäss Offerte", "CHF\u00a02'400.00") in letters.rows(row)
    hours = promises.tariff("Beratung", "120.00", TariffUnit.HOUR)
    assert [words_of.reckoning(hours, Decimal(n)) for n in (1, 8)] == [
        "1 Stunde zu CHF\u00a0120.00",
        "8 Stunden zu CHF\u00a0120.00",
    ]


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (promises.drafted, "Entwurf: noch nicht beantragt."),
        (promises.refused, "Der Kurs beginnt zu spät."),
        (promises.lapsed, "zurückgezogen: Die Person arbeitet schon."),
    ],
)
def test_what_holds_nothing_says_so_first(made, sentence, client_of):
    row = made()
    assert sentence in words(pdf_of(client_of, row))
    assert ("bestätigt" in letters.text(row)) == (row.state == "draft"), "what holds nothing promises nothing"
    assert sentence in letters.text(row)
    assert ("KOPIE GEHT AN" in letters.text(row)) == (row.state == "draft")


def test_a_question_of_the_payer_moves_the_day_of_return(time_machine):
    row = promises.queried()
    assert letters.term(promises.fresh(row)) == ("10 Tagen", None)
    time_machine.move_to(timezone.now() + dt.timedelta(days=3))
    actions.answer(row, make.adviser_of(row.case), "Weil der Kurs so lange dauert.")
    assert letters.term(promises.fresh(row))[1] == row.requested_on + dt.timedelta(days=13)


def test_the_canton_sets_the_period_in_working_days_or_none():
    row = promises.requested()
    limit = TimeLimit(service="optima", wait="decide_kg", days=5, working_days=True, valid_from=promises.LONG_AGO)
    limit.save()
    assert letters.term(row)[0] == "5 Arbeitstagen"
    TimeLimit.objects.update(days=None)
    assert f"die unterzeichnete Kostengutsprache an {row.requester.name} zu retournieren" in letters.text(row)


def test_the_longest_words_still_fit_one_page(client_of):
    for number in range(4):
        on_list(f"Dienstleistungszentrum Arbeitsmarkt, Fachbereich {number}")
    name = "Stiftung für berufliche Eingliederung und soziale Teilhabe der Region Musterwil und Umgebung"
    where = {"name": name, "street": "Alte Landstrasse beim Bahnhof 117b", "place": "Musterwil an der Aare"}
    measure = "Standortbestimmung mit begleitetem Einsatz in der Werkstatt, Schwerpunkt Deutsch, Stufe 2"
    row = promises.approved(with_address(beside.to_rav()), tariff=promises.tariff(measure, **where))
    assert len(pdf_of(client_of, row).pages) == 1


# The order ----------------------------------------------------------------------------------------------------------


def test_the_order_names_the_signature_and_tells_the_provider_no_more_than_it_needs(client_of):
    row = promises.ordered(with_address(beside.to_rav()))
    reader = pdf_of(client_of, row, "order_pdf")
    text = words(reader)
    for part in (
        row.number,
        f"unterschrieben am {day(row.approval.signed_on)} von {row.approval.signed_by}",
        "Lena Beispiel",
        "Bewerbungstraining",
        "Kostendach CHF 1'140.00",
        f"an {row.requester.name}. Wir leiten sie an {row.payer.name} weiter",
        "keine zusätzlichen Spesen",
    ):
        assert part in text, part
    for secret in ("AA0018", ahv(row.case.person.ahv_number), "14.03.1988"):
        assert secret not in text
        assert secret not in letters.order_text(row)
    assert len(reader.pages) == 1


def test_no_order_no_letter_and_no_letter_of_a_mere_count(client_of):
    row = promises.approved()
    jan = client_of(make.adviser_of(row.case))
    assert jan.get(at("order_pdf", row)).status_code == jan.get(at("order_text", row)).status_code == 404
    count = Kostengutsprache.objects.create(
        case=row.case, requester=row.requester, payer=row.payer, requested_on=row.requested_on
    )
    assert jan.get(at("kg_pdf", count)).status_code == jan.get(at("kg_text", count)).status_code == 404


# Who gets them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["kg_pdf", "kg_text", "order_pdf", "order_text"])
def test_the_offices_read_it_and_each_look_is_noted(name, client_of):
    row = promises.ordered()
    for who in (make.adviser_of(row.case), make.principal_of(row.case), coordinator()):
        assert client_of(who).get(at(name, row)).status_code == 200
    assert client_of(make.fremde()).get(at(name, row)).status_code == 404
    told = set(AccessLogEntry.objects.filter(case_number=row.case.number).values_list("what", flat=True))
    kind = "Auftragsbestätigung" if name.startswith("order") else "Kostengutsprache"
    assert told == {f"{kind} {row.number} als {'PDF' if name.endswith('pdf') else 'Text'}"}


def test_a_payer_outside_the_case_reads_the_letters_and_a_draft_stays_at_home(client_of):
    payer = InstitutionFactory.create()
    row = promises.ordered(payer=payer)
    signs = client_of(actor(Role.SIGNATORY, payer))
    assert [signs.get(at(name, row)).status_code for name in ("kg_pdf", "order_text")] == [200, 200]
    draft = promises.drafted(row.case, payer=payer, tariff=promises.tariff("Deutschkurs"))
    assert signs.get(at("kg_pdf", draft)).status_code == 404


def test_both_are_there_to_send_and_to_file(client_of):
    row = promises.ordered()
    browser = client_of(make.adviser_of(row.case))
    for name in ("kg_pdf", "order_pdf"):
        sent, filed = browser.get(at(name, row)), browser.get(archived(at(name, row)))
        assert b"pdfuaid:part" in read(sent).trailer["/Root"]["/Metadata"].get_object().get_data()
        assert b"pdfaid:part" in read(filed).trailer["/Root"]["/Metadata"].get_object().get_data()
        assert "-PDF-A.pdf" in filed["Content-Disposition"]


# In the case --------------------------------------------------------------------------------------------------------


def filed(row):
    return {document.title: document for document in Document.objects.filter(case=row.case)}


def test_signature_and_order_are_filed_for_all_offices_of_the_case(client_of):
    row = promises.ordered()
    found = filed(row)
    assert set(found) == {f"{row.number}, unterschrieben", f"Auftragsbestätigung {row.number}"}
    signed = found[f"{row.number}, unterschrieben"]
    nora = client_of(make.principal_of(row.case))
    response = nora.get(reverse("core:document", args=[row.case.number, signed.pk]))
    reader = PdfReader(io.BytesIO(b"".join(response.streaming_content)))
    assert row.approval.signed_by in words(reader)
    assert b"pdfaid:part" in reader.trailer["/Root"]["/Metadata"].get_object().get_data()


def files():
    folder = Path(settings.MEDIA_ROOT) / "documents"
    return {path for path in folder.rglob("*") if path.is_file()}


def test_what_is_undone_leaves_no_file(monkeypatch):
    row = promises.requested()
    before = files()

    def full(*_args, **_more):
        raise OSError("No space left on device")

    monkeypatch.setattr("iiz.core.notify.queue", full)
    with pytest.raises(OSError, match="space"):
        actions.approve(row, promises.signer(row), row.content_hash)
    assert files() == before
    assert not Document.objects.exists()
    assert promises.fresh(row).state == "requested"


def test_on_paper_the_scan_is_the_signed_letter():
    row = promises.requested()
    signer = promises.signer(row)
    data = {"signed_on": row.requested_on, "file": upload("kg.pdf", PDF), "content_type": "application/pdf"}
    actions.approve_on_paper(row, make.principal_of(row.case), signer.signatory, data, row.content_hash)
    assert set(filed(row)) == {f"{row.number}, unterschrieben"}
    assert "auf Papier" in letters.text(promises.fresh(row))


def test_the_record_tells_of_each_and_the_note_in_one_line_without_the_client(client_of, no_repeated_queries):
    case = beside.to_rav(last_name="Unverkennbar")
    promises.invoiced(case)
    promises.refused(case, tariff=promises.tariff("Deutschkurs"))
    draft = promises.drafted(case, tariff=promises.tariff("Gabelstaplerkurs"))
    jan, nora = make.adviser_of(case), make.principal_of(case)
    note = client_of(jan).get(reverse("optima:note", args=[case.number])).context["text"]
    reader = client_of(nora)
    with no_repeated_queries():
        record = reader.get(reverse("optima:file_text", args=[case.number])).context["text"]
    today = day(timezone.localdate())
    assert f"CHF\u00a01'140.00: beantragt am {today}, bewilligt am {today}, in Rechnung gestellt" in note
    assert f"abgelehnt am {today}" in note
    assert "Unverkennbar" not in note
    for part in (
        "Der Kurs beginnt zu spät.",
        "im Portal, mit Passwort bestätigt",
        f"R-1, {today}, CHF\u00a01'140.00, offen",
    ):
        assert part in record
    assert draft.measure not in note + record
