"""Through all cases of a billing office once, in the order of who pays: what is due, what was billed, what is not.

Three queries, read as streams in the same order, so that memory stays flat however many cases there are.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import F, Max, Min, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.enums import IvProcedure, StatisticsGroup
from iiz.core.models import Institution

from ..enums import CostModel, LineKind, OptimaState
from ..models import Antrag, CaseService, Invoice, InvoiceLine
from .months import NoRate, Part, Period, common, last_day, last_of, months_after
from .tariff import Pair, Tariff

LOOK_BACK = 24
"""How many months back an invoice puts right what was billed wrongly."""
CHUNK = 2000
WORKING = (OptimaState.AGREED, OptimaState.RUNNING, OptimaState.CLOSED)
"""The states in which case work has a first day; it counts from then on."""


class Reason(models.TextChoices):
    """Why a month of a case is not billed (FIN-03, FIN-04)."""

    MODEL = "model", gettext_lazy("Jede Stelle trägt ihren Aufwand selbst (Modell B oder C).")
    IV_RUNS = "iv_runs", gettext_lazy("Die Person hat gleichzeitig ein laufendes IV-Verfahren.")
    IV_UNKNOWN = "iv_unknown", gettext_lazy("Ob ein IV-Verfahren läuft, ist nicht bekannt.")
    COUNSELLED = "counselled", gettext_lazy("Die Person bezog schon vorher persönliche Sozialhilfe.")
    COUNSELLED_UNKNOWN = (
        "counselled_unknown",
        gettext_lazy("Ob die Person vorher persönliche Sozialhilfe bezog, ist nicht bekannt."),
    )
    SEEKER = "seeker", gettext_lazy("Die Person war schon vorher als stellensuchend gemeldet.")
    SEEKER_UNKNOWN = (
        "seeker_unknown",
        gettext_lazy("Ob die Person vorher als stellensuchend gemeldet war, ist nicht bekannt."),
    )
    NO_RATE = "no_rate", gettext_lazy("Für diese Leistung gilt in diesem Monat kein Ansatz.")


@dataclass(frozen=True)
class Line:
    """One line of an invoice to be, in the words of :class:`~optima.models.InvoiceLine`."""

    debtor_id: int
    case_id: int
    case_number: str
    kind: str
    month: dt.date
    service: str
    rate_id: int
    rate_amount: Decimal
    since: dt.date | None
    until: dt.date | None
    counted: int
    whole: int
    amount: Decimal
    corrects_id: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Unbilled:
    """A service in a case that the month does not bill, and why."""

    debtor_id: int
    case_id: int
    case_number: str
    service: str
    reason: Reason


@dataclass(frozen=True)
class Blocked:
    """A service in a case with days that no rate covers: the list of this debtor cannot be issued."""

    debtor_id: int
    case_id: int
    case_number: str
    service: str
    first: dt.date
    last: dt.date


Found = Line | Unbilled | Blocked
Key = tuple[dt.date, str, int, int]
"""Month, service, rate, whole."""


@dataclass
class CaseOfMonth:
    """What billing has to know of one case."""

    case_id: int
    number: str
    period: Period
    pair: Pair
    iv_procedure: str | None
    counselled: bool | None
    seeker: bool | None
    services: dict[str, list[Period]] = field(default_factory=dict)

    def excluded(self) -> Reason | None:
        """Why the effort of this case is not billed even under model A (FIN-03)."""
        match self.pair[0]:
            case StatisticsGroup.IV:
                if self.iv_procedure == IvProcedure.RUNNING:
                    return Reason.IV_RUNS
                return None if self.iv_procedure else Reason.IV_UNKNOWN
            case StatisticsGroup.SH:
                return _unless(self.counselled, Reason.COUNSELLED, Reason.COUNSELLED_UNKNOWN)
            case _:
                return _unless(self.seeker, Reason.SEEKER, Reason.SEEKER_UNKNOWN)


def _unless(fact: bool | None, known: Reason, unknown: Reason) -> Reason | None:
    if fact is None:
        return unknown
    return known if fact else None


def last_numbers(biller: Institution) -> dict[dt.date, int]:
    """The months that this office has billed, with the highest number of an invoice of each."""
    rows = Invoice.objects.filter(biller=biller).order_by().values_list("month")
    return dict(rows.annotate(last=Max("number")))


def still_open(billed: Iterable[dt.date], month: dt.date) -> list[dt.date]:
    """Of the months that were billed those before ``month`` that an invoice still puts right."""
    return sorted(one for one in billed if months_after(month, -LOOK_BACK) <= one < month)


def walk(
    biller: Institution, month: dt.date, tariff: Tariff, earlier: Sequence[dt.date], debtor: int | None = None
) -> Iterator[Found]:
    """All that the bill of ``month`` holds, debtor by debtor, with what puts the ``earlier`` months right.

    Due less billed: so nothing is billed twice, and what changed since comes as credit or supplement.
    """
    begin = min([*earlier, month])
    for (debtor_id, _case_id), rows in _joined(
        _cases(biller, begin, month, debtor),
        _services(biller, begin, month, debtor),
        _billed(biller, begin, month, debtor),
    ):
        yield from _of_case(debtor_id, rows, tariff, month, earlier)


def _of_case(
    debtor_id: int,
    rows: tuple[list[Any], list[Any], list[Any]],
    tariff: Tariff,
    month: dt.date,
    earlier: Iterable[dt.date],
) -> Iterator[Found]:
    cases, services, billed = rows
    done: dict[Key, Any] = {(row[2], row[3], row[4], row[5]): row for row in billed}
    due: dict[Key, Part] = {}
    number = billed[0][1] if billed else ""
    case_id = billed[0][0] if billed else 0
    if cases:
        known = CaseOfMonth(*cases[0])
        case_id, number = known.case_id, known.number
        for _case, service, since, until in services:
            span = common(known.period, (since, until))
            if span:
                known.services.setdefault(service, []).append(span)
        for one in (*earlier, month):
            for found in _month(known, tariff, one):
                if isinstance(found, Part):
                    due[one, found.rate.service, found.rate.pk, found.whole] = found
                elif one == month:
                    kind: Any = Blocked if len(found) == 3 else Unbilled
                    yield kind(debtor_id, case_id, number, *found)
                elif len(found) == 3:  # what nobody can reckon stays as it was billed
                    done = {key: row for key, row in done.items() if key[:2] != (one, found[0])}
    for key in sorted({*due, *done}):
        line = _line(key, due.get(key), done.get(key), month, debtor_id, case_id, number)
        if line is not None:
            yield line


def _month(known: CaseOfMonth, tariff: Tariff, month: dt.date) -> Iterator[Part | tuple[Any, ...]]:
    """What is due of one month; else service and reason, or service with first and last day without a rate."""
    pair = known.pair
    always = tariff.for_each_case(pair, month)
    wanted = {service: spans for service, spans in known.services.items() if service not in always}
    for service, spans in [*((name, [known.period]) for name in always), *wanted.items()]:
        try:
            parts = tariff.parts(pair, service, month, spans)
        except NoRate as gap:
            if tariff.may_bill(pair, service, month):
                yield service, gap.first, gap.last
            continue
        if not parts and tariff.runs(spans, month):
            yield service, Reason.NO_RATE
        for part in parts:
            if part.rate.billed:
                yield part
            elif tariff.model(pair, month) != CostModel.A:
                yield service, Reason.MODEL
            else:
                reason = known.excluded()
                yield (service, reason) if reason else part


def _line(
    key: Key, due: Part | None, done: Any, month: dt.date, debtor_id: int, case_id: int, number: str
) -> Line | None:
    """The line that brings what was billed to what is due; ``None`` where nothing differs."""
    month_of, service, rate_id, whole = key
    counted = (due.counted if due else 0) - (done[6] if done else 0)
    amount = (due.amount if due else Decimal(0)) - (done[7] if done else Decimal(0))
    if done is None and due is not None:
        corrects, rate_amount = None, due.rate.amount
    else:
        corrects, rate_amount = done[9], done[8]
    if not counted and not amount:
        return None
    regular = month_of == month and done is None
    return Line(
        debtor_id,
        case_id,
        number,
        LineKind.REGULAR if regular else LineKind.CORRECTION,
        month_of,
        service,
        rate_id,
        rate_amount,
        due.since if due else None,
        due.until if due else None,
        counted,
        whole,
        amount,
        corrects,
        "" if regular else _reason(due, done),
    )


def _reason(due: Part | None, done: Any) -> str:
    if due is None:
        return _("Gutschrift: Diese Leistung war in diesem Monat nicht zu verrechnen.")
    if done is None:
        return _("Nachtrag: Der Monat war noch nicht verrechnet.")
    words = _("Zeitraum berichtigt: Es zählt vom %(since)s bis zum %(until)s.")
    return words % {"since": f"{due.since:%d.%m.%Y}", "until": f"{due.until:%d.%m.%Y}"}


# The three streams ----------------------------------------------------------------------------------------------

Row = tuple[int, int, int, tuple[Any, ...]]
"""Debtor, case, which stream, and the values."""


def _joined(*streams: Iterable[Row]) -> Iterator[tuple[tuple[int, int], tuple[list[Any], list[Any], list[Any]]]]:
    for key, group in groupby(heapq.merge(*streams, key=lambda row: row[:2]), key=lambda row: row[:2]):
        rows: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        for row in group:
            rows[row[2]].append(row[3])
        yield key, rows


def _cases(biller: Institution, begin: dt.date, month: dt.date, debtor: int | None) -> Iterator[Row]:
    rows = Antrag.objects.filter(contractor=biller, started_on__lte=last_of(month), case__state__in=WORKING)
    rows = rows.filter(Q(case__ended_on=None) | Q(case__ended_on__gte=begin))
    if debtor is not None:
        rows = rows.filter(principal=debtor)
    values = rows.order_by("principal_id", "case_id").values_list(
        *("principal_id", "case_id", "case__number", "started_on", "case__ended_on", "case__withdrawn_at"),
        *("contractor_group", "principal_group"),
        *("case__facts__iv_procedure", "case__benefits__social_counselling", "case__benefits__job_seeker"),
    )
    for payer, case_id, number, since, ended, withdrawn, contractor, principal, *facts in values.iterator(CHUNK):
        until = last_day(ended, withdrawn)
        if until is None or until >= since:  # else it was withdrawn before the work began
            yield payer, case_id, 0, (case_id, number, (since, until), (contractor, principal), *facts)


def _services(biller: Institution, begin: dt.date, month: dt.date, debtor: int | None) -> Iterator[Row]:
    rows = CaseService.objects.filter(case__antrag__contractor=biller, since__lte=last_of(month))
    rows = rows.filter(Q(until=None) | Q(until__gte=begin))
    if debtor is not None:
        rows = rows.filter(case__antrag__principal=debtor)
    values = rows.order_by("case__antrag__principal_id", "case_id", "since").values_list(
        "case__antrag__principal_id", "case_id", "service", "since", "until"
    )
    for payer, case_id, *rest in values.iterator(CHUNK):
        yield payer, case_id, 1, (case_id, *rest)


def _billed(biller: Institution, begin: dt.date, month: dt.date, debtor: int | None) -> Iterator[Row]:
    rows = InvoiceLine.objects.filter(invoice__biller=biller, month__gte=begin, month__lte=month)
    if debtor is not None:
        rows = rows.filter(invoice__debtor=debtor)
    values = (
        rows.values("invoice__debtor_id", "case_id", "case_number", "month", "service", "rate_id", "whole")
        .annotate(all=Sum("counted"), sum=Sum("amount"), at=Min("rate_amount"), first=Min("pk"))
        .order_by(F("invoice__debtor_id"), F("case_id"))
        .values_list(
            *("invoice__debtor_id", "case_id", "case_number", "month", "service", "rate_id", "whole"),
            *("all", "sum", "at", "first"),
        )
    )
    for payer, case_id, *rest in values.iterator(CHUNK):
        yield payer, case_id, 2, (case_id, *rest)
