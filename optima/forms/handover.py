"""Forms of the hand-over: the date, the note with its four contents, and the agreement to it (OP-06 to OP-10)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import meetings, registry
from iiz.core.actor import Actor
from iiz.core.blocks import Block
from iiz.core.enums import Seat, StatisticsGroup
from iiz.core.forms.action import ActionForm
from iiz.core.forms.meeting import WhenForm
from iiz.core.models import Case, Participation
from iiz.core.workflow import Party, participant

from ..enums import MeetingKind
from ..models import Goal
from ..queries import antrag_of, last_handover, seats
from .fields import LongText, YesNo
from .seats import AttendanceForm, TickFields, seat_names

LATEST_START = dt.timedelta(days=92)
"""Case work begins within three months of the hand-over: later, the talk is forgotten."""

STATEMENTS: dict[str, Any] = {
    StatisticsGroup.SH: gettext_lazy("Die Klientin oder der Klient ist einverstanden und arbeitet mit."),
}
"""What the client declares; with a social service as contractor the work offer is what is missing (CON-18)."""
ABLE = gettext_lazy("Die Klientin oder der Klient erklärt, arbeiten zu können und zu wollen.")


class PlanHandoverForm(WhenForm):
    """When and where; the principal has told the client (OP-06). Its template says whom to call first (UX-05)."""

    template_name = "optima/plan_form.html"

    client_informed = forms.BooleanField(
        label=gettext_lazy("Die Klientin oder der Klient weiss Bescheid und kann an diesem Termin"),
        error_messages={
            "required": gettext_lazy("Bitte sprechen Sie den Termin zuerst mit der Klientin oder dem Klienten ab.")
        },
    )

    def adviser(self) -> Participation | None:
        """Who leads the case at the contractor from then on: call this person before fixing the date."""
        return participant(self.case, Party.CONTRACTOR)


class HandoverNoteForm(TickFields, AttendanceForm, WhenForm):
    """The note: exactly its four contents, who was there, who agrees (OP-09, OP-10)."""

    template_name = "optima/handover_form.html"
    field_order = ("held_on", "present", "starts_on", "measures", "statement", "statement_note", "day", "time")
    labels = {
        "day": gettext_lazy("Nächster Termin"),
        "time": gettext_lazy("Uhrzeit"),
    }

    starts_on = forms.DateField(
        label=gettext_lazy("Beginn der Fallarbeit"),
        widget=forms.DateInput(),
        help_text=gettext_lazy("Ab diesem Tag führt allein der Auftragnehmer."),
    )
    measures = LongText(
        label=gettext_lazy("Geplante Massnahmen, Vorgehen, Kostengutsprache"),
        help_text=gettext_lazy("Was zuerst geschieht, und ob für eine Massnahme eine Kostengutsprache nötig ist."),
    )
    statement = YesNo(label=ABLE)
    statement_note = forms.CharField(label=gettext_lazy("Bemerkung dazu"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        case = kwargs["case"]
        held = last_handover(case)
        super().__init__(*args, meeting=held or meetings.planned(case, MeetingKind.UEBERGABEGESPRAECH), **kwargs)
        self.fields["statement"].label = STATEMENTS.get(antrag_of(case).contractor_group, ABLE)
        self.add_ticks(self.seats)
        if held is not None:
            self._take_over(held)
        elif self.about is not None:
            self.initial["place"] = self.about.place

    def _take_over(self, held: Any) -> None:
        """Fill with the note as it stands; the ticks are given anew."""
        note = held.uebergabegespraech
        next_at = timezone.localtime(note.next_at)
        self.initial.update(
            {
                "held_on": held.held_on,
                "present": [row.seat for row in seats(held) if row.attended],
                "starts_on": note.starts_on,
                "day": next_at.date(),
                "time": next_at.time(),
                "minutes": note.next_minutes,
                "place": note.next_place,
                "video_url": note.next_video_url,
                "measures": note.measures,
                "statement": "yes" if note.statement else "no",
                "statement_note": note.statement_note,
            }
        )

    def now(self) -> list[tuple[Any, str]]:
        """The note as it stands, if there is one already."""
        return _noted(self.case, self.actor)

    @property
    def not_before(self) -> Any:
        """The hand-over comes after the decision."""
        return antrag_of(self.case).decided_on, _("Das liegt vor der Annahme des Antrags.")

    def clean(self) -> dict[str, Any]:
        """The dates fit each other; nobody agrees who was not there; a «no» to work cannot be handed over."""
        data = super().clean()
        held, start, next_at = data.get("held_on"), data.get("starts_on"), data.get("starts_at")
        if held and start and start < held:
            self.add_error("starts_on", _("Die Fallarbeit beginnt frühestens am Tag des Übergabegesprächs."))
        elif held and start and start > held + LATEST_START:
            self.add_error("starts_on", _("Die Fallarbeit beginnt spätestens drei Monate nach dem Übergabegespräch."))
        if start and next_at and "starts_on" not in self.errors and timezone.localdate(next_at) <= start:
            self.add_error("day", _("Das Standortgespräch folgt nach dem Beginn der Fallarbeit."))
        data["agreed"] = self.ticks(data)
        for seat, yes in data["agreed"].items():
            if yes is not None and "present" in data and not data["attended"].get(seat):
                sentence = _("Wer nicht dabei war, kann sich noch nicht geäussert haben: bitte «noch offen» wählen.")
                self.add_error(f"agreed_{seat}", ValidationError(sentence, code="absent"))
        if data.get("statement") is False and data["agreed"].get(Seat.CLIENT):
            sentence = _(
                "Ohne diese Erklärung kommt der Auftrag nicht zustande. Wählen Sie bei der Klientin oder dem Klienten "
                "unten «Nein», oder klären Sie es zuerst."
            )
            self.add_error("statement", ValidationError(sentence, code="unable"))
        return data


def _note(case: Case, actor: Actor) -> list[Block]:
    """The note of the hand-over as it stands, in words; nothing before there is one."""
    meeting = last_handover(case)
    kind = registry.meeting_kinds[MeetingKind.UEBERGABEGESPRAECH]
    return kind.blocks(meeting, actor) if meeting is not None else []


def _noted(case: Case, actor: Actor) -> list[tuple[Any, str]]:
    """The note as label and value."""
    return [(label or block.title, value) for block in _note(case, actor) for label, value in block.rows]


class _NoteShown(ActionForm):
    """An answer to the note as it stood when the page was opened; its template quotes ``blocks``."""

    template_name = "optima/agree_form.html"

    note_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = last_handover(self.case)
        if self.meeting is not None:
            self.initial["note_version"] = self.meeting.note_version

    def goals(self) -> list[Goal]:
        """What the hand-over is for (UX-07)."""
        return list(antrag_of(self.case).goals.all())

    def note(self) -> list[Block]:
        """What is to be agreed to, in words."""
        return _note(self.case, self.actor)

    def now(self) -> list[tuple[Any, str]]:
        """The note as it stands."""
        return _noted(self.case, self.actor)


class AgreeForm(_NoteShown):
    """The principal's own yes or no (OP-10)."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Sind Sie mit der Notiz einverstanden?"),
        choices=(
            ("yes", gettext_lazy("Ja, so haben wir es besprochen")),
            ("no", gettext_lazy("Nein – damit ist der Auftrag nicht zustande gekommen")),
        ),
        widget=forms.RadioSelect,
    )
    ended_note = LongText(
        label=gettext_lazy("Begründung"),
        rows=3,
        required=False,
        conditional=True,
        help_text=gettext_lazy(
            "Nötig bei einem Nein. Ist nur etwas falsch geschrieben, rufen Sie an: Die Notiz lässt sich noch ändern."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """A «no» has a reason; the tick is the own seat's."""
        data = super().clean() or self.cleaned_data
        if data.get("answer") == "no" and not data.get("ended_note"):
            self.add_error("ended_note", _("Bitte begründen Sie Ihr Nein in einem Satz."))
        if data.get("answer") == "yes":
            data["ended_note"] = ""
        data["agreed"] = {str(Seat.PRINCIPAL): data.get("answer") == "yes"}
        return data


class RecordForm(TickFields, _NoteShown):
    """What the adviser has heard since: the client's answer, and the adviser's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = seat_names(self.case, self.actor)
        rows = seats(self.meeting) if self.meeting is not None else []
        version = self.meeting.note_version if self.meeting is not None else 0
        missing = {row.seat for row in rows if row.agreed is None or row.agreed_version != version}
        wanted = (str(Seat.CLIENT), str(Seat.CONTRACTOR))
        self.add_ticks({seat: names[seat] for seat in wanted if seat in missing and seat in names})

    def clean(self) -> dict[str, Any]:
        """At least one answer."""
        data = super().clean() or self.cleaned_data
        data["agreed"] = self.ticks(data)
        if not self.errors and all(yes is None for yes in data["agreed"].values()):
            self.add_error(None, _("Bitte halten Sie mindestens eine Antwort fest."))
        return data


class EndForm(ActionForm):
    """Why nothing came of it; after a withdrawal that is reason enough."""

    ended_note = LongText(label=gettext_lazy("Begründung"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.withdrawn_at is not None:
            del self.fields["ended_note"]
