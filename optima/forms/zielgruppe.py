"""A row of the decision table as the coordination office writes it: one answer to each person (GRP-20)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.enums import IvProcedure, StatisticsGroup

from .. import groups
from ..enums import Finding
from ..models import LegalPrecondition, ZielgruppeRule
from .rules import POSITION_HELP, RuleForm


class ZielgruppeForm(RuleForm):
    """One row of the decision table (GRP-A to GRP-I2)."""

    iv_procedures = forms.MultipleChoiceField(
        label=gettext_lazy("IV-Verfahren"),
        choices=IvProcedure.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Alle Stände, in denen die Zeile gilt."),
        error_messages={"required": gettext_lazy("Wählen Sie mindestens einen Stand, sonst trifft die Zeile nie zu.")},
    )
    preconditions = forms.MultipleChoiceField(
        label=gettext_lazy("Rechtsgrundlagen"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Was erfüllt sein muss, damit diese Übergabe offen ist. Festgehalten wird es unter «Rechtsgrundlagen»."
        ),
        error_messages={
            "invalid_choice": gettext_lazy(
                "Die Rechtsgrundlage «%(value)s» ist nicht festgehalten. Tragen Sie sie zuerst ein."
            )
        },
    )

    class Meta:
        model = ZielgruppeRule
        fields = [
            *("code", "zielgruppe", "title", "principal_group", "contractor_group"),
            *("iv_procedures", "ale", "sh", "work_offer", "obstacles"),
            *("preconditions", "barred_while_iv_runs", "position", "valid_from", "valid_until"),
        ]
        widgets = {"title": forms.TextInput(attrs={"class": "vLargeTextField"})}
        help_texts = {
            "code": gettext_lazy("Der Buchstabe der Gruppe, allenfalls mit einer Zahl: «A», «B2»."),
            "title": gettext_lazy("Wen die Zeile meint, in einem Satzteil ohne Abkürzungen."),
            "barred_while_iv_runs": gettext_lazy(
                "Läuft ein IV-Verfahren, entscheidet zuerst die IIZ-Koordinationsstelle; sie kann eine Ausnahme machen."
            ),
            "position": POSITION_HELP,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["preconditions"]
        assert isinstance(field, forms.MultipleChoiceField)
        recorded = dict(LegalPrecondition.objects.order_by("-valid_from").values_list("code", "title"))
        held = {code: _("%(code)s (nicht festgehalten)") % {"code": code} for code in self.instance.preconditions or []}
        field.choices = [(code, title) for code, title in (held | recorded).items()]

    def clean(self) -> dict[str, Any]:
        """Letter, direction, and one answer to each combination of inputs."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        letter, code = data.get("zielgruppe"), data.get("code")
        if letter and code and not (code[0] == letter and (code[1:] == "" or code[1:].isdecimal())):
            self.refuse(
                "code", _("Die Zeile beginnt mit dem Buchstaben ihrer Gruppe, hier «%(letter)s».") % {"letter": letter}
            )
        direction = data.get("principal_group"), data.get("contractor_group")
        if None not in direction:
            if direction == (StatisticsGroup.SH, StatisticsGroup.SH):
                self.refuse("contractor_group", _("Aufträge innerhalb der Sozialhilfe gehören zu keiner Zielgruppe."))
            elif direction not in groups.DIRECTIONS:
                self.refuse("contractor_group", _("Diese beiden Stellen beauftragen sich in Optima nicht."))
        if not self.errors:
            self._check_table(data)
        return data

    def _check_table(self, data: dict[str, Any]) -> None:
        """The row must mean somebody, and nobody whom another row of its time means already."""
        row = ZielgruppeRule(pk=self.instance.pk, **data)
        if all(groups.assign(inputs, [row]).finding != Finding.GROUP for inputs in groups.combinations()):
            sentence = _("Diese Zeile trifft auf niemanden zu: Wo sie zuträfe, sind alle drei Stellen beteiligt.")
            raise ValidationError(sentence)
        for other in ZielgruppeRule.objects.overlapping(row).exclude(code=row.code):
            clash = groups.overlapping(row, other)
            if clash is not None:
                words = _(
                    "Zeile %(code)s gilt in derselben Zeit schon für dieselben Personen, zum Beispiel: %(who)s. Ändern "
                    "Sie eine Bedingung oder den Zeitraum, damit jede Person zu genau einer Zeile gehört."
                )
                raise ValidationError(words % {"code": other.code, "who": in_words(clash)})


INPUT_WORDS: dict[str, tuple[Any, Any]] = {
    "ale": (gettext_lazy("mit Arbeitslosenentschädigung"), gettext_lazy("ohne Arbeitslosenentschädigung")),
    "sh": (gettext_lazy("mit Sozialhilfe"), gettext_lazy("ohne Sozialhilfe")),
    "work_offer": (gettext_lazy("mit intaktem Arbeitsangebot"), gettext_lazy("ohne intaktes Arbeitsangebot")),
    "obstacles": (gettext_lazy("mit Belastungen im Umfeld"), gettext_lazy("ohne Belastungen im Umfeld")),
}


def in_words(inputs: groups.Inputs) -> str:
    """A combination of inputs as people say it."""
    who, whom = (StatisticsGroup(group).label for group in inputs.direction)
    parts = [
        _("%(who)s beauftragt %(whom)s") % {"who": who, "whom": whom},
        _("IV-Verfahren: %(state)s") % {"state": IvProcedure(inputs.iv_procedure).label},
        *(str(yes if getattr(inputs, name) else no) for name, (yes, no) in INPUT_WORDS.items()),
    ]
    return ", ".join(parts)
