"""Meetings as calendar files that Outlook, Apple Calendar and Thunderbird understand (RFC 5545, 5546).

A file holds the number of the case, the kind of meeting, time, place and a link: never a name, for calendars are
read by colleagues, secretaries and phones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from . import meetings
from .enums import MeetingState, Reply
from .models import Invitee, Meeting, OutboxMail

ZONE_NAME = "Europe/Zurich"
ZONE = b"""BEGIN:VTIMEZONE\r
TZID:Europe/Zurich\r
BEGIN:DAYLIGHT\r
DTSTART:19810329T020000\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r
TZNAME:CEST\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
END:DAYLIGHT\r
BEGIN:STANDARD\r
DTSTART:19961027T030000\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r
TZNAME:CET\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
END:STANDARD\r
END:VTIMEZONE\r
"""
"""The zone as two yearly rules: lists of single days, which libraries make of it, stop in 2037, and old Outlooks
do not read them."""
PARTSTAT = {Reply.OPEN: "NEEDS-ACTION", Reply.ACCEPTED: "ACCEPTED", Reply.DECLINED: "DECLINED"}
KEPT_BACK = dt.timedelta(days=92)
"""How long a meeting stays in a subscribed calendar."""
AHEAD = dt.timedelta(days=366)


def of_mail(mail: OutboxMail) -> bytes | None:
    """The file that goes with a mail about a meeting, as the meeting stands now: an invitation or a cancellation.

    The attendee is the recipient alone, without ``RSVP``: the answer belongs into the case, where both sides see it,
    one click from the mail; answered from a calendar it would arrive at a mailbox that nobody reads. For the same
    reason the organiser is the portal. Whoever has no seat any more gets a cancellation, and so does everybody for a
    meeting that was held before its time.
    """
    meeting = Meeting.objects.select_related("case").prefetch_related("invitees").filter(pk=mail.object_id or 0).first()
    if meeting is None:
        return None
    seat = next((row for row in meeting.invitees.all() if _sits_there(mail, row)), None)
    cancelled = meeting.state != MeetingState.PLANNED or seat is None
    event = _event(meeting, timezone.now(), cancelled=cancelled, by_link=mail.guest is not None)
    event["ORGANIZER"] = _address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], CN=_("IIZ-Portal"))
    partstat = PARTSTAT[Reply(seat.reply)] if seat else "NEEDS-ACTION"
    event["ATTENDEE"] = _address(mail.address, PARTSTAT=partstat, ROLE="REQ-PARTICIPANT", RSVP="FALSE")
    return _calendar("CANCEL" if cancelled else "REQUEST", [event])


def _sits_there(mail: OutboxMail, row: Invitee) -> bool:
    """Whether a seat is that of the reader of a mail, who has an account, or a link that says who it is."""
    if mail.guest is not None:
        return row.ref is not None and row.ref == mail.guest.ref
    return row.user_id is not None and row.user_id == mail.user_id


def of_meeting(meeting: Meeting, *, by_link: bool = False) -> bytes:
    """One meeting as a file to open oneself; opened again, it updates the entry made of the mail.

    ``by_link``: for somebody without an account, whom no address of the portal would help.
    """
    cancelled = meeting.state == MeetingState.CANCELLED
    event = _event(meeting, timezone.now(), cancelled=cancelled, by_link=by_link)
    return _calendar("CANCEL" if cancelled else "PUBLISH", [event])


def of_seats(seats: Iterable[Invitee]) -> bytes:
    """The meetings behind ``seats`` as a calendar to subscribe to; the same bytes as long as nothing changes.

    What somebody declined stays in sight but leaves the time free; so does what is over.
    """
    events = []
    for seat in seats:
        event = _event(seat.meeting, seat.meeting.created_at, cancelled=False)
        free = seat.reply == Reply.DECLINED or seat.meeting.state == MeetingState.HELD
        event.add("TRANSP", "TRANSPARENT" if free else "OPAQUE")
        events.append(event)
    return _calendar("PUBLISH", events, subscribed=True)


def link(meeting: Meeting) -> str:
    """The full address of the case's meetings."""
    path = reverse("core:case_tab", args=[meeting.case.number, "gespraeche"])
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def _event(meeting: Meeting, stamp: dt.datetime, *, cancelled: bool, by_link: bool = False) -> Event:
    event = Event()
    event.add("UID", f"{meeting.uid}@iiz")
    event.add("SEQUENCE", meeting.sequence)
    event.add("DTSTAMP", stamp.astimezone(dt.UTC).replace(microsecond=0))
    for name, moment in zip(("DTSTART", "DTEND"), _span(meeting, cancelled=cancelled), strict=True):
        event.add(name, moment)
    event.add("SUMMARY", f"IIZ {meeting.case.number}: {meetings.label(meeting)}")
    event.add("LOCATION", meeting.place or meeting.video_url)
    lines = [_("Antworten, verschieben und alles Weitere im IIZ-Portal:"), link(meeting)]
    if by_link:
        lines = [_("Zusagen und absagen können Sie über den Link in der E-Mail.")]
    if meeting.place and meeting.video_url:
        lines = [_("Videokonferenz: %(url)s") % {"url": meeting.video_url}, *lines]
    event.add("DESCRIPTION", "\n".join(lines))
    if not by_link:
        event.add("URL", link(meeting))
    event.add("STATUS", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("CLASS", "PRIVATE")
    return event


def _span(meeting: Meeting, *, cancelled: bool) -> tuple[dt.date, dt.date]:
    """From when until when it lasts; all day if it was held at another time than planned, for nobody noted that one."""
    if meeting.held_on is not None and not cancelled and not meetings.at_its_time(meeting):
        return meeting.held_on, meeting.held_on + dt.timedelta(days=1)
    zone = timezone.get_default_timezone()
    return timezone.localtime(meeting.starts_at, zone), timezone.localtime(meeting.ends_at, zone)


def _address(mail: str, **parameters: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{mail}")
    for name, value in parameters.items():
        address.params[name] = vText(value)
    return address


def _calendar(method: str, events: Iterable[Event], *, subscribed: bool = False) -> bytes:
    calendar = Calendar()
    calendar.add("PRODID", "-//IIZ//Portal//DE")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    if subscribed:
        calendar.add("X-WR-CALNAME", _("IIZ-Gespräche"))
        calendar.add("X-PUBLISHED-TTL", "PT1H")
    calendar.add_component(Timezone.from_ical(ZONE))
    for event in events:
        calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file
