"""The views side by side: what the page asks of the database, with three and with twelve at the table.

Both Roundtables are played within a transaction that is given up again, in whatever database there is.
"""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from benchmarks.timing import Result, seconds  # noqa: E402
from iiz.core.consents import Line  # noqa: E402
from iiz.core.models import User  # noqa: E402
from iiz.core.tests.factories import InstitutionFactory  # noqa: E402
from roundtable.tests import playing as play  # noqa: E402

QUERIES = 15
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def main() -> None:
    """Count with three and with twelve; the larger number is compared."""
    with transaction.atomic():
        counted = {seats: count(seats) for seats in (3, 12)}
        transaction.set_rollback(True)
    detail = ", ".join(f"{seats} seats: {queries}, {ms:.0f} ms" for seats, (queries, ms) in counted.items())
    most = max(queries for queries, _ms in counted.values())
    Result("Views side by side", most, QUERIES, "queries", detail).tell()


def count(seats: int) -> tuple[int, float]:
    """Queries and milliseconds of the page for the office that registered; the client is one of the seats."""
    nora, others = play.nora(), [InstitutionFactory.create() for _number in range(seats - 2)]
    lines = [Line(office, categories=play.ALL) for office in (nora.institution, *others)]
    case = play.asked(play.started(by=nora, offices=others, lines=lines))
    for office in others:
        case = play.given(case, play.worker(office))
    case = play.given(case, nora)
    client, path = Client(), reverse("roundtable:views", args=[case.number])
    client.force_login(User.objects.get(pk=nora.user.pk), backend=BACKEND)
    shown = client.get(path, secure=True)
    assert shown.status_code == 200, shown.status_code
    with CaptureQueriesContext(connection) as queries:
        client.get(path, secure=True)
    return len(queries), seconds(lambda: client.get(path, secure=True)) * 1000


if __name__ == "__main__":
    main()
