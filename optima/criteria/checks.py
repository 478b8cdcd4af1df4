"""How each kind of criterion is answered from the facts (ALV-06 to ALV-08, IV-02, IV-03, SH-02 to SH-04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from iiz.core.enums import IvProcedure, LeadCapabilityLevel, StatisticsGroup
from iiz.core.templatetags.ui import day
from iiz.core.workdays import add_months

from ..enums import ASKED, CriterionAnswer, CriterionCheck
from .facts import Facts

YES, NO, OPEN = CriterionAnswer.YES, CriterionAnswer.NO, CriterionAnswer.OPEN


@dataclass(frozen=True)
class Check:
    """An answer with the sentence that explains it.

    ``possible_from``: the first day on which it would be met. ``by_ruling``: where it is not, the coordination office
    may open the way for one case (CON-17).
    """

    answer: str
    sentence: str = ""
    possible_from: dt.date | None = None
    by_ruling: bool = False


@dataclass(frozen=True)
class Setting:
    """What a check may look at beside the facts: the day, and what the office that is asked can do.

    ``served`` are the municipalities that it answers for, by BFS number; empty if none are recorded.
    """

    day: dt.date
    capability: Any = None
    capability_known: bool = False
    served: frozenset[int] = frozenset()


def check(criterion: Any, facts: Facts, setting: Setting) -> Check | None:
    """How ``criterion`` is answered; ``None`` if it does not apply to this person."""
    if criterion.check_by in ASKED:
        answer = facts.answers.get(criterion.code, OPEN)
        return Check(answer if answer in CriterionAnswer.values else OPEN)
    return CHECKS[criterion.check_by](criterion, facts, setting)


def _iv_settled(criterion: Any, facts: Facts, setting: Setting) -> Check:
    pending = {
        "iv_clarification_open": _("eine Abklärung"),
        "iv_measure_running": _("eine Massnahme"),
        "iv_appeal_open": _("ein Rechtsmittel"),
        "iv_pension_open": _("die Rentenfrage"),
    }
    running = [words for name, words in pending.items() if getattr(facts, name)]
    if running:
        return Check(NO, _("Bei der IV ist noch hängig: %(what)s.") % {"what": ", ".join(running)})
    said = [getattr(facts, name) for name in pending]
    if facts.iv_procedure == IvProcedure.NONE or (None not in said):
        return Check(YES)
    return Check(OPEN, _("Ob bei der IV noch etwas hängig ist, ist nicht gesagt."))


def _iv_damage(criterion: Any, facts: Facts, setting: Setting) -> Check | None:
    """Asked only where no IV procedure runs: with one, the IV examines it there (IV-01, CON-44)."""
    if facts.iv_runs:
        return None
    if facts.iv_damage_suspected is None:
        return Check(OPEN)
    return Check(NO if facts.iv_damage_suspected else YES)


def _iv_refusal(criterion: Any, facts: Facts, setting: Setting) -> Check:
    """Older than the period: the day after it has run out is the first possible one (IV-03, CON-11)."""
    if facts.iv_refused_on is None:
        return Check(YES, _("Es ist keine Ablehnung angegeben."))
    first = add_months(facts.iv_refused_on, criterion.months or 12) + dt.timedelta(days=1)
    if first <= setting.day:
        return Check(YES)
    words = _("Die IV hat am %(day)s abgelehnt. Möglich ab %(first)s.")
    return Check(NO, words % {"day": day(facts.iv_refused_on), "first": day(first)}, first)


def _rav_pause(criterion: Any, facts: Facts, setting: Setting) -> Check | None:
    """A habit between social assistance and RAV, a warning only (ALV-08)."""
    if facts.rav_registered_on is None:
        return None
    first = add_months(facts.rav_registered_on, criterion.months or 6) + dt.timedelta(days=1)
    if first <= setting.day:
        return Check(YES)
    words = _("Die Person war am %(day)s noch beim RAV gemeldet.")
    return Check(NO, words % {"day": day(facts.rav_registered_on)}, first)


def _obstacles(criterion: Any, facts: Facts, setting: Setting) -> Check:
    return Check(YES if facts.obstacles else OPEN)


def _lead(criterion: Any, facts: Facts, setting: Setting) -> Check:
    """Whether the service leads: by its dated capability and, in city and agglomeration, by wSH (SH-03, SH-04)."""
    if not setting.capability_known:
        return Check(OPEN, _("Das hängt von der zuständigen Stelle ab."))
    if _is_elsewhere(facts, setting):
        words = _(
            "Diese Stelle ist nicht für die Wohngemeinde zuständig. Soll sie trotzdem führen, entscheidet die "
            "IIZ-Koordinationsstelle."
        )
        return Check(NO, words, by_ruling=True)
    if setting.capability is None:
        return Check(OPEN, _("Ob diese Stelle die Fallführung übernimmt, ist noch nicht festgehalten."))
    level = setting.capability.level
    if level == LeadCapabilityLevel.FULL:
        return Check(YES)
    if level == LeadCapabilityLevel.WSH_ONLY:
        if facts.wsh or facts.wsh_entitled:
            return Check(YES)
        answer = OPEN if facts.wsh is None else NO
        return Check(
            answer,
            _("Diese Stelle übernimmt die Fallführung nur für Personen mit wirtschaftlicher Sozialhilfe."),
        )
    if level == LeadCapabilityLevel.ADDICTION_ONLY:
        words = _("Diese Stelle berät nur bei Suchtthemen. Geht es darum, entscheidet die IIZ-Koordinationsstelle.")
        return Check(NO, words, by_ruling=True)
    return Check(NO, _("Diese Stelle übernimmt zurzeit keine Fallführung, sie vermittelt weiter."))


def _is_elsewhere(facts: Facts, setting: Setting) -> bool:
    """Whether the service answers for other municipalities only; between two services that is the point (SH-03)."""
    known = facts.municipality is not None and setting.served
    return bool(known) and facts.municipality not in setting.served and facts.principal_group != StatisticsGroup.SH


def _note(criterion: Any, facts: Facts, setting: Setting) -> Check | None:
    return None


CHECKS: dict[str, Callable[[Any, Facts, Setting], Check | None]] = {
    CriterionCheck.IV_SETTLED: _iv_settled,
    CriterionCheck.IV_DAMAGE: _iv_damage,
    CriterionCheck.IV_REFUSAL: _iv_refusal,
    CriterionCheck.RAV_PAUSE: _rav_pause,
    CriterionCheck.OBSTACLES: _obstacles,
    CriterionCheck.LEAD: _lead,
    CriterionCheck.NOTE: _note,
}
