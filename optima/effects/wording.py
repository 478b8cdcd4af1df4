"""The words of the last note of a Standortgespräch put right by the side that wrote it, because of a typo.

What was decided, its days, reason and outcome stay as they are: of an ended case only the coordination office corrects
those (``casework.correct``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from iiz.core import audit, clock, meetings
from iiz.core.actor import Actor
from iiz.core.models import Case, Meeting

from ..enums import MeetingKind
from ..models import Abschluss

IN_NOTE, IN_CLOSURE = ("progress", "measures"), ("papers", "note")
"""The words that may change: of the note, and of the closure if that was the last meeting."""


def last_note(case: Case) -> Meeting | None:
    """The Standortgespräch or Abschlussgespräch held last."""
    return meetings.last_held(case, MeetingKind.STANDORTGESPRAECH, MeetingKind.ABSCHLUSSGESPRAECH)


def is_noted(case: Case, actor: Actor) -> str | None:
    """Guard: there is such a note."""
    return None if last_note(case) else _("Es gibt noch keine Notiz eines Standortgesprächs.")


def reword(case: Case, actor: Actor, data: Mapping[str, Any]) -> dict[str, Any]:
    """Write the words given in ``data`` as a new version of the note; words left out stay.

    The audit holds the keyed hashes of old and new words: what stood there can be proved, not read.
    """
    meeting = last_note(case)
    assert meeting is not None  # the guard says so
    changes: dict[str, Any] = {}
    closure = Abschluss.objects.filter(meeting=meeting).first()
    for part, names in ((meeting.standortgespraech, IN_NOTE), (closure, IN_CLOSURE)):
        if part is None:
            continue
        for name in names:
            before, after = getattr(part, name), data.get(name, getattr(part, name))
            if before != after:
                setattr(part, name, after)
                changes[name] = [audit.personal(before), audit.personal(after)]
        part.save(update_fields=names)
    meeting.note_version += 1
    meeting.noted_at, meeting.noted_by = clock.now(), actor.user
    meeting.save(update_fields=["note_version", "noted_at", "noted_by"])
    return {"meeting": meeting.kind, "note_version": meeting.note_version} | changes
