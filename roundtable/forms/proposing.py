"""The form that proposes dates for the meeting (RT-08)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.client_words import names_client
from iiz.core.forms.fields import ClockTime, LongText
from iiz.core.forms.meeting import LENGTHS, WhenForm
from iiz.core.models import Case, Institution
from iiz.core.templatetags.ui import day as day_words
from iiz.core.workdays import is_working_day, next_working_day

from ..effects.dates import MOST_OPTIONS
from ..queries import held, open_poll
from .follow_up import WhomForm

LEAST_OPTIONS = 2
USUAL_MINUTES = 150
"""How long a Roundtable usually takes (RT-10)."""
LATER_MINUTES = 60
"""How long a follow-up meeting usually takes (RT-19)."""
USUAL_DAYS = 7
"""For how many days people usually have time to answer."""


def usual_minutes(case: Case) -> int:
    """How long the next meeting usually takes: the first one longer than those that follow."""
    return LATER_MINUTES if held(case) else USUAL_MINUTES


def usual_place(office: Institution) -> str:
    """Where a meeting is proposed to take place: at the office, as far as its address is known."""
    return ", ".join(part for part in (office.street, f"{office.postcode} {office.place}".strip()) if part)


class ProposeForm(WhomForm):
    """Two to eight dates; ``cleaned_data["starts"]`` holds the moments. A time left empty is that of the row above."""

    template_name = "roundtable/forms/propose.html"

    minutes = forms.TypedChoiceField(label=gettext_lazy("Dauer"), choices=LENGTHS, coerce=int, initial=USUAL_MINUTES)
    place = LongText(
        limit=200,
        widget=forms.TextInput(),
        label=gettext_lazy("Ort"),
        required=False,
        help_text=gettext_lazy(
            "Mit Strasse und Raum. Alle lesen es, auch Personen ohne Konto: bitte keine Namen und keine Privatadresse."
        ),
    )
    answer_by = forms.DateField(
        label=gettext_lazy("Antwort bis"),
        widget=forms.DateInput(),
        help_text=gettext_lazy("Bis zu diesem Tag gilt der Link für Personen ohne Konto."),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("Es ist richtig, dass Termine auf Tage fallen, an denen nicht gearbeitet wird"),
        required=False,
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        for place in range(1, MOST_OPTIONS + 1):
            needed = place <= LEAST_OPTIONS
            self.fields[f"day_{place}"] = forms.DateField(
                label=_("%(n)s. Termin") % {"n": place}, widget=forms.DateInput(), required=False
            )
            self.fields[f"time_{place}"] = ClockTime(label=_("Beginn"), required=False, help_text="")
            self.fields[f"day_{place}"].conditional = needed  # type: ignore[attr-defined]
            self.fields[f"time_{place}"].conditional = True  # type: ignore[attr-defined]
        last = case.date_polls.first()
        self.initial.setdefault("place", last.place if last else usual_place(actor.institution))
        self.initial.setdefault("minutes", usual_minutes(case))
        self.initial.setdefault("answer_by", next_working_day(clock.today() + dt.timedelta(days=USUAL_DAYS)))
        self.odd: list[str] = []

    @property
    def dates(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Day and time of each date that may be proposed."""
        return [(self[f"day_{place}"], self[f"time_{place}"]) for place in range(1, MOST_OPTIONS + 1)]

    def also(self) -> str:
        """What becomes of dates that are proposed already."""
        if open_poll(self.case) is None:
            return ""
        return _("Die bisherigen Vorschläge und die Antworten dazu gelten danach nicht mehr.")

    def clean(self) -> dict[str, Any]:
        """Put days and times together; each in the future, none twice, the answers before the first."""
        data = super().clean() or self.cleaned_data
        starts: list[dt.datetime] = []
        above: dt.time | None = None
        for place in range(1, MOST_OPTIONS + 1):
            name, time_name = f"day_{place}", f"time_{place}"
            day, time = data.get(name), data.get(time_name)
            above = time or above
            if {name, time_name} & set(self.errors) or not (day or time):
                continue
            if not day:
                self.add_error(name, _("Zu dieser Zeit fehlt der Tag."))
            elif above is None:
                self.add_error(time_name, _("Bitte geben Sie an, wann es beginnt."))
            else:
                self._take(name, time_name, dt.datetime.combine(day, above, timezone.get_default_timezone()), starts)
        data["starts"] = starts
        if not self.errors and len(starts) < LEAST_OPTIONS:
            self.add_error(
                f"day_{len(starts) + 1}",
                _("Schlagen Sie mindestens zwei Termine vor. Einen einzigen legen Sie mit «Termin festlegen» fest."),
            )
        if self.odd and not data.get("sure"):
            days = ", ".join(self.odd)
            self.add_error(
                "sure",
                _("Kein Arbeitstag im Kanton: %(days)s. Stimmt es trotzdem, setzen Sie das Häkchen.") % {"days": days},
            )
        self._check_rest(data, starts)
        return data

    def _take(self, name: str, time_name: str, moment: dt.datetime, starts: list[dt.datetime]) -> None:
        """One more date, or a sentence beside the field that is wrong."""
        reason = WhenForm.fault(moment)
        if reason is not None:
            self.add_error(name if reason[0] == "day" else time_name, reason[1])
        elif moment in starts:
            self.add_error(name, _("Dieser Termin steht schon weiter oben."))
        else:
            starts.append(moment)
            if not is_working_day(moment.date()):
                self.odd.append(day_words(moment.date()))

    def _check_rest(self, data: dict[str, Any], starts: list[dt.datetime]) -> None:
        by = data.get("answer_by")
        if by and by < clock.today():
            self.add_error("answer_by", _("Dieser Tag ist schon vorbei."))
        elif by and starts and by >= timezone.localdate(min(starts)):
            first = day_words(min(starts))
            self.add_error(
                "answer_by", _("Die Antworten müssen vor dem ersten Termin, dem %(day)s, da sein.") % {"day": first}
            )
        if names_client(data.get("place") or "", self.case):
            self.add_error("place", _("Bitte ohne Namen und ohne Privatadresse der Klientin oder des Klienten."))
