"""What happens to a meeting: planned, moved, cancelled, answered, held, agreed to.

Called by the effects of transitions, inside the engine's transaction: rights, open tasks and the audit are the
engine's. Every change is told to the people invited, with a calendar file, one mail a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from . import clock, notify, registry
from .actor import Actor
from .enums import WORKING_ROLES, MeetingState, Reply, Role
from .models import Case, Institution, Invitee, Meeting, Membership, User


@dataclass(frozen=True)
class Guest:
    """Somebody to invite: a person of an institution, the institution alone, the client, or a name.

    ``ref`` is who it is in the service's own rows, where it has any.
    """

    seat: str
    institution: Institution | None = None
    user: User | None = None
    name: str = ""
    ref: int | None = None


def plan(
    case: Case,
    actor: Actor,
    *,
    kind: str,
    starts_at: dt.datetime,
    guests: Iterable[Guest],
    minutes: int = 60,
    place: str = "",
    video_url: str = "",
    chair: Institution | None = None,
    reason: str = "",
) -> Meeting:
    """Plan a meeting and invite ``guests``; whoever plans it has thereby accepted.

    ``chair``: the institution that leads the talk and writes its note; the planning one if left out.
    Effects: the meeting, its invitees, a mail ``meeting_invited`` to each invited user.
    """
    meeting = Meeting.objects.create(
        case=case,
        kind=registry.meeting_kinds[kind].name,
        starts_at=starts_at,
        minutes=minutes,
        place=place,
        video_url=video_url,
        organiser=actor.institution,
        organised_by=actor.user,
        chair=chair or actor.institution,
        reason=reason,
        created_at=clock.now(),
    )
    Invitee.objects.bulk_create(_invitee(meeting, guest, actor) for guest in guests)
    _tell("meeting_invited", meeting, actor)
    return meeting


def record(case: Case, actor: Actor, *, kind: str, on: dt.date, guests: Iterable[Guest]) -> Meeting:
    """A meeting that took place without having been planned here; invites nobody. Its note follows."""
    midnight = timezone.make_aware(dt.datetime.combine(on, dt.time()))
    meeting = Meeting.objects.create(
        case=case,
        kind=registry.meeting_kinds[kind].name,
        starts_at=midnight,
        organiser=actor.institution,
        organised_by=actor.user,
        chair=actor.institution,
        created_at=clock.now(),
    )
    Invitee.objects.bulk_create(_invitee(meeting, guest, actor) for guest in guests)
    return meeting


def accept_for(meeting: Meeting, seats: Collection[str]) -> None:
    """Note that these seats agreed to the date when it was fixed at the table."""
    asked = meeting.invitees.filter(seat__in=seats).exclude(reply=Reply.ACCEPTED)
    asked.update(reply=Reply.ACCEPTED, replied_at=clock.now())


def _invitee(meeting: Meeting, guest: Guest, actor: Actor) -> Invitee:
    planner = guest.user is not None and guest.user == actor.user
    return Invitee(
        meeting=meeting,
        seat=guest.seat,
        institution=guest.institution,
        user=guest.user,
        name=guest.name,
        ref=guest.ref,
        reply=Reply.ACCEPTED if planner else Reply.OPEN,
    )


def move(
    meeting: Meeting, actor: Actor, *, starts_at: dt.datetime, minutes: int, place: str, video_url: str
) -> dict[str, Any]:
    """Change time or place of a planned meeting; returns what changed, for the audit.

    A new time opens the replies again, but for the actor's own. Everybody invited gets the new date as an update of
    the calendar entry; an invitation that had not left yet is replaced by it.
    """
    new = {"starts_at": starts_at, "minutes": minutes, "place": place, "video_url": video_url}
    changes = {name: [getattr(meeting, name), value] for name, value in new.items() if getattr(meeting, name) != value}
    if not changes:
        return {}
    for name, value in new.items():
        setattr(meeting, name, value)
    meeting.sequence += 1
    meeting.save()
    if "starts_at" in changes or "minutes" in changes:
        others = meeting.invitees.exclude(user=actor.user)
        others.update(reply=Reply.OPEN, reply_note="", replied_at=None)
        own = meeting.invitees.filter(user=actor.user)
        own.update(reply=Reply.ACCEPTED, reply_note="", replied_at=None)
    _tell("meeting_moved", meeting, actor)
    return {name: [_plain(old), _plain(value)] for name, (old, value) in changes.items() if name != "video_url"}


def cancel(meeting: Meeting, reason: str, actor: Actor | None = None) -> None:
    """Call a planned meeting off; the calendar entries of everybody invited vanish."""
    meeting.state = MeetingState.CANCELLED
    meeting.cancelled_at, meeting.cancel_reason = clock.now(), reason
    meeting.sequence += 1
    meeting.save()
    _tell("meeting_cancelled", meeting, actor)


def cancel_planned(case: Case, reason: str, actor: Actor | None = None) -> None:
    """Call off whatever is still planned on a case that ends or stops."""
    for meeting in case.meetings.filter(state=MeetingState.PLANNED):
        cancel(meeting, reason, actor)


def answer(meeting: Meeting, actor: Actor, reply: str, note: str = "") -> None:
    """Note how the actor answers the invitation; somebody who stands in answers for the institution's seat.

    A «kann nicht» is told to everybody else invited, each time somebody says so.
    """
    seats = meeting.invitees.filter(institution=actor.institution)
    own = seats.filter(user=actor.user)
    now = clock.now()
    (own if own.exists() else seats).update(reply=reply, reply_note=note, replied_at=now)
    if reply == Reply.DECLINED:
        _tell_declined(meeting, actor.user, f"{actor.user.pk}-{now.timestamp():.6f}")


def answer_for(meeting: Meeting, seat: Invitee, reply: str, note: str = "", *, by: User | None = None) -> None:
    """Note how somebody without an account answers, who did so by a link or – noted ``by`` a colleague – otherwise."""
    seat.reply, seat.reply_note, seat.replied_at = reply, note, clock.now()
    seat.save(update_fields=["reply", "reply_note", "replied_at"])
    if reply == Reply.DECLINED:
        _tell_declined(meeting, by, f"seat{seat.pk}-{seat.replied_at.timestamp():.6f}")


def _tell_declined(meeting: Meeting, beside: User | None, mark: str) -> None:
    mark = f"{meeting.sequence}-{mark}"
    to = _invited(meeting)
    notify.queue("meeting_declined", meeting.case, to, beside=beside, object_id=meeting.pk, mark=mark)


def write_note(
    meeting: Meeting, actor: Actor, *, held_on: dt.date, attended: Mapping[int, bool], note: str = "", kind: str = ""
) -> None:
    """Record that the meeting was held, who was there and what was said; void every earlier agreement.

    Held before the time it was planned for, its entry vanishes from the calendars of everybody invited.

    ``attended`` maps invitees to presence. ``kind`` renames it: a Standortgespräch that closes is an
    Abschlussgespräch.
    """
    early = meeting.state == MeetingState.PLANNED and meeting.starts_at > clock.now()
    if early or held_on != meeting.day:
        meeting.sequence += 1
    meeting.state, meeting.held_on, meeting.note = MeetingState.HELD, held_on, note
    meeting.kind = kind or meeting.kind
    meeting.note_version += 1
    meeting.noted_at, meeting.noted_by = clock.now(), actor.user
    meeting.save()
    for invitee in meeting.invitees.all():
        invitee.attended = attended.get(invitee.pk, False)
        invitee.agreed = invitee.agreed_at = invitee.agreed_recorded_by = None
        invitee.save()
    if early:
        _tell("meeting_held_early", meeting, actor)


def agree(invitee: Invitee, actor: Actor, yes: bool) -> None:
    """Tick the note as it stands: agreed or not; nobody signs (OP-10)."""
    invitee.agreed, invitee.agreed_version = yes, invitee.meeting.note_version
    invitee.agreed_at, invitee.agreed_recorded_by = clock.now(), actor.user
    invitee.save()


def reseat(case: Case, institution: Institution, user: User) -> None:
    """Let whoever is newly in charge at an institution take its seat at the meetings still planned.

    Whoever sat there is told, so that the entry vanishes from that calendar. Somebody who works for both sides and sits
    there already leaves the seat to the institution: nobody is invited twice.
    """
    for meeting in case.meetings.filter(state=MeetingState.PLANNED):
        seats = meeting.invitees.filter(institution=institution)
        if not seats.exists() or seats.filter(user=user).exists():
            continue
        before = [row.user for row in seats.select_related("user") if row.user is not None]
        seated = meeting.invitees.filter(user=user).exists()
        seats.update(user=None if seated else user, reply=Reply.OPEN, reply_note="", replied_at=None)
        if not seated:
            _tell("meeting_invited", meeting, None, only=user)
        notify.supersede(case, meeting.pk, before, "meeting_")
        notify.queue(
            "meeting_passed_on",
            case,
            [(person, institution) for person in before if notify.may_read(case, person, institution)],
            object_id=meeting.pk,
            mark=f"{meeting.sequence}-{user.pk}",
        )


def at_its_time(meeting: Meeting) -> bool:
    """Whether a held meeting was planned here and held on its day, so that its time is true."""
    planned = meeting.created_at < meeting.starts_at
    over = meeting.noted_at is not None and meeting.starts_at < meeting.noted_at
    return planned and over and meeting.planned_day == meeting.day


def label(meeting: Meeting) -> str:
    """What a meeting is called: *Übergabegespräch*."""
    return str(registry.meeting_kinds[meeting.kind].label)


def fetch(case: Case) -> None:
    """Fetch the meetings of a case, who sits there and their notes at once, for a page that asks many times."""
    rows = Meeting.objects.select_related("organiser", "chair", *notes())
    prefetch_related_objects([case], Prefetch("meetings", rows), "meetings__invitees")


def notes() -> list[str]:
    """The relations of a meeting under which the services keep their notes."""
    return sorted({name for kind in registry.meeting_kinds.values() for name in kind.related})


def in_state(case: Case, state: str, *kinds: str) -> list[Meeting]:
    """The meetings of a case in ``state``, of one of ``kinds`` if any are named, in the order of their dates."""
    return [row for row in case.meetings.all() if row.state == state and (not kinds or row.kind in kinds)]


def somebody_cannot(meeting: Meeting) -> bool:
    """Whether somebody invited said «kann nicht» to the date that holds."""
    return any(row.reply == Reply.DECLINED for row in meeting.invitees.all())


def planned(case: Case, *kinds: str) -> Meeting | None:
    """The next meeting still planned on a case, of one of ``kinds`` if any are named."""
    return next(iter(in_state(case, MeetingState.PLANNED, *kinds)), None)


def last_held(case: Case, *kinds: str) -> Meeting | None:
    """The meeting held last on a case, of one of ``kinds`` if any are named."""
    rows = in_state(case, MeetingState.HELD, *kinds)
    return max(rows, key=lambda row: (row.day, row.pk), default=None)


def agreement(meeting: Meeting) -> bool | None:
    """Whether everybody agreed to the note as it stands: yes, no (one «no» is enough), or still open."""
    ticks = [row.agreed if row.agreed_version == meeting.note_version else None for row in meeting.invitees.all()]
    if False in ticks:
        return False
    return True if ticks and all(ticks) else None


def gone(invitees: Iterable[Invitee]) -> set[int]:
    """Which of ``invitees`` no longer work for the institution they were invited for, by primary key; one query."""
    seats = [row for row in invitees if row.user_id and row.institution_id]
    people = {row.user_id for row in seats}
    roles = WORKING_ROLES | {Role.COORDINATOR}
    live = Membership.objects.valid_on().filter(user__in=people, user__is_active=True, role__in=roles)
    working = set(live.values_list("user", "institution"))
    return {row.pk for row in seats if (row.user_id, row.institution_id) not in working}


def _tell(kind: str, meeting: Meeting, actor: Actor | None, *, only: User | None = None) -> None:
    """Queue a mail about the meeting to everybody invited; older unsent ones are superseded.

    Also to whoever did it: the mail brings the file for the own calendar. The service tells whoever has no account.
    """
    if only is None:
        registry.meeting_kinds[meeting.kind].tell_guests(kind, meeting, actor)
    to = _invited(meeting, only)
    notify.supersede(meeting.case, meeting.pk, [user for user, _ in to], "meeting_")
    notify.queue(
        kind,
        meeting.case,
        to,
        object_id=meeting.pk,
        mark=meeting.sequence if only is None else f"{meeting.sequence}-{only.pk}",
    )


def tell_one(meeting: Meeting, user: User) -> None:
    """Invite somebody who was seated after the date was fixed."""
    _tell("meeting_invited", meeting, None, only=user)


def _invited(meeting: Meeting, only: User | None = None) -> list[tuple[User, Institution]]:
    """Everybody invited who has an account and may open the case, or ``only`` one of them.

    Instead of somebody who left, those who answer for the institution: they can take the seat.
    """
    rows = meeting.invitees.exclude(institution=None).select_related("user", "institution")
    return [
        (user, row.institution)
        for row in rows
        if row.institution is not None and (only is None or row.user == only)
        for user in notify.in_charge(row.institution, row.user)
        if notify.may_read(meeting.case, user, row.institution)
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value
