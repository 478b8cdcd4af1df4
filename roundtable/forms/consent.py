"""The signed Vollmacht: when, until when, its scan, or one that is recorded already (PER-06)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, consents, files
from iiz.core.actor import Actor
from iiz.core.forms.fields import OfficeName, PastDate, ShortText
from iiz.core.models import Case, Person, Vollmacht
from iiz.core.templatetags.ui import day
from iiz.core.workdays import add_months

LONGEST_YEARS = 5
"""For how many years a Vollmacht may hold at the most."""


def usual_end(signed_on: dt.date) -> dt.date:
    """Until when a Vollmacht is proposed to hold."""
    return add_months(signed_on, consents.USUAL_MONTHS) - dt.timedelta(days=1)


class ConsentForm(forms.Form):
    """When it was signed, until when it holds, and the fields that add a line to its scope."""

    signed_on = PastDate(
        label=gettext_lazy("Unterschrieben am"),
        help_text=gettext_lazy("Der Tag der Unterschrift auf dem Papier."),
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Gültig bis"),
        widget=forms.DateInput(),
        help_text=gettext_lazy("Üblich sind zwölf Monate. Danach braucht es eine neue."),
    )
    add_office = OfficeName(
        label=gettext_lazy("Weitere Stelle"),
        help_text=gettext_lazy("Tippen Sie einen Teil des Namens, dann erscheint die Liste."),
        required=False,
        conditional=True,
    )
    add_name = ShortText(
        limit=160,
        label=gettext_lazy("Weitere Person ohne Konto"),
        help_text=gettext_lazy("Name und Beruf, zum Beispiel: Dr. Muster, Hausärztin."),
        required=False,
        conditional=True,
    )

    def clean(self) -> dict[str, Any]:
        """Days in their order, not over, and not for longer than five years."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        signed, until, born = data.get("signed_on"), data.get("valid_until"), data.get("birth_date")
        if signed and born and signed < born:
            self._refuse("signed_on", _("Dieses Datum liegt vor dem Geburtsdatum."))
        if until and signed and until < signed:
            self._refuse("valid_until", _("Dieses Datum liegt vor der Unterschrift."))
        elif until and until < clock.today():
            self._refuse("valid_until", _("Dann ist die Vollmacht schon abgelaufen. Es braucht eine neue."))
        elif until and signed and until > add_months(signed, 12 * LONGEST_YEARS):
            words = _("Eine Vollmacht gilt höchstens %(years)s Jahre ab der Unterschrift.")
            self._refuse("valid_until", words % {"years": LONGEST_YEARS})
        return data

    def _refuse(self, name: str, sentence: str) -> None:
        if name in self.fields:
            self.add_error(name, ValidationError(sentence, code="day"))


class ScanField(forms.FileField):
    """A signed paper from a scanner or a telephone, past the check of all files."""

    conditional = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Scan der unterschriebenen Vollmacht"))
        kwargs.setdefault(
            "help_text",
            gettext_lazy("PDF, JPG oder PNG, höchstens 20 MB, abgelegt beim Speichern. Das Original bleibt bei Ihnen."),
        )
        super().__init__(required=False, max_length=250, **kwargs)


def let_in(upload: UploadedFile, actor: Actor, case: Case | None = None) -> str:
    """The content type of a scan, or ``ValidationError`` with the German sentence."""
    return files.receive(upload, actor, case=case, kinds=files.SCANS)


def recorded(actor: Actor, person: Person | None) -> list[Vollmacht]:
    """What is recorded for somebody and holds today, as far as the actor may know of it."""
    if person is None:
        return []
    today, same = clock.today(), person.identity_id
    rows = Vollmacht.objects.visible_to(actor).filter(withdrawn_on=None, signed_on__lte=today, valid_until__gte=today)
    rows = rows.select_related("institution", "person").prefetch_related("lines__institution")
    return [row for row in rows if row.person.identity_id == same]


def in_words(vollmacht: Vollmacht) -> str:
    """One Vollmacht as a choice: day, end, who keeps it, whom it names."""
    named = ", ".join(line.who for line in vollmacht.lines.all() if line.ended_at is None)
    return _("Vom %(day)s, gültig bis %(until)s, liegt bei %(office)s. Sie nennt: %(named)s.") % {
        "day": day(vollmacht.signed_on),
        "until": day(vollmacht.valid_until),
        "office": vollmacht.institution.name,
        "named": named,
    }
