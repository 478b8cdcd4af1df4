"""Berichte: the figures of any period, each leading to its cases, and the same as files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from iiz.core.actor import Actor
from iiz.core.enums import Service
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.models.case import CaseQuerySet
from iiz.core.templatetags.ui import archived, day
from iiz.core.views.fetch import acting
from iiz.core.views.marks import reads
from iiz.core.views.papers import for_the_file

from ..counting import Period
from ..exports import FORMATS, as_pdf, title
from ..figures import report as report_of
from ..forms import PeriodForm
from ..optima import holds_example as optima_example
from ..roundtable import holds_example as roundtable_example
from ..tables import Address
from ..tables import optima as of_optima
from ..tables import roundtable as of_roundtable

PILOT = Period(dt.date(2018, 10, 1), dt.date(2022, 9, 30))
PUBLISHED = (Period(dt.date(2018, 10, 1), dt.date(2022, 11, 29)), Period(dt.date(2018, 10, 1), dt.date(2023, 12, 31)))
"""The pilot, and the periods of the two published tables of Optima."""
YEAR_2023 = Period(dt.date(2023, 1, 1), dt.date(2023, 12, 31))
"""The published year of Roundtable."""


@dataclass(frozen=True)
class Shown:
    """How the figures of a service are shown: its page, and what fills it beside the frame."""

    template: str
    page: Callable[[Any, Address], dict[str, Any]]
    holds_example: Callable[[CaseQuerySet], bool]
    periods: tuple[tuple[Any, Period], ...]


SHOWN = {
    Service.ROUNDTABLE: Shown(
        "reporting/roundtable.html", of_roundtable.page, roundtable_example, (("2023", YEAR_2023),)
    ),
    Service.OPTIMA: Shown(
        "reporting/optima.html",
        of_optima.page,
        optima_example,
        (
            (_lazy("Pilot 01.10.2018 bis 30.09.2022"), PILOT),
            (_lazy("01.10.2018 bis 29.11.2022"), PUBLISHED[0]),
            (_lazy("01.10.2018 bis 31.12.2023"), PUBLISHED[1]),
        ),
    ),
}


@reads
def index(request: Request) -> HttpResponse:
    """What there is to take: figures for those who work on cases, released yearly reports for all."""
    actor = request.actor
    sees = actor is not None and actor.sees_cases
    figures = {service.value: _shortcuts(service) for service in SHOWN} if sees else {}
    return render(request, "reporting/index.html", {"shortcuts": figures})


@reads
def optima(request: Request) -> HttpResponse:
    """The Standardreporting of any period as tables; every figure leads to the cases behind it."""
    return _figures(request, Service.OPTIMA)


@reads
def roundtable(request: Request) -> HttpResponse:
    """The year table and the cumulated charts of Roundtable (REP-01, REP-02), for any period."""
    return _figures(request, Service.ROUNDTABLE)


@reads
def optima_file(request: Request, kind: str) -> HttpResponse:
    """The figures of Optima as a file; ``kind`` is json, csv, xlsx or pdf. A broken period leads to the page."""
    return _file(request, Service.OPTIMA, kind)


@reads
def roundtable_file(request: Request, kind: str) -> HttpResponse:
    """The figures of Roundtable as a file."""
    return _file(request, Service.ROUNDTABLE, kind)


def _figures(request: Request, service: Service) -> HttpResponse:
    actor = acting(request)
    form = _period_form(request)
    shown = SHOWN[service]
    context: dict[str, Any] = {
        "form": form,
        "shortcuts": _shortcuts(service),
        "everything": actor.is_coordination,
        "service": service.label,
        "services": _services(request, service),
    }
    if form.is_valid():
        period = form.period
        cases = Case.objects.visible_to(actor)
        report = report_of(service, period, cases, whole=actor.is_coordination)
        context |= {
            # Shown as people write days, whatever the address said.
            "form": PeriodForm({"von": day(period.first), "bis": day(period.last)}),
            "report": report,
            "title": title(service, period),
            "example": shown.holds_example(cases),
            "files": [(kind.upper(), _file_address(service, kind, period)) for kind in FORMATS],
            "archive_url": archived(_file_address(service, "pdf", period)),
            **shown.page(report, partial(_cases_address, period)),
        }
    return render(request, shown.template, context)


def _file(request: Request, service: Service, kind: str) -> HttpResponse:
    actor = acting(request)
    form = _period_form(request)
    if kind not in FORMATS:
        raise Http404
    if not form.is_valid():  # the page says what is wrong, beside the field
        return HttpResponseRedirect(f"{reverse(f'reporting:{service.value}')}?{request.GET.urlencode()}")
    period = form.period
    report = report_of(service, period, Case.objects.visible_to(actor), whole=actor.is_coordination)
    make, content_type = FORMATS[kind]
    content = as_pdf(report, note=_scope(actor), archive=for_the_file(request)) if kind == "pdf" else make(report)
    response = HttpResponse(content, content_type=content_type)
    name = f"Standardreporting_{service.label}_{period.first}_{period.last}"
    name += "-PDF-A.pdf" if kind == "pdf" and for_the_file(request) else f".{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _services(request: Request, current: Service) -> list[dict[str, Any]]:
    """The figures of the other service for the same period."""
    query = request.GET.urlencode()
    return [
        {
            "label": service.label,
            "url": reverse(f"reporting:{service.value}") + (f"?{query}" if query else ""),
            "current": service == current,
        }
        for service in SHOWN
    ]


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


def _shortcuts(service: Service) -> list[dict[str, str]]:
    """Periods that are asked often."""
    today = timezone.localdate()
    year = today.year
    chosen = [
        (_("Dieses Jahr"), Period(dt.date(year, 1, 1), today)),
        (_("Letztes Jahr"), Period(dt.date(year - 1, 1, 1), dt.date(year - 1, 12, 31))),
        *SHOWN[service].periods,
    ]
    address = reverse(f"reporting:{service.value}")
    return [{"label": str(label), "url": f"{address}?{_query(period)}"} for label, period in chosen]


def _query(period: Period, **more: str) -> str:
    return urlencode({**more, "von": period.first.isoformat(), "bis": period.last.isoformat()})


def _cases_address(period: Period, key: str) -> str:
    return f"{reverse('core:cases')}?{_query(period, kennzahl=key)}"


def _file_address(service: Service, kind: str, period: Period) -> str:
    return f"{reverse(f'reporting:{service.value}_file', args=[kind])}?{_query(period)}"
