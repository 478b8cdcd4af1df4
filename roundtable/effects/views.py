"""Asking everybody for their view before the meeting (RT-09, RT-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import clock, consents, notify
from iiz.core.actor import Actor
from iiz.core.models import Case, GuestLink, ScopeLine, Task

from ..enums import ParticipantKind
from ..models import Participant, Perspective
from ..queries import at_the_table, institution_of, is_covered, planned, told_as
from .dates import invite_guest

VIEW = "roundtable_view"
"""Purpose of the guest link: give one's view."""
LATE = dt.timedelta(days=7)
"""How long after the day by which it was asked for a view can still be given by a link, if no meeting is planned."""


def request(case: Case, actor: Actor, data: Mapping[str, Any]) -> dict[str, Any]:
    """Ask participants for their view by a day; ``data``: ``participants``, ``due_on``, ``message``.

    Offices get a Pendenz and a mail, people without an account a link if they have an e-mail address. Each request
    keeps on what it rests (PER-08); whoever the Vollmacht does not cover is not asked, nor who has given a view. Asked
    again, somebody gets the new day and a new mail.
    """
    done = {row.participant_id for row in case.perspectives.all() if row.given_at and row.cancelled_at is None}
    rows: list[Participant] = [row for row in data["participants"] if row.pk not in done and is_covered(case, row)]
    for row in rows:
        asked = {
            "due_on": data["due_on"],
            "message": data.get("message", ""),
            "basis": basis_of(case, row),
            "declined_at": None,
        }
        first = {"case": case, "asked_at": clock.now(), "asked_by": actor.user}
        view, _new = Perspective.objects.update_or_create(
            participant=row, cancelled_at=None, defaults=asked, create_defaults=asked | first
        )
        view.case = case
        invite(view, actor)
    return {"asked": len(rows), "due_on": data["due_on"], "who": [told_as(row) for row in rows]}


def invite(view: Perspective, actor: Actor) -> None:
    """Tell the office whose view is asked for, or send somebody without an account a link.

    Whoever has no e-mail address tells the coordination office, which writes the view down.
    """
    case, row = view.case, view.participant
    if row.participation is None:
        if not row.email:
            return
        invite_guest(VIEW, case, view.pk, row, _until(view), actor)
        return
    office, user = row.participation.institution, row.participation.user
    to = [(one, office) for one in notify.in_charge(office, user) if notify.may_read(case, one, office)]
    notify.queue("rt_view_asked", case, to, beside=actor.user, object_id=view.pk, mark=f"{case.version}")


def _until(view: Perspective) -> dt.datetime:
    """Until when a view can be given and changed by a link: some days after its day, or until the meeting begins."""
    day = max(view.due_on, clock.today()) + LATE
    until = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    meeting = planned(view.case)
    return max(until, meeting.starts_at) if meeting is not None else until


def basis_of(case: Case, row: Participant) -> ScopeLine | None:
    """The line on which an exchange with somebody rests; the client's own word needs none."""
    if row.kind == ParticipantKind.OFFICE:
        return consents.line_for(case, institution_of(row) or 0)
    return row.line


def unasked(case: Case) -> list[Participant]:
    """Who is at the table, covered, and has not been asked for a view."""
    asked = {row.participant_id for row in case.perspectives.all() if row.cancelled_at is None}
    return [row for row in at_the_table(case) if row.pk not in asked and is_covered(case, row)]


def somebody_unasked(case: Case, actor: Actor) -> str | None:
    """Guard: there is somebody to ask, or to ask again."""
    if unasked(case) or any(row.given_at is None and row.cancelled_at is None for row in case.perspectives.all()):
        return None
    return _("Alle am Tisch haben ihre Sicht abgegeben.")


def remind(task: Task) -> None:
    """Send the link of somebody without an account again, when the reminder of its Pendenz falls due."""
    view = Perspective.objects.filter(pk=task.object_id, given_at=None, cancelled_at=None).first()
    link = GuestLink.objects.filter(purpose=VIEW, object_id=task.object_id, used_at=None, revoked_at=None).first()
    if view is not None and link is not None and link.is_live:
        notify.queue_guest("rt_guest_view_reminder", link, mark=f"{task.pk}-{clock.today():%Y%m%d}")
