"""Who reads what of a view: the rule in every combination, then with real cases (PER-06, PER-10)."""

from itertools import combinations, product

import pytest

from iiz.core.enums import DataCategory
from roundtable import reading
from roundtable.reading import Look, readable

from . import playing as play

KINDS = DataCategory.values
SETS = [frozenset(some) for size in range(len(KINDS) + 1) for some in combinations(KINDS, size)]


@pytest.mark.parametrize("opened", SETS, ids=lambda some: "+".join(sorted(some)) or "nothing")
def test_the_rule_in_every_combination(opened):
    for own, coordination, covered, seated in product((True, False), repeat=4):
        got = readable(Look(own, coordination, covered, seated, opened))
        if own or coordination:
            assert got == frozenset(KINDS)
        elif covered and seated:
            assert got == opened
        else:
            assert got == frozenset()


@pytest.fixture
def case(db):
    return play.given(play.asked(play.with_therapist()), play.THERAPIST)


def kinds(case, actor):
    case = play._again(case)
    row = play.row_of(case, play.THERAPIST) if case.participants.filter(ended_at=None).exists() else None
    return set(reading.readable(reading.look(case, actor, row, reading.opened(case, actor))))


def test_an_office_reads_what_the_vollmacht_opens_and_health_only_if_it_needs_it(case):
    nora, iris = play.nora_of(case), play.iris_of(case)
    assert kinds(case, iris) == set(KINDS)
    assert kinds(case, nora) == set(KINDS) - {"health"}, "a social service does not need it"
    assert [names for kind, names in reading.readers(case) if kind == DataCategory.HEALTH.label] == [
        [iris.institution.name]
    ]
    case = play.narrowed(case, nora, frozenset({"work"}))
    assert kinds(case, nora) == {"work"}
    case = play.narrowed(case, iris, frozenset())
    assert kinds(case, iris) == set()


def test_of_whom_the_vollmacht_covers_no_longer_only_the_coordination_office_reads(case):
    iris = play.iris_of(case)
    case = play.narrowed(case, play.THERAPIST)
    assert kinds(case, iris) == set()
    assert kinds(case, play.koordination()) == set(KINDS)


@pytest.mark.parametrize("end", [play.withdrawn, lambda case: play.ending(case, -1)], ids=["withdrawn", "expired"])
def test_once_the_vollmacht_is_no_more_nobody_else_reads_anything(case, end):
    iris, nora = play.iris_of(case), play.nora_of(case)
    case = end(case)
    assert kinds(case, iris) == set()
    assert kinds(case, nora) == set()
    assert kinds(case, play.koordination()) == set(KINDS)
    assert len(reading.hidden(case, nora, frozenset())) == 1
