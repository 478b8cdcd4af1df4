"""The public start page, and switching the institution one acts for."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from .. import audit, registry
from ..http import Request
from ..middleware import SESSION_KEY
from .marks import reads, writes


@login_not_required
@reads
def start(request: Request) -> HttpResponse:
    """The services in plain words, an invented example each, what happens to the data, and the ways on (UX-13)."""
    return render(request, "core/start.html", {"introductions": registry.introductions})


@writes
def switch(request: Request) -> HttpResponse:
    """Act for another of one's institutions (ACT-12); the middleware has checked the choice."""
    if request.method == "POST" and request.actor is not None:
        request.session[SESSION_KEY] = request.actor.institution.pk
        audit.record("login", request.actor, "institution_switched")
    target = request.POST.get("next", "")
    # A page of the other institution's case would only answer 404: lists are safe, cases are not.
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None) or target.startswith("/faelle/"):
        target = "/pendenzen/"
    return HttpResponseRedirect(target)
