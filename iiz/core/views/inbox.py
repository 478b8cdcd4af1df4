"""Eingang: what came in and has nobody yet, how the work is spread, and who is away (ACT-06, ACT-08)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import absences
from .. import inbox as rows
from ..actor import Actor
from ..http import Request
from ..inbox import Vacancy
from ..models import Substitution
from ..models.case import CaseQuerySet
from ..registry import pages, workflows
from ..workflow import NotAllowed
from .fetch import acting
from .marks import reads
from .work import case_title

Absences = dict[tuple[int, int], Substitution]


@reads
def inbox(request: Request) -> HttpResponse:
    """Cases without a person in charge, with the choice of one; allocating is the service's own transition."""
    actor = acting(request)
    if not rows.sees(actor):
        raise NotAllowed(_("Den Eingang sehen die Ansprechpersonen Ihrer Institution und die Koordinationsstelle."))
    arrivals, left = rows.vacancies(rows.arrivals(actor), actor), _left(actor)
    offices = {row.part.institution_id for row in [*arrivals, *left]} | {actor.institution.pk}
    away = absences.today(offices)
    context = {
        "arrivals": [vacancy_item(row, actor, away) for row in arrivals[: rows.SHOWN]],
        "more": len(arrivals) > rows.SHOWN,
        "left": [vacancy_item(row, actor, away) for row in left[: rows.SHOWN]],
        "shown": rows.SHOWN,
        "load": [(entry, _away(entry.absence)) for entry in rows.load(actor, away)],
        "absences": [(row, absences.period(row)) for row in absences.not_over(actor.institution)],
        "today": timezone.localdate(),
    }
    return render(request, "core/inbox.html", context)


def _left(actor: Actor) -> list[Vacancy]:
    cases: CaseQuerySet = rows.left_behind(actor)
    return rows.vacancies(cases, actor)


def vacancy_item(row: Vacancy, actor: Actor, away: Absences) -> dict[str, Any]:
    """One case: who asks, since when, until when, and whom one can put in charge."""
    accept = row.wait.transition if row.wait and row.wait.transition != row.transition else ""
    page = pages[row.case.service].actions.get(accept)
    return {
        "case": row.case,
        "title": case_title(row.case, actor),
        "office": row.part.institution if row.part.institution_id != actor.institution.pk else None,
        "gone": row.part.user,
        "due": row.task.due_on if row.task else None,
        "what": row.wait.label if row.wait else "",
        "transition": row.transition,
        "reason": row.reason,
        "people": [(user, _away(away.get((row.part.institution_id, user.pk)))) for user in row.people],
        "accept": accept if page is not None else "",
        "accept_label": workflows[row.case.service].transition(accept).label if page is not None else "",
    }


def _away(row: Substitution | None) -> str:
    return absences.words(row) if row is not None else ""
