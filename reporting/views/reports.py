"""Berichte: the figures of any period, each leading to its cases, and the same as files."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core.actor import Actor
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.templatetags.ui import archived, day
from iiz.core.views.fetch import acting
from iiz.core.views.marks import reads
from iiz.core.views.papers import for_the_file

from ..charts import bars
from ..counting import Period
from ..exports import FORMATS, as_pdf, title
from ..figures import report as report_of
from ..forms import PeriodForm
from ..optima import holds_example
from ..tables import arrivals, tables, turnarounds

PILOT = Period(dt.date(2018, 10, 1), dt.date(2022, 9, 30))
PUBLISHED = (Period(dt.date(2018, 10, 1), dt.date(2022, 11, 29)), Period(dt.date(2018, 10, 1), dt.date(2023, 12, 31)))
"""The pilot, and the periods of the two published tables."""


@reads
def index(request: Request) -> HttpResponse:
    """What there is to take: figures for those who work on cases, released yearly reports for all."""
    actor = request.actor
    sees = actor is not None and actor.sees_cases
    return render(request, "reporting/index.html", {"sees_figures": sees, "shortcuts": _shortcuts() if sees else []})


@reads
def optima(request: Request) -> HttpResponse:
    """The Standardreporting of any period as tables; every figure leads to the cases behind it."""
    actor = acting(request)
    form = _period_form(request)
    context: dict[str, Any] = {"form": form, "shortcuts": _shortcuts(), "everything": actor.is_coordination}
    if form.is_valid():
        period = form.period
        cases = Case.objects.visible_to(actor)
        report = report_of(period, cases)
        address = partial(_cases_address, period)
        context |= {
            # Shown as people write days, whatever the address said.
            "form": PeriodForm({"von": day(period.first), "bis": day(period.last)}),
            "arrivals": arrivals(report, address),
            "report": report,
            "title": title(period.first, period.last),
            "tables": tables(report, address),
            "turnarounds": turnarounds(report, address),
            "bars": bars(report),
            "failed": [check for check in report.checks if not check.ok],
            "example": holds_example(cases),
            "files": [(kind.upper(), _file_address(kind, period)) for kind in FORMATS],
            "archive_url": archived(_file_address("pdf", period)),
        }
    return render(request, "reporting/optima.html", context)


@reads
def optima_file(request: Request, kind: str) -> HttpResponse:
    """The same figures as a file; ``kind`` is json, csv, xlsx or pdf. A broken period answers 404."""
    actor = acting(request)
    form = _period_form(request)
    if kind not in FORMATS or not form.is_valid():
        raise Http404
    period = form.period
    report = report_of(period, Case.objects.visible_to(actor))
    make, content_type = FORMATS[kind]
    content = as_pdf(report, note=_scope(actor), archive=for_the_file(request)) if kind == "pdf" else make(report)
    response = HttpResponse(content, content_type=content_type)
    name = f"Standardreporting_Optima_{period.first}_{period.last}"
    name += "-PDF-A.pdf" if kind == "pdf" and for_the_file(request) else f".{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _scope(actor: Actor) -> str:
    """What a reader who does not see all cases has to know."""
    if actor.is_coordination:
        return ""
    return _("Gezählt sind nur die Fälle, die %(name)s sehen darf.") % {"name": actor.institution.name}


def _period_form(request: Request) -> PeriodForm:
    """The asked period, or this year as long as nothing is asked."""
    if "von" in request.GET or "bis" in request.GET:
        return PeriodForm(request.GET)
    today = timezone.localdate()
    return PeriodForm({"von": day(today.replace(month=1, day=1)), "bis": day(today)})


def _shortcuts() -> list[dict[str, str]]:
    """Periods that are asked often."""
    today = timezone.localdate()
    year = today.year
    chosen = [
        (_("Dieses Jahr"), Period(dt.date(year, 1, 1), today)),
        (_("Letztes Jahr"), Period(dt.date(year - 1, 1, 1), dt.date(year - 1, 12, 31))),
        (_("Pilot 01.10.2018 bis 30.09.2022"), PILOT),
        (_("01.10.2018 bis 29.11.2022"), PUBLISHED[0]),
        (_("01.10.2018 bis 31.12.2023"), PUBLISHED[1]),
    ]
    return [{"label": label, "url": f"{reverse('reporting:optima')}?{_query(period)}"} for label, period in chosen]


def _query(period: Period, **more: str) -> str:
    return urlencode({**more, "von": period.first.isoformat(), "bis": period.last.isoformat()})


def _cases_address(period: Period, key: str) -> str:
    return f"{reverse('core:cases')}?{_query(period, kennzahl=key)}"


def _file_address(kind: str, period: Period) -> str:
    return f"{reverse('reporting:optima_file', args=[kind])}?{_query(period)}"
