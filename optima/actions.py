"""What people do with a draft before it becomes a case: begin it, save it, throw it away."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import cases, workflow
from iiz.core.actor import Actor
from iiz.core.enums import OPTIMA_GROUPS, Phase, Service
from iiz.core.models import Case

from .effects import application as effects
from .enums import OptimaState
from .models import Antrag

META = ("_key", "_by", "_at")
"""Beside the answers a draft keeps the form it was saved from, who saved it, and when."""
MOST = 200_000
"""The most characters a draft may hold altogether."""


class TooLong(Exception):
    """More was typed than a draft can hold."""


def begin_refusal(actor: Actor) -> str:
    """Why ``actor`` may not begin an Antrag, as a German sentence; empty if nothing hinders (ACT-01)."""
    if not actor.works_on_cases:
        return _("Ihre Rolle erlaubt das nicht. Einen Antrag schreiben fallverantwortliche Personen.")
    if actor.institution.statistics_group not in OPTIMA_GROUPS:
        return _("In Optima beauftragen sich nur IV, RAV und Sozialhilfe gegenseitig.")
    return ""


def begin(actor: Actor, form_key: uuid.UUID) -> Case:
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
            case = cases.begin(Service.OPTIMA, actor, OptimaState.DRAFT)
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


def save(case: Case, actor: Actor, answers: Mapping[str, Any], *, version: int | None, form_key: str) -> Case:
    """Keep the answers of a draft as typed, right or wrong.

    Saving from the form that saved last always succeeds, from another one only if that has seen the last
    version: two tabs or two colleagues cannot overwrite each other. Raises :class:`workflow.Conflict`,
    :class:`workflow.NotAllowed` (also when it is no draft any more) and :class:`TooLong`.
    """
    if sum(_size(value) for value in answers.values()) > MOST:
        raise TooLong
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        workflow.check(locked, "submit", actor)
        if locked.version != version and locked.draft.get("_key") != form_key:
            raise workflow.Conflict(locked, _("Dieser Entwurf wurde geändert, während Sie daran schrieben."))
        if typed(locked.draft) != answers:
            locked.draft = {
                **answers,
                "_key": form_key,
                "_by": actor.user.get_full_name(),
                "_at": timezone.now().isoformat(),
            }
            locked.version += 1
            locked.save(update_fields=["draft", "version"])
    return locked


def _size(value: Any) -> int:
    if isinstance(value, list):
        return sum(_size(row) for row in value)
    if isinstance(value, dict):
        return sum(len(text) for text in value.values())
    return len(value)


def typed(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a draft without what was noted about saving them."""
    return {name: value for name, value in draft.items() if name not in META}


def submit(case: Case, actor: Actor, data: Mapping[str, Any]) -> Case:
    """Hand a saved draft over, as it was just checked; a second time raises ``NotAllowed`` or ``Conflict``."""
    return workflow.apply(case, "submit", actor, data, version=case.version)


def discard(case: Case, actor: Actor) -> None:
    """Delete a draft for good, if the actor may write it. Effects: see ``effects.discard``."""
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        workflow.check(locked, "submit", actor)
        assert locked.phase == Phase.DRAFT
        effects.discard(locked, actor)
