"""Finding a date, inviting, and noting that a meeting took place (RT-08, RT-10 prepared)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import clock, guests, meetings
from iiz.core.actor import Actor
from iiz.core.enums import GuestEnd, MeetingState, Reply, Seat
from iiz.core.meetings import Guest
from iiz.core.models import Case, GuestLink, Invitee, Meeting
from iiz.core.workflow import Conflict, NotAllowed

from ..enums import Availability, MeetingKind, ParticipantKind
from ..models import DateAnswer, DateOption, DatePoll, Participant
from ..queries import at_the_table, is_covered, office_row, open_poll, planned

Data = Mapping[str, Any]
Changes = dict[str, Any]

MOST_OPTIONS = 8
"""How many dates may be proposed at once."""
DATES = "roundtable_dates"
REPLY = "roundtable_reply"
"""Purposes of guest links: answer proposed dates, answer an invitation."""


# Proposals ----------------------------------------------------------------------------------------------------------


def propose(case: Case, actor: Actor, data: Data) -> Changes:
    """Propose dates to everybody at the table; ``data``: ``starts`` (moments), ``minutes``, ``place``, ``answer_by``.

    Offices get a Pendenz and a mail, people without an account a link; whoever the Vollmacht does not cover any more
    gets nothing. Dates proposed before give way to the new ones.
    """
    old = open_poll(case)
    if old is not None:
        _close(old, actor)
    poll = DatePoll.objects.create(
        case=case,
        kind=MeetingKind.ROUNDTABLE,
        minutes=data["minutes"],
        place=data["place"],
        answer_by=data["answer_by"],
        opened_at=clock.now(),
        opened_by=actor.user,
    )
    DateOption.objects.bulk_create(DateOption(poll=poll, starts_at=moment) for moment in sorted(set(data["starts"])))
    for row in at_the_table(case):
        if row.email and row.kind != ParticipantKind.OFFICE and is_covered(case, row):
            invite_guest(DATES, case, poll.pk, row, _midnight(poll.answer_by), actor)
    return {"options": len(data["starts"]), "answer_by": data["answer_by"]}


def _midnight(day: dt.date) -> dt.datetime:
    """The end of a day."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def invite_guest(
    purpose: str, case: Case, object_id: int, row: Participant, until: dt.datetime, actor: Actor
) -> GuestLink:
    """A way in for a participant without an account, for one purpose (RT-08)."""
    return guests.invite(
        purpose,
        case,
        object_id,
        name=guest_name(row),
        email=row.email,
        until=until,
        office=row.function,
        ref=row.pk,
        by=actor,
    )


def guest_name(row: Participant) -> str:
    """How somebody without an account is called; the client by the record."""
    if row.kind == ParticipantKind.CLIENT and row.case.person is not None:
        return str(row.case.person)
    return row.name


def answer_dates(case: Case, actor: Actor, data: Data) -> Changes:
    """An office says which of the proposed dates suit; ``data["answers"]``: option → ``Availability``."""
    poll = _open(case, data.get("poll"))
    row = office_row(case, actor.institution.pk)
    if row is None:
        raise NotAllowed(_("Ihre Institution nimmt an diesem Roundtable nicht teil."))
    keep_answers(poll, row, data["answers"])
    return {"answers": len(data["answers"])}


def keep_answers(poll: DatePoll, row: Participant, answers: Mapping[int, str]) -> None:
    """Keep what somebody says to the dates; the last word counts."""
    for option in poll.options.all():
        if option.pk in answers:
            DateAnswer.objects.update_or_create(
                option=option,
                participant=row,
                defaults={"answer": Availability(answers[option.pk]), "answered_at": clock.now()},
            )


def _open(case: Case, pk: int | None) -> DatePoll:
    poll = open_poll(case)
    if poll is None or (pk is not None and poll.pk != pk):
        raise Conflict(case, _("Diese Terminvorschläge gelten nicht mehr."))
    return poll


def _close(poll: DatePoll, actor: Actor, meeting: Meeting | None = None) -> None:
    poll.closed_at, poll.meeting = clock.now(), meeting
    poll.save(update_fields=["closed_at", "meeting"])
    guests.revoke_all(DATES, poll.pk, GuestEnd.OVER, actor)


def drop_dates(case: Case, actor: Actor, data: Data) -> Changes:
    """Give the proposals up without a meeting."""
    _close(_open(case, None), actor)
    return {}


# Invitations --------------------------------------------------------------------------------------------------------


def seats(case: Case) -> list[tuple[Participant | None, Guest]]:
    """Who sits at the table and is invited: all at the table whom the Vollmacht covers, and the moderation."""
    found: list[tuple[Participant | None, Guest]] = []
    for row in at_the_table(case):
        if not is_covered(case, row):
            continue
        if row.kind == ParticipantKind.CLIENT:
            found.append((row, Guest(Seat.CLIENT)))
        elif row.participation is not None:
            found.append((row, Guest(Seat.OFFICE, row.participation.institution, row.participation.user)))
        else:
            found.append((row, Guest(Seat.GUEST, name=row.name)))
    return found


