"""Who reads which version and what of it: every set of kinds, every seat at the table (PER-06, PER-10, RT-18)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from iiz.core import workflow
from iiz.core.enums import DataCategory
from iiz.core.models import Case
from roundtable import plan_reading
from roundtable.enums import PlanState
from roundtable.models import Review
from roundtable.paper import Paper
from roundtable.plan_reading import cut
from roundtable.reading import EVERYTHING
from roundtable.tests import papers
from roundtable.tests import playing as play

SEATS = {"client": 1, "social": 2, "rav": 3, "iv": 4, "therapist": 5, "nobody": None}
SETS = [
    frozenset(chosen)
    for size in range(len(DataCategory.values) + 1)
    for chosen in combinations(DataCategory.values, size)
]
HEALTH = "health"


def whole() -> dict[str, Any]:
    return papers.paper().content()


@pytest.mark.parametrize("kinds", SETS, ids=lambda kinds: "+".join(sorted(kinds)) or "nothing")
@pytest.mark.parametrize("who", SEATS)
def test_each_part_is_read_by_its_kind_alone(kinds: frozenset[str], who: str) -> None:
    content, seat = whole(), SEATS[who]
    seen = cut(content, kinds, seat)
    assert Paper.__dataclass_fields__.keys() - {"problems"} == seen.keys()
    assert {row["category"] for row in seen["areas"]} == kinds, "one area of each kind is in the paper"
    assert len(seen["incomes"]) == (3 if "money" in kinds else 0)
    assert len(seen["sick_leaves"]) == (1 if HEALTH in kinds else 0)
    decisions = [row["text"] for row in seen["decisions"]]
    assert ("ärztliche Begutachtung" in decisions) is (HEALTH in kinds)
    assert ("Anspruch auf eine IV-Rente" in decisions) is ("money" in kinds)
    assert len(seen["goals"]) == (3 if kinds else 0)
    for step in content["steps"]:
        shown = bool(kinds) and (not step["health"] or HEALTH in kinds or step["owner"] == seat)
        assert (step in seen["steps"]) is shown
    assert bool(seen["plain"]) is (kinds == EVERYTHING)
    assert bool(plan_reading.left_out(content, kinds, seat)) is (kinds != EVERYTHING)


def test_cutting_changes_nothing_of_the_version_itself() -> None:
    content = whole()
    cut(content, frozenset({"work"}), 4)
    assert content == whole()
    assert cut(content, EVERYTHING) == content


def test_only_what_is_missing_is_said_to_be_missing() -> None:
    content = cut(whole(), frozenset({"work", "money", "situation"}))
    assert plan_reading.left_out(content, frozenset({"work", "money", "situation"})) == ""
    said = plan_reading.left_out(whole(), frozenset({"work", "money", "situation"}))
    assert said.endswith(": Gesundheit.")


# At the table -------------------------------------------------------------------------------------------------------


@pytest.fixture
def case(db: Any) -> Any:
    return play.running(play.fixed(play.with_mother(play.with_therapist())))


def kinds_at(case: Any, who: Any) -> frozenset[str]:
    return plan_reading.kinds_of(case, play.row_of(case, who))


def test_the_client_and_whom_the_vollmacht_names_read_and_a_guest_by_wish_does_not(case: Any) -> None:
    assert kinds_at(case, "client") == EVERYTHING
    assert kinds_at(case, play.THERAPIST) == EVERYTHING
    assert kinds_at(case, "Maria Probe") == frozenset()


def test_an_office_reads_health_data_only_if_it_needs_them(case: Any) -> None:
    nora, jan = play.nora_of(case), play.jan_of(case)
    assert kinds_at(case, play.iris_of(case)) == EVERYTHING
    assert kinds_at(case, jan) == EVERYTHING - {HEALTH}
    for health in (True, False):
        data = {"participant": play.row_of(case, jan), "health": health}
        case = workflow.apply(case, "need_health", play.koordination(), data)
        assert (HEALTH in kinds_at(case, jan)) is health
    case = play.narrowed(case, nora, frozenset({"work"}))
    assert kinds_at(case, nora) == {"work"}
    assert plan_reading.kinds_for(case, nora) == {"work"}


def test_what_the_actor_gets_is_what_the_seat_gets_and_the_coordination_office_reads_all(case: Any) -> None:
    for who in (play.nora_of(case), play.jan_of(case), play.iris_of(case)):
        assert plan_reading.kinds_for(case, who) == kinds_at(case, who)
        assert plan_reading.participant_of(case, who) == play.row_of(case, who).pk
    assert plan_reading.kinds_for(case, play.koordination()) == EVERYTHING
    assert plan_reading.kinds_for(case, play.fremde()) == frozenset()


@pytest.mark.parametrize("end", [play.withdrawn, lambda case: play.ending(case, -1)], ids=["withdrawn", "expired"])
def test_without_a_vollmacht_nobody_reads_but_the_coordination_office(case: Any, end: Any) -> None:
    papers.version(case)
    case = end(case)
    for who in (play.nora_of(case), play.jan_of(case), play.iris_of(case)):
        assert kinds_at(case, who) == frozenset()
        assert plan_reading.versions(case, who) == []
    for guest in ("client", play.THERAPIST, "Maria Probe"):
        assert kinds_at(case, guest) == frozenset()
    assert len(plan_reading.versions(case, play.koordination())) == 1


def test_who_is_no_longer_named_reads_nothing(case: Any) -> None:
    jan = play.jan_of(case)
    case = play.narrowed(case, jan)
    assert plan_reading.kinds_for(case, jan) == frozenset()
    row = case.participants.get(participation__institution=jan.institution)
    assert plan_reading.kinds_of(case, row) == frozenset()


def test_the_office_that_moderates_itself_reads_what_it_wrote_until_the_vollmacht_ends(case: Any) -> None:
    nora = play.nora_of(case)
    case.roundtable.self_run = True
    case.roundtable.save()
    assert plan_reading.kinds_for(case, nora) == EVERYTHING
    assert HEALTH not in plan_reading.kinds_for(case, play.jan_of(case))
    case = play.withdrawn(case)
    assert plan_reading.kinds_for(case, nora) == frozenset()


def test_drafts_are_read_by_who_was_asked_and_versions_in_force_by_all(case: Any) -> None:
    jan, iris, office = play.jan_of(case), play.iris_of(case), play.koordination()
    papers.version(case)
    papers.version(case)
    dropped = papers.version(case, state=PlanState.DROPPED)
    draft = papers.version(case, state=PlanState.DRAFT)
    for plan in (dropped, draft):
        Review.objects.create(plan=plan, participant=play.row_of(case, jan))

    def read(who: Any) -> list[int]:
        return [plan.number for plan in plan_reading.versions(Case.objects.get(pk=case.pk), who)]

    assert read(office) == [4, 3, 2, 1]
    assert read(jan) == [4, 3, 2, 1]
    assert read(iris) == [2, 1]
    assert read(play.fremde()) == []
