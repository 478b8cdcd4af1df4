"""The admission criteria of the office that is asked, as a checklist (ALV-01 to -08, IV-01 to -03, SH-02 to -04).

Nothing of it is mandatory: what is not answered is open. Answers stand under the key of the criterion, so that a
criterion that was replaced by a new version is asked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.enums import LeadCapabilityLevel

from .. import phrases
from ..criteria.judge import Judgement, Result
from ..enums import ASKED, CriterionAnswer, CriterionCheck, CriterionWeight
from ..models import AdmissionCriterion, Antrag, Obstacle
from ..rulebook import Rulebook
from .fields import LongText, YesNo

NAMES = re.compile(r"(criterion|reason)-([1-9]\d{0,8})")
"""The fields of single criteria: kind and key."""
OBSTACLES, ENTITLED = "obstacles", "wsh_entitled"
SAID = (CriterionAnswer.YES, CriterionAnswer.NO)
CHANGED = gettext_lazy("Diese Voraussetzung wurde geändert, bitte noch einmal antworten")
REASON_LIMIT = 2000


def name_of(criterion: AdmissionCriterion) -> str:
    """The field in which a criterion is answered."""
    return f"criterion-{criterion.pk}"


def reason_of(criterion: AdmissionCriterion) -> str:
    """The field in which an exception from a criterion is justified."""
    return f"reason-{criterion.pk}"


class ObstaclesField(forms.MultipleChoiceField):
    """Burdens in somebody's surroundings, cleaned to the rows of the day (SH-02)."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("Eine dieser Belastungen gilt heute nicht mehr. Bitte wählen Sie noch einmal.")
    }

    def __init__(self, rows: Iterable[Obstacle], **kwargs: Any) -> None:
        self.rows = {str(row.pk): row for row in rows}
        super().__init__(
            choices=[(key, _labelled(row)) for key, row in self.rows.items()],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            **kwargs,
        )

    def to_python(self, value: Any) -> list[str]:
        """The keys; a code stands for the row of the day."""
        keys = {row.code: key for key, row in self.rows.items()}
        return [keys.get(text, text) for text in super().to_python([one for one in value or [] if one])]

    def prepare_value(self, value: Any) -> Any:
        """The same for what is shown."""
        return self.to_python(value) if isinstance(value, list) else value

    def chosen(self, value: Any) -> list[Obstacle]:
        """The rows that are chosen, without those of another day."""
        return [self.rows[key] for key in self.to_python(value) if key in self.rows]


def _labelled(row: Obstacle) -> Any:
    if not row.help_text:
        return row.label
    return format_html('{}<br><span class="small">{}</span>', row.label, row.help_text)


@dataclass(frozen=True)
class Line:
    """One criterion on the page: asked with its field, or found out with its mark.

    ``changed``: an answer to an earlier version of it stands in the draft.
    """

    criterion: AdmissionCriterion
    field: BoundField | None = None
    result: Result | None = None
    changed: bool = False

    @property
    def status(self) -> phrases.Mark | None:
        """How far it is met, where the answers elsewhere on the page say so."""
        return phrases.status_of(self.result) if self.result is not None else None


