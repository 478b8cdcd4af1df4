"""Logins are in the audit: who, when, and never what was typed."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client

from iiz.core import audit
from iiz.core.models import AuditEntry, User
from iiz.core.tests.factories import PASSWORD, UserFactory, actor

LOGIN = "/konto/login/"
NEW = "acht Kühe auf der Weide"


@pytest.fixture
def user(db: None) -> User:
    return actor(email="nora@test.example").user


def told() -> list[str]:
    return list(AuditEntry.objects.filter(stream="login").order_by("position").values_list("verb", flat=True))


def sign_in(client: Client, password: str = PASSWORD, login: str = "nora@test.example") -> int:
    return client.post(LOGIN, {"login": login, "password": password}).status_code


def test_coming_and_going(user: User, client: Client) -> None:
    sign_in(client)
    client.post("/konto/logout/")
    client.post("/konto/logout/")
    assert told() == ["logged_in", "logged_out"]
    entry = AuditEntry.objects.filter(stream="login").first()
    assert entry is not None
    assert (entry.user_id, entry.user_name) == (user.pk, user.get_full_name())


def test_a_failed_login_keeps_neither_address_nor_password(user: User, client: Client) -> None:
    sign_in(client, "geheimnis-falsch")
    sign_in(client, login="NORA@test.example", password="geheimnis-falsch")
    sign_in(client, login="geheimnis-ins-falsche-feld@test.example")
    known, again, unknown = AuditEntry.objects.filter(stream="login")
    assert told() == ["login_failed"] * 3
    assert known.changes == again.changes == {"address": audit.personal("nora@test.example")}
    assert unknown.changes != known.changes
    text = str(list(AuditEntry.objects.values()))
    assert not [word for word in ("geheimnis", "nora@", "Muster") if word in text]


def test_the_lockout_is_noted(user: User, client: Client) -> None:
    for _ in range(6):
        sign_in(client, "falsch")
    assert told().count("locked_out") == 2, "at the fifth failure and at every attempt while it lasts"
    assert AuditEntry.objects.filter(verb="locked_out")[0].changes == {"address": audit.personal(user.email)}


def test_a_changed_password_is_noted(user: User, client: Client) -> None:
    sign_in(client)
    values = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/konto/password/change/", values).status_code == 302
    assert told() == ["logged_in", "password_changed"]


def test_a_reset_password_is_noted(user: User, client: Client) -> None:
    client.post("/konto/password/reset/", {"email": user.email})
    found = re.search(r"/konto/password/reset/key/\S+", str(mail.outbox[0].body))
    assert found
    page = client.get(found.group(), follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert told() == ["password_reset"]


@pytest.mark.django_db(transaction=True)  # allauth tells of it once it is committed
def test_the_second_factor_is_noted_when_it_comes_and_goes(user: User, client: Client) -> None:
    sign_in(client)
    client.post("/konto/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/konto/2fa/totp/activate/").context["form"].secret
    client.post("/konto/2fa/totp/activate/", {"code": _code(secret)})
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    client.post("/konto/2fa/totp/deactivate/")
    assert told() == ["logged_in", "mfa_activated", "mfa_deactivated"]


def test_a_right_password_with_a_wrong_code_is_no_login(user: User, client: Client) -> None:
    totp.TOTP.activate(user, totp.generate_totp_secret())
    sign_in(client)
    client.post("/konto/2fa/authenticate/", {"code": "000000"})
    assert told() == ["mfa_failed"]


def _code(secret: str) -> str:
    counter = next(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_the_chain_of_logins_holds(user: User, client: Client) -> None:
    UserFactory.create()
    sign_in(client, "falsch")
    sign_in(client)
    assert not list(audit.verify())
