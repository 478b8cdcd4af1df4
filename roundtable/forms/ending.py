"""Closing a Roundtable: when, for exactly one reason (RT-21, OUT-07)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import LongText, PastDate
from iiz.core.models import Case
from iiz.core.templatetags.ui import day

from ..enums import ClosingReason, Solution
from ..models.roundtable import LONG_TEXT
from ..queries import held, planned, roundtable_of


class CloseForm(ActionForm):
    """The day, the reason, and with a solution which one; once the Vollmacht is withdrawn the reason is proposed."""

    closed_on = PastDate(label=gettext_lazy("Abgeschlossen am"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Abschlussgrund"), choices=ClosingReason.choices, widget=forms.RadioSelect
    )
    solution = forms.ChoiceField(
        label=gettext_lazy("Welche Lösung?"),
        help_text=gettext_lazy("Nur wenn die Person einer Lösung zugeführt wurde."),
        choices=Solution.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    note = LongText(
        label=gettext_lazy("Bemerkung"),
        help_text=gettext_lazy("Lesen alle, die am Tisch sitzen; nach einem Rückzug der Vollmacht nur Sie."),
        limit=LONG_TEXT,
        rows=4,
        required=False,
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        self.fields["solution"].conditional = True  # type: ignore[attr-defined]
        self.fields["closed_on"].initial = clock.today()
        if case.withdrawn_at is not None:
            self.fields["reason"].initial = ClosingReason.WITHDRAWN

    def also(self) -> str:
        """That a planned meeting is called off with it."""
        meeting = planned(self.case)
        return _("Das Gespräch vom %(day)s wird abgesagt.") % {"day": day(meeting.day)} if meeting else ""

    def clean_closed_on(self) -> Any:
        """Not before the decision to start, nor before a meeting that took place."""
        found = self.cleaned_data["closed_on"]
        decided = roundtable_of(self.case).decided_on
        last = max((row.day for row in held(self.case)), default=None)
        if decided and found < decided:
            raise ValidationError(_("Der Prozess ist erst am %(day)s gestartet worden.") % {"day": day(decided)})
        if last and found < last:
            raise ValidationError(_("Am %(day)s fand noch ein Gespräch statt.") % {"day": day(last)})
        return found

    def clean(self) -> dict[str, Any]:
        """Which solution goes with that reason alone: asked for there, dropped beside any other."""
        data = super().clean() or self.cleaned_data
        if data.get("reason") != ClosingReason.SOLUTION:
            data["solution"] = ""
        elif not data.get("solution") and "solution" not in self.errors:
            self.add_error("solution", _("Bitte wählen Sie, welcher Lösung die Person zugeführt wurde."))
        return data
