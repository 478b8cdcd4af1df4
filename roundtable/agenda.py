"""The meetings of Roundtable: their two parts, who comes to which, how guests hear of them (RT-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.actor import Actor
from iiz.core.blocks import Block, filled
from iiz.core.enums import DataCategory, Seat
from iiz.core.models import Case, Invitee, Meeting
from iiz.core.registry import MeetingKind as Kind
from iiz.core.templatetags.ui import when

from . import attended, plan_reading
from .effects import follow
from .enums import MeetingKind, ParticipantKind
from .queries import steps_in_force
from .seating import knows_the_table, name_of

FIRST_SHARE = 0.4
"""Which share of the time belongs to the professionals: one hour of two and a half."""
QUARTER = 15
"""Minutes to which the beginning of the second part is rounded."""

POINTS_OF_FIRST = (
    gettext_lazy("Wo stehen wir heute? Was jede Stelle weiss und tut"),
    gettext_lazy("Was ist schwierig, und was hilft?"),
    gettext_lazy("Offene Fragen und Entscheide, die noch ausstehen"),
)
POINTS_OF_SECOND = (
    gettext_lazy("Was bis jetzt zusammengetragen ist"),
    gettext_lazy("Die Sicht der Klientin oder des Klienten: Was ist wichtig, wer und was hilft?"),
    gettext_lazy("Gemeinsame Ziele"),
    gettext_lazy("Plan: wer macht was bis wann"),
    gettext_lazy("Wer für alle die Ansprechperson ist, und wie es weitergeht"),
)
VIEW_OF_CLIENT = gettext_lazy("Ihre Sicht: Wie geht es Ihnen damit, was ist Ihnen wichtig, wer und was hilft?")
"""How the second point of the second part is put to the client."""
POINTS_OF_LATER = (
    gettext_lazy("Wie steht es: was ist erledigt, was läuft, was verzögert sich?"),
    gettext_lazy("Was hindert, und was hilft?"),
    gettext_lazy("Was am Plan ändert"),
    gettext_lazy("Wie es weitergeht"),
)
"""What an Auswertungssitzung is about, beside its steps (RT-19)."""
AGENDA = (
    *(format_lazy("{}: {}", gettext_lazy("Nur Fachpersonen"), point) for point in POINTS_OF_FIRST),
    *(format_lazy("{}: {}", gettext_lazy("Alle zusammen"), point) for point in POINTS_OF_SECOND),
)


@dataclass(frozen=True)
class Part:
    """One part of a meeting: what it is called, from when until when, its points, who comes."""

    title: str
    begins: dt.datetime
    ends: dt.datetime
    points: tuple[Any, ...]
    people: list[str]

    @property
    def span(self) -> str:
        """``9.00–10.00 Uhr``."""
        begins, ends = timezone.localtime(self.begins), timezone.localtime(self.ends)
        return _("%(from)s–%(to)s Uhr") % {"from": f"{begins:%-H.%M}", "to": f"{ends:%-H.%M}"}


def second_begins(meeting: Meeting) -> dt.datetime:
    """When the client comes in: proposed from the length of the meeting, to the quarter of an hour."""
    first = round(meeting.minutes * FIRST_SHARE / QUARTER) * QUARTER
    return meeting.starts_at + dt.timedelta(minutes=first)


def begins_for(meeting: Meeting, kind: str) -> dt.datetime:
    """When a participant of this kind is expected: the client and relatives come to the second part, if there is."""
    if meeting.kind == MeetingKind.AUSWERTUNG:
        return meeting.starts_at
    return second_begins(meeting) if kind in (ParticipantKind.CLIENT, ParticipantKind.RELATIVE) else meeting.starts_at


def topics(meeting: Meeting, case: Case, kinds: frozenset[str], *, on_paper: bool = False) -> list[str]:
    """The steps that a later meeting is about, for who reads ``kinds``.

    ``on_paper``: what lies on the table for all to see names none about health.
    """
    if meeting.kind != MeetingKind.AUSWERTUNG or not kinds:
        return []
    prefetch_related_objects([case], "meetings__topics")
    keys = {row.key for one in case.meetings.all() if one.pk == meeting.pk for row in one.topics.all()}
    steps = [step for step in steps_in_force(case) if step.key in keys] if keys else []
    health = DataCategory.HEALTH in kinds and not on_paper
    return [step.what for step in steps if health or not step.health]


def parts(
    meeting: Meeting,
    named: Iterable[tuple[str, str]] = (),
    *,
    to_client: bool = False,
    steps: Iterable[str] = (),
) -> list[Part]:
    """The two parts; ``named`` are kind and name of everybody who is invited. ``to_client``: as put to the client.

    A later meeting has one part, with the ``steps`` that it is about (RT-19).
    """
    people = list(named)
    if meeting.kind == MeetingKind.AUSWERTUNG:
        begin, *rest = POINTS_OF_LATER
        names = [name for _kind, name in people]
        points = (begin, *(_("Schritt: %(what)s") % {"what": what} for what in steps), *rest)
        return [Part(_("Alle, die eingeladen sind"), meeting.starts_at, meeting.ends_at, points, names)]
    later = (ParticipantKind.CLIENT, ParticipantKind.RELATIVE)
    middle = second_begins(meeting)
    first = [name for kind, name in people if kind not in later]
    title = (
        _("Zweiter Teil: alle, mit Ihnen") if to_client else _("Zweiter Teil: alle, mit der Klientin oder dem Klienten")
    )
    begin, _view, *rest = POINTS_OF_SECOND
    second = (begin, VIEW_OF_CLIENT, *rest) if to_client else POINTS_OF_SECOND
    return [
        Part(_("Erster Teil: die Fachpersonen"), meeting.starts_at, middle, POINTS_OF_FIRST, first),
        Part(title, middle, meeting.ends_at, second, [name for _kind, name in people]),
    ]


def place_of(meeting: Meeting) -> str:
    """Where it takes place, a line each."""
    video = _("Videokonferenz: %(url)s") % {"url": meeting.video_url} if meeting.video_url else ""
    return "\n".join(line for line in (meeting.place, video) if line)


def blocks(meeting: Meeting, named: Iterable[tuple[str, str]] = (), steps: Iterable[str] = ()) -> list[Block]:
    """The agenda as it stands on paper: no health data, nothing of what anybody told (REP-16)."""
    rows = [
        (_("Wann"), when(meeting)),
        (_("Wo"), place_of(meeting)),
        (_("Einladung und Moderation"), meeting.organiser.name),
    ]
    found = [Block("when", "", rows)]
    for number, part in enumerate(parts(meeting, named, steps=steps), 1):
        points = "\n".join(f"{place}. {point}" for place, point in enumerate(part.points, 1))
        lines = [(_("Zeit"), part.span), (_("Wer"), "\n".join(part.people)), (_("Traktanden"), points)]
        found.append(Block(f"part{number}", part.title, lines))
    return filled(found)


# Seats of people without an office -----------------------------------------------------------------------------------


def seated(row: Invitee, case: Case, actor: Actor) -> tuple[str, str] | None:
    """Name and function of somebody without an office, for the offices that the Vollmacht names; else only the role."""
    if row.seat != Seat.GUEST or row.ref is None:
        return None
    prefetch_related_objects([case], "participants")
    known = next((one for one in case.participants.all() if one.pk == row.ref), None)
    if known is None:
        return None
    return name_of(case, known, actor), known.function if knows_the_table(case, actor) else ""


def _about(meeting: Meeting, actor: Actor) -> list[str]:
    """The steps that a meeting is about, as far as ``actor`` may read them."""
    return topics(meeting, meeting.case, plan_reading.kinds_for(meeting.case, actor))


KINDS = tuple(
    Kind(
        kind.value,
        kind.label,
        agenda=AGENDA if kind == MeetingKind.ROUNDTABLE else POINTS_OF_LATER,
        tell_guests=follow.tell_guests,
        seated=seated,
        blocks=attended.blocks,
        about=_about,
    )
    for kind in MeetingKind
)
