"""The rules of one day, read once, and what they say of a case (NFR-07, NFR-08, GRP-20).

At most five queries to judge: table, criteria, law, capability, municipalities; one more to show obstacles. Cases keep
the rules of their day: a rulebook is read for the day an Antrag arrived, or for today while it is a draft.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from iiz.core.enums import StatisticsGroup
from iiz.core.models import Institution, Jurisdiction, LeadCapability

from . import groups
from .criteria import judge
from .criteria.checks import Setting
from .criteria.facts import Facts, contradictions
from .criteria.judge import Judgement, Lock
from .enums import Condition
from .models import AdmissionCriterion, LegalPrecondition, Obstacle, ZielgruppeRule


@dataclass(frozen=True)
class Rulebook:
    """The rules in force on ``day`` for hand-overs to one group, or to one office of it."""

    day: dt.date
    contractor_group: str
    contractor: Institution | None
    rules: Sequence[ZielgruppeRule]
    table_version: dt.date
    criteria: Sequence[AdmissionCriterion]
    law: dict[str, LegalPrecondition]
    capability: LeadCapability | None = None
    obstacles: Iterable[Obstacle] = ()
    served: frozenset[int] = frozenset()

    def judge(self, facts: Facts) -> Judgement:
        """What these rules say of ``facts``; asks the database nothing."""
        known = self.contractor is not None
        setting = Setting(self.day, self.capability, capability_known=known, served=self.served)
        rows = judge.results(self.criteria, facts, setting)
        inputs = groups.Inputs.of(facts, judge.work_offer(rows), judge.obstacles(facts))
        answer = groups.assign(inputs, self.rules)
        return Judgement(
            day=self.day,
            facts=facts,
            finding=answer.finding,
            rule=answer.rule,
            missing=answer.missing,
            table_version=self.table_version,
            inputs=inputs.told(),
            results=rows,
            locks=self.locks(answer.rule, facts),
            contradictions=contradictions(facts),
            grouped=bool(self.rules),
        )

    def locks(self, rule: ZielgruppeRule | None, facts: Facts) -> list[Lock]:
        """What in law stands against a row of the table, or, where none fits, against the whole direction."""
        found = self.closed(rule.preconditions if rule is not None else self.always_needed(facts))
        if rule is not None and rule.barred_while_iv_runs and facts.iv_runs:
            words = _(
                "Solange ein IV-Verfahren läuft, ist diese Übergabe an die IV gesperrt. Die IIZ-Koordinationsstelle "
                "kann eine Ausnahme machen."
            )
            found.append(Lock(_("Laufendes IV-Verfahren"), words, by_ruling=True))
        return found

    def always_needed(self, facts: Facts) -> list[str]:
        """The preconditions that every row of a direction asks for, as far as its people are like this one.

        So nobody gets round them by fitting no row: the release from job search is needed for whoever draws benefit,
        in whatever group (RED-02).
        """
        rows = [row for row in self.rules if (row.principal_group, row.contractor_group) == facts.direction]
        shared = (
            [code for code in rows[0].preconditions if all(code in row.preconditions for row in rows)] if rows else []
        )
        benefit = facts.ale is not False or any(row.ale != Condition.YES for row in rows)
        return shared if benefit else []

    def closed(self, codes: Iterable[str]) -> list[Lock]:
        """The locks of preconditions that are not met, or not even recorded."""
        found = []
        for code in codes:
            row = self.law.get(code)
            if row is None:
                words = _("Die Rechtsgrundlage «%(code)s» ist nicht festgehalten.") % {"code": code}
                found.append(Lock(code, words))
            elif not row.met:
                found.append(Lock(row.title, row.locked_words or row.title))
        return found


def read(contractor_group: str, day: dt.date, contractor: Institution | None = None) -> Rulebook:
    """The rules of ``day`` for hand-overs to ``contractor``, or to any office of its group."""
    group = contractor.statistics_group if contractor is not None else contractor_group
    table = list(ZielgruppeRule.objects.all())
    capability = None
    served: frozenset[int] = frozenset()
    if group == StatisticsGroup.SH and contractor is not None:
        capability = LeadCapability.objects.valid_on(day).filter(institution=contractor).first()
        rows = Jurisdiction.objects.valid_on(day).filter(institution=contractor)
        served = frozenset(rows.order_by().values_list("municipality", flat=True))
    return Rulebook(
        day=day,
        contractor_group=group,
        contractor=contractor,
        rules=[row for row in table if row.holds_on(day)],
        table_version=version(table, day),
        criteria=list(AdmissionCriterion.objects.valid_on(day).filter(contractor_group=group)),
        law={row.code: row for row in LegalPrecondition.objects.valid_on(day)},
        capability=capability,
        # Not asked until somebody shows them: to judge, their codes are enough.
        obstacles=Obstacle.objects.valid_on(day) if group == StatisticsGroup.SH else (),
        served=served,
    )


def version(table: Sequence[Any], day: dt.date) -> dt.date:
    """The version of a dated table on ``day``: the last day on which a row of it began or ceased to hold."""
    days = [row.valid_from for row in table]
    days += [row.valid_until + dt.timedelta(days=1) for row in table if row.valid_until is not None]
    return max((one for one in days if one <= day), default=day)


def of_case(case: Any) -> Rulebook:
    """The rules that a case keeps: those of the day on which it arrived."""
    antrag = case.antrag
    return read(antrag.contractor_group, case.arrived_on, antrag.contractor)
