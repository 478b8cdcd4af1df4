"""What a Roundtable hands over to an Antrag of Optima, and what it takes over from one: nothing typed twice (RT-24)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from iiz.core import consents, continuing
from iiz.core.actor import Actor
from iiz.core.models import Case
from iiz.core.registry import Carried

from . import content
from .enums import TO_OPTIMA
from .enums import RoundtableState as S
from .queries import roundtable_of

FROM_HERE = (S.NOT_STARTED, S.RUNNING, S.CLOSED)
"""The states from which an Antrag may be the way on: no process was started, or all have met."""


def continues(case: Case, actor: Actor) -> bool:
    """Whether ``actor`` may go on with the case in Optima: whoever reads its registration."""
    return case.state in FROM_HERE and content.reads_registration(case, actor)


def rarely_continues(case: Case) -> bool:
    """Whether an Antrag is a rare way on: always, but where the case was referred to Optima (RT-24)."""
    reason = roundtable_of(case).not_started_reason
    return reason is None or reason.code != TO_OPTIMA


def carries(case: Case, actor: Actor) -> Carried:
    """What the registration says, and what the case before it knew; call only where :func:`continues` allows it."""
    record = roundtable_of(case)
    before = Case.objects.visible_to(actor).filter(continued_by=case).first()
    known = Carried() if before is None else continuing.known_of(before, actor)
    return Carried(
        person=case.person,
        situation=record.reason,
        goals=((record.wanted, ""),) if record.wanted else (),
        prior_contact=_("Roundtable %(number)s") % {"number": case.number},
        benefits=known.benefits,
        facts=known.facts,
        offices=tuple(line.institution for line in consents.live_lines(case) if line.institution is not None),
    )


def first_answers(given: Carried) -> dict[str, Any]:
    """What was handed over, by the names of the form's fields; the person and the offices come beside."""
    goals = [
        _("%(goal)s (erreicht, wenn: %(result)s)") % {"goal": text, "result": result} if result else text
        for text, result in given.goals
    ]
    return {"reason": given.situation, "wanted": "\n".join(goals)}
