"""Who a case is about, as every form of a draft asks it (PER-01, PER-02)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..enums import Sex
from ..models import Municipality
from ..models.person import normalise_ahv, validate_birth_date

PERSON = (
    "first_name",
    "last_name",
    "birth_date",
    "ahv_number",
    "sex",
    "municipality",
    "street",
    "postcode",
    "place",
    "phone",
    "email",
    "rav_number",
)
"""The fields about the person, in the order of the page."""


class AhvNumber(forms.CharField):
    """An AHV number in any spelling, cleaned to 13 digits with a right check digit (PER-02)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("AHV-Nummer"))
        super().__init__(max_length=30, widget=forms.TextInput(attrs={"class": "medium"}), **kwargs)

    def clean(self, value: Any) -> str:
        """The bare digits; the sentence of :func:`normalise_ahv` if they are wrong."""
        text = super().clean(value)
        return normalise_ahv(text) if text else ""


class PersonForm(forms.Form):
    """The fields of ``PERSON``; only names and birth date are mandatory here."""

    first_name = forms.CharField(label=_("Vorname"), max_length=80)
    last_name = forms.CharField(label=_("Name"), max_length=80)
    birth_date = forms.DateField(label=_("Geburtsdatum"), widget=forms.DateInput(), validators=[validate_birth_date])
    ahv_number = AhvNumber(required=False)
    sex = forms.ChoiceField(label=_("Geschlecht"), choices=[("", _("keine Angabe")), *Sex.choices], required=False)
    municipality = forms.ModelChoiceField(
        Municipality.objects.all(),
        label=_("Wohngemeinde"),
        required=False,
        empty_label=_("nicht bekannt oder ausserhalb des Kantons"),
    )
    street = forms.CharField(label=_("Strasse und Nummer"), max_length=120, required=False)
    postcode = forms.CharField(
        label=_("PLZ"), max_length=10, required=False, widget=forms.TextInput(attrs={"class": "short"})
    )
    place = forms.CharField(label=_("Ort"), max_length=80, required=False)
    phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-Mail"), required=False)
    rav_number = forms.CharField(label=_("RAV-Personennummer"), max_length=20, required=False)
