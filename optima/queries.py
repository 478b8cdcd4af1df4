"""Questions that Optima asks the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from iiz.core import meetings, substitutions
from iiz.core.actor import Actor, actor_for
from iiz.core.enums import OPTIMA_GROUPS, Phase, RoutingMode, StatisticsGroup
from iiz.core.models import (
    Case,
    ContactPerson,
    Institution,
    Invitee,
    Jurisdiction,
    Meeting,
    Municipality,
    Participation,
    RoutingRule,
    User,
)

from .enums import ClosingParty, CostModel, MeetingKind, OptimaState
from .models import (
    AdmissionCriterion,
    Antrag,
    ClosingDetail,
    ClosingReason,
    CostSharing,
    Fallpauschale,
    MeetingRequest,
    PrincipalRequest,
    ReducedProcedure,
    RefusalReason,
    ZielgruppeRule,
)


def running_application(
    actor: Actor, ahv_number: str | None, contractor: Institution, *, beside: Case | None = None
) -> Case | None:
    """An application for this person to this contractor that still runs, among those the actor may see.

    All records of one person carry the same AHV number, linked or not.
    """
    cases = Case.objects.visible_to(actor).filter(
        person__ahv_number=ahv_number, phase=Phase.OPEN, antrag__contractor=contractor
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


def proposed_contractor(group: str, municipality: Municipality | None, on: dt.date) -> tuple[Institution | None, str]:
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


def offices_by_place(group: str, on: dt.date) -> tuple[bool, Institution | None]:
    """Whether the municipality tells which office of ``group`` is asked that day, and which one where it does not."""
    rule = RoutingRule.objects.valid_on(on).filter(group=group).select_related("target").first()
    if rule is None or rule.mode == RoutingMode.MUNICIPALITY:
        return True, None
    return False, rule.target


def office_at(number: int, group: str, on: dt.date) -> tuple[Municipality | None, Institution | None]:
    """A municipality by its BFS number, and the office of ``group`` that works and answers for it on a day (ACT-03)."""
    rows = Jurisdiction.objects.valid_on(on).filter(municipality_id=number, group=group)
    row = rows.select_related("municipality", "institution").first()
    if row is None:
        return Municipality.objects.filter(pk=number).first(), None
    return row.municipality, row.institution if row.institution.is_active else None


JOINS = (
    "principal",
    "contractor",
    "contact_person__deputy",
    "refusal_reason",
    "decided_by",
    "classification__rule",
    "classification__proposed",
    "classification__confirmed_by",
    "abschluss__reason",
)
"""The rows that the pages of an Antrag show; a case that is fetched to be shown brings them along."""


def antrag_of(case: Case) -> Antrag:
    """The Antrag of a case with the rows its pages show; asks the database at most once per case object."""
    rows = Antrag.objects.select_related(*JOINS)
    prefetch_related_objects([case], Prefetch("antrag", rows), "participations__institution", "participations__user")
    return case.antrag


DELEGATED = (OptimaState.AGREED, OptimaState.RUNNING, OptimaState.CLOSED)
"""The states in which it matters who does what between the two offices."""


def prepare(case: Case) -> None:
    """Fetch what the pages of a case ask for many times: the Antrag, its goals, wishes for a meeting, messages."""
    antrag = antrag_of(case)
    if case.state in (OptimaState.RUNNING, OptimaState.CLOSED):
        prefetch_related_objects([case], "services")
    if case.state == OptimaState.RUNNING:
        wishes = MeetingRequest.objects.select_related("asked_by", "answered_by")
        prefetch_related_objects([case], Prefetch("meeting_requests", wishes))
    if case.state in DELEGATED:
        procedure, sent = procedure_of(case), PrincipalRequest.objects.select_related("sent_by", "decided_by")
        if procedure is None or not (procedure.takes_hints or procedure.takes_measures):
            sent = sent.none()
        prefetch_related_objects([case], Prefetch("principal_requests", sent))
    if case.state == OptimaState.ACCEPTED:
        prefetch_related_objects([antrag], "goals")
    if (antrag.principal_group, antrag.contractor_group) == (StatisticsGroup.RAV, StatisticsGroup.SH):
        prefetch_related_objects([antrag], "vereinbarungen")


def contact_of(institution: Institution, on: dt.date) -> ContactPerson | None:
    """The contact person of an institution on a day, rather than somebody who only stands in (ACT-06)."""
    stands_in = Exists(ContactPerson.objects.filter(deputy=OuterRef("pk")))
    return (
        ContactPerson.objects.for_optima()
        .valid_on(on)
        .filter(institution=institution)
        .select_related("deputy")
        .order_by(stands_in, "name", "pk")
        .first()
    )


def criteria_for(group: str, on: dt.date) -> QuerySet[AdmissionCriterion]:
    """The admission criteria of a group of contractors on a day."""
    return AdmissionCriterion.objects.valid_on(on).filter(contractor_group=group)


def rates_for(contractor_group: str, principal_group: str, on: dt.date) -> QuerySet[Fallpauschale]:
    """The flat rates between two groups on a day; ``shared`` says whether model A holds, under which all are billed."""
    groups = {"contractor_group": contractor_group, "principal_group": principal_group}
    shared = CostSharing.objects.valid_on(on).filter(**groups, model=CostModel.A)
    either = Q(principal_group="") | Q(principal_group=principal_group)
    rates: QuerySet[Fallpauschale] = Fallpauschale.objects.valid_on(on)
    return rates.filter(either, contractor_group=contractor_group).annotate(shared=Exists(shared))


def least_busy(office: Institution, people: Sequence[User]) -> int | None:
    """Who of ``people`` has the fewest open cases in charge and is not away today; of several the first, by name."""
    away = substitutions.deputies(office)
    parts = Participation.objects.filter(institution=office, until=None, case__phase=Phase.OPEN, user__in=people)
    loads = dict(parts.order_by().values_list("user").annotate(Count("pk")))
    here = [user.pk for user in people if user.pk not in away]
    return min(here, key=lambda pk: loads.get(pk, 0), default=None)


def rules_between(principal_group: str, contractor_group: str, on: dt.date) -> QuerySet[ZielgruppeRule]:
    """The rows of the decision table for one direction on a day."""
    rows = ZielgruppeRule.objects.valid_on(on)
    return rows.filter(principal_group=principal_group, contractor_group=contractor_group)


def refusal_reasons(on: dt.date) -> QuerySet[RefusalReason]:
    """The reasons that may be chosen on a day."""
    return RefusalReason.objects.valid_on(on)


def last_handover(case: Case) -> Meeting | None:
    """The hand-over meeting that was held on a case, with its note."""
    return meetings.last_held(case, MeetingKind.UEBERGABEGESPRAECH)


def seats(meeting: Meeting) -> list[Invitee]:
    """Who sits at the table of a meeting, in the order of the invitation."""
    return list(meeting.invitees.all())


def in_charge(part: Participation) -> User | None:
    """Who answers for one side of a case, unless that person no longer works there."""
    acting = actor_for(part.user, part.institution) if part.user else None
    return part.user if acting is not None and acting.works_on_cases else None


def closing_reasons(on: dt.date, party: str) -> QuerySet[ClosingReason]:
    """The reasons that a side may name on a day (OUT-04); the coordination office may name all."""
    rows = ClosingReason.objects.valid_on(on)
    return rows if party == "coordination" else rows.filter(party__in=(party, ClosingParty.ANY))


def closing_details(kind: str, on: dt.date) -> QuerySet[ClosingDetail]:
    """The causes or results that may be chosen on a day (OUT-06)."""
    return ClosingDetail.objects.valid_on(on).filter(kind=kind)


def procedure_for(antrag: Antrag, on: dt.date) -> ReducedProcedure | None:
    """Who does what between the two groups of an Antrag on a day (RED-01 to RED-06)."""
    return procedure_between(antrag.principal_group, antrag.contractor_group, on)


def procedure_between(principal_group: str, contractor_group: str, on: dt.date) -> ReducedProcedure | None:
    """Who does what between two groups on a day."""
    rows = ReducedProcedure.objects.valid_on(on)
    return rows.filter(principal_group=principal_group, contractor_group=contractor_group).first()


def procedure_of(case: Case) -> ReducedProcedure | None:
    """Who does what between the offices of a case, by the rules of the day it arrived; asked once per case object."""
    known = vars(antrag_of(case))
    if "procedure" not in known:
        known["procedure"] = procedure_for(case.antrag, case.arrived_on)
    found: ReducedProcedure | None = known["procedure"]
    return found
