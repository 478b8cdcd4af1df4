"""The meetings of Optima: their agendas, and what their notes say (OP-08, OP-09, OP-17, OP-18)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.actor import Actor
from iiz.core.blocks import Block, filled
from iiz.core.enums import StatisticsGroup
from iiz.core.models import Meeting
from iiz.core.registry import MeetingKind
from iiz.core.templatetags.ui import day

from . import content
from .enums import Continuation
from .enums import MeetingKind as K
from .models import Abschluss

AGENDA_HANDOVER = (
    gettext_lazy("Vorgeschichte und bisherige Arbeit"),
    gettext_lazy("Beginn der Fallarbeit"),
    gettext_lazy("Vorgehen und geplante Massnahmen"),
    gettext_lazy("Kostengutsprache, wenn eine Massnahme sofort beginnen soll"),
    gettext_lazy("Datum des nächsten Standortgesprächs"),
)
AGENDA_STANDORT = (
    gettext_lazy("Was wurde getan, was ist erreicht?"),
    gettext_lazy("Weitere Massnahmen und Vorgehen"),
    gettext_lazy("Weiterführen oder abschliessen"),
)


def note(meeting: Meeting, actor: Actor) -> list[Block]:
    """What the note of a held meeting says, in the order of the minutes."""
    handover = _part(meeting, "uebergabegespraech")
    if handover is not None:
        return _handover(meeting, handover)
    found = [Block("reason", _("Anlass"), [("", meeting.reason)]), Block("note", _("Besprochen"), [("", meeting.note)])]
    standort = _part(meeting, "standortgespraech")
    if standort is not None:
        found += _standort(meeting, standort)
    return filled(found)


def _part(meeting: Meeting, name: str) -> Any:
    try:
        return getattr(meeting, name)
    except ObjectDoesNotExist:
        return None


def _handover(meeting: Meeting, words: Any) -> list[Block]:
    """Exactly four contents (OP-09); the client's statement depends on the contractor (CON-18)."""
    social = meeting.chair.statistics_group == StatisticsGroup.SH
    statement = _("ist einverstanden und arbeitet mit") if social else _("erklärt, arbeiten zu können und zu wollen")
    answer = _("Ja: %(words)s") if words.statement else _("Nein, nicht: %(words)s")
    rows = [("", answer % {"words": statement}), (_("Bemerkung"), words.statement_note)]
    return filled(
        [
            Block("start", _("Beginn der Fallarbeit"), [("", day(words.starts_on))]),
            Block("next", _("Nächstes Standortgespräch"), [("", next_date(words))]),
            Block("measures", _("Geplante Massnahmen, Vorgehen, Kostengutsprache"), [("", words.measures)]),
            Block("statement", _("Erklärung der Klientin oder des Klienten"), rows),
        ]
    )


def next_date(words: Any) -> str:
    """The date fixed for the next meeting, with its place."""
    if words.next_at is None:
        return ""
    local = timezone.localtime(words.next_at)
    when = f"{date_format(local, 'l, j. F Y')}, {local:%-H.%M} Uhr"
    return ", ".join(part for part in (when, words.next_place or words.next_video_url) if part)


def _standort(meeting: Meeting, words: Any) -> list[Block]:
    extended = content.months(words.extended_months) if words.extended_months else ""
    closing = words.decision == Continuation.CLOSE
    decided = [
        ("", _("Die Fallarbeit wird abgeschlossen.") if closing else _("Die Fallarbeit geht weiter.")),
        (_("Verlängert um"), extended),
    ]
    found = [
        Block("progress", _("Was wurde getan, was ist erreicht?"), [("", words.progress)]),
        Block("decision", _("Entscheid"), [row for row in decided if row[1]]),
        Block("measures", _("Weitere Massnahmen und Vorgehen"), [("", words.measures)]),
        Block("next", _("Nächstes Standortgespräch"), [("", next_date(words))]),
    ]
    closure = _part(meeting, "abschluss")
    return found + ([Block("closure", _("Abschluss"), closure_rows(closure))] if closure is not None else [])


def closure_rows(closure: Abschluss) -> list[tuple[str, str]]:
    """How the case ended: reason, outcome, cause, result, papers (OUT-04 to OUT-06, OP-20)."""
    return [
        (_("Grund"), closure.reason.label),
        (_("Ergebnis"), str(capfirst(closure.antrag.get_outcome_display()))),
        (_("Was gefehlt hat"), ", ".join(row.label for row in closure.causes.all())),
        (_("Was erreicht ist"), ", ".join(row.label for row in closure.results.all())),
        (_("Ausnahme, weil"), closure.exception),
        (_("Übergebene Unterlagen"), closure.papers),
        (_("Bemerkung"), closure.note),
    ]


RELATED = ("uebergabegespraech", "standortgespraech", "abschluss__reason", "abschluss__antrag")
KINDS = (
    MeetingKind(K.UEBERGABEGESPRAECH, K.UEBERGABEGESPRAECH.label, AGENDA_HANDOVER, note, RELATED, agreed=True),
    MeetingKind(K.STANDORTGESPRAECH, K.STANDORTGESPRAECH.label, AGENDA_STANDORT, note, RELATED),
    MeetingKind(K.ABSCHLUSSGESPRAECH, K.ABSCHLUSSGESPRAECH.label, AGENDA_STANDORT, note, RELATED),
    MeetingKind(K.EXTRA, K.EXTRA.label, (), note, RELATED),
)
