"""What the Wegweiser has heard, on its way into a new Antrag: an address with nothing personal in it (UX-02, UX-08).

Both directions keep to one list of names. What an address says beyond it, or says wrongly, is dropped without a word:
the Antrag asks for it anyway.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from iiz.core.actor import Actor
from iiz.core.continuing import FROM
from iiz.core.enums import OPTIMA_GROUPS, IvProcedure, StatisticsGroup
from iiz.core.models import BenefitSnapshot, Municipality

from .enums import ASKED, CriterionAnswer
from .groups import DIRECTIONS
from .models import Obstacle
from .queries import criteria_for

YES_NO = (
    *BenefitSnapshot.QUESTIONS,
    "iv_clarification_open",
    "iv_measure_running",
    "iv_appeal_open",
    "iv_pension_open",
    "iv_damage_suspected",
)
DAYS = ("iv_refused_on",)
CRITERION, OBSTACLES = "criterion-", "obstacles"
NAMES = frozenset({"contractor_group", "municipality", "iv_procedure", OBSTACLES, FROM, *YES_NO, *DAYS})
LONGEST = 60
"""No value on the list is longer."""


def to_query(
    told: Mapping[str, Any],
    *,
    contractor_group: str,
    municipality: int | None = None,
    criteria: Mapping[str, str] | None = None,
) -> str:
    """The query string for ``optima:new``: facts by the names of ``Facts``, answers to criteria by their codes."""
    params = QueryDict(mutable=True)
    params["contractor_group"] = contractor_group
    if municipality is not None:
        params["municipality"] = str(municipality)
    if told.get("iv_procedure"):
        params["iv_procedure"] = str(told["iv_procedure"])
    for name in YES_NO:
        if told.get(name) is not None:
            params[name] = "yes" if told[name] else "no"
    for name in DAYS:
        if told.get(name) is not None:
            params[name] = told[name].isoformat()
    for code, answer in (criteria or {}).items():
        params[f"{CRITERION}{code}"] = str(answer)
    params.setlist(OBSTACLES, sorted(told.get(OBSTACLES, ())))
    return params.urlencode()


def again(params: QueryDict) -> str:
    """What of an address is on the list, as a query string: for the way back from another page."""
    kept = QueryDict(mutable=True)
    for name in params:
        if name in NAMES or name.startswith(CRITERION):
            kept.setlist(name, [value for value in params.getlist(name) if len(value) <= LONGEST])
    return kept.urlencode()


def first_answers(params: QueryDict, actor: Actor) -> dict[str, Any]:
    """The answers of a new Antrag that an address brings, by the names of the form's fields.

    ``criterion-<pk>`` for the criteria and ``obstacles`` as a list of keys, both of today's rows. Asks the database
    only for what the address names.
    """
    today = timezone.localdate()
    said = {name: str(params[name]) for name in params if str(params[name]).isprintable()}
    said = {name: value for name, value in said.items() if 0 < len(value) <= LONGEST}
    found: dict[str, Any] = {name: said[name] for name in YES_NO if said.get(name) in ("yes", "no")}
    if said.get("iv_procedure") in IvProcedure.values:
        found["iv_procedure"] = said["iv_procedure"]
    found |= {name: f"{day:%d.%m.%Y}" for name in DAYS if (day := _day(said.get(name, ""), today)) is not None}
    number = said.get("municipality", "")
    if number.isdecimal() and number.isascii() and len(number) < 6:
        found |= {"municipality": number} if Municipality.objects.filter(pk=number).exists() else {}
    group = said.get("contractor_group", "")
    if group in OPTIMA_GROUPS and (actor.institution.statistics_group, group) in DIRECTIONS:
        found |= {"contractor_group": group} | _of_group(params, said, group, actor.institution.statistics_group, today)
    return found


def _of_group(params: QueryDict, said: Mapping[str, str], group: str, principal: str, today: dt.date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if any(name.startswith(CRITERION) for name in said):
        for row in criteria_for(group, today):
            answer = said.get(f"{CRITERION}{row.code}")
            if row.check_by in ASKED and row.principal_group in ("", principal) and answer in CriterionAnswer.values:
                found[f"{CRITERION}{row.pk}"] = answer
    if group == StatisticsGroup.SH and OBSTACLES in said:
        named = set(params.getlist(OBSTACLES))
        rows = Obstacle.objects.valid_on(today)
        found[OBSTACLES] = [str(row.pk) for row in rows if row.code in named]
    return found


def _day(text: str, today: dt.date) -> dt.date | None:
    """A day in the past, written as in addresses; ``None`` for anything else."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if dt.date(1960, 1, 1) <= day <= today else None
