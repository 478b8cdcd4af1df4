"""Who reads whose view, and what of it (PER-06, PER-10). :func:`readable` is the whole rule."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from iiz.core import clock, consents
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory
from iiz.core.models import Case

from .enums import ParticipantKind
from .models import Participant
from .queries import at_the_table, institution_of, is_covered, office_row

EVERYTHING = frozenset(DataCategory.values)
DECISIONS = DataCategory.MONEY
INCOMES = DataCategory.MONEY
SICK_LEAVES = DataCategory.HEALTH
"""To which kind of data belongs what is not told of a life area. A decision marked so is health data."""


@dataclass(frozen=True)
class Look:
    """All that reading the view of somebody depends on.

    ``own``: it is the view of the reader's office. ``covered``: its author sits at the table, and the Vollmacht covers
    him or her today. ``seated``: the reader's office sits at the table. ``opened``: the kinds of data that the reader
    may read of others today (``consents.may_read``): none after a withdrawal, or when the Vollmacht is over.
    """

    own: bool
    coordination: bool
    covered: bool
    seated: bool
    opened: frozenset[str]


def readable(look: Look) -> frozenset[str]:
    """The kinds of data that a reader gets of a view that was given:

    1. Everybody always reads the own view, all of it.
    2. The coordination office reads everything: it prepares the meeting.
    3. Of somebody who takes part no longer, or whom the Vollmacht covers no longer, nobody else reads anything.
    4. An office at the table reads of the others the kinds that the Vollmacht opens for it; health data only if it
       also needs them.
    """
    if look.own or look.coordination:
        return EVERYTHING
    if not look.covered or not look.seated:
        return frozenset()
    return look.opened


def opened(case: Case, actor: Actor) -> frozenset[str]:
    """The kinds of data that ``actor`` may read of what others told."""
    return frozenset(kind for kind in DataCategory.values if consents.may_read(case, actor, kind))


def is_shared(case: Case, row: Participant) -> bool:
    """Whether what somebody told is still shown to others: he or she takes part and is covered."""
    return any(other.pk == row.pk for other in at_the_table(case)) and is_covered(case, row)


def look(case: Case, actor: Actor, row: Participant, kinds: frozenset[str]) -> Look:
    """How ``actor`` stands to the view of ``row``; ``kinds`` are those of :func:`opened`."""
    return Look(
        own=institution_of(row) == actor.institution.pk,
        coordination=actor.is_coordination,
        covered=is_shared(case, row),
        seated=office_row(case, actor.institution.pk) is not None,
        opened=kinds,
    )


def readers(case: Case) -> list[tuple[str, list[str]]]:
    """Which offices will read each kind of data today, beside the coordination office: said to whoever writes."""
    return [
        (str(DataCategory(kind).label), [office.name for office in consents.readers(case, kind)])
        for kind in DataCategory.values
    ]


def hidden(case: Case, actor: Actor, kinds: frozenset[str]) -> list[str]:
    """Why the actor does not read some kinds of data of others, one sentence each; none where nothing is hidden."""
    if actor.is_coordination or kinds == EVERYTHING:
        return []
    line = consents.line_for(case, actor.institution.pk)
    if line is None:
        return [_nothing(case)]
    found = []
    closed = [str(DataCategory(kind).label) for kind in DataCategory.values if kind not in line.categories]
    if closed:
        words = _("Das sehen Sie von den anderen nicht, weil es die Vollmacht für Ihre Stelle nicht öffnet: %(kinds)s.")
        found.append(words % {"kinds": ", ".join(closed)})
    if line.health and DataCategory.HEALTH not in kinds:
        found.append(
            _(
                "Angaben der anderen zur Gesundheit sehen Sie nicht, weil Ihre Stelle sie für ihre Aufgabe in diesem "
                "Fall nicht braucht. Stimmt das nicht, so fragen Sie die IIZ-Koordinationsstelle."
            )
        )
    return found


def _nothing(case: Case) -> str:
    """Why an office reads nothing of what others told."""
    if case.withdrawn_at is not None:
        return _("Die Vollmacht ist zurückgezogen: Sie sehen nur noch, was Ihre Stelle selbst geschrieben hat.")
    vollmacht = case.vollmacht
    if vollmacht is not None and not vollmacht.holds_on(clock.today()):
        words = _(
            "Die Vollmacht ist am %(day)s abgelaufen: Sie sehen nur noch, was Ihre Stelle selbst geschrieben hat."
        )
        return words % {"day": f"{vollmacht.valid_until:%d.%m.%Y}"}
    return _("Die Vollmacht nennt Ihre Stelle nicht: Sie sehen nur, was sie selbst geschrieben hat.")


def name_of(case: Case, row: Participant, *, named: bool) -> str:
    """How a participant is called on pages: the office, the name; the client only where ``named``."""
    if row.participation is not None:
        return row.participation.institution.name
    if row.kind == ParticipantKind.CLIENT:
        return str(case.person) if named and case.person is not None else str(ParticipantKind.CLIENT.label)
    return row.name


def function_of(row: Participant) -> str:
    """As what somebody takes part: the person in charge of an office, or the function."""
    if row.participation is not None:
        user = row.participation.user
        return user.get_full_name() if user is not None else ""
    if row.kind == ParticipantKind.CLIENT:
        return str(ParticipantKind.CLIENT.label)
    return row.function or str(row.get_kind_display())
