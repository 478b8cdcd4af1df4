"""Imported Optima rows as cases of the portal, ready for the bulk loader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import models
from django.utils import timezone

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.bulk import Load
from iiz.core.enums import Service
from iiz.core.models import Case, Institution
from optima.enums import Decision, KostengutspracheState, OptimaState
from optima.models import Antrag, Kostengutsprache, RefusalReason

from ..optima import REASONS
from .case_rows import OTHER_REASON, Offices, Reasons, case_of, imported
from .optima import (
    ACCEPTED,
    DECLINED,
    NOT_ESTABLISHED,
    OPEN,
    REFUSED,
    WITHDRAWN,
    OptimaRow,
)

SINCE = dt.date(2018, 10, 1)
"""Since when there is Optima."""

DECISIONS = {
    ACCEPTED: Decision.ACCEPTED,
    NOT_ESTABLISHED: Decision.ACCEPTED,
    REFUSED: Decision.REFUSED,
    WITHDRAWN: Decision.WITHDRAWN,
    DECLINED: Decision.CLIENT_DECLINED,
    OPEN: "",
}


def loads(rows: Iterable[tuple[OptimaRow, str]], actor: Actor | None) -> Iterator[Load]:
    """What the bulk loader writes for each row and its fingerprint.

    Makes the placeholder institutions and refusal reasons that are missing; call in the transaction of the load.
    """
    offices = Offices()
    reasons = Reasons(RefusalReason, REASONS, SINCE)
    now = clock.now()
    for row, content in rows:
        yield _Case(row, offices, reasons).load(content, actor, now)


@dataclass
class _Case:
    row: OptimaRow
    offices: Offices
    reasons: Reasons[RefusalReason]

    def load(self, content: str, actor: Actor | None, now: dt.datetime) -> Load:
        row = self.row
        state, ended_on = _state(row)
        principal = self.offices.of(row.principal)
        contractor = self.offices.of(row.contractor, 2 if row.contractor == row.principal else 1)
        leads = contractor if state == OptimaState.RUNNING else principal
        case = case_of(
            row,
            Service.OPTIMA,
            principal,
            lead_institution=leads,
            lead_since=(row.started_on if leads is contractor else ended_on) or row.arrived_on,
        )
        return Load(
            case=case,
            state=state,
            ended_on=ended_on,
            entered=now,
            events=[imported(state, content, actor, now)],
            records=lambda saved: self._records(saved, principal, contractor),
        )

    def _records(self, case: Case, principal: Institution, contractor: Institution) -> Iterator[models.Model]:
        row = self.row
        yield Antrag(
            case=case,
            principal=principal,
            principal_group=row.principal,
            contractor=contractor,
            contractor_group=row.contractor,
            planned_months=row.planned_months,
            zielgruppe=row.zielgruppe,
            submitted_at=timezone.make_aware(dt.datetime.combine(row.arrived_on, dt.time(12))),
            decision=DECISIONS[row.decision],
            decided_on=row.decided_on,
            refusal_reason=self.reasons.of(row.refusal_reason, row.decided_on),
            refusal_text=row.refusal_text,
            needs_recoding=row.refusal_reason == OTHER_REASON and not row.refusal_text,
            handover_on=row.handover_on,
            started_on=row.started_on,
            closing_reason=row.closing_reason,
            outcome=row.outcome,
        )
        promises = row.promises
        if not promises.requested:
            return
        # The contractor asks; a payer of the contractor's own kind is the office that stands for the principal.
        payer = principal if promises.payer == row.principal else self.offices.of(promises.payer)
        for place in range(promises.requested):
            state = KostengutspracheState.REQUESTED
            if place < promises.approved:
                state = KostengutspracheState.APPROVED
            elif place < promises.approved + promises.refused:
                state = KostengutspracheState.REFUSED
            assert promises.requested_on
            yield Kostengutsprache(
                case=case,
                requester=contractor,
                payer=payer,
                requested_on=promises.requested_on,
                decided_on=None if state == KostengutspracheState.REQUESTED else promises.decided_on,
                state=state,
                decision="" if state == KostengutspracheState.REQUESTED else state,
            )


def _state(row: OptimaRow) -> tuple[str, dt.date | None]:
    """The state that the row describes, and the day the case ended, if it did."""
    if row.decision == ACCEPTED:
        if row.closed_on:
            return OptimaState.CLOSED, row.closed_on
        return (OptimaState.RUNNING if row.started_on else OptimaState.ACCEPTED), None
    return {
        OPEN: (OptimaState.SUBMITTED, None),
        REFUSED: (OptimaState.REFUSED, row.decided_on),
        WITHDRAWN: (OptimaState.WITHDRAWN, row.decided_on),
        DECLINED: (OptimaState.CLIENT_DECLINED, row.decided_on),
        NOT_ESTABLISHED: (OptimaState.NOT_ESTABLISHED, row.handover_on),
    }[row.decision]
