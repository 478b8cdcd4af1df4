"""The end of a Roundtable (RT-21, OUT-07)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import consents
from iiz.core.actor import Actor
from iiz.core.models import Case
from iiz.core.workflow import end

from ..enums import StepState
from ..queries import draft_plan, roundtable_of
from . import plans
from .consent import stop
from .feedback import FEEDBACK
from .following import note_step, open_steps, spread


class Settled(models.TextChoices):
    """What becomes of a step that is open when the Roundtable ends."""

    STAYS = "stays", gettext_lazy("bleibt offen und läuft dort weiter")
    DONE = StepState.DONE.value, StepState.DONE.label
    DROPPED = StepState.DROPPED.value, StepState.DROPPED.label


def close(case: Case, actor: Actor, data: Mapping[str, Any]) -> dict[str, Any]:
    """Close with exactly one reason; ``data``: ``closed_on``, ``reason``, ``solution``, ``note``, ``steps``.

    ``steps`` says of each open step (by primary key) what becomes of it, a ``Settled``; left out, it stays where it is.
    What is still planned is called off, a draft of the plan is given up, links of guests end but for those that ask how
    a meeting was. Everybody who takes part is told: offices by mail, covered people without an account by one last
    note, without the reason.
    """
    record = roundtable_of(case)
    record.closing_reason, record.solution = data["reason"], data.get("solution") or ""
    record.closing_note = data.get("note", "")
    record.save(update_fields=["closing_reason", "solution", "closing_note"])
    stopped = case.withdrawn_at is not None
    left = 0 if stopped else _settle(case, actor, data.get("steps") or {})
    if draft_plan(case) is not None:
        plans.drop(case, actor, {})
    stop(case, actor, _("Der Roundtable ist abgeschlossen."), keep=() if stopped else (FEEDBACK,))
    if consents.live_lines(case):
        spread(case, actor, _("Der Roundtable ist abgeschlossen. Jede Stelle arbeitet in ihrem Auftrag weiter."))
    end(case, data["closed_on"])
    return {"reason": record.closing_reason, "open_steps": left}


def _settle(case: Case, actor: Actor, chosen: Mapping[int, str]) -> int:
    """Note of each open step what becomes of it; returns how many go on."""
    left = 0
    for step in open_steps(case):
        what = Settled(chosen.get(step.pk) or Settled.STAYS)
        if what == Settled.STAYS:
            left += 1
            words = _("Beim Abschluss des Roundtables offen: läuft bei der Stelle oder Person weiter.")
            note_step(step, actor, step.status, words)
        else:
            note_step(step, actor, what.value, _("Beim Abschluss des Roundtables festgehalten."))
    return left
