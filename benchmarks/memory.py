"""How large a web process is after it has answered pages and made documents."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from benchmarks.timing import Result  # noqa: E402
from iiz.core.models import Case  # noqa: E402

LIMIT = 200
ROUNDS = 40
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """One worker, visited as by a caseworker; the larger figure of server and worker counts."""
    case = Case.objects.filter(state="submitted").order_by("pk")[0]
    assert case.registered_by
    browser = Client()
    browser.force_login(case.registered_by, backend="allauth.account.auth_backends.AuthenticationBackend")
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    paths = ["/pendenzen/", "/faelle/?phase=all", case.get_absolute_url(), reverse("optima:pdf", args=[case.number])]
    connection.close()
    port = free_port()
    server = subprocess.Popen(  # noqa: S603
        [ROOT / "bin" / "serve", "web"],
        cwd=ROOT,
        env=os.environ | {"IIZ_PORT": str(port), "WEB_CONCURRENCY": "1", "TRUSTED_PROXIES": "127.0.0.1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(port)
        for _ in range(ROUNDS):
            for path in paths:
                visit(port, path, cookie)
        sizes = [resident(pid) for pid in children(server.pid)]
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
    Result("web process", max(sizes), LIMIT, "MB", f"after {ROUNDS * len(paths)} pages, PDFs among them").tell()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Until the server answers."""
    for _ in range(300):
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the web server did not start")


def visit(port: int, path: str, cookie: str) -> None:
    """One page, as it comes from the proxy."""
    visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    visitor.request("GET", path, headers={"Host": "localhost", "Cookie": cookie, "X-Forwarded-Proto": "https"})
    answer = visitor.getresponse()
    answer.read()
    visitor.close()
    assert answer.status == 200, (path, answer.status)


def children(pid: int) -> list[int]:
    """The worker processes of a server."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def resident(pid: int) -> float:
    """The resident memory of a process in MB."""
    line = next(row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
