"""Answers pages of one database on demand: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import json
import os
import sys
from functools import cache

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks.timing import seconds  # noqa: E402
from iiz.core.enums import Phase, Role  # noqa: E402
from iiz.core.models import CasePermission, Membership, User  # noqa: E402

ROWS = (b'<td data-label="Fall">', b'<div class="todo">')
"""How a row of a list begins."""


@cache
def browser(email: str) -> Client:
    """A logged-in client, kept."""
    client = Client()
    client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def get(email: str, path: str) -> bytes:
    """The page, complete."""
    answer = browser(email).get(path, secure=True)
    assert answer.status_code == 200, answer.status_code
    return answer.content


def answer(question: dict[str, str]) -> dict[str, float | str]:
    """``time`` a page, ``count`` its queries, or find ``somebody`` whose office has so many open cases."""
    if question["do"] == "somebody":
        return {"email": somebody(int(question["cases"]))}
    email, path = question["email"], question["path"]
    if question["do"] == "time":
        return {"ms": seconds(lambda: get(email, path)) * 1000}
    get(email, path)  # a first page also fills caches
    with CaptureQueriesContext(connection) as queries:
        page = get(email, path)
    return {"queries": len(queries), "rows": sum(page.count(row) for row in ROWS)}


def somebody(cases: int) -> str:
    """A caseworker of the office whose number of open cases is nearest to ``cases``."""
    sizes = (
        CasePermission.objects.filter(content_object__phase=Phase.OPEN)
        .values_list("group__institution")
        .annotate(cases=Count("pk"))
    )
    # Of one role only: whoever holds another may be asked for a second factor, which is a query more.
    others = Membership.objects.exclude(role=Role.CASEWORKER)
    working = Membership.objects.filter(role=Role.CASEWORKER).exclude(user__in=others.values("user"))
    offices = set(working.values_list("institution", flat=True))
    office = min((abs(n - cases), key) for key, n in sizes if key in offices)[1]
    return working.filter(institution=office).order_by("pk")[0].user.email


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
