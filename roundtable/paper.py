"""What the working paper and each version of the Handlungsplan hold: analysis, goals, steps (RT-11 to RT-13).

A field is called ``PART.KEY.FIELD``: ``area.gesundheit.state``, ``step.3.due``; see :data:`FIELDS`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from iiz.core.enums import DataCategory

AREA_TEXTS = ("state", "difficulties", "resources", "questions", "answers")
"""What is noted of a life area."""
FIELDS: dict[str, tuple[str, ...]] = {
    "area": AREA_TEXTS,
    "income": ("kind", "amount", "since", "until", "note"),
    "sick": ("percent", "since", "until", "note"),
    "decision": ("owner", "text", "expected", "health", "threatens"),
    "goal": ("text", "measure"),
    "step": (
        "what",
        "owner",
        "offer",
        "payer",
        "start",
        "due",
        "after",
        "goal",
        "note",
        "health",
        "despite",
        "promised",
    ),
}
"""Part of the paper → its fields."""
ROWS = ("income", "sick", "decision", "goal", "step")
"""The parts whose rows are numbered; a row is taken away by ``PART.KEY.gone`` and can be brought back."""
SOURCED = ("income", "sick", "decision")
"""The parts whose rows can come from a view: ``PART.KEY.source`` says from which of its lines, lest it come twice."""
PLAIN = "plain.text"
"""What is said to the client in the moderator's own words, beside the summary that follows from the steps."""
YES = "ja"
"""A tick that is set."""
NAME = re.compile(r"^(?P<part>[a-z]+)\.(?P<key>[a-z0-9_-]{1,60})\.(?P<field>[a-z]+)$")
SEAT = re.compile(r"^seat\.\d{1,18}\.\d{1,18}\.(first|second)$")
MEETING = re.compile(r"^meeting\.\d{1,18}\.note$")


def is_name(name: str) -> bool:
    """Whether there is such a field at all."""
    if name == PLAIN or SEAT.match(name) or MEETING.match(name):
        return True
    found = NAME.match(name)
    if found is None:
        return False
    part, key, what = found["part"], found["key"], found["field"]
    if part in ROWS and not (key.isdigit() and 0 < int(key) < 10_000):
        return False
    beside = {"gone": ROWS, "source": SOURCED}
    return what in FIELDS.get(part, ()) or part in beside.get(what, ())


def kind_of(name: str, categories: Mapping[str, str]) -> str | None:
    """To which kind of data a field belongs; ``None``: to none in particular. ``categories``: life area → kind."""
    part, key = name.split(".")[:2]
    if part == "area":
        return categories.get(key, DataCategory.HEALTH)
    return {"income": DataCategory.MONEY, "decision": DataCategory.MONEY, "sick": DataCategory.HEALTH}.get(part)


def readable(cells: Mapping[str, str], kinds: frozenset[str], categories: Mapping[str, str]) -> Callable[[str], bool]:
    """Which fields somebody reads to whom these kinds of data are open; rows marked so are health data.

    The mark itself is for whoever reads health data: for others the row would vanish under their hands.
    """
    ill = {name.rpartition(".")[0] for name, text in cells.items() if name.endswith(".health") and text == YES}

    def is_readable(name: str) -> bool:
        if name == PLAIN:  # own words may touch anything
            return kinds >= frozenset(DataCategory.values)
        if name.endswith(".health") and DataCategory.HEALTH not in kinds:
            return False
        kind = DataCategory.HEALTH if name.rpartition(".")[0] in ill else kind_of(name, categories)
        return kind is None or kind in kinds

    return is_readable


@dataclass(frozen=True)
class Area:
    """A life area of the day on which the case arrived; ``category`` says who may read it."""

    code: str
    label: str
    category: str


@dataclass(frozen=True)
class Owner:
    """Somebody at the table who can be responsible: an office (``institution``), or the client (none)."""

    pk: int
    label: str
    institution: int | None = None
    offers: tuple[tuple[int, str], ...] = ()
    """Its catalogue as of today: key and label."""


