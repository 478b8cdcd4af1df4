"""What the meeting page shows: the working paper as fields, sections and rows (RT-10, RT-11, RT-13)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, workflow
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory
from iiz.core.meeting_rows import TAB as MEETINGS
from iiz.core.models import Case, Meeting, ScopeLine

from .. import agenda, minutes, reading, seating, timeline
from ..effects import plans
from ..enums import IncomeKind, MeetingKind
from ..minutes import Theirs
from ..models import Cell, Participant
from ..models.handlungsplan import STEP_LENGTH
from ..models.paper import CELL_LENGTH
from ..paper import AREA_TEXTS, FIELDS, PLAIN, ROWS, YES, About, Paper, is_name, readable
from ..paper_reader import keys, read
from ..prepared import Prepared, shared
from ..queries import held, planned
from ..warnings import warnings

Spec = tuple[str, Any]
SPECS: dict[str, dict[str, Spec]] = {
    "area": {
        "state": ("text", gettext_lazy("Wie steht es heute?")),
        "difficulties": ("text", gettext_lazy("Was ist schwierig?")),
        "resources": ("text", gettext_lazy("Was hilft?")),
        "questions": ("text", gettext_lazy("Offene Fragen")),
        "answers": ("text", gettext_lazy("Antworten")),
    },
    "income": {
        "kind": ("select", gettext_lazy("Einkommen")),
        "amount": ("line", gettext_lazy("CHF im Monat")),
        "since": ("date", gettext_lazy("Seit")),
        "until": ("date", gettext_lazy("Bis")),
        "note": ("line", gettext_lazy("Bemerkung")),
    },
    "sick": {
        "percent": ("line", gettext_lazy("Grad in Prozent")),
        "since": ("date", gettext_lazy("Seit")),
        "until": ("date", gettext_lazy("Bis")),
        "note": ("line", gettext_lazy("Bemerkung")),
    },
    "decision": {
        "owner": ("select", gettext_lazy("Wer entscheidet?")),
        "text": ("line", gettext_lazy("Was ist noch zu entscheiden?")),
        "expected": ("date", gettext_lazy("Erwartet bis")),
        "health": ("tick", gettext_lazy("Betrifft die Gesundheit")),
        "threatens": ("tick", gettext_lazy("Kann geplante Schritte hinfällig machen")),
    },
    "goal": {
        "text": ("text", gettext_lazy("Was soll erreicht werden?")),
        "measure": ("line", gettext_lazy("Woran merken wir, dass es erreicht ist?")),
    },
    "step": {
        "what": ("text", gettext_lazy("Was ist zu tun?")),
        "owner": ("select", gettext_lazy("Verantwortlich")),
        "offer": ("groups", gettext_lazy("Leistung aus dem Katalog der Stelle")),
        "payer": ("payer", gettext_lazy("Wer bezahlt?")),
        "start": ("date", gettext_lazy("Beginnt am")),
        "due": ("date", gettext_lazy("Bis wann?")),
        "after": ("select", gettext_lazy("Kommt nach")),
        "goal": ("select", gettext_lazy("Dient dem Ziel")),
        "note": ("text", gettext_lazy("Bemerkung")),
        "health": ("tick", gettext_lazy("Betrifft die Gesundheit")),
        "despite": ("line", gettext_lazy("Trotzdem, weil …")),
    },
}
"""How each field is asked."""
LENGTHS = {"what": STEP_LENGTH}
"""The most characters of a field that holds fewer than the others."""
TITLES = {
    "income": gettext_lazy("Einkommen"),
    "sick": gettext_lazy("Arbeitsunfähigkeit"),
    "decision": gettext_lazy("Entscheid"),
    "goal": gettext_lazy("Ziel"),
    "step": gettext_lazy("Schritt"),
}
"""What a row is called, before its number."""
PRESENCE = {"first": gettext_lazy("1. Teil"), "second": gettext_lazy("2. Teil")}

STEPS = ("hold_meeting", "circulate_plan", "finalise_plan")
"""What ends a meeting, in this order."""
LATELY = dt.timedelta(minutes=2)
"""Who wrote within that time is said to write now."""


def id_of(name: str) -> str:
    """The id of the control of a field."""
    return "feld-" + name.replace(".", "-")


@dataclass(frozen=True)
class Field:
    """One field on the page. ``was``: what stands on the server where something else is shown; ``about``: its row."""

    name: str
    label: str
    kind: str
    text: str
    about: str = ""
    options: tuple[tuple[str, str], ...] = ()
    groups: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()
    limit: int = CELL_LENGTH
    was: str | None = None
    problem: str = ""
    theirs: Theirs | None = None
    earlier: bool = False
    no: str = ""

    @property
    def id(self) -> str:
        """The id of the control."""
        return id_of(self.name)


@dataclass(frozen=True)
class Row:
    """A numbered row: its fields by name; ``gone``: it was taken away and can be brought back."""

    part: str
    key: int
    title: str
    words: str
    gone: bool
    f: dict[str, Field]
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``step.3``."""
        return f"{self.part}.{self.key}"

    @property
    def is_open(self) -> bool:
        """Whether it is shown unfolded: something in it is missing, or wrong."""
        return not self.words or any(one.problem or one.theirs for one in self.f.values())


