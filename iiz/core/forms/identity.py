"""Asking somebody who is logged in to show once more that it is they: for what binds an institution (KG-05)."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import ReauthenticateForm
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..actor import apps_of
from ..models import User


class ProofOfSelf(forms.Form):
    """The password, or the code of the app where the account has one.

    A wrong one counts as a failed login and locks like one; the page for that comes from the middleware of axes.
    """

    proof = forms.CharField(
        label=gettext_lazy("Ihr Passwort"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "medium"}),
        help_text=gettext_lazy("Damit bestätigen Sie, dass Sie es selbst sind."),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        assert isinstance(request.user, User)
        self.user = request.user
        self.by_app = apps_of(self.user).exists()
        if self.by_app:
            self.fields["proof"] = forms.CharField(
                label=gettext_lazy("Code aus Ihrer App"),
                max_length=20,
                widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": "short"}),
                help_text=gettext_lazy("Damit bestätigen Sie, dass Sie es selbst sind. Jeder Code gilt nur einmal."),
            )

    def clean_proof(self) -> str:
        """Nothing is kept of what was typed."""
        typed = self.cleaned_data["proof"]
        if self.by_app:
            if not self._code_fits(typed):
                raise ValidationError(_("Dieser Code stimmt nicht, oder er ist schon gebraucht."), code="wrong")
        elif authenticate(self.request, email=self.user.email, password=typed) != self.user:
            raise ValidationError(_("Dieses Passwort stimmt nicht."), code="wrong")
        return ""

    def _code_fits(self, typed: str) -> bool:
        credentials = {"email": self.user.email}
        if not AxesProxyHandler.is_allowed(self.request, credentials):
            self.request.axes_locked_out = True  # type: ignore[attr-defined]
            return False
        fits = ReauthenticateForm({"code": typed.strip()}, user=self.user).is_valid()
        if not fits:
            user_login_failed.send(sender=__name__, credentials=credentials, request=self.request)
        return fits
