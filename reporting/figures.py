"""The statistics of each service, and the cases behind each of their figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from iiz.core.models.case import CaseQuerySet

from . import optima as optima_figures
from .counting import Period, behind

SERVICES: dict[str, Callable[[dt.date, dt.date], dict[str, Any]]] = {}
"""Service → statistics of a period, for those services that have some."""


def optima(first: dt.date, last: dt.date, cases: CaseQuerySet | None = None) -> dict[str, Any]:
    """The statistics of Optima from ``first`` to ``last``, both inclusive, as the contracted JSON.

    Among ``cases``, or all; ``ValueError`` when the period ends before it begins.
    """
    return optima_figures.report(Period(first, last), cases).as_json()


SERVICES["optima"] = optima


def cases_behind(cases: CaseQuerySet, params: dict[str, str]) -> CaseQuerySet:
    """The filter ``kennzahl`` of the case list: those of ``cases`` that the figure counts from ``von`` to ``bis``.

    An unknown figure or a broken period has no cases behind it.
    """
    figure = optima_figures.figures().get(params.get("kennzahl", ""))
    try:
        period = Period(dt.date.fromisoformat(params["von"]), dt.date.fromisoformat(params["bis"]))
    except (KeyError, ValueError):
        return cases.none()
    return behind(optima_figures.counted(cases), figure, period) if figure else cases.none()
