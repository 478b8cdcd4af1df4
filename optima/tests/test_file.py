"""The Fallakte and the note for one's own system: complete, in order, and only what the reader may read."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from iiz.core import clock, documents, workflow
from iiz.core.enums import Audience, IvProcedure
from iiz.core.models import AccessLogEntry
from iiz.core.tests.factories import InstitutionFactory, coordinator
from iiz.core.tests.uploads import PDF, upload
from optima.models import CriterionFinding

from . import factories as make
from . import requesting

pytestmark = pytest.mark.django_db

PRINCIPALS = ("Seit zwei Jahren ohne Stelle", "Stelle in der Pflege", "Verfügung vom Montag", "Vertretung Sozialdienst")
CONTRACTORS = ("Zum Bewerbungstag nicht erschienen", "Arbeitsvertrag unterschrieben", "Anruf gut")


@pytest.fixture
def case(settings, tmp_path):
    """A closed case in which everything happened."""
    settings.MEDIA_ROOT = tmp_path
    case = make.answered(make.submitted())
    heading = make.AdmissionCriterionFactory.create()
    CriterionFinding.objects.create(antrag=case.antrag, criterion=heading, answer="yes", confirmed=True)
    nora, jan = make.principal_of(case), make.contractor_of(case)
    upload_ = upload("zeugnis.pdf", PDF)
    documents.store(case, nora, title="Zeugnis", upload=upload_, content_type="application/pdf", audience=Audience.CASE)
    requesting.procedure()
    case = make.running(make.handover_planned(make.accepted(case)))
    case = workflow.apply(case, "log_call", jan, {"called_on": clock.today(), "text": "Anruf gut"})
    case = requesting.hinted(case)
    case = workflow.apply(case, "answer_hint", nora, requesting.decision(answer="Verfügung vom Montag."))
    return make.closed(case)


def address(case, name):
    return reverse(f"optima:{name}", args=[case.number])


def pdf_of(client, case):
    return PdfReader(io.BytesIO(client.get(address(case, "file")).content))


def words(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def text_of(client, case, name="file_text"):
    return client.get(address(case, name)).content.decode()


def test_the_record_holds_all_parts_in_the_order_of_the_case(case, client_of):
    reader = pdf_of(client_of(make.adviser_of(case)), case)
    text = words(reader)

    for part in (*PRINCIPALS, *CONTRACTORS, "Welche Ausbildung", "Arbeitsangebot", "Zeugnis (zeugnis.pdf)"):
        assert part in text, part
    headings = [
        "1. Auf einen Blick",
        "2. Antrag",
        "3. Aufnahmekriterien und Zielgruppe",
        "4. Rückfragen und Entscheid",
        "5. Übergabegespräch vom",
        "6. Abschlussgespräch vom",
        "7. Mitteilungen an den Auftraggeber",
        "8. Telefonnotizen",
        "9. Abschluss",
        "10. Verzeichnis der Dokumente",
        "11. Verlauf",
    ]
    places = [text.rindex(heading) for heading in headings]
    assert places == sorted(places)
    assert "vom Auftragnehmer bestätigt" in text


def test_the_record_is_tagged_has_contents_and_counts_its_pages(case, client_of):
    reader = pdf_of(client_of(make.adviser_of(case)), case)

    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert reader.metadata.title == f"Fallakte Optima {case.number}"
    assert "Inhalt" in reader.pages[0].extract_text()
    assert f"Seite 1 von {len(reader.pages)}" in " ".join(reader.pages[0].extract_text().split())
    assert len(reader.pages[0]["/Annots"]) >= 11


def test_text_and_pdf_say_the_same(case, client_of):
    browser = client_of(coordinator())
    text = text_of(browser, case)
    for part in (*PRINCIPALS, *CONTRACTORS):
        assert part in text
    assert "7. Mitteilungen an den Auftraggeber" in text


@pytest.fixture
def stopped(client_of):
    """A running case with words of both sides, whose client withdrew the agreement."""
    case = requesting.provided()
    case = workflow.apply(case, "log_call", make.adviser_of(case), {"called_on": clock.today(), "text": "Anruf gut"})
    case = requesting.hinted(case)
    case = workflow.apply(
        case, "answer_hint", make.principal_of(case), requesting.decision(answer="Verfügung vom Montag.")
    )
    return workflow.apply(case, "client_withdraws", make.principal_of(case), {})


@pytest.mark.parametrize("name", ["file", "file_text", "note"])
def test_after_a_withdrawal_each_office_takes_along_only_its_own_words(stopped, client_of, name):
    def read(who):
        browser = client_of(who)
        return words(pdf_of(browser, stopped)) if name == "file" else text_of(browser, stopped, name)

    principal, contractor = read(make.principal_of(stopped)), read(make.adviser_of(stopped))

    assert [part for part in CONTRACTORS if part in principal] == []
    assert [part for part in PRINCIPALS if part in contractor] == []
    assert "Beispiel" not in contractor
    if name != "note":
        assert "Seit zwei Jahren ohne Stelle" in principal
        assert "Zum Bewerbungstag nicht erschienen" in contractor


@pytest.mark.parametrize(
    ("name", "told"),
    [("file", "Fallakte als PDF"), ("file_text", "Fallakte als Text"), ("note", "Notiz für OSIV")],
)
def test_each_look_is_noted_and_strangers_leave_none(client_of, name, told):
    case = make.running()
    assert client_of(make.fremde()).get(address(case, name)).status_code == 404
    assert not AccessLogEntry.objects.filter(case_number=case.number).exists()

    client_of(make.adviser_of(case)).get(address(case, name))

    assert [entry.what for entry in AccessLogEntry.objects.filter(case_number=case.number)] == [told]


def test_markup_in_the_record_stays_text(client_of):
    case = make.submitted(situation='<img src="http://127.0.0.1:1/x"><b>fett</b>')
    assert '<img src="http://127.0.0.1:1/x"><b>fett</b>' in words(pdf_of(client_of(make.principal_of(case)), case))


# The note for AVAM, OSIV, KLIB ------------------------------------------------------------------------------


def test_the_note_is_short_names_no_client_and_says_that_optima_is_used(client_of):
    case = make.running(make.handover_planned(make.accepted(make.submitted(last_name="Unverkennbar"))))
    text = text_of(client_of(make.adviser_of(case)), case, "note")

    for part in (
        f"Notiz für OSIV: Optima {case.number}",
        "Stelle in der Pflege",
        "Jan Frei",
        "Nächstes Standortgespräch",
        "Geplantes Ende",
        f"Optima genutzt: ja, seit {clock.today():%d.%m.%Y}, läuft.",
    ):
        assert part in text, part
    assert 'data-copy="text"' in text
    assert "Unverkennbar" not in text
    assert text.split("<textarea")[1].split("</textarea>")[0].count("\n") < 40


def test_the_label_is_the_system_of_the_reader(client_of):
    rav = InstitutionFactory.create(rav=True)
    jan = make.jan(rav)
    case = make.running(make.handover_planned(make.accepted(make.submitted(contractor=rav))))
    for who, system in ((jan, "AVAM"), (make.principal_of(case), "KLIB"), (coordinator(), "AVAM")):
        assert f"Notiz für {system}" in client_of(who).get(case.get_absolute_url()).content.decode()


# The IV's record --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("procedure", "told"), [(IvProcedure.NONE, True), (IvProcedure.RUNNING, False)])
def test_the_iv_reads_that_the_portal_is_its_record_where_osiv_is_none(client_of, procedure, told):
    case = make.running(make.handover_planned(make.accepted(make.submitted(facts={"iv_procedure": procedure}))))
    says = "Dieses Portal ist Ihre Akte"
    assert (says in client_of(make.adviser_of(case)).get(case.get_absolute_url()).content.decode()) is told
    assert says not in client_of(make.principal_of(case)).get(case.get_absolute_url()).content.decode()
