"""What is wrong with a file to be imported, told row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SHOWN = 100
"""How much of a wrong value is shown, in characters."""


@dataclass(frozen=True)
class Problem:
    """One mistake: the row as a spreadsheet numbers it (the header is row 1), the column, the value, and why."""

    row: int
    column: str
    value: str
    reason: str


class Refused(Exception):
    """The file cannot be imported; ``problems`` says all that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.row)
        super().__init__(f"{len(self.problems)} problems")


class CannotRead(Exception):
    """The file as a whole cannot be read; the message says why."""

    def __init__(self, reason: Any, row: int = 1) -> None:
        super().__init__(str(reason))
        self.row = row


def shown(value: object) -> str:
    """``value`` as it can be shown anywhere: one line, without control characters, not endless."""
    text = "" if value is None else str(value)
    text = "".join(char if char.isprintable() else " " for char in text[: SHOWN + 1])
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def one_line(error: Exception) -> str:
    """The first line of what an exception says."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def as_csv(problems: Iterable[Problem]) -> str:
    """The contracted list of errors: a header and one line for each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["row", "column", "value", "reason"])
    writer.writerows((p.row, p.column, p.value, p.reason) for p in problems)
    return text.getvalue()
