"""Verzeichnis: who is responsible, which office offers what, whom to call (ACT-03, ACT-04, ACT-06, ACT-08, ACT-13)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import places, responsible
from ..actor import Actor
from ..enums import InstitutionKind
from ..http import Request
from ..models import ContactPerson, Institution, Jurisdiction, LeadCapability, Municipality, ServiceOffer
from .marks import reads

PAGE = 25
LONGEST = 80
"""Characters of what is typed as a municipality."""


class DirectoryFilter(forms.Form):
    """What one looks for: a word, a kind, a service."""

    q = forms.CharField(
        label=_("Name, Ort oder Angebot"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    art = forms.ChoiceField(label=_("Art"), required=False)
    angebot = forms.ChoiceField(label=_("Angebot"), required=False)

    def __init__(self, *args: Any, offers: QuerySet[ServiceOffer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = set(Institution.objects.active().order_by().values_list("kind", flat=True).distinct())
        kinds = [(value, label) for value, label in InstitutionKind.choices if value in present]
        self.fields["art"].choices = [("", _("alle")), *kinds]  # type: ignore[attr-defined]
        labels = offers.filter(institution__in=Institution.objects.active()).order_by("label").values_list("label")
        named = [(label, label) for (label,) in labels.distinct()]
        self.fields["angebot"].choices = [("", _("alle")), *named]  # type: ignore[attr-defined]


@login_not_required
@reads
def directory(request: Request) -> HttpResponse:
    """First the offices for a municipality, then all of them, for anybody; contact persons only with an account."""
    today = timezone.localdate()
    typed = request.GET.get("wohnort", "").replace("\0", "").strip()[:LONGEST]
    place = places.find(typed) if typed else _by_number(request.GET.get("gemeinde", ""))
    context: dict[str, Any] = {"typed": typed, "place": place, "municipalities": Municipality.objects.order_by("name")}
    if place is not None and place.municipality is not None:
        context["answers"] = responsible.answers(place.municipality, today, shown(request.actor, today))
    else:
        context |= _list(request, today)
    return render(request, "core/directory.html", context)


def _by_number(number: str) -> places.Place | None:
    """The municipality of a link, by its BFS number; ``None`` for none."""
    if not (number.isascii() and number.isdigit() and len(number) <= 4):
        return None
    found = Municipality.objects.filter(pk=int(number)).first()
    return places.Place(found) if found else None


def _list(request: Request, today: dt.date) -> dict[str, Any]:
    """All offices that fit the filter, a page at a time."""
    offers = ServiceOffer.objects.valid_on(today)
    form = DirectoryFilter(request.GET, offers=offers)
    form.is_valid()
    found = getattr(form, "cleaned_data", {})
    offices = shown(request.actor, today)
    for word in (found.get("q") or "").split():
        said = offers.filter(Q(label__icontains=word) | Q(description__icontains=word), institution=OuterRef("pk"))
        offices = offices.filter(Q(name__icontains=word) | Q(place__icontains=word) | Exists(said))
    if found.get("art"):
        offices = offices.filter(kind=found["art"])
    if found.get("angebot"):
        offices = offices.filter(Exists(offers.filter(label=found["angebot"], institution=OuterRef("pk"))))
    offices = offices.prefetch_related(
        Prefetch("lead_capabilities", LeadCapability.objects.valid_on(today), "capability"),
        Prefetch(
            "jurisdictions",
            Jurisdiction.objects.valid_on(today).select_related("municipality").order_by("municipality__name"),
            "live_jurisdictions",
        ),
    )
    page = Paginator(offices.order_by("name"), PAGE).get_page(request.GET.get("seite"))
    rest = request.GET.copy()
    rest.pop("seite", None)
    address = rest.urlencode()
    return {
        "form": form,
        "page": page,
        "filtered": any(found.values()),
        "newer": _address(address, page.previous_page_number()) if page.has_previous() else "",
        "older": _address(address, page.next_page_number()) if page.has_next() else "",
    }


def shown(actor: Actor | None, today: dt.date) -> QuerySet[Institution]:
    """Offices with what the directory says of each of them to ``actor``: contact persons only to colleagues."""
    offers = Prefetch("offers", ServiceOffer.objects.valid_on(today).order_by("label", "pk"), "live_offers")
    offices = Institution.objects.active().prefetch_related(offers)
    if actor is not None:
        offices = offices.prefetch_related(Prefetch("contacts", _contacts(today), "live_contacts"))
    return offices


def _contacts(today: dt.date) -> QuerySet[ContactPerson]:
    """Contact persons of today with their deputies of today, those for Optima first.

    Whoever is only somebody's deputy stands beside that person; two who stand in for each other both have a line.
    """
    live = ContactPerson.objects.valid_on(today)
    stands_in = live.filter(deputy=OuterRef("pk"))
    beside = live.filter(Exists(stands_in), deputy=None)
    rows = live.exclude(pk__in=beside).prefetch_related(Prefetch("deputy", live))
    return rows.order_by("-purpose", "name", "pk")


def _address(rest: str, number: int) -> str:
    return "?" + "&".join(part for part in (rest, f"seite={number}") if part)
