"""Visits of somebody without an account, for tests: a purpose of their own, and a browser with a code."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail as locmem
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client
from django.utils import timezone

from iiz.core import guests, notify, registry
from iiz.core.models import Case, GuestLink, OutboxMail
from optima.tests import factories as optima

PURPOSE = "test_decide"
SECRET = "Kurs Metallbau, CHF 4'000"


def page(request: HttpRequest, link: GuestLink) -> HttpResponse:
    """Shows a secret of the case; a POST is the deed."""
    if request.method == "POST":
        guests.fulfil(link)
        guests.record(link, "test_decided", link.case)
        return HttpResponseRedirect(request.path)
    guests.log(link, "Kostengutsprache")
    return HttpResponse(SECRET)


def hindered(monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    """Make a purpose known to one test; what stands in the dictionary under an object hinders it."""
    known: dict[int, str] = {}
    purpose = registry.GuestPurpose(
        PURPOSE,
        "Kostengutsprache entscheiden",
        "Sie sind gebeten, über eine Kostengutsprache zu entscheiden.",
        "Ihr Entscheid ist festgehalten.",
        "test_guest",
        page,
        lambda link: known.get(link.object_id, ""),
    )
    kind = guests.mail_kind(
        "test_guest", "%(number)s: Ihr Entscheid", "Eine Kostengutsprache wartet auf Sie.", "Ansehen"
    )
    monkeypatch.setitem(registry.guest_purposes, PURPOSE, purpose)
    monkeypatch.setitem(notify.kinds, "test_guest", kind)
    return known


def case_of_guests() -> Case:
    """A case between two offices, about which no mail waits."""
    case = optima.submitted()
    OutboxMail.objects.all().delete()
    return case


def invited(case: Case, object_id: int = 7, email: str = "Vera@Sozialdienst.example", **more: Any) -> GuestLink:
    """A link for somebody of the principal, sent by the principal."""
    until = timezone.now() + dt.timedelta(days=10)
    nora = optima.principal_of(case)
    fields = {"name": "Vera Muster", "institution": nora.institution, "by": nora, "until": until, **more}
    return guests.invite(PURPOSE, case, object_id, email=email, **fields)


def address(link: GuestLink) -> str:
    """Where the link leads."""
    return f"/gast/{link.token()}/"


def ask(client: Client, link: GuestLink) -> Any:
    """Press «Code senden»."""
    return client.post(address(link), {"guest": "code"})


def type_in(client: Client, link: GuestLink, code: str) -> Any:
    """Enter a code."""
    return client.post(address(link), {"guest": "open", "code": code})


def mailed_code() -> str:
    """The code of the newest mail."""
    found = re.search(r"^(\d{3}) (\d{3})$", locmem.outbox[-1].body, re.MULTILINE)
    assert found
    return "".join(found.groups())


def another(code: str) -> str:
    """A code that is wrong."""
    return f"{(int(code) + 1) % 10**6:06}"


def opened(link: GuestLink) -> Client:
    """The browser of a guest who has entered the code."""
    client = Client()
    ask(client, link)
    assert type_in(client, link, mailed_code()).status_code == 302
    return client


def shows_secret(client: Client, link: GuestLink) -> bool:
    """Whether this browser sees the page of the purpose."""
    return SECRET in client.get(address(link)).content.decode()


def told(client: Client, link: GuestLink, status: int = 410) -> str:
    """What the link says instead of its page."""
    response = client.get(address(link))
    assert response.status_code == status
    assert SECRET not in response.content.decode()
    return response.content.decode()
