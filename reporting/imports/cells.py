"""Reading one value of a row, with the reason in German when it does not fit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from .problems import Problem, shown
from .sheet import CELL_LIMIT, Fault, Formula

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WHOLE = re.compile(r"\d{1,9}", re.ASCII)
NUMBER = re.compile(r"[A-Za-z0-9._-]{1,32}")
FIRST_DAY = dt.date(1900, 1, 1)


class Cells:
    """The cells of one row by column; collects what is wrong with them in ``problems``.

    A value that does not fit is told once and then counts as missing, so that one mistake makes one line.
    ``absent`` are the required columns that the file lacks altogether; such a row is ``incomplete``.
    """

    def __init__(
        self, row: int, values: Mapping[str, Any], *, absent: Collection[str] = (), today: dt.date | None = None
    ) -> None:
        self.row = row
        self.incomplete = bool(absent)
        self.problems: list[Problem] = []
        self._values = values
        self._absent = absent
        self.today = today or timezone.localdate()
        self._wrong: set[str] = set()

    def given(self, column: str) -> bool:
        """Whether there is anything in ``column``, right or wrong."""
        return self.text_of(column) != ""

    def wrong(self, column: str) -> bool:
        """Whether ``column`` has been refused already."""
        return column in self._wrong

    def text_of(self, column: str) -> str:
        """The value as text without spaces around it, whatever it is."""
        value = self._values.get(column)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip()

    def refuse(self, column: str, reason: str) -> None:
        """Note that ``column`` is wrong."""
        self._wrong.add(column)
        self.problems.append(Problem(self.row, column, shown(self.text_of(column)), reason))

    def require(self, column: str) -> None:
        """Refuse an empty ``column``; where the whole column is absent, the header has been refused for it."""
        if column not in self._absent and not self.wrong(column) and not self.given(column):
            self.refuse(column, _("Dieser Wert fehlt."))

    def check_kinds(self, columns: Collection[str]) -> None:
        """Refuse what a spreadsheet computes, or could not."""
        for column in columns:
            value = self._values.get(column)
            if isinstance(value, Formula):
                self.refuse(column, _("Hier steht eine Formel. Bitte fügen Sie den Wert ein."))
            elif isinstance(value, Fault):
                self.refuse(column, _("Hier steht ein Fehlerwert der Tabelle."))
            elif isinstance(value, str) and "\0" in value:
                self.refuse(column, _("Der Wert enthält ein unerlaubtes Zeichen."))

    def text(self, column: str, limit: int) -> str:
        """Free text of at most ``limit`` characters, empty if missing or wrong."""
        if self.wrong(column):
            return ""
        text = self.text_of(column)
        if len(text) > min(limit, CELL_LIMIT):
            self.refuse(column, _("Der Text ist länger als %(limit)s Zeichen.") % {"limit": limit})
            return ""
        return text

    def number(self, column: str) -> str:
        """A case number; empty if missing or wrong."""
        text = self.text(column, CELL_LIMIT)
        if text and not NUMBER.fullmatch(text):
            self.refuse(column, _("Möglich sind 1 bis 32 Zeichen: A–Z, a–z, 0–9, Punkt, Unterstrich, Bindestrich."))
            return ""
        return text

    def choice(self, column: str, choices: Collection[str]) -> str:
        """One of ``choices``; empty if missing or wrong."""
        text = self.text(column, CELL_LIMIT)
        if text and text not in choices:
            self.refuse(column, _("Möglich sind: %(choices)s.") % {"choices": ", ".join(choices)})
            return ""
        return text

    def date(self, column: str) -> dt.date | None:
        """A day between 1900 and today; ``None`` if missing or wrong."""
        if self.wrong(column) or not self.given(column):
            return None
        return self._day(column, self._values[column])

    def dates(self, column: str) -> tuple[dt.date, ...]:
        """Days separated by ``|``, in their order in time; none if missing, or if one of them is wrong."""
        if self.wrong(column) or not self.given(column):
            return ()
        value = self._values[column]
        days = []
        for one in [value] if isinstance(value, dt.date) else self.text_of(column).split("|"):
            day = self._day(column, one)
            if day is None:
                return ()
            days.append(day)
        return tuple(sorted(days))

    def _day(self, column: str, value: Any) -> dt.date | None:
        if isinstance(value, dt.datetime):
            value = value.date()
        if not isinstance(value, dt.date):
            text = str(value).strip()
            try:
                value = dt.date.fromisoformat(text) if ISO_DATE.fullmatch(text) else None
            except ValueError:
                value = None
        if value is None:
            self.refuse(column, _("Das ist kein Datum in der Form JJJJ-MM-TT."))
        elif value > self.today:
            self.refuse(column, _("Das Datum liegt in der Zukunft."))
            value = None
        elif value < FIRST_DAY:
            self.refuse(column, _("Das Datum liegt vor 1900."))
            value = None
        return value

    def whole(self, column: str, lowest: int, highest: int) -> int | None:
        """A whole number from ``lowest`` to ``highest``; ``None`` if missing or wrong."""
        text = self.text(column, CELL_LIMIT)
        if not text:
            return None
        number = int(text) if WHOLE.fullmatch(text) else None
        if number is None or not lowest <= number <= highest:
            self.refuse(
                column,
                _("Das ist keine ganze Zahl von %(lowest)s bis %(highest)s.") % {"lowest": lowest, "highest": highest},
            )
            return None
        return number

    def not_before(self, column: str, day: dt.date | None, other: str, other_day: dt.date | None) -> bool:
        """Refuse ``column`` if its ``day`` lies before that of ``other``; whether it stood the test."""
        if day is not None and other_day is not None and day < other_day:
            self.refuse(
                column, _("Das Datum liegt vor %(other)s (%(day)s).") % {"other": other, "day": other_day.isoformat()}
            )
            return False
        return True

    def only_with(self, decision: str, allowed: Collection[str], *columns: str) -> bool:
        """Refuse what stands in ``columns`` although ``decision`` is none of ``allowed``; whether it is one."""
        if not decision or decision in allowed:
            return True
        for column in columns:
            if self.given(column) and not self.wrong(column):
                reason = _("Das passt nicht zum Entscheid «%(decision)s»; möglich ist es nur bei: %(allowed)s.")
                self.refuse(column, reason % {"decision": decision, "allowed": ", ".join(allowed)})
        return False

    def only_if_closed(self, closed: str, *columns: str) -> bool:
        """Refuse what stands in ``columns`` although ``closed``, the day of the closure, is empty; else true."""
        if self.given(closed):
            return True
        for column in columns:
            if self.given(column) and not self.wrong(column):
                reason = _("Das gehört zu einem Abschluss; %(closed)s ist aber leer.")
                self.refuse(column, reason % {"closed": closed})
        return False
