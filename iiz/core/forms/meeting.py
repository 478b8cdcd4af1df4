"""Forms about meetings: when and where, moved, cancelled, answered, and the line about a phone call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import clock, meeting_rows, meetings
from ..actor import Actor
from ..client_words import names_client
from ..enums import Reply
from ..models import Meeting
from ..models.meeting import MeetingQuerySet
from ..workflow import NotAllowed
from .action import ActionForm
from .fields import ClockTime, LongText, PastDate

LENGTHS = (
    (30, gettext_lazy("30 Minuten")),
    (45, gettext_lazy("45 Minuten")),
    (60, gettext_lazy("1 Stunde")),
    (90, gettext_lazy("1½ Stunden")),
    (120, gettext_lazy("2 Stunden")),
    (150, gettext_lazy("2½ Stunden")),
)
AHEAD = dt.timedelta(days=548)
"""How far ahead a meeting may be planned: 18 months."""
FROM, UNTIL = dt.time(6), dt.time(22)
"""Between which times of day it begins. The hour that summer time skips or repeats lies outside."""


def length_words(minutes: int) -> str:
    """How long a meeting takes, in words: *2½ Stunden*."""
    return str(dict(LENGTHS).get(minutes) or _("%(n)s Minuten") % {"n": minutes})


class VideoLink(forms.URLField):
    """The address of a video meeting."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Link zur Videokonferenz"),
            help_text=gettext_lazy("Statt eines Ortes oder zusätzlich"),
            max_length=500,
            assume_scheme="https",
            error_messages={
                "invalid": gettext_lazy(
                    "Das ist kein gültiger Link. Er beginnt mit https:// und hat keine Leerzeichen."
                )
            },
            **kwargs,
        )
        self.validators = [URLValidator(schemes=["http", "https"])]


class WhenForm(ActionForm):
    """When and where a meeting takes place; ``cleaned_data["starts_at"]`` is an aware moment.

    A form that asks for a date only beside some other answer says so in :meth:`needs_when`; without need the fields
    are left alone, and ``starts_at`` is ``None``.
    """

    day = forms.DateField(label=gettext_lazy("Datum"), widget=forms.DateInput())
    time = ClockTime()
    minutes = forms.TypedChoiceField(label=gettext_lazy("Dauer"), choices=LENGTHS, coerce=int, initial=60)
    place = LongText(
        limit=200,
        widget=forms.TextInput(),
        label=gettext_lazy("Ort"),
        required=False,
        help_text=gettext_lazy("Erscheint im Kalender der Beteiligten: bitte keine Namen und keine Privatadresse."),
    )
    video_url = VideoLink(required=False)

    always = True
    """Whether the date is asked for in any case."""
    labels: dict[str, Any] = {}
    """Other labels for the fields, as for a *next* meeting."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("day", "time", "place", "video_url"):
            self.fields[name].conditional = True  # type: ignore[attr-defined]
        for name in ("day", "time", "minutes"):
            self.fields[name].required = self.always
        for name, label in self.labels.items():
            self.fields[name].label = label

    def needs_when(self, data: dict[str, Any]) -> bool:
        """Whether these answers ask for a date."""
        return self.always

    def clean(self) -> dict[str, Any]:
        """Put day and time together; check moment and place."""
        data = super().clean() or self.cleaned_data
        data["starts_at"] = None
        if not self.needs_when(data):
            for name in ("day", "time", "minutes", "place", "video_url"):
                self.errors.pop(name, None)
            return data
        for name in ("day", "time"):
            if name not in self.errors and not data.get(name):
                self.add_error(name, ValidationError(self.fields[name].error_messages["required"], code="required"))
        data["minutes"] = data.get("minutes") or 60
        if data.get("day") and data.get("time") is not None:
            data["starts_at"] = self._moment(data["day"], data["time"])
        self._check_place(data)
        return data

    def _moment(self, day: dt.date, time: dt.time) -> dt.datetime | None:
        """The local moment, or ``None`` with a sentence beside the field that is wrong."""
        starts_at = dt.datetime.combine(day, time, timezone.get_default_timezone())
        wrong = self.fault(starts_at)
        if wrong is None:
            return starts_at
        self.add_error(*wrong)
        return None

    @staticmethod
    def fault(starts_at: dt.datetime) -> tuple[str, str] | None:
        """Why no meeting can begin then: ``day`` or ``time`` and a sentence; ``None`` if one can."""
        day, time = starts_at.date(), starts_at.time()
        if day > clock.today() + AHEAD:
            return "day", _("Ein Gespräch lässt sich höchstens 18 Monate im Voraus planen.")
        if not FROM <= time <= UNTIL:
            return "time", _("Bitte wählen Sie eine Zeit zwischen 6 und 22 Uhr.")
        if starts_at < clock.now():
            return "day" if day < clock.today() else "time", _("Dieser Zeitpunkt ist schon vorbei.")
        return None

    def _check_place(self, data: dict[str, Any]) -> None:
        if not data.get("place") and not data.get("video_url") and not {"place", "video_url"} & set(self.errors):
            self.add_error("place", _("Bitte geben Sie einen Ort oder einen Link zur Videokonferenz an."))
        if names_client(data.get("place") or "", self.case):
            sentence = _(
                "Bitte ohne Namen und ohne Privatadresse der Klientin oder des Klienten: Der Ort erscheint in "
                "Kalendern ausserhalb des Portals."
            )
            self.add_error("place", sentence)
        if names_client(data.get("video_url") or "", self.case):
            sentence = _(
                "Dieser Link verrät den Namen oder die Adresse der Klientin oder des Klienten, und er erscheint in "
                "Kalendern ausserhalb des Portals. Bitte erstellen Sie einen anderen."
            )
            self.add_error("video_url", sentence)


class PlannedMeetingForm(ActionForm):
    """An action on one planned meeting: the one the link names, else the next one the actor may act on.

    Of several, the next that :meth:`is_due`. Its template says which meeting it is, read from ``chosen`` and
    ``label``. Raises ``NotAllowed`` for a link to a meeting that is planned no more or not the actor's to change.
    """

    template_name = "core/meeting_form.html"

    meeting = forms.ModelChoiceField(
        Meeting.objects.none(),
        label=gettext_lazy("Gespräch"),
        widget=forms.HiddenInput,
        error_messages={
            "invalid_choice": gettext_lazy("Dieses Gespräch ist nicht mehr geplant."),
            "required": gettext_lazy("Es ist kein Gespräch geplant."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = self.offered()
        self.fields["meeting"].queryset = found  # type: ignore[attr-defined]
        asked = self.data.get("meeting") if self.is_bound else self.initial.get("meeting")
        rows = sorted(found, key=lambda row: not self.is_due(row))
        self.chosen = next((row for row in rows if not asked or str(row.pk) == str(asked)), None)
        if self.chosen is not None:
            self.initial["meeting"] = self.chosen.pk
        elif asked:
            self._refuse(asked)
        self.label = meetings.label(self.chosen) if self.chosen else ""

    def _refuse(self, asked: object) -> None:
        """Say why the meeting asked for cannot be had: beside the field, or instead of the page."""
        other = meeting_rows.planned_one(self.case, asked)
        messages = self.fields["meeting"].error_messages
        if other is not None:
            messages["invalid_choice"] = meeting_rows.why_not(other, self.actor, self.may)
        if not self.is_bound:
            raise NotAllowed(str(messages["invalid_choice"]))

    may: Callable[[Meeting, Actor], bool] = staticmethod(meeting_rows.arranges)
    """Whether the actor may do this to a planned meeting."""

    def offered(self) -> MeetingQuerySet:
        """The meetings the actor may do this to."""
        return meeting_rows.to_arrange(self.case, self.actor)

    def is_due(self, meeting: Meeting) -> bool:
        """Whether this meeting needs the action most: somebody cannot come."""
        return meetings.somebody_cannot(meeting)


class MoveForm(PlannedMeetingForm, WhenForm):
    """A new time or place; filled with those that hold now."""

    field_order = ("day", "time", "minutes", "place", "video_url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.chosen is None:
            return
        known = self.chosen
        starts_at = timezone.localtime(known.starts_at)
        self.initial.update(day=starts_at.date(), time=starts_at.time(), minutes=known.minutes)
        self.initial.update(place=known.place, video_url=known.video_url)
        if known.minutes not in dict(LENGTHS):
            other = (known.minutes, _("%(n)s Minuten") % {"n": known.minutes})
            self.fields["minutes"].choices = sorted([*LENGTHS, other])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Something must be different."""
        data = super().clean()
        known = self.chosen
        names = ("starts_at", "minutes", "place", "video_url")
        if known and not self.errors and all(getattr(known, name) == data[name] for name in names):
            self.add_error(None, _("Datum, Zeit und Ort sind noch dieselben. Bitte ändern Sie, was neu ist."))
        return data


