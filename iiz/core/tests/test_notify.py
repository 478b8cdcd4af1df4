"""What is queued: to whom, once, without a word about the client."""

import pytest
from django.db import IntegrityError, transaction

from iiz.core import notify, reminders, workflow
from iiz.core.enums import MailMode, MailTopic, Role
from iiz.core.models import MailPreference, OutboxMail
from iiz.core.tests.factories import actor, coordinator
from iiz.core.tests.reminding import moment
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db


def queued(kind: str) -> set:
    return {mail.user for mail in OutboxMail.objects.filter(kind=kind)}


def test_the_contacts_of_the_other_side_hear_of_a_new_antrag_and_nobody_else():
    jan = optima.jan()
    deputy = actor(Role.CONTACT, jan.institution)
    actor(Role.CASEWORKER, jan.institution)
    actor(Role.READ_ONLY, jan.institution)
    optima.submitted(contractor=jan.institution)
    assert queued("optima_arrived") == {jan.user, deputy.user}


def test_without_a_contact_all_who_work_there_hear_of_it():
    office = optima.InstitutionFactory.create(iv=True)
    workers = {actor(Role.CASEWORKER, office).user for _ in range(2)}
    actor(Role.STRATEGIC, office)
    optima.submitted(contractor=office)
    assert queued("optima_arrived") == workers


def test_who_did_it_gets_no_mail_about_it():
    nora, jan = optima.nora(), optima.jan()
    coordinator()
    case = optima.accepted(optima.submitted(nora, jan.institution))
    workflow.apply(case, "client_withdraws", nora)
    assert nora.user not in queued("consent_withdrawn")
    assert jan.user in queued("consent_withdrawn")


def test_somebody_who_left_is_replaced_by_the_contacts():
    nora, jan = optima.nora(), optima.jan()
    deputy = actor(Role.CONTACT, nora.institution)
    case = optima.submitted(nora, jan.institution)
    nora.user.memberships.all().delete()
    workflow.apply(case, "ask", jan, {"question": "?"})
    assert queued("optima_queried") == {deputy.user}


def test_the_same_mail_cannot_be_queued_twice():
    jan = optima.jan()
    case = optima.submitted(contractor=jan.institution)
    before = OutboxMail.objects.count()
    notify.queue("optima_arrived", case, [(jan.user, jan.institution)])
    assert OutboxMail.objects.count() == before
    mail = OutboxMail.objects.first()
    mail.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        mail.save(force_insert=True)


def test_an_unknown_kind_is_refused_at_once():
    with pytest.raises(KeyError):
        notify.queue("no_such_kind", optima.submitted(), [(optima.nora().user, optima.nora().institution)])


# How each person wants it -----------------------------------------------------------------------------------------


def prefer(somebody, topic: str, mode: str) -> None:
    MailPreference.objects.update_or_create(user=somebody.user, topic=topic, defaults={"mode": mode})


def test_decisions_come_at_once_and_news_in_the_morning():
    case = optima.submitted()
    assert not OutboxMail.objects.get().digest
    nora = optima.principal_of(case)
    notify.queue("optima_extra_noted", case, [(nora.user, nora.institution)])
    assert OutboxMail.objects.get(kind="optima_extra_noted").digest


def test_somebody_who_wants_decisions_gathered_gets_them_in_the_morning_and_the_others_at_once():
    jan = optima.jan()
    kim = actor(Role.CONTACT, jan.institution)
    prefer(kim, MailTopic.DECISION, MailMode.DIGEST)
    optima.submitted(contractor=jan.institution)
    assert dict(OutboxMail.objects.values_list("user", "digest")) == {jan.user.pk: False, kim.user.pk: True}


def test_news_can_be_turned_off():
    nora, jan = optima.nora(), optima.jan()
    for somebody in (nora, jan):
        prefer(somebody, MailTopic.NEWS, MailMode.NEVER)
    case = optima.submitted(nora, jan.institution)
    notify.queue("optima_extra_noted", case, [(who.user, who.institution) for who in (nora, jan)])
    assert not queued("optima_extra_noted")


def test_nothing_else_can_be_turned_off():
    with pytest.raises(IntegrityError), transaction.atomic():
        prefer(optima.nora(), MailTopic.DECISION, MailMode.NEVER)


def test_preferences_of_many_take_one_query(django_assert_num_queries):
    users = [optima.nora().user for _ in range(5)]
    with django_assert_num_queries(1):
        assert notify.modes(MailTopic.NEWS, users) == {user.pk: MailMode.DIGEST for user in users}


@pytest.mark.parametrize(
    ("queued_at", "morning"),
    [
        ("2026-03-02T06:59", "2026-03-02T07:00"),
        ("2026-03-02T07:00", "2026-03-03T07:00"),
        ("2026-03-06T16:00", "2026-03-09T07:00"),  # over a weekend
        ("2026-04-02T16:00", "2026-04-07T07:00"),  # over Easter
        ("2026-03-27T16:00", "2026-03-30T07:00"),  # into summer time
        ("2026-12-07T16:00", "2026-12-09T07:00"),  # Mariä Empfängnis is a holiday in Lucerne
    ],
)
def test_the_morning_is_the_next_one_of_a_working_day(queued_at, morning):
    assert notify.digest_time(moment(queued_at)) == moment(morning)


def test_what_is_due_today_does_not_wait_for_tomorrow():
    assert notify.digest_time(moment("2026-03-02T10:00"), today=True) == moment("2026-03-02T07:00")
    assert notify.digest_time(moment("2026-03-07T10:00"), today=True) == moment("2026-03-09T07:00")


def test_reminders_and_the_digest_keep_the_same_hour():
    assert reminders.HOUR == notify.MORNING


def test_an_unsent_mail_about_a_meeting_is_replaced_by_the_newer_one():
    case = optima.handover_planned()
    nora, jan, meeting = optima.principal_of(case), optima.adviser_of(case), case.meetings.get()
    workflow.apply(case, "move_meeting", nora, {"meeting": meeting, **optima.date(12)})
    assert set(OutboxMail.objects.filter(object_id=meeting.pk).values_list("kind", "user")) == {
        ("meeting_moved", who.user.pk) for who in (nora, jan)
    }
