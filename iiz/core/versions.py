"""A new version of a dated row: the old one ends the day before, so that cases keep what held on their day (NFR-07)."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from . import audit
from .actor import Actor
from .enums import Phase
from .models import Case, Validity

ONE_DAY = dt.timedelta(days=1)
Row = TypeVar("Row", bound=Validity)


def arrived(first: dt.date, last: dt.date | None = None) -> dt.date | None:
    """The latest day from ``first`` to ``last`` on which a case arrived: it keeps the rules of that day."""
    cases = Case.objects.exclude(phase=Phase.DRAFT).filter(arrived_on__gte=first)
    if last is not None:
        cases = cases.filter(arrived_on__lte=last)
    latest: dt.date | None = cases.aggregate(latest=Max("arrived_on"))["latest"]
    return latest


def begin_hindrance(first: dt.date, last: dt.date | None = None) -> str:
    """Why nothing new may hold from ``first`` on, as a German sentence; empty if no case has arrived since."""
    latest = arrived(first, last)
    if latest is None:
        return ""
    words = _(
        "Am %(day)s ist ein Fall eingegangen; er behält, was an jenem Tag galt. Wählen Sie einen Tag ab dem %(next)s."
    )
    return words % {"day": _shown(latest), "next": _shown(latest + ONE_DAY)}


def end_hindrance(row: Validity, last: dt.date | None) -> str:
    """Why ``row`` may not end on ``last`` instead: a case that arrived in between would lose it, or get it."""
    old, new = row.valid_until or dt.date.max, last or dt.date.max
    latest = None if old == new else arrived(min(old, new) + ONE_DAY, max(old, new))
    if latest is None:
        return ""
    if new > old:
        return _("Diese Zeile hat geendet, und seither sind Fälle eingegangen. Fügen Sie eine neue Zeile hinzu.")
    words = _("Am %(day)s ist ein Fall eingegangen, für den diese Zeile gilt. Sie kann frühestens an diesem Tag enden.")
    return words % {"day": _shown(latest)}


def renew(row: Row, first: dt.date, actor: Actor | None, *, user: Any = None, **changes: Any) -> Row:
    """End ``row`` the day before ``first`` and add a copy, with ``changes``, from then until the row would have ended.

    Effects: both rows and both entries of the audit, in one transaction; ``row`` itself is brought up to date. Raises
    ``ValidationError`` with a German sentence, and changes nothing, where the day or a value does not fit.
    """
    with transaction.atomic():
        manager: Any = type(row)._default_manager
        old: Row = manager.select_for_update().get(pk=row.pk)
        _check(old, first)
        last = old.valid_until
        old.valid_until = first - ONE_DAY
        old.save(update_fields=["valid_until"])
        kept = {field.attname: getattr(old, field.attname) for field in old._meta.concrete_fields}
        kept.pop(old._meta.pk.attname)
        new = type(old)(**kept | {"valid_from": first, "valid_until": last})
        for name, value in changes.items():
            setattr(new, name, value)
        new.full_clean()
        new.save(force_insert=True)
        ended = {"valid_until": [_text(last), _text(old.valid_until)]}
        audit.record("master", actor, "master_changed", old, ended, user=user)
        told = {name: [_text(kept.get(name)), _text(changes[name])] for name in changes}
        told = {name: pair for name, pair in told.items() if pair[0] != pair[1]}
        added = {"valid_from": ["", _text(first)], "follows": str(old.pk), **told}
        audit.record("master", actor, "master_added", new, added, user=user)
    row.valid_until = old.valid_until
    return new


def _check(row: Validity, first: dt.date) -> None:
    """A new version begins after its row, while that holds, and after the last case that is judged by it."""
    if first <= row.valid_from:
        words = _("Diese Zeile gilt ab dem %(day)s. Eine neue Fassung beginnt später.")
        raise ValidationError({"valid_from": words % {"day": _shown(row.valid_from)}})
    if row.valid_until is not None and first > row.valid_until:
        words = _("Diese Zeile endet am %(day)s. Wählen Sie einen Tag bis dahin, oder fügen Sie eine neue Zeile hinzu.")
        raise ValidationError({"valid_from": words % {"day": _shown(row.valid_until)}})
    reason = begin_hindrance(first) if row.keeps_arrivals else ""  # others know themselves, when they are cleaned
    if reason:
        raise ValidationError({"valid_from": reason})


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _shown(day: dt.date) -> str:
    return f"{day:%d.%m.%Y}"
