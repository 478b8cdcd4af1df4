"""Inviting somebody, and accepting an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordMixin
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.translation import gettext_lazy as _

from ..enums import Role
from ..models import User

ROLE_HELP = {
    Role.CONTACT: _("empfängt und verteilt Fälle, lädt ein und pflegt diese Seite"),
    Role.CASEWORKER: _("stellt Anträge und führt Fälle"),
    Role.SIGNATORY: _("liest Fälle und unterschreibt Kostengutsprachen"),
    Role.READ_ONLY: _("liest Fälle, ändert nichts"),
    Role.STRATEGIC: _("sieht keine Fälle, nur Zahlen"),
    Role.COORDINATOR: _("sieht alle Fälle und pflegt alle Stellen"),
    Role.STEERING: _("sieht keine Fälle, nur die Berichte"),
}
"""What each role means, in half a sentence beside its box."""


def role_choices(roles: list[Role]) -> list[tuple[str, str]]:
    """Roles as boxes that say what they mean."""
    return [(role.value, f"{role.label}: {ROLE_HELP[role]}") for role in roles]


class RolesField(forms.MultipleChoiceField):
    """Some of the roles the person acting may give."""

    widget = forms.CheckboxSelectMultiple


class AnyRolesField(RolesField):
    """Roles of which none, too, is an answer: so the label is not marked as voluntary."""

    def validate(self, value: list[str]) -> None:
        """Every choice is known; none is fine."""
        if value:
            super().validate(value)


class InvitationForm(forms.Form):
    """Who is invited, and as what."""

    first_name = forms.CharField(label=_("Vorname"), max_length=80)
    last_name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(
        label=_("E-Mail"), max_length=254, help_text=_("Die persönliche Adresse bei der Arbeit, kein Sammelpostfach.")
    )
    roles = RolesField(label=_("Rollen"))

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(roles)  # type: ignore[attr-defined]


class AcceptForm(SetPasswordMixin, forms.Form):
    """The password of a new account, with its rules in view before anything is typed."""

    password1, password2 = SetPasswordMixin.create_password_fields(
        label1=_("Passwort"), label2=_("Passwort, noch einmal")
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = password_validators_help_text_html()
        self.fields["password2"].help_text = ""

    def clean(self) -> dict[str, Any] | None:
        """Both alike, and strong enough for this person's data."""
        self.validate_passwords()
        self.validate_password_for_user(self.user, "password1")
        return super().clean()
