"""Calendar files, read by a library that did not write them: invitation, move, cancellation."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
import vobject

from iiz.core import calendars, delivery, meetings, workflow
from iiz.core.enums import Role
from iiz.core.models import Case, Meeting, OutboxMail
from iiz.core.tests.factories import actor
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db

ZURICH = ZoneInfo("Europe/Zurich")
MARCH = dt.datetime(2027, 3, 15, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def case() -> Case:
    """On 15 March 2027, a hand-over planned for the 22nd at nine."""
    with time_machine.travel(MARCH, tick=False):
        return optima.handover_planned()


def meeting_of(case: Case) -> Meeting:
    return Meeting.objects.select_related("case").get(case=case)


def file_of(case: Case) -> bytes:
    """The file that goes with the newest mail about the meeting."""
    mail = OutboxMail.objects.filter(case=case, kind__startswith="meeting_").latest("pk")
    file = calendars.of_mail(mail)
    assert file is not None
    return file


def read(file: bytes):
    """The one event of a file, and its calendar."""
    calendar = vobject.readOne(file.decode())
    assert len(calendar.vevent_list) == 1
    return calendar.vevent, calendar


def move(case: Case, starts_at: dt.datetime, **changes) -> None:
    with time_machine.travel(MARCH, tick=False):
        data = {"meeting": meeting_of(case), **optima.date(**changes), "starts_at": starts_at}
        workflow.apply(case, "move_meeting", optima.principal_of(case), data)


def test_an_invitation_says_what_when_and_where(case):
    event, calendar = read(file_of(case))
    assert calendar.method.value == "REQUEST"
    assert event.summary.value == f"IIZ {case.number}: Übergabegespräch"
    assert event.dtstart.value == dt.datetime(2027, 3, 22, 9, tzinfo=ZURICH)
    assert event.dtend.value - event.dtstart.value == dt.timedelta(hours=1)
    assert event.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Europe/Zurich"]
    assert event.location.value == "Sitzungszimmer 2"
    assert f"/faelle/{case.number}/gespraeche/" in event.description.value
    assert (event.status.value, event.sequence.value, event.contents["class"][0].value) == ("CONFIRMED", "0", "PRIVATE")
    mail = OutboxMail.objects.filter(case=case, kind="meeting_invited").latest("pk")
    assert mail.user == optima.adviser_of(case).user
    assert event.attendee.value == f"mailto:{optima.adviser_of(case).user.email}"
    assert (event.attendee.params["RSVP"], event.attendee.params["PARTSTAT"]) == (["FALSE"], ["NEEDS-ACTION"])
    assert event.organizer.value.startswith("mailto:iiz@")


def test_a_move_across_the_change_to_summer_time_keeps_the_local_hour(case):
    before, _calendar = read(file_of(case))
    move(case, dt.datetime(2027, 4, 5, 9, tzinfo=ZURICH))
    after, calendar = read(file_of(case))
    assert calendar.method.value == "REQUEST"
    assert after.uid.value == before.uid.value
    assert (before.sequence.value, after.sequence.value) == ("0", "1")
    assert [event.dtstart.value.strftime("%H:%M") for event in (before, after)] == ["09:00", "09:00"]
    offsets = [event.dtstart.value.utcoffset() for event in (before, after)]
    assert offsets == [dt.timedelta(hours=1), dt.timedelta(hours=2)]
    assert meeting_of(case).starts_at == dt.datetime(2027, 4, 5, 7, tzinfo=dt.UTC)


def test_the_zone_of_the_file_alone_knows_the_change(case):
    """Read with nothing but the rules in the file, as programs do that know no zones."""
    move(case, dt.datetime(2027, 4, 5, 9, tzinfo=ZURICH))
    _event, calendar = read(file_of(case))
    zone = calendar.vtimezone.gettzinfo()
    for day, hours in (
        (dt.datetime(2027, 3, 27, 9), 1),
        (dt.datetime(2027, 3, 29, 9), 2),
        (dt.datetime(2040, 12, 1), 1),
    ):
        assert zone.utcoffset(day) == dt.timedelta(hours=hours), day


def test_a_cancellation_takes_the_same_entry_away(case):
    before, _calendar = read(file_of(case))
    nora = optima.principal_of(case)
    workflow.apply(case, "cancel_meeting", nora, {"meeting": meeting_of(case), "reason": "Klientin ist krank"})
    after, calendar = read(file_of(case))
    assert (calendar.method.value, after.status.value, after.sequence.value) == ("CANCEL", "CANCELLED", "1")
    assert after.uid.value == before.uid.value
    assert "krank" not in file_of(case).decode()


def test_who_passes_the_seat_on_loses_the_entry_and_the_next_one_gets_it(case):
    jan = optima.adviser_of(case)
    eva = actor(Role.CASEWORKER, jan.institution)
    meetings.reseat(case, jan.institution, eva.user)
    files = {
        mail.user: read(calendars.of_mail(mail) or b"")[1].method.value
        for mail in OutboxMail.objects.filter(kind__startswith="meeting_")
    }
    nora = optima.principal_of(case)
    assert files == {eva.user: "REQUEST", jan.user: "CANCEL", nora.user: "REQUEST"}


def hold(case: Case, now: dt.datetime, day: dt.date) -> None:
    with time_machine.travel(now, tick=False):
        workflow.apply(case, "hold_handover", optima.adviser_of(case), optima.note(held_on=day))


def test_held_before_its_time_the_planned_entry_vanishes_for_everybody_and_the_real_day_stays(case):
    before, _calendar = read(file_of(case))
    hold(case, MARCH + dt.timedelta(days=2), dt.date(2027, 3, 16))
    mails = OutboxMail.objects.filter(kind="meeting_held_early")
    assert {mail.user for mail in mails} == {optima.principal_of(case).user, optima.adviser_of(case).user}
    for mail in mails:
        gone, calendar = read(calendars.of_mail(mail) or b"")
        assert (calendar.method.value, gone.status.value, gone.sequence.value) == ("CANCEL", "CANCELLED", "1")
        assert gone.uid.value == before.uid.value
    meeting = Meeting.objects.get(case=case, state="held")
    for file in (calendars.of_meeting(meeting), calendars.of_seats(meeting.invitees.exclude(user=None)[:1])):
        event, _calendar = read(file)
        assert (event.dtstart.value, event.dtend.value) == (dt.date(2027, 3, 16), dt.date(2027, 3, 17))


def test_held_at_its_time_the_entry_stays_as_it_is(case):
    hold(case, MARCH + dt.timedelta(days=7, hours=2), dt.date(2027, 3, 22))
    assert not OutboxMail.objects.filter(kind="meeting_held_early").exists()
    event, _calendar = read(calendars.of_meeting(Meeting.objects.get(case=case, state="held")))
    assert (event.dtstart.value, event.sequence.value) == (dt.datetime(2027, 3, 22, 9, tzinfo=ZURICH), "0")


def test_held_later_than_planned_it_stands_on_the_day_itself(case):
    hold(case, MARCH + dt.timedelta(days=9), dt.date(2027, 3, 23))
    event, _calendar = read(calendars.of_meeting(Meeting.objects.get(case=case, state="held")))
    assert (event.dtstart.value, event.sequence.value) == (dt.date(2027, 3, 23), "1")


def test_never_planned_here_it_has_a_day_and_no_time():
    case = optima.accepted()
    case = workflow.apply(case, "hold_handover", optima.adviser_of(case), optima.note())
    meeting = Meeting.objects.get(case=case, state="held")
    event, _calendar = read(calendars.of_meeting(meeting))
    assert event.dtstart.value == meeting.held_on


def test_no_file_names_the_client_or_anybody_else(case):
    move(case, dt.datetime(2027, 4, 5, 9, tzinfo=ZURICH), place="", video_url="https://meet.example/" + "x" * 200)
    text = file_of(case).decode() + calendars.of_meeting(meeting_of(case)).decode()
    person = case.person
    for secret in (person.first_name, person.last_name, person.ahv_number, "Keller", "Frei"):
        assert secret not in text.replace("\r\n ", "")


def test_lines_are_folded_and_end_as_the_standard_says(case):
    move(case, dt.datetime(2027, 4, 5, 9, tzinfo=ZURICH), video_url="https://meet.example/" + "x" * 200)
    for file in (file_of(case), calendars.of_meeting(meeting_of(case))):
        assert file.count(b"\n") == file.count(b"\r\n")
        assert max(len(line) for line in file.split(b"\r\n")) <= 75
        assert b"BEGIN:VTIMEZONE" in file


def test_commas_and_breaks_in_a_place_do_not_break_the_file(case):
    Meeting.objects.filter(case=case).update(place="Amt; Zimmer 3, 2. Stock\nEND:VCALENDAR")
    event, _calendar = read(file_of(case))
    assert event.location.value == "Amt; Zimmer 3, 2. Stock\nEND:VCALENDAR"


def test_the_mail_carries_the_file_and_neither_place_nor_name(case, mailoutbox):
    with time_machine.travel(MARCH + dt.timedelta(minutes=5), tick=False):
        delivery.deliver()
    letter = next(mail for mail in mailoutbox if "Einladung" in mail.subject)
    assert "Sitzungszimmer" not in letter.body
    assert any(part[0].endswith(".ics") for part in letter.attachments if isinstance(part, tuple))


def test_an_invitation_that_comes_too_late_is_not_sent(case, mailoutbox):
    with time_machine.travel(MARCH + dt.timedelta(days=10), tick=False):
        delivery.deliver()
    assert not [mail for mail in mailoutbox if "Einladung" in mail.subject]
