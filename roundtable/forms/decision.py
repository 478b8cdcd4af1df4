"""From the registration to the decision: question and answer, start or not, taken back (RT-06, RT-07, OUT-08)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, consents, workflow
from iiz.core.actor import Actor
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import LongText, PastDate
from iiz.core.models import Case, Institution
from iiz.core.templatetags.ui import day

from ..enums import Advice
from ..models import NotStartedReason
from ..models.roundtable import LONG_TEXT
from ..queries import roundtable_of, running_roundtable

UNMET = "kriterien_nicht_erfuellt"
"""The listed reason that only the coordination office gives: it judges the criteria."""
NOT_AGREED = "keine_zustimmung"
"""The listed reason that is proposed once the Vollmacht is withdrawn."""


AGAINST = frozenset(Advice.values) - {Advice.RECOMMENDED}
"""What criteria may say against a start."""


class DecidedOn(PastDate):
    """The day of a decision, today if nothing else is said."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=gettext_lazy("Entschieden am"), initial=clock.today, **kwargs)


class DecisionForm(ActionForm):
    """The day of the decision: not before the case arrived."""

    decided_on = DecidedOn()

    def clean_decided_on(self) -> dt.date:
        """A day since the registration."""
        found: dt.date = self.cleaned_data["decided_on"]
        if found < self.case.arrived_on:
            words = _("Angemeldet wurde der Fall erst am %(day)s.")
            raise ValidationError(words % {"day": day(self.case.arrived_on)}, code="early")
        return found


class StartForm(DecisionForm):
    """Start, with the offices that are there.

    Against the criteria (RT-06), or beside another open Roundtable of the same person (PER-01), only with a reason.
    """

    offices = forms.ModelMultipleChoiceField(
        Institution.objects.none(),
        label=gettext_lazy("Wer ist dabei?"),
        help_text=gettext_lazy(
            "Zur Wahl stehen die Stellen, welche die Vollmacht nennt. Sie sehen den Fall ab sofort."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Bitte kreuzen Sie mindestens eine Stelle an."),
            "invalid_choice": gettext_lazy("Diese Stelle nennt die Vollmacht nicht, oder sie nimmt nicht mehr teil."),
            "invalid_pk_value": gettext_lazy("Diese Stelle nennt die Vollmacht nicht, oder sie nimmt nicht mehr teil."),
        },
    )
    note = LongText(
        limit=LONG_TEXT,
        rows=4,
        label=gettext_lazy("Begründung"),
        help_text=gettext_lazy("Lesen alle, die am Tisch sitzen."),
        required=False,
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        here = {row.institution_id for row in case.participations.all() if row.until is None}
        named = {line.institution_id for line in consents.live_lines(case)} - here - {None}
        found = Institution.objects.active().filter(pk__in=named).order_by("name")
        field: forms.ModelMultipleChoiceField = self.fields["offices"]  # type: ignore[assignment]
        field.queryset, field.initial = found, [office.pk for office in found]
        field.required = bool(found)
        if not found:
            field.widget = forms.MultipleHiddenInput()
        self.other = running_roundtable(actor, case.person, beside=case) if case.person else None
        said = roundtable_of(case).advice
        against = [_("Die Kriterien sagen: %(said)s.") % {"said": Advice(said).label}] if said in AGAINST else []
        if self.other is not None:
            against.append(_("Für diese Person ist der Roundtable %(number)s offen.") % {"number": self.other.number})
        if against:
            self.fields["note"].required = True
            against.append(_("Starten Sie trotzdem, so halten Sie fest, weshalb."))
            self.fields["note"].help_text = " ".join(against)

    def also(self) -> str:
        """That there is another Roundtable for the same person already, whoever registered it (PER-01)."""
        if self.other is None:
            return ""
        words = _(
            "Für diese Person ist schon ein Roundtable offen: %(number)s (%(state)s, angemeldet von %(office)s). "
            "Schauen Sie ihn an, bevor Sie einen zweiten starten."
        )
        names = {"state": workflow.shown_state(self.other).label, "office": self.other.registering_institution.name}
        return words % {"number": self.other.number, **names}

    def now(self) -> list[tuple[Any, str]]:
        """What the criteria say."""
        return [(_("Was die Kriterien raten"), str(roundtable_of(self.case).get_advice_display()))]


class TakeOverForm(ActionForm):
    """Why the coordination office takes a Roundtable over, if there is anything to say."""

    note = LongText(
        limit=LONG_TEXT,
        rows=3,
        label=gettext_lazy("Weshalb?"),
        help_text=gettext_lazy("Lesen alle, die am Tisch sitzen."),
        required=False,
    )


class ReasonField(forms.ModelChoiceField):
    """One of today's reasons not to start a process."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Grund"))
        super().__init__(NotStartedReason.objects.none(), widget=forms.RadioSelect, empty_label=None, **kwargs)


class ReasonForm(ActionForm):
    """A listed reason, explained where the list asks for it (OUT-08)."""

    reason = ReasonField()
    note = LongText(
        limit=LONG_TEXT,
        rows=4,
        label=gettext_lazy("Erklärung"),
        help_text=gettext_lazy("Lesen die anmeldende Stelle und die Koordinationsstelle."),
        required=False,
    )
    without: tuple[str, ...] = ()

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        field: forms.ModelChoiceField = self.fields["reason"]  # type: ignore[assignment]
        field.queryset = NotStartedReason.objects.valid_on(clock.today()).exclude(code__in=self.without)
        if case.withdrawn_at is not None:
            field.initial = field.queryset.filter(code=NOT_AGREED).first()

    def clean(self) -> dict[str, Any]:
        """Some reasons say nothing without a text."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        reason = data.get("reason")
        if reason is not None and reason.needs_text and not data.get("note") and not self.has_error("note"):
            words = _("Beim Grund «%(reason)s» braucht es eine Erklärung.")
            self.add_error("note", ValidationError(words % {"reason": reason.label}, code="required"))
        return data


class NotStartForm(DecisionForm, ReasonForm):
    """No process is started: the day, the reason."""

    field_order = ("decided_on", "reason", "note")


class TakeBackForm(ReasonForm):
    """The registering office takes its registration back; whether criteria are met is not for it to say."""

    without = (UNMET,)


class AskForm(ActionForm):
    """A question to whoever registered the case."""

    question = LongText(limit=LONG_TEXT, label=gettext_lazy("Ihre Frage"))


class AnswerForm(ActionForm):
    """The answer to the open question, which stands above it."""

    answer = LongText(limit=LONG_TEXT, label=gettext_lazy("Ihre Antwort"))

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        asked = roundtable_of(case).queries.filter(answered_at=None).first()
        if asked is not None:
            self.fields["answer"].help_text = _("Gefragt wird: «%(question)s»") % {"question": asked.question}
