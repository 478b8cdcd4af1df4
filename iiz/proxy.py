"""The real address and scheme of a request, believed only from the proxies named in ``TRUSTED_PROXIES``."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def _trusted(address: str) -> bool:
    """Whether ``address`` is one of our proxies; anything that is no address is not."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.TRUSTED_PROXIES)


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


class TrustedProxyMiddleware:
    """Puts the client's address into ``REMOTE_ADDR`` and its scheme into the request, then drops the headers.

    Lockout, rate limits and logs read ``REMOTE_ADDR`` only, so a client cannot choose its address by sending
    a header. The list in ``X-Forwarded-For`` is walked from the right, past our own proxies: what stands left
    of them is hearsay.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        forwarded = meta.pop("HTTP_X_FORWARDED_FOR", "")
        scheme = meta.pop("HTTP_X_FORWARDED_PROTO", "")
        if _trusted(meta.get("REMOTE_ADDR", "")):
            for hop in reversed([part.strip() for part in forwarded.split(",")]):
                if not _is_address(hop):
                    break
                meta["REMOTE_ADDR"] = hop
                if not _trusted(hop):
                    break
            if scheme.strip().lower() in ("http", "https"):
                meta["wsgi.url_scheme"] = scheme.strip().lower()
        return self.get_response(request)
