"""Finding a date, inviting, and noting that a meeting took place (RT-08, RT-10 prepared)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import clock, guests, meetings, notify
from iiz.core.actor import Actor
from iiz.core.enums import GuestEnd, MeetingState, Reply, Seat
from iiz.core.meetings import Guest
from iiz.core.models import Case, GuestLink, Invitee, Meeting
from iiz.core.parties import Party
from iiz.core.workflow import Conflict, NotAllowed

from .. import minutes
from ..enums import Availability, MeetingKind, ParticipantKind
from ..models import Attendance, DateAnswer, DateOption, DatePoll, MeetingTopic, Participant
from ..queries import (
    asked,
    at_the_table,
    is_covered,
    office_row,
    open_poll,
    planned,
    seat_of,
    steps_in_force,
    told_as,
)

Data = Mapping[str, Any]
Changes = dict[str, Any]

NAME_LENGTH = 120
"""The most characters of a name at a meeting."""
MOST_OPTIONS = 8
"""How many dates may be proposed at once."""
DATES = "roundtable_dates"
REPLY = "roundtable_reply"
"""Purposes of guest links: answer proposed dates, answer an invitation."""


# Proposals ----------------------------------------------------------------------------------------------------------


def propose(case: Case, actor: Actor, data: Data) -> Changes:
    """Propose dates; ``data``: ``starts`` (moments), ``minutes``, ``place``, ``answer_by``.

    Asked are its ``participants``, left out: everybody at the table; ``steps``: what a later meeting is about, by their
    keys in the plan (RT-19). Offices get a Pendenz and a mail, people without an account a link; whoever the Vollmacht
    does not cover any more gets nothing. Dates proposed before give way to the new ones.
    """
    old = open_poll(case)
    if old is not None:
        _close(old, actor)
    poll = DatePoll.objects.create(
        case=case,
        kind=_kind(case),
        minutes=data["minutes"],
        place=data["place"],
        answer_by=data["answer_by"],
        opened_at=clock.now(),
        opened_by=actor.user,
        asked=[row.pk for row in data.get("participants") or ()],
        steps=_in_force(case, data.get("steps") or ()),
    )
    DateOption.objects.bulk_create(DateOption(poll=poll, starts_at=moment) for moment in sorted(set(data["starts"])))
    for row in asked(case, poll):
        ask_guest(case, poll, row, actor)
    _tell("rt_dates_proposed", case, poll, actor)
    return {"options": len(data["starts"]), "answer_by": data["answer_by"]}


def _in_force(case: Case, keys: Iterable[int]) -> list[int]:
    """Those of the steps that stand in the plan in force, by their keys."""
    wanted = set(keys)
    return [step.key for step in steps_in_force(case) if step.key in wanted]


def _tell(kind: str, case: Case, poll: DatePoll, actor: Actor) -> None:
    """Tell the offices that are asked for their dates."""
    offices = {row.participation.institution_id for row in asked(case, poll) if row.participation is not None}
    to = [(user, office) for user, office in notify.recipients(case, Party.PARTICIPANT) if office.pk in offices]
    notify.queue(kind, case, to, beside=actor.user)


def ask_guest(case: Case, poll: DatePoll, row: Participant, actor: Actor) -> None:
    """Ask somebody without an account by a link which dates suit, if the Vollmacht covers the person."""
    until = _midnight(poll.answer_by)
    if poll.asked and row.pk not in poll.asked:
        return
    if row.email and row.kind != ParticipantKind.OFFICE and until > clock.now() and is_covered(case, row):
        invite_guest(DATES, case, poll.pk, row, until, actor)


def _midnight(day: dt.date) -> dt.datetime:
    """The end of a day."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def invite_guest(
    purpose: str,
    case: Case,
    object_id: int,
    row: Participant,
    until: dt.datetime,
    actor: Actor | None,
    mail: str = "",
) -> GuestLink:
    """A way in for a participant without an account, for one purpose (RT-08); ``mail`` as in ``guests.invite``."""
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
        mail=mail,
    )


def guest_name(row: Participant) -> str:
    """How somebody without an account stands in *Zugriff* and *Verlauf*; the client without a name.

    Both are read by offices that must not name the client once the Vollmacht is withdrawn.
    """
    return row.name or str(row.get_kind_display())


