"""From which day a dated row shall say something else, and what stays of a row once it holds (NFR-07)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import versions

FREE = ("valid_until", "position")
"""What may change of a row that holds: its last day, and the order of a list, which is no rule for any case."""


def tomorrow() -> dt.date:
    """The first day that no case can have arrived on."""
    return timezone.localdate() + versions.ONE_DAY


class VersionForm(forms.Form):
    """The first day of a new version."""

    valid_from = forms.DateField(
        label=gettext_lazy("Neue Fassung gilt ab"),
        initial=tomorrow,
        widget=forms.DateInput(),
        help_text=gettext_lazy(
            "TT.MM.JJJJ. Die bisherige Fassung endet am Tag davor. Fälle, die bis dahin eingehen, behalten sie."
        ),
    )

    def __init__(self, *args: Any, keeps_arrivals: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not keeps_arrivals:
            words = _("TT.MM.JJJJ. Die bisherige Fassung endet am Tag davor. Was abgerechnet ist, behält sie.")
            self.fields["valid_from"].help_text = words
        self.fields["valid_from"].error_messages["required"] = _("Ab welchem Tag soll die neue Fassung gelten?")


if TYPE_CHECKING:
    Base = forms.ModelForm
else:
    Base = object


class Coming(Base):
    """Before the form of a dated row that may still be written: it does not begin where a case has arrived since."""

    def clean(self) -> dict[str, Any]:
        """Refuse another first day that reaches back to a case."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("valid_from"), data.get("valid_until")
        guarded = self.instance.keeps_arrivals and "valid_from" in self.changed_data
        if first and guarded and (last is None or last >= first):
            reason = versions.begin_hindrance(first, last)
            if reason:
                self.add_error("valid_from", reason)
        return data


class InForce(Base):
    """Before the form of a dated row: once the row has begun, only its last day and its place in the list may change.

    What stands there can no longer be wrong in a new way, so that a rule which came later never keeps a row from
    ending. A change that is sent all the same is refused with a sentence.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settled: list[str] = []
        for name, field in self.fields.items():
            if name in FREE or field.disabled:
                continue
            self.settled.append(name)
            field.disabled = True
            for way in ("can_add_related", "can_change_related", "can_view_related", "can_delete_related"):
                if hasattr(field.widget, way):
                    setattr(field.widget, way, False)

    def clean(self) -> dict[str, Any]:
        """Refuse changed content, and a last day that takes the row from a case or gives it to one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if any(self._changed(name) for name in self.settled):
            words = _("Diese Zeile gilt seit dem %(day)s, ihr Inhalt bleibt darum, wie er ist. ")
            words += _("Legen Sie eine neue Fassung an, auch für Tippfehler.")
            self.add_error(None, words % {"day": f"{self.initial['valid_from']:%d.%m.%Y}"})
        if "valid_until" in data and self.instance.keeps_arrivals:
            row = type(self.instance)(valid_until=self.initial.get("valid_until"))
            reason = versions.end_hindrance(row, data["valid_until"])
            if reason:
                self.add_error("valid_until", reason)
        return data

    def add_error(self, field: str | None, error: Any) -> None:
        """Errors of the content are none: it stays. The first day tells of periods that overlap."""
        if field not in self.settled or field == "valid_from":
            super().add_error(field, error)

    def _changed(self, name: str) -> bool:
        """Whether a value was sent for a field that is not asked, and another one than there is."""
        if self.add_prefix(name) not in self.data:
            return False
        field = self.fields[name]
        sent = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        if isinstance(sent, str):
            sent = sent.replace("\r\n", "\n")
        field.disabled = False
        try:
            return field.has_changed(self.get_initial_for_field(field, name), sent)
        finally:
            field.disabled = True
