"""The code that opens a link of somebody without an account."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class CodeForm(forms.Form):
    """Six digits; spaces between them, as mail programs and people set them, do not matter."""

    code = forms.CharField(
        label=gettext_lazy("Code aus der E-Mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short"}),
    )

    def clean_code(self) -> str:
        """The digits alone. Anything else cannot be a code and does not count as a try."""
        code = re.sub(r"\s", "", self.cleaned_data["code"])
        if not re.fullmatch(r"[0-9]{6}", code):
            raise ValidationError(_("Der Code hat sechs Ziffern."))
        return code
