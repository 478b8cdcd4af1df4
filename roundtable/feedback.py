"""Feedback after a meeting (RT-23): given once, kept without a trace to its author, read by the coordination office.

Two tables that nothing joins: who was asked, and what was said. No entry of the audit and no moment tells when somebody
answered, for a chain of moments would join them again. Answers are shown only by year, from :data:`FEWEST` on, and
:data:`BATCH` at a time: with fewer the offices at one table would know each other. Nothing is shown by meeting, for
what is left of a year once a meeting is taken out would be the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from iiz.core import clock, guests
from iiz.core.actor import Actor
from iiz.core.enums import Phase
from iiz.core.models import Case, GuestLink
from iiz.core.workflow import Conflict, NotAllowed

from .enums import ParticipantKind
from .models import Feedback, FeedbackRequest
from .queries import at_the_table, is_covered

FEWEST = 3
"""From how many answers on anything is shown, and how many each kind of sender must have given to be told apart."""
BATCH = 3
"""How many answers must wait until they appear together: one alone would tell whoever looks often whose it is."""
QUESTIONS = ("helpful", "heard", "clear")
"""The three questions, the fewest that tell an office what to do differently: did it help, was everybody heard, does
everybody know what comes next."""
RELATED = ("meeting__case__vollmacht", "participant__participation__institution", "participant__line")


def hindrance(row: FeedbackRequest) -> str:
    """Why no feedback can be given any more, as a German sentence; empty if nothing hinders."""
    case = row.meeting.case
    if row.answered:
        return _("Danke, Ihre Rückmeldung ist angekommen.")
    if case.withdrawn_at is not None:
        return _("Die Vollmacht ist zurückgezogen: Es wird nach nichts mehr gefragt.")
    if row.due_on < clock.today() or case.phase != Phase.OPEN:
        return _("Die Zeit für Rückmeldungen ist vorbei. Sie müssen nichts mehr tun.")
    here = next((one for one in at_the_table(case) if one.pk == row.participant_id), None)
    if here is None or not is_covered(case, here):
        return _("Die Vollmacht gilt hier nicht mehr: Es wird nach nichts mehr gefragt.")
    return ""


def of_office(actor: Actor, pk: int) -> FeedbackRequest:
    """What the actor's office is asked for; ``Http404`` for everybody else, and once the case is invisible."""
    rows = FeedbackRequest.objects.select_related(*RELATED)
    row = rows.filter(pk=pk, participant__participation__institution=actor.institution).first()
    if row is None or not Case.objects.visible_to(actor).filter(pk=row.meeting.case_id).exists():
        raise Http404
    return row


def of_link(link: GuestLink) -> FeedbackRequest | None:
    """What a link is about; ``None`` if it is not the guest's own."""
    rows = FeedbackRequest.objects.select_related(*RELATED)
    return rows.filter(pk=link.object_id, meeting__case=link.case_id, participant=link.ref).first()


def guest_hindrance(link: GuestLink) -> str:
    """Why a link leads to nothing that could be said."""
    row = of_link(link)
    return hindrance(row) if row is not None else _("Um diese Rückmeldung wird nicht mehr gebeten.")


def give(row: FeedbackRequest, answers: Mapping[str, Any], link: GuestLink | None = None) -> None:
    """Keep what somebody said, once; ``answers``: marks from 1 to 4 or ``None``, ``text``, ``quote``, ``quote_agreed``.

    A link ends with it. Raises ``Conflict`` if it is given already, ``NotAllowed`` with another reason, ``guests.Gone``
    for a link that ended meanwhile.
    """
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=row.meeting.case_id)
        fresh = FeedbackRequest.objects.select_related(*RELATED).get(pk=row.pk)
        reason = hindrance(fresh)
        if fresh.answered:
            raise Conflict(fresh.meeting.case, _("Ihre Stelle hat ihre Rückmeldung schon gegeben."))
        if reason:
            raise NotAllowed(reason)
        if link is not None:
            guests.fulfil(link)
        year = fresh.meeting.day.year
        Feedback.objects.create(year=year, sender=fresh.participant.kind, **answers)
        _show(year)
        fresh.answered = True
        fresh.save(update_fields=["answered"])


def _show(year: int) -> None:
    """Let all answers of a year appear that wait, once there are enough of them; in the caller's transaction.

    They are locked first: of two answers at the same moment one would else appear alone.
    """
    waiting = Feedback.objects.select_for_update().filter(year=year, shown=False).order_by("pk")
    keys = [row.pk for row in waiting]
    if len(keys) >= BATCH:
        Feedback.objects.filter(pk__in=keys).update(shown=True)


# Read by the coordination office ------------------------------------------------------------------------------------


@dataclass
class Year:
    """The answers to the meetings of one year that are shown; ``marks``: question, mean (``None``: too few), how many
    said it; ``senders`` is empty where a small group could be told by taking away the others."""

    year: int
    asked: int = 0
    number: int = 0
    marks: list[tuple[str, float | None, int]] = field(default_factory=list)
    senders: list[tuple[str, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)

    @property
    def shown(self) -> bool:
        """Whether there are enough answers to show anything."""
        return self.number >= FEWEST


def years() -> list[Year]:
    """The answers that appeared by year, the latest first; two queries."""
    found: dict[int, Year] = {}
    for day in FeedbackRequest.objects.values_list("meeting__held_on", flat=True):
        if day is not None:
            found.setdefault(day.year, Year(day.year)).asked += 1
    answers: dict[int, list[Feedback]] = {}
    for row in Feedback.objects.filter(shown=True):
        answers.setdefault(row.year, []).append(row)
    for number, rows in answers.items():
        year = found.setdefault(number, Year(number))
        year.number = len(rows)
        if year.shown:
            _fill(year, rows)
    return sorted(found.values(), key=lambda year: -year.year)


def _fill(year: Year, rows: list[Feedback]) -> None:
    for name in QUESTIONS:
        said = [mark for mark in (getattr(row, name) for row in rows) if mark is not None]
        mean = round(sum(said) / len(said), 1) if len(said) >= FEWEST else None
        year.marks.append((str(Feedback._meta.get_field(name).verbose_name), mean, len(said)))  # type: ignore[union-attr]
    kinds = Counter(row.sender for row in rows)
    if min(kinds.values()) >= FEWEST:
        year.senders = [(str(kind.label), kinds[kind]) for kind in ParticipantKind if kinds[kind]]
    year.texts = [row.text for row in rows if row.text]
    year.quotes = [row.quote for row in rows if row.quote and row.quote_agreed]
