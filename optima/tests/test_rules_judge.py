"""Whatever is said of somebody, the rules answer, and their answers fit together; and they are read in few queries."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import fields

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iiz.core.enums import IvProcedure, LeadCapabilityLevel, StatisticsGroup
from iiz.core.models import LeadCapability
from iiz.core.tests.factories import InstitutionFactory
from optima import rulebook, seed
from optima.criteria.facts import Facts
from optima.criteria.judge import Judgement
from optima.enums import CriterionAnswer, CriterionCheck, CriterionWeight, Finding, LegalState
from optima.models import AdmissionCriterion, LegalPrecondition, Obstacle, ZielgruppeRule
from optima.rulebook import Rulebook

DAY = dt.date(2026, 11, 23)
ROUNDS = 1500
QUERIES = 6
TABLE = seed.group_rows()
CODES = [f"code-{place}" for place in range(4)] + ["erfunden"]
GROUPS = [*StatisticsGroup.values, ""]
SPECIAL = {"principal_group", "contractor_group", "iv_procedure", "obstacles", "answers"}
DATES = {"iv_refused_on", "rav_registered_on"}
YES_NO = [one.name for one in fields(Facts) if one.name not in SPECIAL | DATES]


def somebody(chance: random.Random) -> Facts:
    """Answers without any sense for each other, some of them missing or unknown words."""
    days = [None, DAY, dt.date(1900, 2, 28), dt.date(2024, 2, 29), DAY - dt.timedelta(days=chance.randrange(800))]
    return Facts(
        principal_group=chance.choice(GROUPS),
        contractor_group=chance.choice(GROUPS),
        iv_procedure=chance.choice([*IvProcedure.values, "", "unbekannt"]),
        obstacles=frozenset(chance.sample(["schulden", "sucht", "erfunden"], chance.randrange(3))),
        answers={
            code: chance.choice([*CriterionAnswer.values, "", "vielleicht"]) for code in CODES if chance.random() < 0.7
        },
        **{name: chance.choice([True, False, None]) for name in YES_NO},
        **{name: chance.choice(days) for name in DATES},
    )


def rules(chance: random.Random) -> Rulebook:
    """The table as shipped, now and then with rows missing, under random law and with one criterion of each kind."""
    table = [row for row in TABLE if chance.random() < 0.9]
    kinds = chance.sample(list(CriterionCheck), 4)
    criteria = [
        AdmissionCriterion(
            code=CODES[place],
            text="Etwas trifft zu.",
            check_by=kind,
            weight=chance.choice(CriterionWeight.values),
            months=chance.choice([None, 1, 12]),
            principal_group=chance.choice(["", *StatisticsGroup.values]),
        )
        for place, kind in enumerate(kinds)
    ]
    codes = chance.sample(["seco_iv", "seco_sozialberatung", "art54_kanton", "art54_bund"], chance.randrange(5))
    level = chance.choice([None, *LeadCapabilityLevel.values])
    return Rulebook(
        day=DAY,
        contractor_group=chance.choice(GROUPS),
        contractor=InstitutionFactory.build() if chance.random() < 0.5 else None,
        rules=table,
        table_version=DAY,
        criteria=criteria,
        law={code: LegalPrecondition(code=code, title=code, status=chance.choice(LegalState.values)) for code in codes},
        capability=None if level is None else LeadCapability(level=level),
    )


def check(judged: Judgement) -> None:
    """What must hold of every judgement."""
    assert judged.possible == (not judged.blocking and not judged.closed)
    assert (judged.rule is not None) == (judged.finding == Finding.GROUP)
    assert judged.rule is not None or not any(lock.by_ruling for lock in judged.locks)
    kinds = [*judged.blocking, *judged.exceptions, *judged.warnings]
    assert len({id(row) for row in kinds}) == len(kinds), "one criterion has one consequence"
    assert all(row.failed and row.sentence for row in kinds)
    assert all(lock.title and lock.sentence for lock in judged.locks)
    open_to_ruling = [row for row in judged.results if row.failed and row.check.by_ruling]
    assert not {id(row) for row in open_to_ruling} & {id(row) for row in judged.blocking}
    by_ruling = any(lock.by_ruling for lock in judged.locks) or bool(open_to_ruling)
    unsettled = judged.grouped and judged.finding in (Finding.ROUNDTABLE, Finding.UNASSIGNED)
    assert judged.needs_ruling == (by_ruling or unsettled)
    if judged.possible_from is not None:
        assert judged.possible_from > judged.day
        assert any(row.check.possible_from for row in (*judged.blocking, *judged.exceptions))
    assert set(judged.missing) <= {"iv_procedure", "ale", "sh", "work_offer", "obstacles"}


def test_whatever_is_said_the_rules_answer_and_their_answers_fit_together():
    chance = random.Random(4)
    seen: set[tuple[object, ...]] = set()
    for _round in range(ROUNDS):
        judged = rules(chance).judge(somebody(chance))
        check(judged)
        seen.add((judged.finding, judged.possible, judged.needs_ruling, bool(judged.contradictions)))
    assert len(seen) > 12, "the facts are not random enough"


def test_the_same_facts_are_always_judged_the_same():
    chance = random.Random(44)
    for _round in range(100):
        book, facts = rules(chance), somebody(chance)
        assert book.judge(facts) == book.judge(facts)


def test_without_a_table_nothing_waits_for_the_coordination_office():
    chance = random.Random(444)
    for _round in range(200):
        facts = somebody(chance)
        judged = Rulebook(DAY, facts.contractor_group, None, [], DAY, [], {}).judge(facts)
        assert not judged.needs_ruling
        assert judged.possible


# Reading --------------------------------------------------------------------------------------------------------


def history(rows: int) -> None:
    """Earlier versions of one criterion of the social services."""
    day = dt.date(1900, 1, 1)
    AdmissionCriterion.objects.bulk_create(
        AdmissionCriterion(
            contractor_group="SH",
            code="alt",
            heading="Alt",
            text="Galt früher.",
            valid_from=day + dt.timedelta(days=place),
            valid_until=day + dt.timedelta(days=place),
        )
        for place in range(rows)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("group", ["IV", "RAV", "SH"])
def test_all_rules_of_a_case_cost_few_queries_and_no_more_with_a_long_history(group):
    seed.rules()
    office = InstitutionFactory.create(kind={"IV": "iv", "RAV": "rav", "SH": "sobz"}[group])
    facts = Facts(principal_group="SH", contractor_group=group, obstacles=frozenset({"schulden"}))

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            rulebook.read(group, DAY, office).judge(facts)
        return len(found)

    history(5)
    few = queries()
    AdmissionCriterion.objects.filter(code="alt").delete()
    history(500)
    assert queries() == few <= QUERIES


@pytest.mark.django_db
def test_only_rows_of_the_day_judge():
    seed.rules()
    history(5)
    LegalPrecondition.objects.filter(code="seco_iv").update(valid_until=DAY - dt.timedelta(days=1))
    ZielgruppeRule.objects.filter(code="E").update(valid_from=DAY + dt.timedelta(days=1))
    book = rulebook.read("SH", DAY, InstitutionFactory.create())
    assert "alt" not in {row.code for row in book.criteria}
    assert "seco_iv" not in book.law
    assert {row.code for row in book.rules} == {row.code for row in seed.group_rows()} - {"E"}
    assert {row.code for row in book.obstacles} == set(Obstacle.objects.values_list("code", flat=True))
