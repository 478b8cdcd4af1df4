"""Roundtables in every state, made by the real workflow with what the forms would give.

Nora works at a Sozialdienst and registers; Jan works at a RAV and Iris at the IV: the Vollmacht names all three and a
therapist. Whom a case knows is found again by ``of_kind``: ``nora_of(case)``, ``jan_of(case)``, ``iris_of(case)``.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from iiz.core import access, clock, consents, workflow
from iiz.core.actor import Actor, actor_for
from iiz.core.consents import Line
from iiz.core.enums import DataCategory, InstitutionKind, Role, Sex
from iiz.core.models import Case, Institution, Scan, ScopeLine, Vollmacht
from iiz.core.synthetic import ahv_number
from iiz.core.tests.factories import InstitutionFactory, PersonFactory, actor, coordinator, join
from roundtable import actions, queries, seed
from roundtable.enums import Availability, ClosingReason, ParticipantKind
from roundtable.models import AreaView, CriteriaSet, LifeArea, NotStartedReason, Participant, Perspective

ALL = frozenset(DataCategory.values)
THERAPIST = "Dr. Tina Muster"
DAY = dt.timedelta(days=1)
_serial = iter(range(700_000_000, 800_000_000))


# People -------------------------------------------------------------------------------------------------------------


def nora(institution: Institution | None = None) -> Actor:
    """Nora, caseworker of a Sozialdienst."""
    return actor(Role.CASEWORKER, institution, first_name="Nora", last_name="Keller")


def jan(institution: Institution | None = None) -> Actor:
    """Jan, caseworker and contact person of a RAV."""
    return _with_contact(institution or InstitutionFactory.create(rav=True), "Jan", "Frei")


def iris(institution: Institution | None = None) -> Actor:
    """Iris, caseworker and contact person of the IV."""
    return _with_contact(institution or InstitutionFactory.create(iv=True), "Iris", "Vogel")


def _with_contact(office: Institution, first_name: str, last_name: str) -> Actor:
    return actor(Role.CONTACT, office, Role.CASEWORKER, first_name=first_name, last_name=last_name)


def koordination() -> Actor:
    """The coordinator; always the same one."""
    office = Institution.objects.coordination()
    found = office.memberships.filter(role=Role.COORDINATOR).order_by("pk").first() if office else None
    return _acting(found.user, found.institution) if found else coordinator()


def fremde() -> Actor:
    """A caseworker elsewhere who has a Roundtable of her own."""
    somebody = actor(Role.CASEWORKER, first_name="Fremde", last_name="Anders")
    registered(somebody)
    return somebody


def of_kind(case: Case, kind: str) -> Actor:
    """Somebody who works on the case at an office of this kind that the Vollmacht names."""
    assert case.vollmacht is not None
    line = case.vollmacht.lines.filter(institution__kind=kind).order_by("-pk").first()
    assert line is not None, f"{case} knows no {kind}"
    assert line.institution is not None
    return worker(line.institution)


def worker(office: Institution) -> Actor:
    """The first caseworker of an office, or a new one."""
    found = office.memberships.filter(role=Role.CASEWORKER).order_by("pk").first()
    return _acting(found.user, office) if found else nora(office)


def nora_of(case: Case) -> Actor:
    """Nora of this case."""
    return of_kind(case, InstitutionKind.SOCIAL_SERVICE)


def jan_of(case: Case) -> Actor:
    """Jan of this case."""
    return of_kind(case, InstitutionKind.RAV)


def iris_of(case: Case) -> Actor:
    """Iris of this case."""
    return of_kind(case, InstitutionKind.IV)


def _acting(user: Any, institution: Institution) -> Actor:
    return actor_for(user, institution) or join(user, institution, Role.CASEWORKER)


# To the decision ----------------------------------------------------------------------------------------------------


def answers(by: Actor, offices: Iterable[Institution] = (), **changes: Any) -> dict[str, Any]:
    """What a valid registration hands to ``submit``; each call invents another person.

    The Vollmacht names the registering office, ``offices`` and a therapist, all for every kind of data.
    """
    today = clock.today()
    named = [Line(office, categories=ALL) for office in (by.institution, *offices)]
    chosen = criteria()
    data: dict[str, Any] = {
        "first_name": "Petra",
        "last_name": "Probe",
        "birth_date": dt.date(1980, 5, 17),
        "sex": Sex.FEMALE,
        "ahv_number": ahv_number(next(_serial)),
        "street": "Dorfstrasse 2",
        "postcode": "6000",
        "place": "Musterdorf",
        "municipality": None,
        "phone": "041 000 00 02",
        "email": "",
        "registered_office": by.institution,
        "registered_text": "",
        "registered_contact": "",
        "reason": "Drei Stellen klären nebeneinander, ob eine Umschulung sinnvoll ist.",
        "wanted": "Ein gemeinsamer Plan für die nächsten sechs Monate.",
        "prior_talk": "",
        "criteria_set": chosen,
        "answers": dict.fromkeys(chosen.criteria.all(), True),
        "signed_on": today - 7 * DAY,
        "valid_until": today + 300 * DAY,
        "lines": [*named, Line(name=THERAPIST, categories=ALL)],
        "scan": None,
    }
    return data | changes


def criteria() -> CriteriaSet:
    """The criteria of today; the canton's lists are loaded on first use."""
    if not CriteriaSet.objects.exists():
        seed.seed()
    found = queries.criteria_set(clock.today())
    assert found is not None
    return found


