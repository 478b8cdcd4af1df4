"""Which municipality somebody means: typed names, with or without postcode, former ones too (ACT-03)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from .models import Municipality
from .seed import rows

SHORTEST = 3
"""From so many letters on the beginning of a name is enough."""
SIMILAR = 4
LIKE = 0.7
"""How like a name what was typed must be to be offered, from 0 to 1."""
LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "é": "e", "è": "e", "à": "a"})


@dataclass(frozen=True)
class Former:
    """A municipality that is part of another one since a year."""

    name: str
    successor: int
    since: str


@dataclass(frozen=True)
class Place:
    """What was found: the municipality, the former one that was typed, or else those with a similar name."""

    municipality: Municipality | None = None
    former: Former | None = None
    similar: tuple[Municipality, ...] = ()


@cache
def formers() -> tuple[Former, ...]:
    """The former municipalities that ship with the portal."""
    return tuple(Former(row["name"], int(row["successor"]), row["since"]) for row in rows("lu_former.csv"))


def plain(name: str) -> str:
    """A name as it compares: small letters, no umlauts, no postcode, no canton."""
    text = re.sub(r"\(lu\)|\blu\b|\d+", " ", name.casefold().translate(LETTERS))
    return " ".join(re.sub(r"[^a-z]+", " ", text).split())


def find(typed: str) -> Place:
    """The municipality of the canton that ``typed`` means; one query."""
    return match(typed, Municipality.objects.order_by("name"))


def match(typed: str, municipalities: Iterable[Municipality]) -> Place:
    """Which of ``municipalities`` ``typed`` means.

    The whole name counts first, then a former name, then the beginning of one name, then what is written alike.
    """
    wanted = plain(typed)
    known = {row.pk: row for row in municipalities}
    former = {plain(row.name): row for row in formers() if row.successor in known}
    names = {plain(row.name): row for row in known.values()}
    if not wanted:
        return Place()
    if wanted in names:
        return Place(names[wanted])
    if wanted in former:
        return Place(known[former[wanted].successor], former[wanted])
    every = {**{name: known[row.successor] for name, row in former.items()}, **names}
    begun = [name for name in every if len(wanted) >= SHORTEST and name.startswith(wanted)]
    if len(begun) == 1:
        return Place(every[begun[0]], former.get(begun[0]))
    alike = begun or get_close_matches(wanted, every, n=SIMILAR, cutoff=LIKE)
    unique = {every[name].pk: every[name] for name in alike}
    return Place(similar=tuple(unique.values())[:SIMILAR])
