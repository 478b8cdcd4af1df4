"""The guided tour: one invented Roundtable from the first call to the end (UX-13)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iiz.core.http import Request
from iiz.core.registry import Guide
from iiz.core.views.marks import reads

from .. import tour as stations

GUIDE = Guide(
    _("Rundgang"),
    _("Wie läuft ein Roundtable? Ein erfundener Fall von der Anmeldung bis zum Abschluss, in zwei Minuten."),
    "roundtable:tour",
    _("Rundgang beginnen"),
    inside=False,
)


@login_not_required
@reads
def tour(request: Request, place: int = 1) -> HttpResponse:
    """One station, with the way to the one before and the next; open to everybody, for all of it is invented."""
    if not 1 <= place <= len(stations.STATIONS):
        raise Http404
    context = {
        "place": place,
        "station": stations.STATIONS[place - 1],
        "stations": stations.STATIONS,
        "picture": f"roundtable/tour/{stations.STATIONS[place - 1].picture}.html",
        "road": stations.road(place - 1),
        "steps": stations.STEPS,
        "offices": stations.OFFICES,
        "client": stations.CLIENT,
        "client_name": f"{stations.CLIENT} {stations.SURNAME}",
        "before": _address(place - 1) if place > 1 else "",
        "after": _address(place + 1) if place < len(stations.STATIONS) else "",
        "case_url": f"{reverse('core:cases')}?q={stations.SURNAME}&phase=all" if _demo(request) else "",
    }
    return render(request, "roundtable/tour/page.html", context)


def _address(place: int) -> str:
    return reverse("roundtable:tour") if place == 1 else reverse("roundtable:tour_station", args=[place])


def _demo(request: Request) -> bool:
    """Whether the same case can be opened: in the demo canton, by whoever is logged in."""
    return bool(settings.IIZ_DEMO) and request.user.is_authenticated
