"""Forms from the first Standortgespräch to the end, and after (OP-16 to OP-21, OUT-04 to OUT-06)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, meetings
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import PastDate
from iiz.core.forms.meeting import PlannedMeetingForm, WhenForm
from iiz.core.models import Meeting
from iiz.core.models.meeting import MeetingQuerySet
from iiz.core.templatetags.ui import day
from iiz.core.workflow import Party, standing

from ..effects.casework import not_taken_up, to_resume
from ..effects.handover import add_months
from ..enums import Continuation, DetailKind, MeetingKind, OptimaState, Outcome
from ..models import Abschluss, ClosingDetail, ClosingReason
from ..queries import antrag_of, closing_details, closing_reasons
from .fields import LongText, MonthNumber
from .release import propose_closing
from .seats import AttendanceForm

WITHDRAWN = "einverstaendnis_zurueckgezogen"
"""The reason that is proposed after a withdrawal, if the catalogue has it."""
UNSUCCESSFUL = (Outcome.PARTIAL, Outcome.FAILED)


class ClosureFields(ActionForm):
    """Reason, outcome, causes and results: how a case ended (OUT-04 to OUT-06)."""

    reason = forms.ModelChoiceField(
        ClosingReason.objects.none(),
        label=gettext_lazy("Weshalb endet die Fallarbeit?"),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Ergebnis"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Zählt in der Statistik, unabhängig vom Grund."),
    )
    causes = forms.ModelMultipleChoiceField(
        ClosingDetail.objects.none(),
        label=gettext_lazy("Was hat gefehlt?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Nötig, wenn der Auftrag nur teilweise oder nicht umgesetzt ist."),
    )
    results = forms.ModelMultipleChoiceField(
        ClosingDetail.objects.none(),
        label=gettext_lazy("Was ist erreicht?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    needed = True
    """Whether these answers are asked for in any case."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        parties = standing(self.case, self.actor).parties
        party = next((p for p in (Party.CONTRACTOR, Party.PRINCIPAL) if p in parties), Party.COORDINATION)
        lists = {
            "reason": closing_reasons(today, party),
            "causes": closing_details(DetailKind.CAUSE, today),
            "results": closing_details(DetailKind.RESULT, today),
        }
        for name, rows in lists.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        for name in ("reason", "outcome"):
            self.fields[name].required = self.needed
        for name in ("reason", "outcome", "causes"):
            self.fields[name].conditional = True  # type: ignore[attr-defined]

    def check_closure(self, data: dict[str, Any]) -> None:
        """Reason and outcome are there, and a cause where success was not full."""
        for name in ("reason", "outcome"):
            if name not in self.errors and not data.get(name):
                self.add_error(name, ValidationError(self.fields[name].error_messages["required"], code="required"))
        if data.get("outcome") in UNSUCCESSFUL and not data.get("causes") and "causes" not in self.errors:
            self.add_error("causes", _("Bitte sagen Sie, was gefehlt hat: Daraus lernen die Stellen."))
        if data.get("outcome") == Outcome.SUCCESS:
            data["causes"] = ClosingDetail.objects.none()