class CancelForm(PlannedMeetingForm):
    """Why it does not take place."""

    reason = LongText(
        limit=500,
        rows=3,
        label=gettext_lazy("Grund"),
        help_text=gettext_lazy("Lesen die beteiligten Stellen im Fall; nicht in Mail und Kalender."),
    )


class ReplyForm(PlannedMeetingForm):
    """Whether one comes."""

    reply = forms.ChoiceField(
        label=gettext_lazy("Ihre Antwort"),
        choices=((Reply.ACCEPTED, gettext_lazy("Ich nehme teil")), (Reply.DECLINED, gettext_lazy("Ich kann nicht"))),
        widget=forms.RadioSelect,
    )
    note = LongText(
        limit=300,
        rows=2,
        label=gettext_lazy("Bemerkung"),
        required=False,
        help_text=gettext_lazy("Wenn Sie nicht können: welche Tage gehen, oder wer an Ihrer Stelle kommt."),
    )

    may = staticmethod(meeting_rows.answers)

    def offered(self) -> MeetingQuerySet:
        """The meetings the actor is invited to."""
        return meeting_rows.to_answer(self.case, self.actor)

    def is_due(self, meeting: Meeting) -> bool:
        """Whether the answer is still open."""
        return meeting_rows.is_asked(meeting, self.actor)


class CallForm(ActionForm):
    """One line about a phone call (UX-03)."""

    text = LongText(limit=300, rows=2, label=gettext_lazy("Was wurde besprochen?"))
    called_on = PastDate(label=gettext_lazy("Wann?"), initial=timezone.localdate)

    def clean_called_on(self) -> dt.date:
        """A call of years ago is a slip of the pen."""
        day: dt.date = self.cleaned_data["called_on"]
        if day < timezone.localdate() - dt.timedelta(days=366):
            raise ValidationError(_("Dieses Datum liegt mehr als ein Jahr zurück."), code="long_ago")
        return day