def draft(by: Actor | None = None, **typed: Any) -> Case:
    """A draft, with answers as typed."""
    case = actions.begin(by or nora(), uuid.uuid4())
    if typed:
        case.draft |= typed
        case.save(update_fields=["draft"])
    return case


def registered(by: Actor | None = None, offices: Iterable[Institution] | None = None, **changes: Any) -> Case:
    """A registration that waits for the decision; without ``offices`` the Vollmacht names a RAV and the IV too."""
    by = by or nora()
    others = [jan().institution, iris().institution] if offices is None else list(offices)
    return workflow.apply(draft(by), "submit", by, answers(by, others, **changes))


def registrant_of(case: Case) -> Actor:
    """Whoever registered the case."""
    assert case.registered_by is not None
    return _acting(case.registered_by, case.registering_institution)


def self_run(by: Actor | None = None, offices: Iterable[Institution] | None = None, **changes: Any) -> Case:
    """A Roundtable that its office runs without the coordination office; it starts at once."""
    return registered(by, offices, self_run=True, **changes)


def moderator_of(case: Case) -> Actor:
    """Whoever moderates: a coordinator, or the office that registered a self-run case."""
    return koordination() if queries.moderator(case) is None else registrant_of(case)


def taken_over(case: Case | None = None) -> Case:
    """A self-run Roundtable that the coordination office has taken over."""
    return workflow.apply(case or self_run(), "take_over", koordination(), {"note": ""})


def _registered(case: Case | None, kwargs: dict[str, Any]) -> Case:
    return case or registered(**kwargs)


def queried(case: Case | None = None, **kwargs: Any) -> Case:
    """A registration with an open question of the coordination office."""
    case = _registered(case, kwargs)
    return workflow.apply(case, "ask", koordination(), {"question": "Seit wann ist die IV beteiligt?"})


def answered(case: Case | None = None, **kwargs: Any) -> Case:
    """A registration whose question is answered."""
    case = queried(case, **kwargs)
    return workflow.apply(case, "answer", registrant_of(case), {"answer": "Seit März, die Abklärung läuft."})


def not_started(case: Case | None = None, reason: str = "bilateral_geloest", note: str = "", **kwargs: Any) -> Case:
    """A registration for which no process was started; ``reason`` as in the list of the canton."""
    case = _registered(case, kwargs)
    data = {"decided_on": clock.today(), "reason": NotStartedReason.objects.get(code=reason), "note": note}
    return workflow.apply(case, "not_start", koordination(), data)


