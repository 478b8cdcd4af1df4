"""All that the rules look at, and where answers speak against each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.utils.translation import gettext as _

from iiz.core.enums import IvProcedure, StatisticsGroup

RUNNING = frozenset({IvProcedure.RUNNING, IvProcedure.SUSPENDED})
"""States of an IV procedure that is not over."""


@dataclass(frozen=True)
class Facts:
    """What an Antrag, or the Wegweiser, says of somebody. ``None`` and empty mean: not said.

    ``municipality`` is a BFS number. ``answers`` holds per code of a criterion that is asked ``yes``, ``no`` or
    ``open``; ``obstacles`` the codes chosen.
    """

    principal_group: str = ""
    contractor_group: str = ""
    social_counselling: bool | None = None
    wsh: bool | None = None
    job_seeker: bool | None = None
    ale: bool | None = None
    iv_counselling: bool | None = None
    iv_procedure: str = ""
    iv_refused_on: dt.date | None = None
    iv_clarification_open: bool | None = None
    iv_measure_running: bool | None = None
    iv_appeal_open: bool | None = None
    iv_pension_open: bool | None = None
    iv_damage_suspected: bool | None = None
    partial_pension: bool | None = None
    aids: bool | None = None
    rav_registered_on: dt.date | None = None
    municipality: int | None = None
    wsh_entitled: bool | None = None
    obstacles: frozenset[str] = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, known: Mapping[str, Any], **more: Any) -> Facts:
        """From the answers that there are; names that are no facts are left out."""
        names = {one.name for one in fields(cls)}
        said = {**known, **more}
        found = {name: value for name, value in said.items() if name in names and value is not None}
        if "municipality" in found:  # the row, or its number
            found["municipality"] = getattr(found["municipality"], "pk", found["municipality"])
        return cls(**found)

    @property
    def sh(self) -> bool | None:
        """Whether social assistance is received, personal or economic (pSH or wSH)."""
        if self.social_counselling or self.wsh:
            return True
        return None if None in (self.social_counselling, self.wsh) else False

    @property
    def direction(self) -> tuple[str, str]:
        """Who asks whom."""
        return self.principal_group, self.contractor_group

    @property
    def iv_runs(self) -> bool:
        """Whether an IV procedure is not over, running or suspended."""
        return self.iv_procedure in RUNNING


@dataclass(frozen=True)
class Contradiction:
    """Two answers that cannot both be true: the field to look at first, and the sentence."""

    name: str
    sentence: str


def contradictions(facts: Facts) -> list[Contradiction]:
    """Where the answers speak against each other; nothing for what was not said."""
    found: list[tuple[bool, str, str]] = [
        (
            facts.principal_group == StatisticsGroup.SH and facts.sh is False,
            "social_counselling",
            _(
                "Sie beantragen für die Sozialhilfe, geben aber an, dass die Person weder in persönlicher Sozialhilfe "
                "ist noch wirtschaftliche Sozialhilfe bezieht."
            ),
        ),
        (
            facts.principal_group == StatisticsGroup.RAV and facts.job_seeker is False,
            "job_seeker",
            _("Sie beantragen für das RAV, geben aber an, dass die Person nicht als stellensuchend gemeldet ist."),
        ),
        (
            facts.principal_group == StatisticsGroup.IV and facts.iv_procedure == IvProcedure.NONE,
            "iv_procedure",
            _("Sie beantragen für die IV, geben aber an, dass es kein IV-Verfahren gibt."),
        ),
        (
            facts.ale is True and facts.job_seeker is False,
            "ale",
            _(
                "Wer Arbeitslosenentschädigung bezieht, ist als stellensuchend gemeldet. "
                "Eine der beiden Antworten passt nicht."
            ),
        ),
        (
            facts.iv_counselling is True and facts.iv_procedure == IvProcedure.NONE,
            "iv_counselling",
            _("Eingliederung der IV ohne IV-Verfahren gibt es nicht. Eine der beiden Antworten passt nicht."),
        ),
    ]
    if facts.iv_procedure == IvProcedure.NONE:
        found += [
            (
                getattr(facts, name) is True,
                name,
                _("Sie geben an, dass es kein IV-Verfahren gibt. Eine der beiden Antworten passt nicht."),
            )
            for name in ("iv_clarification_open", "iv_measure_running", "iv_appeal_open", "iv_pension_open")
        ]
    return [Contradiction(name, sentence) for speaks, name, sentence in found if speaks]
