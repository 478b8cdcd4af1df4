"""What one should know of an office before asking it: contact, lead, conditions, costs (UX-05, -08, -10, -11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.enums import LeadCapabilityLevel, RoutingMode, StatisticsGroup
from iiz.core.models import ContactPerson, Institution, LeadCapability
from iiz.core.templatetags.ui import chf

from .models import AdmissionCriterion, Fallpauschale
from .queries import contact_of, criteria_for, rates_for

CAPABILITY_WORDS = {
    LeadCapabilityLevel.FULL: gettext_lazy("Diese Stelle kann die Fallführung ganz übernehmen."),
    LeadCapabilityLevel.WSH_ONLY: gettext_lazy(
        "Diese Stelle übernimmt die Fallführung nur für Personen mit wirtschaftlicher Sozialhilfe."
    ),
    LeadCapabilityLevel.ADDICTION_ONLY: gettext_lazy(
        "Diese Stelle berät nur bei Suchtthemen und übernimmt keine umfassende Fallführung."
    ),
    LeadCapabilityLevel.NONE: gettext_lazy("Diese Stelle übernimmt zurzeit keine Fallführung."),
}

CRITERIA_TITLES: dict[str, Any] = {
    StatisticsGroup.IV: gettext_lazy("Was die IV-Stelle voraussetzt"),
    StatisticsGroup.RAV: gettext_lazy("Was das RAV voraussetzt"),
    StatisticsGroup.SH: gettext_lazy("Was der Sozialdienst voraussetzt"),
}


@dataclass(frozen=True)
class OfficeSheet:
    """What is shown beside the choice of a contractor, by the rules of one day."""

    group: str
    contractor: Institution | None
    costs: list[tuple[str, str]]
    criteria: list[AdmissionCriterion] = field(default_factory=list)
    contact: ContactPerson | None = None
    capability: LeadCapability | None = None
    proposal: Institution | None = None
    proposal_reason: str = ""
    rates: list[Fallpauschale] = field(default_factory=list)

    @property
    def criteria_title(self) -> Any:
        """The heading above the admission criteria of the group."""
        return CRITERIA_TITLES.get(self.group, "")

    @property
    def capability_remark(self) -> str:
        """What the canton noted beside it, as a sentence; empty if nothing is."""
        remark = self.capability.remark.strip() if self.capability else ""
        return _("Hinweis: %(remark)s.") % {"remark": remark.rstrip(".")} if remark else ""

    @property
    def capability_words(self) -> Any:
        """Whether the office can take the lead, in a sentence; empty if nothing is recorded."""
        return CAPABILITY_WORDS[LeadCapabilityLevel(self.capability.level)] if self.capability else ""


def rules(
    group: str, contractor: Institution | None, principal: Institution, on: dt.date, *, criteria: bool = True
) -> OfficeSheet:
    """Only what an office (or, without one, its group) costs as of ``on``, and what it asks unless ``criteria`` no."""
    group = contractor.statistics_group if contractor else group
    rates = list(rates_for(group, principal.statistics_group, on)) if group else []
    return OfficeSheet(
        group=group,
        contractor=contractor,
        criteria=list(criteria_for(group, on)) if group and criteria else [],
        costs=costs(group, principal.name, rates),
        rates=rates,
    )


def describe(
    group: str,
    contractor: Institution | None,
    principal: Institution,
    on: dt.date,
    proposal: tuple[Institution | None, str] = (None, ""),
) -> OfficeSheet:
    """The sheet of an office (or, without one, of its group) as of ``on``, without what it asks: see the rulebook."""
    found = rules(group, contractor, principal, on, criteria=False)
    capability = None
    if contractor is not None and found.group == StatisticsGroup.SH:
        capability = LeadCapability.objects.valid_on(on).filter(institution=contractor).first()
    office, mode = proposal
    return replace(
        found,
        contact=contact_of(contractor, on) if contractor else None,
        capability=capability,
        proposal=office if office and office.pk != principal.pk else None,
        proposal_reason=_proposal_reason(mode),
    )


def _proposal_reason(mode: str) -> str:
    if mode == RoutingMode.MUNICIPALITY:
        return _("zuständig für die Wohngemeinde")
    if mode == RoutingMode.CENTRAL:
        return _("zentrale Stelle für alle Anträge dieser Art")
    if mode == RoutingMode.COORDINATION:
        return _("Die IIZ-Koordinationsstelle teilt Anträge dieser Art zu.")
    return ""


def costs(group: str, principal: str, rates: list[Fallpauschale]) -> list[tuple[str, str]]:
    """Who pays what the office called ``principal`` asks for (UX-10, KG-01, KG-02, FIN-01, OP-13).

    Pairs of what and who or how much.
    """
    if not group:
        return []
    rows = [
        (
            _("Massnahmen"),
            _(
                "Es zahlt die Stelle, bei der die Person Anspruch hat, in der Regel der Auftraggeber "
                "(%(principal)s): nur mit unterschriebener Kostengutsprache, bevor etwas bestellt wird. Hat die "
                "Person bei der angefragten Stelle einen eigenen Anspruch, braucht es keine."
            )
            % {"principal": principal},
        )
    ]
    billed = [rate for rate in rates if rate.billed or getattr(rate, "shared", False)]
    for rate in billed:
        amount = _("%(amount)s pro Monat und Fall, verrechnet an den Auftraggeber") % {"amount": chf(rate.amount)}
        remark = (
            rate.remark
            if rate.billed
            else _("Es gilt Modell A; nur für Personen, die dort nicht schon begleitet werden.")
        )
        rows.append((rate.service, f"{amount}. {remark}".strip(". ") + "."))
    if not billed:
        rows.append((_("Beratung"), _("Trägt jede Stelle selbst. Es wird keine Fallpauschale verrechnet.")))
    rows.append(
        (
            _("Lebensunterhalt"),
            _(
                "Bleibt, wo er ist: Sozialhilfe, Arbeitslosenentschädigung, Renten und Taggelder wechseln die "
                "Stelle nicht."
            ),
        )
    )
    return rows
