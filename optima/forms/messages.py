"""Forms of the messages between contractor and principal: facts, a wish, and what was decided (RED-07, OP-12)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import PastDate

from ..effects.messages import open_one
from ..enums import RequestDecision, RequestKind
from ..queries import antrag_of, procedure_of
from .fields import LongText

MOST = 2000
"""Characters of a message: facts are short."""


class MessageForm(ActionForm):
    """What both kinds show: what the portal does not do, and the condition under which a measure is possible."""

    template_name = "optima/message_form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.principal = antrag_of(self.case).principal


class HintForm(MessageForm):
    """A hint for a sanction: the day and what happened. No judgement, nothing about health."""

    kind = RequestKind.SANCTION

    happened_on = PastDate(label=gettext_lazy("Wann ist es geschehen?"))
    text = LongText(
        limit=MOST,
        rows=5,
        label=gettext_lazy("Was ist geschehen?"),
        help_text=gettext_lazy("Nur Tatsachen, die Sie selbst festgestellt haben: was, wo, wie Sie davon wissen."),
    )

    def clean_happened_on(self) -> Any:
        """It happened while the contractor led: what was before is the principal's own matter."""
        day, started = self.cleaned_data["happened_on"], antrag_of(self.case).started_on
        if day and started and day < started:
            raise forms.ValidationError(
                _("Das liegt vor dem Beginn der Fallarbeit (%(day)s).") % {"day": f"{started:%d.%m.%Y}"}, code="early"
            )
        return day


class MeasureForm(MessageForm):
    """A wish for a measure: which, what for, from when."""

    kind = RequestKind.MEASURE

    text = LongText(
        limit=MOST,
        rows=5,
        label=gettext_lazy("Welche Massnahme, wozu und ab wann?"),
        help_text=gettext_lazy("So viel, wie es für den Entscheid braucht. Keine Angaben zur Gesundheit."),
    )

    @property
    def only_if(self) -> str:
        """The condition under which the principal may order measures at all, as the end of a sentence."""
        row = procedure_of(self.case)
        return row.measures_only if row is not None else ""


class DecisionForm(ActionForm):
    """What the principal decided on an open message; its template quotes ``message``."""

    template_name = "optima/message_answer_form.html"
    kind = RequestKind.SANCTION

    decision = forms.ChoiceField(
        label=gettext_lazy("Was haben Sie entschieden?"), choices=RequestDecision.choices, widget=forms.RadioSelect
    )
    decided_on = PastDate(label=gettext_lazy("Entschieden am"))
    answer = LongText(
        limit=MOST,
        rows=4,
        label=gettext_lazy("In einem Satz, für den Auftragnehmer"),
        conditional=True,
        required=False,
        help_text=gettext_lazy("Die Verfügung selbst bleibt bei Ihnen. Nötig, wenn nicht alles umgesetzt ist."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.message = open_one(self.case, self.kind)
        self.initial.setdefault("decided_on", clock.today())

    def clean_decided_on(self) -> Any:
        """Nobody decides on a message before it was sent."""
        day, sent = self.cleaned_data["decided_on"], self.message
        if day and sent is not None and day < timezone.localdate(sent.sent_at):
            raise forms.ValidationError(
                _("Die Mitteilung ist vom %(day)s: Der Entscheid kann nicht älter sein.")
                % {"day": f"{timezone.localdate(sent.sent_at):%d.%m.%Y}"},
                code="early",
            )
        return day

    def clean(self) -> dict[str, Any]:
        """What was not done, or only in part, needs a word for those who asked for it."""
        data = super().clean() or self.cleaned_data
        partly = data.get("decision") in (RequestDecision.PARTLY, RequestDecision.NOT_DONE)
        if partly and not data.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("Bitte sagen Sie in einem Satz, weshalb."))
        return data


class MeasureDecisionForm(DecisionForm):
    """The same on the wish for a measure."""

    kind = RequestKind.MEASURE
