"""Imported Roundtable rows as cases of the portal, ready for the bulk loader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db import models
from django.utils import timezone

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.bulk import Load
from iiz.core.enums import Service
from iiz.core.models import Case, Institution
from roundtable.enums import RoundtableState, StartDecision
from roundtable.models import NotStartedReason, PastMeeting, Roundtable

from ..roundtable import FIRST_YEAR
from ..roundtable_lines import REASONS
from .case_rows import Offices, Reasons, case_of, imported
from .roundtable import NOT_STARTED, OPEN, STARTED, RoundtableRow

DECISIONS = {STARTED: StartDecision.STARTED, NOT_STARTED: StartDecision.NOT_STARTED, OPEN: ""}
SINCE = dt.date(FIRST_YEAR, 1, 1)


def loads(rows: Iterable[tuple[RoundtableRow, str]], actor: Actor | None) -> Iterator[Load]:
    """What the bulk loader writes for each row and its fingerprint.

    Makes the placeholder institutions and reasons that are missing; call in the transaction of the load.
    """
    offices = Offices()
    reasons = Reasons(NotStartedReason, REASONS, SINCE)
    now = clock.now()
    for row, content in rows:
        office = offices.of(row.registered_by)
        state, ended_on = _state(row)
        yield Load(
            case=case_of(row, Service.ROUNDTABLE, office, lead_institution=office, lead_since=row.arrived_on),
            state=state,
            ended_on=ended_on,
            entered=now,
            events=[imported(state, content, actor, now)],
            records=_Records(row, office, reasons.of(row.not_started_reason, row.decided_on)),
        )


class _Records:
    """The rows of one case, once it has its key."""

    def __init__(self, row: RoundtableRow, office: Institution, reason: NotStartedReason | None) -> None:
        self.row, self.office, self.reason = row, office, reason

    def __call__(self, case: Case) -> Iterator[models.Model]:
        row, meetings = self.row, self.row.meetings
        record = Roundtable(
            case=case,
            registered_office=self.office,
            registered_group=row.registered_by,
            registered_text=row.registered_text,
            submitted_at=timezone.make_aware(dt.datetime.combine(row.arrived_on, dt.time(12))),
            decision=DECISIONS[row.decision],
            decided_on=row.decided_on,
            not_started_reason=self.reason,
            closing_reason=row.closing_reason,
            solution=row.solution,
        )
        yield record
        alone = meetings.self_organised
        for day in meetings.days:
            yield PastMeeting(roundtable=record, held_on=day, not_before=day, not_after=day, self_organised=alone)
        for _nth in range(meetings.undated):
            first, last = row.arrived_on, meetings.days[-1]
            yield PastMeeting(roundtable=record, not_before=first, not_after=last, self_organised=alone)


def _state(row: RoundtableRow) -> tuple[str, dt.date | None]:
    """The state that the row describes, and the day the case ended, if it did."""
    if row.decision == STARTED:
        return (RoundtableState.CLOSED if row.closed_on else RoundtableState.RUNNING), row.closed_on
    if row.decision == NOT_STARTED:
        return RoundtableState.NOT_STARTED, row.decided_on
    return RoundtableState.REGISTERED, None
