"""What did not leave: seen by the coordinator, sent again, and let go of when old."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iiz.core import delivery, digests, notify, outbox
from iiz.core.enums import MailTrouble, Role
from iiz.core.models import AuditEntry, OutboxMail
from iiz.core.tests.factories import actor, coordinator
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db
PAGE = "/koordination/mails/"


@pytest.fixture
def katrin():
    return coordinator()


def mails_to(count: int) -> list[OutboxMail]:
    """Mails to so many people of one office, not sent yet."""
    case = optima.submitted()
    OutboxMail.objects.filter(case=case).delete()
    office = case.antrag.contractor
    people = [actor(Role.CASEWORKER, office) for _ in range(count)]
    notify.queue("optima_arrived", case, [(person.user, office) for person in people])
    return list(OutboxMail.objects.filter(case=case).order_by("pk"))


def give_up(mails: list[OutboxMail], trouble: str = MailTrouble.REFUSED) -> None:
    fields = {"failed_at": timezone.now(), "attempts": 9, "last_error": f"{trouble}: 554 relay access denied"}
    OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(**fields)


# Sending again ----------------------------------------------------------------------------------------------------


def test_a_mail_that_was_given_up_goes_to_the_address_of_today(post, katrin, client_of):
    (mail,) = mails_to(1)
    post.replies[mail.address] = "550 5.1.1 unknown"
    delivery.deliver()
    mail.user.email = "neu@test.example"
    mail.user.save()
    page = client_of(katrin).post(PAGE, {"mail": mail.pk}, follow=True).content.decode()
    assert "geht nochmals hinaus" in page
    assert delivery.deliver() == {"sent": 1}
    assert post.addresses == ["neu@test.example"]
    entry = AuditEntry.objects.get(verb="mail_sent_again")
    assert entry.user_id == katrin.user.pk
    assert "neu@" not in str(entry.changes)


def test_it_is_tried_for_another_day(post, katrin):
    (mail,) = mails_to(1)
    give_up([mail])
    post.replies[mail.address] = "450 later"
    outbox.send_again(katrin, mail)
    assert delivery.deliver() == {"postponed": 1}
    assert delivery.deliver(timezone.now() + dt.timedelta(hours=23)) == {"postponed": 1}
    assert delivery.deliver(timezone.now() + dt.timedelta(hours=25)) == {"failed": 1}


def test_pressing_twice_sends_once(post, katrin, client_of):
    (mail,) = mails_to(1)
    give_up([mail])
    client = client_of(katrin)
    client.post(PAGE, {"mail": mail.pk})
    page = client.post(PAGE, {"mail": mail.pk}, follow=True).content.decode()
    assert "bereits wieder unterwegs" in page
    assert AuditEntry.objects.filter(verb="mail_sent_again").count() == 1
    assert delivery.deliver() == {"sent": 1}


def test_whoever_may_no_longer_read_it_gets_it_no_more_and_the_page_says_so(post, katrin, client_of):
    (mail,) = mails_to(1)
    give_up([mail])
    mail.user.memberships.all().delete()
    client = client_of(katrin)
    assert "darf den Fall nicht mehr lesen" in client.post(PAGE, {"mail": mail.pk}, follow=True).content.decode()
    page = client.get(PAGE).content.decode()
    assert "geht nicht nochmals hinaus" in page
    assert 'name="mail"' not in page
    assert 'name="alle"' not in page
    assert delivery.deliver() == {}
    with pytest.raises(ValidationError):
        outbox.send_again(katrin, mail)


def test_an_invitation_that_was_revoked_goes_no_more(post, katrin):
    from iiz.core import accounts
    from iiz.core.models import Invitation

    jan = optima.jan()
    accounts.invite(jan, jan.institution, "Ada", "Neu", "ada@test.example", [Role.CASEWORKER])
    mail = OutboxMail.objects.get(kind="invitation")
    give_up([mail])
    Invitation.objects.update(revoked_at=timezone.now())
    with pytest.raises(ValidationError, match="Anlass"):
        outbox.send_again(katrin, mail)


def test_all_at_once_leaves_out_whom_it_would_not_reach(post, katrin, client_of):
    first, second, gone = mails_to(3)
    give_up([first, second])
    give_up([gone], MailTrouble.NO_READER)
    page = client_of(katrin).post(PAGE, {"alle": "1"}, follow=True).content.decode()
    assert "2 Mails gehen nochmals hinaus." in page
    assert AuditEntry.objects.get(verb="mails_sent_again").changes == {"count": 2}
    assert delivery.deliver() == {"sent": 2}
    assert "Keine Mail kann" in client_of(katrin).post(PAGE, {"alle": "1"}, follow=True).content.decode()


def test_a_digest_goes_again_with_its_parts(post, katrin):
    jan = optima.jan()
    cases = [optima.submitted(contractor=jan.institution) for _ in range(2)]
    OutboxMail.objects.all().delete()
    for case in cases:
        notify.queue("optima_extra_noted", case, [(jan.user, jan.institution)])
    post.replies[jan.user.email] = "550 5.1.1 unknown"
    assert delivery.deliver(notify.digest_time(timezone.now())) == {"failed": 1}
    post.replies = {}
    outbox.send_again(katrin, OutboxMail.objects.get(kind=digests.KIND))
    assert delivery.deliver() == {"sent": 1}
    assert str(post.letters[0]["Subject"]) == "IIZ: 2 Neuigkeiten"
    assert not OutboxMail.objects.filter(sent_at=None).exists()


@pytest.mark.parametrize("key", ["", "x", "0", "99999999", "-1", "1; DROP TABLE"])
def test_a_mail_that_does_not_exist_is_not_found(katrin, client_of, key):
    assert client_of(katrin).post(PAGE, {"mail": key}).status_code == 404


def test_nobody_but_a_coordinator_sees_or_sends(client_of):
    (mail,) = mails_to(1)
    give_up([mail])
    for somebody in (optima.nora(), optima.jan()):
        client = client_of(somebody)
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, {"mail": mail.pk}).status_code == 403
    assert OutboxMail.objects.get(pk=mail.pk).failed_at is not None


# The page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_what_went_wrong_in_words_and_what_the_server_answered(katrin, client_of):
    failed, waiting = mails_to(2)
    give_up([failed])
    OutboxMail.objects.filter(pk=waiting.pk).update(attempts=2, last_error="unreachable: TimeoutError: timed out")
    for address in (PAGE, "/koordination/"):
        page = client_of(katrin).get(address).content.decode()
        assert failed.address in page
        assert waiting.address in page
        assert failed.case.number in page
        assert "Der Mailserver hat die Mail abgelehnt." in page
        assert "Der Mailserver war nicht erreichbar." in page
    assert "554 relay access denied" in client_of(katrin).get(PAGE).content.decode()


def test_when_all_has_left_the_page_says_so(katrin, client_of):
    page = client_of(katrin).get(PAGE).content.decode()
    assert "Keine Mail ist aufgegeben." in page
    assert "Keine Mail wartet." in page
    assert "nicht hinausgingen" not in client_of(katrin).get("/koordination/").content.decode()


def test_the_page_takes_the_same_queries_for_five_and_fifty_mails(katrin, client_of, no_repeated_queries):
    client, counts = client_of(katrin), []
    for add in (5, 45):
        half = mails_to(add)
        give_up(half[::2])
        OutboxMail.objects.filter(pk__in=[mail.pk for mail in half[1::2]]).update(last_error="refused: later")
        client.get(PAGE)
        with CaptureQueriesContext(connection) as captured, no_repeated_queries():
            assert client.get(PAGE).status_code == 200
        counts.append(len(captured))
    assert counts[1] == counts[0] <= 14
    assert "Frühere" in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}?seite=2").status_code == client.get(f"{PAGE}?seite=x").status_code == 200


# Letting go -------------------------------------------------------------------------------------------------------


def test_sent_mails_go_after_ninety_days_and_failed_ones_after_a_year():
    old, young, lost, newly_lost, waiting = mails_to(5)
    now = timezone.now()

    def ago(days: int) -> dt.datetime:
        return now - dt.timedelta(days=days)

    for mail, fields in (
        (old, {"sent_at": ago(91)}),
        (young, {"sent_at": ago(89)}),
        (lost, {"failed_at": ago(366)}),
        (newly_lost, {"failed_at": ago(364)}),
        (waiting, {"created_at": ago(800)}),
    ):
        OutboxMail.objects.filter(pk=mail.pk).update(**fields)
    assert outbox.purge(now) == 2
    assert set(OutboxMail.objects.all()) == {young, newly_lost, waiting}
    assert outbox.purge(now + dt.timedelta(hours=23)) == 0, "once a day"
    assert outbox.purge(now + dt.timedelta(days=2)) == 2


def test_one_purge_takes_so_many_and_the_next_goes_on(monkeypatch):
    monkeypatch.setattr(outbox, "PURGED_AT_ONCE", 4)
    monkeypatch.setattr(outbox, "PURGE_BATCH", 3)
    mails_to(10)
    OutboxMail.objects.update(sent_at=timezone.now() - dt.timedelta(days=100))
    assert [outbox.purge() for _sweep in range(4)] == [4, 4, 2, 0]
    assert not OutboxMail.objects.exists()


def test_a_digest_goes_with_its_parts():
    jan = optima.jan()
    case = optima.submitted(contractor=jan.institution)
    notify.queue("optima_extra_noted", case, [(jan.user, jan.institution)])
    digests.gather(timezone.now() + dt.timedelta(days=5))
    OutboxMail.objects.update(sent_at=timezone.now() - dt.timedelta(days=100))
    outbox.purge()
    assert not OutboxMail.objects.exists()
