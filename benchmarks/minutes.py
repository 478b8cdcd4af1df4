"""The meeting page: what one save asks of the database and takes, with 30 steps in the paper; and looking for news.

The Roundtable is played within a transaction that is given up again, in whatever database there is.
"""

from __future__ import annotations

import json
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from benchmarks.timing import Result, seconds  # noqa: E402
from iiz.core.models import User  # noqa: E402
from roundtable import minutes  # noqa: E402
from roundtable.minutes import Change  # noqa: E402
from roundtable.tests import playing as play  # noqa: E402

WRITING, SAVING, LOOKING = 4, 12, 5
"""Queries of writing itself, of the whole request that saves, and of one that finds nothing new."""
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
AUTOSAVE = {"HTTP_X_REQUESTED_WITH": "autosave"}


def main() -> None:
    """Count, and say how long it takes."""
    with transaction.atomic():
        measure()
        transaction.set_rollback(True)


def measure() -> None:
    """Count one save, alone and as a request, and one look for news."""
    case, who = play.fixed(), play.koordination()
    fields = ("what", "owner", "start", "due", "note")
    minutes.write(case.number, who, [Change(f"step.{key}.{one}", "", "Wort") for key in range(1, 31) for one in fields])
    texts = iter(range(10_000))

    def change() -> Change:
        text = next(texts)
        return Change("step.7.what", f"Satz {text - 1}" if text else "Wort", f"Satz {text}")

    writing = count(lambda: minutes.write(case.number, who, [change()]))
    client, path = Client(), reverse("roundtable:paper", args=[case.number])
    client.force_login(User.objects.get(pk=who.user.pk), backend=BACKEND)
    save(client, path, change())  # the first one of a day is noted in the audit
    saving = count(lambda: save(client, path, change()))
    seen = f"{reverse('roundtable:paper_news', args=[case.number])}?since={minutes.revision(case)}"
    looking = count(lambda: client.get(seen, secure=True, **AUTOSAVE))
    took = f"{seconds(lambda: save(client, path, change())) * 1000:.0f} ms with 30 steps"
    Result("Working paper, writing a field", writing, WRITING, "queries").tell()
    Result("Working paper, saving", saving, SAVING, "queries", took).tell()
    look = f"{seconds(lambda: client.get(seen, secure=True, **AUTOSAVE)) * 1000:.0f} ms"
    Result("Working paper, nothing new", looking, LOOKING, "queries", look).tell()


def save(client: Client, path: str, change: Change) -> None:
    """One save of one field, as the page sends it."""
    sent = {"changes": json.dumps([{"name": change.name, "was": change.was, "now": change.now}]), "since": "1"}
    answer = client.post(path, sent, secure=True, **AUTOSAVE)
    assert answer.status_code == 200, answer.status_code


def count(do: Any) -> int:
    """The queries without the marks of transactions."""
    with CaptureQueriesContext(connection) as asked:
        do()
    return len([row for row in asked if "SAVEPOINT" not in row["sql"]])


if __name__ == "__main__":
    main()
