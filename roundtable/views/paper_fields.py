"""The fields of the meeting page: how each is asked, what stands in it, what hinders it (RT-10, RT-11, RT-13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import reading
from ..enums import IncomeKind
from ..minutes import Theirs
from ..models.handlungsplan import STEP_LENGTH
from ..models.paper import CELL_LENGTH
from ..paper import AREA_TEXTS, FIELDS, PLAIN, About, Paper
from ..paper_reader import keys, read
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
        "measure": ("text", gettext_lazy("Woran merken wir, dass es erreicht ist?")),
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
        "promised": ("tick", gettext_lazy("Die Stelle sagt am Tisch zu; der Anspruch ist gegeben")),
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
    """A numbered row: the fields that the reader may see, by name; ``gone``: taken away, and can be brought back."""

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
        shown = [what for what in FIELDS[part] if self.is_readable(f"{part}.{key}.{what}")]
        fields = {what: self.field(part, key, what, about=title) for what in shown}
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
