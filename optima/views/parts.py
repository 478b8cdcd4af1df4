"""Parts of the Antrag that change while one fills it in: found persons, and the office beside its choice."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from iiz.core import persons, workflow
from iiz.core.actor import Actor
from iiz.core.http import Request
from iiz.core.models import Case, Person
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import writes

from .. import actions, drafts, prefill
from ..forms.sheet import Sheet
from .antrag import asked, office_sheet, said

MOST_MATCHES = 8
MOST_BROUGHT = 4000
"""No address of the Wegweiser is longer."""


@writes
def person_search(request: Request) -> HttpResponse:
    """Persons I may see, by name, birth date or AHV number (PER-01, PER-02).

    Posted, so that no name stands in an address. Persons I may not see are never looked at: the answer and
    the work behind it are the same whether or not somebody is known elsewhere.
    """
    actor = acting(request)
    reason = actions.begin_refusal(actor)
    if reason:
        raise workflow.NotAllowed(reason)
    text = request.POST.get("person_search", "").replace("\x00", "")[:100]
    number = request.POST.get("number", "")
    case = visible_case(request, number) if number else None
    # Without a script nothing is saved before the search: what the Wegweiser brought goes along.
    brought = "" if case else prefill.again(QueryDict(request.POST.get("brought", "")[:MOST_BROUGHT]))
    address = reverse("optima:antrag", args=[case.number]) if case else reverse("optima:new")
    matches = found_persons(actor, text)
    context = {
        "matches": matches[:MOST_MATCHES],
        "more": len(matches) > MOST_MATCHES,
        "text": text,
        "number": number,
        "version": case.version if case else 0,
        "form_key": request.POST.get("key", ""),
        "brought": brought,
        "address": f"{address}?{brought}" if brought else address,
    }
    template = "optima/_matches.html" if request.headers.get("HX-Request") else "optima/person_search.html"
    return render(request, template, context)


def found_persons(actor: Actor, text: str) -> list[dict[str, Any]]:
    """Up to one more than are shown, each with the newest of its cases that the actor may see."""
    people: list[Person] = list(
        persons.search(actor, text).order_by("last_name", "first_name", "pk")[: MOST_MATCHES + 1]
    )
    newest: dict[int, Case] = {}
    own = Case.objects.visible_to(actor).filter(person__in=people).order_by("-arrived_on", "-pk")
    for case in own:
        newest.setdefault(case.person_id or 0, case)
    return [{"person": person, "case": newest.get(person.pk)} for person in people]


@writes
def office(request: Request) -> HttpResponse:
    """The section on the contractor again, after its kind, its name or the municipality changed; and what it asks."""
    actor = acting(request)
    reason = actions.begin_refusal(actor)
    if reason:
        raise workflow.NotAllowed(reason)
    answers = drafts.merge({}, request.POST)
    changed = request.headers.get("HX-Trigger-Name", "contractor_group")
    principal = actor.institution
    beside = office_sheet(answers, principal, changed)
    judged = Sheet.judged(answers, actor, principal, None)
    shown = Sheet.shown(answers, actor, principal, None, judged)
    context = {"asked": beside, "principal": principal, **said(judged), **asked(shown)}
    return render(request, "optima/_office_parts.html", context)
