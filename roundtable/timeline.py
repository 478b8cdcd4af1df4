"""From what somebody lives, month by month: incomes, gaps between them, sick leave, advance duty (RT-11)."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from iiz.core.templatetags.ui import chf, day

from .enums import IncomeKind
from .paper import Decision, Income, Paper, Sick

WIDTH = 360
"""Of the drawing, in units of its own; a telephone shows one as a bit less than a pixel."""
LANE = 30
"""Height of one bar with its label above it."""
LETTER = 6.5
"""Width of a letter where it is largest, on a telephone."""
TOP = 22
"""Height of the scale."""
BACK, AHEAD, FARTHEST = 3, 24, 48
"""Months shown before and after today where no date says otherwise, and the most that are shown after today."""
LONGEST_BACK = 12
DAY = dt.timedelta(days=1)
PENSION = re.compile(r"rente", re.IGNORECASE)
INSURANCE = re.compile(r"\bIV\b|Invaliden", re.IGNORECASE)
Span = tuple[dt.date, dt.date | None]
Ends = tuple[dt.date | None, dt.date | None]
Known = tuple[Decimal | None, bool, bool]
"""Of a month: the amount that is known, whether every amount is, whether there is any income."""


@dataclass(frozen=True)
class Bar:
    """One bar: ``x`` and ``width`` in units of the drawing; ``kind`` is income, gap or sick."""

    kind: str
    label: str
    when: str
    x: float
    width: float
    y: int
    opens: bool = False
    """Begins before the drawing, or nobody knows when."""
    goes_on: bool = False
    """Goes on beyond the drawing, or nobody knows until when."""

    @property
    def box(self) -> int:
        """Where the bar itself begins, below its label."""
        return self.y + 15

    @property
    def foot(self) -> int:
        """Where the bar ends."""
        return self.box + 10

    @property
    def above(self) -> int:
        """Where the line of today begins, just above the bar."""
        return self.box - 2

    @property
    def below(self) -> int:
        """Where the line of today ends, just below the bar."""
        return self.box + 12

    @property
    def text_x(self) -> float:
        """Where the label is tied: at the beginning of the bar, or at its end where it would not fit."""
        return self.x if self._fits else round(self.x + self.width, 1)

    @property
    def anchor(self) -> str:
        """To which side of :attr:`text_x` the label is written."""
        return "start" if self._fits else "end"

    @property
    def _fits(self) -> bool:
        return self.x + len(self.label) * LETTER <= WIDTH

    @property
    def text_y(self) -> int:
        """The line on which the label is written."""
        return self.box - 4

    @property
    def tip(self) -> str:
        """The colour of a tip, which lies on the bar."""
        return {"income": "#ffffff", "gap": "#9b2335"}.get(self.kind, "#18222b")

    @property
    def before(self) -> str:
        """The points of the tip on the left."""
        return f"{self.x + 7:.1f},{self.box + 2} {self.x + 1:.1f},{self.box + 5} {self.x + 7:.1f},{self.box + 8}"

    @property
    def after(self) -> str:
        """The points of the tip on the right."""
        end = self.x + self.width
        return f"{end - 7:.1f},{self.box + 2} {end - 1:.1f},{self.box + 5} {end - 7:.1f},{self.box + 8}"


@dataclass(frozen=True)
class Tick:
    """A line at the beginning of a quarter; ``label`` where there is room for one."""

    x: float
    label: str = ""
    anchor: str = "start"


@dataclass(frozen=True)
class Sum:
    """What is known of the income of some months in a row; ``complete``: every amount is known."""

    first: dt.date
    last: dt.date
    amount: Decimal | None
    complete: bool
    any: bool

    @property
    def when(self) -> str:
        """``Mai 2027``, ``Mai 2027 bis August 2027``."""
        first, last = (date_format(month, "F Y") for month in (self.first, self.last))
        return first if self.first == self.last else _("%(first)s bis %(last)s") % {"first": first, "last": last}

    @property
    def what(self) -> str:
        """The sum in words."""
        if not self.any:
            return _("kein Einkommen bekannt")
        if self.amount is None:
            return _("Betrag nicht bekannt")
        return chf(self.amount) if self.complete else _("mindestens %(sum)s") % {"sum": chf(self.amount)}


@dataclass
class Timeline:
    """The drawing with its bars, and all it shows as words."""

    first: dt.date
    last: dt.date
    today: float | None = None
    bars: list[Bar] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Of the drawing."""
        return TOP + LANE * len(self.bars) + 4

    @property
    def told(self) -> str:
        """The drawing in words, for who does not see it."""
        return " ".join(f"{bar.label}: {bar.when}." for bar in self.bars)


