"""Hints and wishes between the two offices of a running case, for tests."""

from __future__ import annotations

from typing import Any

from iiz.core import clock, workflow
from iiz.core.models import Case
from optima.models import ReducedProcedure

from . import factories as make

RESUMES = "Gespräche wieder ansetzen\nBemühungen wieder kontrollieren"


def procedure(**changes: Any) -> ReducedProcedure:
    """Who does what between a social service and the IV; both kinds of message are provided for."""
    words: dict[str, Any] = {
        "contractor_does": "Begleitet",
        "contractor_does_not": "Kürzt keine Sozialhilfe",
        "principal_keeps": "Sozialhilfe",
        "rests": "Gespräche zur Arbeit",
        "resumes": RESUMES,
        "takes_hints": True,
        "takes_measures": True,
        "measures_only": "es die Vorgaben der Sozialhilfebehörde zulassen",
        "valid_from": make.LONG_AGO,
    }
    known = {"principal_group": "SH", "contractor_group": "IV"}
    return ReducedProcedure.objects.update_or_create(**known, defaults=words | changes)[0]


def hint(**changes: Any) -> dict[str, Any]:
    """What the form of a hint hands over."""
    return {"happened_on": clock.today(), "text": "Zum Bewerbungstag nicht erschienen."} | changes


def decision(**changes: Any) -> dict[str, Any]:
    """What the form of the principal's decision hands over."""
    return {"decision": "done", "decided_on": clock.today(), "answer": "Verfügt."} | changes


def provided() -> Case:
    """A running case in which both kinds may be sent."""
    procedure()
    return make.running()


def hinted(case: Case | None = None) -> Case:
    """A running case with a hint that waits for the principal."""
    case = case or provided()
    return workflow.apply(case, "send_hint", make.adviser_of(case), hint())


def both_sent(case: Case | None = None) -> Case:
    """A running case with a hint and a wish that wait for the principal."""
    case = hinted(case)
    return workflow.apply(case, "wish_measure", make.adviser_of(case), {"text": "Einsatzprogramm ab Januar."})


def answered(**changes: Any) -> Case:
    """A running case whose hint the principal has decided on."""
    case = hinted()
    return workflow.apply(case, "answer_hint", make.principal_of(case), decision(**changes))
