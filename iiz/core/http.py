"""The request as views see it after the middleware."""

from __future__ import annotations

from django.http import HttpRequest

from .actor import Actor


class Request(HttpRequest):
    """A request with the actor that :class:`iiz.core.middleware.ActorMiddleware` has set."""

    actor: Actor | None
    actors: list[Actor]