def build(paper: Paper, today: dt.date) -> Timeline | None:
    """The time line as of ``today``; ``None`` where neither income nor sick leave is known."""
    incomes = [row for row in paper.incomes if _is_span(row.since, row.until)]
    sick = [row for row in paper.sick_leaves if _is_span(row.since, row.until)]
    if not incomes and not sick:
        return None
    first, last = _range([*incomes, *sick], today)
    line = Timeline(first, last)
    missing = [span for span in gaps(incomes) if span[1] is None or span[1] >= first]
    lanes = [("income", _income_label(row), (row.since, row.until)) for row in incomes]
    lanes += [("gap", str(_("kein Einkommen bekannt")), span) for span in missing]
    lanes += [("sick", _sick_label(row), (row.since, row.until)) for row in sick]
    shown = [lane for lane in lanes if _is_shown(line, lane[2])]
    line.bars = [_bar(line, place, *lane) for place, lane in enumerate(shown)]
    line.ticks, line.today = _ticks(line), _x(line, today) if first <= today <= last else None
    line.sums = sums(incomes, max(first, _month(today)), last) if incomes else []
    line.sentences = [*(_gap_sentence(span) for span in missing), *advances(incomes, paper.decisions, today)]
    return line


def _is_span(since: dt.date | None, until: dt.date | None) -> bool:
    return since is None or until is None or since <= until


def _income_label(row: Income) -> str:
    return f"{row.label}, {chf(row.amount)}" if row.amount is not None else row.label


def _sick_label(row: Sick) -> str:
    return _("arbeitsunfähig zu %(n)s\u00a0%%") % {"n": row.percent}


# Gaps and sums ------------------------------------------------------------------------------------------------------


def gaps(incomes: Iterable[Income]) -> list[Span]:
    """The spans after the first income ends in which none is known, first and last day; ``None``: none follows."""
    rows = sorted(incomes, key=lambda row: row.since or dt.date.min)
    found: list[Span] = []
    reached: dt.date | None = None
    for place, row in enumerate(rows):
        if place and reached is not None and row.since is not None and row.since > reached + DAY:
            found.append((reached + DAY, row.since - DAY))
        if row.until is None:
            return found
        reached = max(reached or row.until, row.until)
    return [*found, (reached + DAY, None)] if reached is not None else found


def _gap_sentence(span: Span) -> str:
    if span[1] is None:
        return _("Ab %(first)s ist kein Einkommen bekannt.") % {"first": day(span[0])}
    if span[0] == span[1]:
        return _("Am %(first)s ist kein Einkommen bekannt.") % {"first": day(span[0])}
    return _("Vom %(first)s bis %(last)s ist kein Einkommen bekannt.") % {"first": day(span[0]), "last": day(span[1])}


def sums(incomes: Sequence[Income], first: dt.date, last: dt.date) -> list[Sum]:
    """What is known of each month, months with the same put together; a part of a month counts by its days."""
    months = []
    month = _month(first)
    while month <= last:
        months.append((month, _sum(incomes, month)))
        month = _later(month, 1)
    spans = [(known, [row[0] for row in rows]) for known, rows in groupby(months, key=lambda row: row[1])]
    return [Sum(span[0], span[-1], *known) for known, span in spans]


