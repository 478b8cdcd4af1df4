"""Fälle: the cases I may see, searched, filtered, in keyset pages."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from .. import access, registry, workflow, worklist
from ..actor import Actor
from ..enums import Phase, Service
from ..http import Request
from ..models import Case, Participation, Task
from ..models.case import CaseQuerySet
from .fetch import acting
from .marks import reads
from .work import case_title, waiting_row

PAGE = 25
COUNT_LIMIT = 1000
"""Beyond this no exact count is made: it would cost a hundred times the list."""


class CaseFilter(forms.Form):
    """The filters of the list, all voluntary; unknown values are ignored, never an error."""

    q = forms.CharField(
        label=_("Fallnummer oder Name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    phase = forms.ChoiceField(
        label=_("Zeige"),
        required=False,
        choices=[
            ("open", _("laufende")),
            ("draft", _("Entwürfe")),
            ("ended", _("beendete")),
            ("all", _("alle")),
        ],
    )
    status = forms.ChoiceField(label=_("Status"), required=False)
    wer = forms.ChoiceField(
        label=_("Wessen"),
        required=False,
        choices=[("", _("ganze Institution")), ("ich", _("nur meine"))],
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor.is_coordination:  # sees no drafts and leads no case
            del self.fields["wer"]
            self.fields["phase"].choices = [c for c in self.fields["phase"].choices if c[0] != Phase.DRAFT]  # type: ignore[attr-defined]
        states = [
            (
                Service(flow.service).label,
                [(status_key(flow.service, state.name), state.label) for state in flow.states],
            )
            for flow in registry.workflows.values()
        ]
        stopped = (workflow.STOPPED.name, workflow.STOPPED.label)
        self.fields["status"].choices = [("", _("jeder")), *states, stopped]  # type: ignore[attr-defined]


def status_key(service: str, state: str) -> str:
    """How a state of a service is called in the address: two services may use one name."""
    return f"{service}-{state}"


def search(cases: CaseQuerySet, actor: Actor, text: str) -> CaseQuerySet:
    """Narrow to a number or to names as far as the actor may know them; each word begins a name."""
    found = Q()
    for word in text.split():
        named = Q(person__first_name__istartswith=word) | Q(person__last_name__istartswith=word)
        if not actor.is_coordination:
            named &= Q(withdrawn_at=None) | Q(registering_institution=actor.institution)
        drafted = Q(phase=Phase.DRAFT) & (
            Q(draft__first_name__istartswith=word) | Q(draft__last_name__istartswith=word)
        )
        found &= Q(number__istartswith=word) | named | drafted
    return cases.filter(found)


def in_state(cases: CaseQuerySet, name: str) -> CaseQuerySet:
    """Narrow to the state that people read: what is stopped is found as *Gestoppt* alone."""
    stopped = Q(phase=Phase.OPEN, withdrawn_at__isnull=False)
    if name == workflow.STOPPED.name:
        return cases.filter(stopped)
    service, _dash, state = name.partition("-")
    return cases.filter(service=service, state=state).exclude(stopped)


def narrow(cases: CaseQuerySet, actor: Actor, data: dict[str, Any], params: dict[str, str]) -> CaseQuerySet:
    """Apply the filters to visible cases."""
    if data.get("q"):
        cases = search(cases, actor, data["q"])
    for name, apply in registry.case_filters.items():
        if params.get(name):
            cases = apply(cases, params)
    if data.get("status"):
        cases = in_state(cases, data["status"])
    if data.get("wer") == "ich":
        mine = Participation.objects.filter(case=OuterRef("pk"), user=actor.user, until=None)
        cases = cases.filter(Exists(mine))
    return cases


@reads
def case_list(request: Request) -> HttpResponse:
    """The list; ``phase`` is *laufende* unless a figure, a status or a search asks for more."""
    actor = acting(request)
    params = request.GET.dict()
    form = CaseFilter(params, actor=actor)
    data = form.cleaned_data if form.is_valid() else {k: v for k, v in form.cleaned_data.items() if v}
    special = any(params.get(name) for name in registry.case_filters)
    phase = data.get("phase") or ("all" if special or data.get("q") or data.get("status") else "open")
    cases = narrow(Case.objects.visible_to(actor), actor, data, params)
    if phase != "all":
        cases = cases.filter(phase=phase)
    form = CaseFilter({**params, "phase": phase}, actor=actor)

    total = cases.order_by()[: COUNT_LIMIT + 1].values("pk").count()
    rows, newer, older = _page(cases, params)
    return render(
        request,
        "core/case_list.html",
        {
            "form": form,
            "rows": [_row(case, actor) for case in rows],
            "total": min(total, COUNT_LIMIT),
            "many": total > COUNT_LIMIT,
            "newer": newer,
            "older": older,
            "filtered": any(v for k, v in params.items() if k not in ("vor", "nach")),
            "special": special,
            "words": [words for words in _words(params) if words],
            "several_services": len(registry.workflows) > 1,
            "new_links": [link for link in registry.new_links if link.allowed(actor)],
        },
    )


def _words(params: dict[str, str]) -> list[str]:
    """What the further filters show."""
    return [words(params) for name, words in registry.case_filter_words.items() if params.get(name)]


def _page(cases: CaseQuerySet, params: dict[str, str]) -> tuple[list[Case], str, str]:
    """One page after (``vor``) or before (``nach``) a case, newest first, and both neighbours' addresses."""
    before, after = _key(params.get("vor", "")), _key(params.get("nach", ""))
    ordered = cases.order_by("-arrived_on", "-pk")
    if after:
        day, pk = after
        later = Q(arrived_on__gt=day) | Q(arrived_on=day, pk__gt=pk)
        keys = list(cases.filter(later).order_by("arrived_on", "pk").values_list("pk", flat=True)[: PAGE + 1])
        has_newer, has_older = len(keys) > PAGE, True
        keys = keys[:PAGE]
    else:
        if before:
            day, pk = before
            ordered = ordered.filter(Q(arrived_on__lt=day) | Q(arrived_on=day, pk__lt=pk))
        keys = list(ordered.values_list("pk", flat=True)[: PAGE + 1])
        has_newer, has_older = before is not None, len(keys) > PAGE
        keys = keys[:PAGE]
    open_tasks = Task.objects.filter(done_at=None).select_related("institution", "user")
    open_tasks = open_tasks.order_by(*worklist.URGENT_FIRST)
    rows = list(
        Case.objects.filter(pk__in=keys)
        .select_related("person", "registering_institution", "lead_institution", "lead_user")
        .prefetch_related(Prefetch("tasks", open_tasks, "open_tasks"))
        .order_by("-arrived_on", "-pk")
    )
    rest = {k: v for k, v in params.items() if k not in ("vor", "nach") and v}
    newer = _address(rest, "nach", rows[0]) if rows and has_newer else ""
    older = _address(rest, "vor", rows[-1]) if rows and has_older else ""
    return list(rows), newer, older


def _key(text: str) -> tuple[dt.date, int] | None:
    day, _sep, pk = text.partition("~")
    try:
        return dt.date.fromisoformat(day), int(pk)
    except ValueError:
        return None


def _address(rest: dict[str, str], name: str, case: Case) -> str:
    return "?" + urlencode({**rest, name: f"{case.arrived_on.isoformat()}~{case.pk}"})


def _row(case: Case, actor: Actor) -> dict[str, Any]:
    """One line: who, status, lead, and whose turn it is."""
    state = workflow.shown_state(case)
    open_tasks: list[Task] = case.open_tasks  # type: ignore[attr-defined]
    turn = open_tasks[0] if open_tasks else None
    if turn is not None:
        turn.case = case
    draft = case.phase == Phase.DRAFT
    return {
        "case": case,
        "title": case_title(case, actor),
        "hidden": not draft and case.person is not None and not access.shows_person(case, actor),
        "service": Service(case.service).label,
        "state": state,
        "turn": turn.institution if turn else None,
        "turn_label": waiting_row(turn).label if turn else "",
        "due": turn.due_on if turn else None,
        "url": registry.pages[case.service].edit_url(case) if draft else case.get_absolute_url(),
    }
