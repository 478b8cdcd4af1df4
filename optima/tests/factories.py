"""Optima cases in every state, made by the real workflow with what the forms would give."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from django.utils import timezone

from iiz.core import cases, clock, workflow
from iiz.core.actor import Actor
from iiz.core.enums import IvProcedure, Role, Service, Sex
from iiz.core.models import Case, Institution, Participation
from iiz.core.synthetic import ahv_number
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator, join
from optima import seed
from optima.enums import OptimaState
from optima.models import AdmissionCriterion, Antrag, ClosingReason, Fallpauschale, RefusalReason, ZielgruppeRule

FIT_FOR_IV = {"arbeitsangebot": "yes", "will_arbeiten": "yes", "unterstuetzung": "yes"}
"""Answers to the criteria of the IV that speak for a hand-over."""
LONG_AGO = dt.date(2020, 1, 1)
_serial = iter(range(500_000_000, 600_000_000))


class RefusalReasonFactory(factory.django.DjangoModelFactory):
    """A listed reason for a refusal."""

    class Meta:
        model = RefusalReason
        django_get_or_create = ("code", "valid_from")

    code = "keine_kapazitaet"
    label = "Keine Kapazität"
    valid_from = LONG_AGO


class AdmissionCriterionFactory(factory.django.DjangoModelFactory):
    """A condition of the IV."""

    class Meta:
        model = AdmissionCriterion

    contractor_group = "IV"
    code = factory.Sequence(lambda n: f"kriterium-{n}")
    heading = "Arbeitsangebot"
    text = "Die Person will und kann arbeiten."
    valid_from = LONG_AGO


class FallpauschaleFactory(factory.django.DjangoModelFactory):
    """A flat rate of the IV."""

    class Meta:
        model = Fallpauschale

    contractor_group = "IV"
    service = "Job-Coaching"
    amount = 300
    billed = True
    valid_from = LONG_AGO


def answers(contractor: Institution, **changes: Any) -> dict[str, Any]:
    """What a valid Antrag form hands to ``submit``; each call invents another person."""
    data: dict[str, Any] = {
        "first_name": "Lena",
        "last_name": "Beispiel",
        "birth_date": dt.date(1988, 3, 14),
        "sex": Sex.FEMALE,
        "ahv_number": ahv_number(next(_serial)),
        "rav_number": "",
        "street": "Dorfstrasse 1",
        "postcode": "6000",
        "place": "Musterdorf",
        "municipality": None,
        "phone": "041 000 00 01",
        "email": "",
        "contractor": contractor,
        "contact_person": contractor.contacts.first(),
        "second_contact": "Vertretung Sozialdienst",
        "planned_months": 6,
        "situation": "Seit zwei Jahren ohne Stelle, möchte wieder in der Pflege arbeiten.",
        "prior_contact": "",
        "agreed_on": timezone.localdate(),
        "goals": [{"text": "Stelle in der Pflege", "expected_result": "Unterschriebener Arbeitsvertrag"}],
        "facts": {"iv_procedure": IvProcedure.NONE},
        "social_counselling": True,
        "wsh": True,
        "job_seeker": False,
        "ale": False,
        "iv_counselling": False,
    }
    return data | changes


def nora(institution: Institution | None = None) -> Actor:
    """Nora, caseworker of a Sozialdienst: she files Anträge."""
    return actor(Role.CASEWORKER, institution, first_name="Nora", last_name="Keller")


def jan(institution: Institution | None = None) -> Actor:
    """Jan, contact person and adviser of an IV office: he decides."""
    office = institution or InstitutionFactory.create(iv=True)
    return actor(Role.CONTACT, office, Role.CASEWORKER, first_name="Jan", last_name="Frei")


def fremde() -> Actor:
    """A caseworker elsewhere who has cases of her own."""
    somebody = actor(Role.CASEWORKER, first_name="Fremde", last_name="Anders")
    submitted(somebody)
    draft(somebody)
    return somebody


def draft(principal: Actor | None = None, **typed: Any) -> Case:
    """A draft of ``principal`` (a new Nora if left out), with answers as typed."""
    principal = principal or nora()
    case = cases.begin(Service.OPTIMA, principal, OptimaState.DRAFT)
    Antrag.objects.create(
        case=case, principal=principal.institution, principal_group=principal.institution.statistics_group
    )
    if typed:
        case.draft = typed
        case.save(update_fields=["draft"])
    return case


def submitted(principal: Actor | None = None, contractor: Institution | None = None, **changes: Any) -> Case:
    """A submitted Antrag; ``changes`` replace answers of the form."""
    principal = principal or nora()
    contractor = contractor or jan().institution
    return workflow.apply(draft(principal), "submit", principal, answers(contractor, **changes))


def barred(**kwargs: Any) -> Case:
    """A submitted Antrag that waits for the coordination office: no row of the table fits (GRP-20)."""
    if not ZielgruppeRule.objects.exists():
        seed.rules()
    return submitted(contractor=jan().institution, criteria=FIT_FOR_IV, ale=True, job_seeker=True, **kwargs)


def ruled(case: Case | None = None, verdict: str = "cleared", **data: Any) -> Case:
    """An Antrag on which the coordination office has decided."""
    given = {"verdict": verdict, "rule": None, "ruling": "Nach Rücksprache mit beiden Stellen."}
    return workflow.apply(case or barred(), "settle_group", coordinator(), given | data)


def principal_of(case: Case) -> Actor:
    """The person who registered the case, acting for the principal."""
    assert case.registered_by is not None
    return _acting(case.registered_by, case.antrag.principal)


def contractor_of(case: Case) -> Actor:
    """Somebody who decides for the contractor: its first contact person, else a new Jan."""
    office = case.antrag.contractor
    assert office is not None
    found = office.memberships.filter(role=Role.CONTACT).order_by("pk").first()
    return _acting(found.user, office) if found else jan(office)


def _acting(user: Any, institution: Institution) -> Actor:
    from iiz.core.actor import actor_for

    return actor_for(user, institution) or join(user, institution, Role.CASEWORKER)


def _submitted(case: Case | None, kwargs: dict[str, Any]) -> Case:
    return case or submitted(**kwargs)


def queried(case: Case | None = None, **kwargs: Any) -> Case:
    """An Antrag with an open question of the contractor."""
    case = _submitted(case, kwargs)
    return workflow.apply(case, "ask", contractor_of(case), {"question": "Welche Ausbildung liegt vor?"})


def answered(case: Case | None = None, **kwargs: Any) -> Case:
    """An Antrag whose question is answered."""
    case = queried(case, **kwargs)
    return workflow.apply(case, "answer", principal_of(case), {"answer": "Pflegehelferin SRK."})


def accepted(case: Case | None = None, adviser: Any = None, **kwargs: Any) -> Case:
    """An accepted Antrag, allocated to ``adviser`` (the person who accepts if left out)."""
    case = _submitted(case, kwargs)
    decider = contractor_of(case)
    return workflow.apply(case, "accept", decider, {"adviser": adviser or decider.user, "note": ""})


def refused(case: Case | None = None, reason: RefusalReason | None = None, text: str = "", **kwargs: Any) -> Case:
    """A refused Antrag."""
    case = _submitted(case, kwargs)
    data = {"refusal_reason": reason or RefusalReasonFactory.create(), "refusal_text": text, "note": ""}
    return workflow.apply(case, "refuse", contractor_of(case), data)


def withdrawn(case: Case | None = None, **kwargs: Any) -> Case:
    """An Antrag that the principal took back."""
    case = _submitted(case, kwargs)
    return workflow.apply(case, "withdraw", principal_of(case), {"note": ""})


def client_declined(case: Case | None = None, **kwargs: Any) -> Case:
    """An Antrag whose client declined before the decision."""
    case = _submitted(case, kwargs)
    return workflow.apply(case, "client_declines", principal_of(case), {"note": ""})


def consent_withdrawn(case: Case | None = None, **kwargs: Any) -> Case:
    """An accepted Antrag whose client withdrew the agreement afterwards."""
    case = accepted(case, **kwargs)
    return workflow.apply(case, "client_withdraws", principal_of(case), {})


def ended(case: Case | None = None, **kwargs: Any) -> Case:
    """A case ended after the agreement was withdrawn."""
    case = consent_withdrawn(case, **kwargs)
    return workflow.apply(case, "end_unestablished", principal_of(case), {"ended_note": ""})


WEEK = dt.timedelta(days=7)


def at(days: int = 7, hour: int = 9) -> dt.datetime:
    """A local moment so many days from the clock's today."""
    day = clock.today() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def date(days: int = 7, **changes: Any) -> dict[str, Any]:
    """What a form hands over as time and place of a meeting."""
    return {"starts_at": at(days), "minutes": 60, "place": "Sitzungszimmer 2", "video_url": ""} | changes


