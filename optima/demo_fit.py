"""For whom a hand-over of the demo is meant: answers that fit one row of the table of the target groups."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from django.db import models

from iiz.core.enums import IvProcedure, LeadCapabilityLevel, StatisticsGroup
from iiz.core.models import BenefitSnapshot, Case, CriteriaFacts, Institution, LeadCapability
from iiz.core.seed import START

from . import rulebook
from .enums import CriterionAnswer, CriterionCheck, Finding
from .models import AdmissionCriterion, Classification, CriterionFinding, Obstacle, ZielgruppeRule

IV, RAV, SH = StatisticsGroup.IV, StatisticsGroup.RAV, StatisticsGroup.SH
LEADING = (LeadCapabilityLevel.FULL, LeadCapabilityLevel.WSH_ONLY)
ROWS: dict[tuple[str, str], tuple[tuple[str, int], ...]] = {
    (IV, RAV): (("A", 3), ("B1", 1)),
    (IV, SH): (("C", 2), ("D1", 1)),
    (RAV, SH): (("G", 2), ("I2", 1)),
    (SH, IV): (("E", 1),),
    (SH, RAV): (("H", 3), ("I1", 1)),
    (SH, SH): (("", 1),),
}
"""Per direction the rows that the demo plays, by weight; the RAV may not hand over to the IV (CON-24)."""
PROCEDURES = {"A": IvProcedure.CLOSED, "B1": IvProcedure.CLOSED} | dict.fromkeys(("C", "D1", "D2"), IvProcedure.RUNNING)
ON_ALE = frozenset({"B1", "F", "G", "I1", "I2", "unassigned"})
ON_SH = frozenset({"D1", "D2", "E", "H", "I1", "I2", "unassigned", ""})


def leads(office: Institution, day: dt.date) -> bool:
    """Whether a social service can be handed a case to; all other offices can."""
    if office.statistics_group != SH:
        return True
    row = LeadCapability.objects.valid_on(day).filter(institution=office).first()
    return row is not None and row.level in LEADING


def row_between(rng: random.Random, principal_group: str, contractor_group: str) -> str:
    """A row of the table for one direction; empty within social assistance."""
    rows = ROWS[principal_group, contractor_group]
    return rng.choices([code for code, _weight in rows], [weight for _code, weight in rows])[0]


class Fit:
    """What the forms would hand over for somebody of a row; the lists are read once."""

    def __init__(self) -> None:
        self.criteria: dict[str, list[AdmissionCriterion]] = {}
        for row in AdmissionCriterion.objects.order_by("position", "pk"):
            self.criteria.setdefault(row.contractor_group, []).append(row)
        self.obstacles = list(Obstacle.objects.order_by("pk"))
        self.rules = {rule.code: rule for rule in ZielgruppeRule.objects.order_by("-valid_from")}
        self.table_version = rulebook.version(list(self.rules.values()), START)

    def answers(self, rng: random.Random, code: str, contractor: Institution, day: dt.date) -> dict[str, Any]:
        """Benefits, facts, criteria and obstacles of somebody for whom the row ``code`` is meant."""
        on_sh, on_ale = code in ON_SH, code in ON_ALE
        procedure = PROCEDURES.get(code, IvProcedure.NONE)
        to_sh = contractor.statistics_group == SH
        return {
            "social_counselling": on_sh,
            "wsh": on_sh,
            "job_seeker": on_ale,
            "ale": on_ale,
            "iv_counselling": procedure == IvProcedure.RUNNING,
            "wsh_entitled": True if to_sh and not on_sh else None,
            "obstacles": rng.sample(self.obstacles, rng.choice((1, 1, 2))) if to_sh else [],
            "criteria": {row.code: "yes" for row in self.criteria.get(contractor.statistics_group, ())},
            "facts": {
                "iv_procedure": procedure,
                "iv_clarification_open": False,
                "iv_measure_running": False,
                "iv_appeal_open": False,
                "iv_pension_open": False,
                "iv_damage_suspected": False,
                "rav_registered_on": day - dt.timedelta(days=rng.randint(30, 400)) if on_ale else None,
            },
        }

    def records(
        self, case: Case, rng: random.Random, code: str, contractor: Institution, day: dt.date
    ) -> Iterator[models.Model]:
        """Snapshot, facts, group and criteria of a saved case of the bulk loader."""
        known = self.answers(rng, code, contractor, day)
        benefits = {name: known[name] for name in BenefitSnapshot.QUESTIONS}
        yield BenefitSnapshot(case=case, taken_on=day, **benefits)
        yield CriteriaFacts(case=case, taken_on=day, **known["facts"])
        rule = self.rules.get(code)
        yield Classification(
            antrag_id=case.pk,
            finding=Finding.GROUP if rule else Finding.WITHIN_SH,
            proposed=rule,
            rule=rule,
            table_version=self.table_version,
        )
        principal = rule.principal_group if rule else SH
        for row in self.criteria.get(contractor.statistics_group, ()):
            if row.check_by != CriterionCheck.NOTE and row.principal_group in ("", principal):
                yield CriterionFinding(antrag_id=case.pk, criterion=row, answer=CriterionAnswer.YES)
