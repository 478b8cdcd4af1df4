"""What an Antrag hands over to a Roundtable, and what it takes over from one: nothing is typed twice (RT-24)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from iiz.core.actor import Actor
from iiz.core.enums import ParticipationRole
from iiz.core.models import BenefitSnapshot, Case, CriteriaFacts
from iiz.core.registry import Carried
from iiz.core.workflow import Party

from . import content, drafts
from .enums import OptimaState as S
from .enums import Verdict
from .forms.antrag import FACTS
from .queries import antrag_of, contractors_for

UNDECIDED = (S.SUBMITTED, S.QUERIED)
FROM_HERE = (S.REFUSED, S.WITHDRAWN, S.NOT_ESTABLISHED, S.RUNNING, S.CLOSED)
"""The states from which a Roundtable may be the way on."""


def continues(case: Case, actor: Actor) -> bool:
    """Whether ``actor`` may go on with the case at a Roundtable: where Optima does not or no longer suffice.

    While it is undecided, only where the coordination office has a say: all three partners are involved, say.
    """
    antrag = antrag_of(case)
    if antrag.submitted_at is None or Party.PRINCIPAL not in content.may_read(case, actor):
        return False
    if case.state in UNDECIDED:
        row = getattr(antrag, "classification", None)
        return row is not None and row.needs_ruling and row.verdict != Verdict.CLEARED
    return case.state in FROM_HERE


def carries(case: Case, actor: Actor) -> Carried:
    """What the Antrag says; call only where :func:`continues` allows it."""
    antrag = antrag_of(case)
    benefits: BenefitSnapshot | None = getattr(case, "benefits", None)
    facts: CriteriaFacts | None = getattr(case, "facts", None)
    return Carried(
        person=case.person,
        situation=antrag.situation,
        goals=tuple((goal.text, goal.expected_result) for goal in antrag.goals.all()),
        prior_contact=antrag.prior_contact,
        benefits={name: getattr(benefits, name) for name in BenefitSnapshot.QUESTIONS} if benefits else {},
        facts={name: getattr(facts, name) for name in FACTS} if facts else {},
        offices=tuple(
            row.institution
            for row in case.participations.select_related("institution")
            if row.until is None and row.role in (ParticipationRole.PRINCIPAL, ParticipationRole.CONTRACTOR)
        )
        or tuple(office for office in (antrag.principal, antrag.contractor) if office is not None),
    )


def first_answers(given: Carried, actor: Actor) -> dict[str, Any]:
    """What was handed over, by the names of the form's fields and as they are typed.

    Which office is asked stays open where several take part: that is a decision.
    """
    found: dict[str, Any] = {"situation": given.situation, "prior_contact": given.prior_contact}
    if given.person is not None:
        drafts.take_person(found, given.person)
    others = set(given.offices) & set(contractors_for(actor.institution))
    if len(others) == 1:
        found["contractor"] = others.pop().name
    found["goals"] = [{"text": text, "expected_result": result} for text, result in given.goals]
    found |= _typed(given.benefits) | _typed({name: given.facts[name] for name in FACTS if name in given.facts})
    return {name: value for name, value in found.items() if value}


def _typed(values: Mapping[str, Any]) -> dict[str, str]:
    words = {True: "yes", False: "no"}
    found = {}
    for name, value in values.items():
        if isinstance(value, bool):
            found[name] = words[value]
        elif value:
            found[name] = f"{value:%d.%m.%Y}" if isinstance(value, dt.date) else str(value)
    return found
