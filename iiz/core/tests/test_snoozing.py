"""Putting a Pendenz off: by whom, until when, what remains of it, and what ends it."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from iiz.core import audit, registry, snoozing, workflow
from iiz.core.enums import Role
from iiz.core.models import AuditEntry, Reminder, Task
from iiz.core.tests.factories import actor, coordinator
from iiz.core.tests.test_worklist import leave, stand_in
from iiz.core.workflow import Conflict, NotAllowed
from optima.tests import factories as optima

MONDAY = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_monday():
    """A Monday with no holiday near, so that days can be counted by hand."""
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def office():
    jan = optima.jan()
    return jan, actor(Role.CASEWORKER, jan.institution, first_name="Eva", last_name="Rat")


@pytest.fixture
def task(office, seeds) -> Task:
    """Eva's to decide, until Monday in two weeks."""
    jan, eva = office
    case = workflow.apply(optima.submitted(contractor=jan.institution), "assign", jan, {"adviser": eva.user})
    return Task.objects.get(case=case, name="decide", done_at=None)


def on(day: int, month: int = 11) -> dt.date:
    return dt.date(2026, month, day)


def said(task: Task) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(stream=audit.case_stream(task.case.number), verb__startswith="task_"))


# Until when -----------------------------------------------------------------------------------------------------


def test_at_most_a_week_beyond_the_deadline(task):
    assert task.due_on == on(16)
    assert snoozing.latest(task) == on(23)


def test_what_is_overdue_comes_back_every_week(task):
    task.due_on = on(1, 10)
    assert snoozing.latest(task) == on(9)


def test_without_a_deadline_at_most_thirty_days_and_on_a_working_day(task):
    task.due_on = None
    assert snoozing.latest(task) == on(2, 12)
    with time_machine.travel(MONDAY + 4 * DAY):  # thirty days from a Friday are a Sunday
        assert snoozing.latest(task) == on(4, 12)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (on(1), "Dieser Tag ist nicht mehr möglich. Wählen Sie einen Tag ab morgen."),
        (on(2), "Dieser Tag ist nicht mehr möglich. Wählen Sie einen Tag ab morgen."),
        (on(24), "Das ist zu spät. Der letzte mögliche Tag ist der 23.11.2026."),
        (on(7), "Das ist kein Arbeitstag. Der nächste ist der 09.11.2026."),
    ],
)
def test_a_day_that_is_not_possible_gets_a_sentence(task, office, day, sentence):
    with pytest.raises(ValidationError) as refused:
        snoozing.put_off(office[1], task, day, "Ferien")
    assert refused.value.messages == [sentence]
    assert said(task) == []


def test_the_day_offered_first_is_possible(task):
    snoozing.check_day(task, snoozing.proposed(task))


# By whom --------------------------------------------------------------------------------------------------------


def test_the_person_the_contact_and_a_deputy_may(task, office):
    jan, eva = office
    ben = actor(Role.CASEWORKER, jan.institution)
    assert snoozing.refusal(task, eva) == snoozing.refusal(task, jan) == ""
    assert snoozing.refusal(task, ben).startswith("Diese Pendenz wartet auf jemand anderen.")
    stand_in(eva, ben)
    assert snoozing.refusal(task, ben) == ""


def test_colleagues_and_readers_may_not_and_strangers_do_not_find_it(task, office):
    jan, _eva = office
    for somebody in (actor(Role.CASEWORKER, jan.institution), actor(Role.READ_ONLY, jan.institution)):
        with pytest.raises(NotAllowed):
            snoozing.put_off(somebody, task, on(9), "Ferien")
    for stranger in (optima.fremde(), optima.principal_of(task.case), coordinator()):
        with pytest.raises(Http404):
            snoozing.put_off(stranger, task, on(9), "Ferien")


def test_who_left_yesterday_does_not_find_it_any_more(task, office):
    from iiz.core.actor import actor_for

    _jan, eva = office
    leave(eva)
    assert actor_for(eva.user, eva.institution) is None


# What happens ---------------------------------------------------------------------------------------------------


