"""People without an account: the link opens one page for one purpose, for a while."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core import mail as locmem
from django.db import connection
from django.test import Client
from django.utils import timezone

from iiz.core import audit, guests
from iiz.core.delivery import deliver
from iiz.core.enums import GuestEnd, Role
from iiz.core.models import AccessLogEntry, AuditEntry, Case, GuestLink, OutboxMail
from iiz.core.tests.factories import actor, coordinator
from iiz.core.tests.visiting import (
    PURPOSE,
    SECRET,
    address,
    ask,
    case_of_guests,
    hindered,
    invited,
    mailed_code,
    opened,
    shows_secret,
    told,
    type_in,
)
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db


@pytest.fixture
def hindrances(monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    return hindered(monkeypatch)


@pytest.fixture
def case(hindrances: dict[int, str]) -> Case:
    return case_of_guests()


# The way in -------------------------------------------------------------------------------------------------------


def test_a_guest_gets_a_link_asks_for_a_code_decides_and_is_done(case: Case) -> None:
    link = invited(case)
    assert deliver() == {"sent": 1}
    [letter] = locmem.outbox
    assert letter.to == ["vera@sozialdienst.example"]
    assert case.number in letter.subject
    assert address(link) in letter.body
    assert "Vera" not in letter.body

    client = Client()
    front = client.get(address(link)).content.decode()
    assert "v…\u2060@sozialdienst.example" in front
    assert "vera@" not in front
    assert SECRET not in front
    assert "Code senden" in front

    assert "unterwegs" in ask(client, link).content.decode()
    code = mailed_code()
    assert locmem.outbox[-1].to == ["vera@sozialdienst.example"]
    assert "http" not in locmem.outbox[-1].body
    assert code not in locmem.outbox[-1].subject

    answer = type_in(client, link, f" {code[:3]} {code[3:]} ")
    cookie = answer.cookies["iiz_guest"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", address(link))
    assert shows_secret(client, link)
    client.post(address(link), {"decision": "yes"})
    words = told(client, link)
    assert "Das ist erledigt" in words
    assert "Ihr Entscheid ist festgehalten." in words
    assert client.cookies["iiz_guest"].value == ""
    assert "erledigt" in told(Client(), link), "used twice"


def test_what_the_guest_did_stands_in_the_case_under_the_guests_name(case: Case, client_of: Any) -> None:
    link = invited(case)
    client = opened(link)
    client.get(address(link))
    client.post(address(link), {})
    deed = AuditEntry.objects.get(verb="test_decided")
    assert (deed.user_id, deed.user_name, deed.institution_name) == (None, "Vera Muster (Link)", link.office)
    reads = AccessLogEntry.objects.filter(case_number=case.number, user_name="Vera Muster (Link)", user_id=None)
    assert [row.what for row in reads.order_by("pk")] == ["Zugang mit Link geöffnet", "Kostengutsprache"]
    later = timezone.now() + dt.timedelta(hours=1)
    assert audit.seal_reads(later) >= 2
    assert list(audit.verify()) == []
    shown = client_of(optima.principal_of(case)).get(f"/faelle/{case.number}/zugriff/").content.decode()
    assert "Zugänge mit Link" in shown
    assert "Vera Muster (Link)" in shown
    assert "erledigt am" in shown


def test_a_program_that_checks_mail_neither_sends_a_code_nor_uses_the_link_up(case: Case) -> None:
    link = invited(case)
    for _time in range(3):
        assert Client().get(address(link)).status_code == 200
        assert Client().head(address(link)).status_code == 200
    assert locmem.outbox == []
    assert shows_secret(opened(link), link)


def test_neither_code_nor_address_rests_in_the_database(case: Case) -> None:
    link = invited(case)
    ask(Client(), link)
    link.refresh_from_db()
    assert mailed_code() not in str(vars(link))
    assert "gast" not in str(OutboxMail.objects.values())


# What the link does not open -----------------------------------------------------------------------------------------


def test_a_forwarded_link_is_worthless_without_the_code(case: Case) -> None:
    link = invited(case)
    client = opened(link)
    stranger = Client()
    assert not shows_secret(stranger, link)
    assert stranger.post(address(link), {"decision": "yes"}).status_code == 403
    assert GuestLink.objects.get().used_at is None
    assert shows_secret(client, link)


def test_the_page_is_all_it_opens(case: Case) -> None:
    link, other = invited(case), invited(case, object_id=8)
    foreign = invited(optima.submitted(), object_id=9)
    client = opened(link)
    assert client.get("/pendenzen/").status_code == 302
    assert client.get(case.get_absolute_url()).status_code == 302
    assert "_auth_user_id" not in client.session
    for one in (other, foreign):
        assert not shows_secret(client, one)
    assert shows_secret(client, link)


def test_a_code_opens_only_its_own_link(case: Case) -> None:
    link, other = invited(case), invited(case, object_id=8)
    client = Client()
    ask(client, link)
    code = mailed_code()
    ask(client, other)
    if mailed_code() != code:
        assert "falsch" in type_in(client, other, code).content.decode()


def test_a_code_works_once_and_in_the_browser_that_came_last(case: Case) -> None:
    link = invited(case)
    first = opened(link)
    assert "gilt nicht mehr" in type_in(Client(), link, mailed_code()).content.decode()
    link.codes_at = []
    link.save(update_fields=["codes_at"])
    second = opened(link)
    assert shows_secret(second, link)
    assert not shows_secret(first, link)


def test_whoever_is_logged_in_is_a_guest_here_like_anybody(case: Case, client_of: Any, settings: Any) -> None:
    link = invited(case)
    nora = optima.principal_of(case)
    client = client_of(nora)
    settings.SECOND_FACTOR_ROLES = [*nora.roles]
    shown = client.get(address(link)).content.decode()
    assert "Pendenzen" not in shown
    assert str(nora.user) not in shown
    ask(client, link)
    type_in(client, link, mailed_code())
    client.post(address(link), {})
    deed = AuditEntry.objects.get(verb="test_decided")
    assert deed.user_id is None
    settings.SECOND_FACTOR_ROLES = []
    assert client.get("/pendenzen/").status_code == 200


@pytest.mark.parametrize("token", ["nichts", "a:b:c"])
def test_an_unknown_address_says_so_calmly(token: str) -> None:
    response = Client().get(f"/gast/{token}/")
    assert response.status_code == 404
    assert "Dieser Link öffnet nichts" in response.content.decode()


def test_a_tampered_address_opens_nothing(case: Case) -> None:
    link, other = invited(case), invited(case, object_id=8)
    body, rest = link.token().split(":", 1)
    for token in (link.token()[:-1], other.token().split(":")[0] + ":" + rest, f"{body}x:{rest}"):
        assert Client().get(f"/gast/{token}/").status_code == 404


# Its end -----------------------------------------------------------------------------------------------------------


def test_a_quarter_of_an_hour_without_a_request_closes_the_page_and_shows_what_was_typed(
    case: Case, time_machine: Any
) -> None:
    link = invited(case)
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    client = opened(link)
    time_machine.move_to(now + dt.timedelta(minutes=14), tick=False)
    assert shows_secret(client, link)
    time_machine.move_to(now + dt.timedelta(minutes=28), tick=False)
    assert shows_secret(client, link)
    time_machine.move_to(now + dt.timedelta(minutes=44), tick=False)
    response = client.post(address(link), {"reason": "Zu teuer."})
    assert response.status_code == 403
    assert "Zu teuer." in response.content.decode()
    assert GuestLink.objects.get().used_at is None


def test_after_its_day_the_link_opens_nothing(case: Case, time_machine: Any) -> None:
    link = invited(case)
    client = opened(link)
    time_machine.move_to(link.expires_at + dt.timedelta(seconds=1), tick=False)
    assert "abgelaufen" in told(client, link)
    assert client.post(address(link), {"decision": "yes"}).status_code == 410


def test_a_blocked_link_closes_an_open_page_at_once(case: Case, client_of: Any) -> None:
    link = invited(case)
    guest, nora = opened(link), client_of(optima.principal_of(case))
    block = f"/faelle/{case.number}/zugang/{link.pk}/sperren/"
    assert client_of(optima.contractor_of(case)).post(block).status_code == 403
    assert client_of(optima.fremde()).post(block).status_code == 404
    assert nora.get(block).status_code == 200
    nora.post(block)
    assert "gesperrt" in told(guest, link)
    assert guest.post(address(link), {"decision": "yes"}).status_code == 410
    shown = nora.get(f"/faelle/{case.number}/verlauf/").content.decode()
    assert "hat einen Zugang mit Link beendet" in shown
    assert "(gesperrt)" in shown


def test_the_coordination_office_blocks_any_link(case: Case, client_of: Any) -> None:
    link = invited(case)
    client_of(coordinator()).post(f"/faelle/{case.number}/zugang/{link.pk}/sperren/")
    assert GuestLink.objects.get().ended_by == GuestEnd.BLOCKED


def test_a_new_link_replaces_the_old_one_and_its_mail(case: Case) -> None:
    old = invited(case)
    new = invited(case)
    assert "neuesten E-Mail" in told(Client(), old)
    assert deliver() == {"sent": 1}
    assert address(new) in locmem.outbox[0].body


def test_what_was_decided_meanwhile_is_said_and_its_mail_is_not_sent(case: Case, hindrances: dict[int, str]) -> None:
    link = invited(case)
    client = opened(link)
    hindrances[7] = "Die Kostengutsprache ist inzwischen entschieden."
    assert "inzwischen entschieden" in told(client, link)
    assert deliver() == {"dropped": 1}
    guests.revoke_all(PURPOSE, 7)
    assert "inzwischen entschieden" in told(client, link)
    del hindrances[7]
    assert "Der Anlass dafür besteht nicht mehr." in told(client, link)


def test_a_withdrawn_consent_closes_every_link(case: Case) -> None:
    link = invited(case)
    client = opened(link)
    optima.consent_withdrawn(case)
    assert "Einverständnis ist zurückgezogen" in told(client, link)


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_decide_once(case: Case) -> None:
    link, results = invited(case), []
    start = threading.Barrier(2)

    def decide() -> None:
        start.wait(10)
        try:
            guests.fulfil(link)
            results.append("done")
        except guests.Gone:
            results.append("gone")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["done", "gone"]


def test_a_read_only_member_of_the_sender_blocks_nothing(case: Case) -> None:
    link = invited(case)
    assert not guests.may_block(link, actor(Role.READ_ONLY, optima.principal_of(case).institution))


def test_what_is_sent_after_the_link_ended_comes_back_to_be_copied(case: Case, client_of: Any) -> None:
    link = invited(case)
    vera = opened(link)
    words = "Die Schnuppertage\nliefen <b>gut</b>."
    guests.revoke(link, GuestEnd.OVER)

    late = vera.post(address(link), {"view": words, "do": "give", "seen": "ab12"})

    shown = late.content.decode()
    assert late.status_code == 410
    assert "Nichts wurde gesendet" in shown
    assert "Die Schnuppertage\nliefen &lt;b&gt;gut&lt;/b&gt;." in shown
    assert "ab12" not in shown
    assert SECRET not in shown
    assert "Ihre Eingaben" not in told(vera, link), "only whoever sent it gets it back"


def test_a_link_that_ends_while_the_deed_is_done_gives_back_what_was_typed(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = invited(case)
    vera = opened(link)
    really = guests.fulfil

    def overtaken(row: GuestLink) -> None:
        guests.revoke(row, GuestEnd.BLOCKED)
        really(row)

    monkeypatch.setattr(guests, "fulfil", overtaken)
    shown = vera.post(address(link), {"view": "Schon geschrieben."}).content.decode()
    assert "Schon geschrieben." in shown
    assert "gesperrt" in shown
