"""The sweeper against a real mail server that listens, refuses, hesitates or is away."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
import time

import pytest
from django.db import connections
from django.utils import timezone

from iiz.core import access, audit, delivery, jobs, notify
from iiz.core.enums import MailTrouble, Role
from iiz.core.models import AccessLogEntry, Heartbeat, OutboxMail
from iiz.core.tests.factories import actor
from optima.tests import factories as optima


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


def in_(count: float) -> dt.datetime:
    return timezone.now() + minutes(count)


def queue_to(count: int) -> list[str]:
    """Mails to so many people of one office; gives their addresses in the order of sending."""
    case = optima.submitted()
    OutboxMail.objects.all().delete()
    office = case.antrag.contractor
    people = [actor(Role.CASEWORKER, office) for _ in range(count)]
    notify.queue("optima_arrived", case, [(person.user, office) for person in people])
    return list(OutboxMail.objects.order_by("due_at", "pk").values_list("address", flat=True))


@pytest.mark.django_db
def test_what_is_due_is_sent_once_over_one_connection(post):
    addresses = queue_to(5)
    assert delivery.deliver() == {"sent": 5}
    assert delivery.deliver() == {}
    assert delivery.deliver(in_(60 * 24 * 30)) == {}
    assert post.addresses == addresses
    assert post.connections == 1
    assert len(set(post.ids)) == 5


@pytest.mark.django_db
def test_no_office_program_answers_our_mail(post):
    optima.submitted()
    delivery.deliver()
    (letter,) = post.letters
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Auto-Response-Suppress"] == "All"


@pytest.mark.django_db
def test_what_is_due_later_waits(post):
    optima.submitted()
    OutboxMail.objects.update(due_at=in_(30))
    assert delivery.deliver() == {}
    assert delivery.deliver(in_(31)) == {"sent": 1}


# What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_full_mailbox_is_tried_again_after_growing_pauses_and_given_up_after_a_day(post):
    optima.submitted()
    mail = OutboxMail.objects.get()
    post.replies[mail.address] = "452 4.2.2 mailbox full"
    now, moments = mail.due_at + minutes(60 * 24 * 5), []  # the machine was off: that is no attempt
    while True:
        result = delivery.deliver(now)
        moments.append(now)
        mail.refresh_from_db()
        if result == {"failed": 1}:
            break
        assert result == {"postponed": 1}
        assert delivery.deliver(mail.due_at - minutes(0.1)) == {}, "not before its time"
        now = mail.due_at
    pauses = [round((later - earlier) / minutes(1)) for earlier, later in itertools.pairwise(moments)]
    assert pauses[:-1] == sorted(pauses[:-1])
    assert pauses[0] == 2
    assert dt.timedelta(hours=24) <= moments[-1] - moments[0] < dt.timedelta(hours=24, minutes=1)
    assert mail.failed_at is not None
    assert mail.sent_at is None
    assert mail.trouble == MailTrouble.REFUSED
    assert "452 4.2.2 mailbox full" in mail.last_error
    assert delivery.deliver(now + minutes(60 * 24 * 30)) == {}
    assert post.letters == []


@pytest.mark.django_db
@pytest.mark.parametrize("reply", ["550 5.1.1 no such user", "550 unknown", "553 5.1.3 bad address"])
def test_an_address_that_does_not_exist_is_given_up_at_once(post, reply):
    (address,) = queue_to(1)
    post.replies[address] = reply
    assert delivery.deliver() == {"failed": 1}
    mail = OutboxMail.objects.get()
    assert (mail.trouble, mail.attempts) == (MailTrouble.UNKNOWN_ADDRESS, 1)
    assert reply in mail.last_error


@pytest.mark.django_db
@pytest.mark.parametrize("reply", ["554 5.7.1 relay access denied", "550 5.7.1 blocked by a list", "450 later"])
def test_a_refusal_that_somebody_can_mend_is_tried_again(post, reply):
    (address,) = queue_to(1)
    post.replies[address] = reply
    assert delivery.deliver() == {"postponed": 1}
    del post.replies[address]
    assert delivery.deliver(in_(3)) == {"sent": 1}
    assert OutboxMail.objects.get().last_error == ""


@pytest.mark.django_db
def test_bad_addresses_do_not_hold_up_the_others(post):
    addresses = queue_to(6)
    post.replies = {addresses[0]: "450 later", addresses[1]: "550 5.1.1 unknown"}
    post.data_replies = {addresses[2]: "451 too busy"}
    assert delivery.deliver() == {"postponed": 2, "failed": 1, "sent": 3}
    assert post.addresses == addresses[3:]
    post.replies, post.data_replies = {}, {}
    assert delivery.deliver(in_(3)) == {"sent": 2}


@pytest.mark.django_db
def test_a_mail_that_the_server_chokes_on_does_not_hold_up_the_others(post):
    addresses = queue_to(4)
    post.choking = {addresses[0]}
    assert delivery.deliver() == {"postponed": 1, "sent": 3}
    assert post.addresses == addresses[1:]


# A server that is away or slow ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_server_that_is_away_loses_nothing_and_is_asked_once(post):
    addresses = queue_to(150)
    post.stop()
    assert delivery.deliver() == {"postponed": 150}
    tried = OutboxMail.objects.filter(attempts__gt=0)
    assert tried.count() == 1, "the others were put off without waiting for the server"
    assert {mail.trouble for mail in OutboxMail.objects.all()} == {MailTrouble.UNREACHABLE}
    post.start()
    assert delivery.deliver(in_(1.5)) == {"sent": 149}
    assert delivery.deliver(in_(3)) == {"sent": 1}
    assert sorted(post.addresses) == sorted(addresses)


@pytest.mark.django_db
def test_a_server_away_for_a_day_is_given_up_for_all_and_seen(post):
    queue_to(3)
    post.stop()
    now = timezone.now()
    assert delivery.deliver(now) == {"postponed": 3}
    assert delivery.deliver(now + minutes(60 * 24 + 1)) == {"failed": 3}
    assert delivery.deliver(now + minutes(60 * 48)) == {}


@pytest.mark.django_db
def test_a_server_that_does_not_answer_costs_two_waits_not_one_a_mail(post, settings):
    settings.EMAIL_TIMEOUT = 0.2
    queue_to(30)
    post.delay = 1
    begun = time.monotonic()
    assert delivery.deliver() == {"postponed": 30}
    assert time.monotonic() - begun < 1.5
    assert post.letters == []


@pytest.mark.django_db
def test_a_slow_server_gets_its_time_and_the_claim_lasts_as_long(post):
    (first, second) = queue_to(2)
    post.delay = 0.2
    begun = timezone.now()
    assert delivery.deliver() == {"sent": 2}
    assert post.addresses == [first, second]
    sent = OutboxMail.objects.order_by("pk").values_list("sent_at", flat=True)
    assert begun < sent[0] < sent[1], "each is noted as soon as the server took it"
    assert set(OutboxMail.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_server_thinks(post):
    """Another connection can change the very row that is being sent."""
    queue_to(1)
    post.delay = 0.5
    sweeper = threading.Thread(target=lambda: (delivery.deliver(), connections.close_all()))
    sweeper.start()
    while not OutboxMail.objects.filter(attempts=1).exists():
        time.sleep(0.01)
    begun = time.monotonic()
    assert OutboxMail.objects.filter(sent_at=None).update(last_error="") == 1
    assert time.monotonic() - begun < 0.3
    sweeper.join(timeout=10)
    assert OutboxMail.objects.get().sent_at is not None


@pytest.mark.django_db
def test_a_sweeper_that_died_after_claiming_leaves_the_mail_for_the_next_one(post):
    optima.submitted()
    mail = OutboxMail.objects.get()
    assert delivery._claim(mail, timezone.now())
    assert not delivery._claim(OutboxMail(pk=mail.pk, attempts=0), timezone.now()), "taken"
    assert delivery.deliver() == {}
    assert delivery.deliver(timezone.now() + delivery.LEASE + minutes(0.1)) == {"sent": 1}


@pytest.mark.django_db
def test_every_attempt_at_a_mail_carries_the_same_name(post):
    (address,) = queue_to(1)
    delivery.deliver()
    OutboxMail.objects.update(sent_at=None, due_at=timezone.now())  # as if killed before it was noted
    delivery.deliver()
    assert post.addresses == [address, address]
    assert len(set(post.ids)) == 1


# Who may no longer read it ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_somebody_who_left_meanwhile_is_not_mailed(post):
    jan = optima.jan()
    optima.submitted(contractor=jan.institution)
    jan.user.memberships.update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    assert delivery.deliver() == {"failed": 1}
    assert OutboxMail.objects.get().trouble == MailTrouble.NO_READER
    assert post.letters == []


@pytest.mark.django_db
def test_an_office_that_lost_the_case_meanwhile_is_not_mailed(post):
    case = optima.submitted()
    part = optima.contractor_part(case)
    part.since = part.until = timezone.localdate() - dt.timedelta(days=1)
    part.save()
    access.sync(case)
    assert delivery.deliver() == {"failed": 1}
    assert post.letters == []


@pytest.mark.django_db
def test_a_kind_nobody_knows_any_more_is_set_aside(post):
    optima.submitted()
    OutboxMail.objects.update(kind="from_another_time")
    assert delivery.deliver() == {"failed": 1}
    assert OutboxMail.objects.get().trouble == MailTrouble.UNWRITABLE


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_send_each_mail_once(post):
    queue_to(12)
    barrier, results = threading.Barrier(3), []

    def sweep() -> None:
        try:
            barrier.wait(timeout=10)
            results.append(delivery.deliver())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not [result for result in results if isinstance(result, Exception)], results
    assert sum(result["sent"] for result in results) == len(post.letters) == 12
    assert len(set(post.ids)) == 12
    assert not OutboxMail.objects.filter(sent_at=None).exists()


@pytest.mark.django_db
def test_one_beat_sends_seals_and_leaves_a_sign_of_life(post):
    case = optima.submitted()
    audit.log_read(optima.contractor_of(case), case, "Übersicht")
    counts = jobs.sweep(timezone.now() + audit.SEAL_GRACE * 2)
    assert (counts["sent"], counts["reads_sealed"]) == (1, 1)
    jobs.tick()
    assert AccessLogEntry.objects.count() == 1
    assert abs(Heartbeat.objects.get(name=jobs.HEARTBEAT).at - timezone.now()) < minutes(1)
