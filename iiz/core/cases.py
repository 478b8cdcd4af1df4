"""What both services do to a case besides its states: give it a number, begin it, take part in it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from . import audit, clock, tasks, workflow
from .access import sync
from .actor import Actor
from .enums import ParticipationRole, Service
from .models import Case, ClientAgreement, NumberSequence, Participation, Person, User
from .models.person import age_band

OUT_OF_CANTON = "ausserkantonal"
UNKNOWN = "unbekannt"
NUMBER_PREFIX = {Service.OPTIMA: "O", Service.ROUNDTABLE: "R"}


def next_number(service: str, year: int) -> str:
    """The next free case number, such as ``O-2026-0040``; call in a transaction."""
    return next_numbers(service, year, 1)[0]


def next_numbers(service: str, year: int, count: int) -> list[str]:
    """The next ``count`` free case numbers of a year; call in a transaction.

    Numbers of discarded drafts are not given out again; numbers that an import took are passed over.
    """
    NumberSequence.objects.bulk_create([NumberSequence(service=service, year=year)], ignore_conflicts=True)
    sequence = NumberSequence.objects.select_for_update().get(service=service, year=year)
    prefix = f"{NUMBER_PREFIX[Service(service)]}-{year}"
    numbers: list[str] = []
    while missing := count - len(numbers):
        wanted = [f"{prefix}-{sequence.last + step:04d}" for step in range(1, missing + 1)]
        sequence.last += missing
        taken = set(Case.objects.filter(number__in=wanted).values_list("number", flat=True))
        numbers += [number for number in wanted if number not in taken]
    sequence.save(update_fields=["last"])
    return numbers


def begin(
    service: str,
    actor: Actor,
    state: str,
    role: str = ParticipationRole.PRINCIPAL,
    *,
    continues: Case | None = None,
) -> Case:
    """Begin a draft for the actor's institution: number, lead, first participation, access, audit.

    The coordination office takes no part in what it registers for others. Effects: one case, one participation, one
    access row, the open tasks of the state, two audit entries.
    """
    with transaction.atomic():
        today = clock.today()
        case = Case.objects.create(
            number=next_number(service, today.year),
            service=service,
            registering_institution=actor.institution,
            registered_by=actor.user,
            lead_institution=actor.institution,
            lead_user=actor.user,
            lead_since=today,
            arrived_on=today,
            arrival_year=today.year,
            state=state,
            created_at=clock.now(),
            continues=continues,
        )
        if not actor.is_coordination:
            take_part(case, actor.institution.pk, role, actor.user)
        tasks.renew(case, workflow.waits_of(case))
        sync(case)
        audit.open_case(case, actor, "case_begun")
    return case


def take_part(case: Case, institution_id: int, role: str, user: User | None = None) -> Participation:
    """Let an institution take part; the caller syncs access."""
    return Participation.objects.create(
        case=case, institution_id=institution_id, role=role, user=user, since=clock.today()
    )


def freeze_statistics(case: Case, person: Person, day: dt.date) -> None:
    """Fix arrival and statistics attributes as of ``day``; the caller saves (PER-03)."""
    case.arrived_on = day
    case.arrival_year = day.year
    case.sex = person.sex
    case.region = region_of(person)
    case.age_band = age_band(person.birth_date.year if person.birth_date else None, day.year)


def region_of(person: Person) -> str:
    """The *Wahlkreis* of residence; a place without a municipality of the canton is out of canton."""
    if person.municipality is not None:
        return person.municipality.region
    return OUT_OF_CANTON if person.place else UNKNOWN


def record_agreement(case: Case, agreed_on: dt.date, user: User) -> ClientAgreement:
    """Record that the client agreed to take part (PER-07)."""
    return ClientAgreement.objects.create(case=case, agreed_on=agreed_on, recorded_by=user, recorded_at=clock.now())


def record_withdrawal(case: Case, user: User) -> None:
    """Record that the client withdrew the agreement: sharing stops at once; the caller saves and syncs."""
    case.agreements.filter(withdrawn_on=None).update(withdrawn_on=clock.today(), withdrawal_recorded_by=user)
    case.withdrawn_at = clock.now()
