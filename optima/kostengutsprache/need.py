"""Whether a Kostengutsprache is needed, from when on, and who pays (KG-01, KG-06, CON-19)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, meetings
from iiz.core.enums import IvProcedure, StatisticsGroup
from iiz.core.models import Case, Institution
from iiz.core.templatetags.ui import day
from iiz.core.workdays import add_months

from ..enums import MeetingKind
from ..enums import OptimaState as S

CLAIMS: dict[str, Any] = {
    StatisticsGroup.RAV: gettext_lazy("Arbeitslosenentschädigung"),
    StatisticsGroup.IV: gettext_lazy("Leistungen der IV"),
    StatisticsGroup.SH: gettext_lazy("wirtschaftliche Sozialhilfe"),
}
"""What somebody may be entitled to at an office of each group."""

LONGEST, AHEAD = 24, 12
"""For how many months a measure lasts at the most, and how many it may begin ahead."""
AT_THE_HANDOVER = (S.HANDOVER_PLANNED, S.HANDOVER_HELD)
UNDER_WAY = (S.AGREED, S.RUNNING)


@dataclass(frozen=True)
class Need:
    """Whether the person has a claim of its own at the contractor: ``None`` is not known."""

    own_claim: bool | None
    claim: str
    contractor: str

    @property
    def sentence(self) -> str:
        """What follows from it, for the page."""
        words = {"who": self.contractor, "what": self.claim}
        if self.own_claim:
            return (
                _(
                    "Nach den Angaben beim Antrag hat die Person selbst Anspruch auf %(what)s: %(who)s setzt "
                    "Massnahmen im gewöhnlichen Verfahren ein, eine Kostengutsprache braucht es nicht."
                )
                % words
            )
        if self.own_claim is None:
            return (
                _(
                    "Ob die Person Anspruch auf %(what)s hat, steht nicht im Antrag. Ohne eigenen Anspruch braucht "
                    "jede Massnahme vorher eine unterschriebene Kostengutsprache."
                )
                % words
            )
        return (
            _(
                "Die Person hat keinen eigenen Anspruch auf %(what)s: Jede Massnahme braucht vorher eine "
                "unterschriebene Kostengutsprache der Stelle, bei der sie anspruchsberechtigt ist."
            )
            % words
        )


def of(case: Case) -> Need:
    """What is known of the person's own claim at the contractor (KG-01)."""
    contractor = case.antrag.contractor
    group = case.antrag.contractor_group
    return Need(claims(case).get(group), str(CLAIMS.get(group, "")), contractor.short_name if contractor else "")


def claims(case: Case) -> dict[str, bool | None]:
    """By group, whether the person is entitled there as far as the Antrag says."""
    benefits, facts = getattr(case, "benefits", None), getattr(case, "facts", None)
    iv = None if facts is None or not facts.iv_procedure else facts.iv_procedure == IvProcedure.RUNNING
    if facts is not None and (facts.iv_measure_running or facts.partial_pension):
        iv = True
    return {
        StatisticsGroup.RAV: benefits.ale if benefits else None,
        StatisticsGroup.SH: benefits.wsh if benefits else None,
        StatisticsGroup.IV: iv,
    }


def payers(case: Case) -> QuerySet[Institution]:
    """Who may be asked to pay: any office but the contractor; by default the principal (CON-19)."""
    groups = (StatisticsGroup.RAV, StatisticsGroup.IV, StatisticsGroup.SH)
    offices = Institution.objects.active().filter(statistics_group__in=groups)
    return offices.exclude(pk=case.antrag.contractor_id).order_by("name")


def entitled_elsewhere(case: Case) -> list[str]:
    """Groups other than the principal's and the contractor's where the person is entitled by what the Antrag says."""
    own = {case.antrag.principal_group, case.antrag.contractor_group}
    return [group for group, entitled in claims(case).items() if entitled and group not in own]


def wrong_period(first: dt.date | None, last: dt.date | None) -> tuple[str, str] | None:
    """What is wrong with the period of a measure: the field and the sentence; ``None`` if nothing is."""
    if first is None or last is None:
        return None
    if last < first:
        return "period_until", _("Das Ende der Massnahme liegt vor ihrem Beginn.")
    if first > add_months(clock.today(), AHEAD):
        return "period_from", _("Die Massnahme beginnt spätestens in %(n)s Monaten.") % {"n": AHEAD}
    if last > add_months(first, LONGEST):
        return "period_until", _("Eine Massnahme dauert höchstens %(n)s Monate.") % {"n": LONGEST}
    return None


def after_the_plan(case: Case, last: dt.date) -> str:
    """That a measure goes on well after the planned end of the case; only a hint, as the case may be prolonged."""
    planned = case.antrag.planned_until
    if planned is None or last <= add_months(planned, 1):
        return ""
    return _(
        "Die Massnahme endet am %(last)s, der Auftrag voraussichtlich am %(planned)s. Stimmt das Ende der Massnahme?"
    ) % {"last": day(last), "planned": day(planned)}


def too_early(case: Case) -> str:
    """Why no Kostengutsprache can be asked for yet, or no more; empty if nothing hinders.

    From the hand-over meeting on; the IV only after it, because each of its measures has to be examined first (IV-05).
    """
    if case.withdrawn_at is not None:
        return _("Das Einverständnis ist zurückgezogen: Es wird nichts mehr ausgetauscht.")
    if case.state in UNDER_WAY:
        return ""
    if case.state not in AT_THE_HANDOVER:
        return _("Eine Kostengutsprache gehört zu einem laufenden Auftrag: frühestens am Übergabegespräch.")
    if case.antrag.contractor_group == StatisticsGroup.IV:
        return _(
            "Die IV-Stelle prüft jede Massnahme zuerst: Beim Übergabegespräch wird keine Kostengutsprache ausgefüllt, "
            "erst wenn die Übergabe vereinbart ist."
        )
    meeting = meetings.planned(case, MeetingKind.UEBERGABEGESPRAECH)
    if case.state == S.HANDOVER_PLANNED and (meeting is None or meeting.day > clock.today()):
        return _("Frühestens am Übergabegespräch können Sie eine Kostengutsprache ausfüllen.")
    return ""
