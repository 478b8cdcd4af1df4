"""From which day a dated row shall say something else (NFR-07)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def next_month() -> dt.date:
    """The first day of the coming month: changes of rules seldom begin in the middle of one."""
    return (timezone.localdate().replace(day=1) + dt.timedelta(days=32)).replace(day=1)


class VersionForm(forms.Form):
    """The first day of a new version."""

    valid_from = forms.DateField(
        label=_("Neue Fassung gilt ab"),
        initial=next_month,
        widget=forms.DateInput(),
        help_text=_(
            "TT.MM.JJJJ. Die bisherige Fassung endet am Tag davor. Fälle, die bis dahin eingehen, behalten sie."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].error_messages["required"] = _("Ab welchem Tag soll die neue Fassung gelten?")
