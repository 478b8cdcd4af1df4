"""``manage.py statistics`` and the files: the same numbers in every format."""

import csv
import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook
from pypdf import PdfReader

from optima.models import Antrag
from reporting import exports
from reporting.counting import Period
from reporting.figures import report as report_of
from reporting.tests.sheets import CLOSED, EXAMPLE, as_csv, load, row

pytestmark = pytest.mark.django_db

PUBLISHED = Period(dt.date(2018, 10, 1), dt.date(2022, 11, 29))
ARGUMENTS = ("--from", "2018-10-01", "--to", "2022-11-29")


def test_json_goes_to_standard_output(capsys):
    load(EXAMPLE.read_bytes())

    call_command("statistics", "optima", *ARGUMENTS)

    found = json.loads(capsys.readouterr().out)
    assert found["auftraege"]["anmeldungen"] == 52
    assert found["auftraege"]["von_nach"]["SH→IV"] == 21
    assert dt.datetime.fromisoformat(found["as_of"]).tzinfo


def test_several_formats_are_written_beside_each_other(tmp_path):
    call_command("statistics", "optima", *ARGUMENTS, "--format", "json,csv,xlsx,pdf", "--output", str(tmp_path / "r.x"))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.csv", "r.json", "r.pdf", "r.xlsx"]


def test_one_format_is_written_where_it_is_asked(tmp_path):
    call_command("statistics", "optima", *ARGUMENTS, "--format", "csv", "--output", str(tmp_path / "report.txt"))

    assert (tmp_path / "report.txt").read_text(encoding="utf-8-sig").startswith("block;kennzahl;bezeichnung;wert")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("optima", "--from", "2022-02-30", "--to", "2022-03-01"), "2022-02-30"),
        (("optima", "--from", "01.01.2022", "--to", "2022-03-01"), "01.01.2022"),
        (("optima", "--from", "2022-03-02", "--to", "2022-03-01"), "vor --from"),
        (("optima", "--to", "2022-03-01"), "--from fehlt"),
        (("beratung", *ARGUMENTS), "beratung"),
        (("optima", *ARGUMENTS, "--format", "docx"), "docx"),
        (("optima", *ARGUMENTS, "--format", "pdf"), "--output"),
        (("optima", *ARGUMENTS, "--output", "/nowhere/x.json"), "/nowhere/x.json"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments, word):
    with pytest.raises(CommandError) as refused:
        call_command("statistics", *arguments)

    assert word in str(refused.value)
    assert "\n" not in str(refused.value)


def test_xlsx_holds_the_rows_of_the_csv():
    load(EXAMPLE.read_bytes())
    report = report_of("optima", PUBLISHED)

    text = exports.as_csv(report).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    sheet = load_workbook(io.BytesIO(exports.as_xlsx(report))).active

    written = [["" if value is None else str(value) for value in line] for line in sheet.iter_rows(values_only=True)]
    assert written == rows
    assert ["Aufträge", "auftraege.anmeldungen", "Anzahl Anmeldungen", "52"] in rows


def test_every_figure_of_the_json_stands_in_the_csv():
    load(EXAMPLE.read_bytes())
    report = report_of("optima", PUBLISHED)
    rows = {row[1]: row[3] for row in exports.rows(report)}

    def leaves(tree, path=()):
        for key, value in tree.items():
            if isinstance(value, dict):
                yield from leaves(value, (*path, key))
            elif key not in ("service", "checks"):
                yield ".".join((*path, key)), value

    assert dict(leaves(report.as_json())).items() <= rows.items()


def words(report):
    """The text of each page, spaces made one."""
    pages = PdfReader(io.BytesIO(exports.as_pdf(report))).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def test_the_pdf_has_two_pages_in_the_form_of_the_published_one():
    load(EXAMPLE.read_bytes())

    first, second = words(report_of("optima", PUBLISHED))

    assert "Standardreporting Optima vom 01.10.2018 bis 29.11.2022" in first
    assert "Kanton Luzern · Optima" in first
    assert "Anzahl Anmeldungen 52 Auftraggeber, davon 52 IV 1 RAV/ALV 12 Sozialhilfe 39" in first
    assert "Auftragnehmer, davon 52 IV 21 RAV/ALV 17 Sozialhilfe 14" in first
    assert (
        "Angenommene Aufträge 38 Abgelehnte Aufträge, davon 12 IV-Ablehnung < 1 Jahr zurück 3 "
        "Kein intaktes Arbeitsangebot 0 Keine Kapazität 0 Sonstige 9 Zielsetzung nicht realisierbar 0"
    ) in first
    assert "Offen am Ende des Zeitraums 2" in first
    assert "Anzahl Anträge auf Kostengutsprache, davon 1 IV 1 RAV/ALV 0 Sozialhilfe 0" in first
    assert "Abgeschlossene Optima-Fälle, davon 35 IV 17 RAV/ALV 9 Sozialhilfe 9" in second
    assert "Auftrag erfolgreich umgesetzt, davon 13 IV 4 RAV/ALV 2 Sozialhilfe 7" in second
    assert "Auftrag nicht umgesetzt, davon 12 IV 12 RAV/ALV 0 Sozialhilfe 0" in second
    for place, page in enumerate((first, second), start=1):
        assert f"Seite {place} von 2" in page
        assert "Erstellt am" in page
        assert "Datenstand" in page


def test_the_pdf_says_first_when_sums_do_not_add_up():
    load(as_csv(row(**CLOSED)))
    Antrag.objects.update(outcome="")

    first = words(report_of("optima", Period(dt.date(2021, 1, 1), dt.date(2021, 12, 31))))[0]

    assert first.index("Die Summen gehen nicht auf") < first.index("Anzahl Anmeldungen")
    assert "Abschlussgründe = Abgeschlossene: 0 ≠ 1" in first


def test_the_pdf_says_when_the_period_goes_on_after_its_data():
    today = dt.date.today()

    assert (
        "reicht über den Datenstand hinaus"
        in words(report_of("optima", Period(today, today + dt.timedelta(days=5))))[0]
    )
