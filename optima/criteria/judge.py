"""What follows from criteria, table and law together: possible, from a day, or not (UX-08, GRP-20, NFR-08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..enums import CriterionAnswer, CriterionCheck, CriterionWeight, Finding
from .checks import Check, Setting, check
from .facts import Contradiction, Facts, contradictions


@dataclass(frozen=True)
class Result:
    """One criterion as answered."""

    criterion: Any
    check: Check

    @property
    def met(self) -> bool:
        """Whether it is met."""
        return self.check.answer == CriterionAnswer.YES

    @property
    def failed(self) -> bool:
        """Whether it is known not to be met."""
        return self.check.answer == CriterionAnswer.NO

    @property
    def blocks(self) -> bool:
        """Whether Optima is not possible because of it."""
        return self.failed and self.criterion.weight == CriterionWeight.HARD and not self.check.by_ruling

    @property
    def asks_reason(self) -> bool:
        """Whether it needs a reason for an exception."""
        return self.failed and self.criterion.weight == CriterionWeight.EXCEPTION

    @property
    def warns(self) -> bool:
        """Whether it is only worth a warning."""
        return self.failed and self.criterion.weight == CriterionWeight.ADVISORY

    @property
    def sentence(self) -> str:
        """Why it is not met, in a sentence."""
        return self.check.sentence or (
            _("Nicht erfüllt: «%(what)s».") % {"what": self.criterion.heading} if self.failed else ""
        )


@dataclass(frozen=True)
class Lock:
    """Why a way is closed in law. ``by_ruling``: the coordination office may open it for one case (CON-44)."""

    title: str
    sentence: str
    by_ruling: bool = False


@dataclass(frozen=True)
class Judgement:
    """All that the rules of a day say of one case."""

    day: dt.date
    facts: Facts
    finding: str
    rule: Any
    missing: tuple[str, ...]
    table_version: dt.date
    inputs: Mapping[str, Any]
    results: Sequence[Result] = ()
    locks: Sequence[Lock] = ()
    contradictions: Sequence[Contradiction] = field(default_factory=tuple)
    grouped: bool = True
    """Whether the canton uses target groups at all: an empty table settles nothing and asks nobody (CAN-00)."""

    @property
    def blocking(self) -> list[Result]:
        """Criteria that make it impossible."""
        return [row for row in self.results if row.blocks]

    @property
    def exceptions(self) -> list[Result]:
        """Criteria for which an exception must be asked, with a reason."""
        return [row for row in self.results if row.asks_reason]

    @property
    def warnings(self) -> list[Result]:
        """Hints that stop nobody."""
        return [row for row in self.results if row.warns]

    @property
    def closed(self) -> list[Lock]:
        """Locks that nobody can open for one case."""
        return [lock for lock in self.locks if not lock.by_ruling]

    @property
    def needs_ruling(self) -> bool:
        """Whether the coordination office decides before the contractor can (GRP-20, CON-44)."""
        unsettled = self.grouped and self.finding in (Finding.ROUNDTABLE, Finding.UNASSIGNED)
        if unsettled or any(lock.by_ruling for lock in self.locks):
            return True
        return any(row.failed and row.check.by_ruling for row in self.results)

    @property
    def possible(self) -> bool:
        """Whether an Antrag may be handed in as things stand."""
        return not self.blocking and not self.closed

    @property
    def possible_from(self) -> dt.date | None:
        """The first day on which all that only time can heal is healed; ``None`` if nothing waits for a day."""
        days = [row.check.possible_from for row in (*self.blocking, *self.exceptions) if row.check.possible_from]
        return max(days, default=None)


def results(criteria: Iterable[Any], facts: Facts, setting: Setting) -> list[Result]:
    """The criteria that apply to this person, each with its answer."""
    rows = (
        (criterion, check(criterion, facts, setting))
        for criterion in criteria
        if criterion.principal_group in ("", facts.principal_group)
    )
    return [Result(criterion, found) for criterion, found in rows if found is not None]


def work_offer(rows: Iterable[Result]) -> bool | None:
    """Whether there is an intact work offer: all its parts are there, or one is known to be missing (ALV-01).

    Social services ask the other way round, whether it is missing for now.
    """
    parts, missing = [], []
    for row in rows:
        if row.criterion.check_by == CriterionCheck.WORK_OFFER:
            parts.append(row.check.answer)
        elif row.criterion.check_by == CriterionCheck.NO_WORK_OFFER:
            missing.append(row.check.answer)
    if CriterionAnswer.NO in parts or CriterionAnswer.YES in missing:
        return False
    said = [*(answer == CriterionAnswer.YES for answer in parts), *(answer == CriterionAnswer.NO for answer in missing)]
    return True if said and all(said) else None


def obstacles(facts: Facts) -> bool | None:
    """Whether burdens in the surroundings are named; none named is not said."""
    return True if facts.obstacles else None


__all__ = [
    "Judgement",
    "Lock",
    "Result",
    "contradictions",
    "obstacles",
    "results",
    "work_offer",
]
