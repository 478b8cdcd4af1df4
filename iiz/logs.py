"""Logs: one JSON object a line on standard output, without personal data.

Messages of our own carry ids only. An exception's *text* may quote what somebody typed, so outside of
development a traceback shows where it happened and of which type it was, not the values.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

# Links with a secret in their path (invitations, password resets) must not be usable by whoever reads the
# log.
_SECRET_SEGMENT = re.compile(r"(?<=/)[^/\s]{24,}(?=/|\s|$)")


def masked(text: str) -> str:
    """``text`` with each path segment that may be a token replaced by ``***``."""
    return _SECRET_SEGMENT.sub("***", text)


class LineFormatter(logging.Formatter):
    """Formats a record as one line of JSON; ``values`` adds the text of an exception (development only)."""

    def __init__(self, values: bool = False) -> None:
        super().__init__()
        self.values = values

    def format(self, record: logging.LogRecord) -> str:
        """``record`` as JSON: time (UTC), level, logger, message, and for an exception its type and place."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0]:
            kind, error, trace = record.exc_info
            entry["exception"] = kind.__name__
            entry["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
            if self.values:
                entry["error"] = str(error)
        return json.dumps(entry, ensure_ascii=False, default=str)
