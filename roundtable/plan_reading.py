"""Who reads which version of a Handlungsplan, and what of it (PER-06, PER-10, RT-18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from iiz.core.actor import Actor
from iiz.core.enums import DataCategory, Phase
from iiz.core.models import Case, ScopeLine

from . import seating
from .enums import ParticipantKind, PlanState
from .models import CaseManagement, Handlungsplan, Participant, Review
from .queries import at_the_table, institution_of, is_covered, moderates, office_row
from .reading import DECISIONS, EVERYTHING, INCOMES, SICK_LEAVES

Kinds = frozenset[str]
Content = dict[str, Any]
NOTHING: Kinds = frozenset()
ALL_WORDS = "plain"
"""What is said to the client in own words may touch anything: only who reads every kind of data reads it."""


def cut(content: Mapping[str, Any], kinds: Kinds, participant: int | None = None) -> Content:
    """What of a frozen version may be read by whoever reads ``kinds``; ``participant``: whose steps are always shown.

    1. Without any kind of data nothing is read at all.
    2. A life area belongs to its kind; incomes and decisions are money, sick leave and whatever is ticked so is health.
    3. Goals and steps are read by everybody who reads anything; a step ticked as health also by who does it.
    """
    if not kinds:
        return {name: "" if name == ALL_WORDS else [] for name in content}
    found = dict(content)
    found["areas"] = [row for row in content.get("areas", ()) if row["category"] in kinds]
    found["incomes"] = list(content.get("incomes", ())) if INCOMES in kinds else []
    found["sick_leaves"] = list(content.get("sick_leaves", ())) if SICK_LEAVES in kinds else []
    found["decisions"] = [row for row in content.get("decisions", ()) if kind_of(row) in kinds]
    found["steps"] = [row for row in content.get("steps", ()) if reads_step(row, kinds, participant)]
    found[ALL_WORDS] = content.get(ALL_WORDS, "") if kinds >= EVERYTHING else ""
    return found


def kind_of(decision: Mapping[str, Any]) -> str:
    """To which kind of data a pending decision belongs."""
    return DataCategory.HEALTH if decision["health"] else DECISIONS


def reads_step(step: Mapping[str, Any], kinds: Kinds, participant: int | None) -> bool:
    """Whether a step is shown to who reads ``kinds``, or is ``participant``."""
    if not kinds:
        return False
    return not step["health"] or DataCategory.HEALTH in kinds or step["owner"] == participant


def owns_hidden(content: Mapping[str, Any], kinds: Kinds, participant: int | None) -> bool:
    """Whether somebody is shown a step only because it is the own one."""
    rows = content.get("steps", ())
    return any(reads_step(row, kinds, participant) and not reads_step(row, kinds, None) for row in rows)


def left_out(content: Mapping[str, Any], kinds: Kinds, participant: int | None = None) -> str:
    """What is not shown and why, as a German sentence; empty where everything is."""
    seen = cut(content, kinds, participant)
    missing = [
        str(DataCategory(kind).label)
        for kind in DataCategory.values
        if kind not in kinds and any(_parts(content, kind)) and len(_parts(seen, kind)) < len(_parts(content, kind))
    ]
    if not missing:
        return ""
    words = _("Nicht enthalten, weil es die Vollmacht hier nicht öffnet oder die Aufgabe es nicht braucht: %(kinds)s.")
    return words % {"kinds": ", ".join(missing)}


def _parts(content: Mapping[str, Any], kind: str) -> list[Any]:
    """What belongs to a kind of data."""
    found: list[Any] = [row for row in content.get("areas", ()) if row["category"] == kind]
    found += [row for row in content.get("decisions", ()) if kind_of(row) == kind]
    if kind == INCOMES:
        found += content.get("incomes", ())
    if kind == SICK_LEAVES:
        found += content.get("sick_leaves", ())
        found += [row for row in content.get("steps", ()) if row["health"]]
    return found


# Who reads ----------------------------------------------------------------------------------------------------------


def kinds_of(case: Case, participant: Participant) -> Kinds:
    """The kinds of data that somebody at the table gets of a version today; none without a live line.

    The client gets all of it while the Vollmacht holds. An office gets health data only if it needs them.
    """
    if participant.pk not in {row.pk for row in at_the_table(case)} or not is_covered(case, participant):
        return NOTHING
    if participant.kind == ParticipantKind.CLIENT:
        return EVERYTHING
    line = seating.line_of(case, participant)
    kinds = frozenset(line.categories) if line is not None else NOTHING
    part = participant.participation
    return kinds if part is None or part.health else kinds - {DataCategory.HEALTH}


def kinds_for(case: Case, actor: Actor) -> Kinds:
    """The kinds of data that ``actor`` gets of a version today.

    The coordination office reads everything. So does the office that moderates a self-run Roundtable, while the
    Vollmacht names it: it wrote the version.
    """
    if actor.is_coordination:
        return EVERYTHING
    row = office_row(case, actor.institution.pk)
    if row is None:
        return NOTHING
    kinds = kinds_of(case, row)
    return EVERYTHING if kinds and moderates(case, actor) else kinds


def participant_of(case: Case, actor: Actor) -> int | None:
    """The seat of the actor's office, by primary key."""
    row = office_row(case, actor.institution.pk)
    return row.pk if row is not None else None


def fetch(case: Case) -> None:
    """Fetch at once what reading a version asks of its case: table, Vollmacht, meetings, who manages, all versions."""
    prefetch_related_objects(
        [case],
        Prefetch("vollmacht__lines", ScopeLine.objects.select_related("institution")),
        Prefetch(
            "participants",
            Participant.objects.select_related("participation__institution", "participation__user", "line"),
        ),
        Prefetch(
            "managements", CaseManagement.objects.select_related("user", "participant__participation__institution")
        ),
        "meetings__invitees__attendance",
        Prefetch("plans", Handlungsplan.objects.select_related("signature__picture")),
        Prefetch("plans__reviews", Review.objects.select_related("participant__participation")),
    )


def versions(case: Case, actor: Actor) -> list[Handlungsplan]:
    """The versions that ``actor`` may read today, the newest first (RT-15).

    Who moderates reads each. Drafts, also those given up, are read by the offices that were asked to; what was in force
    by everybody who gets any kind of data of it.
    """
    kinds = kinds_for(case, actor)
    if not kinds or case.phase == Phase.DRAFT:
        return []
    found = sorted(case.plans.all(), key=lambda plan: -plan.number)
    if actor.is_coordination or moderates(case, actor):
        return found
    return [plan for plan in found if plan.state in IN_FORCE or _was_asked(plan, actor)]


IN_FORCE = (PlanState.FINAL, PlanState.REPLACED)
"""Versions that bind or did."""


def _was_asked(plan: Handlungsplan, actor: Actor) -> bool:
    return any(institution_of(row.participant) == actor.institution.pk for row in plan.reviews.all())
