"""A decision on a legal precondition as the coordination office records it (NFR-08)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.forms.fields import LongText, PastDate

from ..enums import LegalState
from ..models import LegalPrecondition

NAMES = ("title", "locked_words")
"""Asked only where nothing is recorded yet."""


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
    status = forms.ChoiceField(label=gettext_lazy("Stand"), choices=LegalState.choices, widget=forms.RadioSelect)
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
        required=False,
        conditional=True,
        help_text=gettext_lazy("Wo es steht: Schreiben, Beschluss, Bericht."),
    )
    remark = LongText(label=gettext_lazy("Bemerkung"), limit=500, rows=2, required=False)

    def __init__(self, *args: Any, row: LegalPrecondition | None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"valid_from": timezone.localdate()}
        if row is not None:
            initial |= {"status": row.status, "authority": row.authority}
        super().__init__(*args, **{"initial": initial, **kwargs})
        if row is not None:
            for name in NAMES:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """What is decided has a source."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        decided = data.get("status") in (LegalState.MET, LegalState.REFUSED)
        if decided and not data.get("source") and "source" not in self.errors:
            self.add_error("source", _("Woher wissen Sie das? Nennen Sie das Schreiben oder den Beschluss."))
        return data
