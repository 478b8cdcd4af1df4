"""What a Roundtable hands over to an Antrag of Optima, and what it takes over from one: nothing typed twice (RT-24)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from iiz.core import clock, consents, continuing
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory
from iiz.core.models import Case
from iiz.core.registry import Carried

from . import content, plan_reading
from .enums import TO_OPTIMA, IncomeKind
from .enums import RoundtableState as S
from .paper import AreaNote, Income, Paper, thaw
from .queries import final_plan, roundtable_of

FROM_HERE = (S.NOT_STARTED, S.RUNNING, S.CLOSED)
"""The states from which an Antrag may be the way on: no process was started, or all have met."""
BENEFITS = {
    IncomeKind.ALE: ("ale", "job_seeker"),
    IncomeKind.WSH: ("wsh",),
    IncomeKind.IV_ALLOWANCE: ("iv_counselling",),
}
"""Which income answers which questions of an Antrag about benefits."""


def continues(case: Case, actor: Actor) -> bool:
    """Whether ``actor`` may go on with the case in Optima: whoever reads its registration."""
    return case.state in FROM_HERE and content.reads_registration(case, actor)


def rarely_continues(case: Case) -> bool:
    """Whether an Antrag is a rare way on: always, but where the case was referred to Optima (RT-24)."""
    reason = roundtable_of(case).not_started_reason
    return reason is None or reason.code != TO_OPTIMA


def carries(case: Case, actor: Actor) -> Carried:
    """What the registration says, what the plan in force adds, and what the case before it knew.

    Of the plan only what the actor may read: its goals take the place of the wish, its situation follows the reason,
    and incomes answer which benefits there are. Call only where :func:`continues` allows it.
    """
    record = roundtable_of(case)
    before = Case.objects.visible_to(actor).filter(continued_by=case).first()
    known = Carried() if before is None else continuing.known_of(before, actor)
    agreed = _agreed(case, actor)
    wish = ((record.wanted, ""),) if record.wanted else ()
    situation = "\n\n".join(part for part in (record.reason, _situation(agreed.areas)) if part)
    return Carried(
        person=case.person,
        situation=situation,
        goals=tuple((goal.text, goal.measure) for goal in agreed.goals) or wish,
        prior_contact=_("Roundtable %(number)s") % {"number": case.number},
        benefits={**known.benefits, **_benefits(agreed.incomes)},
        facts=known.facts,
        offices=tuple(line.institution for line in consents.live_lines(case) if line.institution is not None),
    )


def _agreed(case: Case, actor: Actor) -> Paper:
    """What the plan in force says to the actor; of an ended case, the plan that was in force to the end."""
    plan = final_plan(case)
    if plan is None:
        return Paper()
    kinds, own = plan_reading.kinds_for(case, actor), plan_reading.participant_of(case, actor)
    return thaw(plan_reading.cut(plan.content, kinds, own))


def _situation(areas: list[AreaNote]) -> str:
    """State, difficulties and resources of each life area, a paragraph each.

    Without health: the other office reads the Antrag, whatever the Vollmacht opens for it.
    """
    found = []
    for area in areas:
        if area.category == DataCategory.HEALTH:
            continue
        texts = " ".join(text for text in (area.state, area.difficulties, area.resources) if text)
        found.append(f"{area.label}: {texts}" if texts else "")
    return "\n\n".join(text for text in found if text)


def _benefits(incomes: list[Income]) -> dict[str, bool]:
    """Which benefits the person gets today, by the questions of an Antrag; what is not known stays open."""
    today = clock.today()
    running = [row for row in incomes if (row.since or today) <= today <= (row.until or today)]
    return {name: True for row in running for name in BENEFITS.get(IncomeKind(row.kind), ())}


def first_answers(given: Carried) -> dict[str, Any]:
    """What was handed over, by the names of the form's fields; the person and the offices come beside."""
    goals = [
        _("%(goal)s (erreicht, wenn: %(result)s)") % {"goal": text, "result": result} if result else text
        for text, result in given.goals
    ]
    return {"reason": given.situation, "wanted": "\n".join(goals)}