class CriteriaForm(forms.Form):
    """The criteria of a rulebook with the answers of a draft; empty as long as no office is chosen."""

    def __init__(
        self, book: Rulebook | None, principal_group: str, typed: Mapping[str, Any], *, judged: bool = False
    ) -> None:
        self.book, self.typed = book, typed
        rows = book.criteria if book is not None else []
        self.criteria = [row for row in rows if row.principal_group in ("", principal_group)]
        self.changed = self._changed()
        fields = self._fields()
        given = {name: self._given(name) for name in fields}
        super().__init__(given if judged else None, initial=given)
        self.fields.update(fields)

    def _fields(self) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {}
        for row in self.criteria:
            if row.check_by in ASKED:
                found[name_of(row)] = forms.ChoiceField(
                    label=row.heading,
                    choices=CriterionAnswer.choices,
                    widget=forms.RadioSelect(attrs={"class": "inline"}),
                    required=False,
                )
            elif row.check_by == CriterionCheck.OBSTACLES and self.book is not None:
                found[OBSTACLES] = ObstaclesField(self.book.obstacles, label=row.heading, help_text=row.text)
            if row.weight == CriterionWeight.EXCEPTION:
                found[reason_of(row)] = LongText(
                    label=_("Weshalb soll es trotzdem möglich sein?"),
                    limit=REASON_LIMIT,
                    rows=3,
                    required=False,
                    conditional=True,
                )
        if self.asks_entitled:
            column: Any = Antrag._meta.get_field(ENTITLED)
            found[ENTITLED] = YesNo(label=capfirst(column.verbose_name), required=False)
        return found

    def _given(self, name: str) -> Any:
        value = self.typed.get(name, "")
        if name.startswith("criterion-"):
            # Of a changed criterion nothing is chosen yet: «noch offen» is an answer like the others.
            return value if value in CriterionAnswer.values else "" if name in self.changed else CriterionAnswer.OPEN
        if name == OBSTACLES:
            return value if isinstance(value, list) else []
        return value

    @property
    def asks_entitled(self) -> bool:
        """Whether a claim to economic help counts that is not drawn yet (SH-04, CON-15)."""
        capability = self.book.capability if self.book is not None else None
        return capability is not None and capability.level == LeadCapabilityLevel.WSH_ONLY

    # What was answered ----------------------------------------------------------------------------------------

    def answers(self) -> dict[str, str]:
        """Per code of a criterion that is asked: yes, no or open."""
        rows = (row for row in self.criteria if row.check_by in ASKED)
        return {row.code: self._given(name_of(row)) or CriterionAnswer.OPEN for row in rows}

    def reasons(self) -> dict[str, str]:
        """Per code of a criterion with exceptions: the reason for one."""
        rows = (row for row in self.criteria if row.weight == CriterionWeight.EXCEPTION)
        return {row.code: str(self._given(reason_of(row))).strip() for row in rows}

    def obstacles(self) -> list[Obstacle]:
        """The burdens that are chosen."""
        field = self.fields.get(OBSTACLES)
        return field.chosen(self._given(OBSTACLES)) if isinstance(field, ObstaclesField) else []

    def wsh_entitled(self) -> bool | None:
        """Whether there is a claim to economic help; ``None`` where that is not asked or not said."""
        said = self._given(ENTITLED) if ENTITLED in self.fields else ""
        return {"yes": True, "no": False}.get(said)

    # What stands on the page ----------------------------------------------------------------------------------

    def asked(self) -> list[Line]:
        """The criteria with a field of their own, in their order."""
        lines = []
        for row in self.criteria:
            name = OBSTACLES if row.check_by == CriterionCheck.OBSTACLES else name_of(row)
            if name in self.fields:
                lines.append(Line(row, self[name], changed=name in self.changed))
        return lines

    def _changed(self) -> frozenset[str]:
        """The fields of criteria of which the draft answers an earlier version only (NFR-08)."""
        known = {row.pk for row in self.criteria}
        said = (NAMES.fullmatch(name) for name, value in self.typed.items() if value in SAID)
        keys = {int(name[2]) for name in said if name and name[1] == "criterion"} - known
        if not keys or self.book is None:
            return frozenset()
        rows = AdmissionCriterion.objects.filter(pk__in=keys, contractor_group=self.book.contractor_group)
        earlier = frozenset(rows.values_list("code", flat=True))
        names = (name_of(row) for row in self.criteria if row.check_by in ASKED and row.code in earlier)
        return frozenset(name for name in names if self.typed.get(name) not in CriterionAnswer.values)

    def want_again(self) -> None:
        """Stop at each criterion that was replaced since it was answered: nobody answered what it asks now."""
        for name in sorted(self.changed):
            self.add_error(name, ValidationError(CHANGED, code="changed"))

    def found(self, judgement: Judgement | None) -> list[Line]:
        """The criteria that the answers elsewhere on the page decide."""
        results = judgement.results if judgement is not None else ()
        own = {*ASKED, CriterionCheck.OBSTACLES}
        return [Line(row.criterion, result=row) for row in results if row.criterion.check_by not in own]

    def notes(self) -> list[AdmissionCriterion]:
        """What is only to be read."""
        return [row for row in self.criteria if row.check_by == CriterionCheck.NOTE]

    def conditional(self, judgement: Judgement | None) -> list[tuple[BoundField, bool]]:
        """Fields that are asked only where another answer makes them count, and whether they are."""
        asking = {reason_of(row.criterion) for row in judgement.exceptions} if judgement is not None else set()
        if judgement is not None and not judgement.facts.wsh:
            asking.add(ENTITLED)
        names = [name for name in self.fields if name.startswith("reason-") or name == ENTITLED]
        return [(self[name], name in asking or self.has_error(name)) for name in names]

    def kept(self) -> list[tuple[str, str]]:
        """Answers that belong to another kind of office or an earlier version, for hidden fields: nothing gets lost."""
        names = [name for name in self.typed if NAMES.fullmatch(name) or name in (OBSTACLES, ENTITLED)]
        hidden = [(name, self.typed[name]) for name in names if name not in self.fields]
        hidden = [(name, value) for name, value in hidden if value != CriterionAnswer.OPEN]
        single = [(name, value) for name, value in hidden if isinstance(value, str)]
        return single + [(name, one) for name, value in hidden if isinstance(value, list) for one in value]

    def want_reasons(self, judgement: Judgement) -> None:
        """Ask beside its field for each reason that an exception needs (IV-03)."""
        reasons = self.reasons()
        for row in judgement.exceptions:
            if not reasons.get(row.criterion.code):
                sentence = _("%(why)s Eine Ausnahme braucht eine Begründung.") % {"why": row.sentence}
                self.add_error(reason_of(row.criterion), ValidationError(sentence, code="required"))


def keep(answers: dict[str, Any], posted: Any) -> None:
    """Take the answers of a checklist out of a posted form into a draft, as typed; «noch offen» is one of them.

    Answers to criteria that the page did not show stay: of another kind of office, or of an earlier version.
    """
    for name in posted:
        found = NAMES.fullmatch(name)
        if found is None:
            continue
        text = str(posted[name]).replace("\x00", "")
        if found[1] == "criterion" and text not in CriterionAnswer.values:
            text = ""
        if not text:
            answers.pop(name, None)
        elif name in answers or sum(bool(NAMES.fullmatch(kept)) for kept in answers) < MOST_ANSWERS:
            answers[name] = text
    if OBSTACLES in posted:
        chosen = [text.replace("\x00", "")[:60] for text in posted.getlist(OBSTACLES) if text]
        answers[OBSTACLES] = chosen[:MOST_ANSWERS]
    if ENTITLED in posted:
        answers[ENTITLED] = str(posted[ENTITLED]).replace("\x00", "")[:10]


def is_open(name: str, value: Any) -> bool:
    """Whether this is the answer «noch offen» to a criterion."""
    return value == CriterionAnswer.OPEN and bool(NAMES.fullmatch(name))


MOST_ANSWERS = 100
"""More criteria than any canton has: what is posted beyond is nonsense."""
