"""Steps that a pending decision of another office may undo, and steps that begin too early (RT-12)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from iiz.core.enums import DataCategory
from iiz.core.templatetags.ui import day

from .paper import Decision, Paper, Step
from .plan_reading import Kinds
from .reading import DECISIONS, EVERYTHING


def warnings(paper: Paper, kinds: Kinds = EVERYTHING) -> dict[int, list[str]]:
    """By the key of the step, German sentences; a step without any is left out.

    A decision that may undo steps warns of every step of somebody else that begins before it (without a beginning: is
    due before it); one without a day comes after everything. Where ``despite`` says why the step is taken all the same,
    nothing is said of decisions. Of decisions that are not of the reader's ``kinds`` nothing is told, not even that
    there are any; words of such steps are left out.
    """
    by_key = {step.key: step for step in paper.steps}
    found: dict[int, list[str]] = {}
    for step in paper.steps:
        told = [] if step.despite else [row for row in undoing(paper, step) if _kind(row) in kinds]
        lines = [_of_decision(row) for row in told]
        before = by_key.get(step.after or 0)
        if before is not None and begins(step) < before.due:
            lines.append(_of_sequence(step, before, kinds))
        if lines:
            found[step.key] = lines
    return found


def undoing(paper: Paper, step: Step) -> list[Decision]:
    """The pending decisions of others that may undo a step, by day; those without one last."""
    rows = [
        row
        for row in paper.decisions
        if row.threatens and row.owner != step.owner and (row.expected is None or begins(step) < row.expected)
    ]
    return sorted(rows, key=lambda row: row.expected or dt.date.max)


def begins(step: Step) -> dt.date:
    """When a step begins; without a beginning the day on which it is due."""
    return step.start or step.due


def _kind(row: Decision) -> str:
    return DataCategory.HEALTH if row.health else DECISIONS


def _of_decision(row: Decision) -> str:
    names = {"office": row.owner_label, "day": day(row.expected), "what": row.text}
    words = _("%(office)s entscheidet bis %(day)s über «%(what)s»; das kann diesen Schritt hinfällig machen.")
    if row.expected is None:
        words = _(
            "%(office)s hat noch über «%(what)s» zu entscheiden, ohne festen Tag; das kann diesen Schritt "
            "hinfällig machen."
        )
    return words % names


def _of_sequence(step: Step, before: Step, kinds: Kinds) -> str:
    names = {"what": before.what, "due": day(before.due), "begins": day(begins(step))}
    if before.health and DataCategory.HEALTH not in kinds:
        words = _("Beginnt am %(begins)s, obwohl der Schritt davor erst bis %(due)s erledigt ist.")
    elif step.start is None:
        words = _("Endet am %(begins)s, obwohl «%(what)s» davor kommt und erst bis %(due)s erledigt ist.")
    else:
        words = _("Beginnt am %(begins)s, obwohl «%(what)s» davor kommt und erst bis %(due)s erledigt ist.")
    return words % names
