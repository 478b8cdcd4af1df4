"""What changed between two versions of a Handlungsplan, word by word (RT-15)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iiz.core.templatetags.ui import chf, day

from .paper import AREA_TEXTS, Paper, Step, thaw

SAME, NEW, GONE = "same", "new", "gone"
ALIKE = 0.5
"""Texts of which less is the same are shown one after the other: word by word nobody could read them."""
AREA_LABELS = {
    "state": gettext_lazy("Heute"),
    "difficulties": gettext_lazy("Schwierigkeiten"),
    "resources": gettext_lazy("Ressourcen"),
    "questions": gettext_lazy("Offene Fragen"),
    "answers": gettext_lazy("Antworten"),
}
Words = dict[str, str]


@dataclass(frozen=True)
class Piece:
    """Some words in a row: in both versions, only in the new one, or only in the old one."""

    text: str
    how: str = SAME


@dataclass(frozen=True)
class Change:
    """One row that is new, gone or changed; ``fields``: label and words, only those that changed if it was before."""

    title: str
    how: str
    fields: list[tuple[str, list[Piece]]] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """One part of the document with what changed in it; ``sentence`` tells of what is no row of its own."""

    title: str
    changes: list[Change] = field(default_factory=list)
    sentence: str = ""


@dataclass(frozen=True)
class Changes:
    """All that changed, by part of the document."""

    parts: list[Part]

    @property
    def only_order(self) -> bool:
        """Whether nothing but the order of the steps changed."""
        return bool(self.parts) and not any(part.changes for part in self.parts)

    @property
    def short(self) -> list[str]:
        """One line per change, for the document."""
        found = []
        for part in self.parts:
            found += [part.sentence] if part.sentence else []
            found += [_line(part, change) for change in part.changes]
        return found


def _line(part: Part, change: Change) -> str:
    names = {"part": part.title, "what": change.title, "fields": ", ".join(label for label, _words in change.fields)}
    if change.how == NEW:
        return _("%(part)s, neu: %(what)s") % names
    if change.how == GONE:
        return _("%(part)s, entfällt: %(what)s") % names
    return _("%(part)s, geändert: %(what)s (%(fields)s)") % names


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes:
    """What changed from one frozen version to another; both as far as the reader may read them."""
    before, after = thaw(old), thaw(new)
    parts = []
    for title, rows in _TABLE.items():
        was, now = rows(before), rows(after)
        parts.append(Part(str(title), _rows(was, now), _order(was, now) if rows is _steps else ""))
    return Changes([part for part in parts if part.changes or part.sentence])


def _rows(was: dict[Any, tuple[str, Words]], now: dict[Any, tuple[str, Words]]) -> list[Change]:
    """New and changed rows in their new order, then those that are gone."""
    found = []
    for key, (title, words) in now.items():
        if key not in was:
            found.append(Change(title, NEW, [(label, [Piece(text, NEW)]) for label, text in words.items() if text]))
        elif was[key][1] != words:
            labels = [label for label in {**was[key][1], **words} if was[key][1].get(label) != words.get(label)]
            pieces = [(label, diff(was[key][1].get(label, ""), words.get(label, ""))) for label in labels]
            found.append(Change(title, SAME, pieces))
    for key, (title, words) in was.items():
        if key not in now:
            found.append(Change(title, GONE, [(label, [Piece(text, GONE)]) for label, text in words.items() if text]))
    return found


def _order(was: Mapping[Any, Any], now: Mapping[Any, Any]) -> str:
    """That the steps which are in both come in another order."""
    if [key for key in was if key in now] == [key for key in now if key in was]:
        return ""
    return _("Die Reihenfolge der Schritte ist anders.")


def diff(old: str, new: str) -> list[Piece]:
    """The words of both texts in one row, each told as the same, new or gone."""
    was, now = (re.findall(r"\s+|[^\s]+", text) for text in (old, new))
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    if old and new and matcher.ratio() < ALIKE:
        return [Piece(old, GONE), Piece(new, NEW)]
    found: list[Piece] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece("".join(was[i1:i2])))
            continue
        found += [Piece("".join(was[i1:i2]), GONE)] if i1 < i2 else []
        found += [Piece("".join(now[j1:j2]), NEW)] if j1 < j2 else []
    return found


# The rows of each part, by what tells them apart ----------------------------------------------------------------------


def _areas(paper: Paper) -> dict[Any, tuple[str, Words]]:
    return {
        row.code: (row.label, {str(AREA_LABELS[name]): getattr(row, name) for name in AREA_TEXTS})
        for row in paper.areas
    }


def _incomes(paper: Paper) -> dict[Any, tuple[str, Words]]:
    return {
        row.key: (
            row.label,
            {
                _("Einkommen"): row.label,
                _("pro Monat"): chf(row.amount),
                _("ab"): day(row.since),
                _("bis"): day(row.until),
                _("Bemerkung"): row.note,
            },
        )
        for row in paper.incomes
    }


def _sick_leaves(paper: Paper) -> dict[Any, tuple[str, Words]]:
    return {
        row.key: (
            f"{row.percent}\u00a0%",
            {
                _("Grad"): f"{row.percent}\u00a0%",
                _("ab"): day(row.since),
                _("bis"): day(row.until),
                _("Bemerkung"): row.note,
            },
        )
        for row in paper.sick_leaves
    }


def _decisions(paper: Paper) -> dict[Any, tuple[str, Words]]:
    return {
        row.key: (
            f"{row.owner_label}: {row.text}",
            {
                _("Wer entscheidet"): row.owner_label,
                _("Worüber"): row.text,
                _("erwartet bis"): day(row.expected),
                _("kann Schritte hinfällig machen"): _("ja") if row.threatens else _("nein"),
            },
        )
        for row in paper.decisions
    }


def _goals(paper: Paper) -> dict[Any, tuple[str, Words]]:
    return {row.key: (row.text, {_("Ziel"): row.text, _("Erkennbar an"): row.measure}) for row in paper.goals}


def _steps(paper: Paper) -> dict[Any, tuple[str, Words]]:
    names = {step.key: step.what for step in paper.steps}
    goals = {goal.key: goal.text for goal in paper.goals}
    return {step.key: (step.what, _step_words(step, names, goals)) for step in paper.steps}


def _step_words(step: Step, names: Mapping[int, str], goals: Mapping[int, str]) -> Words:
    return {
        _("Schritt"): step.what,
        _("verantwortlich"): step.owner_label,
        _("zahlt"): step.payer_label,
        _("ab"): day(step.start),
        _("bis"): day(step.due),
        _("nach"): names.get(step.after or 0, ""),
        _("Ziel"): goals.get(step.goal or 0, ""),
        _("Bemerkung"): step.note,
        _("trotz offenem Entscheid"): step.despite,
    }


def _plain(paper: Paper) -> dict[Any, tuple[str, Words]]:
    return {0: (_("Worte an Sie"), {_("Worte an Sie"): paper.plain})} if paper.plain else {}


_TABLE = {
    gettext_lazy("Situation"): _areas,
    gettext_lazy("Arbeitsunfähigkeit"): _sick_leaves,
    gettext_lazy("Einkommen"): _incomes,
    gettext_lazy("Offene Entscheide"): _decisions,
    gettext_lazy("Ziele"): _goals,
    gettext_lazy("Handlungsplan"): _steps,
    gettext_lazy("In einfachen Worten"): _plain,
}
"""The parts in the order of the document."""


def count_words(changes: Changes) -> str:
    """``3 Änderungen``, or that nothing changed."""
    number = sum(len(part.changes) for part in changes.parts)
    if changes.only_order:
        return _("Nur die Reihenfolge der Schritte ist anders.")
    if not number:
        return _("Am Wortlaut hat sich nichts geändert.")
    return ngettext("Eine Änderung.", "%(n)s Änderungen.", number) % {"n": number}
