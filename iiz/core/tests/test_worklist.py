"""Pendenzen as people read them: mine, in somebody's place, the institution's – and nothing lost with a person."""

import datetime as dt

import pytest
from django.utils import timezone

from iiz.core import workflow, worklist
from iiz.core.enums import Role
from iiz.core.models import Membership, Substitution, Task
from iiz.core.tests.factories import actor, coordinator
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
DAY = dt.timedelta(days=1)


def names(tasks) -> list[str]:
    return [task.name for task in tasks]


def stand_in(absent, deputy, first: int = 0, last: int = 5) -> Substitution:
    return Substitution.objects.create(
        institution=absent.institution,
        absent=absent.user,
        deputy=deputy.user,
        valid_from=TODAY() + first * DAY,
        valid_until=TODAY() + last * DAY,
    )


def leave(somebody) -> None:
    """Somebody who was a member until yesterday."""
    Membership.objects.filter(user=somebody.user).update(valid_until=TODAY() - DAY)


@pytest.fixture
def office():
    """Jan is the contact, Eva and Ben are caseworkers of one IV-Stelle."""
    jan = optima.jan()
    eva = actor(Role.CASEWORKER, jan.institution, first_name="Eva", last_name="Rat")
    ben = actor(Role.CASEWORKER, jan.institution, first_name="Ben", last_name="Tat")
    return jan, eva, ben


@pytest.fixture
def evas(office):
    """An Antrag that is Eva's to decide."""
    jan, eva, _ben = office
    return workflow.apply(optima.submitted(contractor=jan.institution), "assign", jan, {"adviser": eva.user})


def test_a_deputy_sees_what_waits_for_the_absent_person_and_nobody_else_does(office, evas):
    jan, eva, ben = office
    stand_in(eva, ben)
    assert names(worklist.stood_in(ben)) == ["decide"]
    assert names(worklist.mine(ben)) == []
    assert names(worklist.stood_in(jan)) == []
    assert len(worklist.to_do(ben)) == 1
    assert len(worklist.to_do(eva)) == 1, "the absent person does not lose it"


@pytest.mark.parametrize(("first", "last"), [(1, 5), (-5, -1)])
def test_only_during_the_absence(office, evas, first, last):
    _jan, eva, ben = office
    stand_in(eva, ben, first, last)
    assert names(worklist.stood_in(ben)) == []


def test_whoever_stands_in_for_a_contact_sees_what_waits_for_contacts(office):
    jan, _eva, ben = office
    optima.submitted(contractor=jan.institution)
    assert len(worklist.to_do(ben)) == 0
    stand_in(jan, ben)
    assert names(worklist.stood_in(ben)) == ["decide"]


def test_what_is_mine_anyway_is_not_shown_twice(office):
    jan, _eva, _ben = office
    other = actor(Role.CONTACT, jan.institution)
    optima.submitted(contractor=jan.institution)
    stand_in(other, jan)
    assert names(worklist.mine(jan)) == ["decide"]
    assert names(worklist.stood_in(jan)) == []
    assert len(worklist.to_do(jan)) == 1


def test_a_deputy_who_left_stands_in_for_nobody(office, evas):
    _jan, eva, ben = office
    stand_in(eva, ben)
    leave(ben)
    assert names(worklist.stood_in(ben)) == []


def test_what_waited_for_somebody_who_left_waits_for_the_contact(office, evas):
    jan, eva, ben = office
    leave(eva)
    assert names(worklist.mine(jan)) == ["decide"]
    assert names(worklist.mine(ben)) == [], "it is for the role that decides, not for every caseworker"


def test_without_a_contact_it_waits_for_those_who_hold_its_role(office):
    nora = optima.nora()
    colleague = actor(Role.CASEWORKER, nora.institution)
    optima.queried(optima.submitted(nora))
    assert names(worklist.mine(colleague)) == []
    leave(nora)
    assert names(worklist.mine(colleague)) == ["answer"]


def test_somebody_who_only_reads_from_now_on_has_left_the_work_too(office, evas):
    jan, eva, _ben = office
    Membership.objects.filter(user=eva.user).update(role=Role.READ_ONLY)
    assert names(worklist.mine(jan)) == ["decide"]


def test_what_is_put_off_is_counted_apart_until_its_day(office, evas):
    _jan, eva, _ben = office
    Task.objects.filter(user=eva.user).update(snoozed_until=TODAY() + DAY, snooze_reason="Ferien")
    assert len(worklist.to_do(eva)) == 0
    assert names(worklist.put_off(worklist.mine(eva))) == ["decide"]
    Task.objects.filter(user=eva.user).update(snoozed_until=TODAY())
    assert names(worklist.shown(worklist.mine(eva))) == ["decide"]
    assert names(worklist.put_off(worklist.mine(eva))) == []


def test_nothing_is_counted_further_than_the_cap(office):
    jan, *_ = office
    case = optima.submitted(contractor=jan.institution)
    Task.objects.bulk_create(
        Task(case=case, institution=jan.institution, name=f"decide-{n}", user=jan.user) for n in range(120)
    )
    assert worklist.count(worklist.mine(jan)) == worklist.CAP + 1
    assert [worklist.capped(number) for number in (0, 7, 99, 100)] == ["", "7", "99", "99+"]


def test_coordinators_answer_for_all_of_their_office():
    assert worklist.answers_for(coordinator()) >= {Role.COORDINATOR, Role.CONTACT, Role.CASEWORKER}
