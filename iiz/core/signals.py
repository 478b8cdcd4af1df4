"""Logins in the audit stream ``login``: who came in, who tried, who changed the keys (NFR-11).

An address somebody typed stands there as keyed hash only, a password never: it may be a slip of the
keyboard, or the password typed into the wrong field.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from axes.signals import user_locked_out
from django.contrib.auth import signals as auth

from . import audit
from .models import User

STREAM = "login"


def _note(verb: str, user: User | None, changes: dict[str, Any] | None = None) -> None:
    audit.record(STREAM, None, verb, user, changes, user=user)


def _address(typed: Any) -> dict[str, str]:
    """The typed address as keyed hash, the same for the same address in any case of letters."""
    return {"address": audit.personal(str(typed or "").strip().lower())}


def logged_in(user: User, **kwargs: Any) -> None:
    """Somebody came in, second factor included."""
    _note("logged_in", user)


def logged_out(user: User | None, **kwargs: Any) -> None:
    """Somebody left; a logout without a login is nothing."""
    if user is not None:
        _note("logged_out", user)


def login_failed(credentials: dict[str, Any], **kwargs: Any) -> None:
    """An address and password that did not fit together, of a known or unknown account alike."""
    typed = credentials.get("email") or credentials.get("username") or credentials.get("login")
    _note("login_failed", None, _address(typed))


def locked_out(username: str | None, **kwargs: Any) -> None:
    """Too many attempts for one address from one place."""
    _note("locked_out", None, _address(username))


def password_changed(user: User, **kwargs: Any) -> None:
    """The owner changed the password."""
    _note("password_changed", user)


def password_reset(user: User, **kwargs: Any) -> None:
    """The owner set a new password through the link in a mail."""
    _note("password_reset", user)


def second_factor_failed(user: User, **kwargs: Any) -> None:
    """The password was right, the code was not."""
    _note("mfa_failed", user)


def second_factor_added(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """The app is set up; recovery codes come along and are not told apart."""
    if authenticator.type == Authenticator.Type.TOTP:
        _note("mfa_activated", user)


def second_factor_removed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """The app is gone."""
    if authenticator.type == Authenticator.Type.TOTP:
        _note("mfa_deactivated", user)


def connect() -> None:
    """Listen; called once from ``CoreConfig.ready``."""
    for signal, receiver in (
        (auth.user_logged_in, logged_in),
        (auth.user_logged_out, logged_out),
        (auth.user_login_failed, login_failed),
        (user_locked_out, locked_out),
        (account.password_changed, password_changed),
        (account.password_set, password_changed),
        (account.password_reset, password_reset),
        (mfa.authentication_failed, second_factor_failed),
        (mfa.authenticator_added, second_factor_added),
        (mfa.authenticator_removed, second_factor_removed),
    ):
        signal.connect(receiver)
