"""CSV and XLSX as the same rows of cells, whatever is in the file.

Cells are texts, numbers, dates or ``None``. Everything that can be wrong with a file ends in
:class:`CannotRead`, never in another exception.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from .problems import CannotRead

Row = tuple[int, list[Any]]
"""The number of a row as a spreadsheet counts, and its cells."""

UNPACKED_LIMIT = 200 * 1024 * 1024
"""The most bytes an XLSX file may unpack to: small files can claim to hold gigabytes."""

CELL_LIMIT = 10_000
"""The most characters of a cell. No column needs more, and an unclosed quote ends here."""

WIDTH_LIMIT = 200
"""The most cells of a row."""

FORMULA, FAULT = "f", "e"
"""How openpyxl marks formulas and cells like ``#REF!``."""


class Formula(str):
    """A formula: what it yields is not in the file for sure, so it is never taken as a value."""


class Fault(str):
    """A cell in which the spreadsheet shows an error, such as ``#REF!``."""


def rows(file: BinaryIO) -> Generator[Row, None, None]:
    """The rows of ``file``, kind told by its first bytes. Raises :class:`CannotRead`."""
    start = file.read(8)
    file.seek(0)
    if not start:
        raise CannotRead(_("Die Datei ist leer."))
    if start.startswith(b"PK\x03\x04"):
        yield from _xlsx(file)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise CannotRead(
            _(
                "Das ist eine alte oder verschlüsselte Excel-Datei. "
                "Bitte speichern Sie sie ohne Passwort als XLSX oder als CSV."
            )
        )
    elif start.startswith(b"%PDF"):
        raise CannotRead(_("Das ist eine PDF-Datei. Möglich sind CSV und XLSX."))
    else:
        yield from _csv(file)


def _csv(file: BinaryIO) -> Iterator[Row]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    row = 0
    limit = csv.field_size_limit(CELL_LIMIT)
    try:
        head = text.readline(CELL_LIMIT)
        delimiter = ";" if ";" in head else ","
        for row, cells in enumerate(csv.reader(_lines(head, text), delimiter=delimiter, strict=True), start=1):
            yield row, [*cells]
    except UnicodeDecodeError as error:
        reason = _("Die Datei ist nicht in UTF-8 geschrieben. Bitte speichern Sie sie als «CSV UTF-8» oder als XLSX.")
        raise CannotRead(reason, row + 1) from error
    except csv.Error as error:
        reason = _(
            "Die Zeile lässt sich nicht als CSV lesen: Ein Anführungszeichen steht falsch, "
            "ein Wert ist zu lang, oder die Datei ist keine Textdatei."
        )
        raise CannotRead(reason, row + 1) from error
    finally:
        csv.field_size_limit(limit)
        text.detach()


def _lines(head: str, text: io.TextIOWrapper) -> Iterator[str]:
    """The lines of the file, none of them endless: whoever sends a gigabyte without a line end is refused."""
    line = head
    while line:
        if len(line) >= WIDTH_LIMIT * CELL_LIMIT:
            raise csv.Error("endless line")
        if "\0" in line:
            raise csv.Error("line contains NUL")
        yield line
        line = text.readline(WIDTH_LIMIT * CELL_LIMIT)


def _xlsx(file: BinaryIO) -> Iterator[Row]:
    with _openpyxl_faults():
        with zipfile.ZipFile(file) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > UNPACKED_LIMIT:
            raise CannotRead(_("Die XLSX-Datei ist ausgepackt grösser als 200 MB. Bitte speichern Sie sie als CSV."))
        file.seek(0)
        book = load_workbook(file, read_only=True, keep_links=False)
    try:
        with _openpyxl_faults():
            sheet = book.worksheets[0]
            # What the file says about its size is often wrong, and would cut rows off.
            sheet.reset_dimensions()
            found = sheet.iter_rows()
        place = 0
        while True:
            with _openpyxl_faults(place + 1):
                cells = next(found, None)
                if cells is None:
                    return
                place += 1
                if len(cells) > WIDTH_LIMIT:
                    raise CannotRead(_("Die Zeile hat mehr als 200 Spalten."), place)
                values = [_value(cell) for cell in cells]
            yield place, values
    finally:
        book.close()


def _value(cell: Any) -> Any:
    if cell.value is None:
        return None
    if cell.data_type == FORMULA:
        return Formula(getattr(cell.value, "text", cell.value))
    if cell.data_type == FAULT:
        return Fault(cell.value)
    if isinstance(cell.value, str):
        return cell.value[: CELL_LIMIT + 1]
    return cell.value


@contextmanager
def _openpyxl_faults(row: int = 1) -> Iterator[None]:
    """Turn whatever openpyxl and zipfile raise about a damaged file into one sentence.

    They let every exception of the XML and ZIP layers through, so nothing narrower is complete.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which do not matter here
            yield
    except CannotRead:
        raise
    except Exception as error:
        reason = _("Die Datei lässt sich nicht als XLSX lesen. Bitte speichern Sie sie in Excel neu.")
        raise CannotRead(reason, row) from error


def is_blank(cells: Iterable[Any]) -> bool:
    """Whether a row holds nothing at all."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)
