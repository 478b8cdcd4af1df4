"""The statistics of each service: counted, in the contracted shape, and the cases behind each figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from iiz.core.enums import Service
from iiz.core.models.case import CaseQuerySet

from . import optima as of_optima
from . import roundtable as of_roundtable
from .counting import Figure, Period, behind, snapshot
from .report import Report

SERVICES: dict[str, Callable[[Period, CaseQuerySet | None, dt.datetime, bool], Report]] = {
    Service.OPTIMA.value: of_optima.report,
    Service.ROUNDTABLE.value: of_roundtable.report,
}
"""Service → how a period of it is counted."""


def report(service: str, period: Period, cases: CaseQuerySet | None = None, *, whole: bool = False) -> Report:
    """Count everything of ``service`` for ``period`` among ``cases`` (all, if left out), drafts excepted.

    All cases, or ``cases`` that are the ``whole`` canton's, are counted with the totals of the years of which no cases
    exist (REP-03); beside what a single office may see those would mean nothing. ``KeyError`` for a service without
    figures.
    """
    as_of = timezone.localtime()
    with snapshot():
        return SERVICES[service](period, cases, as_of, whole or cases is None)


def optima(first: dt.date, last: dt.date, cases: CaseQuerySet | None = None) -> dict[str, Any]:
    """The statistics of Optima from ``first`` to ``last``, both inclusive, as the contracted JSON.

    Among ``cases``, or all; ``ValueError`` when the period ends before it begins.
    """
    return report("optima", Period(first, last), cases).as_json()


def roundtable(first: dt.date, last: dt.date, cases: CaseQuerySet | None = None) -> dict[str, Any]:
    """The same for Roundtable."""
    return report("roundtable", Period(first, last), cases).as_json()


def cases_behind(cases: CaseQuerySet, params: dict[str, str]) -> CaseQuerySet:
    """The filter ``kennzahl`` of the case list: those of ``cases`` that the figure counts from ``von`` to ``bis``.

    An unknown figure or a broken period has no cases behind it.
    """
    asked = _asked(params)
    if asked is None:
        return cases.none()
    key, period = asked
    for service in (of_optima, of_roundtable):
        figure: Figure | None = service.figure(key)
        if figure is not None:
            return behind(service.counted(cases), figure, period)
    return cases.none()


def words_behind(params: dict[str, str]) -> str:
    """The figure of the filter ``kennzahl`` and its period in words; empty if either does not exist."""
    asked = _asked(params)
    if asked is None:
        return ""
    key, period = asked
    words = of_optima.words(key) or of_roundtable.words(key)
    return f"{words} ({period.first:%d.%m.%Y} – {period.last:%d.%m.%Y})" if words else ""


def _asked(params: dict[str, str]) -> tuple[str, Period] | None:
    key = params.get("kennzahl", "")
    try:
        period = Period(dt.date.fromisoformat(params["von"]), dt.date.fromisoformat(params["bis"]))
    except (KeyError, ValueError):
        return None
    return None if "\0" in key else (key, period)
