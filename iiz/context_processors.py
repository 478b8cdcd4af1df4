"""Template variables of every page that belong to no app."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def csp_nonce(request: HttpRequest) -> dict[str, SimpleLazyObject | str]:
    """The nonce under the name that django-htmx reads; django-csp's own processor calls it ``CSP_NONCE``."""
    return {"csp_nonce": getattr(request, "csp_nonce", "")}
