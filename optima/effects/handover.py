"""From the acceptance over the hand-over meeting to the start of case work (OP-06 to OP-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import clock, meetings, notify
from iiz.core.actor import Actor
from iiz.core.enums import ParticipationRole, Phase, Seat
from iiz.core.meetings import Guest
from iiz.core.models import Case, Invitee, Meeting, Participation
from iiz.core.workdays import add_months
from iiz.core.workflow import Conflict, Party, end

from ..enums import MeetingKind
from ..models import Uebergabegespraech
from ..queries import in_charge, last_handover, seats

Data = Mapping[str, Any]
Changes = dict[str, Any]

DEFAULT_MONTHS = 6
"""The planned duration where the Antrag names none (OP-21, CON-08)."""

SEATS = {ParticipationRole.PRINCIPAL: Seat.PRINCIPAL, ParticipationRole.CONTRACTOR: Seat.CONTRACTOR}


def side(case: Case, party: str) -> Participation:
    """The live participation of principal or contractor, with institution and user."""
    return case.participations.select_related("institution", "user").get(role=party, until=None)


def table(case: Case) -> list[Guest]:
    """Who sits at the table: client, the principal's person, the contractor's adviser (OP-07, OP-17).

    The seat of somebody who has left stays the institution's; whoever follows takes it. So does the second seat of
    somebody who works for both institutions.
    """
    guests = [Guest(Seat.CLIENT)]
    for party in (Party.PRINCIPAL, Party.CONTRACTOR):
        row = side(case, party)
        user = in_charge(row)
        seated = user in {guest.user for guest in guests}
        guests.append(Guest(SEATS[ParticipationRole(row.role)], row.institution, None if seated else user))
    return guests


def portal(meeting: Meeting) -> Actor:
    """Whoever wrote the note, as the one in whose name the portal plans what the note says."""
    user = meeting.noted_by or meeting.organised_by
    return Actor(user, meeting.chair, frozenset())


def plan(case: Case, actor: Actor, data: Data) -> Changes:
    """The principal fixes time and place and has informed the client; the contractor will chair (OP-06, OP-07)."""
    meeting = meetings.plan(
        case,
        actor,
        kind=MeetingKind.UEBERGABEGESPRAECH,
        guests=table(case),
        chair=side(case, Party.CONTRACTOR).institution,
        **when(data),
    )
    return {"starts_at": meeting.starts_at.isoformat()}


def when(data: Data) -> dict[str, Any]:
    """Time and place as the meeting forms give them."""
    return {name: data[name] for name in ("starts_at", "minutes", "place", "video_url")}


def next_date(data: Data) -> dict[str, Any]:
    """The date fixed at the table for the next Standortgespräch, as the notes keep it."""
    return {
        "next_at": data["starts_at"],
        "next_minutes": data["minutes"],
        "next_place": data["place"],
        "next_video_url": data["video_url"],
    }


def no_meeting_left(case: Case) -> bool:
    """Whether the planned hand-over meeting was called off."""
    return meetings.planned(case, MeetingKind.UEBERGABEGESPRAECH) is None


def hold(case: Case, actor: Actor, data: Data) -> Changes:
    """Write the note of the hand-over with its four contents, attendance and the ticks given at the table.

    Also for a meeting that was never planned here. Writing it anew voids the ticks given before (OP-09, OP-10).
    Tells the principal when its word is still awaited.
    """
    meeting = meetings.planned(case, MeetingKind.UEBERGABEGESPRAECH) or last_handover(case)
    if meeting is None:
        meeting = meetings.record(
            case, actor, kind=MeetingKind.UEBERGABEGESPRAECH, on=data["held_on"], guests=table(case)
        )
    meetings.write_note(meeting, actor, held_on=data["held_on"], attended=by_seat(meeting, data["attended"]))
    words = {name: data[name] for name in ("starts_on", "measures", "statement", "statement_note")}
    Uebergabegespraech.objects.update_or_create(meeting=meeting, defaults=words | next_date(data))
    ticks = tick(meeting, actor, data["agreed"])
    if Seat.PRINCIPAL not in ticks and all(ticks.values()):
        notify.queue("optima_note_waits", case, notify.recipients(case, Party.PRINCIPAL), beside=actor.user)
    return {"held_on": data["held_on"].isoformat(), "note_version": meeting.note_version, "agreed": ticks}


def by_seat(meeting: Meeting, answers: Mapping[str, Any]) -> dict[int, Any]:
    """Answers given per seat, by invitee."""
    return {row.pk: answers[row.seat] for row in seats(meeting) if row.seat in answers}


def tick(meeting: Meeting, actor: Actor, answers: Mapping[str, bool | None]) -> dict[str, bool]:
    """Note who agreed or not, as far as anything was said; returns it by seat."""
    given = {seat: yes for seat, yes in answers.items() if yes is not None}
    for row in seats(meeting):
        if row.seat in given:
            row.meeting = meeting
            meetings.agree(row, actor, given[row.seat])
    return given


def agree(case: Case, actor: Actor, data: Data) -> Changes:
    """Tick the note for the seats named: one's own, or for the client by whoever sat with her or him."""
    meeting = last_handover(case)
    assert meeting is not None  # the state says so
    if data.get("note_version") not in (None, meeting.note_version):
        raise Conflict(case, _("Die Notiz wurde geändert, während Sie sie lasen."))
    if data.get("ended_note"):
        case.antrag.ended_note = data["ended_note"]
        case.antrag.save(update_fields=["ended_note"])
    return {"note_version": meeting.note_version, "agreed": tick(meeting, actor, data["agreed"])}


