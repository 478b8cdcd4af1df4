"""Who is responsible for somebody living in a municipality, and whether Optima is possible there (ACT-03 to ACT-05)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from .enums import LeadCapabilityLevel, RoutingMode, StatisticsGroup
from .models import Institution, Jurisdiction, LeadCapability, Municipality, RoutingRule

TITLES: dict[str, Any] = {
    StatisticsGroup.RAV: _("RAV"),
    StatisticsGroup.SH: _("Sozialdienst oder SoBZ"),
    StatisticsGroup.IV: _("IV-Stelle"),
}
"""What is asked for, in the order of the answer."""

ASK = _("Fragen Sie die IIZ-Koordinationsstelle, was stattdessen möglich ist.")


@dataclass(frozen=True)
class LeadWords:
    """Whether Optima is possible at a social service: shape, word, sentence, and whether to ask the office."""

    mark: str
    word: Any
    sentence: Any
    ask: Any = ""


LEAD_WORDS: dict[str, LeadWords] = {
    LeadCapabilityLevel.FULL: LeadWords(
        "ok", _("Optima ist möglich"), _("Die Stelle kann für eine begrenzte Zeit die ganze Fallführung übernehmen.")
    ),
    LeadCapabilityLevel.WSH_ONLY: LeadWords(
        "wait",
        _("Optima ist unter einer Bedingung möglich"),
        _(
            "Die Stelle übernimmt die Fallführung nur für Personen, die wirtschaftliche Sozialhilfe erhalten. Ohne sie "
            "ist Optima hier nicht möglich."
        ),
    ),
    LeadCapabilityLevel.ADDICTION_ONLY: LeadWords(
        "stop",
        _("Optima ist hier nicht möglich"),
        _("Die Stelle berät nur bei Suchtthemen und übernimmt keine umfassende Fallführung."),
        ASK,
    ),
    LeadCapabilityLevel.NONE: LeadWords(
        "stop", _("Optima ist hier nicht möglich"), _("Die Stelle übernimmt zurzeit keine Fallführung."), ASK
    ),
}
NOT_RECORDED = LeadWords(
    "rest",
    _("Noch nicht geklärt"),
    _("Ob diese Stelle die Fallführung übernehmen kann, ist noch nicht geklärt."),
    _("Fragen Sie die IIZ-Koordinationsstelle."),
)


@dataclass(frozen=True)
class Answer:
    """The office of one group for a municipality on a day; ``institution`` empty: none is recorded.

    ``central`` takes the applications of this group in its stead; ``coordinated``: the coordination office allots them.
    """

    group: str
    institution: Institution | None = None
    capability: LeadCapability | None = None
    central: Institution | None = None
    coordinated: bool = False

    @property
    def title(self) -> Any:
        """The kind of office in words."""
        return TITLES[self.group]

    @property
    def lead(self) -> LeadWords | None:
        """Whether Optima is possible there; only a social service depends on it."""
        if self.group != StatisticsGroup.SH or self.institution is None:
            return None
        return LEAD_WORDS[self.capability.level] if self.capability else NOT_RECORDED


def answers(municipality: Municipality, day: dt.date, offices: QuerySet[Institution] | None = None) -> list[Answer]:
    """Who is responsible for people of ``municipality`` on ``day``, one answer a group; four queries and those of
    ``offices``, which says what to fetch with each institution.

    Without a row for the municipality the central office of the group counts; offices that closed are none.
    """
    groups = list(TITLES)
    rules = {row.group: row for row in RoutingRule.objects.valid_on(day).order_by("valid_from")}
    local = Jurisdiction.objects.valid_on(day).filter(municipality=municipality, group__in=groups)
    found = dict(local.order_by("valid_from").values_list("group", "institution"))
    central = {group: rule.target_id for group, rule in rules.items() if rule.mode == RoutingMode.CENTRAL}
    base = Institution.objects.all() if offices is None else offices
    active = Institution.objects.active().filter(pk__in={*found.values(), *central.values()} - {None})
    known = {row.pk: row for row in base.filter(pk__in=active)}
    leads = LeadCapability.objects.valid_on(day).filter(institution=found.get(StatisticsGroup.SH))
    capability = leads.order_by("valid_from").last()
    result = []
    for group in groups:
        target = known.get(central.get(group) or 0)
        institution = known.get(found.get(group) or 0) or target
        rule = rules.get(group)
        result.append(
            Answer(
                group,
                institution,
                capability if institution is not None and group == StatisticsGroup.SH else None,
                target if target != institution else None,
                rule is not None and rule.mode == RoutingMode.COORDINATION,
            )
        )
    return result
