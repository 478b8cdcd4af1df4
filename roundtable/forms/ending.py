"""Closing a Roundtable: when, for exactly one reason (RT-21, OUT-07)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import LongText, PastDate
from iiz.core.models import Case
from iiz.core.templatetags.ui import day

from ..effects.ending import Settled
from ..effects.following import open_steps
from ..enums import ClosingReason, Solution
from ..models.roundtable import LONG_TEXT
from ..queries import final_plan, held, planned, roundtable_of


class CloseForm(ActionForm):
    """The day, the reason, and with a solution which one; what becomes of each open step.

    Once the Vollmacht is withdrawn the reason is proposed, and nothing more is said of the steps.
    ``cleaned_data["steps"]``: step → ``Settled``.
    """

    template_name = "roundtable/forms/close.html"

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
        self.open = {} if case.withdrawn_at is not None else {f"step_{row.pk}": row for row in open_steps(case)}
        for name, row in self.open.items():
            names = {"what": row.what, "day": day(row.due_on)}
            self.fields[name] = forms.ChoiceField(
                label=_("%(what)s (bis %(day)s)") % names, choices=Settled.choices, initial=Settled.STAYS
            )

    @property
    def steps(self) -> list[forms.BoundField]:
        """The fields about the open steps."""
        return [self[name] for name in self.open]

    def also(self) -> str:
        """That a planned meeting is called off with it."""
        meeting = planned(self.case)
        return _("Das Gespräch vom %(day)s wird abgesagt.") % {"day": day(meeting.day)} if meeting else ""

    def clean_closed_on(self) -> Any:
        """Not before the decision to start, nor before a meeting that took place."""
        found = self.cleaned_data["closed_on"]
        decided = roundtable_of(self.case).decided_on
        last = max((row.day for row in held(self.case)), default=None)
        plan = final_plan(self.case)
        final = timezone.localdate(plan.final_at) if plan is not None and plan.final_at else None
        if decided and found < decided:
            raise ValidationError(_("Der Prozess ist erst am %(day)s gestartet worden.") % {"day": day(decided)})
        if last and found < last:
            raise ValidationError(_("Am %(day)s fand noch ein Gespräch statt.") % {"day": day(last)})
        if final and found < final:
            raise ValidationError(_("Der Handlungsplan gilt erst seit dem %(day)s.") % {"day": day(final)})
        return found

    def clean(self) -> dict[str, Any]:
        """Which solution goes with that reason alone: asked for there, dropped beside any other."""
        data = super().clean() or self.cleaned_data
        data["steps"] = {row.pk: data.pop(name) for name, row in self.open.items() if name in data}
        if data.get("reason") != ClosingReason.SOLUTION:
            data["solution"] = ""
        elif not data.get("solution") and "solution" not in self.errors:
            self.add_error("solution", _("Bitte wählen Sie, welcher Lösung die Person zugeführt wurde."))
        return data
