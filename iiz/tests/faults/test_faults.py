"""Nothing lost, nothing twice, nobody flooded – whatever process dies, comes back or was started once too often."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from iiz.core import notify, reminders
from iiz.core.enums import Role
from iiz.core.jobs import HEARTBEAT
from iiz.core.models import Case, Heartbeat, OutboxMail, Reminder, Task
from iiz.core.tests.factories import TimeLimitFactory, actor
from iiz.core.tests.smtp import MailServer, mail_server
from optima.tests import factories as optima

from .processes import REDIS, Installation, Redis, kill, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = int(os.environ.get("FAULTS_ROUNDS", "2"))
"""How often Redis is stopped; ``benchmarks.faults`` does it more often, and everything else as often."""
WITH_REDIS = ["redis"] if REDIS else []
"""Where ``redis-server`` is not installed, pytest reports an empty set of parameters."""
BROKERS = ["embedded", *WITH_REDIS]


@pytest.fixture
def server(transactional_db: None) -> Iterator[MailServer]:
    """A mail server that keeps the letters."""
    with mail_server() as server:
        yield server


@pytest.fixture
def install(server: MailServer, tmp_path: Path) -> Iterator[Callable[[str], Installation]]:
    """``install("redis")``: an installation with that broker; everything it started ends with the test."""
    made: list[Installation] = []

    def build(broker: str) -> Installation:
        redis = Redis(tmp_path) if broker == "redis" else None
        if redis is not None:
            redis.start()
        made.append(Installation(tmp_path, server.port, redis))
        return made[-1]

    yield build
    for one in made:
        one.stop()
        if one.redis is not None:
            one.redis.stop()


@pytest.fixture
def case(transactional_db: None) -> Case:
    """An Antrag that waits for Jan, of whose arrival no mail is left."""
    found = optima.submitted()
    OutboxMail.objects.all().delete()
    return found


def queue(case: Case, count: int) -> None:
    """Queue ``count`` mails to the contact person of the contractor."""
    jan = optima.contractor_of(case)
    first = OutboxMail.objects.count()
    OutboxMail.objects.bulk_create(
        OutboxMail(
            key=f"fault:{number}",
            kind="optima_arrived",
            case=case,
            user=jan.user,
            institution=jan.institution,
            address=jan.user.email,
        )
        for number in range(first, first + count)
    )


def all_sent() -> bool:
    return not OutboxMail.objects.filter(sent_at=None).exists()


def beats_after(moment: dt.datetime) -> bool:
    return Heartbeat.objects.filter(name=HEARTBEAT, at__gt=moment).exists()


def let_time_pass() -> None:
    """What waits for its next attempt, or for the end of a claim, is due now."""
    OutboxMail.objects.filter(sent_at=None, failed_at=None).update(due_at=timezone.now())


def doubled(server: MailServer) -> dict[str, int]:
    """Letters that the mail server took more than once, by ``Message-ID``."""
    return {name: number for name, number in Counter(server.ids).items() if number > 1}


@pytest.mark.parametrize("broker", WITH_REDIS)
def test_while_redis_is_away_mail_waits_and_then_goes_out_once(install, server, case, broker):
    installation = install(broker)
    worker, scheduler = installation.start_all()
    for _round in range(ROUNDS):
        queue(case, 3)
        wait_until(all_sent, "what is queued leaves")
        # The unkindest moment: the receipt of the task that has just ended may find no broker any more.
        installation.redis.stop()
        queue(case, 2)
        installation.redis.start()
    back = timezone.now()

    wait_until(all_sent, "the mail queued meanwhile leaves")
    wait_until(lambda: beats_after(back), "the beats go on by themselves")
    assert worker.poll() is scheduler.poll() is None, "nobody had to start anything"
    assert len(server.letters) == 5 * ROUNDS
    assert doubled(server) == {}


@pytest.mark.parametrize("broker", BROKERS)
def test_a_worker_killed_in_the_middle_of_a_batch_loses_nothing(install, server, case, broker):
    installation = install(broker)
    queue(case, 200)
    server.delay = 0.02
    worker = installation.start_all()[0]
    wait_until(lambda: len(server.letters) >= 60, "a part of the batch leaves")
    kill(worker)

    server.delay = 0
    taken = len(server.letters)
    assert taken < 200
    installation.start("worker")
    wait_until(lambda: OutboxMail.objects.filter(sent_at=None).count() <= 1, "a new worker goes on")
    let_time_pass()

    wait_until(all_sent, "the mail in flight is taken up when its claim ends")
    assert len(set(server.ids)) == 200, "nothing is lost"
    assert sum(doubled(server).values()) <= 2, "at most the one mail in flight left twice, under the same name"


@pytest.mark.parametrize("broker", BROKERS)
def test_two_schedulers_and_two_workers_send_every_mail_and_every_reminder_once(install, server, case, broker):
    TimeLimitFactory.create()
    queue(case, 60)
    late = [optima.submitted() for _number in range(5)]
    OutboxMail.objects.filter(kind="optima_arrived").exclude(case=case).delete()
    for task in Task.objects.filter(case__in=late):
        Task.objects.filter(pk=task.pk).update(due_on=timezone.localdate() - dt.timedelta(days=4))
        reminders.reschedule(task)
    Reminder.objects.filter(task__case__in=late).update(due_at=timezone.now() - dt.timedelta(days=1))
    overdue = Reminder.objects.filter(done_at=None, due_at__lte=timezone.now()).count()
    assert overdue == 5

    installation = install(broker)
    processes = [*installation.start_all(), *installation.start_all()]
    wait_until(lambda: OutboxMail.objects.count() >= 65 and all_sent(), "everything leaves")
    start = timezone.now()
    wait_until(lambda: beats_after(start), "another beat finds nothing more")

    assert [process.poll() for process in processes] == [None] * len(processes)
    assert len(server.letters) == 65
    assert doubled(server) == {}


def test_a_mail_server_that_refuses_is_slow_and_goes_down_holds_up_nobody(install, server, case):
    unknown, full, fine = (actor(Role.CASEWORKER, case.antrag.contractor) for _number in range(3))
    notify.queue("optima_arrived", case, [(who.user, who.institution) for who in (unknown, full, fine)])
    server.replies = {
        unknown.user.email: "550 5.1.1 no such user",
        full.user.email: "450 4.2.2 mailbox full",
    }
    server.delay = 0.3
    installation = install("embedded")
    installation.start("worker")
    wait_until(lambda: server.addresses == [fine.user.email], "the others go out")
    wait_until(lambda: not OutboxMail.objects.filter(last_error="", sent_at=None).exists(), "both answers are noted")

    given_up, waiting = (OutboxMail.objects.get(address=who.user.email) for who in (unknown, full))
    assert given_up.failed_at is not None
    assert "no such user" in given_up.last_error
    assert waiting.failed_at is None
    assert "mailbox full" in waiting.last_error

    server.stop()
    queue(case, 3)
    down = OutboxMail.objects.filter(key__startswith="fault:")
    wait_until(lambda: not down.filter(last_error="").exists(), "that the server is down is noted")
    assert not down.exclude(failed_at=None).exists()
    server.replies.clear()
    server.start()
    let_time_pass()
    wait_until(lambda: not OutboxMail.objects.filter(sent_at=None, failed_at=None).exists(), "all are tried again")
    assert len(server.letters) == 5
    assert doubled(server) == {}


def test_after_an_easter_without_the_machine_each_person_gets_one_mail(install, server, time_machine):
    nora, jan = optima.nora(), optima.jan()
    TimeLimitFactory.create()
    for day in (19, 20, 21, 23):  # due from Maundy Thursday to Easter Monday, 6 April 2026
        time_machine.move_to(dt.datetime(2026, 3, day, 9, tzinfo=dt.UTC))
        optima.submitted(nora, contractor=jan.institution)
        optima.submitted(nora, contractor=jan.institution)
    OutboxMail.objects.all().delete()

    told = install("embedded").sweep("2026-04-07T08:00")
    assert "reminded=8 " in told
    assert "sent=1 " in told
    assert server.addresses == [jan.user.email]
    assert "8 Neuigkeiten" in server.letters[0]["Subject"]
