"""How a meeting was: three questions, a sentence, and one that may be quoted (RT-23)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.forms.fields import LongText, ShortText

from ..models.feedback import QUOTE_LENGTH, TEXT_LENGTH

MARKS = (
    ("4", gettext_lazy("ja")),
    ("3", gettext_lazy("eher ja")),
    ("2", gettext_lazy("eher nein")),
    ("1", gettext_lazy("nein")),
    ("", gettext_lazy("weiss ich nicht")),
)
PLAIN = {
    "helpful": gettext_lazy("Hat Ihnen das Gespräch geholfen?"),
    "heard": gettext_lazy("Konnten Sie sagen, was Ihnen wichtig ist?"),
    "clear": gettext_lazy("Wissen Sie, was als Nächstes kommt?"),
    "text": gettext_lazy("Möchten Sie uns noch etwas sagen?"),
}
"""The questions as they are put to the client."""


class Mark(forms.TypedChoiceField):
    """One of four answers, or none: nobody has to say anything."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            choices=MARKS,
            coerce=int,
            empty_value=None,
            required=False,
            widget=forms.RadioSelect(attrs={"class": "inline"}),
            error_messages={"invalid_choice": gettext_lazy("Bitte wählen Sie eine der Antworten.")},
        )


class FeedbackForm(forms.Form):
    """All of it voluntary, but not all empty; with ``plain`` in the words for the client."""

    helpful = Mark(gettext_lazy("Hat das Gespräch weitergeholfen?"))
    heard = Mark(gettext_lazy("Kam Ihre Sicht zu Wort?"))
    clear = Mark(gettext_lazy("Ist klar, wer was als Nächstes tut?"))
    text = LongText(
        limit=TEXT_LENGTH,
        rows=4,
        required=False,
        label=gettext_lazy("Was war gut, was sollte anders sein?"),
        help_text=gettext_lazy("Bitte ohne Namen und ohne Angaben zur Gesundheit."),
    )
    quote = ShortText(
        limit=QUOTE_LENGTH,
        required=False,
        label=gettext_lazy("Ein Satz für den Jahresbericht"),
        help_text=gettext_lazy("Nur wenn Sie mögen. Er stünde dort ohne Ihren Namen."),
    )
    quote_agreed = forms.BooleanField(
        required=False, label=gettext_lazy("Diesen Satz darf die Koordinationsstelle ohne Namen veröffentlichen.")
    )

    def __init__(self, *args: Any, plain: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in PLAIN.items() if plain else ():
            self.fields[name].label = label

    def clean(self) -> dict[str, Any]:
        """Something is said, and a sentence to quote comes with the consent to it."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("text", "quote"):
            data[name] = str(data.get(name) or "").replace("\x00", "")
        if data["quote"] and not data.get("quote_agreed"):
            self.add_error(
                "quote_agreed",
                _("Ohne Ihr Einverständnis wird der Satz nicht verwendet: Kreuzen Sie es an, oder löschen Sie ihn."),
            )
        if not self.errors and not any(value for name, value in data.items() if name != "quote_agreed"):
            self.add_error(None, _("Es ist noch nichts ausgefüllt. Eine Antwort genügt."))
        data["quote_agreed"] = bool(data["quote"]) and bool(data.get("quote_agreed"))
        return data