@dataclass(frozen=True)
class About:
    """What the fields refer to: life areas, who can be responsible, and who can pay (key → name)."""

    areas: tuple[Area, ...] = ()
    owners: tuple[Owner, ...] = ()
    payers: Mapping[int, str] = field(default_factory=dict)

    def owner(self, pk: int | None) -> Owner | None:
        """Who is responsible, if still at the table."""
        return next((row for row in self.owners if row.pk == pk), None)


@dataclass(frozen=True)
class AreaNote:
    """One life area with what was noted of it."""

    code: str
    label: str
    category: str
    state: str = ""
    difficulties: str = ""
    resources: str = ""
    questions: str = ""
    answers: str = ""


@dataclass(frozen=True)
class Income:
    """From what somebody lives, CHF a month; an open end is ``None``."""

    key: int
    kind: str
    label: str
    amount: Decimal | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    note: str = ""


@dataclass(frozen=True)
class Sick:
    """Degree in per cent and duration of an incapacity for work."""

    key: int
    percent: int
    since: dt.date
    until: dt.date | None = None
    note: str = ""


@dataclass(frozen=True)
class Decision:
    """What an office has still to decide; ``threatens``: it may undo a planned step (RT-12)."""

    key: int
    owner: int | None
    owner_label: str
    text: str
    expected: dt.date | None = None
    health: bool = False
    threatens: bool = True


@dataclass(frozen=True)
class Goal:
    """What shall be reached, and by what one sees that it is."""

    key: int
    text: str
    measure: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the plan (RT-13). ``despite``: why it is taken although a pending decision may undo it."""

    key: int
    what: str
    owner: int
    owner_label: str
    due: dt.date
    start: dt.date | None = None
    offer: int | None = None
    payer: int | None = None
    payer_label: str = ""
    after: int | None = None
    goal: int | None = None
    note: str = ""
    health: bool = False
    despite: str = ""

    @property
    def digest(self) -> str:
        """Fingerprint of what is promised: unchanged, a promise holds in the next version (RT-15)."""
        words = (self.what, self.owner, self.payer, self.payer_label, self.start, self.due, self.health)
        return hashlib.sha256(json.dumps(words, default=str).encode()).hexdigest()


@dataclass
class Paper:
    """The paper as far as it can be read, and what hinders: name of the field → German sentence."""

    areas: list[AreaNote] = field(default_factory=list)
    incomes: list[Income] = field(default_factory=list)
    sick_leaves: list[Sick] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    plain: str = ""
    problems: dict[str, str] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """As it is frozen in a version."""
        found = asdict(self)
        del found["problems"]
        return json.loads(json.dumps(found, default=str))


def digest(content: Mapping[str, Any]) -> str:
    """Fingerprint of a frozen version, of whatever order its keys come in."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def thaw(content: Mapping[str, Any]) -> Paper:
    """A frozen version, to read."""

    def rows(name: str, kind: type[Any], *dates: str) -> list[Any]:
        found = []
        for row in content.get(name, ()):
            days = {day: dt.date.fromisoformat(row[day]) if row.get(day) else None for day in dates}
            found.append(kind(**(row | days)))
        return found

    incomes = rows("incomes", Income, "since", "until")
    return Paper(
        areas=rows("areas", AreaNote),
        incomes=[_with_amount(row) for row in incomes],
        sick_leaves=rows("sick_leaves", Sick, "since", "until"),
        decisions=rows("decisions", Decision, "expected"),
        goals=rows("goals", Goal),
        steps=rows("steps", Step, "start", "due"),
        plain=content.get("plain", ""),
    )


def _with_amount(row: Income) -> Income:
    return row if row.amount is None else Income(**(asdict(row) | {"amount": Decimal(str(row.amount))}))
