"""The registration on one page: at most ten mandatory answers, the others are found out or proposed (RT-03, RT-06)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, persons
from iiz.core.actor import Actor
from iiz.core.forms.fields import LongText, OfficeName, ShortText
from iiz.core.forms.person import PERSON, PersonForm
from iiz.core.models import Case, Institution, Person, Scan, Vollmacht
from iiz.core.office_names import named

from ..enums import Advice, CriterionCheck
from ..models import CriteriaSet, RoundtableCriterion
from ..models.roundtable import LONG_TEXT
from ..queries import advise, criteria_set, is_met, running_roundtable
from .consent import ConsentForm, ScanField, in_words, recorded
from .scope import Scope, offices

CRITERION = "criterion-"
ANSWERS = (("yes", gettext_lazy("Ja")), ("no", gettext_lazy("Nein")), ("unknown", gettext_lazy("weiss ich nicht")))
MARKS = {Advice.RECOMMENDED: "ok", Advice.DOUBTFUL: "wait", Advice.BILATERAL: "wait"}
NEW_ONE: Any = gettext_lazy("Eine neue Vollmacht festhalten")
REGISTERING = ("registered_office", "registered_text", "registered_contact")
"""The fields that only the coordination office sees: it registers for others (RT-03)."""
BY_OFFICE, BY_US = "office", "us"
"""Who moderates: the coordination office, or the office that registers (RT-22)."""
BY_VOLLMACHT = ("signed_on", "valid_until")


def name_of(criterion: RoundtableCriterion) -> str:
    """The name of the field that asks a criterion."""
    return f"{CRITERION}{criterion.pk}"


def keeps(name: str) -> bool:
    """Whether a draft keeps an answer of this name."""
    return name in RegistrationForm.base_fields or (name.startswith(CRITERION) and len(name) < 30)


class RegistrationForm(ConsentForm, PersonForm):
    """All answers but the list of offices; ``scope`` and ``scan`` come beside."""

    registered_office = OfficeName(
        label=gettext_lazy("Anmeldende Institution"),
        help_text=gettext_lazy("Genau eine; sie wird gezählt. Tippen Sie einen Teil des Namens."),
        required=False,
        conditional=True,
    )
    registered_text = ShortText(
        limit=160,
        label=gettext_lazy("Andere anmeldende Stelle"),
        help_text=gettext_lazy(
            "Wenn sie nicht im Portal ist: So steht sie in der Fussnote der Statistik. Meldet keine Stelle an, "
            "schreiben Sie «Klientin/Klient selbst» oder «Angehörige»."
        ),
        required=False,
        conditional=True,
    )
    registered_contact = ShortText(
        limit=160,
        label=gettext_lazy("Kontaktperson dort"),
        help_text=gettext_lazy("Name und Telefon."),
    )
    vollmacht = forms.ChoiceField(
        label=gettext_lazy("Für diese Person ist schon eine Vollmacht festgehalten"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "Diese Vollmacht gilt heute nicht mehr, oder nicht für diese Person. Bitte wählen Sie neu."
            )
        },
    )
    scan = ScanField()
    moderation = forms.ChoiceField(
        label=gettext_lazy("Wer führt den Roundtable?"),
        choices=(
            (
                BY_OFFICE,
                gettext_lazy(
                    "Die IIZ-Koordinationsstelle: Sie entscheidet über den Start, lädt ein und leitet die Gespräche."
                ),
            ),
            (
                BY_US,
                gettext_lazy(
                    "Unsere Stelle, ohne die Koordinationsstelle: Er startet sofort, wir laden ein und leiten die "
                    "Gespräche. Angaben zur Gesundheit lesen und schreiben wir dabei nur, wenn die Vollmacht sie "
                    "unserer Stelle öffnet. In der Statistik steht er für sich; die Koordinationsstelle sieht ihn und "
                    "kann ihn übernehmen."
                ),
            ),
        ),
        widget=forms.RadioSelect,
        initial=BY_OFFICE,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Bitte wählen Sie, wer den Roundtable führt.")},
    )
    reason = LongText(
        limit=LONG_TEXT,
        label=gettext_lazy("Weshalb braucht es einen Roundtable?"),
        help_text=gettext_lazy(
            "In wenigen Sätzen: Was ist unklar zwischen den Stellen? Keine Diagnosen. Lesen können es die Stellen, für "
            "welche die Vollmacht gilt."
        ),
    )
    wanted = LongText(limit=LONG_TEXT, rows=3, label=gettext_lazy("Was soll sich ändern?"), required=False)
    prior_talk = ShortText(
        limit=300,
        label=gettext_lazy("Haben Sie schon mit der IIZ-Koordinationsstelle gesprochen?"),
        help_text=gettext_lazy("Zum Beispiel: Telefon mit der Koordinationsstelle am 20.11.2026."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        case: Case | None,
        scope: Scope,
        scan: Scan | None,
        known: list[Vollmacht],
        criteria: list[RoundtableCriterion],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.case, self.scope, self.kept, self.known = actor, case, scope, scan, known
        self.person: Person | None = None
        choice: forms.ChoiceField = self.fields["vollmacht"]  # type: ignore[assignment]
        choice.choices = [*((str(row.pk), in_words(row)) for row in known), ("", NEW_ONE)]
        choice.conditional = True  # type: ignore[attr-defined]
        for name in ("registered_office", "add_office"):
            self.fields[name].offices = scope.known  # type: ignore[attr-defined]
        if not actor.is_coordination:
            for name in REGISTERING:
                del self.fields[name]
            self.fields["moderation"].conditional = True  # type: ignore[attr-defined]
        else:
            del self.fields["moderation"]
        if self.chosen is not None:
            for name in BY_VOLLMACHT:
                self.fields[name].required = False
        for row in criteria:
            self.fields[name_of(row)] = forms.ChoiceField(
                label=row.text,
                help_text=row.help_text,
                choices=ANSWERS,
                widget=forms.RadioSelect(attrs={"class": "inline"}),
            )

    @property
    def chosen(self) -> Vollmacht | None:
        """The recorded Vollmacht that is chosen, if it is one of those that hold."""
        typed = str(self.data.get("vollmacht") or "") if self.is_bound else str(self.initial.get("vollmacht") or "")
        return next((row for row in self.known if str(row.pk) == typed), None)

    def clean(self) -> dict[str, Any]:
        """Who registers, on which Vollmacht, and no second Roundtable beside one that runs."""
        data = super().clean()
        if self.actor.is_coordination:
            self._one_registers(data)
        if self.chosen is None:
            self._new_one(data)
        else:
            self._names(self.chosen, data)
        self._refuse_second(data)
        return data

    def _one_registers(self, data: dict[str, Any]) -> None:
        office, text = data.get("registered_office"), data.get("registered_text")
        if self.has_error("registered_office"):
            return
        if office is None and not text:
            self._wants(
                "registered_office", _("Welche Institution meldet an? Ist sie nicht im Portal, nennen Sie sie unten.")
            )
        elif office is not None and text and text.casefold() != office.name.casefold():
            self.add_error(
                "registered_text",
                _("Genau eine Institution meldet an. Lassen Sie dieses Feld leer, oder das Feld darüber."),
            )

    def _new_one(self, data: dict[str, Any]) -> None:
        problem = self.scope.problem()
        if problem:
            self._wants("add_office", problem)
        if self.kept is None:
            self._wants("scan", _("Ohne die unterschriebene Vollmacht bleibt die Anmeldung ein Entwurf."))

    def _wants(self, name: str, sentence: str) -> None:
        if not self.has_error(name):
            self.add_error(name, ValidationError(sentence, code="required"))

    def _names(self, chosen: Vollmacht, data: dict[str, Any]) -> None:
        """The chosen one names whoever registers, and somebody else."""
        named = [line for line in chosen.lines.all() if line.ended_at is None]
        office = data.get("registered_office") if self.actor.is_coordination else self.actor.institution
        if office is not None and office.pk not in {line.institution_id for line in named}:
            words = _("Diese Vollmacht nennt %(office)s nicht. Es braucht eine neue.")
            self.add_error("vollmacht", ValidationError(words % {"office": office.name}, code="not_named"))

    def _refuse_second(self, data: Mapping[str, Any]) -> None:
        """A running Roundtable that the actor may see is named with its link; of others nothing is said."""
        self.person = persons.known_to(self.actor, data)
        running = running_roundtable(self.actor, self.person, beside=self.case) if self.person else None
        if running is not None:
            sentence = _("Für diese Person läuft bereits ein Roundtable:")
            link = format_html('{} <a href="{}">{}</a>', sentence, running.get_absolute_url(), running.number)
            raise ValidationError(link, code="running")


@dataclass(frozen=True)
class Criterion:
    """One criterion as the page shows it: asked, or found out."""

    text: str
    help_text: str
    met: bool | None
    field: BoundField | None = None


@dataclass(frozen=True)
class Sheet:
    """Everything on the page together: the form, the list of offices, and what the criteria say."""

    form: RegistrationForm
    scope: Scope
    criteria: CriteriaSet | None
    scan: Scan | None

    @classmethod
    def of(
        cls, answers: Mapping[str, Any], actor: Actor, case: Case | None, *, judged: bool, scan_error: str = ""
    ) -> Sheet:
        """As typed; ``judged``: with all that is missing or wrong. ``scan_error``: why a file was not taken."""
        found = criteria_set(clock.today())
        asked = [row for row in found.criteria.all() if row.check_by == CriterionCheck.ASKED] if found else []
        scan = scan_of(answers, actor)
        scope = Scope(list(answers.get("lines") or []), registering(answers, actor))
        kwargs: dict[str, Any] = {
            "actor": actor,
            "case": case,
            "scope": scope,
            "scan": scan,
            "known": recorded(actor, persons.known_to(actor, _person(answers))),
            "criteria": asked,
        }
        form = RegistrationForm(dict(answers) if judged else None, initial=dict(answers), **kwargs)
        if judged:
            form.full_clean()
        if scan_error:
            form.errors.pop("scan", None)
            form.add_error("scan", scan_error)
        return cls(form, scope, found, scan)

    @property
    def complete(self) -> bool:
        """Whether it can be submitted."""
        return self.form.is_valid()

    def answers(self) -> dict[str, Any]:
        """What the workflow's ``submit`` takes."""
        data, actor = self.form.cleaned_data, self.form.actor
        names = (*PERSON, *BY_VOLLMACHT, "reason", "wanted", "prior_talk")
        found = {name: data.get(name) for name in names}
        found["registered_office"] = data.get("registered_office") if actor.is_coordination else actor.institution
        found |= {name: data.get(name, "") for name in REGISTERING[1:]}
        found["self_run"] = data.get("moderation") == BY_US
        found["vollmacht"], found["lines"], found["scan"] = self.form.chosen, self.scope.to_lines(), self.scan
        found["criteria_set"] = self.criteria
        found["answers"] = {row: self._given(row) for row in self._criteria()}
        return found

    # What the criteria say ------------------------------------------------------------------------------------------

    def _criteria(self) -> list[RoundtableCriterion]:
        return list(self.criteria.criteria.all()) if self.criteria else []

    def _given(self, row: RoundtableCriterion) -> bool | None:
        if name_of(row) not in self.form.fields:
            return None
        return {"yes": True, "no": False}.get(str(self.form[name_of(row)].value() or ""))

    def offices(self) -> list[Institution]:
        """The institutions that would take part: those that the Vollmacht names."""
        chosen = self.form.chosen
        if chosen is None:
            return self.scope.institutions()
        return [line.institution for line in chosen.lines.all() if line.institution and line.ended_at is None]

    def judged_criteria(self) -> list[Criterion]:
        """Each criterion: what is asked with its field, the others as they were found out."""
        offices, found = self.offices(), []
        for row in self._criteria():
            asked = self.form[name_of(row)] if name_of(row) in self.form.fields else None
            found.append(Criterion(row.text, row.help_text, is_met(row, offices, self._given(row)), asked))
        return found

    def advice(self) -> dict[str, Any] | None:
        """What the criteria say so far: mark, words and why; nothing as long as what is asked is open."""
        rows = self._criteria()
        open_ones = [row for row in rows if name_of(row) in self.form.fields and not self.form[name_of(row)].value()]
        offices = self.offices()
        said = advise([(row, is_met(row, offices, self._given(row))) for row in rows], offices)
        if self.criteria is None or (open_ones and said != Advice.BILATERAL):
            return None
        why = self.criteria.bilateral_note if said == Advice.BILATERAL else ""
        return {"kind": MARKS[Advice(said)], "text": Advice(said).label, "why": why}

    # What is missing ------------------------------------------------------------------------------------------------

    def gaps(self) -> list[dict[str, Any]]:
        """What is missing or wrong, in the order of the page: ``label``, ``text``, ``id`` of the field, ``missing``."""
        found = []
        for name in self.order():
            field = self.form[name]
            errors = field.errors.as_data() if field.errors else []
            if errors:
                missing = all(error.code == "required" for error in errors)
                text = " ".join(str(error) for error in field.errors)
                found.append({"label": str(field.label), "text": text, "id": field.auto_id, "missing": missing})
        general = [{"label": "", "text": error, "id": "", "missing": False} for error in self.form.non_field_errors()]
        return found + general

    def order(self) -> list[str]:
        """The fields in the order of the page."""
        names = (*REGISTERING, *PERSON, "vollmacht", "add_office", "add_name", *BY_VOLLMACHT, "scan")
        first = [name for name in (*names, "moderation", "reason", "wanted", "prior_talk") if name in self.form.fields]
        return first + [name for name in self.form.fields if name not in first]


def _person(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The person as far as what was typed is right."""
    form = PersonForm(dict(answers))
    form.full_clean()
    return form.cleaned_data


def registering(answers: Mapping[str, Any], actor: Actor) -> Institution | None:
    """Whom the Vollmacht must name: the own institution, or the one for which the coordination office writes."""
    if not actor.is_coordination:
        return actor.institution
    typed = str(answers.get("registered_office", "")).strip()
    return named(typed, offices()) if typed else None


def scan_of(answers: Mapping[str, Any], actor: Actor) -> Scan | None:
    """The scan that a draft keeps: one of the own institution that belongs to no Vollmacht yet."""
    key = str(answers.get("scan_kept") or "")
    rows = Scan.objects.filter(institution=actor.institution, vollmacht=None)
    return rows.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 10 else None
