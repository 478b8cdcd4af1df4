"""Reminders: who hears of an open Pendenz when."""

import datetime as dt
from collections import defaultdict

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from iiz.core import access, delivery, periods, reminders, snoozing, tasks, workflow
from iiz.core.enums import Role
from iiz.core.models import OutboxMail, Reminder, TimeLimit
from iiz.core.workflow import Waiting
from optima.tests import factories as optima

from .factories import ContactPersonFactory, SubstitutionFactory, TimeLimitFactory, actor, coordinator
from .reminding import START, Travel, steps, submitted, sweep_at, task_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def on(time_machine):
    return Travel(time_machine)


@pytest.fixture
def jan(on):
    """Contact person and adviser of the office that has to decide, with the usual reminders."""
    on(START)
    TimeLimitFactory.create()
    return optima.jan()


def days(first: str, last: str):
    day = dt.date.fromisoformat(first)
    while day <= dt.date.fromisoformat(last):
        yield day.isoformat()
        day += dt.timedelta(days=1)


# The steps ------------------------------------------------------------------------------------------------------


def test_a_decision_that_nobody_takes_goes_from_person_to_deputy_to_contact_to_the_office(jan, on):
    ada = actor(Role.CASEWORKER, jan.institution, first_name="Ada")
    kim = actor(Role.CONTACT, jan.institution, first_name="Kim")
    lou = actor(Role.CASEWORKER, jan.institution, first_name="Lou")
    coordinator(first_name="Katrin")
    deputy = ContactPersonFactory.create(institution=jan.institution, user=lou.user)
    ContactPersonFactory.create(institution=jan.institution, user=kim.user, deputy=deputy)
    case = optima.submitted(contractor=jan.institution)
    workflow.apply(case, "assign", jan, {"adviser": ada.user})
    OutboxMail.objects.all().delete()

    story = defaultdict(list)
    for day in days(START, "2026-04-30"):
        known = OutboxMail.objects.count()
        sweep_at(on, f"{day}T07:01")
        assert Reminder.objects.filter(done_at=None).count() <= 1
        for kind, name in told()[known:]:
            story[day].append((kind, name))

    assert story == {
        "2026-03-13": [("task_due_soon", "Ada")],
        "2026-03-17": [("task_overdue", "Ada")],
        "2026-03-20": [("task_escalated", "Lou")],
        "2026-03-23": [("task_escalated", "Jan"), ("task_escalated", "Kim")],
        "2026-03-30": [("task_stuck", "Katrin")],
    }
    assert not Reminder.objects.filter(done_at=None).exists()
    assert not Reminder.objects.filter(skipped=True).exists()


def test_what_waits_for_a_role_reminds_all_who_hold_it(jan, on):
    actor(Role.CONTACT, jan.institution, first_name="Kim")
    actor(Role.CASEWORKER, jan.institution, first_name="Ada")
    submitted(jan)
    sweep_at(on, "2026-03-13")
    assert told() == [("task_due_soon", "Jan"), ("task_due_soon", "Kim")]


def test_an_empty_number_leaves_the_step_out(jan, on):
    TimeLimit.objects.update(remind_before=None, deputy_after=None, contact_after=None)
    case = submitted(jan)
    assert steps(task__case=case) == [("after", "17.03. 07:00")]
    sweep_at(on, "2026-03-17")
    assert steps(done_at=None) == [("coordinator", "30.03. 07:00")]


def test_without_a_row_or_a_deadline_nobody_is_reminded(jan):
    TimeLimit.objects.update(days=None)
    submitted(jan)
    optima.draft()
    TimeLimit.objects.all().delete()
    optima.submitted(contractor=jan.institution)
    assert not Reminder.objects.exists()


def test_reminders_come_at_seven_on_working_days_before_the_deadline_or_after_it(jan, on):
    on("2026-03-20")
    case = submitted(jan)  # due on Good Friday, 3 April
    ladder = reminders.ladder(task_of(case), periods.read())
    assert [(coming.step, f"{timezone.localtime(coming.at):%a %d.%m. %H:%M}") for coming in ladder] == [
        ("before", "Tue 31.03. 07:00"),
        ("after", "Tue 07.04. 07:00"),
        ("deputy", "Tue 07.04. 07:00"),
        ("contact", "Fri 10.04. 07:00"),
        ("coordinator", "Fri 17.04. 07:00"),
    ]


