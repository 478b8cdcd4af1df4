"""Logging in: lockout, closed sign-up, idle expiry, headers."""

from datetime import timedelta

import pytest
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from iiz.core.models import User

LOGIN = "/konto/login/"
PASSWORD = "eine lange Passphrase"


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("anna@demo.example", PASSWORD, first_name="Anna", last_name="Muster")


def attempt(client: Client, password: str, login: str = "anna@demo.example", address: str = "203.0.113.7") -> int:
    """Status code of one login attempt: 302 in, 200 wrong, 429 locked out."""
    return client.post(LOGIN, {"login": login, "password": password}, REMOTE_ADDR=address).status_code


def test_login_with_the_address_in_any_case(user: User, client: Client) -> None:
    response = client.post(LOGIN, {"login": "Anna@Demo.example", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/pendenzen/")


def test_password_is_kept_as_argon2(user: User) -> None:
    assert user.password.startswith("argon2$")


def test_lockout_after_five_failures_counts_person_and_address(user: User, client: Client) -> None:
    User.objects.create_user("beat@demo.example", PASSWORD, first_name="Beat", last_name="Muster")
    assert [attempt(client, "falsch") for _ in range(4)] == [200] * 4
    assert attempt(client, "falsch", login="ANNA@demo.example") == 429
    assert attempt(client, PASSWORD) == 429
    assert attempt(client, PASSWORD, login="beat@demo.example") == 302
    assert attempt(Client(), PASSWORD, address="198.51.100.1") == 302


def test_a_forwarded_address_does_not_evade_the_lockout(user: User, client: Client) -> None:
    codes = [
        client.post(
            LOGIN,
            {"login": user.email, "password": "falsch"},
            REMOTE_ADDR="203.0.113.7",
            HTTP_X_FORWARDED_FOR=f"198.51.100.{number}",
        ).status_code
        for number in range(5)
    ]
    assert codes == [200] * 4 + [429]


def test_lockout_ends_after_fifteen_minutes(user: User, client: Client, time_machine: object) -> None:
    for _ in range(5):
        attempt(client, "falsch")
    assert attempt(client, PASSWORD) == 429
    time_machine.move_to(timezone.now() + timedelta(minutes=16))  # type: ignore[attr-defined]
    assert attempt(client, PASSWORD) == 302


def test_success_forgives_earlier_failures(user: User, client: Client) -> None:
    for _ in range(2):
        assert [attempt(Client(), "falsch") for _ in range(4)] == [200] * 4
        assert attempt(Client(), PASSWORD) == 302


def test_demo_lifts_the_lockout(user: User, client: Client, settings: Settings) -> None:
    settings.AXES_ENABLED = False
    assert [attempt(client, "falsch") for _ in range(7)] == [200] * 7
    assert attempt(client, PASSWORD) == 302


def test_unknown_and_known_address_answer_alike(user: User, client: Client) -> None:
    known = client.post(LOGIN, {"login": user.email, "password": "falsch"})
    unknown = client.post(LOGIN, {"login": "niemand@demo.example", "password": "falsch"})
    assert known.context["form"].errors == unknown.context["form"].errors


def test_sign_up_is_closed(db: None, client: Client) -> None:
    values = {"email": "neu@demo.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/konto/signup/", values)
    assert not User.objects.exists()


def test_logging_out_needs_a_post(user: User, client: Client) -> None:
    client.force_login(user)
    client.get("/konto/logout/")
    assert "_auth_user_id" in client.session
    client.post("/konto/logout/")
    assert "_auth_user_id" not in client.session


def test_admin_has_no_login_of_its_own(db: None, client: Client) -> None:
    response = client.get("/admin/login/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith(LOGIN)


def test_an_active_session_is_renewed_at_most_every_five_minutes(
    user: User, client: Client, time_machine: object
) -> None:
    client.force_login(user)
    start = Session.objects.get().expire_date
    assert abs(start - timezone.now() - timedelta(hours=8)) < timedelta(minutes=1)
    now = timezone.now()
    for minutes, renewed in ((4, False), (6, True), (8, False)):
        time_machine.move_to(now + timedelta(minutes=minutes))  # type: ignore[attr-defined]
        before = Session.objects.get().expire_date
        client.get("/konto/password/change/")
        assert (Session.objects.get().expire_date > before) is renewed


def test_an_idle_session_ends(user: User, client: Client, time_machine: object) -> None:
    client.force_login(user)
    time_machine.move_to(timezone.now() + timedelta(hours=8, minutes=1))  # type: ignore[attr-defined]
    response = client.get("/konto/password/change/")
    assert response.status_code == 302
    assert LOGIN in response.headers["Location"]


def test_headers_forbid_foreign_and_inline_content(db: None, client: Client) -> None:
    headers = client.get(LOGIN).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_cookies_are_closed_to_scripts() -> None:
    assert project.SESSION_COOKIE_HTTPONLY
    assert project.CSRF_COOKIE_HTTPONLY
