"""Verzeichnis: which office does what, who answers for a municipality, whom to call (ACT-03, ACT-04, ACT-06)."""

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

from ..enums import InstitutionKind, RoutingMode
from ..http import Request
from ..models import ContactPerson, Institution, Jurisdiction, LeadCapability, Municipality, RoutingRule
from .marks import reads

PAGE = 25


class DirectoryFilter(forms.Form):
    """What one looks for: a name, a kind, or the offices that answer for a municipality."""

    q = forms.CharField(
        label=_("Name oder Ort"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    gemeinde = forms.ModelChoiceField(
        Municipality.objects.order_by("name"),
        label=_("Zuständig für die Gemeinde"),
        required=False,
        empty_label=_("alle"),
    )
    art = forms.ChoiceField(label=_("Art"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = set(Institution.objects.active().order_by().values_list("kind", flat=True).distinct())
        choices = [(value, label) for value, label in InstitutionKind.choices if value in present]
        self.fields["art"].choices = [("", _("alle")), *choices]  # type: ignore[attr-defined]


@login_not_required
@reads
def directory(request: Request) -> HttpResponse:
    """The offices, for anybody; contact persons only for those with an account."""
    form = DirectoryFilter(request.GET)
    form.is_valid()
    found = getattr(form, "cleaned_data", {})
    today = timezone.localdate()
    offices = Institution.objects.active()
    if found.get("q"):
        for word in found["q"].split():
            offices = offices.filter(Q(name__icontains=word) | Q(place__icontains=word))
    if found.get("art"):
        offices = offices.filter(kind=found["art"])
    municipality = found.get("gemeinde")
    if municipality:
        local = Jurisdiction.objects.valid_on(today).filter(municipality=municipality)
        central = RoutingRule.objects.valid_on(today).filter(mode=RoutingMode.CENTRAL)
        offices = offices.filter(Q(pk__in=local.values("institution")) | Q(pk__in=central.values("target")))
    offices = offices.prefetch_related(
        Prefetch("lead_capabilities", LeadCapability.objects.valid_on(today), "capability"),
        Prefetch(
            "jurisdictions",
            Jurisdiction.objects.valid_on(today).select_related("municipality").order_by("municipality__name"),
            "live_jurisdictions",
        ),
    )
    if request.actor is not None:
        offices = offices.prefetch_related(Prefetch("contacts", _contacts(today), "live_contacts"))
    page = Paginator(offices.order_by("name"), PAGE).get_page(request.GET.get("seite"))
    rest = request.GET.copy()
    rest.pop("seite", None)
    address = rest.urlencode()
    return render(
        request,
        "core/directory.html",
        {
            "form": form,
            "page": page,
            "municipality": municipality,
            "filtered": any(found.values()),
            "newer": _address(address, page.previous_page_number()) if page.has_previous() else "",
            "older": _address(address, page.next_page_number()) if page.has_next() else "",
        },
    )


def _contacts(today: dt.date) -> QuerySet[ContactPerson]:
    """Contact persons of today with their deputies of today.

    Whoever is only somebody's deputy stands beside that person; two who stand in for each other both have a line.
    """
    live = ContactPerson.objects.valid_on(today)
    stands_in = live.filter(deputy=OuterRef("pk"))
    beside = live.filter(Exists(stands_in), deputy=None)
    return live.exclude(pk__in=beside).prefetch_related(Prefetch("deputy", live)).order_by("name", "pk")


def _address(rest: str, number: int) -> str:
    return "?" + "&".join(part for part in (rest, f"seite={number}") if part)
