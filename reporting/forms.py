"""Forms of the reports: a period, and a file to import."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iiz.core import files
from iiz.core.actor import Actor

from .counting import Period

EARLIEST = dt.date(2000, 1, 1)
LATEST = dt.date(2100, 12, 31)

KINDS = {
    "optima": _("Fälle von Optima"),
    "roundtable": _("Fälle von Roundtable"),
    "totals": _("Jahrestotale ohne Fälle"),
}
"""What can be imported, in words."""


class PeriodForm(forms.Form):
    """From a day to a day, both inclusive (REP-07)."""

    von = forms.DateField(label=_("Von"), widget=forms.DateInput(attrs={"class": "short"}))
    bis = forms.DateField(label=_("Bis"), widget=forms.DateInput(attrs={"class": "short"}))

    def clean_von(self) -> dt.date:
        """A year that can be meant."""
        return self._plausible("von")

    def clean_bis(self) -> dt.date:
        """A year that can be meant."""
        return self._plausible("bis")

    def _plausible(self, name: str) -> dt.date:
        day: dt.date = self.cleaned_data[name]
        if not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("Bitte prüfen Sie das Jahr."), code="year")
        return day

    def clean(self) -> dict[str, Any]:
        """The period must not end before it begins."""
        data = super().clean() or {}
        if data.get("von") and data.get("bis") and data["bis"] < data["von"]:
            self.add_error("bis", _("Das Ende liegt vor dem Beginn."))
        return data

    @property
    def period(self) -> Period:
        """The period of a valid form."""
        return Period(self.cleaned_data["von"], self.cleaned_data["bis"])


class ImportForm(forms.Form):
    """A file with historical cases or totals, uploaded by ``actor``."""

    service = forms.ChoiceField(label=_("Was ist in der Datei?"), choices=list(KINDS.items()), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Datei"),
        help_text=_("CSV (UTF-8) oder XLSX, höchstens 20 MB. Die erste Zeile enthält die Namen der Spalten."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def __init__(self, *args: Any, actor: Actor) -> None:
        super().__init__(*args)
        self.actor = actor

    def clean_file(self) -> Any:
        """Let the file in, or say why not; what is in it the import itself judges."""
        upload = self.cleaned_data["file"]
        files.receive(upload, self.actor, kinds=None)
        return upload
