"""The whole Antrag on one page: answers, goals, checklist, and what the rules of the day say of them (OP-04, UX-08)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.enums import OPTIMA_GROUPS, IvProcedure
from iiz.core.models import Case, Institution

from .. import rulebook
from ..criteria.facts import RUNNING, Facts
from ..criteria.judge import Judgement, Result
from ..enums import ASKED, CriterionCheck, CriterionWeight
from ..models import Goal
from ..phrases import Point, point
from .antrag import BENEFITS, FACTS, PERSON, AntragForm
from .criteria import ENTITLED, OBSTACLES, CriteriaForm, name_of, reason_of

MOST_GOALS = 10
PENDING = ("iv_clarification_open", "iv_measure_running", "iv_appeal_open", "iv_pension_open")
DECIDES: dict[str, tuple[str, ...]] = {
    CriterionCheck.IV_SETTLED: PENDING,
    CriterionCheck.IV_DAMAGE: ("iv_damage_suspected",),
    CriterionCheck.IV_REFUSAL: ("iv_refused_on",),
    CriterionCheck.RAV_PAUSE: ("rav_registered_on",),
}
"""The answers that a check looks at."""


class GoalForm(forms.Form):
    """One goal and by what one will see that it is reached (UX-07)."""

    text = forms.CharField(label=capfirst(Goal._meta.get_field("text").verbose_name), max_length=500)
    expected_result = forms.CharField(
        label=capfirst(Goal._meta.get_field("expected_result").verbose_name), max_length=500
    )


GoalFormSet = forms.formset_factory(GoalForm, extra=0, min_num=1, max_num=MOST_GOALS, absolute_max=MOST_GOALS)


def goal_data(goals: list[Mapping[str, str]]) -> dict[str, Any]:
    """The goals of a draft as a formset reads them."""
    rows = goals or [{}]
    data: dict[str, Any] = {"goals-TOTAL_FORMS": len(rows), "goals-INITIAL_FORMS": 0}
    for place, goal in enumerate(rows):
        for name in GoalForm.base_fields:
            data[f"goals-{place}-{name}"] = goal.get(name, "")
    return data


@dataclass(frozen=True)
class Fact:
    """A further answer about IV or RAV; ``shown``: whether it counts as things stand."""

    field: BoundField
    shown: bool = True


@dataclass(frozen=True)
class Sheet:
    """Form, goals and checklist of one Antrag together; ``judgement`` is ``None`` as long as no office is chosen."""

    form: AntragForm
    goals: Any
    criteria: CriteriaForm
    judgement: Judgement | None = None

    @classmethod
    def shown(
        cls, answers: Mapping[str, Any], actor: Actor, principal: Institution, case: Case | None, judged: Sheet
    ) -> Sheet:
        """As typed, without complaints; ``judged`` is the same with them."""
        known = judged.form.offices
        form = AntragForm(initial=dict(answers), actor=actor, principal=principal, case=case, offices=known)
        goals = GoalFormSet(initial=answers.get("goals") or [], prefix="goals")
        criteria = CriteriaForm(judged.criteria.book, principal.statistics_group, answers)
        return cls(form, goals, criteria, judged.judgement)

    @classmethod
    def judged(cls, answers: Mapping[str, Any], actor: Actor, principal: Institution, case: Case | None) -> Sheet:
        """As typed, with all that is missing, wrong, or against the rules of today."""
        form = AntragForm(dict(answers), actor=actor, principal=principal, case=case)
        goals = GoalFormSet(goal_data(answers.get("goals") or []), prefix="goals")
        form.full_clean()
        goals.full_clean()
        group = principal.statistics_group
        criteria = CriteriaForm(_book(form), group, answers, judged=True)
        criteria.full_clean()
        criteria.want_again()
        if criteria.book is None:
            return cls(form, goals, criteria)
        judgement = criteria.book.judge(_facts(form, criteria, group))
        for one in judgement.contradictions:
            if one.name in form.fields and not form.has_error(one.name):
                form.add_error(one.name, ValidationError(one.sentence, code="contradiction"))
        criteria.want_reasons(judgement)
        return cls(form, goals, criteria, judgement)

    @property
    def complete(self) -> bool:
        """Whether it can be submitted."""
        valid = self.form.is_valid() and self.goals.is_valid() and self.criteria.is_valid()
        return valid and not self.hindrances()

    def answers(self) -> dict[str, Any]:
        """What the workflow's ``submit`` takes."""
        goals = [form.cleaned_data for form in self.goals.forms if form.cleaned_data]
        return {
            **self.form.answers(),
            "goals": goals,
            "criteria": self.criteria.answers(),
            "reasons": self.criteria.reasons(),
            "obstacles": self.criteria.obstacles(),
            "wsh_entitled": self.criteria.wsh_entitled(),
        }

    # The further answers --------------------------------------------------------------------------------------

    def deciding(self) -> list[Fact]:
        """The answers on which a condition of the chosen office depends: they stand open on the page."""
        data = self.judgement.facts if self.judgement is not None else Facts()
        found = []
        for name in self._deciding():
            field = self.form[name]
            shown = _counts(name, data) or bool(field.errors) or bool(field.value())
            found.append(Fact(field, shown))
        return found

    def further(self) -> list[BoundField]:
        """The other answers about IV and RAV, for whoever knows them."""
        first = {"iv_procedure", *self._deciding()}
        return [self.form[name] for name in FACTS if name not in first]

    def _deciding(self) -> list[str]:
        checks = [row.check_by for row in self.criteria.criteria if row.weight != CriterionWeight.ADVISORY]
        checks += [row.check_by for row in self.criteria.criteria if row.check_by == CriterionCheck.RAV_PAUSE]
        names = {name for check in checks for name in DECIDES.get(check, ())}
        return [name for name in FACTS if name in names]

    # What is missing, wrong or against the rules --------------------------------------------------------------

    def gaps(self) -> list[dict[str, Any]]:
        """What is missing or wrong, in the order of the page: ``label``, ``text``, ``id`` of the field, ``missing``.

        The five benefits count as one answer; their row leads to the first that is missing.
        """
        found: dict[str, dict[str, Any]] = {}
        goals = (field for form in self.goals.forms for field in form)
        for field in (*self.form, *self.criteria, *goals):
            errors = field.errors.as_data() if field.errors else []
            if not errors:
                continue
            missing = all(error.code == "required" for error in errors)
            name, label, text = field.html_name, field.label, " ".join(field.errors)
            if name in BENEFITS and missing:
                name, label, text = "benefits", _("Leistungen"), self._benefits_missing()
            found.setdefault(name, {"label": str(label), "text": text, "id": field.auto_id, "missing": missing})
        order = [*ORDER, *(key for key in found if key not in ORDER)]
        rows = [found[key] for key in order if key in found]
        general = [{"label": "", "text": error, "id": "", "missing": False} for error in self.form.non_field_errors()]
        return rows + general

    def _benefits_missing(self) -> str:
        number = sum(self.form.has_error(name, "required") for name in BENEFITS)
        return _("Bei %(n)s von %(all)s Fragen fehlt Ja oder Nein.") % {"n": number, "all": len(BENEFITS)}

    def hindrances(self) -> list[Point]:
        """What law and hard criteria have against it, each with the field to look at (NFR-08)."""
        if self.judgement is None:
            return []
        locks = [Point(lock.title, lock.sentence, target="id_contractor") for lock in self.judgement.closed]
        return locks + [point(row, self._target(row)) for row in self.judgement.blocking]

    def problems(self) -> list[dict[str, Any]]:
        """All that keeps it from being submitted, for the summary at the top of the page."""
        against = [{"label": row.title, "text": row.sentence, "id": row.target} for row in self.hindrances()]
        return self.gaps() + against

    def _target(self, row: Result) -> str:
        """The id of the field that answers a criterion."""
        criterion = row.criterion
        if criterion.check_by in ASKED:
            return f"id_{name_of(criterion)}"
        if criterion.weight == CriterionWeight.EXCEPTION:
            return f"id_{reason_of(criterion)}"
        if criterion.check_by in DECIDES:
            names = DECIDES[criterion.check_by]
            facts = self.judgement.facts if self.judgement is not None else Facts()
            return f"id_{next((name for name in names if getattr(facts, name)), names[0])}"
        if criterion.check_by == CriterionCheck.OBSTACLES:
            return f"id_{OBSTACLES}"
        return f"id_{ENTITLED}" if self.criteria.asks_entitled else "id_contractor"