def fix(case: Case, actor: Actor, data: Data) -> Changes:
    """Fix the date and invite: one that was proposed, or another (RT-08); ``data`` as of the meeting forms.

    Whoever said yes to that very date has thereby accepted. Effects: the meeting, its seats, mails with a calendar
    file, links for people without an account.
    """
    if planned(case) is not None:
        raise Conflict(case, _("Ein Gespräch ist schon geplant."))
    poll = open_poll(case)
    table = seats(case)
    moderation = Guest(Seat.MODERATION, actor.institution, actor.user)
    meeting = meetings.plan(
        case,
        actor,
        kind=MeetingKind.ROUNDTABLE,
        guests=[moderation, *(guest for _row, guest in table)],
        **{name: data[name] for name in ("starts_at", "minutes", "place", "video_url")},
    )
    _tie(meeting, table)
    if poll is not None:
        _accept(meeting, poll)
        _close(poll, actor, meeting)
    invite_guests(case, meeting, actor)
    return {"starts_at": meeting.starts_at.isoformat()}


def _tie(meeting: Meeting, table: list[tuple[Participant | None, Guest]]) -> None:
    """Say in each seat whose row at the table it is."""
    rows = meeting.invitees.exclude(seat=Seat.MODERATION).order_by("pk")
    for invitee, (row, _guest) in zip(rows, table, strict=True):
        if row is not None:
            invitee.ref = row.pk
            invitee.save(update_fields=["ref"])


def _accept(meeting: Meeting, poll: DatePoll) -> None:
    """Whoever said yes to the date that was fixed has accepted."""
    yes = DateAnswer.objects.filter(
        option__poll=poll, option__starts_at=meeting.starts_at, answer=Availability.YES
    ).values_list("participant", flat=True)
    meeting.invitees.filter(ref__in=list(yes)).update(reply=Reply.ACCEPTED, replied_at=clock.now())


def invite_guests(case: Case, meeting: Meeting, actor: Actor) -> None:
    """Send a link to everybody seated who has no account; it holds until the meeting begins."""
    here = {row.pk: row for row in at_the_table(case)}
    for invitee in meeting.invitees.exclude(ref=None):
        row = here.get(invitee.ref or 0)
        if row is not None and row.email and row.kind != ParticipantKind.OFFICE:
            invite_guest(REPLY, case, meeting.pk, row, meeting.starts_at, actor)


def invite_more(case: Case, actor: Actor, data: Data) -> Changes:
    """Invite to the planned meeting whoever came to the table after it was fixed."""
    meeting = planned(case)
    if meeting is None:
        raise Conflict(case, _("Es ist kein Gespräch geplant."))
    seated = set(meeting.invitees.exclude(ref=None).values_list("ref", flat=True))
    new = [(row, guest) for row, guest in seats(case) if row is not None and row.pk not in seated]
    for row, guest in new:
        Invitee.objects.create(
            meeting=meeting,
            seat=guest.seat,
            institution=guest.institution,
            user=guest.user,
            name=guest.name,
            ref=row.pk,
        )
        if guest.user is not None:
            meetings.tell_one(meeting, guest.user)
        elif row.email and row.kind != ParticipantKind.OFFICE:
            invite_guest(REPLY, case, meeting.pk, row, meeting.starts_at, actor)
    return {"invited": len(new)}


def uninvited(case: Case) -> list[Participant]:
    """Who is at the table, covered, and not invited to the planned meeting."""
    meeting = planned(case)
    if meeting is None:
        return []
    seated = {row.ref for row in meeting.invitees.all()}
    return [row for row in at_the_table(case) if row.pk not in seated and is_covered(case, row)]


# Held ---------------------------------------------------------------------------------------------------------------


def hold(case: Case, actor: Actor, data: Data) -> Changes:
    """Note that a meeting took place, and who was there; ``data``: ``held_on``, ``present`` (invitees), ``note``.

    Also for a meeting that was never planned here.
    """
    meeting = planned(case)
    if meeting is None:
        table = seats(case)
        meeting = meetings.record(
            case, actor, kind=_kind(case), on=data["held_on"], guests=[guest for _row, guest in table]
        )
        _tie(meeting, table)
    attended = {row.pk: row.pk in data["present"] for row in meeting.invitees.all()}
    meetings.write_note(
        meeting, actor, held_on=data["held_on"], attended=attended, note=data.get("note", ""), kind=_kind(case)
    )
    guests.revoke_all(REPLY, meeting.pk, GuestEnd.OVER, actor)
    return {"held_on": data["held_on"]}


def _kind(case: Case) -> str:
    """The first meeting is the Roundtable, each later one an Auswertungssitzung (RT-19)."""
    if case.meetings.filter(state=MeetingState.HELD).exists():
        return MeetingKind.AUSWERTUNG
    return MeetingKind.ROUNDTABLE


# Guards -------------------------------------------------------------------------------------------------------------


def none_planned(case: Case, actor: Actor) -> str | None:
    """No meeting is planned yet."""
    return _("Ein Gespräch ist schon geplant. Verschieben Sie es, oder sagen Sie es ab.") if planned(case) else None


def some_proposed(case: Case, actor: Actor) -> str | None:
    """Dates are proposed now."""
    return None if open_poll(case) else _("Es sind keine Termine vorgeschlagen.")


def is_asked(case: Case, actor: Actor) -> str | None:
    """Dates are proposed, and the actor's office sits at the table."""
    reason = some_proposed(case, actor)
    if reason is None and office_row(case, actor.institution.pk) is None:
        return _("Ihre Institution nimmt an diesem Roundtable nicht teil.")
    return reason


def somebody_uninvited(case: Case, actor: Actor) -> str | None:
    """Somebody came to the table after the date was fixed."""
    return None if uninvited(case) else _("Alle am Tisch sind eingeladen.")
