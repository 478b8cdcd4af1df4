"""Roles, contact persons, signatories and the second factor of an institution."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import Role
from ..models import ContactPerson, Institution, Membership, Signatory, User
from .invitations import AnyRolesField, role_choices


class RolesForm(forms.Form):
    """The roles of one person from now on. ``version`` is what held when the page was opened."""

    roles = AnyRolesField(label=_("Rollen"))
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(roles)  # type: ignore[attr-defined]


class EntryForm(forms.ModelForm):
    """A dated entry of an institution that may belong to an account of it."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, institution: Institution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institution = institution
        members = Membership.objects.valid_on().filter(institution=institution)
        users = User.objects.filter(is_active=True, pk__in=members.values("user"))
        self.fields["user"].queryset = users  # type: ignore[attr-defined]
        self.fields["user"].empty_label = _("kein Konto")  # type: ignore[attr-defined]
        self.fields["user"].label = _("Konto")
        self.fields["name"].label = _("Vorname und Name")
        if self.instance.pk is None:
            self.fields["valid_from"] = forms.DateField(label=_("Gilt ab"), initial=timezone.localdate)
        self.initial["version"] = self.stamp()

    def stamp(self) -> str:
        """What the entry says now, to notice a change by somebody else."""
        names = self._meta.fields or ()
        values = [getattr(self.instance, f"{name}_id", getattr(self.instance, name)) for name in names]
        return "|".join(str(value or "") for value in values)

    def save(self, commit: bool = True) -> Any:
        """Fill in the institution; saving is the use case's."""
        entry = super().save(commit=False)
        entry.institution = self.institution
        if "valid_from" in self.cleaned_data:
            entry.valid_from = self.cleaned_data["valid_from"]
        return entry

    def told(self) -> dict[str, Any]:
        """The changed values for the audit."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "version"}


class ContactForm(EntryForm):
    """A contact person as the directory shows them (ACT-06)."""

    class Meta:
        model = ContactPerson
        fields = ["name", "phone", "email", "user", "deputy"]
        help_texts = {"user": _("Damit eingehende Fälle diese Person erreichen.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = ContactPerson.objects.valid_on().filter(institution=self.institution).exclude(pk=self.instance.pk)
        self.fields["deputy"].queryset = others  # type: ignore[attr-defined]
        self.fields["deputy"].empty_label = _("niemand")  # type: ignore[attr-defined]


class SignatoryForm(EntryForm):
    """A person who may sign for the institution (KG-05)."""

    class Meta:
        model = Signatory
        fields = ["name", "function", "user"]
        help_texts = {"function": _("Zum Beispiel: Leitung Sozialdienst")}


class SecondFactorForm(forms.Form):
    """Which roles enter only with a second factor (NFR-11)."""

    roles = AnyRolesField(
        label=_("Pflicht für"),
        help_text=_("Wer eine dieser Rollen hat, richtet bei der nächsten Anmeldung eine App ein, die Codes anzeigt."),
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
