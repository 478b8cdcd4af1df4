"""Pendenzen: what waits for me, why, until when, and one button (principle 2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from .. import access, registry, tasks
from ..actor import Actor
from ..context import navigation
from ..http import Request
from ..models import Case, Task
from ..workflow import Waiting
from .fetch import acting
from .marks import reads

SHOWN = 100
"""The most tasks on one page; nobody works off more at a time."""


@reads
def work(request: Request) -> HttpResponse:
    """My open tasks, or with ``?wer=alle`` those of the whole institution.

    This is where a login leads; who opens no cases is sent on to the first page of the own navigation.
    """
    if request.actor is not None and not request.actor.sees_cases:
        return HttpResponseRedirect(navigation(request)[0]["url"])
    actor = acting(request)
    whole = request.GET.get("wer") == "alle"
    mine, everybody = tasks.open_for(actor), tasks.open_for(actor, whole_institution=True)
    rows = (everybody if whole else mine).select_related("case__person", "user")[: SHOWN + 1]
    items = [task_item(task, actor) for task in rows]
    return render(
        request,
        "core/work.html",
        {
            "items": items[:SHOWN],
            "more": len(items) > SHOWN,
            "whole": whole,
            "mine_count": mine.count(),
            "all_count": everybody.count(),
            "new_links": [link for link in registry.new_links if link.allowed(actor)],
        },
    )


def waiting_row(task: Task) -> Waiting:
    """The declared row a task came from."""
    rows = registry.workflows[task.case.service].waits
    return next(row for row in rows if row.name == task.name)


def task_item(task: Task, actor: Actor) -> dict[str, Any]:
    """One row of the list: what, for whom, why it is mine, and the button that does it."""
    wait = waiting_row(task)
    return {
        "due": task.due_on,
        "title": wait.label,
        "detail": case_title(task.case, actor),
        "number": task.case.number,
        "who": task.user,
        "why": f"{task.case.number} · {wait.why}",
        "url": task_url(task.case, wait),
        "button": wait.button,
    }


def task_url(case: Case, wait: Waiting) -> str:
    """Where the button of a task leads: the draft's form, or the case with its decision in view."""
    if case.phase == "draft":
        return registry.pages[case.service].edit_url(case)
    return reverse("core:case", args=[case.number])


def case_title(case: Case, actor: Actor) -> str:
    """The client's name and year of birth as far as the actor may know it; else what the case is."""
    if case.phase == "draft":
        name = f"{case.draft.get('first_name', '')} {case.draft.get('last_name', '')}".strip()
        return name or str(registry.workflows[case.service].state(case.state).label)
    if case.person is None or not access.shows_person(case, actor):
        return ""
    year = f", {case.person.birth_date:%Y}" if case.person.birth_date else ""
    return f"{case.person}{year}"
