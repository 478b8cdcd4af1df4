"""Who acts, on every request; and what a refusal or conflict looks like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from . import audit
from .actor import Actor, actors_of
from .conflicts import conflict_page, typed
from .http import Request
from .models import AuditEntry
from .workflow import Conflict, NotAllowed, NotNow

SESSION_KEY = "acting"
FIELD = "acting"
SKIPPED = ("/healthz", "/readyz", settings.STATIC_URL)


class ActorMiddleware:
    """Sets ``request.actor`` (or ``None``) and ``request.actors``, every institution the person may act for.

    A form carries the institution it was opened for. If that is another one than chosen now – two tabs –
    the form still acts for its own institution, the choice follows it, and a message says so. If the person
    may no longer act for it, nothing is done and everything typed is shown again (403).
    """

    def __init__(self, get_response: Callable[..., HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.actors, request.actor = [], None
        if request.path.startswith(SKIPPED) or not request.user.is_authenticated:
            return self.get_response(request)
        request.actors = actors_of(request.user)
        chosen = self._pick(request.actors, request.session.get(SESSION_KEY))
        request.actor = chosen or (request.actors[0] if request.actors else None)
        named = request.POST.get(FIELD) if request.method == "POST" else None
        if named:
            own = self._pick(request.actors, named)
            if own is None:
                return conflict_page(
                    request,
                    _("Sie handeln nicht mehr für die Institution, für die dieses Formular geöffnet wurde."),
                    theirs=[(_("Sie handeln jetzt für"), str(request.actor.institution) if request.actor else "–")],
                    title=_("Das geht nicht mehr"),
                    status=403 if request.accepts("text/html") else 409,  # at which saving by itself stops
                )
            if own != request.actor:
                self._follow(request, own)
        return self.get_response(request)

    @staticmethod
    def _follow(request: Request, actor: Actor) -> None:
        """Let the choice of institution follow the form that was sent."""
        request.session[SESSION_KEY] = actor.institution.pk
        request.actor = actor
        if request.path != reverse("core:switch"):
            messages.info(
                request,
                _("Sie handeln jetzt wieder für %(name)s, weil das Formular dort geöffnet wurde.")
                % {"name": actor.institution},
            )

    @staticmethod
    def _pick(actors: list[Actor], key: object) -> Actor | None:
        return next((actor for actor in actors if str(actor.institution.pk) == str(key)), None)


class LoginMiddleware(LoginRequiredMiddleware):
    """Login by default. A form sent after the session ended is not swallowed: what was typed is shown again."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Lead to the login; a form with something in it is shown first."""
        if request.method == "POST" and typed(request, {}):
            return expired(request)
        return super().handle_no_permission(request, view_func)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form that came too late: session over, or a token of an older login (403)."""
    context = {"mine": typed(request, {}), "again": request.path if request.method == "POST" else ""}
    return render(request, "403_csrf.html", context, status=403)


class RefusalMiddleware:
    """Turns what the workflow raises into pages – 403 with the reason, 409 with both versions – and words a 405."""

    def __init__(self, get_response: Callable[..., HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        response = self.get_response(request)
        asks_for_a_page = "text/html" in request.headers.get("Accept", "") and not request.path.startswith(SKIPPED)
        if isinstance(response, HttpResponseNotAllowed) and asks_for_a_page:
            return unsuited(request, response)
        return response

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        """Answer a refusal or a conflict; everything else goes its way."""
        if isinstance(exception, NotAllowed):
            return refused(request, str(exception), not_now=isinstance(exception, NotNow))
        if isinstance(exception, PermissionDenied):
            return refused(request, str(exception))
        if isinstance(exception, Conflict):
            case = exception.case
            last = AuditEntry.objects.filter(stream=audit.case_stream(case.number)).last()
            return conflict_page(request, exception.sentence, case=case, last=last, url=case.get_absolute_url())
        return None


def unsuited(request: Request, response: HttpResponseNotAllowed) -> HttpResponse:
    """The same 405, with its ``Allow``, as a page for people; a program that asks for no page gets it empty."""
    again = request.path if "GET" in response.headers["Allow"] else ""
    response.content = render_to_string("405.html", {"again": again}, request)
    add_never_cache_headers(response)
    return response


def refused(request: Request, reason: str, *, not_now: bool = False) -> HttpResponse:
    """The 403 page with its reason, and the way back to the case it is about: only who sees it is refused so.

    ``not_now``: the reader may do it, but not as the case stands.
    """
    match = request.resolver_match
    number = match.kwargs.get("number") if match is not None else None
    context = {"reason": reason, "number": number, "not_now": not_now}
    return render(request, "403.html", context, status=403)
