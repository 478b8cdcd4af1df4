"""Cases, rates and offices as the tests of the money need them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from iiz.core.actor import Actor
from iiz.core.enums import IvProcedure, Phase, Role, Service
from iiz.core.models import BenefitSnapshot, Case, CriteriaFacts, Institution, Person
from iiz.core.tests.factories import InstitutionFactory, actor
from iiz.core.workdays import next_working_day
from optima.billing import accounts, mails
from optima.billing.months import first_of
from optima.enums import CostBasis, CostModel, OptimaState, Proration
from optima.models import Antrag, BillingRule, CaseService, CostSharing, Fallpauschale, Invoice

IBAN = "CH5800791123000889012"
JANUARY = dt.date(2026, 1, 1)
_numbers = iter(range(1, 100_000))


def office(kind: str = "iv", **fields: Any) -> Institution:
    """An office with all that an invoice needs."""
    address = {"street": "Amtsweg 3", "postcode": "6002", "place": "Musterstadt", "iban": IBAN}
    made: Institution = InstitutionFactory.create(**{kind: True} if kind != "sd" else {}, **address | fields)
    return made


def contact(institution: Institution) -> Actor:
    """The contact person, who bills for the office."""
    return actor(Role.CONTACT, institution)


def rate(amount: Any = 300, service: str = "Job-Coaching", group: str = "IV", **fields: Any) -> Fallpauschale:
    """A flat rate; billed where the service was given, unless told otherwise."""
    values = {"billed": True, "valid_from": dt.date(2020, 1, 1)} | fields
    return Fallpauschale.objects.create(contractor_group=group, service=service, amount=Decimal(amount), **values)


def estimate(amount: Any = 227, group: str = "IV", **fields: Any) -> Fallpauschale:
    """A reckoning figure of the model for each running case."""
    return rate(amount, "Beratung", group, billed=False, every_case=True, **fields)


def rule(proration: str = Proration.MONTH, **fields: Any) -> BillingRule:
    """How months are counted."""
    return BillingRule.objects.create(proration=proration, **{"valid_from": dt.date(2020, 1, 1)} | fields)


def model_a(contractor: str = "IV", principal: str = "SH", **fields: Any) -> CostSharing:
    """Flat rates are billed between two groups."""
    values = {"basis": CostBasis.AGREEMENT, "decided_by": "Steuergruppe", "valid_from": dt.date(2020, 1, 1)} | fields
    return CostSharing.objects.create(
        contractor_group=contractor, principal_group=principal, model=CostModel.A, **values
    )


def work(
    contractor: Institution,
    principal: Institution,
    since: dt.date = dt.date(2025, 6, 1),
    until: dt.date | None = None,
    *,
    service: str = "Job-Coaching",
    given: tuple[dt.date, dt.date | None] | None = None,
    iv: str = IvProcedure.NONE,
    counselled: bool | None = False,
    seeker: bool | None = False,
) -> Case:
    """A case on which ``contractor`` has worked since a day, with a service all the time (or as ``given``; "" none)."""
    case = Case.objects.create(
        number=f"O-2026-{next(_numbers):04d}",
        service=Service.OPTIMA,
        person=Person.objects.create(first_name="Lena", last_name="Beispiel"),
        registering_institution=principal,
        state=OptimaState.CLOSED if until else OptimaState.RUNNING,
        phase=Phase.ENDED if until else Phase.OPEN,
        arrived_on=since,
        ended_on=until,
        lead_institution=contractor,
        arrival_year=since.year,
    )
    Antrag.objects.create(
        case=case,
        principal=principal,
        principal_group=principal.statistics_group,
        contractor=contractor,
        contractor_group=contractor.statistics_group,
        started_on=since,
        planned_months=6,
    )
    CriteriaFacts.objects.create(case=case, iv_procedure=iv)
    BenefitSnapshot.objects.create(case=case, social_counselling=counselled, job_seeker=seeker)
    if service:
        first, last = given or (since, until)
        CaseService.objects.create(case=case, service=service, since=first, until=last)
    return case


def withdrawn(case: Case, day: dt.date) -> None:
    """The agreement ended on a day, just after midnight: in UTC it was the day before."""
    case.withdrawn_at = timezone.make_aware(dt.datetime.combine(day, dt.time(0, 30)))
    case.save()


def biller() -> Actor:
    """An IV office that gave one service to a social service with somebody to hear of it."""
    rule()
    rate()
    jan, debtor = contact(office("iv")), office("sd")
    contact(debtor)
    work(jan.institution, debtor)
    return jan


def invoice() -> Invoice:
    """The invoice of the last month."""
    return accounts.issue(biller(), accounts.last_complete_month())[0]


def reminded() -> None:
    """The scheduler wakes in the morning of the first working day of the month."""
    biller()
    day = next_working_day(first_of(timezone.localdate()))
    mails.sweep(timezone.make_aware(dt.datetime.combine(day, dt.time(8))))
