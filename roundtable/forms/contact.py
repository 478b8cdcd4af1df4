"""The contact log of a Roundtable: one line, the day, how and with whom (RT-17, UX-03)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.actor import Actor
from iiz.core.forms.meeting import CallForm
from iiz.core.models import Case

from .. import seating
from ..enums import ParticipantKind
from ..models import Participant
from ..queries import at_the_table

SOMEBODY_ELSE = "other"
LONGEST = 300
"""The most characters of the line with what stands before it."""


class Way(models.TextChoices):
    """How one was in touch."""

    PHONE = "phone", gettext_lazy("Telefon")
    MAIL = "mail", gettext_lazy("Mail")
    TALK = "talk", gettext_lazy("kurzes Gespräch")


class ContactForm(CallForm):
    """How and with whom stand before the line; the client without a name, for the line outlives the Vollmacht."""

    field_order = ("way", "whom", "text", "called_on")

    way = forms.ChoiceField(
        label=gettext_lazy("Wie?"), choices=Way.choices, initial=Way.PHONE, widget=forms.RadioSelect
    )
    whom = forms.ChoiceField(
        label=gettext_lazy("Mit wem?"),
        error_messages={
            "required": gettext_lazy("Bitte sagen Sie, mit wem."),
            "invalid_choice": gettext_lazy("Diese Person sitzt nicht mehr am Tisch. Bitte wählen Sie neu."),
        },
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        self.fields["text"].help_text = _("Lesen alle Stellen am Tisch: keine Angaben zur Gesundheit.")
        self.people = {str(row.pk): self._name(row) for row in at_the_table(case)}
        choices = [("", _("bitte wählen")), *self.people.items(), (SOMEBODY_ELSE, _("jemand anderes"))]
        self.fields["whom"].choices = choices  # type: ignore[attr-defined]

    def _name(self, row: Participant) -> str:
        if row.kind == ParticipantKind.CLIENT:
            return str(row.get_kind_display())
        return seating.named(self.case, row, self.actor)

    def clean(self) -> dict[str, Any]:
        """Put how and with whom before the line."""
        data = super().clean() or self.cleaned_data
        if not self.errors:
            way, who = Way(data["way"]).label, self.people.get(data["whom"], "")
            about = _("%(way)s mit %(who)s") % {"way": way, "who": who} if who else str(way)
            text = f"{about}: {data['text']}"
            if len(text) > LONGEST:
                words = _("Bitte kürzen Sie den Text um %(n)s Zeichen; er bleibt hier stehen.")
                self.add_error("text", words % {"n": len(text) - LONGEST})
            data["text"] = text
        return data
