"""From the draft to the decision whether a process is started (RT-03 to RT-07, PER-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from iiz.core import cases, clock, consents, persons
from iiz.core.actor import Actor
from iiz.core.enums import InstitutionKind, ParticipationRole, StatisticsGroup
from iiz.core.models import Case, Institution, Person, Vollmacht
from iiz.core.workflow import NotAllowed, end

from ..enums import ParticipantKind, StartDecision
from ..models import CriterionAnswer, Participant, RegistrationQuery
from ..queries import advise, is_met, roundtable_of, running_roundtable

Data = Mapping[str, Any]
Changes = dict[str, Any]

NEEDS_HEALTH = frozenset(
    {
        InstitutionKind.IV,
        InstitutionKind.MEDICAL,
        InstitutionKind.ADDICTION,
        InstitutionKind.SICKNESS_INSURER,
        InstitutionKind.ACCIDENT_INSURER,
    }
)
"""Kinds of offices whose part in a case usually needs health data; the coordination office changes it (PER-10)."""


def submit(case: Case, actor: Actor, data: Data) -> Changes:
    """Turn the draft's answers into person, Vollmacht and answers to the criteria, and hand the case over.

    ``data`` is the cleaned form: the person's fields; ``registered_office`` (an institution or none),
    ``registered_text``, ``registered_contact``; ``reason``, ``wanted``, ``prior_talk``; ``criteria_set`` and
    ``answers`` (criterion → yes, no or ``None``); ``self_run`` if the own office moderates (RT-22); and either
    ``vollmacht``, a recorded one, or ``signed_on``, ``valid_until``, ``lines`` (``consents.Line``) and ``scan``.
    Effects: person, Vollmacht, frozen statistics, answers, the seats of the registering office and of the client.
    Raises ``NotAllowed`` when a Roundtable for this person already runs, and without a valid Vollmacht (PER-06).
    """
    person = persons.record(actor, data, case)
    running = running_roundtable(actor, person, beside=case)
    if running is not None:
        raise NotAllowed(_("Für diese Person läuft bereits der Roundtable %(number)s.") % {"number": running.number})
    case.person = person
    case.vollmacht = _vollmacht(actor, person, data)
    cases.freeze_statistics(case, person, clock.today())
    case.draft = {}

    record = roundtable_of(case)
    office: Institution | None = data.get("registered_office")
    record.registered_office = office
    record.registered_group = office.statistics_group if office else StatisticsGroup.OTHER
    for name in ("registered_text", "registered_contact", "reason", "wanted", "prior_talk"):
        setattr(record, name, data.get(name) or "")
    if record.registered_group == StatisticsGroup.OTHER and not record.registered_text:
        record.registered_text = office.name if office else ""
    record.submitted_at = clock.now()
    record.self_run = bool(data.get("self_run")) and not actor.is_coordination
    record.criteria_set = data.get("criteria_set")
    record.advice = _answers(case, data)
    record.save()

    own = case.participations.filter(until=None).first()
    if own is not None:
        own.health = actor.institution.kind in NEEDS_HEALTH
        own.save(update_fields=["health"])
        Participant.objects.create(
            case=case,
            kind=ParticipantKind.OFFICE,
            participation=own,
            added_by=actor.user,
            added_at=clock.now(),
        )
    Participant.objects.create(
        case=case,
        kind=ParticipantKind.CLIENT,
        email=person.email,
        phone=person.phone,
        added_by=actor.user,
        added_at=clock.now(),
    )
    return {"registered_group": record.registered_group, "advice": record.advice}


def _vollmacht(actor: Actor, person: Person, data: Data) -> Vollmacht:
    """The recorded Vollmacht that was chosen, or a new one; valid today in any case."""
    found: Vollmacht | None = data.get("vollmacht")
    if found is not None and found.person.identity_id != person.identity_id:
        raise NotAllowed(_("Diese Vollmacht hat jemand anderes unterschrieben."))
    if found is None:
        found = consents.record(
            actor,
            person,
            signed_on=data["signed_on"],
            valid_until=data["valid_until"],
            lines=data["lines"],
            scan=data.get("scan"),
        )
    if not found.holds_on(clock.today()):
        raise NotAllowed(
            _("Diese Vollmacht gilt heute nicht. Ohne gültige Vollmacht bleibt die Anmeldung ein Entwurf.")
        )
    return found


def _answers(case: Case, data: Data) -> str:
    """Keep how the criteria were answered, and return what they say."""
    chosen = data.get("criteria_set")
    if chosen is None or case.vollmacht is None:
        return ""
    offices = [line.institution for line in case.vollmacht.lines.select_related("institution") if line.institution]
    given: Mapping[Any, bool | None] = data.get("answers", {})
    judged = [(row, is_met(row, offices, given.get(row))) for row in chosen.criteria.all()]
    record = roundtable_of(case)
    CriterionAnswer.objects.bulk_create(
        CriterionAnswer(roundtable=record, criterion=row, met=met) for row, met in judged
    )
    return advise(judged, offices)


def ask(case: Case, actor: Actor, data: Data) -> Changes:
    """Put a question to the registering office; its answer brings the case back."""
    RegistrationQuery.objects.create(
        roundtable=roundtable_of(case), question=data["question"], asked_by=actor.user, asked_at=clock.now()
    )
    return {}


def answer(case: Case, actor: Actor, data: Data) -> Changes:
    """Answer the open question."""
    roundtable_of(case).queries.filter(answered_at=None).update(
        answer=data["answer"], answered_at=clock.now(), answered_by=actor.user
    )
    return {}


def start(case: Case, actor: Actor, data: Data) -> Changes:
    """Start the process and let the offices take part that the coordination office confirms (RT-07, RT-08).

    ``data``: ``decided_on``, ``note`` (a reason where the criteria advise against it), ``offices``.
    Effects: decision, a participation and a seat for each office that the Vollmacht names.
    """
    decide(case, actor, StartDecision.STARTED, data)
    for office in data["offices"]:
        seat_office(case, actor, office)
    return {"offices": [office.name for office in data["offices"]]}


def seat_office(case: Case, actor: Actor, office: Institution) -> Participant:
    """Let an office take part, if it does not already; raises ``NotAllowed`` unless the Vollmacht names it."""
    known = Participant.objects.filter(
        case=case, participation__institution=office, participation__until=None, ended_at=None
    ).first()
    if known is not None:
        return known
    if consents.line_for(case, office.pk) is None:
        raise NotAllowed(_("Die Vollmacht nennt %(office)s nicht.") % {"office": office.name})
    part = cases.take_part(case, office.pk, ParticipationRole.PARTICIPANT)
    part.health = office.kind in NEEDS_HEALTH
    part.save(update_fields=["health"])
    return Participant.objects.create(
        case=case,
        kind=ParticipantKind.OFFICE,
        participation=part,
        added_by=actor.user,
        added_at=clock.now(),
    )


def not_start(case: Case, actor: Actor, data: Data) -> Changes:
    """Do not start a process, for a listed reason; the registration counts, the process does not (RT-07, OUT-08).

    ``data``: ``decided_on`` (today if left out), ``reason``, ``note``.
    """
    decide(case, actor, StartDecision.NOT_STARTED, data)
    return {"reason": data["reason"].code}


def decide(case: Case, actor: Actor, decision: str, data: Data) -> None:
    """Write down the decision; ``data``: ``decided_on`` (today if left out), ``note``, ``reason`` if not started."""
    record = roundtable_of(case)
    record.decision = decision
    record.decided_on = data.get("decided_on") or clock.today()
    record.decided_by, record.decision_note = actor.user, data.get("note", "")
    record.not_started_reason = data.get("reason")
    record.save()
    if decision == StartDecision.NOT_STARTED:
        end(case, record.decided_on)


# Guards -------------------------------------------------------------------------------------------------------------


def not_withdrawn(case: Case, actor: Actor) -> str | None:
    """The Vollmacht still stands."""
    return _("Die Vollmacht ist zurückgezogen: Es wird nichts mehr ausgetauscht.") if case.withdrawn_at else None


def holds(case: Case, actor: Actor) -> str | None:
    """The Vollmacht stands and is valid today (PER-06)."""
    vollmacht = case.vollmacht
    if case.withdrawn_at is None and vollmacht is not None and not vollmacht.holds_on(clock.today()):
        return _("Die Vollmacht ist am %(day)s abgelaufen. Halten Sie zuerst eine neue fest.") % {
            "day": f"{vollmacht.valid_until:%d.%m.%Y}"
        }
    return not_withdrawn(case, actor)


def rests(case: Case, actor: Actor) -> str | None:
    """There is a Vollmacht at all: imported cases have none."""
    return None if case.vollmacht_id is not None else _("Zu diesem Fall ist keine Vollmacht festgehalten.")


def brings_signature(case: Case, actor: Actor) -> str | None:
    """Whoever leads or registered the case gets a new signature, or the coordination office."""
    if actor.is_coordination or actor.institution.pk in (case.lead_institution_id, case.registering_institution_id):
        return None
    return _("Das tut die Stelle, die den Fall führt.")


def has_office(case: Case, actor: Actor) -> str | None:
    """There is an office in the portal that can answer; otherwise one telephones."""
    if any(row.until is None for row in case.participations.all()):
        return None
    return _("Die anmeldende Stelle ist nicht im Portal. Bitte fragen Sie telefonisch nach.")
