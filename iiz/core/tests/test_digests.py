"""The morning digest: one mail a person, once, with what may still be read."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iiz.core import access, delivery, digests, letters, notify
from iiz.core.enums import MailTrouble, Role
from iiz.core.models import OutboxMail
from iiz.core.tests.factories import InstitutionFactory, actor, join
from optima.tests import factories as optima

LATER = dt.timedelta(days=5)


def news(somebody, *cases, kind: str = "optima_extra_noted") -> None:
    """Queue news about each case to one person."""
    for case in cases:
        notify.queue(kind, case, [(somebody.user, somebody.institution)])


def cases_of(jan, count: int) -> list:
    found = [optima.submitted(contractor=jan.institution) for _ in range(count)]
    OutboxMail.objects.all().delete()
    return found


def in_the_morning() -> dt.datetime:
    """When the digest of what is queued now is due."""
    return notify.digest_time(timezone.now()) + dt.timedelta(minutes=1)


@pytest.mark.django_db
def test_all_news_of_a_person_come_in_one_mail_on_the_next_morning(post):
    jan, kim = optima.jan(), optima.jan()
    first, second = cases_of(jan, 2)
    third = cases_of(kim, 1)[0]
    news(jan, first, second)
    news(jan, first, kind="optima_corrected")
    news(kim, third)
    assert delivery.deliver() == {}
    assert delivery.deliver(in_the_morning()) == {"sent": 2}
    assert sorted((str(letter["To"]), str(letter["Subject"])) for letter in post.letters) == sorted(
        [(jan.user.email, "IIZ: 3 Neuigkeiten"), (kim.user.email, "IIZ: 1 Neuigkeit")]
    )
    assert not OutboxMail.objects.filter(sent_at=None).exists(), "the parts count as sent"
    assert delivery.deliver(in_the_morning() + LATER) == {}


@pytest.mark.django_db
def test_nobody_gets_two_digests_on_one_day(post):
    jan = optima.jan()
    first, second = cases_of(jan, 2)
    news(jan, first)
    morning = in_the_morning()
    assert delivery.deliver(morning) == {"sent": 1}
    news(jan, second)
    OutboxMail.objects.filter(sent_at=None).update(due_at=morning)
    assert delivery.deliver(morning + dt.timedelta(minutes=5)) == {}
    waiting = OutboxMail.objects.get(sent_at=None)
    assert waiting.due_at == notify.digest_time(morning + dt.timedelta(minutes=5))
    assert delivery.deliver(waiting.due_at) == {"sent": 1}


@pytest.mark.django_db
def test_what_the_reader_may_no_longer_open_drops_out(post):
    jan = optima.jan()
    first, second = cases_of(jan, 2)
    news(jan, first, second)
    part = optima.contractor_part(first)
    part.since = part.until = timezone.localdate() - dt.timedelta(days=1)
    part.save()
    access.sync(first)
    assert delivery.deliver(in_the_morning()) == {"sent": 1}
    (letter,) = post.letters
    text = letter.get_body(("plain",)).get_content()
    assert second.number in text
    assert first.number not in text
    dropped = OutboxMail.objects.get(case=first)
    assert (dropped.sent_at, dropped.trouble) == (None, MailTrouble.NO_READER)


@pytest.mark.django_db
def test_a_digest_of_nothing_is_not_sent(post):
    jan = optima.jan()
    news(jan, *cases_of(jan, 2))
    jan.user.memberships.update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    assert delivery.deliver(in_the_morning()) == {"dropped": 1}
    assert post.letters == []
    assert not OutboxMail.objects.filter(kind=digests.KIND).exists()


@pytest.mark.django_db
def test_a_digest_that_fails_is_tried_again_whole_and_given_up_whole(post):
    jan = optima.jan()
    news(jan, *cases_of(jan, 3))
    post.replies[jan.user.email] = "450 later"
    morning = in_the_morning()
    assert delivery.deliver(morning) == {"postponed": 1}
    assert delivery.deliver(morning + dt.timedelta(hours=25)) == {"failed": 1}
    assert OutboxMail.objects.filter(failed_at=None).count() == 0
    assert OutboxMail.objects.filter(digest=True, failed_at__isnull=False).count() == 3


@pytest.mark.django_db
def test_somebody_of_two_offices_gets_one_digest_that_names_them(post):
    jan = optima.jan()
    office = InstitutionFactory.create(iv=True)
    elsewhere = join(jan.user, office, Role.CONTACT)
    news(jan, *cases_of(jan, 1))
    mine = OutboxMail.objects.get()
    there = optima.submitted(contractor=office)
    OutboxMail.objects.exclude(pk=mine.pk).delete()
    news(elsewhere, there)
    assert delivery.deliver(in_the_morning()) == {"sent": 1}
    text = post.letters[0].get_body(("plain",)).get_content()
    assert jan.institution.name in text
    assert office.name in text


@pytest.mark.django_db
def test_the_same_is_told_once_for_many_cases_and_too_many_are_counted():
    jan = optima.jan()
    cases = cases_of(jan, letters.CASES + 2)
    news(jan, *cases)
    digests.gather(in_the_morning())
    bundle = OutboxMail.objects.get(kind=digests.KIND)
    letter = letters.digest(bundle, notify.kinds[digests.KIND], digests.contents(bundle).told)
    assert letter.body.count("Die Notiz des zusätzlichen Gesprächs ist da.") == 1
    assert cases[0].number in letter.body
    assert cases[-1].number not in letter.body
    assert "Dazu 2 weitere Fälle." in letter.body


@pytest.mark.django_db
def test_each_case_in_it_has_its_own_link_and_news_of_several_kinds_lead_to_the_case(post):
    jan = optima.jan()
    first, second = cases_of(jan, 2)
    news(jan, second)
    for case in (first, second):
        notify.queue("meeting_cancelled", case, [(jan.user, jan.institution)], object_id=0)
    OutboxMail.objects.update(digest=True)
    delivery.deliver(in_the_morning())
    (letter,) = post.letters
    for body in (letter.get_body((kind,)).get_content() for kind in ("plain", "html")):
        links = re.findall(r"http://testserver(/faelle/[^\s\"]+)", body)
        assert links == [f"{first.get_absolute_url()}gespraeche/", second.get_absolute_url()]


@pytest.mark.django_db
def test_sending_a_digest_takes_the_same_queries_for_two_and_for_twenty_parts():
    counts = []
    for parts in (2, 20):
        jan = optima.jan()
        news(jan, *cases_of(jan, parts))
        with CaptureQueriesContext(connection) as captured:
            assert delivery.deliver(in_the_morning()) == {"sent": 1}
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_three_sweepers_at_once_make_one_digest_a_person(post):
    """On real connections; on PostgreSQL they run side by side."""
    people = [optima.jan() for _ in range(4)]
    for jan in people:
        found = [optima.submitted(contractor=jan.institution) for _ in range(3)]
        news(jan, *found)
    OutboxMail.objects.filter(digest=False).delete()
    morning, start, results = in_the_morning(), threading.Barrier(3), []

    def sweep() -> None:
        try:
            start.wait(10)
            results.append(delivery.deliver(morning))
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not [result for result in results if isinstance(result, Exception)], results
    assert sorted(post.addresses) == sorted(jan.user.email for jan in people)
    assert {str(letter["Subject"]) for letter in post.letters} == {"IIZ: 3 Neuigkeiten"}
    assert OutboxMail.objects.filter(digest=True, sent_at=None).count() == 0


@pytest.mark.django_db
def test_a_digest_made_by_a_process_that_died_is_sent_by_the_next(post):
    jan = actor(Role.CASEWORKER, optima.jan().institution)
    news(jan, *cases_of(jan, 2))
    morning = in_the_morning()
    assert digests.gather(morning) == 1
    assert digests.gather(morning) == 0
    assert delivery.deliver(morning) == {"sent": 1}
