"""Logs: one JSON object a line on standard output, without personal data.

Messages of our own carry ids only. An exception's *text* may quote what somebody typed, so outside of development a
traceback shows where it happened and of which type it was, not the values.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from gunicorn.glogging import Logger as GunicornLogger

# Links with a secret in their path (invitations, password resets) must not be usable by whoever reads the log.
_SECRET_SEGMENT = re.compile(r"(?<=/)[^/]{24,}(?=/|$)")


def masked(path: str) -> str:
    """``path`` with each segment that may be a token replaced."""
    return _SECRET_SEGMENT.sub("***", path)


class LineFormatter(logging.Formatter):
    """One JSON object a line; ``values`` keeps exception texts and log arguments (development only)."""

    def __init__(self, values: bool = False) -> None:
        super().__init__()
        self.values = values

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0]:
            kind, error, trace = record.exc_info
            entry["exception"] = kind.__name__
            frames = traceback.extract_tb(trace)
            entry["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            if self.values:
                entry["error"] = str(error)
        return json.dumps(entry, ensure_ascii=False, default=str)


class AccessLogger(GunicornLogger):
    """Gunicorn's log in the same shape: path without query string, address as ``TrustedProxyMiddleware`` found it."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            for handler in logger.handlers:
                handler.setFormatter(LineFormatter())

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """One line a request: method, path, status, milliseconds, address."""
        path = environ.get("PATH_INFO", "")
        if path in ("/healthz", "/readyz"):
            return
        status = str(resp.status).split()[0]
        milliseconds = int(request_time.total_seconds() * 1000)
        self.access_log.info(
            "%s %s %s %dms %s", environ.get("REQUEST_METHOD"), path, status, milliseconds, environ.get("REMOTE_ADDR")
        )
