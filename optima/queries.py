"""Questions that Optima asks the database."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from iiz.core import persons
from iiz.core.actor import Actor
from iiz.core.enums import OPTIMA_GROUPS, Phase, RoutingMode
from iiz.core.models import Case, ContactPerson, Institution, Jurisdiction, Municipality, Person, RoutingRule

from .models import AdmissionCriterion, Fallpauschale, RefusalReason


def running_application(
    actor: Actor, person: Person, contractor: Institution, *, beside: Case | None = None
) -> Case | None:
    """An application for this person to this contractor that still runs, among those the actor may see."""
    cases = Case.objects.visible_to(actor).filter(
        persons.same_person(person), phase=Phase.OPEN, antrag__contractor=contractor
    )
    if beside is not None:
        cases = cases.exclude(pk=beside.pk)
    return cases.order_by("pk").first()


def contractors_for(principal: Institution) -> QuerySet[Institution]:
    """Institutions that ``principal`` may ask: the other groups, and within social assistance other services.

    The concept knows no mandate inside social assistance, yet the published margins prove one (GRP-22).
    """
    offices = Institution.objects.active().filter(statistics_group__in=OPTIMA_GROUPS)
    own = principal.statistics_group
    if own == "SH":
        return offices.exclude(pk=principal.pk)
    return offices.exclude(statistics_group=own)


def proposed_contractor(
    group: str, municipality: Municipality | None, on: dt.date
) -> tuple[Institution | None, str]:
    """Where an application to ``group`` arrives by the routing of that day, and by which mode (ACT-07)."""
    rule = RoutingRule.objects.valid_on(on).filter(group=group).select_related("target").first()
    if rule is None:
        return None, RoutingMode.MUNICIPALITY
    if rule.mode != RoutingMode.MUNICIPALITY:
        return rule.target, rule.mode
    if municipality is None:
        return None, rule.mode
    row = (
        Jurisdiction.objects.valid_on(on)
        .filter(municipality=municipality, group=group)
        .select_related("institution")
        .first()
    )
    return (row.institution if row else None), rule.mode


def contact_of(institution: Institution, on: dt.date) -> ContactPerson | None:
    """The contact person of an institution on a day (ACT-06)."""
    return (
        ContactPerson.objects.valid_on(on)
        .filter(institution=institution)
        .select_related("deputy")
        .order_by("name", "pk")
        .first()
    )


def criteria_for(group: str, on: dt.date) -> QuerySet[AdmissionCriterion]:
    """The admission criteria of a group of contractors on a day."""
    return AdmissionCriterion.objects.valid_on(on).filter(contractor_group=group)


def rates_for(contractor_group: str, principal_group: str, on: dt.date) -> QuerySet[Fallpauschale]:
    """The flat rates between two groups on a day."""
    return Fallpauschale.objects.valid_on(on).filter(
        Q(principal_group="") | Q(principal_group=principal_group), contractor_group=contractor_group
    )


def refusal_reasons(on: dt.date) -> QuerySet[RefusalReason]:
    """The reasons that may be chosen on a day."""
    return RefusalReason.objects.valid_on(on)
