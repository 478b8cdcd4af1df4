"""What was said before the meeting, put beside the working paper and taken over into it (RT-10, RT-11)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from iiz.core import consents
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory
from iiz.core.models import Case

from . import comparison, perspectives, reading
from .comparison import Column
from .enums import ParticipantKind
from .models import AreaView, Income, PendingDecision, SickLeave
from .paper import YES
from .queries import at_the_table, institution_of

FIELDS = {"state": "state", "difficulties": "difficulties", "resources": "resources", "open_questions": "questions"}
"""Field of a view → field of the paper."""
AT_THE_TABLE = (ParticipantKind.OFFICE, ParticipantKind.PROFESSIONAL)
"""Who reads by the Vollmacht; client and relatives hear what is said."""


@dataclass(frozen=True)
class Said:
    """What somebody said of a life area. ``view`` and ``name`` find it again; ``goes_to`` is the field of the paper."""

    view: int
    name: str
    goes_to: str
    who: str
    label: str
    text: str

    @property
    def quoted(self) -> str:
        """As it is taken over: with who said it."""
        return f"{self.text} ({self.who})"


@dataclass
class Prepared:
    """What stands beside the paper: by life area, and the rows of the lists that are not taken over yet, by part.

    ``held_back``: something is not shown because not everybody at the table may read it.
    """

    areas: dict[str, list[Said]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    held_back: bool = False

    def find(self, view: str, name: str, goes_to: str) -> Said | None:
        """What somebody said, by the words of a button."""
        rows = (row for said in self.areas.values() for row in said)
        return next((row for row in rows if (str(row.view), row.name, row.goes_to) == (view, name, goes_to)), None)


def shared(case: Case) -> frozenset[str]:
    """The kinds of data that every office and every professional at the table may read today."""
    found = set(DataCategory.values)
    lines = {line.pk: line for line in consents.live_lines(case)}
    for row in at_the_table(case):
        if row.kind not in AT_THE_TABLE:
            continue
        institution = institution_of(row)
        if institution is not None:
            found &= {kind for kind in found if institution in {one.pk for one in consents.readers(case, kind)}}
        else:
            found &= set(lines[row.line_id].categories) if row.line_id in lines else set()
    return frozenset(found)


def of(case: Case, actor: Actor, cells: Mapping[str, str], *, everything: bool) -> Prepared:
    """What ``actor`` may read of the views; without ``everything`` only what all at the table may read.

    Of the own view too only what the actor reads in the paper: taken over, the rest would vanish there.
    """
    page = comparison.of(case, actor)
    common = shared(case)
    in_paper = reading.EVERYTHING if actor.is_coordination else reading.opened(case, actor)
    found = Prepared()
    sources = {text for name, text in cells.items() if name.endswith(".source")}
    for column in (replace(one, shown=one.shown & in_paper) for one in page.given):
        kinds = column.shown if everything else column.shown & common
        _texts(found, column, kinds)
        for part, texts, words, kind in _lists(column):
            if kind not in kinds:
                found.held_back = found.held_back or kind in column.shown
            elif texts["source"] not in sources:
                found.rows.setdefault(part, []).append(texts)
                found.words.setdefault(part, []).append(f"{column.name}: {words}")
    return found


def _texts(found: Prepared, column: Column, kinds: frozenset[str]) -> None:
    for row in column.view.areas.all():
        area = row.area
        if area.category not in kinds:
            found.held_back = found.held_back or area.category in column.shown
            continue
        for name, goes_to in FIELDS.items():
            text = getattr(row, name)
            if text:
                label = str(AreaView._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
                said = Said(column.view.pk, name, f"area.{area.code}.{goes_to}", column.name, label, text)
                found.areas.setdefault(area.code, []).append(said)


def _lists(column: Column) -> list[tuple[str, dict[str, str], str, str]]:
    """The rows of the lists of one view: part, texts of the fields, the words of the row, kind of data."""
    view = column.view
    found: list[tuple[str, dict[str, str], str, str]] = []
    for decision in view.decisions.all():
        kind = DataCategory.HEALTH if decision.health else reading.DECISIONS
        found.append(("decision", _decision(decision, view.participant_id), decision.text, kind))
    found += [("sick", _sick(row), f"{row.percent}\u00a0%", reading.SICK_LEAVES) for row in view.sick_leaves.all()]
    found += [("income", _income(row), row.get_kind_display(), reading.INCOMES) for row in view.incomes.all()]
    who = view.participant_id
    return [(part, texts | {"source": _source(who, part, texts)}, words, kind) for part, texts, words, kind in found]


def _typed(row: PendingDecision | SickLeave | Income, *names: str) -> dict[str, str]:
    return {name: perspectives.as_typed(getattr(row, name)) for name in names}


def _decision(row: PendingDecision, participant: int) -> dict[str, str]:
    ticks = {"health": YES if row.health else "", "expected": perspectives.as_typed(row.expected_on)}
    return {"owner": str(participant), "text": row.text} | ticks


def _sick(row: SickLeave) -> dict[str, str]:
    return _typed(row, "percent", "since", "until", "note")


def _income(row: Income) -> dict[str, str]:
    return _typed(row, "kind", "amount", "since", "until", "note")


def _source(participant: int, part: str, texts: Mapping[str, str]) -> str:
    """By what a row is known again when it was taken over, also after its view was given anew with the same words."""
    words = json.dumps([participant, part, *sorted(texts.items())], ensure_ascii=False)
    return hashlib.sha256(words.encode()).hexdigest()[:16]