def taken_back(case: Case | None = None, **kwargs: Any) -> Case:
    """A registration that its office took back."""
    case = _registered(case, kwargs)
    reason = NotStartedReason.objects.get(code="keine_zustimmung")
    return workflow.apply(case, "withdraw", registrant_of(case), {"reason": reason, "note": ""})


def started(case: Case | None = None, **kwargs: Any) -> Case:
    """A started process with all offices of the Vollmacht at the table."""
    case = _registered(case, kwargs)
    offices = [line.institution for line in consents.live_lines(case) if line.institution is not None]
    return workflow.apply(case, "start", koordination(), {"decided_on": clock.today(), "note": "", "offices": offices})


# The table ----------------------------------------------------------------------------------------------------------


def with_therapist(case: Case | None = None, email: str = "") -> Case:
    """A started process with the therapist whom the Vollmacht names at the table; with ``email`` she gets links."""
    case = case or started()
    line = next(line for line in consents.live_lines(case) if line.name == THERAPIST)
    return add_person(case, ParticipantKind.PROFESSIONAL, THERAPIST, email, "Psychotherapeutin", line)


def with_mother(case: Case | None = None, email: str = "") -> Case:
    """A started process with the mother at the table, by the wish of the client; with ``email`` she gets links."""
    return add_person(case or started(), ParticipantKind.RELATIVE, "Maria Probe", email, "Mutter")


def add_person(
    case: Case, kind: str, name: str, email: str = "", function: str = "", line: ScopeLine | None = None
) -> Case:
    """Somebody without an account joins."""
    data = {"kind": kind, "name": name, "function": function, "email": email, "phone": "", "line": line}
    return workflow.apply(case, "add_person", moderator_of(case), data)


def row_of(case: Case, who: Actor | str) -> Participant:
    """The seat of an office, of somebody by name, or of the client (``"client"``)."""
    if isinstance(who, Actor):
        return case.participants.get(participation__institution=who.institution, ended_at=None)
    if who == ParticipantKind.CLIENT:
        return case.participants.get(kind=who, ended_at=None)
    return case.participants.get(name=who, ended_at=None)


# Dates --------------------------------------------------------------------------------------------------------------


def at(days: int = 20, hour: int = 9) -> dt.datetime:
    """A local moment so many days from the clock's today."""
    return timezone.make_aware(dt.datetime.combine(clock.today() + days * DAY, dt.time(hour)))


def proposed(case: Case | None = None, days: Iterable[int] = (20, 21), answer_in: int = 7) -> Case:
    """Dates are proposed to everybody at the table."""
    data = {
        "starts": [at(day) for day in days],
        "minutes": 150,
        "place": "Sitzungszimmer 1",
        "answer_by": clock.today() + answer_in * DAY,
    }
    case = case or started()
    return workflow.apply(case, "propose_dates", moderator_of(case), data)


def answer_dates(case: Case, who: Actor, answer: str = Availability.YES) -> Case:
    """An office says the same to each date that is proposed."""
    poll = queries.open_poll(case)
    assert poll is not None
    given = {option.pk: answer for option in poll.options.all()}
    return workflow.apply(case, "answer_dates", who, {"poll": poll.pk, "answers": given})


def fixed(case: Case | None = None, days: int = 20) -> Case:
    """The date of the Roundtable is fixed and everybody is invited."""
    data = {"starts_at": at(days), "minutes": 150, "place": "Sitzungszimmer 1", "video_url": ""}
    case = case or started()
    return workflow.apply(case, "fix_date", moderator_of(case), data)


def running(case: Case | None = None, held_on: dt.date | None = None) -> Case:
    """The Roundtable took place; all who were invited came."""
    case = case or fixed()
    meeting = queries.planned(case)
    present = set(meeting.invitees.exclude(ref=None).values_list("ref", flat=True)) if meeting else set()
    data = {"held_on": held_on or clock.today(), "present": present, "note": ""}
    return workflow.apply(case, "hold_meeting", moderator_of(case), data)


