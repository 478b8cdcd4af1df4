"""Drafts of cases: kept as typed, right or wrong, until they are handed over or thrown away (UX-01)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import audit, workflow
from .actor import Actor
from .enums import Phase
from .models import Case, Person
from .templatetags.ui import ahv

META = ("_key", "_by", "_at")
"""Beside the answers a draft keeps the form it was saved from, who saved it, and when."""
MOST = 200_000
"""The most characters a draft may hold altogether."""


class TooLong(Exception):
    """More was typed than a draft can hold."""


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
    if isinstance(value, Mapping):
        return sum(_size(part) for part in value.values())
    return sum(_size(part) for part in value) if isinstance(value, list) else len(value)


def typed(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a draft without what was noted about saving them."""
    return {name: value for name, value in draft.items() if name not in META}


def submit(case: Case, actor: Actor, data: Mapping[str, Any]) -> Case:
    """Hand a saved draft over, as it was just checked; a second time raises ``NotAllowed`` or ``Conflict``."""
    return workflow.apply(case, "submit", actor, data, version=case.version)


def discard(case: Case, actor: Actor) -> None:
    """Delete a draft with all that hangs on it, if the actor may write it; its audit chain stays and says who did."""
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        workflow.check(locked, "submit", actor)
        assert locked.phase == Phase.DRAFT
        audit.record(audit.case_stream(locked.number), actor, "draft_discarded", locked)
        locked.delete()


def key_from(text: str) -> uuid.UUID:
    """The key a form came with; a new one if it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def take_person(answers: MutableMapping[str, Any], person: Person, names: Iterable[str]) -> None:
    """Fill in what is known of a person, field by field; answers that the record does not have stay."""
    for name in names:
        value = getattr(person, name)
        if value in (None, ""):
            continue
        if name == "birth_date":
            answers[name] = date_format(value, "d.m.Y")
        elif name == "municipality":
            answers[name] = str(value.pk)
        elif name == "ahv_number":
            answers[name] = ahv(value)
        else:
            answers[name] = str(value)


def in_words(field: Any, value: Any) -> str:
    """One answer as people read it: the label of a choice, else the text typed."""
    choices = getattr(field.field, "choices", None)
    if value and choices is not None:
        return next((str(label) for key, label in choices if str(key) == value), str(value))
    return str(value or "")
