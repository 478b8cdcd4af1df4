"""Every view says whether it reads or writes; one that reads cannot write to the domain."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..http import Request

View = Callable[..., HttpResponseBase]

WRITE = re.compile(r'^\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)
BESIDES = frozenset({"core_accesslogentry", "core_calendarfeed", "django_session"})
"""What reading leaves behind: the note that somebody (or a calendar program) read, and the session's own expiry."""


class WroteWhileReading(RuntimeError):
    """A view marked :func:`reads` tried to change the domain: a defect, never the user's fault."""


def _refuse_writes(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
    found = WRITE.match(sql)
    if found and found.group(1) not in BESIDES:
        raise WroteWhileReading(found.group(1))
    return execute(sql, params, many, context)


def reads(view: View) -> View:
    """A view that answers GET and HEAD only and changes nothing."""

    @never_cache
    @require_safe
    @wraps(view)
    def inner(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with connection.execute_wrapper(_refuse_writes):
            return view(request, *args, **kwargs)

    inner.effect = "reads"  # type: ignore[attr-defined]
    return inner


def writes(view: View) -> View:
    """A view whose GET shows a form and whose POST changes something."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def inner(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        with connection.execute_wrapper(_refuse_writes):
            return view(request, *args, **kwargs)

    inner.effect = "writes"  # type: ignore[attr-defined]
    return inner
