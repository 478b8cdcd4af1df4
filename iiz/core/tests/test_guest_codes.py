"""The code of a guest: once, for ten minutes, and not to be guessed."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core import mail as locmem
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from iiz.core import guest_codes, guests, letters
from iiz.core.delivery import deliver
from iiz.core.models import Case, GuestLink, OutboxMail
from iiz.core.tests.factories import coordinator
from iiz.core.tests.visiting import (
    SECRET,
    address,
    another,
    ask,
    case_of_guests,
    hindered,
    invited,
    mailed_code,
    told,
    type_in,
)
from iiz.tests.browsing import no_faults, press
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db


@pytest.fixture
def hindrances(monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    return hindered(monkeypatch)


@pytest.fixture
def case(hindrances: dict[int, str]) -> Case:
    return case_of_guests()


def test_five_wrong_codes_void_the_code(case: Case) -> None:
    link, client = invited(case), Client()
    ask(client, link)
    code = mailed_code()
    for left in (4, 3, 2):
        assert f"noch {left} Versuche" in type_in(client, link, another(code)).content.decode()
    assert "sechs Ziffern" in type_in(client, link, "abc").content.decode()
    assert "noch 1 Versuch." in type_in(client, link, another(code)).content.decode()
    assert "gilt jetzt nicht mehr" in type_in(client, link, another(code)).content.decode()
    assert "gilt nicht mehr" in type_in(client, link, code).content.decode()


def guess_to_the_end(link: GuestLink) -> None:
    for _code in range(4):
        GuestLink.objects.update(codes_at=[])
        assert guest_codes.send(link) == ""
        for _try in range(5):
            guest_codes.enter(link, another(mailed_code()))


def test_twenty_wrong_codes_lock_the_link_and_its_sender_hears_of_it(case: Case, client_of: Any) -> None:
    office = coordinator()
    link = invited(case)
    guess_to_the_end(link)
    assert "zu oft ein falscher Code" in told(Client(), link)
    told_to = set(OutboxMail.objects.filter(kind=guests.LOCKED).values_list("address", flat=True))
    assert told_to == {optima.principal_of(case).user.email, office.user.email}
    shown = client_of(office).get(f"/faelle/{case.number}/zugriff/").content.decode()
    assert "nach zu vielen falschen Codes gesperrt" in shown
    assert "20 falsche Codes" in shown


def test_a_code_lives_ten_minutes(case: Case, time_machine: Any) -> None:
    link, client, now = invited(case), Client(), timezone.now()
    time_machine.move_to(now, tick=False)
    ask(client, link)
    time_machine.move_to(now + dt.timedelta(minutes=10, seconds=1), tick=False)
    assert "gilt nicht mehr" in type_in(client, link, mailed_code()).content.decode()


def test_codes_are_sent_once_a_minute_and_five_times_an_hour(case: Case, time_machine: Any) -> None:
    link, client, now = invited(case), Client(), timezone.now()
    for minute in range(5):
        time_machine.move_to(now + dt.timedelta(minutes=2 * minute), tick=False)
        ask(client, link)
        assert "nach einer Minute" in ask(client, link).content.decode()
    time_machine.move_to(now + dt.timedelta(minutes=30), tick=False)
    assert "fünf Codes" in ask(client, link).content.decode()
    assert len(locmem.outbox) == 5
    time_machine.move_to(now + dt.timedelta(minutes=61), tick=False)
    ask(client, link)
    assert len(locmem.outbox) == 6


def test_a_mail_server_that_is_away_is_said(case: Case, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    link, client = invited(case), Client()
    assert "konnte nicht gesendet werden" in ask(client, link).content.decode()


def test_in_the_demo_link_and_code_are_read_where_all_mail_is(case: Case, settings: Any, tmp_path: Any) -> None:
    settings.IIZ_DEMO, settings.EMAIL_FILE_PATH = True, str(tmp_path)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    link, client = invited(case), Client()
    deliver()
    ask(client, link)
    shown = client.get("/demo/post/").content.decode()
    assert f'href="http://testserver{address(link)}"' in shown
    assert "IIZ: Ihr Code" in shown


def test_the_mail_with_the_code_tells_nothing(case: Case) -> None:
    letter = letters.code(invited(case), "012345", "Von der Stelle")
    assert "012 345" in letter.body
    assert "Von der Stelle" in letter.body
    assert "Von der Stelle" in str(letter.alternatives[0].content)
    assert case.number in letter.body
    assert "Vera" not in str(letter.message())


@pytest.mark.django_db(transaction=True)
def test_on_a_small_telephone_the_way_in_has_no_fault_and_fits(case: Case, browse_as: Any) -> None:
    link, page = invited(case), browse_as(width=320)
    page.goto(address(link))
    for button in ("Code senden", "Öffnen"):
        no_faults(page)
        if button == "Öffnen":
            page.get_by_label("Code aus der E-Mail").fill(mailed_code())
        press(page, button)
    expect(page.locator("body")).to_contain_text(SECRET)


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_count_one_by_one(case: Case) -> None:
    link = invited(case)
    guest_codes.send(link)
    wrong, answers = another(mailed_code()), []
    start = threading.Barrier(8)

    def guess() -> None:
        start.wait(10)
        answers.append(guest_codes.enter(link, wrong))
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    link.refresh_from_db()
    assert (link.code_tries, link.wrong_tries, link.code_hash) == (5, 5, "")
    assert [answer.opening for answer in answers] == [""] * 8
