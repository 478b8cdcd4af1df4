"""How a figure is counted, and how the very same declaration finds the cases behind it.

A figure counts either events – something that happened to a case on a day within the period – or a stock, the
cases that stood somewhere at the end of a day. Declared once as source and conditions, it serves both
:func:`count` and :func:`behind`, so a number and its list cannot disagree.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Func, IntegerField, Q
from django.db.models.expressions import Combinable

from iiz.core.cases import UNKNOWN
from iiz.core.models.case import CaseQuerySet

YEAR = re.compile(r"[12]\d{3}", re.ASCII)


@dataclass(frozen=True)
class Period:
    """From a day to a day, both inclusive. ``ValueError`` when it ends before it begins."""

    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("a period ends before it begins")


class _Given:
    """Stands for *any value but none* in the conditions of a figure."""

    def __contains__(self, value: object) -> bool:
        return value is not None


GIVEN = _Given()


class Days(Func):
    """Whole days from one date to another, as the database counts them; null if either is missing."""

    output_field = IntegerField()
    template = "(%(expressions)s)"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite has no dates: Django's own difference would call back into Python for each row."""
        since, until = (compiler.compile(part) for part in reversed(self.get_source_expressions()))
        sql = f"CAST(julianday({until[0]}) - julianday({since[0]}) AS INTEGER)"
        return sql, [*until[1], *since[1]]


@dataclass(frozen=True)
class Column:
    """What events are told apart by: a field reached from the case."""

    path: str

    def expression(self) -> Combinable:
        """What the database groups by."""
        return F(self.path)

    def matching(self, values: Any) -> Q:
        """The condition that one of ``values`` stands there."""
        return Q(**{f"{self.path}__isnull": False}) if values is GIVEN else Q(**{f"{self.path}__in": values})


@dataclass(frozen=True)
class Span(Column):
    """How many days passed between ``since`` and ``path``."""

    since: str = ""

    def expression(self) -> Combinable:
        """The days, grouped: a few hundred rows stand for all cases, whatever their number."""
        return Days(F(self.path), F(self.since))

    def matching(self, values: Any) -> Q:
        """Only :data:`GIVEN` is asked: both days are known."""
        assert values is GIVEN
        return Q(**{f"{self.path}__isnull": False, f"{self.since}__isnull": False})


@dataclass(frozen=True)
class Event:
    """Something that happens on ``day`` (a date field reached from the case), told apart by ``columns``."""

    name: str
    day: str
    columns: Mapping[str, Column]
    many: bool = False
    """Whether it can happen to one case several times: then it is a row of its own, joined to the case."""
    since: str = ""
    """The first day on which it may have happened, where only a span up to ``day`` is known: the period holds both."""

    def within(self, period: Period) -> Q:
        """The condition that it happened in ``period``."""
        return Q(**{f"{self.since or self.day}__gte": period.first, f"{self.day}__lte": period.last})


class SoFar(Event):
    """Events counted from the very first up to the end of the period."""

    def within(self, period: Period) -> Q:
        """The condition that it happened up to the last day of ``period``."""
        return Q(**{f"{self.day}__lte": period.last})


@dataclass(frozen=True)
class Stock:
    """Cases that stand somewhere; ``condition`` says where, for a period."""

    name: str
    condition: Callable[[Period], Q]


@dataclass(frozen=True)
class Figure:
    """One number. ``key`` is its place in the JSON, parts separated by dots; ``where`` narrows the event.

    ``also`` is counted with it, where the same thing is recorded in two ways.
    """

    key: str
    source: Event | Stock
    where: Mapping[str, Any] = field(default_factory=dict)
    also: Figure | None = None

    def parts(self) -> Iterator[Figure]:
        """The figure itself and what is counted with it."""
        yield self
        if self.also is not None:
            yield from self.also.parts()

    def condition(self, period: Period) -> Q:
        """The condition on cases (or, for events that repeat, on the joined rows)."""
        if isinstance(self.source, Stock):
            return self.source.condition(period)
        condition = self.source.within(period)
        for name, values in self.where.items():
            condition &= self.source.columns[name].matching(values)
        return condition


