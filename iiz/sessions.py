"""Idle expiry of sessions without a write on every request."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

REFRESH_SECONDS = 300


class IdleExpiryMiddleware:
    """Renews the session of an active user every five minutes.

    Django's ``SESSION_SAVE_EVERY_REQUEST`` would make each page that only reads write to the database. So a session ends
    between ``SESSION_COOKIE_AGE`` minus five minutes and ``SESSION_COOKIE_AGE`` after the last request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get("renewed_at", 0) >= REFRESH_SECONDS:
                request.session["renewed_at"] = now
        return self.get_response(request)
