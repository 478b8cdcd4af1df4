"""How the steps of a plan stand, and what the case manager tells all of them (RT-17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import clock, consents, guests, notify
from iiz.core.actor import Actor
from iiz.core.enums import GuestEnd
from iiz.core.models import Case, GuestLink, Participation
from iiz.core.workflow import Conflict

from ..enums import ParticipantKind, StepState
from ..models import ProgressNote, Step, StepReport
from ..queries import at_the_table, final_plan, is_covered, managing, steps_in_force
from .dates import invite_guest

Data = Mapping[str, Any]
Changes = dict[str, Any]

NOTE = "roundtable_note"
"""Purpose of the guest link: read how it goes."""
READABLE = dt.timedelta(days=30)
"""How long the link to a status note holds."""
FINISHED = (StepState.DONE, StepState.DROPPED)
"""A step that stands so leaves nothing to do."""
AHEAD = dt.timedelta(days=14)
"""How long before its day a step is asked for, whatever it waits for."""
NEWS_AFTER = dt.timedelta(days=46)
"""How long after the last status note the next one is asked for; it is due later, see ``time_limits``."""


# Steps --------------------------------------------------------------------------------------------------------------


def open_steps(case: Case) -> list[Step]:
    """The steps in force that are neither done nor needless."""
    return [step for step in steps_in_force(case) if step.status not in FINISHED]


def is_ready(step: Step, others: Mapping[int, Step], today: dt.date) -> bool:
    """Whether a step can begin: its day has come, what it follows is finished, or its end comes near.

    ``others``: the steps of the same plan by primary key.
    """
    before = others.get(step.after_id or 0)
    if step.due_on - AHEAD <= today:
        return True
    if before is not None:
        return before.status in FINISHED or (step.starts_on is not None and step.starts_on <= today)
    return step.starts_on is None or step.starts_on <= today


def doer(case: Case, step: Step) -> Participation | None:
    """The office that says how a step stands: its owner; the managing one for the client, or where the owner has left.

    ``None`` while there is no such office, and for a step about health that the managing office may not read.
    """
    row = next((one for one in at_the_table(case) if one.pk == step.owner_id), None)
    if row is not None and row.kind == ParticipantKind.OFFICE and is_covered(case, row):
        return row.participation
    part = managing(case)
    line = consents.line_for(case, part.institution_id) if part is not None else None
    if part is None or line is None or (step.health and not (line.health and part.health)):
        return None
    return part


def note_step(step: Step, actor: Actor, status: str, note: str) -> None:
    """Write how a step stands from now on; the caller holds the case."""
    now = clock.now()
    StepReport.objects.create(
        step=step, status=status, note=note, written_at=now, written_by=actor.user, institution=actor.institution
    )
    step.status, step.status_at = status, now
    step.save(update_fields=["status", "status_at"])


def tell_followers(case: Case, step: Step, actor: Actor) -> None:
    """Tell those whose steps come after one that is finished that they can begin."""
    for row in steps_in_force(case):
        part = doer(case, row) if row.after_id == step.pk and row.status == StepState.OPEN else None
        if part is None:
            continue
        people = [(user, part.institution) for user in notify.in_charge(part.institution, part.user)]
        to = [(user, office) for user, office in people if notify.may_read(case, user, office)]
        notify.queue("rt_step_begins", case, to, beside=actor.user, object_id=row.pk, mark=step.pk)


# Status note --------------------------------------------------------------------------------------------------------


def write_status(case: Case, actor: Actor, data: Data) -> Changes:
    """Tell all at the table in one sentence how it goes (RT-17); ``data``: ``text``, at most 300 characters.

    Offices get a mail, covered people without an account a link; a link to an earlier note ends. Raises ``Conflict``
    where the same person said the same the same day, as from a second tab.
    """
    last = case.status_notes.first()
    if (
        last is not None
        and (last.text, last.written_by_id) == (data["text"], actor.user.pk)
        and timezone.localdate(last.written_at) == clock.today()
    ):
        raise Conflict(case, _("Diese Statusmeldung haben Sie heute schon gesendet. Sie geht nicht zweimal hinaus."))
    spread(case, actor, data["text"])
    return {}


def spread(case: Case, actor: Actor, text: str) -> None:
    """Keep a note, and send its link to everybody covered who has no account but an e-mail address."""
    note = ProgressNote.objects.create(
        case=case, text=text, written_at=clock.now(), written_by=actor.user, institution=actor.institution
    )
    for link in GuestLink.objects.filter(case=case, purpose=NOTE, used_at=None, revoked_at=None):
        guests.revoke(link, GuestEnd.REPLACED, actor)
    for row in at_the_table(case):
        if row.participation is None and row.email and is_covered(case, row):
            row.case = case
            invite_guest(NOTE, case, note.pk, row, clock.now() + READABLE, actor)


def news_since(case: Case) -> dt.date | None:
    """The day of the last status note, else the day on which the plan in force was final; ``None`` without a plan."""
    plan = final_plan(case)
    if plan is None or plan.final_at is None:
        return None
    last = next(iter(case.status_notes.all()), None)
    return timezone.localdate(max(plan.final_at, last.written_at) if last is not None else plan.final_at)


# Who -------------------------------------------------------------------------------------------------------------


def manages(case: Case, actor: Actor) -> bool:
    """Whether the actor's office takes the case management, and the actor works on cases there."""
    part = managing(case)
    return part is not None and part.institution_id == actor.institution.pk and actor.works_on_cases
