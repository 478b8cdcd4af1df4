"""To whom a Handlungsplan went, how and when; and sending it again to one of them (RT-18)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import audit, consents
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory, Phase
from iiz.core.models import Case, OutboxMail
from iiz.core.workflow import NotAllowed

from . import plan_reading, reading, words
from .effects import plans
from .enums import DispatchWay, PlanState
from .models import Dispatch, Handlungsplan, Participant
from .queries import at_the_table, moderates, told_as

SENT = ("rt_plan_final", "rt_guest_plan")
"""The mails that bring a Handlungsplan."""


@dataclass(frozen=True)
class Sent:
    """One row of the log: ``am 22.11.2026, 16.40``, to whom, how, which words of it; and what became of the mail."""

    when: str
    who: str
    how: str
    kinds: str
    trouble: str
    participant: int


def refusal(plan: Handlungsplan, actor: Actor) -> str:
    """Why ``actor`` may not send a version again; empty if nothing hinders."""
    if not moderates(plan.case, actor):
        return _("Das kann nur tun, wer den Roundtable führt.")
    if plan.case.phase != Phase.OPEN:
        return _("Der Roundtable ist beendet.")
    if not consents.live_lines(plan.case):
        return _("Die Vollmacht gilt nicht mehr: Es darf nichts mehr ausgetauscht werden.")
    if plan.state != PlanState.FINAL:
        return _("Versandt wird nur der Handlungsplan, der gilt.")
    return ""


def again(plan: Handlungsplan, participant: Participant, actor: Actor) -> None:
    """Send the version in force to one of those at the table again, or for the first time to who came later.

    Effects: a mail or a new link, another row of the log, an entry in the chain. Raises ``NotAllowed`` with the reason.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=plan.case_id)
        row = Handlungsplan.objects.get(pk=plan.pk)
        row.case = case
        reason = refusal(row, actor)
        if reason:
            raise NotAllowed(reason)
        seats = [seat for seat in at_the_table(case) if seat.pk == participant.pk]
        if not plans.send(case, row, actor, seats):
            raise NotAllowed(_("Die Vollmacht gilt hier nicht: Es darf nichts gesendet werden."))
        changes = {"number": row.number, "who": told_as(participant)}
        audit.record(audit.case_stream(case.number), actor, "plan_sent_again", row, changes)


def log(plan: Handlungsplan, actor: Actor) -> list[Sent]:
    """To whom a version went, the latest first: all of it for whoever moderates, the own rows for an office."""
    rows = Dispatch.objects.filter(plan=plan).select_related(
        "copy", "participant__participation__institution", "participant__case__person"
    )
    if not moderates(plan.case, actor):
        rows = rows.filter(participant__participation__institution=actor.institution)
    troubles = _troubles(plan)
    return [_sent(row, troubles) for row in rows.order_by("-sent_at", "-pk")]


def _sent(row: Dispatch, troubles: dict[tuple[str, int], str]) -> Sent:
    seat = row.participant
    key = ("office", seat.participation.institution_id) if seat.participation is not None else ("guest", seat.pk)
    return Sent(
        when=f"{timezone.localtime(row.sent_at):%d.%m.%Y, %-H.%M}",
        who=reading.name_of(seat.case, seat, named=True),
        how=str(row.get_way_display()),
        kinds=_kinds(row),
        trouble=troubles.get(key, "") if row.way != DispatchWay.LETTER else "",
        participant=seat.pk,
    )


def _kinds(row: Dispatch) -> str:
    """``ganze Fassung``, or without what it went."""
    if row.copy is None:
        return ""
    kinds = set(row.copy.kinds.partition(";")[0].split(","))
    missing = [str(DataCategory(kind).label) for kind in DataCategory.values if kind not in kinds]
    if not missing:
        return _("ganze Fassung")
    return _("Fassung ohne: %(kinds)s") % {"kinds": ", ".join(missing)}


def _troubles(plan: Handlungsplan) -> dict[tuple[str, int], str]:
    """What is wrong with mails about a version that have not left: by office, or by who has a link."""
    found: dict[tuple[str, int], str] = {}
    mails = OutboxMail.objects.filter(case=plan.case_id, kind__in=SENT, object_id=plan.pk, sent_at=None)
    for mail in mails.exclude(last_error="").select_related("guest"):
        key = ("guest", mail.guest.ref or 0) if mail.guest is not None else ("office", mail.institution_id or 0)
        found[key] = str(mail.trouble.label) if mail.trouble else _("Die Mail ist noch nicht angekommen.")
    return found


def unsent(plan: Handlungsplan) -> list[Participant]:
    """Who sits at the table, may read the version in force, and never got it."""
    got = set(Dispatch.objects.filter(plan=plan).values_list("participant", flat=True))
    return [row for row in at_the_table(plan.case) if row.pk not in got and plan_reading.kinds_of(plan.case, row)]


VERBS: dict[str, Any] = {
    "plan_sent_again": words.with_detail(gettext_lazy("hat den Handlungsplan nochmals gesendet"), words.who),
}
"""The sentences of the timeline."""
