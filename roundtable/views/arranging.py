"""What stands above the meetings of a Roundtable: the proposed dates with their answers, and the steps (RT-08)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from iiz.core import workflow
from iiz.core.actor import Actor
from iiz.core.meeting_rows import TAB as MEETINGS
from iiz.core.models import Case

from .. import minutes, seating
from ..queries import open_poll, planned
from . import papers

SHARED = frozenset({"reply_meeting", "move_meeting", "cancel_meeting", "log_call"})
"""Steps whose buttons stand with their meeting, or below."""
AFTERWARDS = frozenset({"propose_dates", "drop_dates", "hold_meeting"})
"""Steps that are seldom wanted while answers come in."""


def fill(case: Case, actor: Actor) -> dict[str, Any]:
    """The proposals, what can be done towards a meeting, and the agenda of the one to come."""
    poll = open_poll(case) if case.withdrawn_at is None else None
    offers = [one for one in workflow.available(case, actor, tab=MEETINGS) if one.transition.name not in SHARED]
    steps = [offer for offer in offers if offer.allowed]
    if poll is not None:  # what is due now stands first, what begins anew last
        steps.sort(key=lambda offer: offer.transition.name in AFTERWARDS)
    seldom = [offer for offer in steps if offer.transition.name == "hold_meeting" and planned(case) is None]
    return {
        "grid": seating.grid(case, poll, actor) if poll is not None else None,
        "steps": [offer for offer in steps if offer not in seldom],
        "seldom": seldom,  # a meeting that was never planned here
        "paper_url": "" if minutes.refusal(case, actor) else reverse("roundtable:paper", args=[case.number]),
        "letters": papers.letters(case, actor)[:1],
    }


ARRANGING = ("roundtable/_arranging.html", fill)
