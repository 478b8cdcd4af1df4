"""Tables to import, written as rows: what a coordinator would send."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from reporting.imports import Outcome, Problem, Refused, run

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
EXAMPLE = EXAMPLES / "optima_2018_2023.csv"

CLOSED = {
    "entscheid": "angenommen",
    "entscheid_datum": "2021-03-20",
    "uebergabe_datum": "2021-04-01",
    "start_datum": "2021-04-05",
    "abschluss_datum": "2021-10-01",
    "ergebnis": "erfolgreich",
}
REFUSED = {"entscheid": "abgelehnt", "entscheid_datum": "2021-03-20", "ablehnungsgrund": "keine_kapazitaet"}
ACCEPTED = {"entscheid": "angenommen", "entscheid_datum": "2021-03-20"}


def row(**changes: Any) -> dict[str, Any]:
    """An open application from SH to IV that makes sense; ``changes`` replace columns."""
    start = {
        "nummer": "A-1",
        "eingang": "2021-03-01",
        "auftraggeber": "SH",
        "auftragnehmer": "IV",
        "entscheid": "offen",
    }
    return {**start, **changes}


def as_csv(*rows: dict[str, Any], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """The rows as CSV, with all columns that any of them uses."""
    text = io.StringIO()
    columns = list(dict.fromkeys(name for one in rows for name in one))
    writer = csv.DictWriter(text, columns, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(*rows: dict[str, Any], real_dates: bool = False) -> bytes:
    """The rows as XLSX, dates as text or as real dates."""
    book = Workbook()
    sheet: Any = book.active
    columns = list(dict.fromkeys(name for one in rows for name in one))
    sheet.append(columns)
    for one in rows:
        values = [one.get(name) for name in columns]
        if real_dates:
            values = [_date(value) for value in values]
        sheet.append(values)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _date(value: Any) -> Any:
    try:
        return dt.datetime.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        return value


def load(content: bytes, what: str = "optima", **options: Any) -> Outcome:
    """Import ``content``."""
    return run(what, io.BytesIO(content), **options)


def load_example(what: str, name: str) -> Outcome:
    """Import one of the shipped files."""
    return load((EXAMPLES / name).read_bytes(), what)


def mistakes(content: bytes, what: str = "optima") -> list[Problem]:
    """What is wrong with ``content``; fails when nothing is."""
    try:
        load(content, what)
    except Refused as refused:
        return refused.problems
    raise AssertionError("the file was imported")


def wrong(*rows: dict[str, Any]) -> set[tuple[int, str]]:
    """Row and column of each mistake in the rows."""
    return {(problem.row, problem.column) for problem in mistakes(as_csv(*rows))}
