"""Imported Optima rows as cases of the portal, ready for the bulk loader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import models
from django.utils import timezone

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.bulk import Event, Load
from iiz.core.enums import InstitutionKind, Origin, Service, StatisticsGroup
from iiz.core.models import Case, Institution
from optima.enums import Decision, KostengutspracheState, OptimaState
from optima.models import Antrag, Kostengutsprache, RefusalReason

from ..optima import REASONS
from .optima import (
    ACCEPTED,
    DECLINED,
    NOT_ESTABLISHED,
    OPEN,
    OTHER_REASON,
    REFUSED,
    WITHDRAWN,
    OptimaRow,
)

VERB = "case_imported"
CONTENT = "content"
"""Where the audit entry keeps the fingerprint of the imported row."""

PLACEHOLDERS = {
    (StatisticsGroup.IV, 1): ("IV (Import)", InstitutionKind.IV),
    (StatisticsGroup.RAV, 1): ("RAV (Import)", InstitutionKind.RAV),
    (StatisticsGroup.SH, 1): ("Sozialhilfe (Import)", InstitutionKind.SOCIAL_SERVICE),
    (StatisticsGroup.SH, 2): ("Sozialhilfe 2 (Import)", InstitutionKind.SOCIAL_SERVICE),
}
"""Institutions that stand in for the real ones, which the files do not name. Nobody works there."""

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
    offices = _Offices()
    reasons = _Reasons()
    now = clock.now()
    for row, content in rows:
        yield _Case(row, offices, reasons).load(content, actor, now)


@dataclass
class _Case:
    row: OptimaRow
    offices: _Offices
    reasons: _Reasons

    def load(self, content: str, actor: Actor | None, now: dt.datetime) -> Load:
        row = self.row
        state, ended_on = _state(row)
        principal = self.offices.of(row.principal)
        contractor = self.offices.of(row.contractor, 2 if row.contractor == row.principal else 1)
        leads = contractor if state == OptimaState.RUNNING else principal
        case = Case(
            number=row.number,
            service=Service.OPTIMA,
            registering_institution=principal,
            origin=Origin.IMPORTED,
            arrived_on=row.arrived_on,
            arrival_year=row.arrived_on.year,
            lead_institution=leads,
            lead_since=(row.started_on if leads is contractor else ended_on) or row.arrived_on,
            region=row.region,
            sex=row.sex,
            age_band=row.age_band,
        )
        return Load(
            case=case,
            state=state,
            ended_on=ended_on,
            entered=now,
            events=[Event(now, VERB, actor, {"state": state, CONTENT: content})],
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


class _Offices:
    """The placeholder institutions, found or made when first needed."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Institution] = {}

    def of(self, group: str, place: int = 1) -> Institution:
        """The placeholder of ``group``; social assistance has a second one."""
        if (group, place) not in self._known:
            name, kind = PLACEHOLDERS[StatisticsGroup(group), place]
            self._known[group, place], _new = Institution.objects.get_or_create(
                name=name, defaults={"short_name": name, "kind": kind, "is_placeholder": True}
            )
        return self._known[group, place]


class _Reasons:
    """The listed refusal reasons by code; published ones that are not there yet are added."""

    def __init__(self) -> None:
        self._rows: dict[str, list[RefusalReason]] = {}
        for reason in RefusalReason.objects.order_by("valid_from"):
            self._rows.setdefault(reason.code, []).append(reason)

    def of(self, code: str, day: dt.date | None) -> RefusalReason | None:
        """The row in force on ``day``, else the first there was."""
        if not code or day is None:
            return None
        if code not in self._rows:
            self._rows[code] = [
                RefusalReason.objects.create(
                    code=code,
                    label=str(REASONS[code]),
                    needs_text=code == OTHER_REASON,
                    position=list(REASONS).index(code),
                    valid_from=dt.date(2018, 10, 1),
                )
            ]
        rows = self._rows[code]
        return next((reason for reason in rows if reason.holds_on(day)), rows[0])
