"""What the coordination office decides where the table of the target groups does not (GRP-20, CON-44)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.forms.action import ActionForm
from iiz.core.templatetags.ui import day

from .. import phrases, ruling_words
from ..effects import ruling
from ..enums import Verdict
from ..models import ZielgruppeRule
from ..queries import antrag_of
from .fields import LongText

MEANS = {
    Verdict.CLEARED: gettext_lazy("Die angefragte Stelle kann den Antrag annehmen; ob sie es tut, entscheidet sie."),
    Verdict.DECLINED: gettext_lazy(
        "Die angefragte Stelle kann nicht annehmen. Der Auftraggeber zieht den Antrag zurück, oder die Stelle lehnt ab."
    ),
}
"""What follows from each verdict."""


class RuleField(forms.ModelChoiceField):
    """A row of the decision table, or none."""

    def label_from_instance(self, obj: ZielgruppeRule) -> str:
        """``E: mit Sozialhilfe, ohne IV-Verfahren``."""
        return f"{obj.zielgruppe} ({obj.code}): {obj.title}" if obj.code != obj.zielgruppe else str(obj)


class RulingForm(ActionForm):
    """Whether Optima is possible here, in which group, and why; both sides read it."""

    template_name = "optima/ruling_form.html"

    verdict = forms.ChoiceField(label=gettext_lazy("Ihr Entscheid"), choices=Verdict.choices, widget=forms.RadioSelect)
    rule = RuleField(
        ZielgruppeRule.objects.none(),
        label=gettext_lazy("Zielgruppe"),
        required=False,
        empty_label=gettext_lazy("ohne Zielgruppe"),
        help_text=gettext_lazy("Nach der Tabelle vom Tag des Antrags. Sie zählt in der Statistik."),
    )
    ruling = LongText(
        label=gettext_lazy("Begründung"),
        help_text=gettext_lazy("Beide Stellen lesen sie. Bei einem Nein: Was ist der richtige Weg?"),
        limit=2000,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        antrag = antrag_of(self.case)
        self.classification = ruling_words.classification_of(antrag)
        self.findings = [(row, ruling_words.answer(antrag, row)) for row in ruling_words.findings_of(antrag)]
        choice: forms.ChoiceField = self.fields["verdict"]  # type: ignore[assignment]
        meaning = '{}<br><span class="small">{}</span>'
        choice.choices = [
            (value, format_html(meaning, label, MEANS[Verdict(value)])) for value, label in Verdict.choices
        ]
        field: RuleField = self.fields["rule"]  # type: ignore[assignment]
        field.queryset = ruling.open_rows(self.case)
        field.initial = self.classification.rule if self.classification else None
        if self.classification and self.classification.verdict:
            choice.initial = self.classification.verdict

    def clean(self) -> dict[str, Any]:
        """A group only with a yes."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        rule = data.get("rule")
        if rule is not None and data.get("verdict") == Verdict.DECLINED:
            self.add_error("rule", _("Bei einem Nein gibt es keine Zielgruppe. Wählen Sie «ohne Zielgruppe»."))
        return data

    def why(self) -> str:
        """Why this is asked, for the page."""
        row = self.classification
        return row.barred if row and row.barred else _("Sie können die Zuordnung ändern.")

    def told(self) -> list[tuple[str, str]]:
        """What the table was asked and what it answered, without a name."""
        row = self.classification
        if row is None:
            return []
        return [
            (_("Wer beauftragt wen"), phrases.direction(row.inputs)),
            (_("Angaben"), ", ".join(phrases.inputs_in_words(row.inputs))),
            (_("Antwort der Tabelle"), phrases.group_of(row.proposed) if row.proposed else row.get_finding_display()),
            (_("Stand der Tabelle"), day(row.table_version)),
        ]