def adviser_of(case: Case) -> Actor:
    """The person in charge at the contractor."""
    row = contractor_part(case)
    assert row.user is not None
    return _acting(row.user, row.institution)


def handover_planned(case: Case | None = None, **kwargs: Any) -> Case:
    """An accepted Antrag whose hand-over meeting is planned in a week."""
    case = case or accepted(**kwargs)
    return workflow.apply(case, "plan_handover", principal_of(case), date() | {"client_informed": True})


def note(ticks: str = "yyy", **changes: Any) -> dict[str, Any]:
    """What the form of the hand-over note hands over; ``ticks`` of client, principal, contractor: y, n, or -."""
    answers = {"y": True, "n": False, "-": None}
    return {
        "held_on": clock.today(),
        "attended": {"client": True, "principal": True, "contractor": True},
        "starts_on": clock.today(),
        "measures": "Bewerbungstraining ab nächster Woche.",
        "statement": True,
        "statement_note": "",
        "agreed": {
            seat: answers[tick] for seat, tick in zip(("client", "principal", "contractor"), ticks, strict=True)
        },
        **date(90),
    } | changes


def handover_held(case: Case | None = None, **kwargs: Any) -> Case:
    """A hand-over whose note the principal has still to agree to."""
    case = case or handover_planned(**kwargs)
    return workflow.apply(case, "hold_handover", adviser_of(case), note("y-y"))


