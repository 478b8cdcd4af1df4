"""Given and taken between two groups in a year, and what case work costs, planned and actual (FIN-04, FIN-07).

Costs are an estimate by the flat rates that count for each case, whether anybody bills them or not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from django.db import models
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.enums import OPTIMA_GROUPS, StatisticsGroup
from iiz.core.models import Case

from ..enums import PROMISED, CostModel, Zielgruppe
from ..models import Antrag, BillingRule, CostSharing, InvoiceLine, Kostengutsprache, ProviderInvoice
from .months import NoRate, Period, first_of, last_day, months_after
from .tariff import ONE_DAY, NoRule, Pair, Tariff
from .walk import WORKING

NOTHING = Decimal(0)
FILTER = "finanzen"
"""The parameter of the case list that shows the cases behind a figure."""
UNASSIGNED = "-"


class Verdict(models.TextChoices):
    """What the figures say under model C; what follows is for people to decide (FIN-04)."""

    SMALL = "small", gettext_lazy("Aufwand klein")
    BALANCED = "balanced", gettext_lazy("ausgeglichen")
    NEITHER = "neither", gettext_lazy("beides nicht: Modell A prüfen")


@dataclass
class Flow:
    """What one group did for another in a year: cases, months of case work, the estimated effort in CHF."""

    contractor: str
    principal: str
    cases: int = 0
    months: Decimal = NOTHING
    effort: Decimal = NOTHING

    @property
    def contractor_label(self) -> str:
        """The group that works."""
        return str(StatisticsGroup(self.contractor).label)

    @property
    def principal_label(self) -> str:
        """The group that asks."""
        return str(StatisticsGroup(self.principal).label)


@dataclass
class Balance:
    """Two groups and what each did for the other, with what the thresholds say."""

    flows: tuple[Flow, Flow]
    rule: BillingRule | None
    first: dt.date
    last: dt.date
    sharing: list[CostSharing]
    """What people decided for days from ``first`` to ``last``, in the order of time."""

    @property
    def code(self) -> str:
        """The pair in an address."""
        return f"{self.flows[0].contractor}-{self.flows[1].contractor}"

    @property
    def models(self) -> list[tuple[dt.date, str]]:
        """From which day which model holds; with both, where the two directions differ."""
        ends = (row.valid_until + ONE_DAY for row in self.sharing if row.valid_until)
        found: list[tuple[dt.date, str]] = []
        for day in sorted({self.first, *(max(row.valid_from, self.first) for row in self.sharing), *ends}):
            held = {row.contractor_group: row.model for row in self.sharing if row.holds_on(day)}
            model = " / ".join(sorted({held.get(flow.contractor, str(CostModel.C)) for flow in self.flows}))
            if day <= self.last and (not found or found[-1][1] != model):
                found.append((day, model))
        return found

    @property
    def case_difference(self) -> int:
        """How many cases more one side took."""
        return abs(self.flows[0].cases - self.flows[1].cases)

    @property
    def difference(self) -> Decimal:
        """By how much the effort of one side is larger, in CHF."""
        return abs(self.flows[0].effort - self.flows[1].effort)

    @property
    def percent(self) -> int:
        """By how many percent the numbers of cases differ, of the larger one."""
        most = max(flow.cases for flow in self.flows)
        return round(100 * self.case_difference / most) if most else 0

    @property
    def verdict(self) -> Verdict | None:
        """Small effort or a rough balance suffices; ``None`` without thresholds."""
        if self.rule is None:
            return None
        if max(flow.effort for flow in self.flows) <= self.rule.small_effort:
            return Verdict.SMALL
        return Verdict.BALANCED if self.percent <= self.rule.tolerance else Verdict.NEITHER


@dataclass
class Cost:
    """What one case costs: planned and actual months and effort, what was billed, what its measures cost."""

    case_id: int
    number: str
    zielgruppe: str
    pair: Pair
    period: Period
    planned_months: int = 0
    planned: Decimal = NOTHING
    months: Decimal = NOTHING
    actual: Decimal = NOTHING
    billed: Decimal = NOTHING
    promised: Decimal = NOTHING
    invoiced: Decimal = NOTHING
    paid: Decimal = NOTHING


SUMMED = ("planned_months", "planned", "months", "actual", "billed", "promised", "invoiced", "paid")


@dataclass
class GroupCost:
    """The same of all cases of one target group."""

    name: str
    cases: int = 0
    sums: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(SUMMED, NOTHING))

    @property
    def label(self) -> str:
        """The target group in words."""
        return _("ohne Zielgruppe") if self.name == UNASSIGNED else _("Gruppe %(name)s") % {"name": self.name}

    def add(self, cost: Cost) -> None:
        """One case more."""
        self.cases += 1
        for name in SUMMED:
            self.sums[name] += getattr(cost, name)


def year_of(year: int) -> tuple[dt.date, dt.date]:
    """First and last day of a year."""
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def cases_of(year: int) -> QuerySet[Antrag]:
    """The cases in which case work ran on some day of a year."""
    first, last = year_of(year)
    midnight = timezone.make_aware(dt.datetime.combine(first, dt.time()))
    ended, withdrawn = Q(case__ended_on__lt=first), Q(case__withdrawn_at__lt=midnight)
    return Antrag.objects.filter(started_on__lte=min(last, clock.today()), case__state__in=WORKING).exclude(
        ended | withdrawn
    )


def effort(tariff: Tariff, pair: Pair, period: Period) -> tuple[Decimal, Decimal]:
    """Months and estimated cost of case work in a period that has an end."""
    months, cost = NOTHING, NOTHING
    month = first_of(period[0])
    while period[1] is not None and month <= period[1] >= period[0]:
        counted = None
        for service in tariff.for_each_case(pair, month):
            try:
                parts = tariff.parts(pair, service, month, [period])
            except (NoRate, NoRule):
                continue
            cost += sum((part.amount for part in parts), NOTHING)
            if counted is None and parts:
                counted = sum((Decimal(part.counted) / part.whole for part in parts), NOTHING)
        months += Decimal(1) if counted is None else counted
        month = months_after(month, 1)
    return months, cost


def balances(year: int) -> list[Balance]:
    """Each pair of groups in ``year``, up to today; a fixed number of queries."""
    tariff = Tariff.read()
    first, last = year_of(year)
    last = min(last, clock.today())
    flows: dict[Pair, Flow] = {
        (str(contractor), str(principal)): Flow(contractor, principal)
        for contractor in OPTIMA_GROUPS
        for principal in OPTIMA_GROUPS
        if contractor != principal
    }
    names = "contractor_group", "principal_group", "started_on", "case__ended_on", "case__withdrawn_at"
    for contractor, principal, since, *ends in cases_of(year).values_list(*names).iterator(2000):
        flow, until = flows.get((contractor, principal)), last_day(*ends)
        if flow is None or (until and until < since):  # within social assistance nothing has to balance
            continue
        flow.cases += 1
        period = max(since, first), min(until or last, last)
        months, cost = effort(tariff, (contractor, principal), period)
        flow.months += months
        flow.effort += cost
    rule = next((row for row in tariff.rules if row.holds_on(last)), None)
    end = last if year < clock.today().year else dt.date.max  # of this year also what is decided for later
    shown = [row for row in tariff.sharing if row.valid_from <= end and (row.valid_until or end) >= first]
    found = []
    for one, other in combinations(OPTIMA_GROUPS, 2):
        rows = [row for row in shown if {row.contractor_group, row.principal_group} == {one, other}]
        found.append(Balance((flows[one, other], flows[other, one]), rule, first, end, rows))
    return found


def measures(cases: QuerySet[Antrag]) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """What the measures of cases cost, by case: promised, invoiced by the provider, paid (FIN-01)."""
    found: dict[int, list[Decimal]] = {}
    promised = Kostengutsprache.objects.filter(state__in=PROMISED, case__antrag__in=cases).order_by()
    for case_id, sum_ in promised.values("case_id").annotate(sum=Sum("amount")).values_list("case_id", "sum"):
        found[case_id] = [sum_ or NOTHING, NOTHING, NOTHING]
    case = F("order__approval__kostengutsprache__case_id")
    bills = ProviderInvoice.objects.filter(order__approval__kostengutsprache__case__antrag__in=cases, returned_on=None)
    rows = bills.order_by().annotate(of=case).values("of")
    rows = rows.annotate(all=Sum("amount"), done=Sum("amount", filter=Q(paid_on__isnull=False)))
    for case_id, invoiced, paid in rows.values_list("of", "all", "done"):
        found.setdefault(case_id, [NOTHING] * 3)[1:] = [invoiced or NOTHING, paid or NOTHING]
    return {case_id: (one, two, three) for case_id, (one, two, three) in found.items()}


def costs(year: int) -> Iterator[Cost]:
    """Each case that ran in ``year``: planned and actual cost from its beginning to today or its end."""
    tariff = Tariff.read()
    today = clock.today()
    cases = cases_of(year)
    spent = measures(cases)
    lines = InvoiceLine.objects.filter(case__antrag__in=cases).order_by().values("case_id").annotate(sum=Sum("amount"))
    billed = dict(lines.values_list("case_id", "sum"))
    rows = cases.order_by("case__number").values_list(
        *("case_id", "case__number", "zielgruppe", "contractor_group", "principal_group"),
        *("started_on", "planned_months", "case__ended_on", "case__withdrawn_at"),
    )
    for case_id, number, group, contractor, principal, since, planned, *ends in rows.iterator(2000):
        pair, until = (contractor, principal), last_day(*ends)
        cost = Cost(case_id, number, group, pair, (since, until), planned or 0)
        cost.months, cost.actual = effort(tariff, pair, (since, min(until or today, today)))
        cost.planned = cost.planned_months * _monthly(tariff, pair, since)
        cost.billed = billed.get(case_id, NOTHING)
        cost.promised, cost.invoiced, cost.paid = spent.get(case_id, (NOTHING, NOTHING, NOTHING))
        yield cost


def _monthly(tariff: Tariff, pair: Pair, day: dt.date) -> Decimal:
    """What one full month costs by the rates of the day case work began."""
    month = first_of(day)
    found = NOTHING
    for service in tariff.for_each_case(pair, month):
        rate = tariff.days(pair, service, month)[day.day - 1]
        found += getattr(rate, "amount", NOTHING)
    return found


def by_group(year: int) -> list[GroupCost]:
    """The costs of the cases of ``year`` by target group, those without one last."""
    found = {name: GroupCost(name) for name in (*Zielgruppe.values, UNASSIGNED)}
    for cost in costs(year):
        found[cost.zielgruppe or UNASSIGNED].add(cost)
    return [group for group in found.values() if group.cases]


# The cases behind a figure ------------------------------------------------------------------------------------------


def key(year: int, *, pair: Pair | None = None, group: str = "") -> str:
    """How the case list is asked for the cases behind a figure: ``2026.IV.SH`` or ``2026.A``."""
    return ".".join([str(year), *(pair or (group,))])


def _read(params: dict[str, str]) -> tuple[int, list[str]] | None:
    year, *rest = params.get(FILTER, "").split(".")
    if not year.isdecimal() or not 2000 <= int(year) <= 2100:
        return None
    if len(rest) == 1 and rest[0] in (*Zielgruppe.values, UNASSIGNED):
        return int(year), rest
    return (int(year), rest) if len(rest) == 2 and set(rest) <= set(OPTIMA_GROUPS) else None


def cases_behind(cases: QuerySet[Case], params: dict[str, str]) -> QuerySet[Case]:
    """The cases behind a figure, as far as the reader may see them; none for an address that means nothing."""
    asked = _read(params)
    if asked is None:
        return cases.none()
    year, rest = asked
    rows = cases_of(year)
    if len(rest) == 2:
        return cases.filter(antrag__in=rows.filter(contractor_group=rest[0], principal_group=rest[1]))
    return cases.filter(antrag__in=rows.filter(zielgruppe="" if rest[0] == UNASSIGNED else rest[0]))


def words_behind(params: dict[str, str]) -> str:
    """What such a list shows."""
    asked = _read(params)
    if asked is None:
        return ""
    year, rest = asked
    if len(rest) == 2:
        words = _("Fallarbeit %(year)s: %(contractor)s im Auftrag von %(principal)s")
        contractor, principal = (StatisticsGroup(name).label for name in rest)
        return words % {"year": year, "contractor": contractor, "principal": principal}
    return _("Fallarbeit %(year)s: %(group)s") % {"year": year, "group": GroupCost(rest[0]).label}


def first_year() -> int:
    """The first year that has something to show."""
    first = Antrag.objects.filter(started_on__isnull=False).order_by("started_on").values_list("started_on", flat=True)
    return getattr(first.first(), "year", clock.today().year)
