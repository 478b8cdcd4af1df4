"""The Antrag to take along: complete, marked while a draft, logged (UX-02, REP-16)."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from iiz.core.models import AccessLogEntry
from iiz.core.tests.factories import ContactPersonFactory, InstitutionFactory, coordinator

from . import factories as make

pytestmark = pytest.mark.django_db


def address(case, name="pdf"):
    return reverse(f"optima:{name}", args=[case.number])


def pdf_of(client, case):
    response = client.get(address(case))
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def words(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_letter_holds_what_was_filed_and_fits_three_pages(client_of):
    iv = InstitutionFactory.create(iv=True, street="Seestrasse 1", postcode="6000", place="Seestadt")
    ContactPersonFactory.create(institution=iv, name="Aaron Frei")
    case = make.answered(make.submitted(contractor=iv, situation="Ausführlich. " * 150, last_name="Muster"))

    reader = pdf_of(client_of(make.principal_of(case)), case)

    text = words(reader)
    number = case.person.ahv_number
    ahv = f"{number[:3]}.{number[3:7]}.{number[7:11]}.{number[11:]}"
    for part in (case.number, "Lena Muster", "14.03.1988", ahv, "Stelle in der Pflege", "Aaron Frei", "Seestadt"):
        assert part in text
    for part in ("Welche Ausbildung liegt vor?", "Pflegehelferin SRK.", "Was es kostet", "einverstanden seit"):
        assert part in text
    assert "Entwurf" not in text
    assert len(reader.pages) <= 3
    assert reader.metadata.title == f"Antrag Optima {case.number}"
    assert "/StructTreeRoot" in reader.trailer["/Root"]


def test_a_draft_says_so(client_of):
    nora = make.nora()
    case = make.draft(nora, first_name="Ella", birth_date="31.02.1990", goals=[{"text": "Z", "expected_result": "E"}])

    reader = pdf_of(client_of(nora), case)

    assert "Entwurf – noch nicht eingereicht." in words(reader)
    assert "31.02.1990" in words(reader)
    assert reader.metadata.title.endswith("Entwurf")


def test_markup_stays_text_and_addresses_are_not_fetched(client_of):
    case = make.submitted(situation='<img src="http://127.0.0.1:1/x"><b>fett</b>')

    assert '<img src="http://127.0.0.1:1/x"><b>fett</b>' in words(pdf_of(client_of(make.principal_of(case)), case))


def test_a_refusal_stands_in_it(client_of):
    case = make.refused(text="Ab Februar wieder.")
    text = words(pdf_of(client_of(make.contractor_of(case)), case))
    assert "Keine Kapazität" in text
    assert "Ab Februar wieder." in text


@pytest.mark.parametrize("name", ["pdf", "text"])
def test_each_download_is_noted(client_of, name):
    case = make.submitted()
    jan = make.contractor_of(case)

    for _time in range(2):
        client_of(jan).get(address(case, name))

    entries = AccessLogEntry.objects.filter(case_number=case.number, user_id=jan.user.pk)
    assert [entry.what for entry in entries] == [f"Antrag als {'PDF' if name == 'pdf' else 'Text'}"] * 2


@pytest.mark.parametrize("name", ["pdf", "text"])
def test_strangers_find_nothing_and_leave_no_note(client_of, name):
    case = make.submitted()
    assert client_of(make.fremde()).get(address(case, name)).status_code == 404
    assert not AccessLogEntry.objects.filter(case_number=case.number).exists()


def test_the_text_can_be_pasted(client_of):
    case = make.submitted(last_name="Muster & Söhne")
    page = client_of(coordinator()).get(address(case, "text")).content.decode()
    assert "ZIELE" in page
    assert "Muster &amp; Söhne" in page
    assert 'data-copy="antrag-text"' in page
