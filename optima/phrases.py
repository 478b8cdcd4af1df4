"""What the rules say of a case, in words: for the Antrag while it is written, and for whoever decides on it later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from iiz.core.enums import IvProcedure, StatisticsGroup
from iiz.core.templatetags.ui import day

from .criteria.judge import Judgement, Result
from .enums import CriterionAnswer, CriterionWeight, Finding

INPUTS = ("iv_procedure", "ale", "sh", "work_offer", "obstacles")
"""The inputs of the decision table beside who asks whom, in the order in which they are told."""
Mark = tuple[str, str]
"""Kind and word of a status, as ``{% mark %}`` takes them."""


@dataclass(frozen=True)
class Point:
    """One thing that stands against the Antrag, or is worth knowing; ``target``: the id of the field to look at."""

    title: str
    sentence: str
    instead: str = ""
    target: str = ""


@dataclass(frozen=True)
class Saying:
    """What stands under «Was die Regeln sagen» (UX-08, GRP-20)."""

    kind: str
    headline: str
    why: str = ""
    points: list[Point] = field(default_factory=list)
    warnings: list[Point] = field(default_factory=list)
    group: str = ""
    because: list[str] = field(default_factory=list)
    table: str = ""
    open: list[str] = field(default_factory=list)
    roundtable: bool = False
    locked: bool = False


def group_of(rule: Any) -> str:
    """A row of the table as people name it: ``Zielgruppe E: Mit Sozialhilfe, ohne IV-Verfahren …``."""
    return _("Zielgruppe %(group)s: %(title)s") % {"group": rule.zielgruppe, "title": rule.title}


def version_of(table_version: Any) -> str:
    """``Stand der Tabelle: 01.10.2018``."""
    return _("Stand der Tabelle: %(day)s") % {"day": day(table_version)}


def input_names() -> dict[str, str]:
    """What the inputs of the table are called."""
    return {
        "iv_procedure": _("IV-Verfahren"),
        "ale": _("Arbeitslosenentschädigung"),
        "sh": _("Sozialhilfe"),
        "work_offer": _("intaktes Arbeitsangebot"),
        "obstacles": _("Belastungen im Umfeld"),
    }


def inputs_in_words(inputs: Mapping[str, Any], asked: Iterable[str] = INPUTS) -> list[str]:
    """What the table was told, input by input; nothing for what nobody said."""
    states = {
        IvProcedure.NONE: _("kein IV-Verfahren"),
        IvProcedure.RUNNING: _("IV-Verfahren läuft"),
        IvProcedure.SUSPENDED: _("IV-Verfahren sistiert"),
        IvProcedure.CLOSED: _("IV-Verfahren abgeschlossen"),
    }
    words = {
        "ale": (_("bezieht Arbeitslosenentschädigung"), _("keine Arbeitslosenentschädigung")),
        "sh": (_("erhält Sozialhilfe"), _("keine Sozialhilfe")),
        "work_offer": (_("intaktes Arbeitsangebot"), _("zurzeit kein intaktes Arbeitsangebot")),
        "obstacles": (_("Belastungen im Umfeld"), _("keine Belastungen im Umfeld")),
    }
    found = []
    for name in asked:
        value = inputs.get(name)
        if name == "iv_procedure":
            found += [states[IvProcedure(value)]] if value in IvProcedure.values else []
        elif value is not None:
            found.append(words[name][0 if value else 1])
    return found


def asked_by(rule: Any) -> list[str]:
    """The inputs that a row of the table looks at."""
    free = {name for name in INPUTS[1:] if getattr(rule, name) == "any"}
    if set(rule.iv_procedures) == set(IvProcedure.values):
        free.add("iv_procedure")
    return [name for name in INPUTS if name not in free]


def status_of(row: Result) -> Mark:
    """How far a criterion is met, as word and shape."""
    if row.met:
        return "ok", _("erfüllt")
    if not row.failed:
        return "wait", _("noch offen")
    if row.check.by_ruling:
        return "wait", _("entscheidet die IIZ-Koordinationsstelle")
    return {
        CriterionWeight.HARD: ("stop", _("nicht erfüllt")),
        CriterionWeight.EXCEPTION: ("wait", _("nur als Ausnahme")),
        CriterionWeight.ADVISORY: ("wait", _("Hinweis")),
    }[CriterionWeight(row.criterion.weight)]


def point(row: Result, target: str = "") -> Point:
    """A criterion that is not met, with what to do instead."""
    return Point(row.criterion.heading, row.sentence, row.criterion.instead, target)


def saying(judgement: Judgement | None) -> Saying:
    """What the rules make of the answers so far."""
    if judgement is None:
        return Saying("rest", _("Noch nicht beurteilt"), _("Wählen Sie oben die Art der Stelle."))
    kind, headline, why = _verdict(judgement)
    roundtable = judgement.grouped and judgement.finding == Finding.ROUNDTABLE
    return Saying(
        kind,
        headline,
        why,
        points=[Point(lock.title, lock.sentence) for lock in judgement.locks]
        + [point(row) for row in (*judgement.blocking, *judgement.exceptions, *_by_ruling(judgement))],
        warnings=[point(row) for row in judgement.warnings],
        group=_group(judgement),
        because=_because(judgement),
        table=version_of(judgement.table_version) if judgement.grouped else "",
        open=[] if kind == "stop" or roundtable else open_points(judgement),
        roundtable=roundtable,
        locked=bool(judgement.locks),
    )


def _verdict(found: Judgement) -> tuple[str, str, str]:
    """Kind, headline and sentence of the answer as a whole."""
    if found.closed:
        return "stop", _("Zurzeit gesperrt"), _("Dieser Weg ist rechtlich noch nicht offen.")
    if found.blocking:
        return "stop", _("So nicht möglich"), ""
    if found.contradictions:
        return "wait", _("Zwei Angaben widersprechen sich"), _("Was zu prüfen ist, steht beim Feld und am Ende.")
    if found.exceptions:
        first = day(found.possible_from)
        headline = _("Möglich ab %(day)s") % {"day": first} if first else _("Nur als Ausnahme möglich")
        return "wait", headline, _("Vorher geht es als Ausnahme, mit Ihrer Begründung.")
    if found.grouped and found.finding == Finding.ROUNDTABLE:
        return (
            "wait",
            _("Besser ein Roundtable"),
            _(
                "Alle drei Stellen sind beteiligt: RAV, IV und Sozialhilfe. Dafür gibt es den Roundtable. Reichen Sie "
                "trotzdem ein, entscheidet zuerst die IIZ-Koordinationsstelle."
            ),
        )
    if found.needs_ruling and not (found.missing and found.finding == Finding.UNASSIGNED):
        return "wait", _("Die IIZ-Koordinationsstelle entscheidet zuerst"), _ruling_words(found)
    if open_points(found):
        return "wait", _("Bisher spricht nichts dagegen"), ""
    return "ok", _("Optima ist möglich"), ""


def _ruling_words(found: Judgement) -> str:
    if found.locks or any(_by_ruling(found)):
        return _("Mit dem Einreichen bitten Sie um eine Ausnahme.")
    return _(
        "Diese Konstellation gehört zu keiner Zielgruppe. Sie können den Antrag einreichen; annehmen kann die "
        "angefragte Stelle erst, wenn die IIZ-Koordinationsstelle entschieden hat."
    )


def _by_ruling(found: Judgement) -> list[Result]:
    return [row for row in found.results if row.failed and row.check.by_ruling]


def _group(found: Judgement) -> str:
    if not found.grouped:
        return ""
    if found.rule is not None:
        return group_of(found.rule)
    if found.finding == Finding.WITHIN_SH:
        return _("Keine Zielgruppe: ein Auftrag innerhalb der Sozialhilfe.")
    if found.finding == Finding.UNASSIGNED and found.missing:
        return _("Die Zielgruppe steht noch nicht fest.")
    return _("Keine Zielgruppe.")


def _because(found: Judgement) -> list[str]:
    """Why this row: who asks whom, and what it looks at."""
    if not found.grouped:
        return []
    asked = asked_by(found.rule) if found.rule is not None else INPUTS
    return [direction(found.inputs), *inputs_in_words(found.inputs, asked)]


def direction(inputs: Mapping[str, Any]) -> str:
    """Who asks whom: ``Sozialhilfe → IV``."""
    groups = (str(inputs.get(name, "")) for name in ("principal_group", "contractor_group"))
    return " → ".join(str(StatisticsGroup(group).label) for group in groups if group in StatisticsGroup.values)


def open_points(found: Judgement) -> list[str]:
    """What nobody has answered yet: criteria that count, and inputs of the table."""
    rows = [row for row in found.results if row.check.answer == CriterionAnswer.OPEN]
    headings = [row.criterion.heading for row in rows if row.criterion.weight != CriterionWeight.ADVISORY]
    names = input_names()
    covered = {"work_offer", "obstacles"} if headings else set()
    return [*headings, *(names[name] for name in found.missing if name not in covered)]
