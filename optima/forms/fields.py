"""Fields that say in German what is wrong and lose nothing that was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from iiz.core.forms import fields
from iiz.core.forms.fields import Number, PastDate

from ..models import LONG_TEXT

__all__ = ["HTMX_OFFICE", "LongText", "MonthNumber", "Number", "OfficeName", "PastDate", "YesNo"]

YES_NO = (("yes", gettext_lazy("Ja")), ("no", gettext_lazy("Nein")))
RULE_PARTS = "#angaben,#voraussetzungen"
"""The parts of the page that depend on which office is asked."""
HTMX_OFFICE = {
    "hx-trigger": "change",
    "hx-target": "#stelle-angaben",
    "hx-select": "#stelle-angaben",
    "hx-select-oob": RULE_PARTS,
    "hx-swap": "outerHTML",
    "hx-sync": "#stelle:replace",
}
"""How a field asks for the office's part of the page again: the newest question replaces one still under way."""


class LongText(fields.LongText):
    """A free text of the Antrag, with the limit of its columns unless told otherwise."""

    def __init__(self, *, limit: int = LONG_TEXT, **kwargs: Any) -> None:
        super().__init__(limit=limit, **kwargs)


class YesNo(forms.TypedChoiceField):
    """Yes or no, nothing chosen beforehand; cleaned to a bool, or ``None`` where an answer is voluntary."""

    def __init__(self, **kwargs: Any) -> None:
        voluntary = kwargs.get("required") is False
        choices = (("", gettext_lazy("keine Angabe")), *YES_NO) if voluntary else YES_NO
        widget = forms.Select if voluntary else forms.RadioSelect
        super().__init__(
            choices=choices, coerce=lambda value: value == "yes", empty_value=None, widget=widget, **kwargs
        )


class MonthNumber(forms.IntegerField):
    """A number of months, needed only beside another answer: marked neither as mandatory nor as voluntary."""

    conditional = True


class OfficeName(fields.OfficeName):
    """An institution that may be asked for an Antrag; choosing one renews what the page says of it."""

    default_error_messages = {
        "unknown_office": gettext_lazy(
            "Diese Stelle kann zurzeit nicht angefragt werden. Bitte wählen Sie eine aus der Liste."
        )
    }

    def __init__(self, **kwargs: Any) -> None:
        parts = f"#stelle-art,{RULE_PARTS}"
        super().__init__(attrs={**HTMX_OFFICE, "hx-select-oob": parts}, **kwargs)
