"""Which institution somebody means: its name, its short name, or a part that only one of them has."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .models import Institution

SHORTEST = 3
"""From so many letters on a part of a name is enough."""


def named(typed: str, offices: Iterable[Institution]) -> Institution | None:
    """Which of ``offices`` ``typed`` means, whatever the case of the letters; ``None`` for none, or for several.

    The whole name counts first, then the short name, then the words that begin words of one of the two.
    """
    wanted = " ".join(typed.split()).casefold()
    parts = _words(wanted)
    known = list(offices) if wanted else []
    if len("".join(parts)) < SHORTEST:
        parts = []
    for fits in (
        [office for office in known if office.name.casefold() == wanted],
        [office for office in known if office.short_name.casefold() == wanted],
        [office for office in known if parts and any(_begun(parts, name) for name in (office.name, office.short_name))],
    ):
        if fits:
            return fits[0] if len(fits) == 1 else None
    return None


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.casefold())


def _begun(parts: list[str], name: str) -> bool:
    """Whether each of ``parts`` begins a word of ``name``."""
    words = _words(name)
    return all(any(word.startswith(part) for word in words) for part in parts)