def _sum(incomes: Sequence[Income], month: dt.date) -> Known:
    days = calendar.monthrange(month.year, month.month)[1]
    end = month + (days - 1) * DAY
    parts = []
    for row in incomes:
        begins, ends = max(row.since or month, month), min(row.until or end, end)
        if begins <= ends:
            share = Decimal((ends - begins).days + 1) / days
            parts.append(None if row.amount is None else row.amount * share)
    known = [part for part in parts if part is not None]
    amount = sum(known, Decimal()).quantize(Decimal("0.01")) if known else None
    return amount, len(known) == len(parts), bool(parts)


def advances(incomes: Iterable[Income], decisions: Iterable[Decision], today: dt.date) -> list[str]:
    """The advance duty: unemployment insurance pays while a pension of the IV is pending; may be settled later."""
    pending = [
        row for row in decisions if PENSION.search(row.text) and INSURANCE.search(f"{row.text} {row.owner_label}")
    ]
    paid = [
        row
        for row in incomes
        if row.kind == IncomeKind.ALE
        and (row.until is None or row.until >= today)
        and any(row.since is None or one.expected is None or row.since <= one.expected for one in pending)
    ]
    if not paid:
        return []
    return [
        _(
            "Solange die IV über eine Rente entscheidet, ist die Arbeitslosenentschädigung eine Vorleistung "
            "(Vorleistungspflicht): Wird die Rente rückwirkend zugesprochen, kann sie später verrechnet werden."
        )
    ]


# The drawing --------------------------------------------------------------------------------------------------------


def _range(rows: Iterable[Income | Sick], today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day that are drawn: whole months, from the first date to the last within reason."""
    dates = [date for row in rows for date in (row.since, row.until) if date is not None]
    begins = min([*dates, _later(_month(today), -BACK)])
    begins = max(_month(begins), _later(_month(today), -LONGEST_BACK))
    ends = [date for date in dates if date > today]
    last = _later(_month(max(ends)), 3) if ends else _later(_month(today), AHEAD)
    last = min(last, _later(_month(today), FARTHEST))
    return begins, max(last, _later(_month(today), 6)) - DAY


def _month(date: dt.date) -> dt.date:
    return date.replace(day=1)


def _later(month: dt.date, by: int) -> dt.date:
    """So many months later; before if negative."""
    place = month.year * 12 + month.month - 1 + by
    return dt.date(place // 12, place % 12 + 1, 1)


def _x(line: Timeline, date: dt.date) -> float:
    """Where a day begins in the drawing."""
    return round((date - line.first).days / ((line.last - line.first).days + 1) * WIDTH, 1)


def _is_shown(line: Timeline, span: Ends) -> bool:
    """Whether anything of a span falls into the drawing."""
    since, until = span
    return (until is None or until >= line.first) and (since is None or since <= line.last)


def _bar(line: Timeline, place: int, kind: str, label: str, span: Ends) -> Bar:
    since, until = span
    begins, ends = max(since or line.first, line.first), min(until or line.last, line.last)
    x = _x(line, begins)
    return Bar(
        kind=kind,
        label=label,
        when=span_words(since, until),
        x=x,
        width=round(max(_x(line, ends + DAY) - x, 2), 1),
        y=TOP + place * LANE,
        opens=since is None or since < line.first,
        goes_on=until is None or until > line.last,
    )


def span_words(since: dt.date | None, until: dt.date | None) -> str:
    """``01.05.2026–30.04.2027``, ``ab 01.09.2027``, ``bis 30.04.2027``."""
    if since and until:
        return f"{day(since)}–{day(until)}"
    if since:
        return _("ab %(day)s") % {"day": day(since)}
    return _("bis %(day)s") % {"day": day(until)} if until else _("ohne Datum")


def _ticks(line: Timeline) -> list[Tick]:
    """A tick each quarter; each year has its number, and each quarter too where a year and a half is shown."""
    months = (line.last.year - line.first.year) * 12 + line.last.month - line.first.month + 1
    found = []
    month = line.first
    while month <= line.last:
        if month.month % 3 == 1:
            is_year = month.month == 1
            label = f"{month:%Y}" if is_year else f"{month:%-m}/{month:%y}" if months <= 24 else ""
            x = _x(line, month)
            anchor = "end" if x > WIDTH - 26 else "start"
            found.append(Tick(x, label, anchor))
        month = _later(month, 1)
    return found