@dataclass(frozen=True)
class Spread:
    """A figure for each value of a column, among them values that nobody listed beforehand."""

    key: str
    source: Event
    column: str
    where: Mapping[str, Any] = field(default_factory=dict)
    years: bool = False
    """Whether the values are years: whole numbers, not texts."""

    def figure(self, name: str) -> Figure | None:
        """The figure of the value that is called ``name`` in the key; ``None`` if it can be none."""
        values: tuple[Any, ...] = (name,)
        if self.years:
            if not YEAR.fullmatch(name):
                return None
            values = (int(name),)
        elif name == UNKNOWN:
            values = ("", UNKNOWN)
        return Figure(f"{self.key}.{name}", self.source, {**self.where, self.column: values})

    @property
    def whole(self) -> Figure:
        """All values together."""
        return Figure(self.key, self.source, self.where)


Rows = list[tuple[dict[str, Any], int]]


@dataclass(frozen=True)
class Counts:
    """The grouped rows of each event and the stocks of one period, from which figures are added up."""

    events: Mapping[str, Rows]
    stocks: Mapping[str, int]

    def of(self, figure: Figure) -> int:
        """The value of ``figure``."""
        return sum(self._of(part) for part in figure.parts())

    def spread(self, spread: Spread) -> dict[str, int]:
        """The number of each value that occurs, by its name in the key; nothing is called *unbekannt*."""
        found: Counter[str] = Counter()
        for row, number in self._rows(spread.whole):
            found[str(row[spread.column] or UNKNOWN)] += number
        return dict(found)

    def median(self, figure: Figure, column: str) -> float | int | None:
        """The middle of ``column`` among what ``figure`` counts; ``None`` when it counts nothing."""
        days: Counter[int] = Counter()
        for row, number in self._rows(figure):
            days[row[column]] += number
        return median(days)

    def _of(self, figure: Figure) -> int:
        if isinstance(figure.source, Stock):
            return self.stocks[figure.source.name]
        return sum(number for _row, number in self._rows(figure))

    def _rows(self, figure: Figure) -> Rows:
        return [
            (row, number)
            for row, number in self.events[figure.source.name]
            if all(row[name] in values for name, values in figure.where.items())
        ]


def median(numbers: Counter[int]) -> float | int | None:
    """The median of numbers given as *value → how often*: a whole number or one half; ``None`` of nothing."""
    total = sum(numbers.values())
    if not total:
        return None
    middle = {(total - 1) // 2, total // 2}
    found, passed = [], 0
    for value in sorted(numbers):
        found += [value for place in middle if passed <= place < passed + numbers[value]]
        passed += numbers[value]
    half = sum(found) / len(found)
    return int(half) if half == int(half) else half


@contextmanager
def snapshot() -> Iterator[None]:
    """Let all queries within see the same moment, so that sums hold while others work.

    Only PostgreSQL can do that without locking anybody out; on SQLite, and inside a transaction that is already
    open, the queries run as they are.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def count(cases: CaseQuerySet, period: Period, figures: Iterable[Figure]) -> Counts:
    """Count all that ``figures`` need among ``cases``: one grouped query an event, one for all stocks."""
    sources = {part.source.name: part.source for figure in figures for part in figure.parts()}
    events: dict[str, Rows] = {}
    stocks: dict[str, Q] = {}
    plain = cases.order_by()
    for name, source in sources.items():
        if isinstance(source, Stock):
            stocks[name] = source.condition(period)
            continue
        # The prefix keeps the names of columns apart from those of the model.
        grouped = {f"by_{column}": spec.expression() for column, spec in source.columns.items()}
        rows: Any = plain.filter(source.within(period)).values(**grouped).annotate(events_counted=Count("pk"))
        events[name] = [
            ({column: row[f"by_{column}"] for column in source.columns}, row["events_counted"]) for row in rows
        ]
    totals = {f"in_{name}": Count("pk", filter=condition) for name, condition in stocks.items()}
    counted = plain.aggregate(**totals) if totals else {}
    return Counts(events, {name: counted[f"in_{name}"] for name in stocks})


def behind(cases: CaseQuerySet, figure: Figure, period: Period) -> CaseQuerySet:
    """Those of ``cases`` that ``figure`` counts; a case that it counts twice stands there once."""
    found = Q()
    for part in figure.parts():
        condition = part.condition(period)
        if isinstance(part.source, Event) and part.source.many:
            condition = Q(pk__in=cases.model._default_manager.filter(condition).values("pk"))
        found |= condition
    return cases.filter(found)


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """``{"a.b": 1}`` as ``{"a": {"b": 1}}``."""
    tree: dict[str, Any] = {}
    for key, value in values.items():
        *path, last = key.split(".")
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {})
        branch[last] = value
    return tree
