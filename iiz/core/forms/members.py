"""Roles, address, contact persons, services, signatories and the second factor of an institution."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum import iban as iban_number

from ..enums import Role
from ..models import ContactPerson, Institution, Membership, ServiceOffer, Signatory, User
from .invitations import AnyRolesField, role_choices


class RolesForm(forms.Form):
    """The roles of one person from now on. ``version`` is what held when the page was opened."""

    roles = AnyRolesField(label=_("Rollen"))
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(roles)  # type: ignore[attr-defined]


class StampedForm(forms.ModelForm):
    """A form that notices when somebody else changed the same row meanwhile."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.stamp()

    def stamp(self) -> str:
        """What the row says now."""
        names = self._meta.fields or ()
        values = [getattr(self.instance, f"{name}_id", getattr(self.instance, name)) for name in names]
        return "|".join(str(value or "") for value in values)

    def told(self) -> dict[str, Any]:
        """The changed values for the audit."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "version"}


class AddressForm(StampedForm):
    """How an institution is reached, as everybody reads it in the directory (ACT-08)."""

    class Meta:
        model = Institution
        fields = ["street", "postcode", "place", "phone", "email", "iban"]
        widgets = {
            "iban": forms.TextInput(attrs={"class": "medium"}),
            "postcode": forms.TextInput(attrs={"class": "short"}),
            "phone": forms.TextInput(attrs={"class": "medium"}),
        }
        help_texts = {
            "phone": _("Die allgemeine Nummer, nicht die einer Person."),
            "iban": _(
                "Nur, wer Fallpauschalen verrechnet: Sie steht auf der QR-Rechnung. Im Verzeichnis steht sie nicht."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("iban"):
            self.initial["iban"] = iban_number.format(self.initial["iban"])

    def clean_iban(self) -> str:
        """Without blanks, as a payment wants it."""
        return iban_number.compact(self.cleaned_data["iban"])

    def told(self) -> dict[str, Any]:
        """The changed values; an IBAN that is only written another way is none."""
        changed = super().told()
        if changed.get("iban") == iban_number.compact(self.initial.get("iban") or ""):
            changed.pop("iban")
        return changed


class EntryForm(StampedForm):
    """A dated entry of an institution."""

    def __init__(self, *args: Any, institution: Institution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institution = institution
        if self.instance.pk is None:
            self.fields["valid_from"] = forms.DateField(label=_("Gilt ab"), initial=timezone.localdate)

    def save(self, commit: bool = True) -> Any:
        """Fill in the institution; saving is the use case's."""
        entry = super().save(commit=False)
        entry.institution = self.institution
        if "valid_from" in self.cleaned_data:
            entry.valid_from = self.cleaned_data["valid_from"]
        return entry


class PersonEntryForm(EntryForm):
    """An entry about somebody who may have an account of the institution."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.valid_on().filter(institution=self.institution)
        users = User.objects.filter(is_active=True, pk__in=members.values("user"))
        self.fields["user"].queryset = users  # type: ignore[attr-defined]
        self.fields["user"].empty_label = _("kein Konto")  # type: ignore[attr-defined]
        self.fields["user"].label = _("Konto")
        self.fields["name"].label = _("Vorname und Name")


class ContactForm(PersonEntryForm):
    """A contact person as the directory shows them (ACT-06, ACT-13)."""

    class Meta:
        model = ContactPerson
        fields = ["name", "phone", "email", "purpose", "user", "deputy"]
        widgets = {"purpose": forms.RadioSelect}
        help_texts = {
            "purpose": _(
                "Optima: berät, klärt und teilt zu, was eingeht. Abklärungsphase: wen andere Stellen fragen, solange "
                "ein Anspruch geprüft wird und noch niemand zuständig ist."
            ),
            "user": _("Damit eingehende Fälle diese Person erreichen."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = ContactPerson.objects.valid_on().filter(institution=self.institution).exclude(pk=self.instance.pk)
        self.fields["deputy"].queryset = others  # type: ignore[attr-defined]
        self.fields["deputy"].empty_label = _("niemand")  # type: ignore[attr-defined]


class ServiceForm(EntryForm):
    """Something the institution offers (ACT-08)."""

    class Meta:
        model = ServiceOffer
        fields = ["label", "description"]
        help_texts = {
            "label": _("In zwei, drei Worten, zum Beispiel: Job-Coaching"),
            "description": _("Für wen das gedacht ist und was es umfasst, in einem Satz."),
        }

    def clean_label(self) -> str:
        """The same words stand there once, however they are written; those to come count too."""
        label: str = self.cleaned_data["label"]
        still = Q(valid_until=None) | Q(valid_until__gte=timezone.localdate())
        others = ServiceOffer.objects.filter(still, institution=self.institution).exclude(pk=self.instance.pk)
        if label.casefold() in {other.casefold() for other in others.values_list("label", flat=True)}:
            raise ValidationError(gettext("Dieses Angebot steht bereits da. Ändern Sie den bestehenden Eintrag."))
        return label


class SignatoryForm(PersonEntryForm):
    """A person who may sign for the institution (KG-05)."""

    class Meta:
        model = Signatory
        fields = ["name", "function", "user", "email", "limit"]
        help_texts = {
            "function": _("Zum Beispiel: Leitung Sozialdienst"),
            "user": _("Damit die Person im Portal unterschreibt. Nötig ist auch die Rolle «Zeichnungsberechtigt»."),
            "email": _(
                "Nur ohne Konto: Diese Adresse erhält einen Link mit Code und entscheidet damit. Ohne Konto und ohne "
                "E-Mail unterschreibt die Person nur auf Papier."
            ),
            "limit": _("Höchster Betrag einer Kostengutsprache. Leer: jeder Betrag."),
        }


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
