"""A small canton for the tests that walk every address: one of each standing, one case in each state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from iiz.core import absences, accounts, consents, documents, feeds, snoozing, workflow
from iiz.core.actor import Actor
from iiz.core.enums import Audience, MeetingState, Role
from iiz.core.models import Case, Institution, Invitation, Meeting, Task
from iiz.core.tests.factories import (
    ContactPersonFactory,
    GuestLinkFactory,
    SignatoryFactory,
    UserFactory,
    actor,
    coordinator,
)
from iiz.core.tests.uploads import PDF, upload
from optima.billing import accounts as billing
from optima.models import Antrag, CaseService, Invoice, LegalPrecondition, ProviderInvoice
from optima.tests import beside, money, promises
from optima.tests import factories as optima
from roundtable import confirmations
from roundtable.models import Confirmation, Enquiry, FeedbackRequest, Handlungsplan
from roundtable.tests import playing as roundtable

STANDINGS = (
    "nobody",
    "principal",
    "contact",
    "adviser",
    "reader",
    "stranger",
    "strategic",
    "steering",
    "coordinator",
    "orphan",
)
"""Nobody · who filed the case · contact and adviser of the other side · read-only staff of the principal ·
a caseworker elsewhere with cases of her own · strategic staff of the principal · steering group · coordinator ·
somebody with an account and no institution."""


@dataclass
class World:
    """Who there is, and the cases between them by state."""

    people: dict[str, Actor]
    orphan: Any
    cases: dict[str, Case] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    feed: str = ""
    """The secret of the principal's calendar address."""


def build() -> World:
    """Make the canton; everything through the real workflow."""
    office = coordinator(first_name="Karin", last_name="Amt")
    nora, jan = optima.nora(), optima.jan()
    home, other = nora.institution, jan.institution
    ContactPersonFactory.create(institution=other, user=jan.user)
    people = {
        "principal": nora,
        "contact": jan,
        "adviser": actor(Role.CASEWORKER, other, first_name="Eva", last_name="Rat"),
        "reader": actor(Role.READ_ONLY, home),
        "stranger": optima.fremde(),
        "strategic": actor(Role.STRATEGIC, home),
        "steering": actor(Role.STEERING, office.institution),
        "coordinator": office,
    }
    world = World(people, UserFactory.create(first_name="Otto", last_name="Ohne"))
    LegalPrecondition.objects.create(code="seco_iv", title="Befreiung von der Stellensuche", authority="SECO")

    def made() -> Case:
        return optima.submitted(nora, other)

    def accepted() -> Case:
        return optima.accepted(made(), adviser=people["adviser"].user)

    def running() -> Case:
        return optima.running(optima.handover_planned(accepted()))

    world.cases = {
        "draft": optima.draft(nora, first_name="Lena", last_name="Entwurf"),
        "submitted": made(),
        "queried": optima.queried(made()),
        "accepted": accepted(),
        "planned": optima.handover_planned(accepted()),
        "held": optima.handover_held(optima.handover_planned(accepted())),
        "agreed": optima.agreed(optima.handover_planned(accepted())),
        "running": running(),
        "wanted": workflow.apply(running(), "request_meeting", nora, {"reason": "Die Wohnung ist gekündigt."}),
        "halted": optima.stopped(running()),
        "closed": optima.closed(running()),
        "refused": optima.refused(made()),
        "withdrawn": optima.withdrawn(made()),
        "declined": optima.client_declined(made()),
        "stopped": optima.consent_withdrawn(made()),
        "ended": optima.ended(made()),
    }
    shared = world.cases["submitted"]
    world.rows = {
        "document": documents.store(
            shared,
            nora,
            title="Bericht",
            upload=upload("bericht.pdf", PDF),
            content_type="application/pdf",
            audience=Audience.CASE,
        ),
        "contact": ContactPersonFactory.create(institution=other),
        "signatory": SignatoryFactory.create(institution=other),
        "guest": GuestLinkFactory.create(case=shared, sender=home),
    }
    world.rows["task"] = Task.objects.get(case=shared, name="decide", done_at=None)
    today = timezone.localdate()
    away = absences.enter(jan, people["adviser"].user, jan.user, today, today + dt.timedelta(days=5))
    world.rows["absence"] = away
    waiting = Task.objects.get(case=world.cases["queried"], name="answer", done_at=None)
    snoozing.put_off(nora, waiting, snoozing.proposed(waiting), "Rücksprache mit der Klientin nächste Woche.")
    accounts.invite(
        office, other, email="neu@test.example", first_name="Neu", last_name="Hier", roles=[Role.CASEWORKER]
    )
    world.rows["invitation"] = Invitation.objects.get()
    for name, state in (("planned", MeetingState.PLANNED), ("running", MeetingState.HELD)):
        world.rows[f"meeting {name}"] = Meeting.objects.get(case=world.cases[name], state=state)
    beside.texts()
    for name in ("running", "halted"):
        world.rows[f"vereinbarung {name}"] = beside.paper(world.cases[name])
    world.rows["invoice"] = _billed(world)
    for name, promised in (("draft", promises.drafted), ("paid", promises.paid), ("requested", promises.requested)):
        world.rows[f"kg {name}"] = promised(world.cases["wanted"])
    world.rows["enquiry"] = Enquiry.objects.create(kind="question", sender="client", confirmed_at=timezone.now())
    world.rows["bill"] = ProviderInvoice.objects.get()
    _roundtables(world)
    world.feed = feeds.renew(nora.user, nora)
    assert workflow.state_of(shared).name == "submitted"
    return world


