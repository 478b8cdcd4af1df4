"""Putting a Pendenz off to a later day, with a reason, and taking it up again (UX-04).

The deadline stays, and so does the trace: each is an entry of the case's chain. Each reason is kept with the Pendenz
and read by the own institution and the coordination office alone; the chain holds its keyed hash.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit, reminders, worklist
from .actor import Actor
from .enums import Role
from .models import AuditEntry, Case, Task
from .workdays import is_working_day, next_working_day
from .workflow import Conflict, NotAllowed

LONGEST = 30
"""For how many days a Pendenz may be put off."""
BEYOND = 7
"""How many days after its deadline – or, once that is over, after today – it comes back at the latest."""
PUT_OFF, TAKEN_UP = "task_put_off", "task_taken_up"
DAY = dt.timedelta(days=1)


def latest(task: Task) -> dt.date:
    """The last day to which ``task`` may be put off: a working day, or tomorrow.

    At most :data:`LONGEST` days ahead, and with a deadline at most :data:`BEYOND` days after it, because the other side
    waits too: what is overdue comes back every week.
    """
    today = timezone.localdate()
    last = today + LONGEST * DAY
    if task.due_on is not None:
        last = min(last, max(task.due_on, today) + BEYOND * DAY)
    while not is_working_day(last) and last > today + DAY:
        last -= DAY
    return last


def proposed(task: Task) -> dt.date:
    """The day offered at first: a working day in a week, or the last possible one."""
    return min(next_working_day(timezone.localdate() + 7 * DAY), latest(task))


def check_day(task: Task, day: dt.date) -> None:
    """Raise ``ValidationError`` with the sentence for the form if ``task`` cannot be put off to ``day``."""
    last = latest(task)
    if day <= timezone.localdate():
        raise ValidationError(_("Dieser Tag ist nicht mehr möglich. Wählen Sie einen Tag ab morgen."))
    if day > last:
        sentence = _("Das ist zu spät. Der letzte mögliche Tag ist der %(day)s.")
        raise ValidationError(sentence % {"day": f"{last:%d.%m.%Y}"})
    if not is_working_day(day):
        following = next_working_day(day)
        if following > last:
            raise ValidationError(_("Das ist kein Arbeitstag. Wählen Sie einen früheren Tag."))
        raise ValidationError(
            _("Das ist kein Arbeitstag. Der nächste ist der %(day)s.") % {"day": f"{following:%d.%m.%Y}"}
        )


def refusal(task: Task, actor: Actor) -> str:
    """Why ``actor`` may not put ``task`` off or take it up again; empty if nothing hinders.

    It is for those for whom it waits, for their deputies, and for the contact persons of the institution.
    """
    if not actor.roles & worklist.AT_WORK:
        return _("Ihre Rolle liest mit. Zurückstellen können die Personen, auf die eine Pendenz wartet.")
    if Role.CONTACT in actor.roles or actor.is_coordination:
        return ""
    if worklist.at_hand(actor).filter(pk=task.pk).exists():
        return ""
    return _(
        "Diese Pendenz wartet auf jemand anderen. Zurückstellen können sie diese Person, ihre Stellvertretung und die "
        "Ansprechpersonen Ihrer Institution."
    )


def put_off(actor: Actor, task: Task, day: dt.date, reason: str) -> Task:
    """Put ``task`` off to ``day``: until then it is shown apart and reminds nobody. Its deadline stays.

    Raises ``ValidationError`` for a day that is not possible, :class:`NotAllowed` with the reason, ``Conflict`` when it
    was done or put off in the meantime, ``Http404`` when it is invisible.
    """
    with transaction.atomic():
        row = _held(actor, task)
        if is_put_off(row):
            raise Conflict(row.case, _("Diese Pendenz ist inzwischen bereits zurückgestellt."))
        check_day(row, day)
        if row.snooze_reason:
            row.earlier_reasons.append(row.snooze_reason)
        row.snoozed_until, row.snooze_reason, row.snoozed_by = day, reason, actor.user
        _save(row)
        changes = {"task": row.name, "until": day, "reason": audit.personal(reason)}
        audit.record(audit.case_stream(row.case.number), actor, PUT_OFF, row.case, changes)
    return row


def take_up(actor: Actor, task: Task) -> Task:
    """Show a Pendenz again at once that was put off; one that is shown stays as it is. Raises as :func:`put_off`."""
    with transaction.atomic():
        row = _held(actor, task)
        if is_put_off(row):
            row.snoozed_until = None
            _save(row)
            audit.record(audit.case_stream(row.case.number), actor, TAKEN_UP, row.case, {"task": row.name})
    return row


def is_put_off(task: Task) -> bool:
    """Whether ``task`` is put off today; it comes back by itself on its day."""
    return task.snoozed_until is not None and task.snoozed_until > timezone.localdate()


def reasons(case: Case, actor: Actor, entries: Iterable[AuditEntry]) -> dict[str, str]:
    """For the timeline: the reasons why something was put off, as far as ``actor`` may read them, by their hash."""
    if not any(entry.verb == PUT_OFF for entry in entries):
        return {}
    tasks = Task.objects.filter(case=case).exclude(snooze_reason="")
    if not actor.is_coordination:
        tasks = tasks.filter(institution=actor.institution)
    found = tasks.values_list("snooze_reason", "earlier_reasons")
    return {audit.personal(text): text for last, earlier in found for text in (last, *earlier)}


def _held(actor: Actor, task: Task) -> Task:
    """``task`` as it is now, its case locked as by every step in it; raises if it is gone or not the actor's."""
    Case.objects.select_for_update().get(pk=task.case_id)
    row = Task.objects.visible_to(actor).select_related("case").filter(pk=task.pk).first()
    if row is None:
        raise Http404
    if row.done_at is not None:
        raise Conflict(row.case, _("Diese Pendenz ist inzwischen erledigt."))
    reason = refusal(row, actor)
    if reason:
        raise NotAllowed(reason)
    return row


def _save(task: Task) -> None:
    task.save(update_fields=["snoozed_until", "snooze_reason", "earlier_reasons", "snoozed_by"])
    reminders.reschedule(task)
