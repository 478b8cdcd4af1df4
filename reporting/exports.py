"""The figures of a period as files: JSON, CSV, XLSX, PDF. All four hold the same numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from iiz.core import pdf, sheets
from iiz.core.context import CANTON
from iiz.core.enums import InstitutionKind, Service
from iiz.core.models import Institution
from iiz.core.templatetags.ui import day

from .counting import Period
from .report import Report
from .tables import optima, roundtable

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
    for row in report.durations:
        yield times, f"{row.key}.n", _("%(way)s: Fälle") % {"way": row.label}, row.number
        yield times, f"{row.key}.median_tage", _("%(way)s: Tage (Median)") % {"way": row.label}, row.median
    for check in report.checks:
        yield _("Prüfsummen"), check.name, str(check.label), _("stimmt") if check.ok else _("stimmt nicht")


def as_json(report: Report) -> bytes:
    """The contracted JSON, in UTF-8."""
    return (json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n").encode()


def as_csv(report: Report) -> bytes:
    """UTF-8 with byte order mark and semicolons, as Swiss spreadsheets open it on a double click."""
    return sheets.as_csv(HEADER, rows(report))


def as_xlsx(report: Report) -> bytes:
    """One sheet with the rows of the CSV; numbers are numbers."""
    return sheets.as_xlsx(str(report.service.label), HEADER, rows(report), (24, 52, 58, 28))


def as_pdf(report: Report, *, note: str = "", archive: bool = False) -> bytes:
    """The two pages as the canton publishes them (REP-01, REP-02, REP-05 to REP-07); ``note`` says what is left out."""
    return pdf.render(
        f"reporting/pdf/{report.service}.html",
        {
            "report": report,
            "canton_name": CANTON,
            "office": Institution.objects.active().filter(kind=InstitutionKind.COORDINATION).first(),
            "created_at": report.as_of,
            "reference": [
                (_("Zahlen"), _("Kanton %(name)s · %(service)s") % {"name": CANTON, "service": report.service.label}),
                (_("Datenstand"), day(report.as_of)),
            ],
            "note": note,
            **LAYOUTS[report.service](report),
        },
        title=title(report.service, report.period),
        archive=archive,
    )


def title(service: str, period: Period) -> str:
    """The title as the canton prints it."""
    words = {"service": Service(service).label, "first": day(period.first), "last": day(period.last)}
    return _("Standardreporting %(service)s vom %(first)s bis %(last)s") % words


LAYOUTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    Service.OPTIMA: optima.layout,
    Service.ROUNDTABLE: roundtable.layout,
}
"""Service → what its PDF prints."""

FORMATS: dict[str, tuple[Callable[[Report], bytes], str]] = {
    "json": (as_json, "application/json"),
    "csv": (as_csv, sheets.CSV),
    "xlsx": (as_xlsx, sheets.XLSX),
    "pdf": (as_pdf, "application/pdf"),
}
"""Format → how the file is made, and its content type."""

BINARY = frozenset({"xlsx", "pdf"})