def _roundtables(world: World) -> None:
    """A draft, a registration and a Vollmacht without a case, all of the principal's."""
    nora, other = world.people["principal"], world.people["contact"].institution
    scan = consents.keep_scan(nora, upload("vollmacht.pdf", PDF), "application/pdf")
    world.rows["vollmacht"] = roundtable.vollmacht(nora, [consents.Line(other)], scan=scan)
    world.cases["rt draft"] = roundtable.draft(nora, last_name="Entwurf")
    world.cases["rt registered"] = roundtable.registered(nora, [other])
    world.rows["vollmacht of a case"] = world.cases["rt registered"].vollmacht
    _asked(world)
    _planned(world)


def _planned(world: World) -> None:
    """A Roundtable with a Handlungsplan in force and one step, the principal's, who is also to read a draft."""
    nora, office = world.people["principal"], world.people["coordinator"]
    case = roundtable.running(roundtable.started(by=nora, offices=[world.people["contact"].institution]))
    due, now = timezone.localdate() + roundtable.DAY, timezone.now()
    plan = Handlungsplan.objects.create(
        case=case, number=1, state="final", digest="0", created_by=office.user, final_at=now, final_by=office.user
    )
    words = {"what": "Gesuch einreichen", "digest": "0"}
    world.rows["rt step"] = plan.steps.create(
        key=1, position=1, owner=roundtable.row_of(case, nora), due_on=due, **words
    )
    draft = Handlungsplan.objects.create(case=case, number=2, digest="1", created_by=office.user, due_on=due)
    draft.reviews.create(participant=roundtable.row_of(case, nora))
    world.cases["rt planned"] = case
    world.rows["rt feedback"] = FeedbackRequest.objects.create(
        meeting=case.meetings.get(), participant=roundtable.row_of(case, nora), due_on=due
    )


def _asked(world: World) -> None:
    """A Roundtable on its eve: all are invited and asked for their view, the principal to confirm a document."""
    nora, office = world.people["principal"], world.people["coordinator"]
    case = roundtable.started(by=nora, offices=[world.people["contact"].institution])
    case = roundtable.asked(roundtable.fixed(case))
    file, kind = upload("protokoll.pdf", PDF), {"content_type": "application/pdf", "audience": Audience.CASE}
    paper = documents.store(case, office, title="Protokoll", upload=file, **kind)
    row, due = roundtable.row_of(case, nora), timezone.localdate() + roundtable.DAY
    confirmations.ask(case, office, paper, [row], question="Gelesen.", due_on=due)
    world.cases["rt asked"], world.rows["rt document"] = case, paper
    world.rows["rt view"], world.rows["rt seat"] = roundtable.view_of(case, nora), row
    world.rows["rt confirmation"] = Confirmation.objects.get()


def _billed(world: World) -> Invoice:
    """The contractor bills a month of job coaching in an older case to the principal."""
    jan, home = world.people["contact"], world.people["principal"].institution
    Institution.objects.filter(pk__in=[jan.institution.pk, home.pk]).update(iban=money.IBAN, postcode="6000")
    money.rule()
    money.rate()
    closed = world.cases["closed"]
    Antrag.objects.filter(pk=closed.pk).update(started_on=billing.last_complete_month())
    CaseService.objects.create(case=closed, service="Job-Coaching", since=billing.last_complete_month())
    return billing.issue(jan, billing.last_complete_month())[0]
