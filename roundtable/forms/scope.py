"""For whom a Vollmacht shall hold, and for which data: the lines of its scope as they are typed (PER-06, PER-10).

A line is a dict ``office`` (key of an institution as text, or empty), ``name`` (of somebody without an account) and
``categories``; so it is stored in a draft and sent by the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from iiz.core.consents import Line
from iiz.core.enums import DataCategory, InstitutionKind
from iiz.core.models import Institution
from iiz.core.office_names import named

from ..effects.registration import NEEDS_HEALTH

MOST_LINES = 20
LONGEST_NAME = 160
USUAL = tuple(name for name in DataCategory.values if name != DataCategory.HEALTH)
"""The kinds of data that are ticked for everybody; health only for offices that need it for their part."""

Typed = list[dict[str, Any]]


def offices() -> list[Institution]:
    """The institutions that a Vollmacht may name; the coordination office prepares every Roundtable and needs none."""
    return list(Institution.objects.active().exclude(kind=InstitutionKind.COORDINATION).order_by("name"))


@dataclass(frozen=True)
class Row:
    """One line as the page shows it; ``fixed`` is the line that cannot be taken away."""

    place: int
    who: str
    office: str = ""
    name: str = ""
    fixed: bool = False
    problem: str = ""
    ticks: list[tuple[str, Any, bool]] = field(default_factory=list)


def from_post(posted: QueryDict) -> Typed | None:
    """The lines that a page sent; ``None`` if it had none."""
    count = posted.get("lines-count", "")
    if not count.isdecimal() or len(count) > 4:
        return None
    return [
        {
            "office": posted.get(f"lines-{place}-office", "")[:20],
            "name": posted.get(f"lines-{place}-name", "").replace("\x00", "")[:LONGEST_NAME],
            "categories": [name for name in DataCategory.values if name in posted.getlist(f"lines-{place}-categories")],
        }
        for place in range(min(int(count), MOST_LINES))
    ]


@dataclass
class Scope:
    """The lines of a page with the institutions they name. ``own`` always stands first and cannot be taken away."""

    lines: Typed
    own: Institution | None = None
    known: list[Institution] = field(default_factory=offices)

    def __post_init__(self) -> None:
        self.by_key = {str(office.pk): office for office in self.known}
        seen: set[str] = set()
        kept: Typed = []
        for line in self.lines:
            mark = line["office"] or " ".join(line["name"].split()).casefold()
            if mark and mark not in seen:
                seen.add(mark)
                kept.append(line)
        if self.own is not None:
            key = str(self.own.pk)
            mine = [line for line in kept if line["office"] == key] or [_usual(self.own)]
            kept = mine + [line for line in kept if line["office"] != key]
        self.lines = kept

    def find(self, text: str) -> Institution | None:
        """The institution that is meant; see :func:`office_names.named`."""
        return named(text, self.known)

    def add(self, text: str) -> str:
        """Name an institution with the usual kinds of data, once; returns why not, in a German sentence."""
        if not text.strip():
            return ""
        office = self.find(text)
        if office is None:
            return _(
                "Diese Stelle gibt es im Portal nicht. Wählen Sie eine aus der Liste, oder nennen Sie unten die Person."
            )
        there = any(line["office"] == str(office.pk) for line in self.lines)
        return "" if there else self._append(_usual(office))

    def add_name(self, text: str) -> str:
        """Name somebody without an account; returns why not."""
        name = " ".join(text.replace("\x00", "").split())
        if not name:
            return ""
        if len(name) > LONGEST_NAME:
            return _("Dieser Name ist zu lang: Möglich sind %(limit)s Zeichen.") % {"limit": LONGEST_NAME}
        there = any(line["name"].casefold() == name.casefold() for line in self.lines)
        return "" if there else self._append({"office": "", "name": name, "categories": list(USUAL)})

    def _append(self, line: dict[str, Any]) -> str:
        if len(self.lines) >= MOST_LINES:
            return _("Mehr als %(limit)s Zeilen sind nicht möglich.") % {"limit": MOST_LINES}
        self.lines.append(line)
        return ""

    def remove(self, place: str) -> None:
        """Take one line away; an unknown place and the own line change nothing."""
        if place.isdecimal() and int(place) < len(self.lines) and not (self.own is not None and int(place) == 0):
            del self.lines[int(place)]

    def rows(self) -> list[Row]:
        """The lines as the page shows them."""
        return [self._row(place, line) for place, line in enumerate(self.lines)]

    def _row(self, place: int, line: Mapping[str, Any]) -> Row:
        office = self.by_key.get(line["office"])
        problem = ""
        if line["office"] and office is None:
            problem = _("Diese Stelle nimmt nicht mehr teil. Bitte nehmen Sie die Zeile weg.")
        ticks = [(name, label, name in line["categories"]) for name, label in DataCategory.choices]
        who = office.name if office else line["name"] or _("Stelle, die es nicht mehr gibt")
        fixed = self.own is not None and place == 0
        return Row(place, who, line["office"], line["name"], fixed, problem, ticks)

    def institutions(self) -> list[Institution]:
        """The institutions that are named."""
        return [self.by_key[line["office"]] for line in self.lines if line["office"] in self.by_key]

    def problem(self) -> str:
        """What keeps the list from being signed; empty if nothing does."""
        if any(row.problem for row in self.rows()):
            return _("Eine Stelle auf der Liste nimmt nicht mehr teil. Bitte nehmen Sie die Zeile weg.")
        if not any(row for row in self.rows() if not row.fixed):
            return _("Nennen Sie mindestens eine weitere Stelle oder Person, mit der Sie sich austauschen.")
        return ""

    def to_lines(self) -> list[Line]:
        """What ``consents.record`` takes."""
        return [
            Line(self.by_key.get(line["office"]), line["name"], frozenset(line["categories"])) for line in self.lines
        ]

    def in_words(self) -> list[tuple[str, str]]:
        """Who, and which kinds of data."""
        return [(row.who, ", ".join(str(label) for _n, label, ticked in row.ticks if ticked)) for row in self.rows()]


def _usual(office: Institution) -> dict[str, Any]:
    more = [DataCategory.HEALTH.value] if office.kind in NEEDS_HEALTH else []
    return {"office": str(office.pk), "name": "", "categories": [*USUAL, *more]}


def apply(scope: Scope, typed: dict[str, Any], do: str) -> None:
    """What a button does to the list: what stands in the fields for one more line is added, one may be taken away.

    What could not be added stays in its field.
    """
    name, _colon, which = do.partition(":")
    if name == "remove_line":
        scope.remove(which)
    for field_name, add in (("add_office", scope.add), ("add_name", scope.add_name)):
        if not add(str(typed.get(field_name, ""))):
            typed[field_name] = ""