def all_agreed(case: Case) -> bool:
    """Whether everybody agreed to the note as it stands."""
    meeting = last_handover(case)
    return case.withdrawn_at is None and meeting is not None and meetings.agreement(meeting) is True


def somebody_declined(case: Case) -> bool:
    """Whether one «no» ended the matter (OP-10)."""
    meeting = last_handover(case)
    return case.withdrawn_at is None and meeting is not None and meetings.agreement(meeting) is False


def not_established(case: Case, actor: Actor | None, data: Data) -> Changes:
    """End the case on the day of the hand-over: no agreement (OP-10, OUT-03)."""
    meeting = last_handover(case)
    assert meeting is not None
    assert meeting.held_on is not None
    case.antrag.handover_on = meeting.held_on
    case.antrag.save(update_fields=["handover_on"])
    case.phase = Phase.ENDED
    end(case, meeting.held_on)
    return {}


def established(case: Case, actor: Actor | None, data: Data) -> Changes:
    """Everybody agreed: the hand-over counts, and the next Standortgespräch stands in all calendars (OP-17).

    Tells both sides at once only when case work begins later; else the start tells them.
    """
    meeting = last_handover(case)
    assert meeting is not None
    antrag, note = case.antrag, meeting.uebergabegespraech
    antrag.handover_on = meeting.held_on
    antrag.save(update_fields=["handover_on"])
    plan_next(case, meeting, note)
    if note.starts_on > clock.today():
        for party in (Party.PRINCIPAL, Party.CONTRACTOR):
            notify.queue("optima_agreed", case, notify.recipients(case, party), beside=actor.user if actor else None)
    return {"starts_on": note.starts_on.isoformat()}


def plan_next(case: Case, meeting: Meeting, note: Any) -> None:
    """Plan the Standortgespräch that ``note`` of ``meeting`` fixed; who was there or agreed to it has accepted."""
    planned = meetings.plan(
        case,
        portal(meeting),
        kind=MeetingKind.STANDORTGESPRAECH,
        starts_at=note.next_at,
        minutes=note.next_minutes,
        place=note.next_place,
        video_url=note.next_video_url,
        guests=table(case),
    )
    meetings.accept_for(planned, {row.seat for row in seats(meeting) if row.attended or row.agreed})


def ripe(case: Case) -> bool:
    """Whether the agreed day on which case work begins has come."""
    meeting = last_handover(case)
    return case.withdrawn_at is None and meeting is not None and meeting.uebergabegespraech.starts_on <= clock.today()


def begin(case: Case, actor: Actor | None, data: Data) -> Changes:
    """Case work begins: from now on the contractor alone leads (OP-11); the planned end follows from the duration.

    Should the adviser have left in the meantime, the institution leads without a person until it names one.
    """
    meeting = last_handover(case)
    assert meeting is not None
    antrag, row = case.antrag, side(case, Party.CONTRACTOR)
    antrag.started_on = meeting.uebergabegespraech.starts_on
    antrag.planned_until = add_months(antrag.started_on, antrag.planned_months or DEFAULT_MONTHS)
    antrag.save(update_fields=["started_on", "planned_until"])
    case.lead_institution, case.lead_user, case.lead_since = row.institution, in_charge(row), antrag.started_on
    return {"started_on": antrag.started_on.isoformat(), "lead": row.institution.name}


def open_seats(case: Case) -> list[Invitee]:
    """The seats of the hand-over that have not said yes or no to the note as it stands."""
    meeting = last_handover(case)
    if meeting is None:
        return []
    return [row for row in seats(meeting) if row.agreed is None or row.agreed_version != meeting.note_version]


def seat_open(seat: str) -> Any:
    """A condition for a Pendenz: this side has not agreed yet."""
    return lambda case: case.withdrawn_at is None and any(row.seat == seat for row in open_seats(case))


def has_not_answered(case: Case, actor: Actor) -> str | None:
    """Guard: the principal has not said yes or no to the note as it stands."""
    return None if seat_open(Seat.PRINCIPAL)(case) else _("Sie haben auf diese Notiz bereits geantwortet.")


def ticks_missing(case: Case, actor: Actor) -> str | None:
    """Guard: an answer that the contractor records is missing, the client's or its own."""
    if seat_open(Seat.CLIENT)(case) or seat_open(Seat.CONTRACTOR)(case):
        return None
    return _("Die Antworten der Klientin oder des Klienten und Ihre eigene sind festgehalten.")


def has_goal(case: Case, actor: Actor) -> str | None:
    """Guard: before the hand-over there is at least one goal with its expected result (UX-07)."""
    if any(goal.expected_result for goal in case.antrag.goals.all()):
        return None
    return _("Es fehlt ein Ziel mit dem erwarteten Ergebnis.")


def invited_open(kind: str, seat: str) -> Any:
    """A condition for a Pendenz: this side has not answered the invitation to a planned meeting yet."""

    def waits(case: Case) -> bool:
        rows = [row for row in case.meetings.all() if row.state == "planned" and row.kind == kind]
        return any(
            guest.seat == seat and guest.user_id and guest.reply == "open" for row in rows for guest in seats(row)
        )

    return waits


def somebody_cannot(case: Case) -> bool:
    """Whether somebody invited said «kann nicht» to a planned meeting, and nobody has moved it since."""
    rows = [row for row in case.meetings.all() if row.state == "planned"]
    return case.withdrawn_at is None and any(meetings.somebody_cannot(row) for row in rows)


def day_of(*kinds: str) -> Any:
    """The day of the next planned meeting of these kinds, for a Pendenz."""

    def due(case: Case) -> dt.date | None:
        days = [
            timezone.localdate(row.starts_at)
            for row in case.meetings.all()
            if row.state == "planned" and row.kind in kinds
        ]
        return min(days, default=None)

    return due
