"""Whom the application believes about addresses and schemes."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from iiz.env import _networks
from iiz.proxy import TrustedProxyMiddleware


def through(settings: Settings, peer: str, **headers: str) -> HttpRequest:
    """The request as a view sees it that arrived from ``peer``, with two networks trusted."""
    settings.TRUSTED_PROXIES = _networks("10.0.0.0/8, 127.0.0.1")
    request = RequestFactory().get("/", REMOTE_ADDR=peer, **headers)
    TrustedProxyMiddleware(lambda request: HttpResponse())(request)
    return request


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7, unknown", "127.0.0.1"),
        ("198.51.100.9", "203.0.113.7", "198.51.100.9"),
    ],
)
def test_address(settings: Settings, peer: str, forwarded: str, expected: str) -> None:
    request = through(settings, peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert request.META["REMOTE_ADDR"] == expected
    assert "HTTP_X_FORWARDED_FOR" not in request.META


@pytest.mark.parametrize(
    ("peer", "scheme", "secure"),
    [("127.0.0.1", "https", True), ("127.0.0.1", "http", False), ("198.51.100.9", "https", False)],
)
def test_scheme(settings: Settings, peer: str, scheme: str, secure: bool) -> None:
    assert through(settings, peer, HTTP_X_FORWARDED_PROTO=scheme).is_secure() is secure


def test_no_proxy_is_trusted_by_default() -> None:
    assert _networks("") == []
