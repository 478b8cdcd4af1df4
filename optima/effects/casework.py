"""Standortgespräche, extra meetings, and the end of the case work (OP-16 to OP-21, OUT-04 to OUT-06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from iiz.core import audit, clock, meetings, notify
from iiz.core.actor import Actor
from iiz.core.enums import MeetingState
from iiz.core.models import Case, Meeting
from iiz.core.workdays import add_months
from iiz.core.workflow import Party, end

from ..division import notes, tasks
from ..enums import Continuation, MeetingKind, OptimaState
from ..models import Abschluss, Correction, MeetingRequest, Standortgespraech
from ..queries import in_charge, procedure_of
from .handover import by_seat, next_date, plan_next, side, table, when

Data = Mapping[str, Any]
Changes = dict[str, Any]


def plan(case: Case, actor: Actor, data: Data) -> Changes:
    """Plan the next Standortgespräch, or an extra meeting; the latter answers the principal's wish (OP-16, OP-17)."""
    meeting = meetings.plan(
        case, actor, kind=data["kind"], guests=table(case), reason=data.get("reason", ""), **when(data)
    )
    if data["kind"] == MeetingKind.EXTRA:
        _open_requests(case).update(meeting=meeting, answered_at=clock.now(), answered_by=actor.user)
    return {"kind": meeting.kind, "starts_at": meeting.starts_at.isoformat()}


def ask_for(case: Case, actor: Actor, data: Data) -> Changes:
    """The principal wants an extra meeting and says why (OP-16)."""
    MeetingRequest.objects.create(
        case=case, institution=actor.institution, asked_by=actor.user, asked_at=clock.now(), reason=data["reason"]
    )
    return {}


def decline(case: Case, actor: Actor, data: Data) -> Changes:
    """The contractor answers the wish without a meeting."""
    _open_requests(case).update(answer=data["answer"], answered_at=clock.now(), answered_by=actor.user)
    return {}


def _open_requests(case: Case) -> Any:
    return MeetingRequest.objects.filter(case=case, answered_at=None)


def is_wanted(case: Case) -> bool:
    """Whether a wish for an extra meeting is unanswered."""
    return case.withdrawn_at is None and any(row.answered_at is None for row in case.meeting_requests.all())


def wanted(case: Case, actor: Actor) -> str | None:
    """Guard: somebody wished for an extra meeting."""
    return None if is_wanted(case) else _("Es ist kein Gespräch gewünscht.")


def not_wanted_yet(case: Case, actor: Actor) -> str | None:
    """Guard: one wish at a time."""
    return _("Ein Gespräch ist bereits gewünscht; die Antwort steht noch aus.") if is_wanted(case) else None


def extra_planned(case: Case, actor: Actor) -> str | None:
    """Guard: there is an extra meeting to write a note about."""
    return None if _planned(case, MeetingKind.EXTRA) else _("Es ist kein zusätzliches Gespräch geplant.")


def hold_extra(case: Case, actor: Actor, data: Data) -> Changes:
    """Write the note of an extra meeting; it decides nothing about the case."""
    meeting: Meeting = data["meeting"]
    meetings.write_note(
        meeting, actor, held_on=data["held_on"], attended=by_seat(meeting, data["attended"]), note=data["note"]
    )
    return {"held_on": data["held_on"].isoformat()}


def hold(case: Case, actor: Actor, data: Data) -> Changes:
    """Write the note of a Standortgespräch: go on with a next date, or close (OP-18 to OP-21).

    Going on plans the next meeting and may extend the duration; closing makes it the Abschlussgespräch and records
    reason, outcome, cause and result. The row ``close`` follows by itself.
    """
    closing = data["decision"] == Continuation.CLOSE
    kind = MeetingKind.ABSCHLUSSGESPRAECH if closing else MeetingKind.STANDORTGESPRAECH
    meeting = meetings.planned(case, MeetingKind.STANDORTGESPRAECH) or meetings.record(
        case, actor, kind=kind, on=data["held_on"], guests=table(case)
    )
    meetings.write_note(meeting, actor, held_on=data["held_on"], attended=by_seat(meeting, data["attended"]), kind=kind)
    note = Standortgespraech.objects.create(
        meeting=meeting,
        decision=data["decision"],
        progress=data["progress"],
        measures=data.get("measures", ""),
        **({} if closing else next_date(data) | {"extended_months": data.get("extended_months")}),
    )
    changes = {"held_on": data["held_on"].isoformat(), "decision": str(data["decision"])}
    if closing:
        return changes | _record_closure(case, actor, data, meeting)
    plan_next(case, meeting, note)
    tell = notify.recipients(case, Party.PRINCIPAL)
    notify.queue("optima_continued", case, tell, beside=actor.user)
    return changes | _extend(case, data.get("extended_months"))


