"""A virus scanner for tests: a real server that speaks clamd's protocol, finds, hesitates, and hangs up."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BAD = b"Diese Zeichen gelten der Probe als Schadsoftware."


class Scanner:
    """Reads whole files and finds :data:`BAD` in them. ``mood`` is how it behaves otherwise."""

    def __init__(self) -> None:
        self.url = ""
        self.mood = "well"
        self.seen: list[bytes] = []
        self.free = threading.Event()

    def answer(self, line: socketserver.StreamRequestHandler) -> bytes:
        """What one connection is told."""
        command = self._until_zero(line)
        if command == b"zPING":
            return b"PONG"
        assert command == b"zINSTREAM", command
        content = b""
        while size := struct.unpack(">I", line.rfile.read(4))[0]:
            content += line.rfile.read(size)
        self.seen.append(content)
        if self.mood == "full":
            return b"INSTREAM size limit exceeded. ERROR"
        return b"stream: Probe.Schadsoftware FOUND" if BAD in content else b"stream: OK"

    @staticmethod
    def _until_zero(line: socketserver.StreamRequestHandler) -> bytes:
        found = b""
        while (byte := line.rfile.read(1)) not in (b"\0", b""):
            found += byte
        return found


@contextmanager
def scanning(settings: Any, folder: Path | None = None) -> Iterator[Scanner]:
    """A running scanner that the portal asks: on a port of this machine, or on a socket in ``folder``."""
    scanner = Scanner()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if scanner.mood == "gone":
                return
            if scanner.mood == "slow":
                scanner.free.wait(5)
                return
            self.wfile.write(scanner.answer(self) + b"\0")

    if folder is None:
        server: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        scanner.url = "tcp://{}:{}".format(*server.server_address)
    else:
        server = socketserver.ThreadingUnixStreamServer(str(folder / "clamd.ctl"), Handler)
        scanner.url = f"unix://{folder / 'clamd.ctl'}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    settings.CLAMD_URL = scanner.url
    try:
        yield scanner
    finally:
        scanner.free.set()
        server.shutdown()
        server.server_close()
        thread.join()
