"""Files as they come: broken, renamed, huge. Always a sentence, never a crash."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from iiz.core.models import Case
from reporting.imports import Refused, sheet
from reporting.tests.sheets import ACCEPTED, as_csv, as_xlsx, load, mistakes, row

pytestmark = pytest.mark.django_db


def told(content: bytes) -> str:
    """All that is said about a file that cannot be imported."""
    return " ".join(problem.reason for problem in mistakes(content))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "leer"),
        (b"\xef\xbb\xbf", "erste Zeile"),
        (b"\n\n\n", "erste Zeile"),
        (as_csv(row()).replace(b"A-1", b"\xe4\xf6"), "UTF-8"),
        (as_csv(row(), encoding="utf-16"), "UTF-8"),
        (as_csv(row()).replace(b"A-1", b"A\x00"), "CSV"),
        (as_csv(row()).replace(b"A-1", b'"A-1'), "CSV"),
        (as_csv(row()).replace(b"A-1", b"A" * 30_000), "CSV"),
        (b"A" * 5_000_000, "CSV"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLSX"),
        (b"PK\x03\x04 nothing more", "XLSX"),
        (as_xlsx(row())[:2000], "XLSX"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "UTF-8"),
    ],
)
def test_a_broken_file_is_refused_in_words(content, word):
    assert word in told(content)
    assert not Case.objects.exists()


def test_any_zip_is_not_a_table():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("note.txt", "hello")

    assert "XLSX" in told(file.getvalue())


def test_a_file_that_unpacks_to_gigabytes_is_not_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/a.xml", "w") as part:
        for _round in range(sheet.UNPACKED_LIMIT // 1_000_000 + 2):
            part.write(b"\0" * 1_000_000)

    assert len(file.getvalue()) < 1_000_000
    assert "200 MB" in told(file.getvalue())


def test_formulas_errors_and_strange_cells_are_told_by_cell():
    book = Workbook()
    table = book.active
    names = list(row(**ACCEPTED))
    table.append([*names, "geburtsjahr"])
    table.append(["A-1", "=TODAY()", "SH", "IV", "angenommen", "2021-03-20", 1988])
    table.append(["A-2", "2021-03-01", "#REF!", "IV", "angenommen", "2021-03-20", 1988.5])
    table["C3"].data_type = "e"
    table.append(["A-3", 44000, "SH", "IV", True, "2021-03-20", 1988])
    file = io.BytesIO()
    book.save(file)

    found = {(problem.row, problem.column): problem.reason for problem in mistakes(file.getvalue())}

    assert set(found) == {
        (2, "eingang"),
        (3, "auftraggeber"),
        (3, "geburtsjahr"),
        (4, "eingang"),
        (4, "entscheid"),
    }
    assert "Formel" in found[2, "eingang"]
    assert "Fehlerwert" in found[3, "auftraggeber"]


def test_numbers_of_a_spreadsheet_are_read_as_written():
    book = Workbook()
    table = book.active
    table.append([*row(), "gemeinde_bfs", "geburtsjahr"])
    table.append([1001, "2021-03-01", "SH", "IV", "offen", 1061.0, 1988])
    file = io.BytesIO()
    book.save(file)

    load(file.getvalue())

    assert Case.objects.get().number == "1001"
    assert Case.objects.get().region == "Luzern-Stadt"


def test_rows_are_numbered_as_the_spreadsheet_does_and_empty_ones_are_passed_over():
    content = as_csv(row(), row(nummer="A 2")).replace(b"\r\nA 2", b"\r\n\r\n;;;;\r\nA 2")

    assert [problem.row for problem in mistakes(content)] == [5]


def test_a_row_with_more_values_than_columns_is_refused():
    assert "mehr Werte" in told(as_csv(row()).strip() + b";zuviel\r\n")


def test_a_header_without_rows_imports_nothing():
    assert load(as_csv(row()).splitlines()[0]).added == 0


def test_many_rows_are_checked_without_a_query_for_each(django_assert_max_num_queries):
    head, body = as_csv(row(**ACCEPTED)).split(b"\r\n", 1)
    lines = [body.replace(b"A-1", b"A-%d" % place) for place in range(5_000)]

    with django_assert_max_num_queries(12):
        assert load(head + b"\r\n" + b"".join(lines), dry_run=True).added == 5_000


def test_the_page_takes_fewer_rows_than_the_command():
    with_limit = as_csv(row(), row(nummer="A-2"))

    with pytest.raises(Refused):
        load(with_limit, limit=1)
