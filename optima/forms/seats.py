"""Who was at the table and who agreed: asked per seat, the same way on every note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import access, clock
from iiz.core.actor import Actor
from iiz.core.enums import Seat
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import PastDate
from iiz.core.models import Case, Meeting
from iiz.core.workflow import participant

from ..queries import in_charge

ANSWERS = (("yes", gettext_lazy("Ja")), ("no", gettext_lazy("Nein")), ("open", gettext_lazy("noch offen")))
TICKS: dict[str, bool | None] = {"yes": True, "no": False, "open": None}


def seat_names(case: Case, actor: Actor) -> dict[str, str]:
    """The seats of an Optima meeting and who sits there today, in words."""
    client = str(Seat.CLIENT.label)
    if case.person is not None and access.shows_person(case, actor):
        client = f"{case.person.first_name} {case.person.last_name} ({client})"
    found = {str(Seat.CLIENT): client}
    for seat in (Seat.PRINCIPAL, Seat.CONTRACTOR):
        row = participant(case, seat)
        if row is not None:
            who = row.user.get_full_name() if row.user else ""
            if who and in_charge(row) is None:
                who = _("%(name)s (arbeitet nicht mehr dort)") % {"name": who}
            found[str(seat)] = ", ".join(part for part in (who, row.institution.name) if part)
    return found


class AttendanceForm(ActionForm):
    """The day of a meeting and who was there; ``cleaned_data["attended"]`` says it per seat.

    ``about`` is the planned one, if there is one.
    """

    held_on = PastDate(label=gettext_lazy("Wann fand das Gespräch statt?"))
    present = forms.MultipleChoiceField(
        label=gettext_lazy("Wer war dabei?"), widget=forms.CheckboxSelectMultiple, required=True
    )

    def __init__(self, *args: Any, meeting: Meeting | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = meeting
        self.seats = seat_names(self.case, self.actor)
        field: forms.MultipleChoiceField = self.fields["present"]  # type: ignore[assignment]
        field.choices = list(self.seats.items())
        self.initial.setdefault("present", list(self.seats))
        day = meeting.day if meeting is not None else clock.today()
        self.initial.setdefault("held_on", min(day, clock.today()))

    @property
    def not_before(self) -> Any:
        """The day before which the meeting cannot have taken place, with the sentence that says so."""
        return self.case.arrived_on, _("Das liegt vor dem Eingang des Antrags.")

    def clean(self) -> dict[str, Any]:
        """Presence per seat; not before its time."""
        data = super().clean() or self.cleaned_data
        first, sentence = self.not_before
        if data.get("held_on") and first and data["held_on"] < first:
            self.add_error("held_on", ValidationError(sentence, code="too_early"))
        data["attended"] = {seat: seat in data.get("present", []) for seat in self.seats}
        return data


class TickFields:
    """The ticks under a note as fields ``agreed_<seat>``; mixed into a form with ``seats``."""

    def add_ticks(self: Any, seats: dict[str, str], *, answers: Any = ANSWERS) -> None:
        """Ask for each of ``seats`` whether they agree."""
        self.ticked = seats
        for seat, name in seats.items():
            self.fields[f"agreed_{seat}"] = forms.ChoiceField(
                label=_("Einverstanden: %(name)s") % {"name": name},
                choices=answers,
                widget=forms.RadioSelect(attrs={"class": "inline"}),
                error_messages={"required": _("Bitte sagen Sie, ob diese Person einverstanden ist.")},
            )

    def ticks(self: Any, data: dict[str, Any]) -> dict[str, bool | None]:
        """The answers per seat: yes, no, or open."""
        return {seat: TICKS[data[f"agreed_{seat}"]] for seat in self.ticked if data.get(f"agreed_{seat}")}
