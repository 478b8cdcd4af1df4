"""A version of the Handlungsplan as sections: one source for page, PDF and copied text (RT-18, UX-02).

Nothing here asks the database: :class:`Around` brings what stands beside the frozen words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iiz.core.blocks import Block, Row, filled
from iiz.core.templatetags.ui import chf, day

from . import timeline
from .paper import AREA_TEXTS, Paper, Step, thaw
from .plan_changes import AREA_LABELS
from .plan_reading import Kinds, cut
from .warnings import warnings

MOST_CHANGES = 12
"""How many changes the document lists; the rest it counts."""


@dataclass(frozen=True)
class Table:
    """A table; each row with the name by which a correction points at it, and its cells."""

    heads: list[str]
    rows: list[tuple[str, list[str]]]
    kind: str = ""
    caption: str = ""

    @property
    def labelled(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The rows, each cell with its head."""
        return [(name, list(zip(self.heads, cells, strict=True))) for name, cells in self.rows]


@dataclass(frozen=True)
class Section:
    """One part of the document: heading, sentences, then drawing, table, blocks and points, as far as there are any."""

    name: str
    title: str
    lead: str = ""
    line: timeline.Timeline | None = None
    table: Table | None = None
    blocks: list[Block] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    sums: Table | None = None

    def as_blocks(self) -> list[Block]:
        """The section as plain blocks, for the text to copy."""
        rows: list[Row] = [("", self.lead)] if self.lead else []
        for table in (self.table, self.sums):
            rows += [_in_a_line(cells) for _name, cells in (table.labelled if table else [])]
        rows += [("", f"- {point}") for point in self.points]
        return [Block(self.name, self.title, rows), *(Block(one.name, one.title, one.rows) for one in self.blocks)]


def _in_a_line(cells: list[tuple[str, str]]) -> Row:
    """A row of a table in one line: its first cell, then the others with their heads."""
    label = " ".join(cells[0][1].split())
    return label, "; ".join(f"{head}: {' '.join(cell.split())}" for head, cell in cells[1:] if cell)


@dataclass(frozen=True)
class Promise:
    """How it stands with the promise to a step, in words; ``own``: the client's, which no office promises."""

    words: str
    own: bool = False


@dataclass(frozen=True)
class Around:
    """What stands around the words of a version."""

    written_on: dt.date
    standing: str
    client: list[Row]
    promises: Mapping[int, Promise] = field(default_factory=dict)
    manager: list[Row] = field(default_factory=list)
    moderation: list[Row] = field(default_factory=list)
    """Name and how to reach whoever moderates; called where nobody has the case management."""
    present: Table | None = None
    replaced: str = ""
    changes: list[str] = field(default_factory=list)
    left_out: str = ""
    signature: str = ""
    is_draft: bool = False


def numbers(content: Mapping[str, Any]) -> dict[int, int]:
    """The number of each step in the whole version, whatever a reader is shown of it."""
    return {row["key"]: place for place, row in enumerate(content.get("steps", ()), start=1)}


def sections(content: Mapping[str, Any], kinds: Kinds, participant: int | None, around: Around) -> list[Section]:
    """The document as somebody reads it who gets ``kinds``; ``content`` is the whole of it."""
    paper, whole, place = thaw(cut(content, kinds, participant)), thaw(content), numbers(content)
    shown = {step.key for step in paper.steps}
    told = {key: lines for key, lines in warnings(whole, kinds).items() if key in shown}
    found = [
        Section("head", "", blocks=filled([Block("facts", "", [*around.client, *_managed(around)])])),
        _changed(around),
        Section("present", _("Wer am Gespräch war"), table=around.present) if around.present else None,
        _situation(paper),
        _sick(paper),
        _money(paper, around.written_on),
        _decisions(paper),
        _goals(paper),
        _plan(paper, place),
        _warned(told, place),
        _promised(paper, place, around.promises),
        Section("left-out", _("Was hier nicht steht"), lead=around.left_out) if around.left_out else None,
    ]
    return [section for section in found if section is not None and _holds_something(section)]


def _holds_something(section: Section) -> bool:
    return bool(section.lead or section.table or section.blocks or section.points or section.line)


