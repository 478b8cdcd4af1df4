"""Koordination, Finanzen: given and taken between the groups, the model in force, what cases cost (FIN-04, FIN-07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from iiz.core import clock, sheets
from iiz.core.enums import OPTIMA_GROUPS, StatisticsGroup
from iiz.core.http import Request
from iiz.core.templatetags.ui import day
from iiz.core.views.coordination import coordinator
from iiz.core.views.marks import reads, writes

from ..billing import balance, sharing
from ..billing.balance import Balance, GroupCost, Verdict
from ..billing.months import months_after
from ..billing.tariff import Pair
from ..enums import CostModel
from ..forms.billing import ModelForm
from ..models import CostSharing

MARKS = {Verdict.SMALL: "ok", Verdict.BALANCED: "ok", Verdict.NEITHER: "stop"}
HEADER = (
    *("Fallnummer", "Zielgruppe", "Auftraggeber", "Auftragnehmer", "Beginn", "Ende", "Monate geplant", "Monate bisher"),
    *("Aufwand geplant CHF", "Aufwand bisher CHF", "verrechnet CHF", "Massnahmen bewilligt CHF"),
    *("Massnahmen in Rechnung CHF", "Massnahmen bezahlt CHF"),
)
WIDTHS = (16, 11, 13, 14, 12, 12, 15, 14, 20, 20, 15, 24, 26, 24)


def _year(text: str | None) -> int:
    """The year that was asked for; this one for anything else."""
    now = clock.today().year
    return int(text) if text and text.isdecimal() and 2000 <= int(text) <= now else now


@reads
def finances(request: Request) -> HttpResponse:
    """Balance per pair of groups, and planned and actual cost by target group, of one year."""
    coordinator(request)
    year = _year(request.GET.get("jahr"))
    groups = balance.by_group(year)
    context = {
        "year": year,
        "years": range(clock.today().year, min(balance.first_year(), clock.today().year) - 1, -1),
        "balances": [_balance(found, year) for found in balance.balances(year)],
        "groups": [(group, _cases(balance.key(year, group=group.name))) for group in groups],
        "total": _total(groups),
        "files": [
            ("CSV", reverse("optima:finances_csv", args=[year])),
            ("XLSX", reverse("optima:finances_xlsx", args=[year])),
        ],
    }
    return render(request, "optima/finances.html", context)


def _balance(found: Balance, year: int) -> dict[str, Any]:
    (_first, model), *changes = found.models
    later = [_("ab %(day)s Modell %(model)s") % {"day": day(since), "model": other} for since, other in changes]
    return {
        "balance": found,
        "flows": [(flow, _cases(balance.key(year, pair=(flow.contractor, flow.principal)))) for flow in found.flows],
        "mark": MARKS[found.verdict] if found.verdict else "rest",
        "model": ", ".join([_("Modell %(model)s") % {"model": model}, *later]),
        "basis": [_basis(row) for row in found.sharing],
        "url": reverse("optima:finances_model", args=[found.code]),
    }


def _basis(row: CostSharing) -> str:
    """From when to when which model holds, on what one side pays the other, and by whose decision."""
    words = _("%(first)s–%(last)s: Modell %(model)s") if row.valid_until else _("ab %(first)s: Modell %(model)s")
    told = words % {"first": day(row.valid_from), "last": day(row.valid_until), "model": row.model}
    decided = _("entschieden von %(who)s") % {"who": row.decided_by}
    parts = [told, row.get_basis_display() if row.basis else "", row.reference, decided]
    way = f"{row.get_principal_group_display()} → {row.get_contractor_group_display()}"
    return f"{way}: {', '.join(part for part in parts if part)}"


def _cases(key: str) -> str:
    return f"{reverse('core:cases')}?{balance.FILTER}={key}"


def _total(groups: list[GroupCost]) -> GroupCost:
    total = GroupCost("")
    for group in groups:
        total.cases += group.cases
        for name, value in group.sums.items():
            total.sums[name] += value
    return total


@reads
def costs_file(request: Request, year: int, kind: str) -> HttpResponse:
    """Planned and actual cost of each case as a table; cases by their number only."""
    coordinator(request)
    if not 2000 <= year <= clock.today().year:
        raise Http404
    if kind == "csv":
        response = HttpResponse(sheets.as_csv(HEADER, _rows(year)), content_type=sheets.CSV)
    else:
        body = sheets.as_xlsx(str(year), HEADER, _rows(year), WIDTHS)
        response = HttpResponse(body, content_type=sheets.XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"Optima-Kosten-{year}.{kind}")
    return response


def _rows(year: int) -> Iterator[tuple[Any, ...]]:
    for cost in balance.costs(year):
        contractor, principal = (str(StatisticsGroup(name).label) for name in cost.pair)
        since, until = cost.period
        yield (
            *(cost.number, cost.zielgruppe, principal, contractor, since, until or "", cost.planned_months),
            *(round(cost.months, 2), cost.planned, cost.actual, cost.billed, cost.promised, cost.invoiced, cost.paid),
        )


def _pair(code: str) -> Pair:
    one, _dash, other = code.partition("-")
    if one == other or not {one, other} <= set(OPTIMA_GROUPS):
        raise Http404
    return one, other


@writes
def model(request: Request, pair: str) -> HttpResponse:
    """What people decided on the effort between two groups; the figures of the year stand beside it."""
    actor = coordinator(request)
    groups, today = _pair(pair), clock.today()
    rows = sharing.rows_of(groups, today)
    ways = [(f"{row.get_principal_group_display()} → {row.get_contractor_group_display()}", row) for row in rows]
    form = ModelForm(request.POST or None, rows=ways)
    if request.method == "POST" and form.is_valid():
        try:
            sharing.decide(groups, actor, form.cleaned_data)
        except ValidationError as wrong:
            for name, sentences in wrong.message_dict.items():
                form.add_error(name if name in form.fields else None, sentences)
        else:
            words = _("Festgehalten: %(model)s ab dem %(day)s.")
            label = CostModel(form.cleaned_data["model"]).label
            messages.success(request, words % {"model": label, "day": f"{form.cleaned_data['valid_from']:%d.%m.%Y}"})
            return HttpResponseRedirect(reverse("optima:finances"))
    year = today.year if today >= months_after(dt.date(today.year, 1, 1), 3) else today.year - 1
    found = next(
        (one for one in balance.balances(year) if {flow.contractor for flow in one.flows} == set(groups)), None
    )
    if found is None:
        raise Http404
    context = {
        "form": form,
        "title": " – ".join(str(StatisticsGroup(name).label) for name in groups),
        "one": _balance(found, year),
        "year": year,
        "history": sharing.history(groups),
    }
    return render(request, "optima/finances_model.html", context)
