"""The form behind a typo in the last note of a Standortgespräch."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.forms.action import ActionForm

from ..effects.wording import IN_CLOSURE, last_note
from ..enums import Continuation
from ..models import Abschluss
from .fields import LongText


class RewordForm(ActionForm):
    """The words of the last note as they stand, to be put right; nothing that was decided."""

    progress = LongText(label=gettext_lazy("Was wurde getan, was ist erreicht?"))
    measures = LongText(label=gettext_lazy("Weitere Massnahmen und Vorgehen"), rows=3)
    papers = LongText(limit=1000, rows=2, label=gettext_lazy("Übergebene Unterlagen"), required=False)
    note = LongText(label=gettext_lazy("Bemerkung zum Abschluss"), rows=3, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meeting = last_note(self.case)
        if meeting is None:  # the row refuses it with its reason
            return
        words = meeting.standortgespraech
        closure = Abschluss.objects.filter(meeting=meeting).first()
        self.initial = {"progress": words.progress, "measures": words.measures}
        self.fields["measures"].required = words.decision == Continuation.CONTINUE
        for name in IN_CLOSURE:
            if closure is None:
                del self.fields[name]
            else:
                self.initial[name] = getattr(closure, name)

    def clean(self) -> dict[str, Any]:
        """Something is different."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not self.has_changed():
            self.add_error(None, _("Bitte ändern Sie mindestens ein Wort."))
        return data
