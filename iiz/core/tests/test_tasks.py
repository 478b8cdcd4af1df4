"""Pendenzen: what waits for whom, and for nobody else."""

import datetime as dt

import pytest
from django.utils import timezone

from iiz.core import workflow, worklist
from iiz.core.enums import Role
from iiz.core.models import Task
from iiz.core.tests.factories import actor, coordinator
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db


def names(who) -> list[str]:
    return [task.name for task in worklist.mine(who)]


def everybodys(who) -> list[str]:
    return [task.name for task in worklist.everybody(who)]


def test_a_new_antrag_waits_for_the_contact_until_somebody_is_in_charge():
    jan = optima.jan()
    contact = actor(Role.CONTACT, jan.institution)
    adviser = actor(Role.CASEWORKER, jan.institution)
    case = optima.submitted(contractor=jan.institution)
    assert names(jan) == names(contact) == ["decide"]
    assert names(adviser) == []
    assert everybodys(adviser) == ["decide"]
    workflow.apply(case, "assign", jan, {"adviser": adviser.user})
    assert names(adviser) == ["decide"]
    assert names(contact) == []
    assert everybodys(contact) == ["decide"]


def test_it_is_due_in_fourteen_days_and_keeps_its_date_while_it_waits():
    jan = optima.jan()
    case = optima.submitted(contractor=jan.institution)
    first = Task.objects.get(case=case, name="decide", done_at=None)
    assert first.due_on == timezone.localdate() + dt.timedelta(days=14)
    workflow.apply(case, "assign", jan, {"adviser": jan.user})
    assert Task.objects.get(case=case, name="decide", done_at=None).pk == first.pk


def test_while_a_question_is_open_the_other_side_waits():
    nora, jan = optima.nora(), optima.jan()
    optima.queried(optima.submitted(nora, jan.institution))
    assert names(nora) == ["answer"]
    assert everybodys(jan) == []


def test_an_ended_case_waits_for_nobody():
    case = optima.refused()
    assert not Task.objects.filter(case=case, done_at=None).exists()


def test_strangers_strategic_staff_and_readers_have_nothing_of_it():
    jan = optima.jan()
    optima.submitted(contractor=jan.institution)
    fremde = optima.fremde()
    assert everybodys(actor(Role.STRATEGIC, jan.institution)) == []
    assert names(actor(Role.READ_ONLY, jan.institution)) == []
    assert "decide" not in everybodys(fremde)


def test_a_task_vanishes_with_the_access_to_its_case():
    jan = optima.jan()
    case = optima.submitted(contractor=jan.institution)
    part = optima.contractor_part(case)
    part.since = part.until = timezone.localdate() - dt.timedelta(days=1)
    part.save()
    from iiz.core import access

    access.sync(case)
    assert everybodys(jan) == []


def test_the_most_urgent_stands_first_and_what_has_no_date_last():
    nora = optima.nora()
    optima.draft(nora)
    optima.queried(optima.submitted(nora))
    assert names(nora) == ["answer", "finish_draft"]


def test_an_antrag_routed_over_the_coordination_waits_there_too():
    from iiz.core.models import RoutingRule

    office, jan = coordinator(), optima.jan()
    RoutingRule.objects.create(group="IV", mode="coordination", valid_from=dt.date(2020, 1, 1), target=None)
    case = optima.submitted(contractor=jan.institution)
    assert names(office) == ["forward"]
    workflow.apply(case, "assign", office, {"adviser": jan.user})
    assert names(office) == []