def test_seven_is_local_time_before_and_after_the_change_to_summer_time(jan, on):
    on("2026-03-15")
    case = submitted(jan)  # due on 29 March, the day of the change
    ladder = reminders.ladder(task_of(case), periods.read())
    assert [coming.at.astimezone(dt.UTC).hour for coming in ladder[:2]] == [6, 5]
    assert {timezone.localtime(coming.at).hour for coming in ladder} == {7}


def test_a_reminder_before_a_short_deadline_that_would_come_at_once_stays_unsaid(jan):
    TimeLimit.objects.update(days=3, remind_before=3)
    case = submitted(jan)
    assert steps(task__case=case) == [("after", "06.03. 07:00")]


def test_there_is_one_row_per_step_and_one_to_come(jan):
    task = task_of(submitted(jan))
    again = Reminder.objects.get(task=task)
    for step, done in (("before", timezone.now()), ("after", None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reminder.objects.create(task=task, step=step, due_at=again.due_at, done_at=done)


# What happens to the Pendenz ------------------------------------------------------------------------------------


def test_what_is_done_reminds_nobody_any_more(jan, on):
    case = submitted(jan)
    workflow.apply(case, "accept", jan, {"adviser": jan.user, "note": ""})
    assert steps(done_at=None) == []
    assert sweep_at(on, "2026-05-04") == {}


def test_a_reminder_that_waits_to_be_sent_is_not_sent_once_it_is_done(jan, on):
    case = submitted(jan)
    now = on("2026-03-13")
    reminders.sweep(now)
    workflow.apply(case, "accept", jan, {"adviser": jan.user, "note": ""})
    OutboxMail.objects.exclude(kind__in=reminders.KINDS).delete()
    assert delivery.deliver(now)["sent"] == 0
    assert mail.outbox == []


def test_whoever_is_in_charge_by_then_is_reminded(jan, on):
    ada = actor(Role.CASEWORKER, jan.institution, first_name="Ada")
    case = submitted(jan)
    workflow.apply(case, "assign", jan, {"adviser": ada.user})
    sweep_at(on, "2026-03-13")
    assert told() == [("task_due_soon", "Ada")]


def test_put_off_nobody_is_reminded_until_it_comes_back(jan, on):
    task = task_of(submitted(jan))
    on("2026-03-10")
    snoozing.put_off(jan, task, dt.date(2026, 3, 19), "Abklärung läuft")
    assert steps(done_at=None) == [("after", "19.03. 07:00")]
    assert sweep_at(on, "2026-03-18") == {}
    assert sweep_at(on, "2026-03-19") == {"reminded": 1}
    assert told() == [("task_overdue", "Jan")]
    # The steps keep their distance: the deputy's turn is three days after, as without the delay.
    assert steps(done_at=None) == [("deputy", "23.03. 07:00")]


def test_put_off_to_a_day_before_the_deadline_it_still_reminds_before_it(jan, on):
    task = task_of(submitted(jan))
    on("2026-03-10")
    snoozing.put_off(jan, task, dt.date(2026, 3, 16), "Abklärung läuft")
    assert steps(done_at=None) == [("before", "16.03. 07:00")]
    assert sweep_at(on, "2026-03-16") == {"reminded": 1}
    assert told() == [("task_due_soon", "Jan")]


def test_taken_up_again_it_reminds_as_before(jan, on):
    task = task_of(submitted(jan))
    on("2026-03-10")
    snoozing.put_off(jan, task, dt.date(2026, 3, 19), "Abklärung läuft")
    snoozing.take_up(jan, task)
    assert steps(done_at=None) == [("before", "13.03. 07:00")]


def waiting_until(day: dt.date) -> list[Waiting]:
    return [Waiting("decide", "submitted", "contractor", "", "", "", "accept", role=Role.CONTACT, due=lambda case: day)]


def test_when_the_day_that_the_case_names_moves_the_deadline_and_its_reminders_move_with_it(jan, on):
    case = submitted(jan)
    tasks.renew(case, waiting_until(dt.date(2026, 3, 10)))
    assert steps(done_at=None) == [("before", "06.03. 07:00")]
    sweep_at(on, "2026-03-06")

    tasks.renew(case, waiting_until(dt.date(2026, 4, 22)))
    assert task_of(case).due_on == dt.date(2026, 4, 22)
    assert steps() == [("before", "17.04. 07:00")]
    sweep_at(on, "2026-04-17")
    assert told() == [("task_due_soon", "Jan")] * 2


def test_a_renewed_case_whose_day_stays_keeps_what_was_said(jan, on):
    case = submitted(jan)
    tasks.renew(case, waiting_until(dt.date(2026, 3, 10)))
    sweep_at(on, "2026-03-06")
    tasks.renew(case, waiting_until(dt.date(2026, 3, 10)))
    assert steps() == [("before", "06.03. 07:00"), ("after", "11.03. 07:00")]


def test_a_changed_row_counts_from_the_next_step_on(jan, on):
    submitted(jan)
    TimeLimit.objects.update(remind_before=1)
    assert sweep_at(on, "2026-03-13T07:00") == {"reminded": 1}, "last working day before Sunday, 15 March"
    TimeLimit.objects.update(remind_after=3)
    assert sweep_at(on, "2026-03-17") == {}
    assert steps(done_at=None) == [("after", "19.03. 07:00")]


def test_periods_that_come_after_the_cases_bring_their_reminders(on):
    on(START)
    jan = optima.jan()
    submitted(jan)
    on("2026-03-14")
    TimeLimitFactory.create()
    assert reminders.plan_missing() == 1
    assert steps() == [("after", "17.03. 07:00")]
    assert reminders.plan_missing() == 0


# Who hears it ---------------------------------------------------------------------------------------------------


def test_the_deputy_hears_it_instead_of_somebody_absent(jan, on):
    ada = actor(Role.CASEWORKER, jan.institution, first_name="Ada")
    submitted(jan)
    SubstitutionFactory.create(institution=jan.institution, absent=jan.user, deputy=ada.user)
    sweep_at(on, "2026-03-13")
    assert told() == [("task_due_soon", "Ada")]


def test_chains_of_deputies_are_not_followed_and_a_circle_does_no_harm(jan, on):
    ada = actor(Role.CASEWORKER, jan.institution, first_name="Ada")
    submitted(jan)
    SubstitutionFactory.create(institution=jan.institution, absent=jan.user, deputy=ada.user)
    SubstitutionFactory.create(institution=jan.institution, absent=ada.user, deputy=jan.user)
    sweep_at(on, "2026-03-13")
    assert told() == [("task_due_soon", "Ada")]


def test_a_deputy_who_has_left_stands_in_for_nobody(jan, on):
    ada = actor(Role.CASEWORKER, jan.institution, first_name="Ada")
    submitted(jan)
    SubstitutionFactory.create(institution=jan.institution, absent=jan.user, deputy=ada.user)
    ada.user.memberships.update(valid_until=dt.date(2026, 3, 12))
    sweep_at(on, "2026-03-13")
    assert told() == [("task_due_soon", "Jan")]


def test_who_becomes_absent_later_is_stood_in_for_at_the_step_of_the_deputy(jan, on):
    ada = actor(Role.CASEWORKER, jan.institution, first_name="Ada")
    submitted(jan)
    sweep_at(on, "2026-03-17")
    SubstitutionFactory.create(
        institution=jan.institution, absent=jan.user, deputy=ada.user, valid_from=dt.date(2026, 3, 18)
    )
    sweep_at(on, "2026-03-20")
    assert told() == [("task_overdue", "Jan"), ("task_escalated", "Ada")]


def test_what_waits_for_somebody_who_left_yesterday_reaches_the_contact_persons(jan, on):
    ada = actor(Role.CASEWORKER, jan.institution, first_name="Ada")
    case = submitted(jan)
    workflow.apply(case, "assign", jan, {"adviser": ada.user})
    ada.user.memberships.update(valid_until=dt.date(2026, 3, 12))
    sweep_at(on, "2026-03-13")
    assert told() == [("task_due_soon", "Jan")]


def test_a_step_that_nobody_answers_is_passed_over_and_nobody_hears_the_same_twice(jan, on):
    submitted(jan)
    coordinator(first_name="Katrin")
    sweep_at(on, "2026-03-17")
    assert sweep_at(on, "2026-03-20") == {"reminders_skipped": 1}, "no deputy is named"
    assert sweep_at(on, "2026-03-23") == {"reminders_skipped": 1}, "the contact person has heard it already"
    assert sweep_at(on, "2026-03-30") == {"escalated": 1}
    assert told() == [("task_overdue", "Jan"), ("task_stuck", "Katrin")]


def test_only_who_may_open_the_case_hears_of_it(jan, on):
    case = submitted(jan)
    actor(Role.STRATEGIC, jan.institution, first_name="Chef")
    optima.fremde()
    part = optima.contractor_part(case)
    part.since = part.until = dt.date(2026, 3, 2)
    part.save()
    access.sync(case)
    OutboxMail.objects.all().delete()
    reminders.sweep(on("2026-03-17"))
    assert not OutboxMail.objects.filter(case=case).exists()
