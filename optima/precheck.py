"""The pre-check: which few questions decide for a pair of offices, and what follows from the answers (UX-08).

What is asked is read off the rules of the day: the inputs of the pair's rows of the decision table, the conditions
of the office that is asked, and what tells whether all three institutions are involved. At most three questions a
pair. Asks the database nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from iiz.core.enums import IvProcedure, StatisticsGroup

from .criteria.checks import Check
from .criteria.facts import Facts
from .criteria.judge import Judgement, Result
from .enums import ASKED, CriterionAnswer, CriterionCheck, CriterionWeight, Finding
from .models import AdmissionCriterion, LegalPrecondition
from .rulebook import Rulebook

IV, RAV, SH = StatisticsGroup.IV, StatisticsGroup.RAV, StatisticsGroup.SH

RECEIVES, IV_STATE, CONDITIONS, BURDENS, PLACE = "leistung", "iv", "voraussetzung", "belastung", "gemeinde"
"""The questions by the names they have in the address."""
REFUSED = "abgelehnt"
"""The day of the last refusal by the IV: part of the question about the IV."""
NOTHING = "nichts"
ALL, UNCLEAR = "alle", "offen"
RUNNING, CLOSED = "iv_laeuft", "iv_fertig"
NO_PROCEDURE, DAMAGE, RUNS, IS_CLOSED = "keines", "verdacht", "laeuft", "fertig"
PENDING = ("iv_clarification_open", "iv_measure_running", "iv_pension_open", "iv_appeal_open")
ADDICTION = "sucht"
"""The burden with which a service that is there for it alone is worth naming (CON-17)."""
IV_CHECKS = frozenset({CriterionCheck.IV_SETTLED, CriterionCheck.IV_DAMAGE, CriterionCheck.IV_REFUSAL})
DECIDING = frozenset({CriterionWeight.HARD, CriterionWeight.EXCEPTION})
OFFER = frozenset({CriterionCheck.WORK_OFFER, CriterionCheck.NO_WORK_OFFER})
YES, NO, OPEN = CriterionAnswer.YES, CriterionAnswer.NO, CriterionAnswer.OPEN


class Verdict(StrEnum):
    """What the pre-check answers. ``LATER``: from a day on, or before it with a reason. ``UNCONFIRMED``: nobody has
    recorded yet whether the service leads."""

    ROUNDTABLE = "roundtable"
    IMPOSSIBLE = "impossible"
    LATER = "later"
    RULING = "ruling"
    UNCONFIRMED = "unconfirmed"
    POSSIBLE = "possible"


@dataclass(frozen=True)
class Answers:
    """What was answered so far. ``None`` and empty: not yet; an empty set: nothing of what was offered."""

    receives: frozenset[str] | None = None
    iv: frozenset[str] | None = None
    refused_on: dt.date | None = None
    condition: str = ""
    burdens: frozenset[str] | None = None
    place: str = ""

    def given(self, name: str) -> bool:
        """Whether a question is answered."""
        values = {RECEIVES: self.receives, IV_STATE: self.iv, BURDENS: self.burdens}
        if name in values:
            return values[name] is not None
        return bool(self.condition if name == CONDITIONS else self.place)


@dataclass(frozen=True)
class Pair:
    """Who asks whom, with the rules of the day."""

    principal: str
    contractor: str
    book: Rulebook
    by_place: bool = False
    """Whether the municipality tells which office answers."""
    criteria: list[AdmissionCriterion] = field(init=False)

    def __post_init__(self) -> None:
        mine = [row for row in self.book.criteria if row.principal_group in ("", self.principal)]
        object.__setattr__(self, "criteria", mine)

    # What is asked --------------------------------------------------------------------------------------------

    @property
    def questions(self) -> list[str]:
        """The questions of this pair, in their order."""
        asked = [RECEIVES]
        asked += [IV_STATE] if self.asks_iv else []
        asked += [BURDENS] if self.asks_burdens else [CONDITIONS] if self.conditions else []
        return asked + ([PLACE] if self.by_place else [])

    @property
    def asks_iv(self) -> bool:
        """Whether a condition looks closer at the IV than the table does."""
        return any(row.check_by in IV_CHECKS and row.weight in DECIDING for row in self.criteria)

    @property
    def asks_pending(self) -> bool:
        """Whether the IV itself asks: then there is a procedure, and what is still pending decides."""
        return self.principal == IV

    @property
    def asks_refusal(self) -> bool:
        """Whether the day of an earlier refusal decides (IV-03)."""
        return any(row.check_by == CriterionCheck.IV_REFUSAL for row in self.criteria)

    @property
    def asks_burdens(self) -> bool:
        """Whether burdens in the surroundings decide (SH-02)."""
        return any(row.check_by == CriterionCheck.OBSTACLES for row in self.criteria)

    @property
    def conditions(self) -> list[AdmissionCriterion]:
        """The conditions that are asked: hard ones, and what makes an intact work offer."""
        return [
            row for row in self.criteria if row.check_by in ASKED and (row.weight in DECIDING or row.check_by in OFFER)
        ]

    @property
    def receives(self) -> list[str]:
        """What may be ticked under *what runs today*: benefits that the asking office does not imply, and the IV."""
        found = ["ale"]
        if self.principal != SH:
            found += ["social_counselling", "wsh"]
        elif self.contractor == SH:
            found += ["wsh"]
        if not self.asks_iv:
            found += [RUNNING] if self.principal == IV else [RUNNING, CLOSED]
        return found

    @property
    def iv_states(self) -> list[str]:
        """What may be answered about the IV; a procedure may run with nothing pending in it (CON-13)."""
        return [*PENDING, RUNS] if self.asks_pending else [NO_PROCEDURE, RUNS, IS_CLOSED, DAMAGE]

    @property
    def burdens(self) -> list[str]:
        """What may be ticked under *what stands in the way*: burdens, then conditions."""
        return [row.code for row in self.book.obstacles] + [condition_key(row) for row in self.conditions]

    # What follows ---------------------------------------------------------------------------------------------

    def told(self, answers: Answers) -> dict[str, Any]:
        """The facts that were said, by the names of :class:`Facts`."""
        found: dict[str, Any] = {}
        if answers.receives is not None:
            benefits = [name for name in self.receives if name not in (RUNNING, CLOSED)]
            found |= {name: name in answers.receives for name in benefits}
            if not self.asks_iv:
                found["iv_procedure"] = self._state(answers.receives)
        if answers.iv is not None and self.asks_iv:
            found |= self._iv(answers.iv)
        if answers.refused_on is not None and self.asks_refusal:
            found["iv_refused_on"] = answers.refused_on
        if answers.burdens is not None and self.asks_burdens:
            found["obstacles"] = answers.burdens & {row.code for row in self.book.obstacles}
        return found

    def _state(self, ticked: frozenset[str]) -> str:
        if RUNNING in ticked:
            return IvProcedure.RUNNING
        return IvProcedure.CLOSED if self.principal == IV or CLOSED in ticked else IvProcedure.NONE

    def _iv(self, said: frozenset[str]) -> dict[str, Any]:
        if self.asks_pending:
            return {"iv_procedure": IvProcedure.RUNNING if said else IvProcedure.CLOSED} | {
                name: name in said for name in PENDING
            }
        if RUNS in said:
            return {"iv_procedure": IvProcedure.RUNNING}
        procedure = IvProcedure.CLOSED if IS_CLOSED in said else IvProcedure.NONE
        return {"iv_procedure": procedure, "iv_damage_suspected": DAMAGE in said}

    def said(self, answers: Answers) -> dict[str, str]:
        """How the conditions that are asked were answered, by their codes.

        One that is not ticked beside burdens is still open; only a work offer counts as there without the tick.
        """
        if self.asks_burdens:
            if answers.burdens is None:
                return {}
            ticked = {row.code: condition_key(row) in answers.burdens for row in self.conditions}
            not_ticked = {row.code: NO if row.check_by in OFFER else OPEN for row in self.conditions}
            return {code: YES if yes else not_ticked[code] for code, yes in ticked.items()}
        if answers.condition == ALL:
            return {row.code: YES for row in self.conditions}
        return {row.code: NO for row in self.conditions if row.code == answers.condition}

    def facts(self, answers: Answers) -> Facts:
        """What was said, with what the asking office implies."""
        implied = {
            IV: {"iv_counselling": True},
            RAV: {"job_seeker": True},
            SH: {"social_counselling": True},
        }.get(self.principal, {})  # type: ignore[call-overload]
        pair = {"principal_group": self.principal, "contractor_group": self.contractor}
        return Facts.of({**implied, **self.told(answers)}, **pair, answers=self.said(answers))

    def judge(self, answers: Answers) -> Judgement:
        """What the rules say of the answers so far; «no burdens» is an answer here, in an Antrag it is none."""
        found = self.book.judge(self.facts(answers))
        if not self.asks_burdens or answers.burdens is None or found.facts.obstacles:
            return found
        none = [
            Result(row.criterion, Check(NO)) if row.criterion.check_by == CriterionCheck.OBSTACLES else row
            for row in found.results
        ]
        return replace(found, results=none)

    def next_question(self, answers: Answers) -> str:
        """What to ask next; empty once nothing more can change the answer."""
        for name in self.questions:
            if answers.given(name):
                continue
            return "" if answers.given(RECEIVES) and settled(self.judge(answers)) else name
        return ""


def condition_key(criterion: AdmissionCriterion) -> str:
    """A condition among the burdens, so that no code of a burden can be taken for it."""
    return f"k-{criterion.code}"


def settled(found: Judgement) -> bool:
    """Whether the answer is known already, whatever else is said."""
    return verdict(found) in (Verdict.ROUNDTABLE, Verdict.IMPOSSIBLE)


def verdict(found: Judgement) -> Verdict:
    """Possible, possible from a day, possible with a ruling, or not (UX-08)."""
    if found.grouped and found.finding == Finding.ROUNDTABLE:
        return Verdict.ROUNDTABLE
    if found.closed or any(row.check.possible_from is None for row in found.blocking):
        return Verdict.IMPOSSIBLE
    if found.blocking or found.exceptions:
        return Verdict.LATER
    if found.needs_ruling:
        return Verdict.RULING
    return Verdict.UNCONFIRMED if unconfirmed(found) else Verdict.POSSIBLE


def unconfirmed(found: Judgement) -> bool:
    """Whether it is not recorded that the service leads: no headline promises it then (ACT-04)."""
    lead = [row for row in found.results if row.criterion.check_by == CriterionCheck.LEAD]
    return any(not row.met and not row.failed for row in lead)


def legal(pair: Pair, found: Judgement) -> list[LegalPrecondition]:
    """The preconditions in law of the row; where none fits, those that close the whole direction."""
    closed = {lock.title for lock in found.closed}
    codes = set(found.rule.preconditions if found.rule else ())
    return [row for row in pair.book.law.values() if row.code in codes or row.title in closed]


# In words -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reason:
    """One condition of a row of the decision table in words; ``known``: whether it was answered."""

    sentence: str
    known: bool = True


def reasons(rule: Any, missing: Iterable[str] = ()) -> list[Reason]:
    """Why a row of the decision table fits, condition by condition (GRP-20)."""
    gaps, found = set(missing), []
    if set(rule.iv_procedures) != set(IvProcedure.values):
        states = _(" oder ").join(str(IvProcedure(state).label) for state in rule.iv_procedures)
        found.append(Reason(_("IV-Verfahren: %(states)s") % {"states": states}, "iv_procedure" not in gaps))
    for name, words in _conditions_in_words().items():
        wanted = getattr(rule, name)
        if wanted in words:
            found.append(Reason(words[wanted], name not in gaps))
    return found


def _conditions_in_words() -> Mapping[str, Mapping[str, str]]:
    return {
        "ale": {
            "yes": _("bezieht Arbeitslosenentschädigung"),
            "no": _("bezieht keine Arbeitslosenentschädigung"),
        },
        "sh": {"yes": _("erhält Sozialhilfe"), "no": _("erhält keine Sozialhilfe")},
        "work_offer": {
            "yes": _("hat ein intaktes Arbeitsangebot"),
            "no": _("hat zurzeit kein intaktes Arbeitsangebot"),
        },
        "obstacles": {
            "yes": _("hat erhebliche Belastungen im Umfeld"),
            "no": _("hat keine erheblichen Belastungen im Umfeld"),
        },
    }
