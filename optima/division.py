"""Lines of the dated texts on who does what, as they fit what is known of the case (RED-05, RED-08).

A line may begin with a mark in square brackets and then holds only in that case: ``[sistiert]`` or ``[abgeschlossen]``
by what the IV recorded of its procedure, ``[offen]`` as long as it has recorded nothing. ``{am}`` is the day.

What is said of a closed procedure is information: nobody takes it up again.
"""

from __future__ import annotations

import re

from iiz.core.templatetags.ui import day

from .enums import IvRest
from .models import Antrag

MARK = re.compile(r"\[([^\]\n]*)\]\s*")
MARKS = {"sistiert": IvRest.SUSPENDED.value, "abgeschlossen": IvRest.CLOSED.value, "offen": ""}


def lines(text: str, antrag: Antrag | None = None) -> list[str]:
    """The lines of ``text`` that hold for a case, or in general; a mark that nobody knows stays as it was written."""
    return [line for _mark, line in _marked(text, antrag)]


def tasks(text: str, antrag: Antrag) -> list[str]:
    """The lines that say what is to be taken up again."""
    return [line for mark, line in _marked(text, antrag) if mark != IvRest.CLOSED.value]


def notes(text: str, antrag: Antrag) -> list[str]:
    """The lines that only tell why something is not taken up again."""
    return [line for mark, line in _marked(text, antrag) if mark == IvRest.CLOSED.value]


def _marked(text: str, antrag: Antrag | None) -> list[tuple[str | None, str]]:
    rest, since = (antrag.iv_rest, antrag.iv_rest_on) if antrag is not None else ("", None)
    found = []
    for line in text.splitlines():
        mark = MARK.match(line)
        wanted = MARKS.get(mark[1].strip().lower()) if mark else None
        if mark is not None and wanted is not None:
            if wanted != rest:
                continue
            line = line[mark.end() :]
        found.append((wanted, line.replace("{am}", day(since)).strip()))
    return [(mark, line) for mark, line in found if line]
