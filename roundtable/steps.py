"""How a step of the plan stands, as whoever does it says with one click (RT-17).

Each deed is one transaction under the lock of the case, which checks again that the step is in force, the Vollmacht
holds and the actor may say it. Effects: the step with a report, an entry in the chain of the case without the step's
words, Pendenzen renewed, a mail to those who can begin now.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from iiz.core import audit, clock, workflow
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory, Phase
from iiz.core.models import AuditEntry, Case
from iiz.core.workflow import Conflict, NotAllowed

from . import plan_reading
from .effects.following import FINISHED, doer, manages, note_step, tell_followers
from .enums import PlanState, StepState
from .models import Step
from .models.management import NOTE_LENGTH
from .queries import institution_of, moderates, told_as

RELATED = ("plan", "after", "owner__participation__institution", "offer", "payer")


def visible(pk: int, actor: Actor) -> Step | None:
    """A step of a version that is or was in force, if the actor may read it; else ``None``."""
    rows = Step.objects.filter(pk=pk, plan__state__in=plan_reading.IN_FORCE).select_related(*RELATED)
    step = rows.first()
    if step is None:
        return None
    case = Case.objects.visible_to(actor).filter(pk=step.plan.case_id).first()
    if case is None:
        return None
    step.plan.case = step.owner.case = case
    return step if reads(case, step, actor) or _is_mine(case, step, actor) else None


def reads(case: Case, step: Step, actor: Actor) -> bool:
    """Whether the actor may read a step: everybody with any kind of data; one about health only with health data."""
    kinds = plan_reading.kinds_for(case, actor)
    own = step.owner_id == plan_reading.participant_of(case, actor)
    return bool(kinds) and (not step.health or DataCategory.HEALTH in kinds or own)


def _is_mine(case: Case, step: Step, actor: Actor) -> bool:
    """Whether the step belongs to the actor's office: it reads the own step even when nothing is exchanged any more."""
    return institution_of(step.owner) == actor.institution.pk


def hindrance(step: Step) -> str:
    """Why nothing can be said of a step any more, as a German sentence; empty if nothing hinders."""
    case = step.plan.case
    if case.phase != Phase.OPEN:
        return _("Der Roundtable ist abgeschlossen. Die Schritte bleiben, wie sie stehen.")
    if case.withdrawn_at is not None:
        return _("Die Vollmacht ist zurückgezogen: Es wird nichts mehr festgehalten und nichts mehr ausgetauscht.")
    if case.vollmacht is None or not case.vollmacht.holds_on(clock.today()):
        return _("Die Vollmacht gilt heute nicht: Es darf nichts ausgetauscht werden.")
    if step.plan.state != PlanState.FINAL:
        return _("Dieser Schritt gehört zu einer Fassung, die ersetzt ist.")
    return ""


def refusal(step: Step, actor: Actor) -> str:
    """Why ``actor`` may not say how a step stands; empty if nothing hinders.

    It is said by the office that does it, by the managing office for anybody, and by whoever moderates.
    """
    if not actor.works_on_cases and not actor.is_coordination:
        return _("Ihre Rolle erlaubt das nicht. Den Stand eines Schritts melden die Personen, die in Fällen arbeiten.")
    case = step.plan.case
    part = doer(case, step)
    own = part is not None and part.institution_id == actor.institution.pk
    if own or manages(case, actor) or moderates(case, actor):
        return hindrance(step)
    return _("Den Stand meldet die Stelle, die den Schritt macht, oder wer das Case Management hat.")


def current(step: Step) -> Step | None:
    """The same step in the plan in force, if it is still there."""
    rows = Step.objects.filter(plan__case=step.plan.case_id, plan__state=PlanState.FINAL, key=step.key)
    return rows.exclude(pk=step.pk).first()


def mark(step: Step) -> str:
    """How a step stands since when, as a page keeps it to tell whether somebody was faster."""
    return f"{step.status}@{step.status_at.isoformat() if step.status_at else ''}"


def report(step: Step, actor: Actor, status: str, note: str = "", seen: str = "") -> None:
    """Say how a step stands; the same said twice is noted once.

    ``seen`` is the :func:`mark` of what the actor looked at. Raises ``Conflict`` for a step whose plan was replaced
    or that was put otherwise meanwhile, ``NotAllowed`` with the reason.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=step.plan.case_id)
        row = Step.objects.select_related(*RELATED).get(pk=step.pk)
        row.plan.case = row.owner.case = case
        reason = refusal(row, actor)
        if reason:
            raise Conflict(case, reason) if row.plan.state != PlanState.FINAL else NotAllowed(reason)
        status, note = StepState(status), note.strip()[:NOTE_LENGTH]
        if row.status == status and note in ("", last_note(row)):
            return
        if seen and seen != mark(row) and row.status != status:
            raise Conflict(case, _("Inzwischen ist ein anderer Stand festgehalten worden. Bitte sehen Sie ihn an."))
        begins = status in FINISHED and row.status not in FINISHED
        note_step(row, actor, status, note)
        workflow.settle(case)
        if begins:
            tell_followers(case, row, actor)
        changes: dict[str, Any] = {"step": row.position, "status": status}
        if institution_of(row.owner) != actor.institution.pk:
            changes["who"] = told_as(row.owner)
        audit.record(audit.case_stream(case.number), actor, "step_reported", row, changes)


def last_note(step: Step) -> str:
    """What was noted last beside the standing of a step."""
    last = step.reports.first()
    return last.note if last is not None else ""


def _told(entry: AuditEntry) -> str:
    status = entry.changes.get("status", "")
    label = StepState(status).label if status in StepState.values else ""
    names = {"n": entry.changes.get("step", ""), "status": label, "who": entry.changes.get("who", "")}
    if names["who"]:
        return _("hat den Stand von Schritt %(n)s festgehalten, für %(who)s: %(status)s") % names
    return _("hat den Stand von Schritt %(n)s gemeldet: %(status)s") % names


VERBS = {"step_reported": _told}
"""The sentences of the timeline."""
