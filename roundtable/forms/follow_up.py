"""Who comes to a follow-up meeting, and which steps of the plan it is about (RT-19)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.actor import Actor
from iiz.core.forms.action import ActionForm
from iiz.core.models import Case
from iiz.core.templatetags.ui import day as day_words

from .. import seating
from ..effects.following import open_steps
from ..models import Participant
from ..queries import at_the_table, held, is_covered, open_poll


class WhomForm(ActionForm):
    """To the first meeting all are invited; to a later one whom one chooses, and about which steps.

    ``cleaned_data``: ``participants`` (rows, ``None``: everybody) and ``steps`` (keys in the plan in force).
    """

    participants = forms.MultipleChoiceField(
        label=gettext_lazy("Wer kommt?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nur diese Personen und Stellen werden gefragt und eingeladen."),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie, wer kommt."),
            "invalid_choice": gettext_lazy("Jemand davon sitzt nicht mehr am Tisch. Bitte wählen Sie neu."),
        },
    )
    steps = forms.MultipleChoiceField(
        label=gettext_lazy("Um welche Schritte geht es?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("Ein Schritt davon steht nicht mehr im Plan. Bitte wählen Sie neu.")
        },
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        self.rows = {str(row.pk): row for row in at_the_table(case) if is_covered(case, row)}
        poll, later = open_poll(case), bool(held(case))
        steps = open_steps(case) if later else []
        if not later:
            del self.fields["participants"]
        else:
            names = [(key, seating.named(case, row, actor)) for key, row in self.rows.items()]
            self.fields["participants"].choices = names  # type: ignore[attr-defined]
            before = [str(pk) for pk in poll.asked] if poll is not None else []
            self.initial.setdefault("participants", before or list(self.rows))
        if not steps:
            del self.fields["steps"]
        else:
            words = [
                (str(step.key), _("%(what)s (bis %(day)s)") % {"what": step.what, "day": day_words(step.due_on)})
                for step in steps
            ]
            self.fields["steps"].choices = words  # type: ignore[attr-defined]
            self.initial.setdefault("steps", [str(key) for key in poll.steps] if poll is not None else [])

    @property
    def whom(self) -> list[BoundField]:
        """The fields that are there."""
        return [self[name] for name in ("participants", "steps") if name in self.fields]

    def chosen(self) -> list[Participant]:
        """Who comes, as the form says now: as typed, else as proposed."""
        if "participants" not in self.fields:
            return list(self.rows.values())
        return [row for key, row in self.rows.items() if key in (self["participants"].value() or [])]

    def clean(self) -> dict[str, Any]:
        """The chosen rows and keys; everybody is nobody in particular."""
        data = super().clean() or self.cleaned_data
        chosen = [self.rows[key] for key in data.get("participants") or ()]
        data["participants"] = chosen if chosen and len(chosen) < len(self.rows) else None
        data["steps"] = [int(key) for key in data.get("steps") or ()]
        return data