def _managed(around: Around) -> list[Row]:
    """The case manager in one row of the head."""
    lines = [value for _label, value in around.manager if value]
    who = ", ".join(lines[:2])
    return [(_("Case Management"), "\n".join(line for line in (who, " · ".join(lines[2:])) if line))]


def _situation(paper: Paper) -> Section:
    blocks = [
        Block(f"area.{row.code}", row.label, [(str(AREA_LABELS[name]), getattr(row, name)) for name in AREA_TEXTS])
        for row in paper.areas
    ]
    return Section("situation", _("Situation nach Lebensbereich"), blocks=filled(blocks))


def _sick(paper: Paper) -> Section | None:
    if not paper.sick_leaves:
        return None
    rows = [
        (f"sick.{row.key}", [f"{row.percent}\u00a0%", timeline.span_words(row.since, row.until), row.note])
        for row in paper.sick_leaves
    ]
    return Section("sick", _("Arbeitsunfähigkeit"), table=Table([_("Grad"), _("Dauer"), _("Bemerkung")], rows))


def _money(paper: Paper, today: dt.date) -> Section | None:
    line = timeline.build(paper, today)
    if line is None:
        return None
    heads = [_("Einkommen"), _("pro Monat"), _("Dauer"), _("Bemerkung")]
    rows = [
        (f"income.{row.key}", [row.label, chf(row.amount), timeline.span_words(row.since, row.until), row.note])
        for row in paper.incomes
    ]
    if not rows:
        return Section("income", _("Auf der Zeitachse"), line=line)
    months = [("", [one.when, one.what]) for one in line.sums]
    sums = Table([_("Monate"), _("pro Monat")], months, caption=_("Summen nach Monaten"))
    title = _("Einkommen auf der Zeitachse")
    return Section("income", title, line=line, table=Table(heads, rows), sums=sums, points=line.sentences)


def _decisions(paper: Paper) -> Section | None:
    if not paper.decisions:
        return None
    heads = [_("Wer entscheidet"), _("Worüber"), _("Bis wann"), _("Schritte")]
    rows = [
        (
            f"decision.{row.key}",
            [
                row.owner_label,
                row.text,
                day(row.expected) or _("noch kein Tag bekannt"),
                _("kann Schritte hinfällig machen") if row.threatens else "",
            ],
        )
        for row in paper.decisions
    ]
    return Section("decisions", _("Was die Stellen noch entscheiden"), table=Table(heads, rows))


def _goals(paper: Paper) -> Section | None:
    if not paper.goals:
        return None
    heads = [_("Nr."), _("Ziel"), _("Erkennbar an")]
    rows = [(f"goal.{row.key}", [str(place), row.text, row.measure]) for place, row in enumerate(paper.goals, start=1)]
    return Section("goals", _("Ziele"), table=Table(heads, rows, "numbered"))


def _plan(paper: Paper, place: Mapping[int, int]) -> Section | None:
    if not paper.steps:
        return None
    goals = {goal.key: number for number, goal in enumerate(paper.goals, start=1)}
    heads = [_("Nr."), _("Schritt"), _("Verantwortlich"), _("Zahlt"), _("Wann"), _("Nach Nr.")]
    rows = [(f"step.{step.key}", _step(step, place, goals)) for step in paper.steps]
    return Section("plan", _("Handlungsplan"), table=Table(heads, rows, "numbered steps"))


def _step(step: Step, place: Mapping[int, int], goals: Mapping[int, int]) -> list[str]:
    words = [step.what, step.note]
    if step.goal in goals:
        words.append(_("Ziel %(n)s") % {"n": goals[step.goal or 0]})
    if step.despite:
        words.append(_("Trotz offenem Entscheid: %(why)s") % {"why": step.despite})
    return [
        str(place[step.key]),
        "\n".join(word for word in words if word),
        step.owner_label,
        step.payer_label,
        _when(step),
        str(place.get(step.after or 0, "")),
    ]


def _when(step: Step) -> str:
    until = _("bis %(day)s") % {"day": day(step.due)}
    return f"{_('ab %(day)s') % {'day': day(step.start)}}\n{until}" if step.start else until


