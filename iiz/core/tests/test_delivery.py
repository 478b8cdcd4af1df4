"""The sweeper against a real mail server that listens, refuses or is away."""

from __future__ import annotations

import datetime as dt
import itertools
import socketserver
import threading

import pytest
from django.db import connections
from django.utils import timezone

from iiz.core import delivery, jobs
from iiz.core.models import OutboxMail
from optima.tests import factories as optima


class Conversation(socketserver.StreamRequestHandler):
    """As much SMTP as a client needs; recipients in ``refused`` are turned away for now."""

    def handle(self) -> None:
        self.say("220 test")
        letter: list[str] | None = None
        while line := self.rfile.readline():
            text = line.decode().rstrip("\r\n")
            if letter is not None:
                if text == ".":
                    self.server.letters.append("\n".join(letter))
                    letter = None
                    self.say("250 taken")
                else:
                    letter.append(text)
                continue
            word = text.split(" ")[0].upper()
            if word == "RCPT" and any(name in text for name in self.server.refused):
                self.say("450 come back later")
            elif word == "DATA":
                letter = []
                self.say("354 go on")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server on a free port that keeps the letters it takes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: list[str] = []
        self.refused: set[str] = set()


@pytest.fixture
def post(settings):
    """A mail server, and the application told to use it."""
    server = MailServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield server
    server.shutdown()
    server.server_close()


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


@pytest.mark.django_db
def test_what_is_due_is_sent_once(post):
    optima.submitted()
    waiting = OutboxMail.objects.count()
    assert waiting == 1
    assert delivery.deliver() == {"sent": 1}
    assert delivery.deliver() == {}
    assert delivery.deliver(timezone.now() + minutes(60 * 24 * 30)) == {}
    assert len(post.letters) == 1
    assert "Auto-Submitted: auto-generated" in post.letters[0]


@pytest.mark.django_db
def test_what_is_due_later_waits(post):
    optima.submitted()
    OutboxMail.objects.update(due_at=timezone.now() + minutes(30))
    assert delivery.deliver() == {}
    assert delivery.deliver(timezone.now() + minutes(31)) == {"sent": 1}


@pytest.mark.django_db
def test_a_refused_mail_is_tried_again_after_growing_pauses_and_given_up_after_a_day(post, settings):
    optima.submitted()
    mail = OutboxMail.objects.get()
    post.refused = {mail.address}
    now, moments = mail.due_at, []
    while True:
        result = delivery.deliver(now)
        moments.append(now)
        mail.refresh_from_db()
        if result == {"failed": 1}:
            break
        assert result == {"postponed": 1}
        assert delivery.deliver(mail.due_at - minutes(0.1)) == {}, "not before its time"
        now = mail.due_at
    pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert pauses == sorted(pauses)
    assert pauses[0] == minutes(1)
    assert dt.timedelta(hours=24) < moments[-1] - moments[0] < dt.timedelta(hours=29)
    assert mail.failed_at is not None
    assert mail.sent_at is None
    assert mail.last_error
    assert delivery.deliver(now + minutes(60 * 24 * 30)) == {}
    assert post.letters == []


@pytest.mark.django_db
def test_one_refused_address_does_not_hold_up_the_others(post):
    first = optima.submitted()
    optima.submitted()
    post.refused = {OutboxMail.objects.get(case=first).address}
    assert delivery.deliver() == {"postponed": 1, "sent": 1}
    post.refused = set()
    assert delivery.deliver(timezone.now() + minutes(2)) == {"sent": 1}
    assert len(post.letters) == 2


@pytest.mark.django_db
def test_a_server_that_is_away_loses_nothing(post, settings):
    optima.submitted()
    settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    assert delivery.deliver() == {"postponed": 1}
    settings.EMAIL_PORT = port
    assert delivery.deliver(timezone.now() + minutes(2)) == {"sent": 1}


@pytest.mark.django_db
def test_a_sweeper_that_died_after_claiming_leaves_the_mail_for_the_next_one(post):
    optima.submitted()
    OutboxMail.objects.update(attempts=1, due_at=timezone.now() + minutes(1))
    assert delivery.deliver() == {}
    assert delivery.deliver(timezone.now() + minutes(1.1)) == {"sent": 1}


@pytest.mark.django_db
def test_somebody_who_left_meanwhile_is_not_mailed(post):
    jan = optima.jan()
    optima.submitted(contractor=jan.institution)
    jan.user.memberships.update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    assert delivery.deliver() == {"failed": 1}
    assert post.letters == []


@pytest.mark.django_db
def test_an_office_that_lost_the_case_meanwhile_is_not_mailed(post):
    from iiz.core import access

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


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_send_each_mail_once(post):
    for _ in range(6):
        optima.submitted()
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
    assert sum(result["sent"] for result in results) == len(post.letters) == 6
    assert len(set(post.letters)) == 6
    assert not OutboxMail.objects.filter(sent_at=None).exists()


@pytest.mark.django_db
def test_one_beat_sends_seals_and_leaves_a_sign_of_life(post):
    from iiz.core import audit
    from iiz.core.models import AccessLogEntry, Heartbeat

    case = optima.submitted()
    audit.log_read(optima.contractor_of(case), case, "Übersicht")
    assert jobs.sweep(timezone.now() + audit.SEAL_GRACE * 2) == {"sent": 1, "reads_sealed": 1}
    jobs.tick()
    assert AccessLogEntry.objects.count() == 1
    assert abs(Heartbeat.objects.get().at - timezone.now()) < minutes(1)
