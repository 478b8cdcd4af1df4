"""Entries of the timeline that say more than a fixed sentence."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from iiz.core.models import AuditEntry
from iiz.core.templatetags.ui import day

from ..enums import Outcome


def corrected(entry: AuditEntry) -> str:
    """What a correction changed: each value as it is now and as it was. The reason follows where it may be read."""
    labels = {
        "handover_on": _("Übergabegespräch"),
        "started_on": _("Beginn der Fallarbeit"),
        "ended_on": _("Ende"),
        "outcome": _("Ergebnis"),
        "closing_reason": _("Abschlussgrund"),
        "causes": _("was gefehlt hat"),
        "results": _("was erreicht ist"),
    }
    told = [
        _("%(what)s: %(new)s statt %(old)s") % {"what": label, "new": _words(name, new), "old": _words(name, old)}
        for name, label in labels.items()
        for old, new in [entry.changes.get(name) or (None, None)]
        if old != new
    ]
    sentence = _("hat Angaben zum beendeten Fall berichtigt")
    return f"{sentence} ({'; '.join(told)})" if told else sentence


def resumed(entry: AuditEntry) -> str:
    """Whether all that rested is taken up again, or only a part of it."""
    if entry.changes.get("left"):
        return _("hat bestätigt, dass ein Teil der eigenen Arbeit wieder aufgenommen ist")
    return _("hat bestätigt, dass die eigene Arbeit wieder aufgenommen ist")


def _words(name: str, value: Any) -> str:
    if not value:
        return _("nichts")
    if name.endswith("_on"):
        return day(dt.date.fromisoformat(value))
    return str(Outcome(value).label) if name == "outcome" else str(value)