@dataclass
class Sheet:
    """The paper as the actor sees it, with what was typed but did not go through."""

    about: About
    cells: dict[str, str]
    is_readable: Callable[[str], bool]
    typed: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, Theirs] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    earlier: frozenset[str] = frozenset()
    kinds: frozenset[str] = reading.EVERYTHING

    def __post_init__(self) -> None:
        """Read the paper as far as it is shown."""
        self.shown = {name: text for name, text in self.cells.items() if self.is_readable(name)}
        self.paper: Paper = read(self.shown, self.about)
        self.problems = self.paper.problems
        self.warnings = warnings(self.paper, self.kinds)

    @property
    def blocked(self) -> list[tuple[str, str]]:
        """The fields that were not saved: where they stand, and what they are called."""
        return [(id_of(name), self.label_of(name)) for name in (*self.theirs, *self.refused)]

    def field(self, part: str, key: object, what: str, **more: Any) -> Field:
        """One field of the paper."""
        kind, label = SPECS[part][what]
        name = f"{part}.{key}.{what}"
        text = self.typed.get(name, self.cells.get(name, ""))
        if kind == "select":
            more["options"] = self._options(part, key, what, text)
        if kind == "groups":
            more["groups"] = tuple(
                (str(owner.pk), owner.label, tuple((str(pk), words) for pk, words in owner.offers))
                for owner in self.about.owners
                if owner.offers
            )
        return self.any_field(name, str(label), kind, text, limit=LENGTHS.get(what, CELL_LENGTH), **more)

    def any_field(self, name: str, label: str, kind: str, text: str, **more: Any) -> Field:
        """A field of any name, with what hinders and who was in the way."""
        stands = self.cells.get(name, "")
        theirs = self.theirs.get(name)
        if text != stands:
            more["was"] = theirs.text if theirs is not None else stands
        problem = self.refused.get(name) or self.problems.get(name, "")
        return Field(name, label, kind, text, problem=problem, theirs=theirs, earlier=name in self.earlier, **more)

    def _options(self, part: str, key: object, what: str, text: str) -> tuple[tuple[str, str], ...]:
        if what == "kind":
            found = [(str(value), str(label)) for value, label in IncomeKind.choices]
        elif what == "owner":
            found = [(str(owner.pk), owner.label) for owner in self.about.owners]
        else:
            other = "step" if what == "after" else "goal"
            found = [
                (str(one), f"{one} · {self.words(other, one)}")
                for one in keys(self.shown, other)
                if (other, one) != (part, key)
            ]
        if text and text not in dict(found):
            found.append((text, _("nicht mehr in der Liste")))
        return (("", "–"), *found)

    def words(self, part: str, key: int) -> str:
        """What a row is about, in a line."""
        name = f"{part}.{key}"
        get = self.cells.get
        if part == "income":
            words = dict(IncomeKind.choices).get(get(f"{name}.kind", ""), "")
        elif part == "sick":
            words = f"{get(f'{name}.percent', '')}\u00a0%" if get(f"{name}.percent") else ""
        else:
            words = get(f"{name}.what" if part == "step" else f"{name}.text", "")
        text = " ".join(str(words).split())
        return text if len(text) <= 80 else f"{text[:79]}…"

    def beside(self, key: int) -> str:
        """Who does a step until when, for its folded line."""
        owner = self.about.owner(int(text)) if (text := self.cells.get(f"step.{key}.owner", "")).isdecimal() else None
        due = self.cells.get(f"step.{key}.due", "")
        return ", ".join(part for part in (owner.label if owner else "", due) if part)

    def row(self, part: str, key: int) -> Row:
        """One row with its fields."""
        title = f"{TITLES[part]} {key}"
        fields = {what: self.field(part, key, what, about=title) for what in FIELDS[part]}
        words = " · ".join(one for one in (self.words(part, key), self.beside(key) if part == "step" else "") if one)
        gone = bool(self.cells.get(f"{part}.{key}.gone"))
        return Row(part, key, title, words, gone, fields, tuple(self.warnings.get(key, ()) if part == "step" else ()))

    def rows(self, part: str) -> list[Row]:
        """The rows of a part that the reader may see, those taken away too."""
        every = sorted({*keys(self.cells, part), *keys(self.cells, part, gone=True)})
        probe = FIELDS[part][0]
        return [self.row(part, key) for key in every if self.is_readable(f"{part}.{key}.{probe}")]

    def opens(self, part: str) -> bool:
        """Whether the reader may see any row of a part at all."""
        return self.is_readable(f"{part}.0.{FIELDS[part][0]}")

    def areas(self) -> list[tuple[Any, list[Field]]]:
        """The life areas that the reader may see, with their fields."""
        return [
            (area, [self.field("area", area.code, what, about=area.label) for what in AREA_TEXTS])
            for area in self.about.areas
            if self.is_readable(f"area.{area.code}.state")
        ]

    def label_of(self, name: str) -> str:
        """What a field is called where it stands alone: ``Schritt 3, Bis wann?``."""
        part, key, what = name.split(".") if name.count(".") == 2 else (*name.split("."), "")
        spec = SPECS.get(part, {}).get(what)
        if spec is None:
            return str({PLAIN: _("In Ihren Worten")}.get(name) or PRESENCE.get(what) or _("Notiz zum Gespräch"))
        area = next((area.label for area in self.about.areas if area.code == key), key)
        return f"{area if part == 'area' else f'{TITLES[part]} {key}'}, {spec[1]}"


