"""The request as views see it after the middleware."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from .actor import Actor


class Request(HttpRequest):
    """A request with the actor that :class:`iiz.core.middleware.ActorMiddleware` has set."""

    actor: Actor | None
    actors: list[Actor]


def onward(request: HttpRequest, otherwise: str) -> str:
    """Where to go after a form was sent: the page of ours that it names in ``next``, else ``otherwise``."""
    target = request.POST.get("next", "")
    return target if target and url_has_allowed_host_and_scheme(target, allowed_hosts=None) else otherwise
