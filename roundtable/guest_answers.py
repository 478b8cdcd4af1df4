"""What people without an account say by a link: which dates suit, and whether they come (RT-08, PER-09).

Both may be said otherwise as long as the link holds: until the day by which the answer was asked for, and until the
meeting begins. Nothing else of the case can be reached. A change of the case ends the link, see :func:`no_dates` and
:func:`no_reply`; an answer takes the lock of the case, so that it comes before such a change or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, guests, meetings, workflow
from iiz.core.enums import MeetingState, Phase
from iiz.core.models import Case, GuestLink, Invitee, Meeting

from .effects.dates import keep_answers
from .models import DatePoll, Participant
from .queries import at_the_table, is_covered, open_poll, seat_of

WORDS = {
    "rt_guest_answered_dates": gettext_lazy("hat auf die Terminvorschläge geantwortet"),
    "rt_guest_replied": gettext_lazy("hat auf die Einladung geantwortet"),
}
"""Audit verb → what the timeline says."""


def participant_of(link: GuestLink) -> Participant | None:
    """Whose link it is, while that person sits at the table."""
    return next((row for row in at_the_table(link.case) if row.pk == link.ref), None)


def poll_of(link: GuestLink) -> DatePoll | None:
    """The dates that a link asks about, while they are proposed."""
    poll = open_poll(link.case)
    return poll if poll is not None and poll.pk == link.object_id else None


def meeting_of(link: GuestLink) -> tuple[Meeting, Invitee] | None:
    """The meeting that a link invites to, and the seat there, while it is planned."""
    found = Meeting.objects.filter(pk=link.object_id, case=link.case_id, state=MeetingState.PLANNED)
    meeting = found.select_related("organiser", "case").prefetch_related("invitees").first()
    row = participant_of(link)
    seat = seat_of(meeting, row) if meeting is not None and row is not None else None
    return (meeting, seat) if meeting is not None and seat is not None else None


# Hindrances ---------------------------------------------------------------------------------------------------------


def no_part(link: GuestLink) -> str:
    """Why somebody may not act in the case any more, as a German sentence; empty if nothing hinders."""
    case: Case = link.case
    if case.phase != Phase.OPEN:
        return _("Der Fall ist abgeschlossen. Sie müssen nichts mehr tun.")
    row = participant_of(link)
    if row is None:
        return _("Ihre Teilnahme an diesem Roundtable ist beendet. Sie müssen nichts mehr tun.")
    if not is_covered(case, row):
        return _("Die Vollmacht gilt nicht mehr für Sie. Es wird nichts mehr ausgetauscht.")
    return ""


def no_dates(link: GuestLink) -> str:
    """Why there are no dates to answer."""
    reason = no_part(link)
    if reason:
        return reason
    if poll_of(link) is None:
        return _("Diese Terminvorschläge gelten nicht mehr. Steht der Termin fest, so erhalten Sie eine Einladung.")
    return ""


def no_reply(link: GuestLink) -> str:
    """Why there is no invitation to answer."""
    reason = no_part(link)
    if reason or meeting_of(link) is not None:
        return reason
    meeting = Meeting.objects.filter(pk=link.object_id).first()
    if meeting is not None and meeting.state == MeetingState.HELD:
        return _("Dieses Gespräch hat stattgefunden. Sie müssen nichts mehr tun.")
    if meeting is not None and meeting.state == MeetingState.CANCELLED:
        return _("Dieses Gespräch ist abgesagt. Sie müssen nichts mehr tun.")
    return _("Sie sind zu diesem Gespräch nicht mehr eingeladen.")


# Deeds --------------------------------------------------------------------------------------------------------------


def answer(link: GuestLink, answers: Mapping[int, str]) -> None:
    """Keep what a guest says to the proposed dates; the last word counts. Raises ``guests.Gone``."""
    with transaction.atomic():
        link = _held(link)
        poll, row = poll_of(link), participant_of(link)
        if poll is None or row is None:
            raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
        keep_answers(poll, row, answers)
        guests.record(link, "rt_guest_answered_dates", link.case, {"answers": len(answers)})
        workflow.settle(link.case)


def reply(link: GuestLink, word: str, note: str) -> None:
    """Keep whether a guest comes; a «kann nicht» is told to those invited. Raises ``guests.Gone``."""
    with transaction.atomic():
        link = _held(link)
        found = meeting_of(link)
        if found is None:
            raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
        meeting, seat = found
        if (seat.reply, seat.reply_note) == (word, note):
            return  # sent twice
        meetings.answer_for(meeting, seat, word, note)
        guests.record(link, "rt_guest_replied", link.case, {"reply": word})
        workflow.settle(link.case)


def _held(link: GuestLink) -> GuestLink:
    """The link as it is now, its case locked; raises ``guests.Gone`` if it ended meanwhile."""
    row = guests.held(link)
    if not row.lives_at(clock.now()) or guests.hindrance(row):
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
    return row
