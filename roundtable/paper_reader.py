"""Reads what was typed: fields become analysis, goals and steps, or a German sentence why not (RT-11 to RT-13).

Nothing here asks the database: ``About`` brings what the fields refer to.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from django.utils import formats
from django.utils.translation import gettext as _

from .enums import IncomeKind
from .models.handlungsplan import STEP_LENGTH
from .paper import AREA_TEXTS, FIELDS, PLAIN, YES, About, AreaNote, Decision, Goal, Income, Owner, Paper, Sick, Step


def keys(cells: Mapping[str, str], part: str, *, gone: bool = False) -> list[int]:
    """The numbers of the rows of a part, in their order; ``gone``: those that were taken away."""
    found = {int(name.split(".")[1]) for name in cells if name.startswith(f"{part}.")}
    return sorted(key for key in found if bool(cells.get(f"{part}.{key}.gone")) == gone)


def read(cells: Mapping[str, str], about: About) -> Paper:
    """Read the paper. What cannot be read is left out and says why in ``problems``; an empty row is no problem."""
    reader = _Reader(cells, about)
    paper = Paper(
        areas=reader.areas(),
        incomes=reader.incomes(),
        sick_leaves=reader.sick_leaves(),
        decisions=reader.decisions(),
        goals=reader.goals(),
        plain=cells.get(PLAIN, "").strip(),
    )
    paper.steps = reader.steps({goal.key for goal in paper.goals})
    paper.problems = reader.problems
    return paper


class _Reader:
    """Reads field by field and collects what hinders."""

    def __init__(self, cells: Mapping[str, str], about: About) -> None:
        self.cells, self.about, self.problems = cells, about, dict[str, str]()

    def text(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    def rows(self, part: str) -> Iterable[int]:
        """Rows in which anything was typed."""
        for key in keys(self.cells, part):
            if any(self.text(f"{part}.{key}.{what}") for what in FIELDS[part]):
                yield key

    def needed(self, name: str, sentence: str) -> str:
        text = self.text(name)
        if not text:
            self.problems[name] = sentence
        return text

    def day(self, name: str, *, needed: str = "") -> dt.date | None:
        text = self.text(name)
        if not text:
            if needed:
                self.problems[name] = needed
            return None
        found = parse_day(text)
        if found is None:
            self.problems[name] = _("«%(text)s» ist kein Datum. Schreiben Sie es so: 31.12.2026.") % {"text": text[:20]}
        return found

    def span(self, part: str, key: int, first: str, last: str) -> tuple[dt.date | None, dt.date | None]:
        begins, ends = self.day(f"{part}.{key}.{first}"), self.day(f"{part}.{key}.{last}")
        if begins and ends and ends < begins:
            self.problems[f"{part}.{key}.{last}"] = _("Das Ende liegt vor dem Anfang.")
        return begins, ends

    def number(self, name: str) -> int | None:
        text = self.text(name)
        return int(text) if text.isdigit() and len(text) < 19 else None

    def areas(self) -> list[AreaNote]:
        found = []
        for area in self.about.areas:
            texts = {what: self.text(f"area.{area.code}.{what}") for what in AREA_TEXTS}
            if any(texts.values()):
                found.append(AreaNote(area.code, area.label, area.category, **texts))
        return found

    def incomes(self) -> list[Income]:
        found = []
        for key in self.rows("income"):
            kind = self.needed(f"income.{key}.kind", _("Welches Einkommen ist es?"))
            since, until = self.span("income", key, "since", "until")
            amount = self.amount(f"income.{key}.amount")
            if kind and kind not in IncomeKind.values:
                self.problems[f"income.{key}.kind"] = _("Dieses Einkommen gibt es in der Liste nicht.")
            elif kind:
                label = str(IncomeKind(kind).label)
                note = self.text(f"income.{key}.note")
                found.append(Income(key, kind, label, amount, since, until, note))
        return found

    def amount(self, name: str) -> Decimal | None:
        text = re.sub(r"(?i)^chf|['’\s]|\.?[-–]+$", "", self.text(name)).replace(",", ".")
        if not text:
            return None
        try:
            amount = Decimal(text)
            if not amount.is_finite() or not 0 <= amount < 1_000_000:
                raise InvalidOperation
        except InvalidOperation:
            self.problems[name] = _("Schreiben Sie den Betrag in Franken pro Monat, zum Beispiel 2'450.")
            return None
        return amount.quantize(Decimal("0.01"))

    def sick_leaves(self) -> list[Sick]:
        found = []
        for key in self.rows("sick"):
            percent = self.number(f"sick.{key}.percent")
            if percent is None or not 1 <= percent <= 100:
                self.problems[f"sick.{key}.percent"] = _("Der Grad liegt zwischen 1 und 100 Prozent.")
            since, until = self.span("sick", key, "since", "until")
            if since is None:
                self.problems.setdefault(f"sick.{key}.since", _("Seit wann?"))
            elif percent is not None and 1 <= percent <= 100:
                found.append(Sick(key, percent, since, until, self.text(f"sick.{key}.note")))
        return found

    def owner(self, name: str, *, needed: str) -> Owner | None:
        if not self.needed(name, needed):
            return None
        found = self.about.owner(self.number(name))
        if found is None:
            self.problems[name] = _("Diese Stelle sitzt nicht mehr am Tisch. Wählen Sie jemanden, der dabei ist.")
        return found

    def decisions(self) -> list[Decision]:
        found = []
        for key in self.rows("decision"):
            name = f"decision.{key}"
            owner = self.owner(f"{name}.owner", needed=_("Wer entscheidet?"))
            text = self.needed(f"{name}.text", _("Was ist noch zu entscheiden?"))
            expected = self.day(f"{name}.expected")
            if owner is not None and text:
                health, threatens = (self.text(f"{name}.{tick}") == YES for tick in ("health", "threatens"))
                found.append(Decision(key, owner.pk, owner.label, text, expected, health, threatens))
        return found

    def goals(self) -> list[Goal]:
        found = []
        for key in self.rows("goal"):
            text = self.needed(f"goal.{key}.text", _("Was soll erreicht werden?"))
            if text:
                found.append(Goal(key, text, self.text(f"goal.{key}.measure")))
        return found

    def steps(self, goals: set[int]) -> list[Step]:
        rows = list(self.rows("step"))
        found = [step for key in rows if (step := self.step(key, goals, rows)) is not None]
        for key in circles(found):
            self.problems[f"step.{key}.after"] = _(
                "Diese Schritte warten aufeinander: So kann keiner beginnen. Ändern Sie, was vorher kommt."
            )
        return ordered(found)

    def step(self, key: int, goals: set[int], rows: list[int]) -> Step | None:
        name = f"step.{key}"
        what = self.needed(f"{name}.what", _("Was ist zu tun?"))
        if len(what) > STEP_LENGTH:
            self.problems[f"{name}.what"] = _("Fassen Sie den Schritt kürzer: höchstens %(n)s Zeichen.") % {
                "n": STEP_LENGTH
            }
        owner = self.owner(f"{name}.owner", needed=_("Wer ist verantwortlich? Ohne das ist es kein Schritt."))
        start = self.day(f"{name}.start")
        due = self.day(f"{name}.due", needed=_("Bis wann?"))
        if start and due and due < start:
            self.problems[f"{name}.due"] = _("Der Schritt endet, bevor er beginnt.")
        after = self.number(f"{name}.after")
        if after is not None and (after not in rows or after == key):
            self.problems[f"{name}.after"] = _("Diesen Schritt gibt es nicht mehr. Wählen Sie neu, was vorher kommt.")
            after = None
        goal = self.number(f"{name}.goal")
        offer = self.number(f"{name}.offer")
        if owner is None or due is None or not what or f"{name}.due" in self.problems:
            return None
        payer, payer_label = self.payer(f"{name}.payer")
        return Step(
            key=key,
            what=what[:STEP_LENGTH],
            owner=owner.pk,
            owner_label=owner.label,
            due=due,
            start=start,
            offer=offer if offer in dict(owner.offers) else None,
            payer=payer,
            payer_label=payer_label,
            after=after,
            goal=goal if goal in goals else None,
            note=self.text(f"{name}.note"),
            health=self.text(f"{name}.health") == YES,
            despite=self.text(f"{name}.despite"),
        )

    def payer(self, name: str) -> tuple[int | None, str]:
        """Who pays: an office at the table, by its key or its name, or whoever was typed."""
        text = self.text(name)
        for key, label in self.about.payers.items():
            if text == str(key) or text.casefold() == label.casefold():
                return key, label
        return None, text[:160]


def parse_day(text: str) -> dt.date | None:
    """A day as people write it: 1.3.2026, 01.03.26, 01032026; ``None`` for anything else."""
    text = re.sub(r"^(\d{2})(\d{2})(\d{4})$", r"\1.\2.\3", text.strip())
    for pattern in formats.get_format("DATE_INPUT_FORMATS"):
        try:
            found = dt.datetime.strptime(text, pattern).date()
        except ValueError:
            continue
        return found if 1900 <= found.year <= 2200 else None
    return None


def circles(steps: Iterable[Step]) -> list[int]:
    """The steps that wait for each other in a circle."""
    before = {step.key: step.after for step in steps}
    found = []
    for key in before:
        seen: set[int] = set()
        place = before.get(key)
        while place is not None and place not in seen:
            if place == key:
                found.append(key)
                break
            seen.add(place)
            place = before.get(place)
    return found


def ordered(steps: Iterable[Step]) -> list[Step]:
    """Steps as they were begun at the table, but none before the one that it follows: the same order as on the page."""
    rest = sorted(steps, key=lambda step: step.key)
    known = {step.key for step in rest}
    done: list[Step] = []
    placed: set[int] = set()
    while rest:
        step = next(
            (row for row in rest if row.after is None or row.after in placed or row.after not in known), rest[0]
        )
        rest.remove(step)
        done.append(step)
        placed.add(step.key)
    return done