def test_it_keeps_its_deadline_and_is_noted_with_a_hash_of_the_reason(task, office):
    _jan, eva = office
    snoozing.put_off(eva, task, on(9), "Die Klientin ist im Spital.")
    task.refresh_from_db()
    assert (task.snoozed_until, task.due_on, task.snoozed_by) == (on(9), on(16), eva.user)
    [entry] = said(task)
    assert registry.told(entry) == "hat die Pendenz «Antrag prüfen und entscheiden» bis 09.11.2026 zurückgestellt"
    assert "Spital" not in str(entry.changes)
    assert list(audit.verify()) == []


def test_nobody_is_reminded_before_that_day(task, office):
    _jan, eva = office
    snoozing.put_off(eva, task, on(20), "Ferien")
    coming = Reminder.objects.get(task=task, done_at=None)
    assert timezone.localdate(coming.due_at) >= on(20)
    snoozing.take_up(eva, task)
    assert timezone.localdate(Reminder.objects.get(task=task, done_at=None).due_at) < on(20)


def test_it_comes_back_by_itself_on_its_day(task, office):
    snoozing.put_off(office[1], task, on(9), "Ferien")
    task.refresh_from_db()
    assert snoozing.is_put_off(task)
    with time_machine.travel(MONDAY + 7 * DAY):
        assert not snoozing.is_put_off(task)


def test_it_comes_back_when_something_happens_in_the_case(task, office):
    jan, eva = office
    snoozing.put_off(eva, task, on(9), "Ferien")
    workflow.apply(task.case, "assign", jan, {"adviser": jan.user})
    task.refresh_from_db()
    assert task.snoozed_until is None


def test_taking_it_up_again_is_noted_and_twice_is_once(task, office):
    _jan, eva = office
    snoozing.put_off(eva, task, on(9), "Ferien")
    snoozing.take_up(eva, task)
    snoozing.take_up(eva, task)
    assert [entry.verb for entry in said(task)] == ["task_put_off", "task_taken_up"]
    assert registry.told(said(task)[1]) == (
        "hat die zurückgestellte Pendenz «Antrag prüfen und entscheiden» wieder aufgenommen"
    )


def test_twice_or_after_it_was_done_is_a_conflict(task, office):
    jan, eva = office
    snoozing.put_off(eva, task, on(9), "Ferien")
    with pytest.raises(Conflict, match="bereits zurückgestellt"):
        snoozing.put_off(jan, task, on(10), "Anders")
    workflow.apply(task.case, "withdraw", optima.principal_of(task.case), {"note": ""})
    with pytest.raises(Conflict, match="inzwischen erledigt"):
        snoozing.put_off(eva, task, on(9), "Ferien")


# Who reads the reason -------------------------------------------------------------------------------------------


def test_the_reason_is_read_by_the_own_institution_and_the_coordination_alone(task, office, client_of):
    jan, eva = office
    snoozing.put_off(eva, task, on(9), "Abklärung beim Arzt läuft.")
    address = f"{task.case.get_absolute_url()}verlauf/"
    for reader, reads in ((jan, True), (coordinator(), True), (optima.principal_of(task.case), False)):
        page = client_of(reader).get(address).content.decode()
        assert "Antrag prüfen und entscheiden» bis 09.11.2026 zurückgestellt" in page
        assert ("Abklärung beim Arzt läuft." in page) is reads


def test_the_timeline_keeps_the_reason_of_each_time(task, office, client_of):
    _jan, eva = office
    for day, reason in ((9, "Ferien"), (10, "Arztbericht fehlt"), (11, "Arztbericht kommt am Mittwoch")):
        snoozing.put_off(eva, task, on(day), reason)
        snoozing.take_up(eva, task)
    page = client_of(eva).get(f"{task.case.get_absolute_url()}verlauf/").content.decode()
    for day, reason in ((9, "Ferien"), (10, "Arztbericht fehlt"), (11, "Arztbericht kommt am Mittwoch")):
        assert f"bis {day:02}.11.2026 zurückgestellt: {reason}" in page