def agreed(case: Case | None = None, begins_in: int = 10, **kwargs: Any) -> Case:
    """A hand-over that all agreed to; case work begins later."""
    case = case or handover_planned(**kwargs)
    words = note(starts_on=clock.today() + dt.timedelta(days=begins_in))
    return workflow.apply(case, "hold_handover", adviser_of(case), words)


def running(case: Case | None = None, **kwargs: Any) -> Case:
    """A case that the contractor leads."""
    case = case or handover_planned(**kwargs)
    return workflow.apply(case, "hold_handover", adviser_of(case), note())


def not_established(case: Case | None = None, **kwargs: Any) -> Case:
    """A hand-over at which the client said no."""
    case = case or handover_planned(**kwargs)
    return workflow.apply(case, "hold_handover", adviser_of(case), note("nyy"))


def continuing(**changes: Any) -> dict[str, Any]:
    """What the note of a Standortgespräch hands over when it goes on."""
    return {
        "held_on": clock.today(),
        "attended": {"client": True, "principal": True, "contractor": True},
        "progress": "Zwei Schnuppertage, gute Rückmeldung.",
        "decision": "continue",
        "measures": "Einsatzprogramm, danach Bewerbungen.",
        "extended_months": None,
        **date(90),
    } | changes


def continued(case: Case) -> Case:
    """A running case after a Standortgespräch at which it goes on."""
    return workflow.apply(case, "hold_standortgespraech", adviser_of(case), continuing())


def closing(**changes: Any) -> dict[str, Any]:
    """What the note of a Standortgespräch hands over when it closes."""
    return {
        "held_on": clock.today(),
        "attended": {"client": True, "principal": True, "contractor": True},
        "progress": "Arbeitsvertrag unterschrieben.",
        "decision": "close",
        "reason": closing_reason(),
        "outcome": "erfolgreich",
        "causes": [],
        "results": [],
        "papers": "Arbeitsvertrag",
        "note": "",
    } | changes


def closing_reason(code: str = "ziel_erreicht", **fields: Any) -> ClosingReason:
    """A reason to close; made on first use."""
    return ClosingReason.objects.get_or_create(
        code=code, defaults={"label": code.replace("_", " ").capitalize(), "valid_from": LONG_AGO, **fields}
    )[0]


def closed(case: Case | None = None, **kwargs: Any) -> Case:
    """A case closed at a Standortgespräch."""
    case = case or running(**kwargs)
    return workflow.apply(case, "hold_standortgespraech", adviser_of(case), closing())


def stopped(case: Case | None = None, **kwargs: Any) -> Case:
    """A running case whose client withdrew the agreement."""
    case = case or running(**kwargs)
    return workflow.apply(case, "client_withdraws", principal_of(case), {})


def contractor_part(case: Case) -> Participation:
    """The live participation of the contractor."""
    return case.participations.get(role="contractor", until=None)