def sheet_of(
    case: Case,
    actor: Actor,
    cells: dict[str, str],
    *,
    typed: Mapping[str, str] | None = None,
    theirs: Mapping[str, Theirs] | None = None,
    refused: Mapping[str, str] | None = None,
) -> Sheet:
    """The paper as far as ``actor`` may read it: the coordination office all of it, others what the Vollmacht opens."""
    people = Participant.objects.select_related("participation__institution", "participation__user")
    lines = ScopeLine.objects.select_related("institution")
    prefetch_related_objects([case], Prefetch("participants", people), Prefetch("vollmacht__lines", lines))
    about = minutes.about(case, actor)
    kinds = reading.EVERYTHING if actor.is_coordination else reading.opened(case, actor)
    is_readable = readable(cells, kinds, {area.code: area.category for area in about.areas})
    earlier = frozenset(minutes.rewritten(case))
    return Sheet(about, cells, is_readable, typed or {}, theirs or {}, refused or {}, earlier, kinds)


def seats(case: Case, actor: Actor, meeting: Meeting, sheet: Sheet) -> list[tuple[str, list[Field]]]:
    """Who is invited to a meeting, with a tick for each part; client and relatives come to the second part alone."""
    found = []
    for row, ticks in minutes.attendance(case, meeting, sheet.cells):
        name = seating.named(case, row, actor)
        fields = []
        for part, there in ticks.items():
            cell = f"seat.{meeting.pk}.{row.pk}.{part}"
            text = sheet.typed.get(cell, YES if there else "")
            label = _("dabei") if meeting.kind == MeetingKind.AUSWERTUNG else str(PRESENCE[part])
            fields.append(sheet.any_field(cell, label, "tick", text, about=name, no="nein"))
        found.append((name, fields))
    return found