class StandortForm(ClosureFields, AttendanceForm, WhenForm):
    """The note of a Standortgespräch: go on with a next date, or close (OP-18 to OP-21)."""

    template_name = "optima/standort_form.html"
    field_order = ("held_on", "present", "progress", "decision", "measures", "day", "time", "minutes", "place")
    always = needed = False
    labels = {"day": gettext_lazy("Nächster Termin"), "time": gettext_lazy("Uhrzeit")}

    progress = LongText(label=gettext_lazy("Was wurde getan, was ist erreicht?"))
    decision = forms.ChoiceField(
        label=gettext_lazy("Wie geht es weiter?"),
        choices=(
            (Continuation.CONTINUE, gettext_lazy("Die Fallarbeit geht weiter")),
            (Continuation.CLOSE, gettext_lazy("Die Fallarbeit wird abgeschlossen: Das war das Abschlussgespräch")),
        ),
        widget=forms.RadioSelect,
    )
    measures = LongText(label=gettext_lazy("Weitere Massnahmen und Vorgehen"), rows=3, required=False, conditional=True)
    extended_months = MonthNumber(
        label=gettext_lazy("Um wie viele Monate verlängern?"),
        min_value=1,
        max_value=36,
        required=False,
        help_text=gettext_lazy("Leer lassen, wenn es beim geplanten Ende bleibt. Üblich sind 3 oder 6."),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    papers = LongText(
        limit=1000,
        rows=2,
        label=gettext_lazy("Übergebene Unterlagen"),
        required=False,
        help_text=gettext_lazy("Zum Beispiel der Arbeitsvertrag. Dateien legen Sie unter Dokumente ab."),
    )
    note = LongText(
        label=gettext_lazy("Bemerkung zum Abschluss"),
        rows=3,
        required=False,
        help_text=gettext_lazy("Ein Schlussbericht ist nicht nötig."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, meeting=meetings.planned(kwargs["case"], MeetingKind.STANDORTGESPRAECH), **kwargs)
        if self.about is not None:
            self.initial.setdefault("place", self.about.place)
            self.initial.setdefault("video_url", self.about.video_url)
        self.fields["minutes"].conditional = True  # type: ignore[attr-defined]
        propose_closing(self)
        until = antrag_of(self.case).planned_until
        if until is not None:
            words = _("Geplantes Ende: %(day)s. Leer lassen, wenn es dabei bleibt; üblich sind 3 oder 6.")
            self.fields["extended_months"].help_text = words % {"day": day(until)}

    @property
    def not_before(self) -> Any:
        """A Standortgespräch follows the start of case work."""
        return antrag_of(self.case).started_on, _("Das liegt vor dem Beginn der Fallarbeit.")

    def needs_when(self, data: dict[str, Any]) -> bool:
        """Going on needs the next date (OP-18)."""
        return data.get("decision") == Continuation.CONTINUE

    def clean(self) -> dict[str, Any]:
        """Only what belongs to the decision counts; the rest is dropped, typed or not."""
        data = super().clean()
        closing = data.get("decision") == Continuation.CLOSE
        if closing:
            self.check_closure(data)
            data["extended_months"] = None
        else:
            for name in ("reason", "outcome", "causes", "results"):
                self.errors.pop(name, None)
                data.pop(name, None)
            if self.needs_when(data) and not data.get("measures") and "measures" not in self.errors:
                self.add_error("measures", _("Bitte sagen Sie in einem Satz, was als Nächstes geschieht."))
            self._check_end(data)
        return data

    def _check_end(self, data: dict[str, Any]) -> None:
        """Going on beyond the planned end means to extend it, here and nowhere else (OP-21)."""
        until, next_at = antrag_of(self.case).planned_until, data.get("starts_at")
        if until is None or next_at is None or "extended_months" in self.errors:
            return
        if timezone.localdate(next_at) > add_months(until, data.get("extended_months") or 0):
            sentence = _(
                "Das nächste Gespräch liegt nach dem geplanten Ende (%(day)s). Bitte verlängern Sie, oder wählen Sie "
                "einen früheren Termin."
            )
            self.add_error("extended_months", ValidationError(sentence % {"day": f"{until:%d.%m.%Y}"}, code="beyond"))


class PlanMeetingForm(WhenForm):
    """A Standortgespräch where none is planned, or an extra meeting with its reason (OP-16, OP-17)."""

    template_name = "optima/meeting_form.html"
    field_order = ("kind", "reason", "day", "time", "minutes", "place", "video_url")

    kind = forms.ChoiceField(label=gettext_lazy("Was für ein Gespräch?"), widget=forms.RadioSelect)
    reason = LongText(
        limit=500,
        rows=2,
        label=gettext_lazy("Weshalb braucht es ein zusätzliches Gespräch?"),
        required=False,
        conditional=True,
        help_text=gettext_lazy("Etwas Auffälliges, oder ein nötiger Entscheid. Nicht für laufende Berichte."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [MeetingKind.EXTRA]
        if meetings.planned(self.case, MeetingKind.STANDORTGESPRAECH) is None:
            kinds.insert(0, MeetingKind.STANDORTGESPRAECH)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
        wish = self.case.meeting_requests.filter(answered_at=None).first()
        self.initial.setdefault("kind", MeetingKind.EXTRA if wish is not None else kinds[0])
        if wish is not None:
            self.initial.setdefault("reason", wish.reason[:500])
        last = meetings.last_held(self.case)
        if last is not None:
            self.initial.setdefault("place", last.place)

    def clean(self) -> dict[str, Any]:
        """An extra meeting needs its reason."""
        data = super().clean()
        if data.get("kind") == MeetingKind.EXTRA and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Ein zusätzliches Gespräch braucht einen Grund."))
        if data.get("kind") == MeetingKind.STANDORTGESPRAECH:
            data["reason"] = ""
        return data


class RequestForm(ActionForm):
    """Why the principal wants to meet before the next Standortgespräch (OP-16)."""

    reason = LongText(
        limit=1000,
        rows=4,
        label=gettext_lazy("Wichtiger Grund"),
        help_text=gettext_lazy("Laufende Berichte sind nicht vorgesehen: Was duldet keinen Aufschub?"),
    )


class DeclineForm(ActionForm):
    """The answer to a wish, without a meeting; its template quotes ``wish``."""

    template_name = "optima/decline_form.html"

    answer = LongText(limit=500, rows=3, label=gettext_lazy("Ihre Antwort"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wish = self.case.meeting_requests.filter(answered_at=None).select_related("asked_by").first()


class ExtraNoteForm(AttendanceForm, PlannedMeetingForm):
    """The note of an extra meeting."""

    note = LongText(label=gettext_lazy("Was wurde besprochen?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, meeting=meetings.planned(kwargs["case"], MeetingKind.EXTRA), **kwargs)

    def offered(self) -> MeetingQuerySet:
        """Extra meetings that are planned."""
        return Meeting.objects.filter(case=self.case, kind=MeetingKind.EXTRA, state="planned")

    @property
    def not_before(self) -> Any:
        """It follows the start of case work."""
        return antrag_of(self.case).started_on, _("Das liegt vor dem Beginn der Fallarbeit.")


class ExceptionForm(ClosureFields):
    """Close without a Standortgespräch, and say why (OP-19); once the agreement is withdrawn, that is why."""

    template_name = "optima/exception_form.html"

    exception = LongText(
        label=gettext_lazy("Weshalb ohne Standortgespräch?"),
        rows=3,
        help_text=gettext_lazy("Lesen beide Stellen."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.withdrawn_at is not None:
            reasons = self.fields["reason"].queryset.filter(code=WITHDRAWN)  # type: ignore[attr-defined]
            self.fields["exception"].help_text = ""
            self.initial.update(exception=_("Das Einverständnis ist zurückgezogen."), reason=reasons.first())

    def clean(self) -> dict[str, Any]:
        """The same rules as at the table."""
        data = super().clean() or self.cleaned_data
        self.check_closure(data)
        return data


class ResumeForm(ActionForm):
    """What rested, line by line: the principal ticks what it has taken up again; the rest stays open (RED-08)."""

    template_name = "optima/resume_form.html"

    taken_up = forms.MultipleChoiceField(
        label=gettext_lazy("Was haben Sie wieder aufgenommen?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Was Sie noch nicht ankreuzen, bleibt als Pendenz stehen."),
        error_messages={"required": gettext_lazy("Bitte kreuzen Sie an, was Sie wieder aufgenommen haben.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = to_resume(self.case)
        self.fields["taken_up"].choices = [(line, line) for line in left]  # type: ignore[attr-defined]
        if not left:
            del self.fields["taken_up"]

    def notes(self) -> list[str]:
        """What is not taken up again, and why."""
        return not_taken_up(self.case)


class CorrectForm(ClosureFields):
    """Put wrong entries of an ended case right; each change keeps its old value in the Verlauf.

    A case that ended at its hand-over has one day for both. What stood there may be changed, not emptied.
    """

    needed = False
    field_order = ("why", "handover_on", "started_on", "ended_on")

    why = LongText(
        limit=500,
        rows=2,
        label=gettext_lazy("Grund der Berichtigung"),
        help_text=gettext_lazy("Steht im Verlauf. Lesen beide Stellen."),
    )
    handover_on = PastDate(label=gettext_lazy("Übergabegespräch am"), required=False)
    started_on = PastDate(label=gettext_lazy("Beginn der Fallarbeit"), required=False)
    ended_on = PastDate(label=gettext_lazy("Beendet am"))

    at_handover = False
    """Whether the case ended on the day of its hand-over, because somebody said no."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        antrag = antrag_of(self.case)
        closure = Abschluss.objects.filter(antrag=antrag).prefetch_related("causes", "results").first()
        self.initial.update(
            handover_on=antrag.handover_on,
            started_on=antrag.started_on,
            ended_on=self.case.ended_on,
            outcome=antrag.outcome,
        )
        if closure is None:
            self._leave_out("reason", "causes", "results")
        else:
            self.initial.update(reason=closure.reason_id, causes=closure.causes.all(), results=closure.results.all())
            field: forms.ModelChoiceField = self.fields["reason"]  # type: ignore[assignment]
            field.queryset = ClosingReason.objects.filter(pk=closure.reason_id) | closing_reasons(
                clock.today(), Party.COORDINATION
            )
        if self.case.state != OptimaState.CLOSED:
            self.at_handover = antrag.handover_on is not None and antrag.handover_on == self.case.ended_on
            self._leave_out("outcome", "started_on", "ended_on" if self.at_handover else "handover_on")
        for name in ("handover_on", "started_on", "outcome", "reason"):
            if name in self.fields:
                self.fields[name].required = bool(self.initial[name])

    def _leave_out(self, *names: str) -> None:
        for name in names:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """The days keep their order; something is different."""
        data = super().clean() or self.cleaned_data
        antrag = antrag_of(self.case)
        order = [
            (antrag.decided_on, "handover_on", _("Das liegt vor der Annahme des Antrags.")),
            (data.get("handover_on"), "started_on", _("Das liegt vor dem Übergabegespräch.")),
            (
                data.get("started_on") or data.get("handover_on"),
                "ended_on",
                _("Das liegt vor dem Beginn der Fallarbeit."),
            ),
            (antrag.decided_on or self.case.arrived_on, "ended_on", _("Das liegt vor dem Entscheid.")),
        ]
        for earlier, name, sentence in order:
            if data.get(name) and earlier and data[name] < earlier and name not in self.errors:
                self.add_error(name, sentence)
        if "causes" in self.fields:
            self.check_closure(data)
        if not self.errors and set(self.changed_data) <= {"why"}:
            self.add_error(None, _("Bitte ändern Sie mindestens eine Angabe."))
        if self.at_handover:
            data["ended_on"] = data.get("handover_on")
        return data
