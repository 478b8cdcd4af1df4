"""Forms of the billing: the day an invoice was paid, and which model holds between two groups."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.forms.fields import PastDate, ShortText

from ..billing.months import first_of, months_after
from ..enums import CostBasis, CostModel
from ..models import CostSharing, Invoice


class PaidForm(forms.Form):
    """When the money came; empty: it has not."""

    paid_on = PastDate(
        label=gettext_lazy("Bezahlt am"), required=False, help_text=gettext_lazy("Leer: noch nicht bezahlt.")
    )

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["paid_on"] = invoice.paid_on
        self.fields["paid_on"].conditional = True  # type: ignore[attr-defined]
        self.invoice = invoice

    def clean_paid_on(self) -> dt.date | None:
        """Nobody pays before there is a bill."""
        day: dt.date | None = self.cleaned_data["paid_on"]
        if day is not None and day < self.invoice.issued_on:
            words = _("Die Rechnung ist vom %(day)s: Sie kann nicht früher bezahlt worden sein.")
            raise forms.ValidationError(words % {"day": f"{self.invoice.issued_on:%d.%m.%Y}"})
        return day


class ModelForm(forms.Form):
    """What people decided on the effort between two groups, from a month on; one basis for each direction (FIN-08)."""

    model = forms.ChoiceField(label=gettext_lazy("Modell"), choices=CostModel.choices, widget=forms.RadioSelect)
    valid_from = forms.DateField(
        label=gettext_lazy("Gilt ab"),
        widget=forms.DateInput(),
        help_text=gettext_lazy("Der erste Tag eines Monats: Ein Monat wird nach einem Modell abgerechnet."),
    )
    decided_by = ShortText(limit=160, label=gettext_lazy("Wer das entschieden hat"))

    def __init__(self, *args: Any, rows: list[tuple[str, CostSharing]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].initial = rows[0][1].model
        self.fields["valid_from"].initial = months_after(first_of(clock.today()), 1)
        self.rows = rows
        for label, row in rows:
            who = row.get_principal_group_display()
            self.fields[f"basis_{row.principal_group}"] = forms.ChoiceField(
                label=_("Grundlage, auf der %(who)s bezahlt") % {"who": who},
                choices=[("", _("keine")), *CostBasis.choices],
                required=False,
                initial=row.basis,
                help_text=_("Nötig für Modell A."),
            )
            self.fields[f"basis_{row.principal_group}"].conditional = True  # type: ignore[attr-defined]
            self.fields[f"reference_{row.principal_group}"] = ShortText(
                limit=200, label=_("Vereinbarung oder Schreiben (%(way)s)") % {"way": label}, required=False
            )
            self.fields[f"reference_{row.principal_group}"].initial = row.reference

        self.fields["backdated"] = forms.BooleanField(
            label=_("Ja, auch für vergangene Monate"),
            required=False,
            help_text=_(
                "Nur nötig, wenn der Beginn in der Vergangenheit liegt: Monate, die noch nicht abgerechnet sind, "
                "werden dann nach diesem Modell abgerechnet."
            ),
        )
        self.fields["backdated"].conditional = True  # type: ignore[attr-defined]

    def clean_valid_from(self) -> dt.date:
        """The first day of a month."""
        day: dt.date = self.cleaned_data["valid_from"]
        if day.day != 1:
            raise forms.ValidationError(_("Wählen Sie den ersten Tag eines Monats."))
        return day

    def clean(self) -> dict[str, Any]:
        """Model A needs a basis in each direction; what reaches back is meant to."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("valid_from") and data["valid_from"] < clock.today() and not data.get("backdated"):
            words = _(
                "Der Beginn liegt in der Vergangenheit. Bestätigen Sie das, oder wählen Sie einen Monat ab %(day)s."
            )
            following = months_after(first_of(clock.today()), 1)
            self.add_error("backdated", words % {"day": f"{following:%d.%m.%Y}"})
        if data.get("model") == CostModel.A:
            for _label, row in self.rows:
                if not data.get(f"basis_{row.principal_group}"):
                    self.add_error(
                        f"basis_{row.principal_group}", _("Modell A braucht eine Grundlage, auf der bezahlt wird.")
                    )
        return data
