"""Who takes part, for which person, and who needs health data (RT-08, PER-09, PER-10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from iiz.core import clock, consents, guests, meetings, notify
from iiz.core.actor import Actor
from iiz.core.consents import Line
from iiz.core.enums import GuestEnd, LegalBasis, Phase
from iiz.core.models import Case, GuestLink, Participation, ScopeLine, User
from iiz.core.workflow import NotAllowed

from ..enums import ParticipantKind
from ..models import Participant
from ..queries import at_the_table, is_covered, open_poll, planned, seat_of, told_as
from . import dates, management, plans, views
from .registration import seat_office

Data = Mapping[str, Any]
Changes = dict[str, Any]


def add_office(case: Case, actor: Actor, data: Data) -> Changes:
    """Let one more office take part; the Vollmacht must name it."""
    seat_office(case, actor, data["office"])
    return {"office": data["office"].name}


def add_person(case: Case, actor: Actor, data: Data) -> Changes:
    """Let somebody without an account take part: named by the Vollmacht, or wished by the client (PER-09).

    ``data``: ``kind``, ``name``, ``function``, ``email``, ``phone``, and ``line`` (a live line of the Vollmacht) or
    none, which records the client's wish. Raises ``NotAllowed`` for an address that sits at the table already.
    """
    email = data.get("email", "").strip().lower()
    if email and any(row.email.lower() == email for row in at_the_table(case)):
        raise NotAllowed(_("Mit dieser E-Mail-Adresse sitzt schon jemand am Tisch."))
    assert case.vollmacht is not None  # no case leaves the draft without one
    line = data.get("line") or consents.add(case.vollmacht, actor, Line(name=data["name"], basis=LegalBasis.WISH))
    row = Participant.objects.create(
        case=case,
        kind=data["kind"],
        line=line,
        name=data["name"],
        function=data.get("function", ""),
        email=email,
        phone=data.get("phone", ""),
        added_by=actor.user,
        added_at=clock.now(),
    )
    _reach(case, row, actor)
    return {"kind": row.kind, "basis": line.basis, "who": told_as(row)}


def change_person(case: Case, actor: Actor, data: Data) -> Changes:
    """Put address, telephone or function of somebody right.

    A new address ends the links to the old one, and what is asked of the person now goes there at once.
    """
    row: Participant = data["participant"]
    email = data.get("email", "").strip().lower()
    if email and any(other.email.lower() == email and other.pk != row.pk for other in at_the_table(case)):
        raise NotAllowed(_("Mit dieser E-Mail-Adresse sitzt schon jemand am Tisch."))
    is_new = email != row.email.lower()
    if is_new:
        _end_links(case, row, actor)
    fresh = {"email": email, "phone": data.get("phone", ""), "function": data.get("function", row.function)}
    changed = [name for name, value in fresh.items() if value != getattr(row, name)]
    for name in changed:
        setattr(row, name, fresh[name])
    row.save(update_fields=changed)
    if is_new:
        _reach(case, row, actor)
    return {"kind": row.kind, "who": told_as(row), "fields": changed}


def _reach(case: Case, row: Participant, actor: Actor) -> None:
    """Send somebody without an account the links to what is asked now: dates, the invitation, the view, the plan."""
    row.case = case
    if not row.email or not is_covered(case, row):
        return
    poll, meeting = open_poll(case), planned(case)
    if poll is not None:
        dates.ask_guest(case, poll, row, actor)
    if meeting is not None and seat_of(meeting, row) is not None:
        dates.invite_guest(dates.REPLY, case, meeting.pk, row, meeting.starts_at, actor)
    for view in case.perspectives.filter(participant=row, cancelled_at=None, given_at=None, declined_at=None):
        view.case, view.participant = case, row
        views.invite(view, actor)
    plans.reach(case, row, actor)


def end_participant(case: Case, actor: Actor, data: Data) -> Changes:
    """Somebody takes part no longer; nothing of what was written is lost, links end at once (RT-08).

    A line by the client's wish ends with it; one that was signed stays, for it is the client's to narrow (PER-09).
    Raises ``NotAllowed`` for the client and for the office that registered the case.
    """
    row: Participant = data["participant"]
    if row.kind == ParticipantKind.CLIENT:
        raise NotAllowed(_("Ohne die Klientin oder den Klienten gibt es keinen Roundtable."))
    part: Participation | None = row.participation
    if part is not None:
        if part.institution_id == case.registering_institution_id:
            raise NotAllowed(_("Diese Stelle hat den Fall angemeldet und bleibt dabei."))
        part.until = clock.today()
        part.save(update_fields=["until"])
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    _end_links(case, row, actor)
    line = row.line
    if line is not None and line.basis == LegalBasis.WISH and line.ended_at is None and not _rests_on(line):
        consents.narrow(line, actor, None)
    return {"kind": row.kind, "who": told_as(row)}


def _rests_on(line: ScopeLine) -> bool:
    """Whether anybody still sits at a table, of whatever open case, by this line."""
    return Participant.objects.filter(line=line, ended_at=None, case__phase=Phase.OPEN).exists()


def _end_links(case: Case, row: Participant, actor: Actor) -> None:
    for link in GuestLink.objects.filter(case=case, ref=row.pk, used_at=None, revoked_at=None):
        guests.revoke(link, GuestEnd.OVER, actor)


def need_health(case: Case, actor: Actor, data: Data) -> Changes:
    """Say whether an office needs health data for its part; it gets them only if the Vollmacht says so too (PER-10)."""
    part: Participation = data["participant"].participation
    part.health = data["health"]
    part.save(update_fields=["health"])
    return {"office": part.institution.name, "health": part.health}


def assign(case: Case, actor: Actor, data: Data) -> Changes:
    """Put a person of the own office in charge, also at the meetings to come and for the case management.

    Tells that person, and with the case management also the others.
    """
    user: User = data["adviser"]
    part = case.participations.select_related("institution").get(institution=actor.institution, until=None)
    if part.user_id == user.pk:
        return {"adviser": user.get_full_name()}
    part.user = user
    part.save(update_fields=["user"])
    management.pass_on(case, part.institution, user, actor)
    if case.lead_institution_id == part.institution_id:
        case.lead_user = user
    meetings.reseat(case, part.institution, user)
    notify.queue("rt_assigned", case, [(user, part.institution)], beside=actor.user)
    return {"adviser": user.get_full_name()}
