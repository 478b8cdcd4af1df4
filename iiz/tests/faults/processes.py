"""Starting, killing and waiting for the processes of an installation, as ``bin/serve`` starts them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from iiz.tests.tree import ROOT

PATIENCE = 60.0
"""How long a test waits for what must happen, in seconds; a busy machine is slow, not wrong."""
REDIS = shutil.which("redis-server")


def wait_until(happened: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait until ``happened`` says yes; fails with ``what`` did not."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.05)


class Redis:
    """A Redis of the test's own, which forgets everything when it stops."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address for ``REDIS_URL``."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Listen; again, after :meth:`stop`, on the same port."""
        assert REDIS
        command = [REDIS, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until(self._answers, "Redis answers")

    def stop(self) -> None:
        """End, and forget."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


class Installation:
    """Processes over the database of the test, with a mail server and, if it has one, a Redis of its own."""

    def __init__(self, folder: Path, mail_port: int, redis: Redis | None = None) -> None:
        self.folder, self.redis = folder, redis
        self.running: list[subprocess.Popen[bytes]] = []
        self.environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | {
            "DATABASE_URL": database_url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "DJANGO_SETTINGS_MODULE": "iiz.tests.faults.settings",
            "FAULTS_FOLDER": str(folder),
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }
        if redis is not None:
            self.environment["REDIS_URL"] = redis.url

    def start(self, *roles: str) -> list[subprocess.Popen[bytes]]:
        """Start ``bin/serve`` with each of ``roles``; one worker takes one task at a time."""
        return [self._start(role) for role in roles]

    def start_all(self) -> list[subprocess.Popen[bytes]]:
        """Start what delivers mail: the worker, and beside Redis the scheduler, which else it holds itself."""
        return self.start("worker", "scheduler") if self.redis is not None else self.start("worker")

    def _start(self, role: str) -> subprocess.Popen[bytes]:
        options = ["--concurrency", "1"] if role == "worker" else ["--schedule", str(self.folder / f"{time.time_ns()}")]
        with (self.folder / f"{role}.log").open("ab") as log:
            process = subprocess.Popen(
                [ROOT / "bin" / "serve", role, *options],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def sweep(self, at: str) -> str:
        """``manage.py send_reminders --at``, what cron would do at that moment; what it printed."""
        command = [sys.executable, "manage.py", "send_reminders", "--at", at]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    def stop(self) -> None:
        """End everything, at once."""
        for process in self.running:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """``kill -9``, to the process and all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def database_url(name: str = "") -> str:
    """The database of this test as ``DATABASE_URL`` for other processes; or the one called ``name`` beside it."""
    from django.db import connection

    found = connection.settings_dict
    name = name or found["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    who = ":".join(quote(part, safe="") for part in (found["USER"], found["PASSWORD"]) if part)
    return f"postgres://{who}@{found['HOST']}:{found['PORT'] or 5432}/{name}"
