"""The form of a view, for offices and for people without an account; and to whom the request goes (RT-09, RT-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import BoundField
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.drafting import in_words
from iiz.core.enums import DataCategory
from iiz.core.forms.fields import LongText, Number, ShortText

from ..enums import IncomeKind
from ..models import LifeArea
from ..models.perspective import AREA_LENGTH
from ..perspectives import PARTS, TEXTS, Given

MOST_ROWS = 8
"""How many rows a list of a view may have."""
PLAIN = {
    "state": gettext_lazy("Wie geht es heute?"),
    "difficulties": gettext_lazy("Was ist schwierig?"),
    "resources": gettext_lazy("Was klappt gut, was hilft?"),
    "open_questions": gettext_lazy("Was soll am Gespräch geklärt werden?"),
}
"""How people are asked who do not work at an office."""


class AreaForm(forms.Form):
    """What somebody says of one life area: nothing is asked for, anything is welcome."""

    state = LongText(limit=AREA_LENGTH, rows=3, required=False, label=gettext_lazy("Wie steht es heute?"))
    difficulties = LongText(limit=AREA_LENGTH, rows=2, required=False, label=gettext_lazy("Schwierigkeiten"))
    resources = LongText(
        limit=AREA_LENGTH, rows=2, required=False, label=gettext_lazy("Ressourcen: was gelingt, was hilft")
    )
    open_questions = LongText(limit=AREA_LENGTH, rows=2, required=False, label=gettext_lazy("Offene Fragen"))

    def __init__(self, *args: Any, plain: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, one in self.fields.items():
            one.conditional = True  # type: ignore[attr-defined]
            if plain:
                one.label = PLAIN[name]


class RowForm(forms.Form):
    """One row of a list; ``beside`` names fields that stand beside the one before."""

    beside: tuple[str, ...] = ()

    def pairs(self) -> list[list[BoundField | None]]:
        """The fields as they stand on the page: alone, or two beside each other."""
        found: list[list[BoundField | None]] = []
        for one in self:
            if one.name in self.beside:
                found[-1][1] = one
            else:
                found.append([one, None])
        return found


class PeriodForm(RowForm):
    """Something that lasts from a day to a day."""

    beside = ("until", "amount")

    def clean(self) -> dict[str, Any]:
        """It ends after it began."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("Das liegt vor dem ersten Tag."))
        return data


class DecisionForm(RowForm):
    """Something that an office has still to decide."""

    text = ShortText(limit=300, label=gettext_lazy("Was ist noch zu entscheiden?"))
    expected_on = forms.DateField(label=gettext_lazy("Erwartet bis"), required=False, widget=forms.DateInput())
    health = forms.BooleanField(label=gettext_lazy("Betrifft die Gesundheit"), required=False)


class SickLeaveForm(PeriodForm):
    """How much somebody cannot work, from when to when."""

    percent = forms.IntegerField(
        label=gettext_lazy("Arbeitsunfähig zu (Prozent)"),
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
        validators=[
            MinValueValidator(1, gettext_lazy("Bitte geben Sie 1 bis 100 Prozent an.")),
            MaxValueValidator(100, gettext_lazy("Bitte geben Sie 1 bis 100 Prozent an.")),
        ],
    )
    since = forms.DateField(label=gettext_lazy("Seit"), widget=forms.DateInput())
    until = forms.DateField(label=gettext_lazy("Bis"), required=False, widget=forms.DateInput())
    note = ShortText(
        limit=300,
        label=gettext_lazy("Bemerkung"),
        required=False,
        help_text=gettext_lazy("Keine Diagnosen."),
    )


