"""The sentences of the timeline that say of whom, and of which data, somebody did something (NFR-04).

The audit names offices, and people without an office by their function only (``queries.told_as``). Entries of an
earlier version say nothing of it: then the plain sentence of the row stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from iiz.core.enums import DataCategory, LegalBasis
from iiz.core.models import AuditEntry

from .workflow import TRANSITIONS

Changes = dict[str, Any]


def kinds(names: Iterable[str]) -> str:
    """Kinds of data in words."""
    return ", ".join(str(DataCategory(name).label) for name in DataCategory.values if name in names)


def who(changes: Changes) -> str:
    """Of whom an entry tells."""
    found = changes.get("who") or changes.get("office") or changes.get("adviser") or changes.get("offices") or ""
    return ", ".join(found) if isinstance(found, list) else str(found)


def added(changes: Changes) -> str:
    """Who came to the table, and on what that rests."""
    wish = changes.get("basis") == LegalBasis.WISH
    basis = _("auf Wunsch der Klientin oder des Klienten") if wish else _("von der Vollmacht genannt")
    return f"{who(changes)} ({basis})" if who(changes) else ""


def corrected(changes: Changes) -> str:
    """Whose details changed, and which of them; not to what."""
    names = {"email": _("E-Mail"), "phone": _("Telefon"), "function": _("Funktion")}
    fields = ", ".join(names[name] for name in changes.get("fields", []))
    return f"{who(changes)} ({fields})" if fields else who(changes)


def needed(changes: Changes) -> str:
    """Which office needs health data, or does not."""
    answer = _("ja") if changes.get("health") else _("nein")
    return f"{who(changes)}: {answer}" if who(changes) else ""


def narrowed(changes: Changes) -> str:
    """For whom a Vollmacht became narrower: what remains, and what does not."""
    if "was" not in changes:
        return ""
    names = {"who": who(changes), "keep": kinds(changes["keep"]) or _("keine Angaben anderer")}
    names["gone"] = kinds(set(changes["was"]) - set(changes["keep"]))
    if changes.get("ended"):
        names["was"] = kinds(changes["was"]) or _("keine Angaben anderer")
        return _("%(who)s: gilt gar nicht mehr; bisher %(was)s") % names
    return _("%(who)s: nur noch %(keep)s; nicht mehr %(gone)s") % names


DETAILS: dict[str, Callable[[Changes], str]] = {
    "start": who,
    "add_office": who,
    "add_person": added,
    "change_person": corrected,
    "end_participant": who,
    "need_health": needed,
    "assign": who,
    "request_views": who,
    "circulate_plan": who,
    "finalise_plan": who,
    "answer_dates_for": who,
    "reply_for": who,
    "narrow_vollmacht": narrowed,
    "appoint_manager": who,
}
"""Transition → what its entry adds to the sentence of the row."""


def with_detail(sentence: Any, detail: Callable[[Changes], str]) -> Callable[[AuditEntry], str]:
    """A sentence of the timeline that goes on, after a colon, with what the entry itself says."""

    def told(entry: AuditEntry) -> str:
        more = detail(entry.changes)
        return f"{sentence}: {more}" if more else str(sentence)

    return told


VERBS = {row.verb: with_detail(row.told, DETAILS[row.name]) for row in TRANSITIONS if row.name in DETAILS}
"""The sentences of the timeline for rows of the workflow; they take the place of ``Transition.told``."""