def answer_dates(case: Case, actor: Actor, data: Data) -> Changes:
    """An office says which of the proposed dates suit; ``data["answers"]``: option → ``Availability``."""
    poll = _open(case, data.get("poll"))
    row = office_row(case, actor.institution.pk)
    if row is None:
        raise NotAllowed(_("Ihre Institution nimmt an diesem Roundtable nicht teil."))
    keep_answers(poll, row, data["answers"])
    return {"answers": len(data["answers"])}


def answer_for(case: Case, actor: Actor, data: Data) -> Changes:
    """Note what somebody at the table says to the dates who said so on the telephone.

    ``data``: ``participant``, ``poll``, ``answers``.
    """
    poll = _open(case, data.get("poll"))
    row: Participant = data["participant"]
    keep_answers(poll, row, data["answers"])
    return {"kind": row.kind, "who": told_as(row), "answers": len(data["answers"])}


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
    poll = _open(case, None)
    _tell("rt_dates_dropped", case, poll, actor)
    _close(poll, actor)
    return {}


# Invitations --------------------------------------------------------------------------------------------------------


def seats(case: Case, *seated_already: int, only: Iterable[Participant] | None = None) -> list[Guest]:
    """Who sits at the table and is invited: all at the table whom the Vollmacht covers, or those ``only``.

    Somebody in charge at two offices, or who has a seat already (a user's key), sits there once; the other office keeps
    a seat without a name.
    """
    found: list[Guest] = []
    seated = set(seated_already)
    chosen = None if only is None else {row.pk for row in only}
    for row in at_the_table(case):
        if not is_covered(case, row) or (chosen is not None and row.pk not in chosen):
            continue
        if row.kind == ParticipantKind.CLIENT:
            found.append(Guest(Seat.CLIENT, ref=row.pk))
        elif row.participation is not None:
            user = row.participation.user if row.participation.user_id not in seated else None
            seated |= {user.pk} if user is not None else set()
            found.append(Guest(Seat.OFFICE, row.participation.institution, user, ref=row.pk))
        else:
            found.append(Guest(Seat.GUEST, name=row.name[:NAME_LENGTH], ref=row.pk))
    return found


def fix(case: Case, actor: Actor, data: Data) -> Changes:
    """Fix the date and invite: one that was proposed, or another (RT-08); ``data`` as of the meeting forms.

    Invited are its ``participants``, left out: those who were asked for dates, else everybody; ``steps``: what a later
    meeting is about (RT-19). Whoever said yes to that very date has thereby accepted. Effects: the meeting, its seats,
    mails with a calendar file, links for people without an account.
    """
    if planned(case) is not None:
        raise Conflict(case, _("Ein Gespräch ist schon geplant."))
    poll = open_poll(case)
    only = data.get("participants") or (asked(case, poll) if poll is not None and poll.asked else None)
    keys = data.get("steps", poll.steps if poll is not None else ())
    own = office_row(case, actor.institution.pk)  # an office that moderates its own Roundtable sits there once
    moderation = Guest(Seat.MODERATION, actor.institution, actor.user, ref=own.pk if own is not None else None)
    meeting = meetings.plan(
        case,
        actor,
        kind=_kind(case),
        guests=[moderation, *(one for one in seats(case, actor.user.pk, only=only) if one.ref != moderation.ref)],
        **{name: data[name] for name in ("starts_at", "minutes", "place", "video_url")},
    )
    MeetingTopic.objects.bulk_create(MeetingTopic(meeting=meeting, key=key) for key in _in_force(case, keys))
    if poll is not None:
        _accept(meeting, poll)
        _close(poll, actor, meeting)
    return {"starts_at": meeting.starts_at.isoformat()}


def _accept(meeting: Meeting, poll: DatePoll) -> None:
    """Whoever said yes to the date that was fixed has accepted."""
    yes = DateAnswer.objects.filter(
        option__poll=poll, option__starts_at=meeting.starts_at, answer=Availability.YES
    ).values_list("participant", flat=True)
    meeting.invitees.filter(ref__in=list(yes)).update(reply=Reply.ACCEPTED, replied_at=clock.now())


