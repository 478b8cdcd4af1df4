"""Target groups A to I: which row of the decision table holds (GRP-A to GRP-I2, GRP-20 to GRP-22).

A pure function of its inputs and the rows of a day. Every combination of inputs has exactly one answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

from iiz.core.enums import IvProcedure, StatisticsGroup

from .criteria.facts import RUNNING, Facts
from .enums import Condition, Finding

IV, RAV, SH = StatisticsGroup.IV, StatisticsGroup.RAV, StatisticsGroup.SH
DIRECTIONS = ((IV, RAV), (IV, SH), (RAV, IV), (RAV, SH), (SH, IV), (SH, RAV), (SH, SH))
"""Who may ask whom. Any other pair – two offices of the IV, or of the RAV – is no Optima."""


class Rule(Protocol):
    """What a row of the table says; see ``models.ZielgruppeRule``."""

    code: str
    principal_group: str
    contractor_group: str
    iv_procedures: list[str]
    ale: str
    sh: str
    work_offer: str
    obstacles: str


@dataclass(frozen=True)
class Inputs:
    """The inputs of the table. ``None`` and an empty ``iv_procedure`` mean: not known."""

    principal_group: str
    contractor_group: str
    iv_procedure: str = ""
    ale: bool | None = None
    sh: bool | None = None
    work_offer: bool | None = None
    obstacles: bool | None = None

    @classmethod
    def of(cls, facts: Facts, work_offer: bool | None, obstacles: bool | None) -> Inputs:
        """From the facts of a case; offer and obstacles come from the criteria."""
        return cls(
            facts.principal_group,
            facts.contractor_group,
            facts.iv_procedure,
            facts.ale,
            facts.sh,
            work_offer,
            obstacles,
        )

    @property
    def direction(self) -> tuple[str, str]:
        """Who asks whom."""
        return self.principal_group, self.contractor_group

    @property
    def involved(self) -> set[str]:
        """The institutions that have to do with the person now: whoever asks, and where something runs or is paid."""
        found = {self.principal_group}
        found |= {IV} if self.iv_procedure in RUNNING else set()
        found |= {RAV} if self.ale else set()
        found |= {SH} if self.sh else set()
        return found

    def told(self) -> dict[str, Any]:
        """The inputs as they are kept beside the answer."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True)
class Answer:
    """What the table says. ``missing``: inputs that the row asks for and nobody has answered yet."""

    finding: str
    rule: Any = None
    missing: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The row, or the finding where there is none."""
        return self.rule.code if self.rule is not None else self.finding


YES_NO = ("ale", "sh", "work_offer", "obstacles")
_SAYS = {Condition.YES: True, Condition.NO: False}


def assign(inputs: Inputs, rules: Iterable[Rule]) -> Answer:
    """The one answer of the table (GRP-20, GRP-22).

    All three institutions involved: a Roundtable, no group. One social service asks another: no group, but possible.
    Else the one row that fits; with none or, in a table that contradicts itself, several: nobody's, and the
    coordination office decides.
    """
    if inputs.direction in DIRECTIONS and inputs.involved >= {IV, RAV, SH}:
        return Answer(Finding.ROUNDTABLE)
    if inputs.direction == (SH, SH):
        return Answer(Finding.WITHIN_SH)
    fitting = [(rule, gaps) for rule in rules if (gaps := compare(rule, inputs)) is not None]
    if len(fitting) != 1:
        return Answer(Finding.UNASSIGNED, missing=_common_gaps(fitting))
    return Answer(Finding.GROUP, *fitting[0])


def compare(rule: Rule, inputs: Inputs) -> tuple[str, ...] | None:
    """The inputs that a row still asks for; ``None`` if it does not fit."""
    if (rule.principal_group, rule.contractor_group) != inputs.direction:
        return None
    missing: list[str] = []
    if not inputs.iv_procedure:
        missing.append("iv_procedure")
    elif inputs.iv_procedure not in rule.iv_procedures:
        return None
    for name in YES_NO:
        wanted, known = getattr(rule, name), getattr(inputs, name)
        if wanted == Condition.ANY:
            continue
        if known is None:
            missing.append(name)
        elif known is not _SAYS[wanted]:
            return None
    return tuple(missing)


def _common_gaps(fitting: Sequence[tuple[Rule, tuple[str, ...]]]) -> tuple[str, ...]:
    """Where several rows might still fit: what would tell them apart."""
    return tuple(dict.fromkeys(name for _rule, gaps in fitting for name in gaps))


def combinations() -> list[Inputs]:
    """All 512 combinations of the inputs: seven directions and any other pair, four states, four times yes or no."""
    bools = (True, False)
    return [
        Inputs(principal, contractor, iv, ale, sh, offer, obstacles)
        for principal, contractor in (*DIRECTIONS, (IV, IV))
        for iv in IvProcedure.values
        for ale in bools
        for sh in bools
        for offer in bools
        for obstacles in bools
    ]


def overlapping(one: Rule, other: Rule) -> Inputs | None:
    """A combination to which two rows both answer, as far as the table is asked at all; ``None`` if there is none."""
    return next((inputs for inputs in combinations() if _says(one, inputs) and _says(other, inputs)), None)


def _says(rule: Rule, inputs: Inputs) -> bool:
    """Whether ``rule``, alone in the table, would answer."""
    return assign(inputs, [rule]).finding == Finding.GROUP
