"""My meetings in my own calendar program: the private address, made, shown once and ended."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from .. import calendars, feeds
from ..http import Request
from ..models import User
from .marks import reads, writes


def _person(request: Request) -> User:
    assert isinstance(request.user, User)  # no public page
    return request.user


@reads
def calendar(request: Request) -> HttpResponse:
    """Whether there is an address, since when, and when a program last fetched it."""
    return render(request, "core/calendar.html", {"feed": feeds.live(_person(request))})


@writes
def calendar_new(request: Request) -> HttpResponse:
    """Ask before a new address ends the old one; then show it, this once, in the answer itself."""
    user = _person(request)
    if request.method == "POST":
        token = feeds.renew(user, request.actor)
        path = reverse("core:calendar_feed", args=[token])
        address = f"{settings.BASE_URL.rstrip('/')}{path}"
        return render(request, "core/calendar_made.html", {"address": address, "webcal": _webcal(address)})
    return render(request, "core/calendar_new.html", {"feed": feeds.live(user)})


def _webcal(address: str) -> str:
    """The address as calendar programs claim it for themselves."""
    return f"webcal://{address.partition('://')[2]}"


@writes
def calendar_off(request: Request) -> HttpResponse:
    """End the address, after asking."""
    user = _person(request)
    if request.method == "POST":
        feeds.stop(user, request.actor)
        messages.success(request, _("Die Adresse gilt nicht mehr. Ihr Kalender erhält keine Gespräche mehr."))
        return HttpResponseRedirect(reverse("core:calendar"))
    return render(request, "core/calendar_off.html", {"feed": feeds.live(user)})


@login_not_required
@reads
def calendar_feed(request: Request, token: str) -> HttpResponseBase:
    """The meetings of whoever holds the secret; 304 as long as nothing has changed, 404 for anything that is wrong."""
    feed = feeds.find(token)
    if feed is None:
        raise Http404
    feeds.note_use(feed)
    file = calendars.of_seats(feeds.seats(feed.user))
    headers = {"Content-Disposition": 'inline; filename="iiz.ics"', "X-Robots-Tag": "noindex"}
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8", headers=headers)
    response["ETag"] = f'"{hashlib.sha256(file).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