def _book(form: AntragForm) -> rulebook.Rulebook | None:
    """The rules of today for the office named, else for the kind chosen."""
    contractor = form.cleaned_data.get("contractor")
    group = contractor.statistics_group if contractor else form.cleaned_data.get("contractor_group")
    return rulebook.read(group, clock.today(), contractor) if group in OPTIMA_GROUPS else None


def _facts(form: AntragForm, criteria: CriteriaForm, principal_group: str) -> Facts:
    """What the answers so far say; what is missing or wrong is not said."""
    assert criteria.book is not None  # asked only with rules
    return Facts.of(
        form.cleaned_data,
        principal_group=principal_group,
        contractor_group=criteria.book.contractor_group,
        answers=criteria.answers(),
        obstacles=frozenset(row.code for row in criteria.obstacles()),
        wsh_entitled=criteria.wsh_entitled(),
    )


def _counts(name: str, facts: Facts) -> bool:
    """Whether an answer matters beside the state of the IV procedure."""
    if name == "iv_damage_suspected":
        return facts.iv_procedure not in RUNNING
    return name not in PENDING or facts.iv_procedure != IvProcedure.NONE


ORDER = (
    *PERSON,
    "contractor",
    "prior_contact",
    "benefits",
    *BENEFITS,
    *FACTS,
    "goals-0-text",
    "goals-0-expected_result",
    "situation",
    "months",
    "planned_months",
    "second_contact",
    "agreed_on",
)
