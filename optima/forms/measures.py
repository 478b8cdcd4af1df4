"""Providers, tariffs and the distribution list as the coordination office keeps them (KG-03, KG-07, KG-12)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.enums import StatisticsGroup
from iiz.core.models import Institution

from ..enums import TariffUnit
from ..models import CopyTo, Provider, Tariff
from .rules import RuleForm

ASKING = (StatisticsGroup.IV, StatisticsGroup.RAV, StatisticsGroup.SH)
"""Groups whose offices ask for a Kostengutsprache."""


class ProviderForm(forms.ModelForm):
    """Somebody who carries out measures. Address and telephone are kept up to date in the row itself: what is asked
    for keeps the words of its day.
    """

    class Meta:
        model = Provider
        fields = ["name", "street", "postcode", "place", "phone", "email", "valid_from", "valid_until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "valid_until" in self.fields:
            self.fields["valid_until"].help_text = _(
                "Letzter Tag, an dem hier bestellt wird; leer: weiterhin. Adresse, Telefon und E-Mail ändern Sie "
                "direkt: Was schon beantragt ist, behält die Angaben von damals."
            )


class TariffForm(RuleForm):
    """What a measure costs."""

    fixed = ("provider", "measure")

    class Meta:
        model = Tariff
        fields = ["provider", "measure", "unit", "amount", "price_list", "valid_from", "valid_until"]
        help_texts = {
            "measure": gettext_lazy("So steht sie auf der Kostengutsprache, zum Beispiel «Bewerbungstraining»."),
            "unit": gettext_lazy("Was gezählt wird. «pauschal»: ein Betrag für die ganze Massnahme."),
            "price_list": gettext_lazy("Woher der Betrag stammt, zum Beispiel «Tarifliste DLZ AA 2026»."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "provider" in self.fields and not self.instance.pk:
            still = Q(valid_until=None) | Q(valid_until__gte=clock.today())
            self.fields["provider"].queryset = Provider.objects.filter(still)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A price, or none where each time is offered anew."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        offered = data.get("unit") == TariffUnit.OFFER
        if offered and data.get("amount") is not None:
            self.refuse("amount", _("«nach Offerte» hat keinen festen Betrag. Lassen Sie das Feld leer."))
        elif data.get("unit") and not offered and data.get("amount") is None:
            self.refuse("amount", _("Wie viel kostet eine Einheit? Ohne festen Betrag wählen Sie «nach Offerte»."))
        return data


class CopyToForm(RuleForm):
    """An entry of the distribution list."""

    fixed = ("group", "institution")

    class Meta:
        model = CopyTo
        fields = ["group", "institution", "label", "email", "valid_from", "valid_until"]
        help_texts = {
            "group": gettext_lazy("Wer die Kostengutsprache beantragt. Das Dossier des Falls erhält immer eine Kopie."),
            "institution": gettext_lazy("Leer: für alle Stellen dieser Gruppe."),
            "label": gettext_lazy("So steht es auf der Kostengutsprache, zum Beispiel «DLZ AA Emmenbrücke»."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "group" in self.fields:
            field: Any = self.fields["group"]
            field.choices = [("", "---------"), *((group.value, group.label) for group in ASKING)]
        if "institution" in self.fields:
            offices = Institution.objects.filter(statistics_group__in=ASKING)
            self.fields["institution"].queryset = offices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """An office of the group, and the same words only once a day."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        group, office, label = (data.get(name) for name in ("group", "institution", "label"))
        if group and office and office.statistics_group != group:
            self.refuse("institution", _("Diese Stelle gehört nicht zur gewählten Gruppe."))
        if group and label and data.get("valid_from") and self._stands_there(group, office, label, data):
            self.refuse("label", _("Das steht für diese Tage bereits im Verteiler."))
        return data

    def _stands_there(self, group: str, office: Institution | None, label: str, data: dict[str, Any]) -> bool:
        row = CopyTo(pk=self.instance.pk, valid_from=data["valid_from"], valid_until=data.get("valid_until"))
        others = CopyTo.objects.filter(group=group, institution=office).overlapping(row)
        return label.casefold() in {other.label.casefold() for other in others}
