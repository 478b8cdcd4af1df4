"""Forms of what follows a plan: case management, one sentence to all, how a step stands (RT-16, RT-17)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.actor import Actor
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import LongText
from iiz.core.models import Case

from ..effects import management
from ..enums import StepState
from ..models.management import NOTE_LENGTH
from ..queries import manager


class AppointForm(ActionForm):
    """One person of an office at the table, as ``participant`` and ``user``; a change says why."""

    person = forms.ChoiceField(
        label=gettext_lazy("Wer übernimmt das Case Management?"),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie, wer für alle die Ansprechperson ist."),
            "invalid_choice": gettext_lazy(
                "Diese Person kann es nicht mehr übernehmen. Wählen Sie jemanden aus der Liste."
            ),
        },
    )
    reason = LongText(
        limit=NOTE_LENGTH,
        rows=2,
        label=gettext_lazy("Weshalb der Wechsel?"),
        help_text=gettext_lazy("Lesen alle Stellen am Tisch: keine Angaben zur Gesundheit."),
        error_messages={"required": gettext_lazy("Bitte sagen Sie, weshalb das Case Management wechselt.")},
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        before = manager(case)
        self.found = {}
        groups: list[Any] = [("", _("bitte wählen"))]
        for row in management.can_manage(case):
            assert row.participation is not None
            people = []
            for user in management.candidates(row, actor):
                if before is not None and (before.participant_id, before.user_id) == (row.pk, user.pk):
                    continue
                key = f"{row.pk}-{user.pk}"
                self.found[key] = (row, user)
                people.append((key, user.get_full_name()))
            if people:
                groups.append((row.participation.institution.name, people))
        self.fields["person"].choices = groups  # type: ignore[attr-defined]
        self.nothing = not self.found
        if before is None:
            del self.fields["reason"]

    def now(self) -> list[tuple[Any, str]]:
        """Who has it now."""
        row = manager(self.case)
        return [(_("Case Management"), row.user.get_full_name() if row is not None else _("zurzeit niemand"))]

    def clean(self) -> dict[str, Any]:
        """The chosen person with the office."""
        data = super().clean() or self.cleaned_data
        data["participant"], data["user"] = self.found.get(data.get("person", ""), (None, None))
        data.setdefault("reason", "")
        return data


class TellForm(ActionForm):
    """One sentence that all at the table read."""

    text = LongText(
        limit=NOTE_LENGTH,
        rows=3,
        label=gettext_lazy("Wie steht es?"),
        help_text=gettext_lazy(
            "Ein Satz. Alle am Tisch lesen ihn, auch die Klientin oder der Klient und Personen ohne Konto: bitte "
            "nichts Persönliches und nichts zur Gesundheit."
        ),
        error_messages={"required": gettext_lazy("Bitte schreiben Sie in einem Satz, wie es steht.")},
    )


class StepForm(forms.Form):
    """How a step stands: one button each, and a remark if one likes."""

    status = forms.ChoiceField(
        choices=StepState.choices,
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie, wie es steht."),
            "invalid_choice": gettext_lazy("Bitte wählen Sie, wie es steht."),
        },
    )
    note = LongText(
        limit=NOTE_LENGTH,
        rows=2,
        label=gettext_lazy("Bemerkung"),
        required=False,
        help_text=gettext_lazy("Eine Zeile, wenn Sie möchten. Alle, die den Schritt kennen, lesen sie."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
