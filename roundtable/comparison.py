"""The views side by side, as far as somebody may read them (RT-09, RT-11, RT-12, PER-08, PER-10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from iiz.core import access, consents
from iiz.core.actor import Actor
from iiz.core.blocks import Block
from iiz.core.enums import DataCategory, Phase
from iiz.core.models import Case, ScopeLine
from iiz.core.templatetags.ui import day

from . import perspectives, reading
from .enums import ParticipantKind
from .models import AreaView, Income, LifeArea, Participant, PendingDecision, Perspective, SickLeave

SAID = ("decisions", "sick_leaves", "incomes")
"""What was said beside the life areas, each fetched at once whatever the number of participants."""


@dataclass
class Column:
    """One participant: who, how it stands with the view, on what the exchange rests; and what of it may be read.

    ``shown`` holds the kinds of data that the reader gets; empty also where nothing is given yet.
    """

    view: Perspective
    name: str
    function: str
    standing: str
    basis: str
    own: bool
    shown: frozenset[str]
    waits: bool = False

    def area(self, area: LifeArea) -> AreaView | None:
        """What is said of a life area, if it may be read."""
        if area.category not in self.shown:
            return None
        return next((row for row in self.view.areas.all() if row.area_id == area.pk), None)


@dataclass(frozen=True)
class Line:
    """A decision, a sick leave or an income, and who said it."""

    who: str
    what: str
    when: str
    note: str = ""


@dataclass
class SideBySide:
    """The page: columns, rows of life areas with one cell a column, lists over all, and what is not shown and why."""

    columns: list[Column]
    rows: list[tuple[LifeArea, list[list[tuple[str, str]]]]] = field(default_factory=list)
    decisions: list[Line] = field(default_factory=list)
    sick_leaves: list[Line] = field(default_factory=list)
    incomes: list[Line] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    @property
    def given(self) -> list[Column]:
        """Those of whose view the reader sees anything."""
        return [column for column in self.columns if column.shown]

    @property
    def labelled_rows(self) -> list[tuple[LifeArea, list[tuple[Column, list[tuple[str, str]]]]]]:
        """The rows, each cell with its column."""
        return [(area, list(zip(self.given, cells, strict=True))) for area, cells in self.rows]

    @property
    def lists(self) -> list[tuple[str, list[Line]]]:
        """What is told beside the life areas, with its heading; only what there is."""
        found = (
            (_("Hängige Entscheide"), self.decisions),
            (_("Arbeitsunfähigkeit"), self.sick_leaves),
            (_("Einkommen"), self.incomes),
        )
        return [(title, lines) for title, lines in found if lines]


def fetch(case: Case) -> None:
    """Fetch at once who takes part, on what the exchange rests, and how the views stand."""
    participants = Participant.objects.select_related("participation__institution", "participation__user")
    views = Perspective.objects.select_related("basis__vollmacht", "given_by")
    lines = ScopeLine.objects.select_related("institution")
    prefetch_related_objects(
        [case],
        Prefetch("participants", participants),
        Prefetch("perspectives", views),
        Prefetch("vollmacht__lines", lines),
    )
    rows = {row.pk: row for row in case.participants.all()}
    for row in rows.values():
        row.case = case
    for view in case.perspectives.all():
        view.case, view.participant = case, rows[view.participant_id]


def of(case: Case, actor: Actor) -> SideBySide:
    """What ``actor`` may read of the views of a case that is visible to the actor."""
    fetch(case)
    page = standing(case, actor)
    areas = Prefetch("areas", AreaView.objects.select_related("area"))
    prefetch_related_objects([column.view for column in page.given], areas, *SAID)
    return _said(page)


def standing(case: Case, actor: Actor) -> SideBySide:
    """Whose views there are and how they stand, without what they say; ``case`` is fetched."""
    kinds = reading.opened(case, actor)
    named = access.shows_person(case, actor)
    found = [_column(case, actor, view, kinds, named=named) for view in case.perspectives.all() if _matters(view)]
    columns = [column for column in found if column is not None]
    return SideBySide(columns, hidden=reading.hidden(case, actor, kinds))


def _said(page: SideBySide) -> SideBySide:
    """Fill in what the views say, as far as each may be read."""
    for area in _areas(page.given):
        cells = [_cell(column.area(area)) for column in page.given]
        if any(cells):
            page.rows.append((area, cells))
    for column in page.given:
        shown, view = column.shown, column.view
        page.decisions += [
            _decision(column.name, row)
            for row in view.decisions.all()
            if (DataCategory.HEALTH if row.health else reading.DECISIONS) in shown
        ]
        if reading.SICK_LEAVES in shown:
            page.sick_leaves += [_sick_leave(column.name, row) for row in view.sick_leaves.all()]
        if reading.INCOMES in shown:
            page.incomes += [_income(column.name, row) for row in view.incomes.all()]
    return page


def _matters(view: Perspective) -> bool:
    """A request that was called off leaves no trace; a view that was given stays."""
    return view.cancelled_at is None or view.given_at is not None


def _column(case: Case, actor: Actor, view: Perspective, kinds: frozenset[str], *, named: bool) -> Column | None:
    """The column of one view; ``None`` where the reader learns nothing of it, not even whose it is.

    That is so once the Vollmacht does not stand for the reader any more, and for views that will not come.
    """
    named_by_vollmacht = consents.line_for(case, actor.institution.pk) is not None
    row = view.participant
    look = reading.look(case, actor, row, kinds)
    may = reading.readable(look)
    if not may and (not look.seated or not named_by_vollmacht or (not look.covered and view.given_at is None)):
        return None
    standing, waits = _standing(view, gone=not look.covered, shown=bool(may))
    return Column(
        view=view,
        name=reading.name_of(case, row, named=named),
        function=reading.function_of(row),
        standing=standing,
        basis=_basis(view) if view.given_at is not None and may else "",
        own=look.own,
        shown=may if view.given_at is not None else frozenset(),
        waits=waits,
    )


def _standing(view: Perspective, *, gone: bool, shown: bool) -> tuple[str, bool]:
    """When the view was given, or what is missing until when; and whether it is still awaited."""
    if view.given_at is not None:
        if gone and not shown:
            return _("wird nicht mehr gezeigt"), False
        words = _("abgegeben am %(day)s") % {"day": day(view.given_at)}
        if view.given_by is not None and perspectives.is_written_down(view):
            words = _("aufgenommen am %(day)s von %(who)s")
            words = words % {"day": day(view.given_at), "who": view.given_by.get_full_name()}
        if gone:
            words += _("; andere Stellen sehen sie nicht mehr")
        return words, False
    if view.declined_at is not None:
        return _("verzichtet am %(day)s") % {"day": day(view.declined_at)}, False
    if gone or view.case.phase != Phase.OPEN:
        return _("nicht abgegeben"), False
    return _("fehlt noch, erbeten bis %(day)s") % {"day": day(view.due_on)}, True


def _basis(view: Perspective) -> str:
    """On what the exchange rested (PER-08)."""
    if view.basis is not None:
        return consents.basis_words(view.basis)
    if view.participant.kind == ParticipantKind.CLIENT:
        return _("eigene Angaben")
    return ""


def _areas(columns: Iterable[Column]) -> list[LifeArea]:
    """The life areas of which anybody wrote, in their order."""
    found = {row.area_id: row.area for column in columns for row in column.view.areas.all()}
    return sorted(found.values(), key=lambda area: (area.position, area.pk))


def _cell(row: AreaView | None) -> list[tuple[str, str]]:
    """What somebody says of one life area, as label and text; the state needs no label."""
    if row is None:
        return []
    labels = {
        "state": "",
        "difficulties": _("Schwierigkeiten"),
        "resources": _("Ressourcen"),
        "open_questions": _("Offene Fragen"),
    }
    return [(label, text) for name, label in labels.items() if (text := getattr(row, name))]


def _decision(who: str, row: PendingDecision) -> Line:
    note = _("betrifft die Gesundheit") if row.health else ""
    when = _("erwartet bis %(day)s") % {"day": day(row.expected_on)} if row.expected_on else _("Zeitpunkt offen")
    return Line(who, row.text, when, note)


def _sick_leave(who: str, row: SickLeave) -> Line:
    return Line(who, f"{row.percent}\u00a0%", _period(row), row.note)


def _income(who: str, row: Income) -> Line:
    amount = number_format(row.amount, decimal_pos=2, force_grouping=True) if row.amount is not None else ""
    words = _("%(kind)s, CHF %(amount)s im Monat") if amount else "%(kind)s"
    return Line(who, words % {"kind": row.get_kind_display(), "amount": amount}, _period(row), row.note)


def _period(row: SickLeave | Income) -> str:
    since = _("seit %(day)s") % {"day": day(row.since)} if row.since else ""
    until = _("bis %(day)s") % {"day": day(row.until)} if row.until else ""
    return " ".join(part for part in (since, until) if part)


# As text ------------------------------------------------------------------------------------------------------------


def blocks(page: SideBySide) -> list[Block]:
    """What the reader sees, person by person and then the lists, to paste into another system (UX-02)."""
    found = []
    for place, column in enumerate(page.given):
        rows = [("", ". ".join(part for part in (column.standing, column.basis) if part))]
        for area, cells in page.rows:
            rows += [(f"{area.label}, {label}" if label else area.label, text) for label, text in cells[place]]
        found.append(Block(f"view-{place}", f"{column.name}, {column.function}".strip(", "), rows))
    for title, lines in page.lists:
        found.append(Block(title, title, [(line.who, _words(line)) for line in lines]))
    waiting = [(column.name, column.standing) for column in page.columns if not column.shown]
    if waiting:
        found.append(Block("missing", _("Noch nicht zu lesen"), waiting))
    if page.hidden:
        found.append(Block("hidden", _("Was Sie nicht sehen"), [("", sentence) for sentence in page.hidden]))
    return found


def _words(line: Line) -> str:
    return ", ".join(part for part in (line.what, line.when, line.note) if part)
