"""Finding somebody the institution knows already, while a draft is written (PER-01, PER-02)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import audit, persons
from ..actor import Actor
from ..http import Request
from ..models import Case, Person
from ..workflow import NotAllowed
from .drafting import DraftPage
from .fetch import acting, visible_case

MOST_MATCHES = 8


def person_search(
    request: Request, page: DraftPage, *, back: str, lead: str, kicker: str, brought: str = ""
) -> HttpResponse:
    """Persons I may see, by name, birth date or AHV number, each with a button that takes them over.

    Posted, so that no name stands in an address. Persons I may not see are never looked at: the answer and
    the work behind it are the same whether or not somebody is known elsewhere. ``brought`` is what an address brought
    to a new draft: without a script nothing is saved before the search, so it goes along.
    """
    actor = acting(request)
    reason = page.refusal(actor)
    if reason:
        raise NotAllowed(reason)
    text = request.POST.get("person_search", "").replace("\x00", "")[:100]
    number = request.POST.get("number", "")
    case = visible_case(request, number) if number else None
    address = page.address(case) if case else reverse(f"{page.service}:new")
    matches = found_persons(actor, text)
    context = {
        "matches": matches[:MOST_MATCHES],
        "more": len(matches) > MOST_MATCHES,
        "text": text,
        "number": number,
        "version": case.version if case else 0,
        "form_key": request.POST.get("key", ""),
        "brought": "" if case else brought,
        "search_url": reverse(f"{page.service}:person_search"),
        "address": f"{address}?{brought}" if brought and not case else address,
        "back": back,
        "lead": lead,
        "kicker": kicker,
    }
    template = "core/_matches.html" if request.headers.get("HX-Request") else "core/person_search.html"
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


def picked(actor: Actor, which: str, told: str) -> Person:
    """The person whose button was pressed; 404 for one the actor may not see. ``told`` is for the access log."""
    person = get_object_or_404(Person.objects.visible_to(actor), pk=int(which) if which.isdecimal() else 0)
    source = Case.objects.visible_to(actor).filter(person=person).order_by("-arrived_on", "-pk").first()
    if source is not None:
        audit.log_read(actor, source, told)
    else:
        audit.log_other_read(actor, _("Person %(pk)s") % {"pk": person.pk}, told)
    return person
