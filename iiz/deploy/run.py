"""``bin/run``: prepares the data, then runs web server, worker and scheduler until told to stop."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from iiz import env
from iiz.core.synthetic import DEMO_PASSWORD, LOGINS
from iiz.deploy.supervise import Supervisor

BASE_DIR = Path(__file__).resolve().parent.parent.parent
SERVE = str(BASE_DIR / "bin" / "serve")
START_SECONDS = 30


def main() -> int:
    """Run the demo in the foreground; the exit status for the shell."""
    try:
        settings = env.load(os.environ, BASE_DIR)
    except ImproperlyConfigured as error:
        print(f"Configuration error: {error}", file=sys.stderr)
        return 1
    if _port_taken(settings.port):
        print(
            f"Port {settings.port} is already in use. Stop the other program or choose another port: "
            f"IIZ_PORT={settings.port + 1} bin/run",
            file=sys.stderr,
        )
        return 1
    prepared = subprocess.run([sys.executable, "-m", "iiz.deploy.prepare"], cwd=BASE_DIR, check=False)
    if prepared.returncode:
        return 1
    # Whoever tries the demo as root need not be told off; a real worker has an account of its own.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
    names = ["web", "worker", "scheduler"] if settings.redis_url else ["web", "worker"]
    return Supervisor({name: [SERVE, name] for name in names}, lambda running: _announce(running, settings)).run()


def _port_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _announce(running: Supervisor, settings: env.Environment) -> None:
    """Print the address and the demo logins once the web server answers."""
    deadline = time.monotonic() + START_SECONDS
    while not _answers(settings.port):
        if running.stopping or running.dead() or time.monotonic() > deadline:
            return
        time.sleep(0.1)
    lines = ["", f"  IIZ: http://127.0.0.1:{settings.port}   (Ctrl-C beendet alles)", ""]
    if settings.demo:
        lines += [f"  {login.email:40} {login.words}" for login in LOGINS]
        lines += [
            "",
            f"  Passwort für alle: {DEMO_PASSWORD}   Mails: http://127.0.0.1:{settings.port}/demo/post/",
            "",
        ]
    print("\n".join(lines), flush=True)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