def _extend(case: Case, months: int | None) -> Changes:
    if not months:
        return {}
    antrag = case.antrag
    before = antrag.planned_until or antrag.started_on or clock.today()
    antrag.planned_until = add_months(before, months)
    antrag.planned_months = (antrag.planned_months or 0) + months
    antrag.save(update_fields=["planned_until", "planned_months"])
    return {"planned_until": [before.isoformat(), antrag.planned_until.isoformat()]}


def _record_closure(case: Case, actor: Actor, data: Data, meeting: Meeting | None) -> Changes:
    antrag = case.antrag
    antrag.outcome, antrag.closing_reason = data["outcome"], data["reason"].label
    antrag.save(update_fields=["outcome", "closing_reason"])
    closure = Abschluss.objects.create(
        antrag=antrag,
        meeting=meeting,
        reason=data["reason"],
        papers=data.get("papers", ""),
        note=data.get("note", ""),
        exception=data.get("exception", ""),
        closed_by=actor.user,
        closed_at=clock.now(),
    )
    closure.causes.set(data.get("causes", []))
    closure.results.set(data.get("results", []))
    return {"reason": data["reason"].code, "outcome": str(data["outcome"])}


def close_exceptionally(case: Case, actor: Actor, data: Data) -> Changes:
    """Close without a Standortgespräch, saying why: an exception (OP-19). The row ``close`` follows by itself."""
    return _record_closure(case, actor, data, None)


def is_decided(case: Case) -> bool:
    """Whether the closure is recorded."""
    return bool(case.antrag.outcome)


def close(case: Case, actor: Actor | None, data: Data) -> Changes:
    """End the case; the lead returns to the principal, who takes up again what rested (OP-20).

    Ends on the day of the final meeting. Meetings still planned are called off. Whoever has left the principal does
    not lead again: then it is the institution alone.
    """
    row, meeting = side(case, Party.PRINCIPAL), case.antrag.abschluss.meeting
    day = (meeting.held_on if meeting is not None else None) or clock.today()
    case.lead_institution, case.lead_user, case.lead_since = row.institution, in_charge(row), day
    meetings.cancel_planned(case, _("Der Fall ist abgeschlossen."))
    end(case, day)
    return {"lead": row.institution.name}


def resume(case: Case, actor: Actor, data: Data) -> Changes:
    """The principal has taken up again what rested, all of it or the lines it ticked (RED-08)."""
    antrag, open_lines = case.antrag, to_resume(case)
    ticked = data.get("taken_up", open_lines)
    antrag.resumed = [*antrag.resumed, *ticked]
    left = [line for line in open_lines if line not in ticked]
    if not left:
        antrag.resumed_on = clock.today()
    antrag.save(update_fields=["resumed", "resumed_on"])
    return {"left": len(left)}


def to_resume(case: Case) -> list[str]:
    """What rested and the principal has not ticked yet, by the Aufgabenteilung of the case."""
    procedure = procedure_of(case)
    antrag = case.antrag
    return [line for line in tasks(procedure.resumes, antrag) if line not in antrag.resumed] if procedure else []


def not_taken_up(case: Case) -> list[str]:
    """What is not taken up again, and why: said beside the list, not ticked."""
    procedure = procedure_of(case)
    return notes(procedure.resumes, case.antrag) if procedure else []


def not_resumed(case: Case) -> bool:
    """Whether the principal has yet to take up what rested; imported and withdrawn cases ask for nothing."""
    return case.withdrawn_at is None and case.antrag.resumed_on is None


