"""What people do with a registration before it becomes a case: begin it, throw it away."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from iiz.core import cases, workflow
from iiz.core.actor import Actor
from iiz.core.enums import ParticipationRole, Service
from iiz.core.models import Case

from .enums import RoundtableState
from .models import Roundtable


def begin_refusal(actor: Actor) -> str:
    """Why ``actor`` may not register anybody, as a German sentence; empty if nothing hinders (RT-03)."""
    if not (actor.works_on_cases or actor.is_coordination):
        return _("Ihre Rolle erlaubt das nicht. Eine Anmeldung schreiben fallverantwortliche Personen.")
    return ""


def begin(actor: Actor, form_key: uuid.UUID, *, continues: Case | None = None) -> Case:
    """The draft that was begun with this form; a new one if there is none yet.

    Sending the same form twice, even at once, begins one draft. Effects: see ``cases.begin``, and the Roundtable; the
    own institution registers, unless the coordination office writes for another (RT-03).
    Raises ``NotAllowed`` with the reason.
    """
    reason = begin_refusal(actor)
    if reason:
        raise workflow.NotAllowed(reason)
    known = Roundtable.objects.filter(form_key=form_key, case__registering_institution=actor.institution)
    found = known.select_related("case").first()
    if found is not None:
        return found.case
    try:
        with transaction.atomic():
            case = cases.begin(
                Service.ROUNDTABLE,
                actor,
                RoundtableState.DRAFT,
                role=ParticipationRole.PARTICIPANT,
                continues=continues,
            )
            Roundtable.objects.create(
                case=case,
                registered_office=None if actor.is_coordination else actor.institution,
                registered_group=actor.institution.statistics_group,
                form_key=form_key,
            )
            case.draft = {"_key": str(form_key)}
            case.save(update_fields=["draft"])
            return case
    except IntegrityError:
        return known.get().case