def invite_more(case: Case, actor: Actor, data: Data) -> Changes:
    """Invite to the planned meeting whoever came to the table after it was fixed."""
    meeting = planned(case)
    if meeting is None:
        raise Conflict(case, _("Es ist kein Gespräch geplant."))
    rows = {row.pk: row for row in uninvited(case)}
    seated = meeting.invitees.exclude(user=None).values_list("user_id", flat=True)
    for guest in seats(case, *seated):
        row = rows.get(guest.ref or 0)
        if row is None:
            continue
        Invitee.objects.create(
            meeting=meeting,
            seat=guest.seat,
            institution=guest.institution,
            user=guest.user,
            name=guest.name,
            ref=guest.ref,
        )
        if guest.user is not None:
            meetings.tell_one(meeting, guest.user)
        elif row.email and row.kind != ParticipantKind.OFFICE:
            invite_guest(REPLY, case, meeting.pk, row, meeting.starts_at, actor)
    return {"invited": len(rows)}


def uninvited(case: Case) -> list[Participant]:
    """Who is at the table, covered, and not invited to the planned meeting; to a later one only who came since."""
    meeting = planned(case)
    if meeting is None:
        return []
    seated = {row.ref for row in meeting.invitees.all()}
    rows = [row for row in at_the_table(case) if row.pk not in seated and is_covered(case, row)]
    return [row for row in rows if meeting.kind == MeetingKind.ROUNDTABLE or row.added_at > meeting.created_at]


def reply_for(case: Case, actor: Actor, data: Data) -> Changes:
    """Note how somebody at the table answers the invitation who said so on the telephone.

    ``data``: ``participant``, ``reply``, ``note``.
    """
    meeting = planned(case)
    seat = seat_of(meeting, data["participant"]) if meeting is not None else None
    if meeting is None or seat is None:
        raise Conflict(case, _("Diese Person ist zu keinem Gespräch mehr eingeladen."))
    meetings.answer_for(meeting, seat, data["reply"], data.get("note", ""), by=actor.user)
    return {"reply": str(data["reply"]), "who": told_as(data["participant"])}


# Held ---------------------------------------------------------------------------------------------------------------


def hold(case: Case, actor: Actor, data: Data) -> Changes:
    """Note that a meeting took place, and who was there in which part (RT-10).

    ``data``: ``held_on``, ``note``, and primary keys of participants: ``first`` and ``second`` by part, or ``present``
    for whoever was there as long as people of that kind are. Also for a meeting that was never planned here. Whoever
    moderates was there.
    """
    meeting, kind = planned(case), _kind(case)
    if meeting is None:
        meeting = meetings.record(case, actor, kind=kind, on=data["held_on"], guests=seats(case))
    there = _by_part(case, kind, data)
    rows = list(meeting.invitees.all())
    sat = {row.pk: [row.ref in there[part] for part in minutes.PARTS] for row in rows}
    attended = {key: any(parts) for key, parts in sat.items()}
    day, note = data["held_on"], data.get("note", "")
    meetings.write_note(meeting, actor, held_on=day, attended=attended, note=note, kind=kind)
    Attendance.objects.bulk_create(Attendance(invitee=row, first=sat[row.pk][0], second=sat[row.pk][1]) for row in rows)
    guests.revoke_all(REPLY, meeting.pk, GuestEnd.OVER, actor)
    return {"held_on": data["held_on"]}


def _by_part(case: Case, kind: str, data: Data) -> dict[str, set[int | None]]:
    """Who was there in each part, by primary keys of participants; whoever moderates has none."""
    found: dict[str, set[int | None]] = {"first": set(), "second": {None}}
    if kind == MeetingKind.ROUNDTABLE:
        found["first"].add(None)
    if "present" not in data:
        return {part: {*data[part], *there} for part, there in found.items()}
    for row in case.participants.all():
        for part in minutes.parts_for(row, kind) if row.pk in data["present"] else ():
            found[part].add(row.pk)
    return found


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
    row, poll = office_row(case, actor.institution.pk), open_poll(case)
    if reason is None and row is None:
        return _("Ihre Institution nimmt an diesem Roundtable nicht teil.")
    if reason is None and poll is not None and row is not None and poll.asked and row.pk not in poll.asked:
        return _("Zu diesem Gespräch ist Ihre Institution nicht gefragt.")
    return reason


def is_planned(case: Case, actor: Actor) -> str | None:
    """A meeting is planned."""
    return None if planned(case) else _("Es ist kein Gespräch geplant.")


def somebody_uninvited(case: Case, actor: Actor) -> str | None:
    """Somebody came to the table after the date was fixed."""
    return None if uninvited(case) else _("Alle am Tisch sind eingeladen.")
