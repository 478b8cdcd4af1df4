"""The *Case Management*: exactly one person who is the main contact of everybody (RT-16, ACT-08).

While somebody takes it, that office leads the case. Once nobody does any more – the office left the table, or the
Vollmacht names it no longer or is withdrawn – the lead falls back to the office that registered the case and always
keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from iiz.core import clock, consents, meetings, notify
from iiz.core.actor import Actor, actor_for, members
from iiz.core.enums import WORKING_ROLES, Phase
from iiz.core.models import Case, Institution, Membership, Participation, User
from iiz.core.workflow import NotAllowed

from ..enums import ParticipantKind
from ..models import CaseManagement, Participant
from ..queries import at_the_table, is_covered, manager, managing

Data = Mapping[str, Any]
Changes = dict[str, Any]

PASSED_ON = "intern neu zugeteilt"
"""Why the case management passed on where the office put somebody else of its own in charge."""


def can_manage(case: Case) -> list[Participant]:
    """The offices at the table that the Vollmacht covers: one of them takes the case management."""
    rows = (row for row in at_the_table(case) if row.kind == ParticipantKind.OFFICE)
    return [row for row in rows if is_covered(case, row)]


def candidates(row: Participant, actor: Actor) -> list[User]:
    """Who of an office can take it: whoever is in charge there, first; else those who work on cases there.

    Of the own office everybody; another one puts somebody else in charge itself.
    """
    part = row.participation
    assert part is not None
    people = members(part.institution, WORKING_ROLES)
    charge = [user for user in people if user.pk == part.user_id]
    if charge and part.institution_id != actor.institution.pk:
        return charge
    return [*charge, *(user for user in people if user not in charge)]


def appoint(case: Case, actor: Actor, data: Data) -> Changes:
    """Let a person of an office at the table take the case management; ``data``: ``participant``, ``user``, ``reason``.

    A change needs a reason and ends the row before. Effects: the person is in charge of that office, which leads the
    case from now on; the new one and the others hear of it. Raises ``NotAllowed`` for an office that takes no part or
    is not covered, and for somebody who does not work on cases there.
    """
    row = next((one for one in can_manage(case) if one.pk == data["participant"].pk), None)
    if row is None or row.participation is None:
        words = _("Das Case Management übernimmt eine Stelle, die am Tisch sitzt und für die die Vollmacht gilt.")
        raise NotAllowed(words)
    part, user, before = row.participation, data["user"], manager(case)
    worker = actor_for(user, part.institution)
    if worker is None or not worker.works_on_cases:
        raise NotAllowed(_("Diese Person arbeitet nicht mehr dort. Wählen Sie jemand anderen."))
    if before is not None and (before.participant_id, before.user_id) == (row.pk, user.pk):
        raise NotAllowed(_("%(name)s hat das Case Management schon.") % {"name": user.get_full_name()})
    if before is not None and not data.get("reason"):
        raise NotAllowed(_("Bitte sagen Sie, weshalb das Case Management wechselt."))
    others = [(one, office) for one, office in notify.recipients(case, "participant") if one != user]
    if before is not None and before.participant.participation is not None:
        office = before.participant.participation.institution
        if notify.may_read(case, before.user, office):
            others.append((before.user, office))
    _begin(case, row, user, actor, data.get("reason", ""))
    if part.user_id != user.pk:
        part.user = user
        part.save(update_fields=["user"])
        meetings.reseat(case, part.institution, user)
    notify.queue("rt_manages", case, [(user, part.institution)], beside=actor.user)
    notify.queue("rt_manager_changed", case, dict.fromkeys(one for one in others if one[0] != user), beside=actor.user)
    return {"office": part.institution.name, "before": _office(before)}


def _office(row: CaseManagement | None) -> str:
    """For which office somebody took it, for the audit; no names of people."""
    part = row.participant.participation if row is not None else None
    return part.institution.name if part is not None else ""


def _begin(case: Case, row: Participant, user: User, actor: Actor | None, reason: str) -> None:
    """End the row before, begin a new one, and let the office lead."""
    part: Participation | None = row.participation
    assert part is not None
    _end(case)
    CaseManagement.objects.create(
        case=case,
        participant=row,
        user=user,
        since=clock.today(),
        reason=reason,
        appointed_by=actor.user if actor is not None else None,
    )
    if case.lead_institution_id != part.institution_id:
        case.lead_since = clock.today()
    case.lead_institution, case.lead_user = part.institution, user


def _end(case: Case) -> None:
    CaseManagement.objects.filter(case=case, until=None).update(until=clock.today())
    getattr(case, "_prefetched_objects_cache", {}).pop("managements", None)


def pass_on(case: Case, institution: Institution, user: User, actor: Actor) -> None:
    """Let the case management go along when its office puts somebody else of its own in charge (ACT-08)."""
    row, part = manager(case), managing(case)
    if row is None or part is None or part.institution_id != institution.pk or row.user_id == user.pk:
        return
    _begin(case, row.participant, user, actor, PASSED_ON)
    to = [one for one in notify.recipients(case, "participant") if one[0] != user]
    notify.queue("rt_manager_changed", case, to, beside=actor.user)


def lapse(case: Case) -> None:
    """After each step: the case management ends with the case, a withdrawal, and the part of its office in it.

    A Vollmacht that is only over leaves it alone: renewed, all goes on. Of an ended case the lead stays as it was.
    """
    row = manager(case)
    if row is None or not _is_over(case, row):
        return
    _end(case)
    if case.phase == Phase.OPEN:
        own = case.participations.filter(institution=case.registering_institution_id, until=None).first()
        case.lead_institution = case.registering_institution
        case.lead_user = own.user if own is not None else None
        case.lead_since = clock.today()
        case.save(update_fields=["lead_institution", "lead_user", "lead_since"])


def _is_over(case: Case, row: CaseManagement) -> bool:
    if case.phase != Phase.OPEN or case.withdrawn_at is not None:
        return True
    here = next((one for one in at_the_table(case) if one.pk == row.participant_id), None)
    return here is None or (bool(consents.live_lines(case)) and not is_covered(case, here))


def has_left(case: Case, row: CaseManagement) -> bool:
    """Whether whoever takes the case management does not work at that office any more; one query."""
    part = managing(case) or row.participant.participation
    if part is None:
        return True
    there = Membership.objects.valid_on().filter(institution=part.institution_id, user=row.user_id)
    return not there.filter(user__is_active=True, institution__is_active=True, role__in=WORKING_ROLES).exists()


def somebody_can(case: Case, actor: Actor) -> str | None:
    """Guard: there is an office at the table that can take it."""
    return None if can_manage(case) else _("Es sitzt keine Stelle am Tisch, für die die Vollmacht gilt.")
