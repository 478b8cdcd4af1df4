"""Tables as files that a spreadsheet opens on a double click."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Rows = Iterable[Sequence[Any]]


def as_csv(header: Sequence[Any], rows: Rows) -> bytes:
    """UTF-8 with byte order mark and semicolons, as Swiss spreadsheets want it; no text becomes a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([str(name) for name in header])
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_xlsx(title: str, header: Sequence[Any], rows: Rows, widths: Sequence[int] = ()) -> bytes:
    """One sheet with bold headings that stay in view; numbers are numbers, days are days, no text is a formula."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, width in enumerate(widths):
        sheet.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]].width = width
    bold = Font(bold=True)
    heads = [WriteOnlyCell(sheet, value=str(name)) for name in header]
    for cell in heads:
        cell.font = bold
    sheet.append(heads)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    return cell
