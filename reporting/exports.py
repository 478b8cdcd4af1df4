"""The figures of a period as files: JSON, CSV, XLSX, PDF. All four hold the same numbers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from iiz.core import pdf
from iiz.core.context import CANTON
from iiz.core.enums import InstitutionKind
from iiz.core.models import Institution
from iiz.core.templatetags.ui import day

from .figures import Report
from .optima import TURNAROUNDS
from .tables import layout

HEADER = ("block", "kennzahl", "bezeichnung", "wert")

Cell = str | int | float | None


def rows(report: Report) -> Iterator[tuple[str, str, str, Cell]]:
    """Every figure as block, key, label and value; the period first, the checks last."""
    frame = _("Zeitraum")
    yield frame, "from", _("von"), report.period.first.isoformat()
    yield frame, "to", _("bis"), report.period.last.isoformat()
    yield frame, "as_of", _("Datenstand"), report.as_of.isoformat(timespec="seconds")
    for block in report.blocks:
        for line in block.lines:
            yield str(block.title), line.key, str(line.label), report.values[line.key]
    times = _("Durchlaufzeiten")
    for row in TURNAROUNDS:
        key = f"durchlaufzeiten.{row.name}"
        yield times, f"{key}.n", _("%(way)s: Fälle") % {"way": row.label}, report.values[row.figure.key]
        yield times, f"{key}.median_tage", _("%(way)s: Tage (Median)") % {"way": row.label}, report.medians[row.name]
    for check in report.checks:
        yield _("Prüfsummen"), check.name, str(check.label), _("stimmt") if check.ok else _("stimmt nicht")


def as_json(report: Report) -> bytes:
    """The contracted JSON, in UTF-8."""
    return (json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n").encode()


def as_csv(report: Report) -> bytes:
    """UTF-8 with byte order mark and semicolons, as Swiss spreadsheets open it on a double click."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(rows(report))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(report: Report) -> bytes:
    """One sheet with the rows of the CSV; numbers are numbers."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Optima"
    sheet.append(HEADER)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows(report):
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a label is never a formula
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCD", (24, 52, 58, 28), strict=True):
        sheet.column_dimensions[column].width = width
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_pdf(report: Report, *, note: str = "", archive: bool = False) -> bytes:
    """The two pages of the *Standardreporting Optima* (REP-05 to REP-07); ``note`` says what is left out."""
    return pdf.render(
        "reporting/pdf/optima.html",
        {
            "report": report,
            "canton_name": CANTON,
            "office": Institution.objects.active().filter(kind=InstitutionKind.COORDINATION).first(),
            "created_at": report.as_of,
            "reference": [
                (_("Zahlen"), _("Kanton %(name)s · Optima") % {"name": CANTON}),
                (_("Datenstand"), day(report.as_of)),
            ],
            "note": note,
            **layout(report),
        },
        title=title(report.period.first, report.period.last),
        archive=archive,
    )


def title(first: date, last: date) -> str:
    """The title as the canton prints it."""
    return _("Standardreporting Optima vom %(first)s bis %(last)s") % {"first": day(first), "last": day(last)}


FORMATS: dict[str, tuple[Callable[[Report], bytes], str]] = {
    "json": (as_json, "application/json"),
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": (as_pdf, "application/pdf"),
}
"""Format → how the file is made, and its content type."""

BINARY = frozenset({"xlsx", "pdf"})
