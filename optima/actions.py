"""Beginning an Antrag; saving, submitting and throwing away are shared by all drafts (``core.drafting``)."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from iiz.core import cases, workflow
from iiz.core.actor import Actor
from iiz.core.enums import OPTIMA_GROUPS, Service
from iiz.core.models import Case

from .enums import OptimaState
from .models import Antrag


def begin_refusal(actor: Actor) -> str:
    """Why ``actor`` may not begin an Antrag, as a German sentence; empty if nothing hinders (ACT-01)."""
    if not actor.works_on_cases:
        return _("Ihre Rolle erlaubt das nicht. Einen Antrag schreiben fallverantwortliche Personen.")
    if actor.institution.statistics_group not in OPTIMA_GROUPS:
        return _("In Optima beauftragen sich nur IV, RAV und Sozialhilfe gegenseitig.")
    return ""


def begin(actor: Actor, form_key: uuid.UUID, *, continues: Case | None = None) -> Case:
    """The draft that was begun with this form; a new one if there is none yet.

    Sending the same form twice, even at once, begins one draft. Effects: see ``cases.begin``, and the Antrag.
    Raises ``NotAllowed`` with the reason.
    """
    reason = begin_refusal(actor)
    if reason:
        raise workflow.NotAllowed(reason)
    known = Antrag.objects.filter(form_key=form_key, principal=actor.institution).select_related("case")
    found = known.first()
    if found is not None:
        return found.case
    try:
        with transaction.atomic():
            case = cases.begin(Service.OPTIMA, actor, OptimaState.DRAFT, continues=continues)
            Antrag.objects.create(
                case=case,
                principal=actor.institution,
                principal_group=actor.institution.statistics_group,
                form_key=form_key,
            )
            case.draft = {"_key": str(form_key)}
            case.save(update_fields=["draft"])
            return case
    except IntegrityError:
        return known.get().case
