"""Whom the coordination office asks: for a view, to confirm a document (RT-09, RT-18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import LongText, ShortText
from iiz.core.models import Case
from iiz.core.templatetags.ui import day
from iiz.core.workdays import last_working_day, next_working_day

from ..models import Participant
from ..queries import at_the_table, is_covered, live_perspectives, planned
from ..reading import function_of, name_of

DAYS = 10
"""In how many days a view is asked for where no meeting is planned."""
BEFORE = 5
"""How many days before the meeting the views are asked for."""
AHEAD = dt.timedelta(days=366)


class Chosen(forms.ModelMultipleChoiceField):
    """Participants, each ticked by name, with what there is to say of the request."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Participant.objects.none(),
            label=gettext_lazy("Wer wird gefragt?"),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": gettext_lazy("Bitte wählen Sie mindestens eine Person oder Stelle.")},
            **kwargs,
        )
        self.notes: dict[int, str] = {}

    def offer(self, rows: Iterable[Participant], notes: dict[int, str]) -> None:
        """Let the rows be chosen; ``notes`` by primary key are said beside the name."""
        self.notes = notes
        self.queryset = Participant.objects.filter(pk__in=[row.pk for row in rows]).select_related(
            "case__person", "participation__institution", "participation__user"
        )

    def label_from_instance(self, obj: Participant) -> str:
        """Name, function, and the note."""
        parts = [name_of(obj.case, obj, named=True), function_of(obj), self.notes.get(obj.pk, "")]
        return ", ".join(part for part in parts if part)


class ByDay(forms.DateField):
    """A day by which an answer is asked for: not over, not a year away."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(), **kwargs)

    def validate(self, value: Any) -> None:
        """Refuse a day that is over, or far away."""
        super().validate(value)
        if value and value < clock.today():
            raise ValidationError(_("Dieser Tag ist schon vorbei."), code="past")
        if value and value > clock.today() + AHEAD:
            raise ValidationError(_("Dieser Tag liegt mehr als ein Jahr voraus."), code="late")


class RequestViewsForm(ActionForm):
    """Who is asked for a view, by which day, with which words."""

    participants = Chosen(
        help_text=gettext_lazy(
            "Stellen erhalten eine Pendenz und eine Nachricht, Personen ohne Konto einen Link. Wer schon gefragt ist, "
            "erhält die Bitte nochmals."
        )
    )
    due_on = ByDay(label=gettext_lazy("Bis wann?"))
    message = LongText(
        limit=500,
        rows=3,
        required=False,
        label=gettext_lazy("Hinweis"),
        help_text=gettext_lazy("Steht über dem Formular, nicht in der E-Mail."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = planned(self.case)
        open_ = to_ask(self.case)
        views = {row.participant_id: row for row in live_perspectives(self.case)}
        notes = {}
        for row in open_:
            view = views.get(row.pk)
            words = [
                _("verzichtet bisher")
                if view and view.declined_at
                else _("gefragt, erbeten bis %(day)s") % {"day": day(view.due_on)}
                if view
                else "",
                _("ohne E-Mail-Adresse: Sie fragen selbst und schreiben die Sicht auf")
                if row.participation is None and not row.email
                else "",
            ]
            notes[row.pk] = ", ".join(word for word in words if word)
        field = self.fields["participants"]
        assert isinstance(field, Chosen)
        field.offer(open_, notes)
        fresh = [row.pk for row in open_ if row.pk not in views]
        field.help_text = " ".join([str(field.help_text), *not_asked(self.case)])
        self.initial.setdefault("participants", fresh or [row.pk for row in open_])
        self.initial.setdefault("due_on", self._proposed())

    def _proposed(self) -> dt.date:
        """A working day some days before the meeting, so that all can read; else one in ten days."""
        today = clock.today()
        if self.meeting is None:
            return next_working_day(today + dt.timedelta(days=DAYS))
        return max(today, last_working_day(self.meeting.planned_day - dt.timedelta(days=BEFORE)))

    def clean_due_on(self) -> dt.date:
        """Before the meeting, if one is planned."""
        found: dt.date = self.cleaned_data["due_on"]
        if self.meeting is not None and found >= self.meeting.planned_day > clock.today():
            words = _("Das Gespräch ist am %(day)s. Bitte wählen Sie einen Tag davor.")
            raise ValidationError(words % {"day": day(self.meeting.planned_day)}, code="after_meeting")
        return found


def to_ask(case: Case) -> list[Participant]:
    """Who sits at the table, is covered by the Vollmacht, and has not given a view."""
    given = {row.participant_id for row in live_perspectives(case) if row.given_at is not None}
    return [row for row in at_the_table(case) if row.pk not in given and is_covered(case, row)]


def not_asked(case: Case) -> list[str]:
    """Of whoever sits at the table and is not offered: why, a sentence each."""
    given = {row.participant_id: row.given_at for row in live_perspectives(case) if row.given_at is not None}
    found = []
    for row in at_the_table(case):
        names = {"name": name_of(case, row, named=True)}
        if not is_covered(case, row):
            found.append(_("%(name)s wird nicht gefragt: Die Vollmacht gilt hier nicht.") % names)
        elif row.pk in given:
            words = _("%(name)s hat die Sicht am %(day)s schon abgegeben.")
            found.append(words % {**names, "day": day(given[row.pk])})
    return found


class AskConfirmationForm(forms.Form):
    """Who is asked to confirm a document, by which day, with which words."""

    participants = Chosen(
        help_text=gettext_lazy(
            "Nur wer das Dokument lesen darf. Stellen erhalten eine Pendenz, die anderen einen Link."
        )
    )
    question = ShortText(
        limit=300,
        label=gettext_lazy("Was wird bestätigt?"),
        initial=gettext_lazy("Ich habe das Dokument gelesen und bin einverstanden."),
    )
    due_on = ByDay(label=gettext_lazy("Bis wann?"))

    def __init__(self, *args: Any, readers: list[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["participants"]
        assert isinstance(field, Chosen)
        field.offer(readers, {})
        self.initial.setdefault("participants", [row.pk for row in readers])
        self.initial.setdefault("due_on", next_working_day(clock.today() + dt.timedelta(days=DAYS)))


class ConfirmForm(forms.Form):
    """The answer: agreed, or not and why."""

    confirmed = forms.ChoiceField(
        label=gettext_lazy("Ihre Antwort"),
        choices=(("yes", gettext_lazy("Gelesen und einverstanden")), ("no", gettext_lazy("Nicht einverstanden"))),
        widget=forms.RadioSelect,
    )
    note = LongText(
        limit=500,
        rows=3,
        required=False,
        conditional=True,
        label=gettext_lazy("Bemerkung"),
        help_text=gettext_lazy("Wenn Sie nicht einverstanden sind: weshalb? Es liest die IIZ-Koordinationsstelle."),
    )

    def clean_note(self) -> str:
        """Without NUL characters, which PostgreSQL cannot store."""
        return str(self.cleaned_data["note"]).replace("\x00", "")

    def clean(self) -> dict[str, Any]:
        """A no needs its reason."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("confirmed") == "no" and not data.get("note") and "note" not in self.errors:
            self.add_error("note", _("Bitte sagen Sie kurz, womit Sie nicht einverstanden sind."))
        return data
