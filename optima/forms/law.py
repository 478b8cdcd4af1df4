"""A decision on a legal precondition as the coordination office records it (NFR-08)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import versions
from iiz.core.forms.fields import LongText, PastDate

from ..enums import LegalState
from ..models import LegalPrecondition

NAMES = ("title", "locked_words")
"""Asked only where nothing is recorded yet."""
TOLD = ("status", "authority", "decided_on", "source", "remark")
YEAR = dt.timedelta(days=366)


class DecisionForm(forms.Form):
    """What was decided, by whom, from when on, and where it stands."""

    title = forms.CharField(label=gettext_lazy("Rechtsgrundlage"), max_length=200)
    locked_words = LongText(
        label=gettext_lazy("Weshalb gesperrt, in einfachen Worten"),
        limit=500,
        rows=3,
        required=False,
        help_text=gettext_lazy("Das liest, wer vor einem gesperrten Weg steht."),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Stand"),
        choices=LegalState.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Wie ist entschieden?")},
    )
    authority = forms.CharField(
        label=gettext_lazy("Behörde"),
        max_length=200,
        help_text=gettext_lazy("Wer entschieden hat, zum Beispiel «SECO» oder «Bundesrat»."),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("Gilt ab"),
        widget=forms.DateInput(),
        help_text=gettext_lazy("TT.MM.JJJJ. Bis zum Tag davor gilt, was bisher festgehalten ist."),
    )
    decided_on = PastDate(
        label=gettext_lazy("Entscheid vom"),
        required=False,
        help_text=gettext_lazy("Der Tag auf dem Schreiben oder Beschluss, falls bekannt."),
    )
    source = LongText(
        label=gettext_lazy("Quelle"),
        limit=300,
        rows=2,
        error_messages={"required": gettext_lazy("Woher wissen Sie das? Nennen Sie das Schreiben oder den Beschluss.")},
        help_text=gettext_lazy("Wo es steht: Schreiben, Beschluss, Bericht."),
    )
    remark = LongText(label=gettext_lazy("Bemerkung"), limit=500, rows=2, required=False)

    def __init__(
        self, *args: Any, row: LegalPrecondition | None, held: LegalPrecondition | None = None, **kwargs: Any
    ) -> None:
        """Take the words of ``row``; ``held`` is what holds today and what a decision replaces."""
        initial: dict[str, Any] = {"valid_from": timezone.localdate() + versions.ONE_DAY}
        if row is not None:
            initial |= {"authority": row.authority}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.held = held
        if row is not None:
            for name in NAMES:
                del self.fields[name]

    def clean_valid_from(self) -> dt.date:
        """A decision comes after what holds today, and within a year."""
        first: dt.date = self.cleaned_data["valid_from"]
        if self.held is not None and first <= self.held.valid_from:
            words = _("Der heutige Eintrag gilt ab dem %(day)s. Ein neuer Entscheid gilt ab einem späteren Tag.")
            raise ValidationError(words % {"day": f"{self.held.valid_from:%d.%m.%Y}"})
        latest = timezone.localdate() + YEAR
        if first > latest:
            words = _("Dieser Tag liegt mehr als ein Jahr in der Zukunft. Möglich ist es bis zum %(day)s.")
            raise ValidationError(words % {"day": f"{latest:%d.%m.%Y}"})
        return first

    def clean(self) -> dict[str, Any]:
        """A decision says something that is not recorded yet."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            self.held is not None
            and not self.errors
            and all(getattr(self.held, name) == data[name] for name in TOLD if data.get(name))
        ):
            self.add_error(None, _("Genau das ist schon festgehalten. Ändern Sie, was neu entschieden ist."))
        return data
