"""The view of somebody without an account: the form behind a link, and the link attacked (RT-08, RT-09, PER-09)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from iiz.core import clock, guests, letters, notify
from iiz.core.models import AccessLogEntry, AuditEntry, Case, GuestLink, Institution, OutboxMail, Task
from iiz.core.tests.visiting import address, another, ask, mailed_code, opened, told, type_in
from roundtable import queries
from roundtable.effects import views
from roundtable.models import Perspective

from . import playing as play

pytestmark = pytest.mark.django_db

WORDS = "Der Schlaf ist besser geworden."


@pytest.fixture
def case():
    return play.asked(play.with_therapist(email="tina@praxis.example"))


def link_of(case: Case) -> GuestLink:
    return GuestLink.objects.filter(case=case, purpose="roundtable_view").latest("pk")


def view_of(case: Case) -> Perspective:
    return play.view_of(case, play.THERAPIST)


def page(client: Client, link: GuestLink) -> str:
    response = client.get(address(link))
    assert response.status_code == 200
    return str(response.content.decode())


def typed(case: Case, do: str = "give", **words: str) -> dict[str, str]:
    version = str(view_of(case).version)
    return {"do": do, "version": version, "key": "tab", **{name.replace("__", "-"): w for name, w in words.items()}}


def send(client: Client, case: Case, link: GuestLink, do: str = "give", **words: str) -> Any:
    return client.post(address(link), typed(case, do, **words))


def test_the_therapist_writes_goes_on_later_and_gives_her_view(case):
    link = link_of(case)
    tina = opened(link)
    shown = page(tina, link)
    assert "Es geht um Petra Probe" in shown
    assert "Wer liest das?" in shown
    assert "Hängige Entscheide" not in shown, "she has nothing to decide"
    assert send(tina, case, link, "save", gesundheit__state=WORDS).status_code == 302
    assert not view_of(case).areas.exists()
    later = tina  # the page stays open in this browser for a while
    assert WORDS in page(later, link)

    assert send(later, case, link, gesundheit__state=WORDS).status_code == 302

    view = view_of(case)
    assert view.areas.get().state == WORDS
    assert (view.given_by, view.draft) == (None, {})
    assert not Task.objects.filter(name="guest_view", object_id=view.pk, done_at=None).exists()
    assert AuditEntry.objects.get(verb="view_given").user_name == f"{play.THERAPIST} (Link)"
    assert AccessLogEntry.objects.filter(user_name=f"{play.THERAPIST} (Link)", what__contains="Formular").exists()


def test_until_the_meeting_the_link_shows_what_she_gave_and_lets_her_change_it(case):
    case = play.fixed(case)
    link = link_of(case)
    tina = opened(link)
    send(tina, case, link, gesundheit__state=WORDS)
    shown = page(tina, link)
    assert "Danke, Ihre Sicht ist angekommen." in shown
    assert WORDS in shown
    send(tina, case, link, "save", gesundheit__state="Schläft wieder durch.")
    assert "noch nicht abgegeben" in page(tina, link)
    assert view_of(case).areas.get().state == WORDS
    send(tina, case, link, gesundheit__state="Schläft wieder durch.")
    assert view_of(case).areas.get().state == "Schläft wieder durch."

    play.running(case)

    assert "Das Gespräch hat stattgefunden." in told(tina, link)
    assert send(tina, case, link, gesundheit__state="Zu spät").status_code == 410
    assert view_of(case).areas.get().state == "Schläft wieder durch."


def test_a_link_holds_until_the_meeting_and_reminds_nobody_who_has_given(case):
    case = play.asked(play.fixed(case))
    link = link_of(case)
    meeting = queries.planned(case)
    assert meeting is not None
    assert link.expires_at == meeting.starts_at
    views.remind(case.tasks.filter(name="guest_view").latest("pk"))
    send(opened(link), case, link, gesundheit__state=WORDS)
    assert not OutboxMail.objects.filter(guest=link, sent_at=None).exists()


def test_the_client_and_relatives_are_asked_in_plain_words():
    case = play.started()
    case.participants.filter(kind="client").update(email="petra@post.example")
    case = play.asked(play._again(case))
    link = link_of(case)
    shown = page(opened(link), link)
    assert "Was klappt gut, was hilft?" in shown
    assert "Es geht um Sie." in shown


def test_an_empty_or_too_long_view_is_refused_with_all_that_was_typed(case):
    link = link_of(case)
    tina = opened(link)
    assert "Noch steht nirgends etwas." in send(tina, case, link).content.decode()
    long = "Zu viel. " * 6000
    response = send(tina, case, link, arbeit__state=long)
    assert response.status_code == 200
    assert long.strip() in response.content.decode()
    assert "möglich sind" in response.content.decode()
    assert send(tina, case, link, arbeit__state="x" * 250_000).status_code == 413
    assert view_of(case).given_at is None


def test_whoever_has_two_windows_open_loses_nothing(case):
    link = link_of(case)
    tina = opened(link)
    send(tina, case, link, "save", arbeit__state="Im ersten Fenster")
    stale = {"do": "give", "version": "0", "key": "other", "arbeit-state": "Im zweiten Fenster"}
    refused = tina.post(address(link), stale)
    assert refused.status_code == 409
    assert "Im ersten Fenster" in refused.content.decode()
    assert "Im zweiten Fenster" in refused.content.decode()


def test_whoever_declines_is_done(case):
    link = link_of(case)
    tina = opened(link)
    send(tina, case, link, "save", arbeit__state="Doch nicht")
    send(tina, case, link, "decline")
    assert view_of(case).declined_at is not None
    assert view_of(case).draft == {}
    assert "Sie verzichten" in told(tina, link)


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        (play.withdrawn, "zurückgezogen"),
        (lambda case: play.narrowed(case, play.THERAPIST), "besteht nicht mehr"),
        (lambda case: play.ending(case, -1), "Vollmacht gilt hier nicht mehr"),
        (play.closed, "besteht nicht mehr"),
    ],
    ids=["withdrawn", "narrowed", "expired", "closed"],
)
def test_what_ends_while_she_writes_lets_nothing_through_and_gives_back_her_words(case, end, sentence):
    link = link_of(case)
    tina = opened(link)
    end(case)
    refused = send(tina, case, link, gesundheit__state=WORDS)
    assert refused.status_code in (403, 410)
    assert WORDS in refused.content.decode()
    view = Perspective.objects.get(pk=link.object_id)
    assert view.given_at is None
    assert view.draft == {}
    assert WORDS not in told(tina, link)


def test_a_forwarded_link_opens_nothing_without_the_code_and_guessing_ends_it(case):
    link = link_of(case)
    stranger = Client()
    refused = send(stranger, case, link, gesundheit__state="Von einem Fremden")
    assert refused.status_code == 403
    assert not view_of(case).draft
    ask(stranger, link)
    wrong = another(mailed_code())
    for _try in range(20):
        type_in(stranger, link, wrong)
    assert link.opening == ""
    assert send(stranger, case, link, gesundheit__state="Erraten").status_code in (403, 410)
    assert not view_of(case).draft
    assert view_of(case).given_at is None


def test_a_link_reaches_no_other_view(case):
    tina = link_of(case)
    other = play.view_of(case, play.jan_of(case))
    GuestLink.objects.filter(pk=tina.pk).update(object_id=other.pk)
    assert Client().get(address(tina)).status_code == 410
    other.refresh_from_db()
    assert other.draft == {}


def test_a_new_link_lets_her_change_what_she_gave(case, client_of):
    link = link_of(case)
    send(opened(link), case, link, gesundheit__state=WORDS)
    office = client_of(play.koordination())
    assert office.post(f"/roundtable/sicht/{link.object_id}/reopen/").status_code == 302
    new = link_of(case)
    tina = opened(new)
    assert WORDS in page(tina, new)
    send(tina, case, new, gesundheit__state="Schläft wieder durch.")
    assert view_of(case).areas.get().state == "Schläft wieder durch."


def test_after_its_day_the_link_still_opens_for_a_week(case, time_machine):
    link = link_of(case)
    assert link.expires_at.date() - view_of(case).due_on > dt.timedelta(days=6)
    time_machine.move_to(timezone.now() + dt.timedelta(days=12))
    assert "Sicht" in page(opened(link), link)


def test_the_mail_says_who_asks_whom_to_call_and_by_which_day(case):
    office = play.koordination().institution
    Institution.objects.filter(pk=office.pk).update(phone="041 228 00 00")
    mail = OutboxMail.objects.get(guest=link_of(case))
    body = letters.message(mail, notify.kinds[mail.kind]).body
    assert f"Bitte antworten Sie bis am {view_of(case).due_on:%d.%m.%Y}." in body
    assert f"Diese Nachricht kommt von: {office.name}, 041 228 00 00." in body
    Perspective.objects.filter(pk=mail.object_id).update(due_on=clock.today() - play.DAY)
    late = letters.message(mail, notify.kinds[mail.kind]).body
    assert f"Der Link gilt bis am {guests.last_day(link_of(case)):%d.%m.%Y}." in late
