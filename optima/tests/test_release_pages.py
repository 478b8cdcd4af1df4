"""The Vereinbarung as a letter and as text, and the release on the page of the case (SH-05, SH-06, CON-40, SH-07)."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from iiz.core import workflow
from iiz.core.models import AccessLogEntry, Case
from iiz.core.tests.factories import coordinator
from optima import release_words, seed, wording
from optima.models import RuleText, Vereinbarung
from optima.next_step import next_step

from . import beside
from . import factories as make
from .beside import DAY

pytestmark = pytest.mark.django_db


def pdf(client, row):
    response = client.get(reverse("optima:vereinbarung", args=[row.antrag.case.number, row.pk]))
    assert response.status_code == 200, response.content
    reader = PdfReader(io.BytesIO(response.content))
    lines = "\n".join(page.extract_text() for page in reader.pages).replace("-\n", "")
    return reader, " ".join(lines.split())


def text_of(client, row):
    address = reverse("optima:vereinbarung_text", args=[row.antrag.case.number, row.pk])
    return client.get(address).content.decode()


def local(days=0):
    return f"{timezone.localdate() + days * DAY:%d.%m.%Y}"


def said(case, who):
    found = release_words.of(Case.objects.get(pk=case.pk), who)
    return found and " ".join([found.word, *found.sentences])


# The letter -----------------------------------------------------------------------------------------------------


def test_the_letter_holds_all_that_the_published_one_holds_on_one_page(client_of):
    seed.seed()
    case = beside.filled_in(beside.to_social(rav_number="1612589", last_name="Muster"))
    row = Vereinbarung.objects.get()

    reader, text = pdf(client_of(make.principal_of(case)), row)

    number = case.person.ahv_number
    ahv = f"{number[:3]}.{number[3:7]}.{number[7:11]}.{number[11:]}"
    antrag = case.antrag
    for part in (
        antrag.principal.name,
        "Seeweg 2, 6110 Wolhusen",
        "Lena Muster",
        "Dorfstrasse 1",
        "1612589",
        ahv,
        f"vom {local()} bis {local(60)} von {antrag.contractor.name}",
        "von der Kontrollpflicht und von der Stellensuche befreit",
        "keine Reisekosten oder Spesen",
        "umgehend Ihrer Beratungsperson",
        "«Angaben der versicherten Person»",
        "3. Haben Sie",
        "gemäss Angabe Ihrer Beratungsperson",
        "Alle anderen Angaben",
        "Ruth Amrein",
        "041 000 00 61",
        "Unterschrift der versicherten Person",
        "Kopie an die zuständige Arbeitslosenkasse: Öffentliche Arbeitslosenkasse",
    ):
        assert part in text, part
    assert "×" not in text
    assert len(reader.pages) == 1
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert AccessLogEntry.objects.filter(case_number=case.number, what="Vereinbarung ALV als PDF").exists()


@pytest.mark.parametrize(("answer", "ticked"), [("Ja", "× Ja"), ("nein.", "× Nein"), ("vielleicht", "gemäss Angabe")])
def test_the_prescribed_answer_to_item_3_is_ticked_once_it_is_recorded(client_of, answer, ticked):
    beside.texts(punkt3_antwort=answer)
    case = beside.filled_in()
    assert ticked in pdf(client_of(make.principal_of(case)), Vereinbarung.objects.get())[1]


def test_a_placeholder_that_nobody_knows_stays_and_is_told():
    beside.texts(zeit="Vom {von} bis {ende}, {stelle} {", punkt3_antwort="Ja")
    found = wording.read(timezone.localdate(), {"von": "1.3.", "bis": "2.3.", "stelle": "Amt"})
    assert found.release == "Vom 1.3. bis {ende}, Amt {"
    assert found.hints == [
        "Im Text steht ein Platzhalter, den das Portal nicht kennt: {ende}. Bitte melden Sie es der "
        "IIZ-Koordinationsstelle; sie ändert ihn unter «Stammdaten → Texte»."
    ]


def test_without_a_text_there_is_no_letter_but_a_sentence(client_of):
    case = beside.filled_in()
    client = client_of(make.principal_of(case))
    response = client.get(reverse("optima:vereinbarung", args=[case.number, Vereinbarung.objects.get().pk]))
    assert response.status_code == 403
    assert "Der Text der Vereinbarung ist nicht erfasst" in response.content.decode()


def test_a_signed_paper_keeps_the_words_of_its_day():
    beside.texts()
    case = beside.released()
    row = Vereinbarung.objects.get()
    before = RuleText.objects.get(code="vereinbarung_zeit")
    before.valid_until = timezone.localdate()
    before.save()
    new = {"code": before.code, "title": "neu", "text": "Neuer Text", "valid_from": timezone.localdate() + DAY}
    RuleText.objects.create(**new)
    assert wording.of(row, "Amt").release.startswith("Sie werden vom")
    assert wording.worded_on(row) == row.signed_on
    assert case.state == "running"


def test_a_replaced_paper_is_kept_and_says_so(client_of):
    beside.texts()
    case = beside.released(last=30)
    workflow.apply(case, "renew_vereinbarung", make.principal_of(case), beside.period(0, 60))
    old = Vereinbarung.objects.order_by("pk").first()
    assert f"Ersetzt am {local()}. Diese Fassung gilt nicht mehr." in pdf(client_of(make.principal_of(case)), old)[1]


def test_the_text_to_copy_says_the_same(client_of):
    beside.texts(punkt3_antwort="Nein")
    case = beside.filled_in()
    text = text_of(client_of(make.principal_of(case)), Vereinbarung.objects.get())
    for part in ("VERSICHERTE PERSON", f"vom {local()} bis {local(60)}", "– Nein", "noch nicht unterschrieben"):
        assert part in text


def test_the_release_counts_from_the_signature_on_the_page_and_in_the_text(client_of):
    beside.texts()
    case = beside.released(last=30)
    Vereinbarung.objects.update(release_from=timezone.localdate() - 9 * DAY)
    assert said(case, make.principal_of(case)) == f"Befreit vom {local()} bis {local(30)}"
    text = text_of(client_of(make.principal_of(case)), Vereinbarung.objects.get())
    assert f"vom {local(-9)} bis {local(30)} von" in text, "as it was signed"
    assert f"Befreit: vom {local()} bis {local(30)}" in text
    note = client_of(make.principal_of(case)).get(reverse("optima:note", args=[case.number])).content.decode()
    assert f"Befreit vom {local()} bis {local(30)}" in note


def test_an_address_that_nobody_knows_is_a_line_to_fill_in_and_a_long_word_wraps(client_of):
    beside.texts(punkt3_antwort="Ja")
    case = beside.to_social()
    type(case.person).objects.update(street="", postcode="", place="")
    case = beside.filled_in(Case.objects.get(pk=case.pk))
    Vereinbarung.objects.update(fund="X" * 160)
    reader, text = pdf(client_of(make.principal_of(case)), Vereinbarung.objects.get())
    assert text.count("_" * 32) == 2
    assert "X" * 160 not in text
    assert "X" * 160 in text.replace(" ", "")
    assert len(reader.pages) == 1


def test_a_second_tab_meets_a_page_that_keeps_what_was_typed_or_a_clear_sentence(client_of):
    case = beside.to_social()
    client = client_of(make.principal_of(case))
    address = reverse("core:action", args=[case.number, "make_vereinbarung"])
    page = client.get(address).content.decode()
    version = page.split('name="version" value="')[1].split('"')[0]
    typed = {"release_from": local(), "release_until": local(30), "adviser": "Ruth", "fund": "Unia", "version": version}
    typed["acting"] = page.split('name="acting" value="')[1].split('"')[0]
    assert client.post(address, typed).status_code == 302
    again = client.post(address, typed | {"fund": "Syna"})
    assert (again.status_code, "Syna" in again.content.decode(), "Unia" in again.content.decode()) == (409, True, True)
    late = client.get(address)
    assert "ändern oder verlängern" in late.content.decode()


def test_after_a_withdrawal_only_the_rav_and_the_coordination_read_it(client_of):
    beside.texts()
    case = make.stopped(beside.released())
    row = Vereinbarung.objects.get()
    address = reverse("optima:vereinbarung", args=[case.number, row.pk])
    readers = (make.principal_of(case), coordinator(), make.adviser_of(case))
    assert [client_of(who).get(address).status_code for who in readers] == [200, 200, 403]
    assert said(case, make.adviser_of(case)) is None


# The page of the case -------------------------------------------------------------------------------------------


def test_both_sides_read_where_the_release_stands():
    case = beside.to_social()
    ruth, jan = make.principal_of(case), make.adviser_of(case)
    steps = []

    def now():
        assert said(case, ruth) == said(case, jan)
        steps.append(said(case, jan))

    now()
    case = beside.filled_in(case, last=30)
    now()
    case = beside.signed(case)
    now()
    case = workflow.apply(case, "renew_vereinbarung", ruth, beside.period(0, 60))
    now()
    case = beside.restored(beside.signed(case))
    now()

    weiter = "Noch nicht befreit: Kontrollpflicht und Stellensuche gelten weiter."
    assert steps == [
        f"{weiter} Die Vereinbarung ALV ist noch nicht ausgefüllt.",
        f"{weiter} Die Vereinbarung vom {local()} bis {local(30)} ist noch nicht unterschrieben.",
        f"Befreit vom {local()} bis {local(30)}",
        f"Befreit vom {local()} bis {local(30)} Eine neue Vereinbarung vom {local()} bis {local(60)} ist noch nicht "
        "unterschrieben; sie gilt erst danach.",
        f"Befreit vom {local()} bis {local()} Früher beendet als vereinbart ({local(60)}). Das Arbeitsangebot "
        f"ist seit dem {local()} wieder intakt. Der Optima-Fall wird im Standortgespräch abgeschlossen; "
        "die Sozialberatung kann danach bilateral weitergehen.",
    ]


def test_the_page_leads_to_the_paper_and_the_form_says_what_is_missing(client_of):
    seed.seed()
    case = beside.filled_in()
    row = Vereinbarung.objects.get()
    page = client_of(make.adviser_of(case)).get(case.get_absolute_url()).content.decode()
    assert reverse("optima:vereinbarung", args=[case.number, row.pk]) in page

    form = client_of(make.principal_of(case)).get(reverse("core:action", args=[case.number, "renew_vereinbarung"]))
    assert "Wie Punkt 3 des Formulars" in form.content.decode()
    sign = client_of(make.principal_of(case)).get(reverse("core:action", args=[case.number, "sign_vereinbarung"]))
    assert 'enctype="multipart/form-data"' in sign.content.decode()


def test_once_the_work_offer_is_intact_the_rav_reads_that_its_work_begins_again():
    case = Case.objects.get(pk=beside.restored().pk)
    assert "Nehmen Sie wieder auf" in next_step(case, make.principal_of(case))["sentence"]
    assert "wird der Fall abgeschlossen" in next_step(case, make.principal_of(case))["why"]
    assert "Die Fallarbeit läuft" in next_step(case, make.adviser_of(case))["sentence"]
