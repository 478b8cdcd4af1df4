"""Forms of the services with a flat rate of their own (FIN-05)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import PastDate

from ..effects import services as effects
from ..queries import antrag_of


class PeriodForm(ActionForm):
    """From a day to a day, within the case work."""

    since = PastDate(label=gettext_lazy("Seit"), help_text=gettext_lazy("Der erste Tag."))
    until = forms.DateField(
        label=gettext_lazy("Bis"),
        required=False,
        widget=forms.DateInput(),
        help_text=gettext_lazy("Der letzte Tag, auch ein künftiger; leer: läuft weiter."),
    )

    def clean_since(self) -> Any:
        """Nobody gives a service before case work begins."""
        day, started = self.cleaned_data["since"], antrag_of(self.case).started_on
        if day and started and day < started:
            words = _("Das liegt vor dem Beginn der Fallarbeit (%(day)s).")
            raise forms.ValidationError(words % {"day": f"{started:%d.%m.%Y}"}, code="early")
        return day

    def check_period(self, data: dict[str, Any], service: str, beside: int | None = None) -> None:
        """The end after the beginning, and no day twice."""
        since, until = data.get("since"), data.get("until")
        if since is None or "until" in self.errors:
            return
        if until is not None and until < since:
            self.add_error("until", _("Das Ende liegt vor dem Beginn."))
            return
        taken = effects.overlap(self.case, service, since, until, beside)
        if taken:
            self.add_error("since", taken)


class RecordServiceForm(PeriodForm):
    """Which service, since when; it is billed from then on."""

    service = forms.ChoiceField(label=gettext_lazy("Leistung"), widget=forms.RadioSelect)
    field_order = ["service", "since", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = effects.on_offer(self.case)
        self.fields["service"].choices = [(name, name) for name in offered]  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.initial.setdefault("service", offered[0])
        self.initial.setdefault("since", clock.today())

    def clean(self) -> dict[str, Any]:
        """The same service stands there once a day."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("service"):
            self.check_period(data, data["service"])
        return data


class ChangeServiceForm(PeriodForm):
    """The last day of a service, or what was wrong about it; months that are billed are put right by the next bill."""

    row = forms.ChoiceField(label=gettext_lazy("Leistung"), widget=forms.RadioSelect)
    mistaken = forms.BooleanField(label=gettext_lazy("Irrtümlich festgehalten: entfernen"), required=False)
    field_order = ["row", "since", "until", "mistaken"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(row.pk): row for row in self.case.services.all()}
        choices = [(pk, f"{row.service}, {effects.period(row)}") for pk, row in self.rows.items()]
        self.fields["row"].choices = choices  # type: ignore[attr-defined]
        running = [row for row in self.rows.values() if row.until is None] or list(self.rows.values())
        if running:
            self.initial.setdefault("row", str(running[0].pk))
            self.initial.setdefault("since", running[0].since)
            self.initial.setdefault("until", running[0].until)

    def clean_row(self) -> Any:
        """The row itself."""
        return self.rows[self.cleaned_data["row"]]

    def clean(self) -> dict[str, Any]:
        """The same rules as for a new one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("row") and not data.get("mistaken"):
            self.check_period(data, data["row"].service, data["row"].pk)
        return data
