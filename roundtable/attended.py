"""What the tab of the meetings and the minutes say of a Roundtable that took place: who sat where, the note (RT-10)."""

from __future__ import annotations

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from iiz.core.actor import Actor
from iiz.core.blocks import Block, filled
from iiz.core.models import Case, Invitee, Meeting

from .enums import MeetingKind
from .models import Attendance
from .seating import named


def blocks(meeting: Meeting, actor: Actor) -> list[Block]:
    """Who sat in which part, where the meeting had two, and what was noted."""
    found = [Block("note", _("Notiz"), [("", meeting.note)])]
    if meeting.kind == MeetingKind.ROUNDTABLE:
        found.insert(0, Block("attended", _("Wer wann dabei war"), _by_part(meeting, actor)))
    return filled(found)


def _by_part(meeting: Meeting, actor: Actor) -> list[tuple[str, str]]:
    case = meeting.case
    prefetch_related_objects([case], "meetings__invitees__attendance", "participants__participation__institution")
    rows = [row for one in case.meetings.all() if one.pk == meeting.pk for row in one.invitees.all()]
    sat = [(row, found) for row in rows if (found := _attendance(row)) is not None]
    return [
        (_("Erster Teil"), "\n".join(_name(row, case, actor) for row, found in sat if found.first)),
        (_("Zweiter Teil"), "\n".join(_name(row, case, actor) for row, found in sat if found.second)),
    ]


def _attendance(row: Invitee) -> Attendance | None:
    found: Attendance | None = getattr(row, "attendance", None)
    return found


def _name(row: Invitee, case: Case, actor: Actor) -> str:
    """Who sat there, as far as ``actor`` may know."""
    known = next((one for one in case.participants.all() if one.pk == row.ref), None)
    if known is not None:
        return named(case, known, actor)
    return row.user.get_full_name() if row.user is not None else row.name
