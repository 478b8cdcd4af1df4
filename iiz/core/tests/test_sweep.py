"""The sweep: nothing twice, nothing lost, nobody flooded, whoever starts it."""

import datetime as dt

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction

from iiz.core import bulk, clock, jobs
from iiz.core.enums import MailMode, MailTopic, Role
from iiz.core.models import MailPreference, OutboxMail, Reminder, Task, TimeLimit
from optima.tests import factories as optima

from .factories import TimeLimitFactory, actor
from .reminding import START, Travel, moment, steps, submitted, sweep_at, told
from .test_bulk import a_load

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


# Outage, doubling, flood ----------------------------------------------------------------------------------------


def test_swept_again_nothing_is_sent_twice(jan, on):
    submitted(jan)
    assert sweep_at(on, "2026-03-13") == {"reminded": 1}
    assert sweep_at(on, "2026-03-13") == {}
    assert sweep_at(on, "2026-03-16") == {}
    assert told() == [("task_due_soon", "Jan")]


def test_after_an_outage_only_the_latest_step_speaks(jan, on):
    actor(Role.CASEWORKER, jan.institution, first_name="Ada")
    submitted(jan)
    assert sweep_at(on, "2026-03-18") == {"reminded": 1, "reminders_skipped": 1}
    assert told() == [("task_overdue", "Jan")]
    assert steps(skipped=True) == [("before", "13.03. 07:00")]
    assert steps(done_at=None) == [("deputy", "20.03. 07:00")]


def test_after_an_outage_the_latest_step_that_somebody_answers_speaks(jan, on):
    submitted(jan)
    assert sweep_at(on, "2026-03-21") == {"reminded": 1, "reminders_skipped": 2}, "no deputy is named"
    assert told() == [("task_overdue", "Jan")]
    assert steps(done_at=None) == [("contact", "23.03. 07:00")]


def test_a_late_reminder_before_the_deadline_says_that_it_is_over(jan, on):
    TimeLimit.objects.update(remind_after=5)
    submitted(jan)
    sweep_at(on, "2026-03-18")
    assert told() == [("task_overdue", "Jan")]


def test_after_easter_twenty_pendenzen_make_one_mail_and_few_come_one_by_one(jan, on):
    nora = optima.nora()
    kim = optima.jan()
    for day in ("2026-03-18", "2026-03-19", "2026-03-20", "2026-03-21"):
        on(day)
        for _number in range(5):
            optima.submitted(nora, contractor=jan.institution)
    for _number in range(3):
        optima.submitted(nora, contractor=kim.institution)
    OutboxMail.objects.all().delete()

    now = on("2026-04-09T08:30")  # the machine was off over Easter
    counts = jobs.sweep(now)

    to_jan = [letter for letter in mail.outbox if letter.to == [jan.user.email]]
    assert len(to_jan) == 1
    assert counts["reminded"] + counts["escalated"] == 23
    assert len([letter for letter in mail.outbox if letter.to == [kim.user.email]]) == 3
    assert not Reminder.objects.filter(done_at=None, due_at__lte=now).exists()
    mail.outbox.clear()
    assert jobs.sweep(now + dt.timedelta(minutes=1))["sent"] == 0
    assert mail.outbox == []


def test_two_pendenzen_of_one_case_make_one_mail_to_the_same_person(jan, on):
    first, second = submitted(jan), submitted(jan)
    Task.objects.filter(case=second).update(case=first, object_id=1)
    jobs.sweep(on("2026-03-13T07:01"))
    assert [letter.to for letter in mail.outbox] == [[jan.user.email]]
    assert OutboxMail.objects.filter(kind="task_due_soon").count() == 2


def test_who_wants_deadlines_gathered_gets_them_the_same_morning(jan, on):
    MailPreference.objects.create(user=jan.user, topic=MailTopic.DEADLINE, mode=MailMode.DIGEST)
    for _number in range(2):
        submitted(jan)
    OutboxMail.objects.all().delete()
    jobs.sweep(on("2026-03-13T07:01"))
    assert [letter.to for letter in mail.outbox] == [[jan.user.email]]


def test_loading_in_bulk_speaks_of_nothing_that_is_past(jan, on):
    on("2026-03-18")
    loaded = a_load(optima.nora(), jan)
    bulk.load([loaded, a_load(optima.nora(), jan)])  # in their state since March 2025
    assert Task.objects.filter(due_on="2025-03-17").count() == 2
    assert not Reminder.objects.exists()
    late = a_load(optima.nora(), jan)
    bulk.load([bulk.Load(**(vars(late) | {"entered": moment(START)}))])
    assert steps() == [("deputy", "20.03. 07:00")]


# The command ----------------------------------------------------------------------------------------------------


def printed(capsys, *options: str) -> dict[str, int]:
    call_command("send_reminders", *options)
    return {name: int(number) for name, _, number in (part.partition("=") for part in capsys.readouterr().out.split())}


def test_the_command_does_and_counts_what_the_scheduler_does(jan, on, capsys):
    submitted(jan)
    now = on("2026-03-13")
    with transaction.atomic():
        counts = jobs.sweep(now)
        transaction.set_rollback(True)
    assert printed(capsys) == {name: counts[name] for name in jobs.COUNTED}
    assert set(counts) <= set(jobs.COUNTED)
    assert (counts["reminded"], counts["sent"]) == (1, 1)


def test_the_command_for_another_moment(jan, capsys):
    submitted(jan)
    assert printed(capsys, "--at", "2026-03-01T12:00")["reminded"] == 0
    assert printed(capsys, "--at", "2026-03-13T06:59")["reminded"] == 0
    told_early = printed(capsys, "--at", "2026-03-13T07:00")
    assert (told_early["reminded"], told_early["sent"]) == (1, 1)
    assert Reminder.objects.get(step="before").done_at == moment("2026-03-13T07:00")
    assert printed(capsys, "--at", "2026-03-01T12:00") == dict.fromkeys(jobs.COUNTED, 0)


def test_one_part_that_fails_does_not_stop_the_others(jan, on, monkeypatch):
    submitted(jan)

    def broken(now):
        raise RuntimeError("broken")

    monkeypatch.setattr(jobs, "PARTS", (broken, *jobs.PARTS))
    with pytest.raises(RuntimeError, match="broken"):
        jobs.sweep(on("2026-03-13"))
    assert len(mail.outbox) == 1


def test_moments_are_those_of_the_clock(jan):
    with clock.at(moment("2026-03-04")):
        case = submitted(jan)
    assert steps(task__case=case) == [("before", "13.03. 07:00")]
