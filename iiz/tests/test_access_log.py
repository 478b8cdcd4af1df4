"""What the web server notes of a request, and what it leaves out."""

import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from iiz.deploy.access_log import AccessLogger


def line(path: str, caplog: pytest.LogCaptureFixture) -> str:
    logger = AccessLogger(Config())
    logger.access_log.addHandler(caplog.handler)
    logger.access_log.setLevel(logging.INFO)
    environ = {"PATH_INFO": path, "QUERY_STRING": "q=Muster", "REQUEST_METHOD": "GET", "REMOTE_ADDR": "203.0.113.7"}
    logger.access(SimpleNamespace(status="200 OK"), None, environ, timedelta(milliseconds=12))
    logger.access_log.removeHandler(caplog.handler)
    return caplog.text


def test_method_path_status_and_time_without_the_question(caplog: pytest.LogCaptureFixture) -> None:
    text = line("/faelle/", caplog)
    assert "GET /faelle/ 200 12 ms 203.0.113.7" in text
    assert "Muster" not in text


@pytest.mark.parametrize("path", ["/einladung/geheim:x/", "/gast/geheim:x/", "/konto/password/reset/key/1-geheim/"])
def test_the_secret_of_a_link_is_left_out(path: str, caplog: pytest.LogCaptureFixture) -> None:
    text = line(path, caplog)
    assert "…" in text
    assert "geheim" not in text


def test_health_checks_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    assert line("/healthz", caplog) == ""
