"""The report that the work offer is intact again, its way back, and the closing talk that follows (RED-03, SH-07)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from iiz.core import clock, meetings
from iiz.core.actor import Actor
from iiz.core.enums import MeetingState
from iiz.core.models import Case
from iiz.core.templatetags.ui import day as written

from ..enums import MeetingKind
from . import release
from .release import Changes, Data

# What people do ---------------------------------------------------------------------------------------------------


def report(case: Case, actor: Actor, data: Data) -> Changes:
    """The work offer is intact again: the release ends today at the earliest, the RAV takes over again (RED-03, SH-07).

    Since when it is intact is information: a day in the past takes nothing back from somebody who relied on being
    released (OP-12). A paper that waits for its signature is void.
    """
    antrag, today = case.antrag, clock.today()
    antrag.work_offer_restored_on = data["restored_on"]
    antrag.save(update_fields=["work_offer_restored_on"])
    rows = release.agreements(case)
    waiting = release.unsigned(rows)
    if waiting is not None:
        waiting.replaced_at = clock.now()
    for row in rows:
        if row is waiting or release.is_open(row):
            row.ended_on = min(today, row.release_until) if row.signed_on else None
            row.ended_by_report = True
            row.save(update_fields=["replaced_at", "ended_on", "ended_by_report"])
    return {"restored_on": antrag.work_offer_restored_on.isoformat()}


def take_back(case: Case, actor: Actor, data: Data) -> Changes:
    """The report was a mistake: whatever it ended holds as before."""
    antrag = case.antrag
    before = antrag.work_offer_restored_on
    assert before is not None  # the guard says so
    antrag.work_offer_restored_on = None
    antrag.save(update_fields=["work_offer_restored_on"])
    for row in release.agreements(case):
        if row.ended_by_report:
            row.ended_on, row.ended_by_report = None, False
            row.replaced_at = row.replaced_at if row.signed_on else None
            row.save(update_fields=["replaced_at", "ended_on", "ended_by_report"])
    return {"work_offer_restored_on": [before.isoformat(), None]}


# Guards -----------------------------------------------------------------------------------------------------------


def not_reported(case: Case, actor: Actor) -> str | None:
    """Guard: the work offer has not been reported as intact yet."""
    day = case.antrag.work_offer_restored_on
    return _("Das ist bereits gemeldet: wieder intakt am %(day)s.") % {"day": written(day)} if day else None


def is_reported(case: Case, actor: Actor) -> str | None:
    """Guard: there is a report to take back."""
    return None if case.antrag.work_offer_restored_on else _("Es ist nichts gemeldet, das Sie zurücknehmen könnten.")


def release_wanted(case: Case, actor: Actor) -> str | None:
    """Guard: a release makes sense, for nobody has reported that its reason is gone."""
    if case.antrag.work_offer_restored_on is None:
        return None
    return _(
        "Gemeldet ist: Das Arbeitsangebot ist seit dem %(day)s wieder intakt. Eine Vereinbarung ALV braucht es nicht "
        "mehr. War die Meldung ein Versehen, kann der Auftragnehmer sie zurücknehmen."
    ) % {"day": written(case.antrag.work_offer_restored_on)}


# What waits -------------------------------------------------------------------------------------------------------


def closing_planned(case: Case) -> bool:
    """Whether the closing Standortgespräch waits to be held; a date that somebody cannot make waits for a new one."""
    return _closes(case) and any(not meetings.somebody_cannot(row) for row in _talks(case))


def closing_unplanned(case: Case) -> bool:
    """Whether the closing Standortgespräch has yet to be planned."""
    return _closes(case) and not _talks(case)


def _closes(case: Case) -> bool:
    return case.withdrawn_at is None and case.antrag.work_offer_restored_on is not None


def _talks(case: Case) -> list[meetings.Meeting]:
    return meetings.in_state(case, MeetingState.PLANNED, MeetingKind.STANDORTGESPRAECH)
