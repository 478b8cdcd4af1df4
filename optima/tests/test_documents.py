"""The Antrag to take along: complete, marked while a draft, logged (UX-02, REP-16)."""

import io
import re

import pytest
from django.urls import reverse
from pypdf import PdfReader

from iiz.core import workflow
from iiz.core.enums import Role
from iiz.core.models import AccessLogEntry, Case
from iiz.core.templatetags.ui import archived
from iiz.core.tests.factories import ContactPersonFactory, InstitutionFactory, actor, coordinator

from . import beside, promises
from . import factories as make

pytestmark = pytest.mark.django_db


def address(case, name="pdf"):
    return reverse(f"optima:{name}", args=[case.number])


def pdf_of(client, case, name="pdf"):
    response = client.get(address(case, name))
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def words(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_letter_holds_what_was_filed_and_fits_three_pages(client_of):
    iv = InstitutionFactory.create(iv=True, street="Seestrasse 1", postcode="6000", place="Seestadt")
    ContactPersonFactory.create(institution=iv, name="Aaron Frei")
    case = make.submitted(contractor=iv, situation="Ausführlich. " * 150, last_name="Muster")

    reader = pdf_of(client_of(make.principal_of(case)), case)

    text = words(reader)
    number = case.person.ahv_number
    ahv = f"{number[:3]}.{number[3:7]}.{number[7:11]}.{number[11:]}"
    for part in (case.number, "Lena Muster", "14.03.1988", ahv, "Stelle in der Pflege", "Aaron Frei", "Seestadt"):
        assert part in text
    for part in ("Was es kostet", "einverstanden seit"):
        assert part in text
    assert "Entwurf" not in text
    assert len(reader.pages) <= 3
    assert reader.metadata.title == f"Antrag OPTIMA-IV {case.number}"
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


@pytest.mark.parametrize("name", ["pdf", "text"])
def test_the_antrag_says_who_filed_it_and_nothing_that_came_later(client_of, name):
    nora, jan = make.nora(), make.jan()
    ada = actor(Role.CASEWORKER, nora.institution, Role.CONTACT, first_name="Ada", last_name="Nachfolge")
    case = make.answered(make.submitted(nora, jan.institution))
    filed = read(client_of(nora), case, name)
    case = workflow.apply(case, "hand_over", ada, {"adviser": ada.user})
    case = make.running(make.handover_planned(make.accepted(case)))
    case = workflow.apply(case, "hold_standortgespraech", jan, make.continuing(extended_months=3))

    later = read(client_of(jan), case, name)

    assert case.lead_user == jan.user
    assert later == filed
    for part in (
        "Nora Keller",
        nora.institution.name,
        "6 Monate",
        "keine Fallpauschale",
        "Die Teilnahme ist freiwillig.",
    ):
        assert part in later, part
    for part in ("Ada Nachfolge", "Jan Frei", "Pflegehelferin SRK.", "Betreut durch", "bestätigt"):
        assert part not in later, part


def read(client, case, name):
    """The words of the Antrag, without the minute in which its PDF was made."""
    if name == "text":
        return client.get(address(case, name)).context["text"]
    return re.sub(r"Erstellt am \S+ um \d\d:\d\d", "", words(pdf_of(client, case)))


def test_the_antrag_keeps_the_group_that_was_proposed(client_of):
    case = make.ruled()

    filed, page = (client_of(coordinator()).get(url) for url in (address(case, "text"), case.get_absolute_url()))

    assert "Weshalb die IIZ-Koordinationsstelle entscheidet" in filed.context["text"]
    assert "Nach Rücksprache" not in filed.context["text"]
    assert "Nach Rücksprache" in page.content.decode()


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
    assert 'data-copy="text"' in page


# For the file -----------------------------------------------------------------------------------------------


def metadata_of(reader):
    return reader.trailer["/Root"]["/Metadata"].get_object().get_data()


def test_every_document_of_a_case_is_there_to_send_and_to_file(client_of):
    case = make.closed()
    browser = client_of(make.adviser_of(case))
    talk = reverse("core:minutes_pdf", args=[case.number, case.meetings.filter(state="held").first().pk])
    for url in (address(case), address(case, "abschluss"), address(case, "file"), talk):
        answers = browser.get(url), browser.get(archived(url))
        sent, filed = (PdfReader(io.BytesIO(answer.content)) for answer in answers)
        assert b"pdfuaid:part" in metadata_of(sent)
        assert b"pdfaid:part" in metadata_of(filed)
        assert "-PDF-A.pdf" in answers[1]["Content-Disposition"]
        minute = re.compile(r"um \d\d:\d\d")
        assert minute.sub("", words(sent)) == minute.sub("", words(filed))
    overview = browser.get(case.get_absolute_url()).content.decode()
    for name in ("pdf", "abschluss", "file"):
        assert archived(address(case, name)) in overview
    talks = browser.get(reverse("core:case_tab", args=[case.number, "gespraeche"])).content.decode()
    assert archived(talk) in talks


def test_the_documents_of_a_case_name_first_what_the_portal_has_written(client_of):
    row = promises.ordered()
    case = make.closed(Case.objects.get(pk=row.case_id))
    page = client_of(make.principal_of(case)).get(f"{case.get_absolute_url()}dokumente/")

    letters = page.context["letters"]
    assert [label.split(" vom ")[0] for label, _pdf, _text in letters] == [
        "Antrag",
        "Abschlussnotiz",
        "Fallakte",
        f"Kostengutsprache {row.number}",
        f"Auftragsbestätigung {row.number}",
        "Gesprächsnotiz: Übergabegespräch",
        "Gesprächsnotiz: Abschlussgespräch",
    ]
    shown = page.content.decode()
    for _label, pdf, text in letters:
        assert all(f'href="{url}"' in shown for url in (pdf, archived(pdf), text))
    assert "Antrag als PDF" in shown


def test_a_reader_finds_no_letter_that_would_not_open(client_of):
    case = make.stopped(beside.released())
    for who in (make.principal_of(case), make.adviser_of(case), coordinator()):
        browser = client_of(who)
        letters = browser.get(f"{case.get_absolute_url()}dokumente/").context["letters"]
        assert letters
        assert {browser.get(text).status_code for _label, _pdf, text in letters} == {200}


# The closing note -------------------------------------------------------------------------------------------


def test_the_closing_note_says_how_the_case_work_ended(client_of):
    case = make.closed(last_name="Muster")
    browser = client_of(make.principal_of(case))
    letter = words(pdf_of(browser, case, "abschluss"))
    text = browser.get(address(case, "abschluss_text")).context["text"]

    for part in ("Lena Muster", "im Abschlussgespräch vom", case.antrag.abschluss.reason.label):
        assert part in letter
        assert part in text
    assert "Freundliche Grüsse Jan Frei" in letter
    assert "Abschlussnotiz OPTIMA-" in letter
    assert "liegt seither wieder bei Ihnen" in letter


def test_a_case_closed_without_a_talk_has_a_closing_note_too_and_a_withdrawal_hides_the_client(client_of):
    reason = make.closing_reason("einverstaendnis_zurueckgezogen", party="any")
    case = make.stopped(last_name="Unverkennbar")
    jan = make.adviser_of(case)
    data = {"reason": reason, "outcome": "sonstige", "exception": "Rückzug im Mai"}
    case = workflow.apply(case, "close_exceptionally", jan, data)

    letter = words(pdf_of(client_of(jan), case, "abschluss"))

    assert "ohne Gespräch" in letter
    assert f"Freundliche Grüsse {jan.user.get_full_name()}" in letter
    assert "Rückzug im Mai" in letter
    assert "Unverkennbar" not in letter
    assert client_of(make.principal_of(case)).get(address(case, "abschluss")).status_code == 403
