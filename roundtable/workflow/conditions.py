"""When something waits in a Roundtable, and whom it is asked of; the rows that use it stand in ``waits``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils import timezone

from iiz.core.enums import ParticipationRole, Phase, Reply
from iiz.core.models import Case, Institution, Participation
from iiz.core.waits import Asked

from ..enums import ParticipantKind
from ..models import Perspective
from ..queries import (
    asked,
    at_the_table,
    has_answered,
    is_covered,
    live_perspectives,
    moderator,
    open_poll,
    planned,
    told_as,
)

RENEW_AHEAD = dt.timedelta(days=30)
"""How long before its end a Vollmacht is to be renewed."""


def stands(case: Case) -> bool:
    """The case is open, and the Vollmacht is not withdrawn."""
    return case.phase == Phase.OPEN and case.withdrawn_at is None


def by_coordination(case: Case) -> bool:
    """The coordination office writes the draft."""
    return not any(row.until is None for row in case.participations.all())


def to_plan(case: Case) -> bool:
    """Neither a meeting nor proposed dates, and no meeting was held."""
    return stands(case) and planned(case) is None and open_poll(case) is None


def to_fix(case: Case) -> bool:
    """Dates are proposed, and all have answered or the time to answer is over."""
    poll = open_poll(case)
    if poll is None or not stands(case):
        return False
    rows = [row for row in asked(case, poll) if row.participation or row.email]
    missing = [row for row in rows if not has_answered(poll, row)]
    return not missing or poll.answer_by < timezone.localdate()


def answer_by(case: Case) -> dt.date | None:
    """Until when the proposed dates are to be answered."""
    poll = open_poll(case)
    return poll.answer_by if poll else None


def meeting_day(case: Case) -> dt.date | None:
    """The day of the meeting that is planned."""
    meeting = planned(case)
    return meeting.planned_day if meeting else None


def somebody_declined(case: Case) -> bool:
    """Somebody cannot come to the planned meeting."""
    meeting = planned(case)
    return meeting is not None and stands(case) and any(row.reply == Reply.DECLINED for row in meeting.invitees.all())


def must_renew(case: Case) -> bool:
    """The Vollmacht ends within a month, or is over."""
    vollmacht = case.vollmacht
    return stands(case) and vollmacht is not None and vollmacht.valid_until <= timezone.localdate() + RENEW_AHEAD


def to_sign(case: Case) -> Iterator[Asked]:
    """The office that registered the case, while the Vollmacht holds: it gets a new signature most easily (NFR-06).

    Where it moderates, it is asked as such.
    """
    vollmacht = case.vollmacht
    if vollmacht is None or not must_renew(case) or not vollmacht.holds_on(timezone.localdate()):
        return
    if moderator(case) is not None:
        return
    for part in offices(case):
        if part.institution_id == case.registering_institution_id:
            begun = vollmacht.valid_until - RENEW_AHEAD
            yield Asked(vollmacht.pk, part.institution_id, begun, part.user_id, due=vollmacht.valid_until)


def end_of_vollmacht(case: Case) -> dt.date | None:
    """The last day of the Vollmacht."""
    return case.vollmacht.valid_until if case.vollmacht else None


def offices(case: Case) -> Iterator[Participation]:
    """The participations of the offices at the table that the Vollmacht covers."""
    for row in at_the_table(case):
        if row.kind == ParticipantKind.OFFICE and row.participation is not None and is_covered(case, row):
            yield row.participation


def no_answer(case: Case) -> Iterator[Asked]:
    """Offices that have not answered to the proposed dates."""
    poll = open_poll(case)
    if poll is None or not stands(case):
        return
    for row in asked(case, poll):
        part = row.participation
        if part is not None and not has_answered(poll, row):
            begun = timezone.localdate(poll.opened_at)
            yield Asked(poll.pk, part.institution_id, begun, part.user_id, due=poll.answer_by)


def no_reply(case: Case) -> Iterator[Asked]:
    """Offices that have not answered an invitation."""
    meeting = planned(case)
    if meeting is None or not stands(case):
        return
    for part in offices(case):
        seats = [row for row in meeting.invitees.all() if row.institution_id == part.institution_id]
        if any(row.reply == Reply.OPEN for row in seats):
            yield Asked(meeting.pk, part.institution_id, timezone.localdate(), part.user_id)


def missing_views(case: Case) -> list[Perspective]:
    """The views that were asked for and are still expected."""
    rows = [row for row in live_perspectives(case) if row.given_at is None and row.declined_at is None]
    return [row for row in rows if is_covered(case, row.participant)] if stands(case) else []


def no_view(case: Case) -> Iterator[Asked]:
    """Offices whose view was asked for and is not there."""
    for row in missing_views(case):
        part = row.participant.participation
        if part is not None:
            yield Asked(row.pk, part.institution_id, timezone.localdate(row.asked_at), part.user_id, due=row.due_on)


def no_view_of_guests(case: Case) -> Iterator[Asked]:
    """Views of people with a link that are not there: whoever moderates keeps an eye on them."""
    yield from _of_others(case, with_link=True)


def to_write_down(case: Case) -> Iterator[Asked]:
    """Views of people without account and address: whoever moderates asks, and writes them down."""
    yield from _of_others(case, with_link=False)


def whose_views(keys: Iterable[int]) -> dict[int, str]:
    """About whom views are, by key: an office or a function."""
    rows = Perspective.objects.filter(pk__in=list(keys)).select_related("participant__participation__institution")
    return {row.pk: told_as(row.participant) for row in rows}


def _of_others(case: Case, *, with_link: bool) -> Iterator[Asked]:
    others = [row for row in missing_views(case) if row.participant.participation is None]
    missing = [row for row in others if bool(row.participant.email) == with_link]
    asked = moderating(case) if missing else None
    if asked is not None:
        for row in missing:
            yield Asked(row.pk, asked[0], timezone.localdate(row.asked_at), asked[1], due=row.due_on)


def moderating(case: Case) -> tuple[int, int | None] | None:
    """The institution that moderates, and whoever is in charge there."""
    part = moderator(case)
    if part is not None:
        return part.institution_id, part.user_id
    office = Institution.objects.coordination()
    return (office.pk, None) if office is not None else None


def unassigned(case: Case) -> Iterator[Asked]:
    """Offices that have named nobody yet."""
    if not stands(case):
        return
    for part in offices(case):
        if part.user_id is None and part.role == ParticipationRole.PARTICIPANT:
            yield Asked(part.pk, part.institution_id, part.since)


def no_confirmation(case: Case) -> Iterator[Asked]:
    """Offices that are asked to confirm a document."""
    if not stands(case):
        return
    for row in case.confirmations.all():
        part = row.participant.participation
        open_ = row.answered_at is None and row.cancelled_at is None
        if part is not None and part.until is None and open_ and is_covered(case, row.participant):
            begun = timezone.localdate(row.asked_at)
            yield Asked(row.pk, part.institution_id, begun, part.user_id, due=row.due_on)
