"""What the pages say of what follows a plan: case management, steps, status notes (RT-16, RT-17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iiz.core import consents
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory
from iiz.core.models import Case

from . import plan_reading
from .effects.following import open_steps
from .enums import RoundtableState, StepState
from .models import CaseManagement, ProgressNote, Step
from .queries import manager, managing

MARKS = {
    StepState.OPEN: "rest",
    StepState.RUNNING: "wait",
    StepState.LATE: "stop",
    StepState.DONE: "ok",
    StepState.DROPPED: "rest",
}
"""How a step stands → the mark beside it."""


@dataclass(frozen=True)
class ManagementRow:
    """Who took the case management from when to when, and why it passed on; an open end: until today."""

    name: str
    office: str
    phone: str
    since: Any
    until: Any
    reason: str


def knows(case: Case, actor: Actor) -> bool:
    """Whether ``actor`` may know what is told to all at the table: the offices that the Vollmacht names, and whoever
    moderates.

    After a withdrawal only the coordination office, which closes the case.
    """
    if actor.is_coordination:
        return True
    return case.withdrawn_at is None and consents.line_for(case, actor.institution.pk) is not None


def management_rows(case: Case, actor: Actor) -> list[ManagementRow]:
    """Who takes the case management, and who did before, the newest first; nothing for who may not know it."""
    if not knows(case, actor):
        return []
    rows = CaseManagement.objects.filter(case=case).select_related("user", "participant__participation__institution")
    return [_row(row) for row in rows.order_by("-since", "-pk")]


def _row(row: CaseManagement) -> ManagementRow:
    part = row.participant.participation
    office = part.institution.name if part is not None else ""
    phone = row.user.phone or (part.institution.phone if part is not None else "")
    return ManagementRow(row.user.get_full_name(), office, phone, row.since, row.until, row.reason)


def notes(case: Case, actor: Actor) -> list[ProgressNote]:
    """What was told to all, the newest first; nobody is told anything before all have met."""
    if case.state not in (RoundtableState.RUNNING, RoundtableState.CLOSED) or not knows(case, actor):
        return []
    return list(case.status_notes.select_related("written_by", "institution"))


def manager_words(case: Case) -> str:
    """Who takes the case management, with the office; that nobody does now, where somebody did."""
    row = manager(case)
    if row is None:
        return _("zurzeit niemand") if case.managements.all() else ""
    part = managing(case)
    return ", ".join(filter(None, [row.user.get_full_name(), part.institution.short_name if part else ""]))


def readable_open(case: Case, actor: Actor) -> list[Step]:
    """The open steps in force that ``actor`` may read, the one due first first."""
    kinds = plan_reading.kinds_for(case, actor)
    if not kinds:
        return []
    own = plan_reading.participant_of(case, actor)
    reads_all = DataCategory.HEALTH in kinds
    rows = [step for step in open_steps(case) if reads_all or not step.health or step.owner_id == own]
    return sorted(rows, key=lambda step: (step.due_on, step.position))


def hidden_open(case: Case, actor: Actor) -> int:
    """How many open steps in force ``actor`` may not read; 0 for who reads nothing at all, which is said elsewhere."""
    if not plan_reading.kinds_for(case, actor):
        return 0
    return len(open_steps(case)) - len(readable_open(case, actor))


def hidden_words(number: int) -> str:
    """That there are more steps than the reader may see, without a word on what they are; empty without any."""
    if not number:
        return ""
    return ngettext(
        "ein weiterer Schritt ist für Ihre Stelle nicht lesbar",
        "%(n)s weitere Schritte sind für Ihre Stelle nicht lesbar",
        number,
    ) % {"n": number}


def is_late(step: Step) -> bool:
    """Whether the day of an open step is over."""
    return step.due_on < timezone.localdate()


def duties(case: Case) -> dict[int, str]:
    """Which of those who take part has the case management, by the key of the participation."""
    part = managing(case)
    return {part.pk: _("Case Management")} if part is not None else {}