def still_rests(case: Case, actor: Actor) -> str | None:
    """Guard: resuming happens once."""
    return None if case.antrag.resumed_on is None else _("Das ist bereits festgehalten.")


CORRECTED = ("handover_on", "started_on", "outcome")


def correct(case: Case, actor: Actor, data: Data) -> Changes:
    """Put a wrong entry of an ended case right, with reason and trace, instead of reopening it.

    Every value changed stands in the audit with the old one beside the new, in words; of the reason only its hash. A
    case that ended at its hand-over ends on its day, corrected or not.
    """
    Correction.objects.create(case=case, reason=data["why"], corrected_by=actor.user, corrected_at=clock.now())
    antrag = case.antrag
    changes: Changes = {"reason": audit.personal(data["why"])}
    for name in CORRECTED:
        _set(antrag, name, data.get(name), changes)
    antrag.save()
    closure = Abschluss.objects.filter(antrag=antrag).select_related("reason").first()
    if closure is not None and data.get("reason") is not None:
        _correct_closure(closure, data, changes)
    ended = data.get("ended_on")
    if ended and ended != case.ended_on:
        changes["ended_on"] = [_plain(case.ended_on), ended.isoformat()]
        if case.state == OptimaState.CLOSED:
            case.lead_since = ended
        end(case, ended)
    return changes


def _correct_closure(closure: Abschluss, data: Data, changes: Changes) -> None:
    if closure.reason != data["reason"]:
        changes["closing_reason"] = [closure.reason.label, data["reason"].label]
        closure.reason = data["reason"]
        closure.save(update_fields=["reason"])
        closure.antrag.closing_reason = closure.reason.label
        closure.antrag.save(update_fields=["closing_reason"])
    for name in ("causes", "results"):
        rows = getattr(closure, name)
        before = ", ".join(row.label for row in rows.all())
        rows.set(data.get(name, []))
        after = ", ".join(row.label for row in rows.all())
        if before != after:
            changes[name] = [before, after]


def _set(obj: Any, name: str, value: Any, changes: Changes) -> None:
    before = getattr(obj, name)
    if value in (None, "") or value == before:
        return
    setattr(obj, name, value)
    changes[name] = [_plain(before), _plain(value)]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value and str(value)


def _planned(case: Case, *kinds: str) -> bool:
    return any(row.state == MeetingState.PLANNED and row.kind in kinds for row in case.meetings.all())


def _can_be_held(case: Case, *kinds: str) -> bool:
    """Whether such a meeting is planned and nobody has said «kann nicht»; else a new date comes first."""
    rows = meetings.in_state(case, MeetingState.PLANNED, *kinds)
    return case.withdrawn_at is None and any(not meetings.somebody_cannot(row) for row in rows)


def nothing_planned(case: Case) -> bool:
    """Whether no Standortgespräch is planned although case work runs; the closing one of RED-03 has its own name."""
    if case.withdrawn_at is not None or case.antrag.work_offer_restored_on is not None:
        return False
    return not _planned(case, MeetingKind.STANDORTGESPRAECH)


def standort_planned(case: Case) -> bool:
    """Whether a Standortgespräch waits to be held; the closing one that RED-03 proposes waits under its own name."""
    return case.antrag.work_offer_restored_on is None and _can_be_held(case, MeetingKind.STANDORTGESPRAECH)


def extra_waits(case: Case) -> bool:
    """Whether an extra meeting waits to be held."""
    return _can_be_held(case, MeetingKind.EXTRA)


def ends_before_next(case: Case) -> bool:
    """Whether the planned end comes before any Standortgespräch could extend it (OP-21).

    Once the work offer is intact again nothing is extended: the closing talk waits (RED-03).
    """
    until = case.antrag.planned_until
    if case.withdrawn_at is not None or until is None or case.antrag.work_offer_restored_on is not None:
        return False
    days = [row.day for row in case.meetings.all() if row.state == MeetingState.PLANNED]
    return not any(day <= until for day in days)


def nobody_leads(case: Case) -> bool:
    """Whether the lead lies with the contractor without a person, because whoever was in charge had left."""
    return case.withdrawn_at is None and case.lead_user_id is None and case.antrag.submitted_at is not None
