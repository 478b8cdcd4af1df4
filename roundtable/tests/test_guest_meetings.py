"""People without an account answer dates and invitations; their links attacked, the case changed under them (RT-08)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail as locmem
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from iiz.core import workflow
from iiz.core.delivery import deliver
from iiz.core.enums import GuestEnd, Reply
from iiz.core.models import AccessLogEntry, AuditEntry, Case, GuestLink, OutboxMail, Task
from iiz.core.tests.visiting import address, opened, told
from iiz.core.views.case import office_beside
from roundtable import queries
from roundtable.forms.dates import field_name
from roundtable.models import DateAnswer
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db

TINA, MARIA = "tina@praxis.example", "maria@post.example"


def link_of(case: Case, purpose: str = "roundtable_reply", email: str = TINA) -> GuestLink:
    """The newest link for a purpose."""
    return GuestLink.objects.filter(case=case, purpose=purpose, email=email).latest("pk")


def proposed() -> Case:
    return play.proposed(play.with_therapist(email=TINA))


def invited() -> Case:
    return play.fixed(play.with_mother(play.with_therapist(email=TINA), email=MARIA))


def page(client: Client, link: GuestLink) -> str:
    response = client.get(address(link))
    assert response.status_code == 200
    return str(response.content.decode())


def say(client: Client, link: GuestLink, reply: str, note: str = "") -> Any:
    return client.post(address(link), {"reply": reply, "note": note})


def seat(case: Case, who: str = play.THERAPIST) -> Any:
    meeting = queries.planned(Case.objects.get(pk=case.pk))
    assert meeting is not None
    return meeting.invitees.get(ref=play.row_of(case, who).pk)


def move(case: Case, days: int = 25, **changes: Any) -> None:
    meeting = queries.planned(Case.objects.get(pk=case.pk))
    data = {"meeting": meeting, "starts_at": play.at(days), "minutes": 150, "place": "Saal", "video_url": ""}
    workflow.apply(case, "move_meeting", play.koordination(), data | changes)


def cancel(case: Case) -> None:
    meeting = queries.planned(Case.objects.get(pk=case.pk))
    workflow.apply(case, "cancel_meeting", play.koordination(), {"meeting": meeting, "reason": "Krank."})


def calendar_of(letter: Any) -> Any:
    file = next(content for name, content, _kind in letter.attachments if name == "einladung.ics")
    return Calendar.from_ical(file)


# Dates --------------------------------------------------------------------------------------------------------------


def test_a_therapist_says_which_dates_suit_and_may_say_otherwise():
    case = proposed()
    link = link_of(case, "roundtable_dates")
    tina = opened(link)
    first, second = (field_name(play.at(day)) for day in (20, 21))
    shown = page(tina, link)
    assert "Petra Probe" in shown
    assert "etwa 2½ Stunden" in shown
    half = tina.post(address(link), {first: "yes"})
    assert half.status_code == 200
    assert "Bitte sagen Sie, ob dieser Termin passt." in half.content.decode()

    assert tina.post(address(link), {first: "yes", second: "no"}).status_code == 302
    assert "Ihre Antwort ist angekommen" in page(tina, link)
    tina.post(address(link), {first: "maybe", second: "no"})

    said = DateAnswer.objects.filter(participant=play.row_of(case, play.THERAPIST))
    assert sorted(said.values_list("answer", flat=True)) == ["maybe", "no"]
    entry = AuditEntry.objects.filter(verb="rt_guest_answered_dates").latest("pk")
    assert entry.user_name == f"{play.THERAPIST} (Link)"
    assert AccessLogEntry.objects.filter(case_number=case.number, what="Terminvorschläge").exists()


def test_a_guest_without_an_office_stands_in_the_lists_once():
    assert not office_beside(AccessLogEntry(user_name="Klientin/Klient (Link)", institution_name="Klientin/Klient"))
    beside = office_beside(AccessLogEntry(user_name=f"{play.THERAPIST} (Link)", institution_name="Psychotherapeutin"))
    assert beside == "Psychotherapeutin"


def test_once_the_last_has_answered_the_date_can_be_fixed():
    case = proposed()
    for who in (play.nora_of(case), play.jan_of(case), play.iris_of(case)):
        play.answer_dates(case, who)
    open_ones = Task.objects.filter(case=case, name="fix_date", done_at=None)
    assert not open_ones.exists()
    link = link_of(case, "roundtable_dates")
    opened(link).post(address(link), {field_name(play.at(day)): "yes" for day in (20, 21)})
    assert open_ones.exists()


def test_an_answer_to_dates_that_are_no_more_comes_back_in_words():
    case = proposed()
    link = link_of(case, "roundtable_dates")
    tina = opened(link)
    workflow.apply(case, "drop_dates", play.koordination(), {})
    name = field_name(play.at(20))
    late = tina.post(address(link), {name: "maybe"})
    assert late.status_code == 410
    assert "Diese Terminvorschläge gelten nicht mehr." in late.content.decode()
    assert "wenn nötig" in late.content.decode()
    assert not DateAnswer.objects.exists()


# Invitation ---------------------------------------------------------------------------------------------------------


def test_whoever_is_invited_comes_or_not_and_may_change_it():
    case = invited()
    link = link_of(case)
    tina = opened(link)
    shown = page(tina, link)
    for part in ("Sitzungszimmer 1", "Ich komme", "Gemeinsame Ziele", "Erster Teil: die Fachpersonen"):
        assert part in shown
    assert "Maria Probe" not in shown, "who else comes is the client's to know"
    assert "Sie sind ab hier dabei" not in shown

    assert say(tina, link, "accepted").status_code == 302
    assert seat(case).reply == Reply.ACCEPTED
    assert "Sie kommen" in page(tina, link)
    assert say(tina, link, "declined", "Am 14. ginge es.").status_code == 302
    assert (seat(case).reply, seat(case).reply_note) == (Reply.DECLINED, "Am 14. ginge es.")
    assert Task.objects.filter(case=case, name="rearrange_meeting", done_at=None).exists()
    assert OutboxMail.objects.filter(kind="meeting_declined", user=play.koordination().user).exists()
    assert AuditEntry.objects.filter(verb="rt_guest_replied").count() == 2


def test_a_remark_that_is_too_long_stays_and_nothing_else_can_be_sent():
    case = invited()
    link = link_of(case)
    tina = opened(link)
    long = say(tina, link, "declined", "<b>viel</b> " * 5000)
    assert long.status_code == 200
    assert "&lt;b&gt;viel" in long.content.decode()
    assert "bleibt hier stehen" in long.content.decode()
    assert "Bitte wählen Sie" in say(tina, link, "").content.decode()
    assert say(tina, link, "attended").status_code == 200
    assert seat(case).reply == Reply.OPEN


def test_the_mother_reads_when_she_comes_in():
    case = invited()
    link = link_of(case, email=MARIA)
    shown = page(opened(link), link)
    assert "Sie sind ab hier dabei" in shown
    assert "10.00 Uhr" in shown


def test_the_mail_brings_the_meeting_for_the_calendar_and_no_name():
    case = invited()
    deliver()
    letter = next(one for one in locmem.outbox if one.to == [TINA])
    event = calendar_of(letter).walk("VEVENT")[0]
    text = event.to_ical().decode()
    assert event["ATTENDEE"] == f"mailto:{TINA}"
    assert "/faelle/" not in text
    for name in ("Probe", "Muster", "Frei", "Vogel", "Keller"):
        assert name not in text
        assert name not in letter.body
    link = link_of(case)
    file = opened(link).get(address(link), {"kalender": "1"})
    assert file["Content-Type"].startswith("text/calendar")
    assert b"/faelle/" not in file.content


# The case changes under a link --------------------------------------------------------------------------------------


def test_a_meeting_that_is_moved_opens_the_replies_again_behind_a_new_link():
    case = invited()
    old = link_of(case)
    tina = opened(old)
    say(tina, old, "accepted")
    deliver()
    locmem.outbox.clear()

    move(case)

    assert "Sie haben einen neuen erhalten." in told(tina, old)
    new = link_of(case)
    assert new.expires_at == play.at(25)
    assert seat(case).reply == Reply.OPEN
    assert "Bis zum Beginn können Sie sie hier ändern" not in page(opened(new), new)
    deliver()
    letter = next(one for one in locmem.outbox if one.to == [TINA] and "verschoben" in one.subject)
    assert calendar_of(letter).walk("VEVENT")[0]["SEQUENCE"] == 1


def test_a_new_place_alone_keeps_the_replies_and_is_told():
    case = invited()
    say(opened(link_of(case)), link_of(case), "accepted")
    deliver()
    move(case, days=20)
    assert seat(case).reply == Reply.ACCEPTED
    assert OutboxMail.objects.filter(kind="rt_guest_moved", sent_at=None).count() == 2


def test_a_meeting_that_is_called_off_leaves_the_calendars():
    case = invited()
    link = link_of(case)
    tina = opened(link)
    deliver()
    locmem.outbox.clear()
    cancel(case)
    late = say(tina, link, "declined", "Ich bin in den Ferien.")
    assert late.status_code == 410
    assert "Dieses Gespräch ist abgesagt." in late.content.decode()
    assert "Ich bin in den Ferien." in late.content.decode()
    deliver()
    letter = next(one for one in locmem.outbox if one.to == [TINA])
    assert calendar_of(letter)["METHOD"] == "CANCEL"


def test_nobody_hears_that_a_meeting_is_off_who_never_heard_of_it():
    case = invited()
    cancel(case)
    assert not OutboxMail.objects.filter(guest__isnull=False).exists()


def _ended(case: Case) -> None:
    workflow.apply(case, "end_participant", play.koordination(), {"participant": play.row_of(case, play.THERAPIST)})


def _blocked(case: Case) -> None:
    from iiz.core import guests

    guests.revoke(link_of(case), GuestEnd.BLOCKED)


ENDS = {
    "withdrawn": (play.withdrawn, "zurückgezogen"),
    "narrowed": (lambda case: play.narrowed(case, play.THERAPIST), "Die Vollmacht gilt nicht mehr für Sie."),
    "over": (lambda case: play.ending(case, days=-1), "Die Vollmacht gilt nicht mehr für Sie."),
    "ended": (_ended, "Ihre Teilnahme an diesem Roundtable ist beendet."),
    "held": (play.running, "Dieses Gespräch hat stattgefunden."),
    "closed": (lambda case: play.closed(play.running(case)), "Der Fall ist abgeschlossen."),
    "blocked": (_blocked, "Er wurde gesperrt."),
}


@pytest.mark.parametrize("how", ENDS)
def test_the_link_says_why_it_ended_and_gives_back_what_was_typed(how):
    case = invited()
    link = link_of(case)
    tina = opened(link)
    change, words = ENDS[how]
    change(Case.objects.get(pk=case.pk))
    late = say(tina, link, "declined", "Ich bin in den Ferien.")
    shown = late.content.decode()
    assert late.status_code == 410
    assert words in shown
    assert "Ich bin in den Ferien." in shown
    assert "Probe" not in shown
    assert "Sitzungszimmer" not in shown


def test_whoever_leaves_the_table_loses_the_seat_and_hears_of_it():
    case = invited()
    deliver()
    play.narrowed(case, play.THERAPIST)
    meeting = queries.planned(Case.objects.get(pk=case.pk))
    assert meeting is not None
    assert not meeting.invitees.filter(name=play.THERAPIST).exists()
    mail = OutboxMail.objects.get(kind="rt_guest_cancelled")
    assert mail.address == TINA


def test_a_forwarded_link_opens_nothing_and_a_link_opens_nobody_elses_page():
    case = invited()
    tina, maria = link_of(case), link_of(case, email=MARIA)
    browser = opened(tina)
    assert "Code senden" in browser.get(address(maria)).content.decode()
    at_the_door = say(Client(), tina, "declined")
    assert at_the_door.status_code == 403
    assert "Ich kann nicht" in at_the_door.content.decode(), "it says that nothing was saved"
    assert say(browser, maria, "declined").status_code == 403
    assert seat(case, "Maria Probe").reply == Reply.OPEN


def test_the_client_stands_nowhere_with_a_name_that_outlives_the_withdrawal(client_of):
    case = play.started(play.registered(email="petra@post.example"))
    case = play.fixed(case)
    link = link_of(case, email="petra@post.example")
    petra = opened(link)
    shown = page(petra, link)
    assert "Wer eingeladen ist" in shown
    assert "Die Teilnahme ist freiwillig." in shown
    say(petra, link, "accepted")
    play.withdrawn(Case.objects.get(pk=case.pk))
    jan = client_of(play.jan_of(case))
    for tab in ("verlauf", "zugriff", "gespraeche"):
        assert "Petra" not in jan.get(f"/faelle/{case.number}/{tab}/").content.decode()


def test_after_the_meeting_has_begun_the_link_is_over(time_machine):
    case = invited()
    link = link_of(case)
    time_machine.move_to(play.at(20) + dt.timedelta(minutes=1))
    assert f"am {timezone.localtime(link.expires_at):%d.%m.%Y} abgelaufen" in told(Client(), link)
