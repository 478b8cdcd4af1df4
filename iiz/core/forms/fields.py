"""Fields that say in German what is wrong and lose nothing that was typed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Institution
from ..office_names import named

CLOCK = re.compile(r"(?:(\d{1,2})(?:\s*[.:,h]\s*(\d{2}))?|(\d{1,2})(\d{2}))\s*(?:h|uhr)?", re.IGNORECASE)


class LongText(forms.CharField):
    """A free text with a limit that counts but does not cut: pasting too much must lose nothing.

    ``conditional``: needed only beside some other answer, so not marked as voluntary.
    """

    def __init__(self, *, limit: int, rows: int = 5, conditional: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        self.limit, self.conditional = limit, conditional
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Tell the script of the page how many characters there may be."""
        return {**super().widget_attrs(widget), "data-limit": str(self.limit)}

    def validate(self, value: str) -> None:
        """Refuse more than the limit, saying both numbers."""
        super().validate(value)
        if len(value) > self.limit:
            raise ValidationError(
                _(
                    "Dieser Text hat %(length)s Zeichen, möglich sind %(limit)s. Bitte kürzen Sie ihn; "
                    "er bleibt hier stehen."
                ),
                code="too_long",
                params={
                    "length": number_format(len(value), force_grouping=True),
                    "limit": number_format(self.limit, force_grouping=True),
                },
            )


class ShortText(LongText):
    """A line of text with a limit that is told, never cut."""

    def __init__(self, *, limit: int, short: bool = False, **kwargs: Any) -> None:
        attrs = {"class": "medium"} if short else {}
        super().__init__(limit=limit, widget=forms.TextInput(attrs=attrs | kwargs.pop("attrs", {})), **kwargs)


class PastDate(forms.DateField):
    """A day up to today."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(), **kwargs)

    def validate(self, value: Any) -> None:
        """Refuse a day that has not come yet."""
        super().validate(value)
        if value and value > timezone.localdate():
            raise ValidationError(_("Dieses Datum liegt in der Zukunft."), code="future")


class ClockTime(forms.CharField):
    """A time of day as people type it – 9, 9.30, 9:30, 930, 0930, 14 Uhr – cleaned to a time; ``None`` for nothing."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Beginn"))
        kwargs.setdefault("help_text", gettext_lazy("Zum Beispiel 9 oder 9.30"))
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"class": "short"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A time as it is typed: ``09:30``."""
        return f"{value:%H:%M}" if isinstance(value, dt.time) else value

    def clean(self, value: Any) -> dt.time | None:
        """The time; an error for anything that is none."""
        text = super().clean(value)
        if not text:
            return None
        found = CLOCK.fullmatch(text)
        hour, minute = (int(found[1] or found[3]), int(found[2] or found[4] or 0)) if found else (24, 0)
        if hour > 23 or minute > 59:
            raise ValidationError(_("Bitte geben Sie eine Uhrzeit ein, zum Beispiel 9.30."), code="no_time")
        return dt.time(hour, minute)


class Number(forms.DecimalField):
    """A number as people type it – 1'140.00, 12,5, CHF 95.– – cleaned to a decimal.

    ``conditional``: needed only beside some other answer, so not marked as voluntary.
    """

    default_error_messages = {
        "invalid": gettext_lazy("Bitte geben Sie eine Zahl ein, zum Beispiel 12 oder 1'140.50."),
        "max_digits": gettext_lazy("Diese Zahl ist zu lang. Bitte prüfen Sie sie."),
        "max_whole_digits": gettext_lazy("Diese Zahl ist zu gross. Bitte prüfen Sie sie."),
        "max_decimal_places": gettext_lazy("Höchstens zwei Stellen nach dem Komma."),
    }

    def __init__(self, *, conditional: bool = False, **kwargs: Any) -> None:
        self.conditional = conditional
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "short", "inputmode": "decimal"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Without currency, signs of thousands and the dash for no Rappen."""
        if isinstance(value, str):
            value = re.sub(r"(?i)chf|['’\s]|\.?[–-]+$", "", value.strip()).replace(",", ".")
        return super().to_python(value)


class OfficeName(forms.CharField):
    """An institution, typed by name or picked from the page's list ``stellen``; cleaned to the institution.

    A short name or a part that only one has will do. ``offices`` are those that may be named; set by the form.
    ``conditional``: needed only beside some other answer.
    """

    default_error_messages = {
        "unknown_office": gettext_lazy("Diese Stelle gibt es im Portal nicht. Bitte wählen Sie eine aus der Liste.")
    }

    def __init__(self, *, attrs: dict[str, str] | None = None, conditional: bool = False, **kwargs: Any) -> None:
        self.offices: list[Institution] = []
        self.conditional = conditional
        widget = forms.TextInput(attrs={"list": "stellen", "autocomplete": "off", **(attrs or {})})
        super().__init__(max_length=160, widget=widget, **kwargs)

    def find(self, text: str) -> Institution | None:
        """The institution that is meant; see :func:`office_names.named`."""
        return named(text or "", self.offices)

    def clean(self, value: Any) -> Institution | None:
        """The institution; an error for a name that is not, or no longer, on the list."""
        text = super().clean(value)
        office = self.find(text)
        if text and office is None:
            raise ValidationError(self.error_messages["unknown_office"], code="unknown_office")
        return office
