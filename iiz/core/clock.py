"""The time at which what is being written happened.

Everything that is written to a case takes its moment from here. The demo sets the clock back while it plays
a history, and a sweep works at the moment it was called for; nobody else sets it. What somebody may *see* never
depends on it: access asks the real day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_set_to: ContextVar[dt.datetime | None] = ContextVar("iiz_clock", default=None)


def now() -> dt.datetime:
    """The moment of what is written now, aware."""
    return _set_to.get() or timezone.now()


def today() -> dt.date:
    """The local day of :func:`now`."""
    return timezone.localdate(now())


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let :func:`now` answer ``moment`` within the block."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
