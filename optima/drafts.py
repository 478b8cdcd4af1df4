"""The answers of a draft on their way between page and database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import drafting
from iiz.core.actor import Actor
from iiz.core.blocks import Block, Row, filled
from iiz.core.enums import OPTIMA_GROUPS
from iiz.core.models import Case, Institution, Municipality, Person
from iiz.core.office_names import named

from .forms import criteria
from .forms.antrag import BENEFITS, FACTS, PERSON, USUAL_MONTHS, AntragForm
from .forms.sheet import MOST_GOALS, GoalForm, Sheet
from .queries import contact_of, contractors_for, proposed_contractor

Answers = dict[str, Any]


def first_answers(actor: Actor) -> Answers:
    """What a new Antrag begins with: the institution's contact person as second contact, if that is not I."""
    contact = contact_of(actor.institution, timezone.localdate())
    if contact is None or contact.user_id == actor.user.pk:
        return {}
    return {"second_contact": f"{contact.name}, {contact.phone}".strip(", ")}


def merge(stored: Mapping[str, Any], posted: QueryDict) -> Answers:
    """The stored answers with those that were posted; what a page did not send stays.

    NUL characters are dropped: PostgreSQL cannot store them.
    """
    answers = drafting.typed(stored)
    for name in AntragForm.base_fields:
        if name in posted:
            answers[name] = str(posted[name]).replace("\x00", "")
    criteria.keep(answers, posted)
    count = posted.get("goals-TOTAL_FORMS", "")
    if count.isdecimal():
        answers["goals"] = [
            {name: posted.get(f"goals-{place}-{name}", "").replace("\x00", "") for name in GoalForm.base_fields}
            for place in range(min(int(count), MOST_GOALS))
        ]
    return answers


def is_blank(answers: Mapping[str, Any], actor: Actor) -> bool:
    """Whether nothing was typed yet: no draft is begun for that."""
    given = {"months": USUAL_MONTHS, **first_answers(actor)}
    for name, value in answers.items():
        if name == "goals":
            if any(text.strip() for goal in value for text in goal.values()):
                return False
        elif criteria.is_open(name, value):
            continue
        elif value and str(value).strip() and value != given.get(name):
            return False
    return True


def add_goal(answers: Answers) -> None:
    """One more empty goal, up to the most that a case may have."""
    goals = answers.get("goals") or [{}]
    answers["goals"] = [*goals, {}][:MOST_GOALS]


def remove_goal(answers: Answers, place: str) -> None:
    """Take one goal away; an unknown place changes nothing."""
    goals = answers.get("goals") or []
    if place.isdecimal() and int(place) < len(goals):
        answers["goals"] = [goal for position, goal in enumerate(goals) if position != int(place)]


def take_person(answers: Answers, person: Person) -> None:
    """Fill in what is known of a person; answers that the record does not have stay.

    A municipality chosen before anybody was named stays too: the office was found by it (ACT-07).
    """
    placed = bool(answers.get("municipality") and not answers.get("ahv_number"))
    drafting.take_person(answers, person, [name for name in PERSON if not (placed and name == "municipality")])


def municipality_of(answers: Mapping[str, Any]) -> Municipality | None:
    """The municipality chosen, if it is one."""
    number = str(answers.get("municipality", ""))
    return Municipality.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 9 else None


def contractor_of(answers: Mapping[str, Any], principal: Institution) -> Institution | None:
    """The institution named, if it may be asked."""
    typed = str(answers.get("contractor", "")).strip()
    return named(typed, contractors_for(principal)) if typed else None


def settle_office(answers: Answers, principal: Institution, changed: str) -> tuple[Institution | None, str]:
    """Bring kind and name of the contractor in line after ``changed`` (the field's name), and propose one.

    Naming an office sets its kind; choosing a kind proposes the office that answers for it (ACT-03, ACT-07).
    Returns the proposal and the way it was found.
    """
    contractor = contractor_of(answers, principal)
    group = str(answers.get("contractor_group", ""))
    if contractor is not None and (changed == "contractor" or not group):
        group = answers["contractor_group"] = contractor.statistics_group
    if group not in OPTIMA_GROUPS:
        return None, ""
    office, mode = proposed_contractor(group, municipality_of(answers), timezone.localdate())
    if office is not None and not contractors_for(principal).filter(pk=office.pk).exists():
        office = None
    wrong = contractor is not None and contractor.statistics_group != group
    if wrong or (changed == "contractor_group" and contractor is None) or not answers.get("contractor"):
        answers["contractor"] = office.name if office else ""
    return office, mode


def labelled(answers: Mapping[str, Any], sheet: Sheet) -> list[tuple[str, str]]:
    """The answers as pairs of label and text, choices in words; blank ones left out."""
    fields = (*sheet.form, *sheet.criteria)
    rows = [(str(field.label), text) for field in fields if (text := in_words(field, answers))]
    for place, goal in enumerate(answers.get("goals") or [], start=1):
        words = " – ".join(text for text in goal.values() if text)
        if words:
            rows.append((f"{GoalForm.base_fields['text'].label} {place}", words))
    return rows


def in_words(field: Any, answers: Mapping[str, Any]) -> str:
    """One answer as people read it: the label of a choice, of several the labels, else the text typed."""
    value = answers.get(field.name) or ""
    if criteria.is_open(field.name, value):
        return ""
    if isinstance(field.field, criteria.ObstaclesField):
        return ", ".join(row.label for row in field.field.chosen(value))
    return drafting.in_words(field, value)


def blocks(case: Case, actor: Actor) -> list[Block]:
    """What a draft holds so far, in words: as typed, right or wrong."""
    answers = drafting.typed(case.draft)
    sheet = Sheet.judged(answers, actor, case.registering_institution, case)
    fields = {field.name: (str(field.label), in_words(field, answers)) for field in sheet.form}
    checklist = [(str(field.label), in_words(field, answers)) for field in sheet.criteria]
    goals: list[Row] = []
    for goal in answers.get("goals") or []:
        goals += [(_("Ziel"), goal.get("text", "")), (_("Erreicht, wenn"), goal.get("expected_result", ""))]

    def rows(*names: str) -> list[Row]:
        return [fields[name] for name in names]

    about = ("contractor", "prior_contact", "months", "planned_months", "second_contact", "agreed_on")
    found = [
        Block("goals", _("Ziele"), goals),
        Block("situation", _("Ausgangslage"), [("", fields["situation"][1])]),
        Block("person", _("Person"), rows(*PERSON)),
        Block("benefits", _("Leistungen beim Antrag"), rows(*BENEFITS)),
        Block("facts", _("Angaben zu IV und RAV"), rows(*FACTS)),
        Block("criteria", _("Voraussetzungen"), checklist),
        Block("contacts", _("Kontakt"), rows(*about)),
    ]
    return filled(found)