# After the plan -----------------------------------------------------------------------------------------------------


def managed(case: Case | None = None, who: Actor | None = None, **data: Any) -> Case:
    """Somebody takes the case management: Iris, unless said otherwise."""
    case = case or running()
    who = who or iris_of(case)
    given = {"participant": data.pop("row", None) or row_of(case, who), "user": who.user, "reason": ""} | data
    return workflow.apply(case, "appoint_manager", moderator_of(case), given)


# Views --------------------------------------------------------------------------------------------------------------


def asked(case: Case | None = None, due_in: int = 10) -> Case:
    """Everybody at the table is asked for a view."""
    case = case or started()
    data = {
        "participants": queries.at_the_table(case),
        "due_on": clock.today() + due_in * DAY,
        "message": "Bitte kurz und ohne Diagnosen.",
    }
    return workflow.apply(case, "request_views", moderator_of(case), data)


def view_of(case: Case, who: Actor | str) -> Perspective:
    """The view that somebody was asked for."""
    return case.perspectives.get(participant=row_of(case, who), cancelled_at=None)


def given(case: Case, who: Actor | str, words: str = "Das Gespräch mit dem Arbeitgeber steht aus.") -> Case:
    """Somebody has given a view: ``words`` to each life area."""
    view = view_of(case, who)
    AreaView.objects.bulk_create(
        AreaView(perspective=view, area=area, state=f"{area.label}: {words}") for area in LifeArea.objects.all()
    )
    view.given_at, view.version = clock.now(), view.version + 1
    view.given_by = who.user if isinstance(who, Actor) else None
    view.save(update_fields=["given_at", "given_by", "version"])
    workflow.settle(case)
    return _again(case)


def _again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


# Vollmacht and end --------------------------------------------------------------------------------------------------


def vollmacht(by: Actor, lines: Iterable[Line] = (), scan: Scan | None = None, **person: Any) -> Vollmacht:
    """A signed Vollmacht without a case."""
    today = clock.today()
    return consents.record(
        by,
        PersonFactory.create(**person),
        signed_on=today - 7 * DAY,
        valid_until=today + 300 * DAY,
        lines=[Line(by.institution, categories=ALL), *lines],
        scan=scan,
    )


def narrowed(case: Case, who: Actor | str, keep: frozenset[str] | None = None, by: Actor | None = None) -> Case:
    """The Vollmacht is narrowed for an office, or somebody by name; without ``keep`` it names them no longer."""
    lines = consents.live_lines(case)
    if isinstance(who, Actor):
        line = next(row for row in lines if row.institution_id == who.institution.pk)
    else:
        line = next(row for row in lines if row.name == who)
    return workflow.apply(case, "narrow_vollmacht", by or koordination(), {"line": line, "keep": keep})


def withdrawn(case: Case | None = None, by: Actor | None = None) -> Case:
    """The client has withdrawn the Vollmacht."""
    case = case or started()
    return workflow.apply(case, "client_withdraws", by or registrant_of(case), {})


def ending(case: Case | None = None, days: int = 10) -> Case:
    """The Vollmacht ends in so many days; with a negative number it is over. As if it were signed a year before."""
    case = case or started()
    assert case.vollmacht is not None
    last = clock.today() + days * DAY
    Vollmacht.objects.filter(pk=case.vollmacht.pk).update(signed_on=last - 365 * DAY, valid_until=last)
    case = _again(case)
    access.sync(case)
    workflow.settle(case)
    return _again(case)


def closed(case: Case | None = None, reason: str = ClosingReason.FIRST_LABOUR_MARKET, **changes: Any) -> Case:
    """A closed Roundtable."""
    data = {"closed_on": clock.today(), "reason": reason, "solution": "", "note": ""} | changes
    case = case or running()
    return workflow.apply(case, "close", moderator_of(case), data)