class IncomeForm(PeriodForm):
    """From what somebody lives."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Einkommen"), choices=[("", gettext_lazy("Bitte wählen")), *IncomeKind.choices]
    )
    amount = Number(
        label=gettext_lazy("CHF pro Monat"),
        max_digits=8,
        decimal_places=2,
        required=False,
        validators=[MinValueValidator(0, gettext_lazy("Ein Betrag ist nicht kleiner als null."))],
    )
    since = forms.DateField(label=gettext_lazy("Seit"), required=False, widget=forms.DateInput())
    until = forms.DateField(label=gettext_lazy("Bis"), required=False, widget=forms.DateInput())
    note = ShortText(limit=300, label=gettext_lazy("Bemerkung"), required=False)


ROW_FORMS: dict[str, type[forms.Form]] = {
    "decisions": DecisionForm,
    "sick_leaves": SickLeaveForm,
    "incomes": IncomeForm,
}
LABELS = {
    "decisions": gettext_lazy("Hängige Entscheide"),
    "sick_leaves": gettext_lazy("Arbeitsunfähigkeit"),
    "incomes": gettext_lazy("Einkommen"),
}
HINTS = {
    "decisions": gettext_lazy("Was Ihre Stelle noch zu entscheiden hat: Andere planen nichts, was daran scheitert."),
    "sick_leaves": gettext_lazy("Wie viel, seit wann, bis wann. Keine Diagnosen."),
    "incomes": gettext_lazy("Wovon die Person lebt, und was davon bald endet. So weit Sie es wissen."),
}
KINDS = {
    "decisions": DataCategory.MONEY,
    "sick_leaves": DataCategory.HEALTH,
    "incomes": DataCategory.MONEY,
}


@dataclass
class Section:
    """One folded part of the form: a life area with its form, or a list with its rows."""

    name: str
    label: str
    hint: str
    kind: str
    forms: list[forms.Form] = field(default_factory=list)
    more: bool = False
    """Whether a further row is offered."""
    open: bool = False

    @property
    def is_health(self) -> bool:
        """Whether it asks for health data."""
        return self.kind == DataCategory.HEALTH.label

    @property
    def is_list(self) -> bool:
        """Whether it is a list with rows, not a life area."""
        return self.name in PARTS


class ViewSheet:
    """The whole view on one page: built of answers as typed, judged only when they are to be given."""

    def __init__(
        self,
        areas: Iterable[LifeArea],
        answers: Mapping[str, str],
        *,
        plain: bool,
        decisions: bool,
        judge: bool = False,
    ) -> None:
        """``plain``: in words for lay people. ``decisions``: the author may have something to decide."""
        self.judge, self.answers = judge, answers
        self.areas = list(areas)
        self.problem = ""
        self.by_area = {area: self._form(AreaForm, area.code, plain=plain) for area in self.areas}
        self.rows = {
            name: [self._form(ROW_FORMS[name], f"{name}-{place}") for place in range(_count(answers, name, judge))]
            for name in PARTS
            if decisions or name != "decisions"
        }

    def _form(self, form: type[forms.Form], prefix: str, **more: Any) -> forms.Form:
        options: dict[str, Any] = {"prefix": prefix, "empty_permitted": True, "use_required_attribute": False, **more}
        if self.judge:
            return form(self.answers, **options)
        start = len(prefix) + 1
        typed = {name[start:]: text for name, text in self.answers.items() if name.startswith(f"{prefix}-")}
        return form(initial=typed, **options)

    def every(self) -> list[forms.Form]:
        """All forms in their order."""
        return [*self.by_area.values(), *(form for forms_ in self.rows.values() for form in forms_)]

    @property
    def is_valid(self) -> bool:
        """Whether it can be given: nothing wrong, and something said."""
        judged = [form.is_valid() for form in self.every()]
        if all(judged) and not any(form.has_changed() for form in self.every()):
            self.problem = _(
                "Noch steht nirgends etwas. Schreiben Sie zu mindestens einem Bereich einen Satz, oder verzichten Sie "
                "unten auf eine eigene Sicht."
            )
            return False
        return all(judged)

    def problems(self) -> list[dict[str, str]]:
        """What is wrong, each with the part of the page and leading to its field."""
        found = []
        for section in self.sections() if self.judge else []:
            for form in section.forms:
                for one in form:
                    label = f"{section.label}: {one.label}"
                    found += [{"id": one.auto_id, "label": label, "text": str(text)} for text in one.errors]
        return found

    @property
    def given(self) -> Given:
        """What a valid sheet says, without what was left empty."""
        areas = {}
        for area, form in self.by_area.items():
            texts = {name: text.strip() for name, text in form.cleaned_data.items()}
            if any(texts.values()):
                areas[area] = texts
        rows = {
            name: [form.cleaned_data for form in forms_ if form.has_changed()] for name, forms_ in self.rows.items()
        }
        return Given(areas, rows)

    def sections(self) -> list[Section]:
        """The parts of the page; open is the first, and where something stands or is wrong."""
        found = [
            Section(area.code, area.label, area.help_text, str(DataCategory(area.category).label), [form])
            for area, form in self.by_area.items()
        ]
        for name, forms_ in self.rows.items():
            label, kind = str(LABELS[name]), str(KINDS[name].label)
            more = len(forms_) < MOST_ROWS
            found.append(Section(name, label, str(HINTS[name]), kind, forms_, more))
        for place, section in enumerate(found):
            section.open = place == 0 or any(_is_used(form) for form in section.forms)
        return found

    def labelled(self) -> list[tuple[str, str]]:
        """What was typed, as label and value: nothing is lost when it cannot be kept."""
        found = []
        for section in self.sections():
            for form in section.forms:
                for one in form:
                    text = in_words(one, one.value())
                    if text and text != "False":
                        label = f"{section.label} – {one.label}"
                        found.append((label, _("Ja") if one.name == "health" else text))
        return found


def _is_used(form: forms.Form) -> bool:
    return bool(form.errors) if form.is_bound and form.errors else any(form[name].value() for name in form.fields)


def _count(answers: Mapping[str, str], name: str, judge: bool) -> int:
    """How many rows of a list are shown: those that hold something, and an empty one as long as there is room."""
    places = [int(key.split("-")[1]) for key, text in answers.items() if key.startswith(f"{name}-") and text]
    used = max(places, default=-1) + 1
    return used if judge and used else min(used + 1, MOST_ROWS)


def typed_in(posted: QueryDict, areas: Iterable[LifeArea], *, decisions: bool) -> dict[str, str]:
    """What was typed, by name of the field, without what was left empty; unknown names are passed over.

    NUL characters are dropped: PostgreSQL cannot store them.
    """
    names = [f"{area.code}-{text}" for area in areas for text in TEXTS]
    for part, (_model, fields) in PARTS.items():
        if decisions or part != "decisions":
            names += [f"{part}-{place}-{one}" for place in range(MOST_ROWS) for one in fields]
    found = {name: posted.get(name, "").replace("\x00", "") for name in names}
    return {name: text for name, text in found.items() if text.strip()}


def posted_rows(request: HttpRequest) -> list[tuple[str, str]]:
    """What somebody typed whose page closed meanwhile, as label and value; nothing of the case is asked for that."""
    codes = dict.fromkeys(name.rpartition("-")[0] for name in request.POST if name.rpartition("-")[2] in TEXTS)
    areas = list({area.code: area for area in LifeArea.objects.filter(code__in=list(codes))}.values())
    answers = typed_in(request.POST, areas, decisions=True)
    return ViewSheet(areas, answers, plain=True, decisions=True).labelled()
