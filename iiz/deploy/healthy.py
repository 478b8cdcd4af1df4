"""Asks the web server of this machine whether it lives, as a container's health check does."""

import http.client
import os
import sys
from pathlib import Path

from iiz import env


def main() -> int:
    """0 when ``/healthz`` answers 200; asks with a host name that the application accepts."""
    settings = env.load(os.environ, Path(__file__).resolve().parent.parent.parent)
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": settings.allowed_hosts[0].lstrip(".")})
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
