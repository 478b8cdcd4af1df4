"""Who sits at the table, in words: names as far as a reader may know them, who is covered, who said what."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from iiz.core import access, consents
from iiz.core.actor import Actor
from iiz.core.models import Case, Institution, ScopeLine
from iiz.core.workdays import is_working_day

from .enums import Availability, ParticipantKind
from .models import DateOption, DatePoll, Participant
from .queries import asked, at_the_table, has_answered, institution_of, is_covered

MARKS = {Availability.YES: "ok", Availability.MAYBE: "wait", Availability.NO: "stop"}


def knows_the_table(case: Case, actor: Actor) -> bool:
    """Whether ``actor`` may know who sits there without an office: the offices that the Vollmacht names."""
    return actor.is_coordination or consents.line_for(case, actor.institution.pk) is not None


def name_of(case: Case, row: Participant, actor: Actor) -> str:
    """Who somebody at the table is: the person in charge, else the office; the client only where it may be named."""
    if row.kind == ParticipantKind.CLIENT:
        named = case.person is not None and access.shows_person(case, actor)
        return str(case.person) if named else str(row.get_kind_display())
    if row.participation is not None:
        user = row.participation.user
        return user.get_full_name() if user is not None else row.participation.institution.name
    return row.name if knows_the_table(case, actor) else str(row.get_kind_display())


def named(case: Case, row: Participant, actor: Actor) -> str:
    """Name with office or function: ``Jan Frei, RAV Musterwil``."""
    office = office_of(row)
    beside = office.short_name if office is not None else row.function if knows_the_table(case, actor) else ""
    name = name_of(case, row, actor)
    if office is not None and name == office.name:
        return name
    if row.kind == ParticipantKind.CLIENT:
        beside = str(row.get_kind_display()) if name != row.get_kind_display() else ""
    return f"{name}, {beside}" if beside else name


def office_of(row: Participant) -> Institution | None:
    """The office for which somebody sits there."""
    return row.participation.institution if row.participation is not None else None


def line_of(case: Case, row: Participant) -> ScopeLine | None:
    """The live line of the Vollmacht, or of the client's wish, on which an exchange with somebody rests."""
    if row.kind == ParticipantKind.OFFICE:
        return consents.line_for(case, institution_of(row) or 0)
    return next((line for line in consents.live_lines(case) if line.pk == row.line_id), None)


def basis_of(case: Case, row: Participant) -> str:
    """On what it rests, in words (PER-08); empty where it rests on nothing."""
    if row.kind == ParticipantKind.CLIENT:
        return _("die eigene Sache") if is_covered(case, row) else ""
    line = line_of(case, row)
    return consents.basis_words(line) if line is not None else ""


# Proposed dates -----------------------------------------------------------------------------------------------------


def moment_words(moment: dt.datetime, *, short: bool = False) -> str:
    """``Dienstag, 15. Dezember 2026, 9.00 Uhr``, or ``Di 15.12., 9.00``."""
    local = timezone.localtime(moment)
    if short:
        return f"{date_format(local, 'D j.n.')}, {local:%-H.%M}"
    return _("%(day)s, %(time)s Uhr") % {"day": date_format(local, "l, j. F Y"), "time": f"{local:%-H.%M}"}


@dataclass
class Column:
    """One proposed date and what everybody said to it."""

    option: DateOption
    answers: dict[int, str] = field(default_factory=dict)
    best: bool = False

    @property
    def counts(self) -> Counter[str]:
        """How many said what."""
        return Counter(self.answers.values())

    @property
    def result(self) -> str:
        """``4 passt, 1 wenn nötig``."""
        counts = self.counts
        said = [f"{counts[one]} {one.label}" for one in Availability if counts[one]]
        return ", ".join(said) or _("noch keine Antwort")

    @property
    def works(self) -> bool:
        """Whether the day is a working day of the canton."""
        return is_working_day(timezone.localdate(self.option.starts_at))

    @property
    def words(self) -> str:
        """The date in full."""
        return moment_words(self.option.starts_at)

    @property
    def short(self) -> str:
        """The date for the head of a column."""
        return moment_words(self.option.starts_at, short=True)


def columns(case: Case, poll: DatePoll) -> list[Column]:
    """The proposed dates with the answers of those at the table; the best is the one that most can keep.

    Fewest who cannot, then fewest who can only if need be, then most who can, then the earliest. Dates that are over
    are never the best.
    """
    here = {row.pk for row in at_the_table(case)}
    found = [
        Column(option, {row.participant_id: row.answer for row in option.answers.all() if row.participant_id in here})
        for option in poll.options.all()
    ]
    open_ones = [one for one in found if one.option.starts_at > timezone.now() and one.answers]
    if open_ones:
        min(open_ones, key=_worth).best = True
    return found


def _worth(column: Column) -> tuple[Any, ...]:
    counts = column.counts
    return (
        counts[Availability.NO],
        counts[Availability.MAYBE],
        -counts[Availability.YES],
        column.option.starts_at,
    )


def is_asked(case: Case, row: Participant) -> bool:
    """Whether somebody who is asked was so through the portal: an office, or a person with an e-mail address."""
    return is_covered(case, row) and bool(row.participation is not None or row.email)


def grid(case: Case, poll: DatePoll, actor: Actor) -> dict[str, Any]:
    """Who said what to which date, as the tab *Gespräche* shows it."""
    found = columns(case, poll)
    rows = []
    wanted = {row.pk for row in asked(case, poll)}
    for row in at_the_table(case):
        if row.pk not in wanted and not has_answered(poll, row):
            continue
        cells = []
        for column in found:
            answer = column.answers.get(row.pk)
            mark = MARKS[Availability(answer)] if answer else "rest"
            word = Availability(answer).label if answer else _("offen")
            cells.append((mark, word, column.words))
        office = office_of(row)
        rows.append(
            {
                "name": name_of(case, row, actor),
                "office": office.short_name if office and row.participation and row.participation.user else "",
                "cells": cells,
                "asked": is_asked(case, row),
            }
        )
    return {"poll": poll, "columns": found, "rows": rows, "best": next((one for one in found if one.best), None)}