def _warned(told: Mapping[int, Iterable[str]], place: Mapping[int, int]) -> Section:
    """What is to be minded, each sentence once with the steps that it is about."""
    steps: dict[str, list[str]] = {}
    for key, lines in told.items():
        for line in lines:
            steps.setdefault(line, []).append(str(place[key]))
    points = [
        ngettext("Schritt %(which)s: %(sentence)s", "Schritte %(which)s: %(sentence)s", len(which))
        % {"which": ", ".join(which), "sentence": line}
        for line, which in steps.items()
    ]
    return Section("warnings", _("Zu beachten"), points=points)


def _promised(paper: Paper, place: Mapping[int, int], promises: Mapping[int, Promise]) -> Section | None:
    rows = [
        (f"step.{step.key}", [str(place[step.key]), step.owner_label, promises[step.key].words])
        for step in paper.steps
        if step.key in promises and not promises[step.key].own
    ]
    if not rows:
        return None
    lead = _("Die Stellen unterschreiben nicht: Sie sagen ihre Schritte im Portal oder am Gespräch zu.")
    table = Table([_("Schritt"), _("Stelle"), _("Zusage")], rows, "numbered")
    return Section("promises", _("Zusagen der Stellen"), lead=lead, table=table)


def _changed(around: Around) -> Section | None:
    if not around.replaced:
        return None
    points = around.changes[:MOST_CHANGES]
    more = len(around.changes) - len(points)
    points += [_("… und %(n)s weitere Änderungen") % {"n": more}] if more > 0 else []
    return Section("changes", _("Was neu ist"), lead=around.replaced, points=points)


# In plain language --------------------------------------------------------------------------------------------------


def plain_sections(content: Mapping[str, Any], kinds: Kinds, participant: int | None, around: Around) -> list[Section]:
    """The plan in short sentences, for the client: what you do, what the offices do, whom you call."""
    paper = thaw(cut(content, kinds, participant))
    own = [step for step in paper.steps if _is_own(step, around)]
    offices: dict[str, list[Step]] = {}
    for step in paper.steps:
        if step not in own:
            offices.setdefault(step.owner_label, []).append(step)
    goals = [goal.text for goal in paper.goals]
    found = [
        Section("plain-goals", _("Das wollen Sie erreichen"), points=goals),
        Section("plain-own", _("Das machen Sie"), points=[_plain_step(step) for step in own]),
        Section(
            "plain-offices",
            _("Das machen die Stellen"),
            blocks=[Block("", name, [("", _plain_step(row)) for row in rows]) for name, rows in offices.items()],
        ),
        Section("plain-words", _("Das möchten wir Ihnen sagen"), lead=paper.plain),
        _call(around),
        Section("plain-changing", _("Wenn sich etwas ändert"), points=_changing(around)),
    ]
    return [section for section in found if _holds_something(section)]


def _is_own(step: Step, around: Around) -> bool:
    promise = around.promises.get(step.key)
    return promise is not None and promise.own


def _plain_step(step: Step) -> str:
    names = {"what": step.what, "start": day(step.start), "due": day(step.due)}
    if step.start:
        return _("Vom %(start)s bis %(due)s: %(what)s") % names
    return _("Bis %(due)s: %(what)s") % names


def _call(around: Around) -> Section:
    """The case manager, or whoever moderates as long as there is none."""
    return Section(
        "plain-call",
        _("Diese Person rufen Sie an"),
        lead=_("Sie haben eine Frage? Etwas klappt nicht? Rufen Sie an oder schreiben Sie."),
        blocks=filled([Block("contact", "", around.manager or around.moderation)]),
    )


def _changing(around: Around) -> list[str]:
    if around.is_draft:
        return [
            _("Das ist ein Entwurf. Er gilt noch nicht."),
            _("Stimmt etwas nicht? Sagen Sie es. Dann ändern wir es."),
            _("Sie können Ihre Vollmacht jederzeit einschränken oder zurückziehen."),
        ]
    return [
        _("Der Plan lässt sich ändern. Sagen Sie es früh."),
        _("Dann schreiben wir eine neue Fassung. Sie bekommen sie und unterschreiben sie neu."),
        _("Bis dahin gilt dieser Plan."),
        _("Sie können Ihre Vollmacht jederzeit einschränken oder zurückziehen."),
    ]
