"""Where an institution asks for a second factor, nobody gets further without one (NFR-11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from .actor import Actor, apps_of
from .http import Request
from .models import Institution

EXEMPT = frozenset(
    {"account_login", "account_logout", "account_reauthenticate", "core:switch", "core:guest", "healthz", "readyz"}
)
"""Pages that lead in, out or to the second factor, all of ``mfa_…`` too; and those where nobody acts as a member."""


def everywhere() -> set[str]:
    """Roles that need a second factor in every institution (``SECOND_FACTOR_ROLES``)."""
    return set(settings.SECOND_FACTOR_ROLES)


def required_roles(institution: Institution) -> set[str]:
    """Roles that need a second factor in ``institution``: those of every institution, and those it adds."""
    return everywhere() | set(institution.mfa_roles)


def lacks_second_factor(actor: Actor) -> bool:
    """Whether one of the actor's roles in this institution needs a second factor that is not there."""
    if not actor.roles & required_roles(actor.institution):
        return False
    return not (apps_of(actor.user).exists() if actor.has_app is None else actor.has_app)


class SecondFactorMiddleware:
    """Leads to the set-up of the second factor before anything else; stands after ``ActorMiddleware``.

    Every request is asked again, so that whoever removes the app later is led back.
    """

    def __init__(self, get_response: Callable[..., HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Request, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Redirect, or let pass."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        actor = request.actor
        if name in EXEMPT or name.startswith("mfa_") or actor is None or not lacks_second_factor(actor):
            return None
        sentence = _("%(name)s verlangt für Ihre Rolle die Zwei-Faktor-Anmeldung. Bitte richten Sie sie jetzt ein.")
        messages.warning(request, sentence % {"name": actor.institution.name})
        target = reverse("mfa_activate_totp")
        if request.method in ("GET", "HEAD"):
            target += "?" + urlencode({"next": request.get_full_path()})
        else:
            messages.warning(request, _("Was Sie eben senden wollten, ist nicht gespeichert."))
        return HttpResponseClientRedirect(target) if request.headers.get("HX-Request") else HttpResponseRedirect(target)
