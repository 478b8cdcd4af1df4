"""From the draft to the decision, and the end of an agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from iiz.core import cases, clock, meetings, notify, persons
from iiz.core.actor import Actor
from iiz.core.enums import ParticipationRole, RoutingMode
from iiz.core.models import BenefitSnapshot, Case, CriteriaFacts, RoutingRule, User
from iiz.core.workflow import NotAllowed

from ..enums import Decision
from ..models import Antrag, Goal, Query
from ..queries import running_application
from . import ruling

Data = Mapping[str, Any]
Changes = dict[str, Any]


def submit(case: Case, actor: Actor, data: Data) -> Changes:
    """Turn the draft's answers into person, snapshot, goals and agreement, and hand the case over (OP-04).

    ``data`` is the cleaned Antrag form. Effects: person (new, linked or brought up to date), frozen
    statistics attributes, agreement, snapshot, facts, goals, the contractor's participation.
    Raises ``NotAllowed`` when an application for this person to this contractor is already running, and where law or a
    hard criterion speaks against it.
    """
    person = persons.record(actor, data, case)
    contractor = data["contractor"]
    running = running_application(actor, person.ahv_number, contractor, beside=case)
    if running is not None:
        raise NotAllowed(
            _("Für diese Person läuft bei dieser Stelle bereits der Antrag %(number)s.") % {"number": running.number}
        )
    antrag: Antrag = case.antrag
    for name in ("contact_person", "second_contact", "planned_months", "situation", "prior_contact"):
        setattr(antrag, name, data.get(name) or getattr(antrag, name))
    antrag.contractor, antrag.contractor_group = contractor, contractor.statistics_group
    antrag.principal_group = antrag.principal.statistics_group
    antrag.submitted_at = clock.now()
    antrag.save()
    case.person = person
    cases.freeze_statistics(case, person, clock.today())
    case.draft = {}
    cases.record_agreement(case, data["agreed_on"], actor.user)
    today = clock.today()
    answers = {question: data.get(question) for question in BenefitSnapshot.QUESTIONS}
    BenefitSnapshot.objects.create(case=case, taken_on=today, **answers)
    CriteriaFacts.objects.create(case=case, taken_on=today, **data.get("facts", {}))
    Goal.objects.bulk_create(Goal(antrag=antrag, position=place, **goal) for place, goal in enumerate(data["goals"]))
    cases.take_part(case, contractor.pk, ParticipationRole.CONTRACTOR)
    changes = ruling.classify(case, contractor, data)
    return {"contractor": contractor.name, "goals": len(data["goals"]), **changes}


def ask(case: Case, actor: Actor, data: Data) -> Changes:
    """Put a question to the principal."""
    Query.objects.create(antrag=case.antrag, question=data["question"], asked_by=actor.user, asked_at=clock.now())
    return {}


def answer(case: Case, actor: Actor, data: Data) -> Changes:
    """Answer the open question."""
    case.antrag.queries.filter(answered_at=None).update(
        answer=data["answer"], answered_at=clock.now(), answered_by=actor.user
    )
    return {}


def assign(case: Case, actor: Actor, data: Data) -> Changes:
    """Put a person of the contractor in charge, also at the meetings to come; tells that person (ACT-06)."""
    return _put_in_charge(case, actor, data["adviser"], ParticipationRole.CONTRACTOR)


def hand_over(case: Case, actor: Actor, data: Data) -> Changes:
    """Put another person of the principal in charge, as before somebody leaves (ACT-08); tells that person."""
    return _put_in_charge(case, actor, data["adviser"], ParticipationRole.PRINCIPAL)


def _put_in_charge(case: Case, actor: Actor, adviser: User, role: str) -> Changes:
    row = case.participations.select_related("institution").get(role=role, until=None)
    if row.user_id == adviser.pk:
        return {"adviser": adviser.get_full_name()}
    row.user = adviser
    row.save(update_fields=["user"])
    if case.lead_institution_id == row.institution_id:
        case.lead_user = adviser
    meetings.reseat(case, row.institution, adviser)
    notify.queue("optima_assigned", case, [(adviser, row.institution)], beside=actor.user)
    return {"adviser": adviser.get_full_name()}


def accept(case: Case, actor: Actor, data: Data) -> Changes:
    """Take the case and name the adviser (OP-05). The lead stays with the principal until case work begins."""
    changes = assign(case, actor, data)
    _decide(case.antrag, Decision.ACCEPTED, actor, data)
    return changes | ruling.confirm(case, actor, data)


def refuse(case: Case, actor: Actor, data: Data) -> Changes:
    """Refuse with a listed reason; *Sonstige* needs a text (OUT-01, OUT-02)."""
    antrag = case.antrag
    antrag.refusal_reason = data["refusal_reason"]
    antrag.refusal_text = data.get("refusal_text", "")
    _decide(antrag, Decision.REFUSED, actor, data)
    return {"reason": antrag.refusal_reason.code}


def withdraw(case: Case, actor: Actor, data: Data) -> Changes:
    """Take the application back before the decision (OUT-03)."""
    _decide(case.antrag, Decision.WITHDRAWN, actor, data)
    return {}


def client_declines(case: Case, actor: Actor, data: Data) -> Changes:
    """The client withdraws the agreement before the decision: sharing stops, the case ends (PER-07)."""
    cases.record_withdrawal(case, actor.user)
    _decide(case.antrag, Decision.CLIENT_DECLINED, actor, data)
    return {}


def client_withdraws(case: Case, actor: Actor, data: Data) -> Changes:
    """The client withdraws the agreement after the decision: sharing stops, the case waits to be ended.

    Meetings still planned are called off.
    """
    cases.record_withdrawal(case, actor.user)
    meetings.cancel_planned(case, _("Das Einverständnis ist zurückgezogen."))
    return {}


def end_unestablished(case: Case, actor: Actor, data: Data) -> Changes:
    """End an accepted case that never got under way, with a reason unless the agreement was withdrawn (OP-01)."""
    case.antrag.ended_note = data.get("ended_note", "")
    case.antrag.save(update_fields=["ended_note"])
    meetings.cancel_planned(case, _("Der Fall ist beendet."))
    return {}


def _decide(antrag: Antrag, decision: str, actor: Actor, data: Data) -> None:
    antrag.decision = decision
    antrag.decided_on = clock.today()
    antrag.decided_by = actor.user
    antrag.decision_note = data.get("note", "")
    antrag.save()


def not_withdrawn(case: Case, actor: Actor) -> str | None:
    """Guard: the agreement still stands."""
    return _("Das Einverständnis ist bereits zurückgezogen.") if case.withdrawn_at else None


def via_coordination(case: Case) -> bool:
    """Whether applications to this contractor's group arrive at the coordination office (ACT-07)."""
    rules = RoutingRule.objects.valid_on(case.arrived_on)
    group = case.antrag.contractor_group
    nobody = case.participations.filter(role=ParticipationRole.CONTRACTOR, until=None, user=None).exists()
    return nobody and rules.filter(group=group, mode=RoutingMode.COORDINATION).exists()