def context(
    case: Case,
    actor: Actor,
    sheet: Sheet,
    rows: list[Cell],
    beside: Prepared,
    *,
    everything: bool,
    asked: str | None = None,
) -> dict[str, Any]:
    """What the page needs. ``rows``: the fields with who wrote them; ``asked``: of which field to show what stood."""
    common = shared(case)
    meeting = planned(case)
    took_place = max(held(case), key=lambda one: one.day, default=None)
    return {
        "case": case,
        "closed": minutes.halted(case),
        "sheet": sheet,
        "seen": json.dumps(sheet.shown, ensure_ascii=False),
        "revision": rows[-1].revision if rows else 0,
        "others": _others(rows, actor),
        "saved_at": max((row.written_at for row in rows), default=None),
        "meeting": meeting,
        "parts": agenda.parts(meeting) if meeting is not None else [],
        "took_place": took_place,
        "seats": seats(case, actor, meeting, sheet) if meeting is not None else [],
        "note": _note(sheet, meeting) if meeting is not None else None,
        "areas": [
            (area, fields, area.category in common, beside.areas.get(area.code, [])) for area, fields in sheet.areas()
        ],
        "parts_of_paper": {part: PartOfPage(part, sheet, beside) for part in ROWS},
        "money_shared": DataCategory.MONEY in common,
        "health_shared": DataCategory.HEALTH in common,
        "plain": _plain(sheet),
        "held_back": beside.held_back,
        "everything": everything,
        "asked": _asked(case, sheet, asked) if asked else None,
        "steps": _steps(case, actor, meeting),
        "can_plan": workflow.offer(case, "fix_date", actor) if meeting is None else None,
        "back": reverse("core:case_tab", args=[case.number, MEETINGS]),
        **renewed(case, sheet),
    }


class PartOfPage:
    """One part with numbered rows: those that stand, those taken away, and what the views would add."""

    def __init__(self, part: str, sheet: Sheet, beside: Prepared) -> None:
        self.part, self.is_open = part, sheet.opens(part)
        self.rows = sheet.rows(part)
        self.words = beside.words.get(part, []) if self.is_open else []


def renewed(case: Case, sheet: Sheet) -> dict[str, Any]:
    """What follows from the fields and is shown anew after each save: time line, what a plan still lacks."""
    missing = [*plans.unreadable(sheet.paper), *plans.unmanaged(case)]
    return {"timeline": timeline.build(sheet.paper, clock.today()), "missing": missing}


def _others(rows: list[Cell], actor: Actor) -> list[str]:
    """Who else wrote a moment ago."""
    moment = clock.now() - LATELY
    found = {row.written_by_id: row.written_by.get_full_name() for row in rows if row.written_at > moment}
    return sorted(name for user, name in found.items() if user != actor.user.pk)


def _note(sheet: Sheet, meeting: Meeting) -> Field:
    name = f"meeting.{meeting.pk}.note"
    text = sheet.typed.get(name, sheet.cells.get(name, ""))
    return sheet.any_field(name, _("Notiz zum Gespräch"), "text", text)


def _plain(sheet: Sheet) -> Field | None:
    if not sheet.is_readable(PLAIN):
        return None
    text = sheet.typed.get(PLAIN, sheet.cells.get(PLAIN, ""))
    return sheet.any_field(PLAIN, _("In Ihren Worten an die Klientin oder den Klienten"), "text", text)


def _asked(case: Case, sheet: Sheet, name: str) -> dict[str, Any] | None:
    """What stood in a field before."""
    if not is_name(name) or not sheet.is_readable(name):
        return None
    return {"label": sheet.label_of(name), "rows": minutes.earlier(case, name), "name": name}


def _steps(case: Case, actor: Actor, meeting: Meeting | None) -> list[workflow.Offer]:
    """What comes next; what the paper still lacks for it stands above and is renewed, so it hinders no button here."""
    if minutes.halted(case):
        return []
    wanted = [name for name in STEPS if name != "hold_meeting" or meeting is not None]
    return [one for name in wanted if (one := workflow.offer(case, name, actor)) is not None]
