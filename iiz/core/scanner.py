"""The virus scanner of the canton, asked over clamd's protocol, if ``CLAMD_URL`` names one.

A scanner that does not answer is no clean file: :class:`Unreachable` is for the caller to refuse with.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

SCAN_SECONDS = 10.0
"""How long a person waits for the answer, everything included."""
PING_SECONDS = 2.0
LONGEST_ANSWER = 4096


class Unreachable(OSError):
    """The scanner does not answer, not in time, or not with a verdict."""


def is_on() -> bool:
    """Whether this installation has a scanner."""
    return bool(settings.CLAMD_URL)


def virus_in(chunks: Iterable[bytes]) -> str:
    """The name of what the scanner found in a file; empty for a clean one, and where there is no scanner."""
    if not is_on():
        return ""
    answer = _ask(b"INSTREAM", chunks, SCAN_SECONDS)
    verdict = answer.partition(": ")[2]
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    if verdict == "OK":
        return ""
    raise Unreachable("The scanner gave no verdict.")


def answers() -> bool:
    """Whether the scanner is there; for the check of readiness."""
    return _ask(b"PING", (), PING_SECONDS) == "PONG"


def _ask(command: bytes, chunks: Iterable[bytes], seconds: float) -> str:
    """Send ``command`` with the file it is about, if any, and read the one answer, all within ``seconds``."""
    until = time.monotonic() + seconds
    try:
        with _connect(seconds) as line:
            _send(line, b"z" + command + b"\0", until)
            for chunk in chunks:
                if chunk:  # an empty one would mean the end
                    _send(line, struct.pack(">I", len(chunk)) + chunk, until)
            if command == b"INSTREAM":
                _send(line, struct.pack(">I", 0), until)
            return _answer(line, until)
    except OSError as error:
        raise Unreachable(type(error).__name__) from error


def _connect(seconds: float) -> socket.socket:
    parts = urlsplit(settings.CLAMD_URL)
    if parts.scheme == "tcp":
        return socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=seconds)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(seconds)
    try:
        line.connect(parts.path)
    except OSError:
        line.close()
        raise
    return line


def _send(line: socket.socket, data: bytes, until: float) -> None:
    line.settimeout(_left(until))
    line.sendall(data)


def _answer(line: socket.socket, until: float) -> str:
    found = b""
    while b"\0" not in found:
        line.settimeout(_left(until))
        part = line.recv(LONGEST_ANSWER)
        if not part or len(found) > LONGEST_ANSWER:
            raise ConnectionError("The scanner hung up.")
        found += part
    return found.partition(b"\0")[0].decode("utf-8", "replace")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
