"""The answers of the Antrag (OP-04, UX-01): at most twelve mandatory ones, the benefit snapshot being one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.actor import Actor
from iiz.core.enums import OPTIMA_GROUPS, IvProcedure, StatisticsGroup
from iiz.core.forms.person import PERSON, AhvNumber, PersonForm
from iiz.core.models import BenefitSnapshot, Case, CriteriaFacts, Institution, Municipality

from ..queries import contact_of, contractors_for, running_application
from .fields import HTMX_OFFICE, LongText, MonthNumber, OfficeName, PastDate, YesNo

BENEFITS = BenefitSnapshot.QUESTIONS
FACTS = (
    "iv_procedure",
    "iv_refused_on",
    "iv_clarification_open",
    "iv_measure_running",
    "iv_appeal_open",
    "iv_pension_open",
    "iv_damage_suspected",
    "partial_pension",
    "aids",
    "rav_registered_on",
)
MONTHS = (
    ("3", gettext_lazy("3 Monate")),
    ("6", gettext_lazy("6 Monate")),
    ("other", gettext_lazy("andere Dauer")),
)
USUAL_MONTHS = "6"
"""Preset (OP-21, CON-08): the office may set another one."""

GROUP_CHOICES = {
    StatisticsGroup.IV: gettext_lazy("IV-Stelle"),
    StatisticsGroup.RAV: gettext_lazy("RAV"),
    StatisticsGroup.SH: gettext_lazy("Sozialdienst oder SoBZ"),
}


def _verbose(model: Any, name: str) -> Any:
    return capfirst(model._meta.get_field(name).verbose_name)


def _benefit(name: str) -> YesNo:
    return YesNo(label=_verbose(BenefitSnapshot, name))


def _fact(name: str) -> YesNo:
    return YesNo(label=_verbose(CriteriaFacts, name), required=False)


class Preset(forms.ChoiceField):
    """A choice that begins with the ordinary answer: neither mandatory nor voluntary, and never empty."""

    conditional = True

    def clean(self, value: Any) -> str:
        """What was chosen; what is preset where a page did not send it."""
        return super().clean(value) or str(self.initial)


class AntragForm(PersonForm):
    """All answers of the Antrag but the goals. ``cleaned_data`` is not yet what ``submit`` takes: see ``answers``."""

    ahv_number = AhvNumber()
    municipality = forms.ModelChoiceField(
        Municipality.objects.all(),
        label=gettext_lazy("Wohngemeinde"),
        required=False,
        empty_label=gettext_lazy("nicht bekannt oder ausserhalb des Kantons"),
        help_text=gettext_lazy("Daraus schlagen wir die zuständige Stelle vor."),
        widget=forms.Select(attrs=HTMX_OFFICE),
    )

    contractor_group = forms.ChoiceField(
        label=gettext_lazy("Art der Stelle"),
        help_text=gettext_lazy("Dann zeigen wir die zuständige Stelle, was sie voraussetzt und was es kostet."),
        required=False,
        widget=forms.RadioSelect(attrs=HTMX_OFFICE),
    )
    contractor = OfficeName(
        label=gettext_lazy("Stelle"),
        help_text=gettext_lazy("Tippen Sie einen Teil des Namens, dann erscheint die Liste."),
    )
    prior_contact = forms.CharField(
        label=gettext_lazy("Haben Sie schon mit der Stelle gesprochen?"),
        help_text=gettext_lazy("Zum Beispiel: Telefon mit der Ansprechperson am 20.11.2026."),
        max_length=300,
        required=False,
    )

    social_counselling = _benefit("social_counselling")
    wsh = _benefit("wsh")
    job_seeker = _benefit("job_seeker")
    ale = _benefit("ale")
    iv_counselling = _benefit("iv_counselling")

    situation = LongText(
        label=gettext_lazy("Ausgangslage"),
        help_text=gettext_lazy(
            "Was bisher geschah, was die Person kann, was hindert. Keine Diagnosen: Angaben zur Gesundheit nur, "
            "soweit die andere Stelle sie für ihre Arbeit braucht."
        ),
    )
    months = Preset(
        label=gettext_lazy("Geplante Dauer"),
        choices=MONTHS,
        initial=USUAL_MONTHS,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Verlängert wird nur in einem Standortgespräch."),
    )
    planned_months = MonthNumber(
        label=gettext_lazy("Wenn andere Dauer: Anzahl Monate"),
        required=False,
        min_value=1,
        max_value=36,
        widget=forms.NumberInput(attrs={"class": "short", "min": 1, "max": 36}),
    )

    iv_procedure = forms.ChoiceField(
        label=_verbose(CriteriaFacts, "iv_procedure"),
        choices=IvProcedure.choices,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
        help_text=gettext_lazy("Eine frühere Anmeldung, welche die IV abgelehnt hat, zählt als «kein Verfahren»."),
    )
    iv_refused_on = PastDate(label=_verbose(CriteriaFacts, "iv_refused_on"), required=False)
    iv_clarification_open = _fact("iv_clarification_open")
    iv_measure_running = _fact("iv_measure_running")
    iv_appeal_open = _fact("iv_appeal_open")
    iv_pension_open = _fact("iv_pension_open")
    iv_damage_suspected = _fact("iv_damage_suspected")
    partial_pension = _fact("partial_pension")
    aids = _fact("aids")
    rav_registered_on = PastDate(label=_verbose(CriteriaFacts, "rav_registered_on"), required=False)

    second_contact = forms.CharField(
        label=gettext_lazy("Zweite Kontaktperson bei Ihnen"),
        help_text=gettext_lazy("Wer antwortet, wenn Sie abwesend sind: Name und Telefon."),
        max_length=160,
        widget=forms.TextInput(attrs={"list": "kolleginnen", "autocomplete": "off"}),
    )
    agreed_on = PastDate(
        label=gettext_lazy("Die Klientin oder der Klient ist einverstanden seit"),
        help_text=gettext_lazy(
            "Die Teilnahme ist freiwillig. Das Einverständnis kann jederzeit ohne Nachteil zurückgezogen werden."
        ),
    )

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        principal: Institution,
        case: Case | None = None,
        offices: Iterable[Institution] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.principal, self.case = actor, principal, case
        office: OfficeName = self.fields["contractor"]  # type: ignore[assignment]
        office.offices = list(contractors_for(principal) if offices is None else offices)
        groups = [group for group in OPTIMA_GROUPS if group != principal.statistics_group or group == "SH"]
        kind: forms.ChoiceField = self.fields["contractor_group"]  # type: ignore[assignment]
        kind.choices = [(group.value, GROUP_CHOICES[group]) for group in groups]
        for name in ("contractor_group", "contractor", "municipality"):
            self.fields[name].widget.attrs["hx-post"] = reverse_lazy("optima:office")

    @property
    def offices(self) -> list[Institution]:
        """Who may be asked."""
        return self.fields["contractor"].offices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Months as a number, no day before birth, no second Antrag beside a running one."""
        data = super().clean() or self.cleaned_data
        if data.get("months") in ("3", "6"):
            data["planned_months"] = int(data["months"])
        elif data.get("months") == "other" and not data.get("planned_months") and not self.has_error("planned_months"):
            self.add_error("planned_months", ValidationError(_("Wie viele Monate sind geplant?"), code="required"))
        born = data.get("birth_date")
        for name in ("agreed_on", "iv_refused_on", "rav_registered_on"):
            day = data.get(name)
            if born and day and day < born:
                self.add_error(
                    name, ValidationError(_("Dieses Datum liegt vor dem Geburtsdatum."), code="before_birth")
                )
        self._refuse_second(data)
        return data

    def _refuse_second(self, data: Mapping[str, Any]) -> None:
        """A running Antrag that the actor may see is named with its link; of others nothing is said."""
        contractor, number = data.get("contractor"), data.get("ahv_number")
        if not contractor or not number:
            return
        running = running_application(self.actor, number, contractor, beside=self.case)
        if running is not None:
            sentence = _("Für diese Person läuft bei dieser Stelle bereits ein Antrag:")
            link = format_html('{} <a href="{}">{}</a>', sentence, running.get_absolute_url(), running.number)
            raise ValidationError(link, code="running")

    def answers(self) -> dict[str, Any]:
        """What the workflow's ``submit`` takes, without the goals; call after ``is_valid``."""
        data = self.cleaned_data
        names = (*PERSON, *BENEFITS, "contractor", "planned_months", "second_contact", "situation")
        found = {name: data.get(name) for name in (*names, "prior_contact", "agreed_on")}
        found["contact_person"] = contact_of(data["contractor"], timezone.localdate())
        found["facts"] = {name: data[name] for name in FACTS if data.get(name) not in (None, "")}
        return found
