"""The pages of Roundtable's figures: who may open them, what each figure leads to, and the same as files."""

import csv
import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from pypdf import PdfReader

from iiz.core.enums import Role
from iiz.core.models import Case
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator
from reporting.models import LegacyTotal
from reporting.tests.sheets import EXAMPLES, as_csv, load, load_example
from reporting.tests.test_pages import text_of

pytestmark = pytest.mark.django_db

PERIOD = {"von": "2023-01-01", "bis": "2023-12-31"}
PAGE = "/berichte/roundtable/"
IMPORT = "/koordination/import/"
QUERIES = 20
"""The page of a coordinator, the frame of the portal included."""


@pytest.fixture(scope="module")
def example(kept):
    """The shipped example with its totals; the coordinator who may see them."""
    with kept():
        load_example("roundtable", "roundtable_2023.csv")
        load_example("totals", "roundtable_totals_2009_2020.csv")
        return coordinator()


def test_the_office_sees_the_published_figures_and_each_leads_to_its_cases(example, client_of):
    client = client_of(example)

    page = client.get(PAGE, PERIOD)

    read = text_of(page)
    assert "Andere * 3" in read
    assert "* Krankentaggeldversicherer: 1 · Mandatszentrum Luzern-Land: 2" in read
    assert "Erfolgreich einer Lösung zugeführt 4" in read
    assert "Anzahl begleitete Prozesse 15" in read
    assert "(N = 323)" in read
    assert "Davon stammen 307 aus Jahrestotalen (2009 bis 2020)" in read
    assert "Beispieldaten" in read
    links = re.findall(r'href="([^"]*kennzahl=([^"&]*)[^"]*)" aria-label="([^"]*)"', page.content.decode())
    assert len(links) > 30
    totals = page.context["report"].totals.numbers
    for url, key, told in links[::4]:
        listed = client.get(url.replace("&amp;", "&")).context["total"]
        number = page.context["report"].cases(key) if key in totals else page.context["report"].values.get(key)
        if number is not None:
            assert listed == number, url
        assert "Fälle" in told


def test_bars_stand_beside_numbers_and_say_nothing_by_themselves(example, client_of):
    page = client_of(example).get(PAGE, PERIOD).content.decode()

    assert page.count('<table class="table figures chart">') == 5
    bars = re.findall(
        r'<tr><th scope="row">([^<]*)</th><td class="bar"><svg[^>]*aria-hidden="true"[^>]*><rect width="([^"]*)"', page
    )
    assert ("2011", "100.0") in bars
    assert len(bars) == page.count('<td class="bar">')


def test_the_page_asks_as_many_questions_for_many_cases_as_for_few(example, client_of, django_assert_num_queries):
    client = client_of(example)
    client.get(PAGE, PERIOD)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE, PERIOD)

    rows = list(csv.DictReader(io.StringIO((EXAMPLES / "roundtable_2023.csv").read_text("utf-8")), delimiter=";"))
    load(as_csv(*({**row, "nummer": f"N{row['nummer']}"} for row in rows)), "roundtable")

    with django_assert_num_queries(QUERIES):
        assert client.get(PAGE, PERIOD).context["report"].values["eingang.anmeldungen"] == 14


def test_whoever_sees_none_of_the_cases_gets_no_totals_either(example, client_of):
    stranger = actor(Role.CASEWORKER, InstitutionFactory.create(rav=True))

    page = client_of(stranger).get(PAGE, PERIOD)

    assert set(page.context["report"].values.values()) == {0}
    assert "Gezählt sind nur die Fälle" in text_of(page)


def test_the_steering_group_and_strangers_stay_outside(example, client_of, client):
    steering = client_of(actor(Role.STEERING, example.institution))

    assert steering.get(PAGE, PERIOD).status_code == 403
    assert steering.get(f"{PAGE}json/", PERIOD).status_code == 403
    assert client.get(PAGE, PERIOD).status_code == 302
    office = client_of(example)
    assert office.get(f"{PAGE}docx/", PERIOD).status_code == 404
    assert office.get(f"{PAGE}json/?von=2023-13-01").url == f"{PAGE}?von=2023-13-01"


def leaves(tree, path=()):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        elif key not in ("service", "checks"):
            yield ".".join((*path, key)), str(value)


def test_all_files_hold_the_same_figures(example, client_of):
    client = client_of(example)

    found = dict(leaves(json.loads(client.get(f"{PAGE}json/", PERIOD).content)))
    text = client.get(f"{PAGE}csv/", PERIOD).content.decode("utf-8-sig")
    rows = {row[1]: row[3] for row in csv.reader(io.StringIO(text), delimiter=";")}
    sheet = load_workbook(io.BytesIO(client.get(f"{PAGE}xlsx/", PERIOD).content)).active
    cells = {str(row[1]): str(row[3]) for row in sheet.iter_rows(values_only=True)}

    del found["as_of"]
    assert found.items() <= rows.items()
    assert found.items() <= cells.items()
    assert found["kumuliert.n"] == "323"


def test_the_pdf_has_two_pages_and_merges_what_is_small(example, client_of):
    file = client_of(example).get(f"{PAGE}pdf/", PERIOD)

    assert 'filename="Standardreporting_Roundtable_2023-01-01_2023-12-31.pdf"' in file["Content-Disposition"]
    pages = PdfReader(io.BytesIO(file.content)).pages
    first, second = (" ".join(page.extract_text().split()) for page in pages)
    assert "Standardreporting Roundtable vom 01.01.2023 bis 31.12.2023" in first
    assert "Anmeldungen 7 Kein Prozess gestartet 1" in first
    assert "RAV/ALV 1 IV 1 Sozialhilfe / SoBZ 2 Andere * 3" in first
    assert "* Mandatszentrum Luzern-Land, Krankentaggeldversicherer" in first
    assert "Abgeschlossene Prozesse 5 Erfolgreich im 1. Arbeitsmarkt integriert 1" in first
    assert "(Weiterbegleitung in Regelstruktur oder IV-Rente) 4" in first
    assert "Ohne Lösung" not in first  # printed only where it occurs (CON-28)
    assert "Anzahl begleitete Prozesse 15 Anzahl Roundtable-Gespräche 3" in first
    assert "Roundtable-Statistik; kumuliert 2009 – 2023 (N = 323)" in second
    assert "ausserkantonal, unbekannt 6" in second
    assert "weiblich, divers 149" in second
    for place, page in enumerate((first, second), start=1):
        assert f"Seite {place} von 2" in page
        assert "Erstellt am" in page


def test_the_office_imports_both_kinds_of_files_on_the_page(client_of):
    client = client_of(coordinator())
    case = {"nummer": "R-1", "eingang": "2022-03-01", "anmeldende": "IV", "prozess": "offen"}
    total = {"service": "roundtable", "jahr": "2008", "dimension": "anmeldungen", "auspraegung": "", "anzahl": "9"}
    for what, row, words in (("roundtable", case, "1 Fall ist neu."), ("totals", total, "1 Total ist neu.")):
        upload = SimpleUploadedFile("datei.csv", as_csv(row))
        checked = client.post(IMPORT, {"service": what, "file": upload})
        assert words in text_of(checked)
        done = client.post(f"{IMPORT}bestaetigen/", {"token": checked.context["token"]}, follow=True)
        assert "importiert." in text_of(done)
        assert done.redirect_chain[-1][0] == PAGE

    assert Case.objects.get(number="R-1").state == "registered"
    assert LegacyTotal.objects.get(year=2008).number == 9
    assert "Roundtable: 2008 (9)" in text_of(client.get(IMPORT))
