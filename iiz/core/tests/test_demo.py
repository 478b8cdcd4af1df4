"""``manage.py demo`` as contracted: every role, every state, the same data for the same seed and day."""

import datetime as dt
from collections import Counter
from io import StringIO

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from stdnum.ch import ssn

from iiz.core import access, audit, periods, registry, reminders, tasks, workflow, worklist
from iiz.core.actor import actors_of
from iiz.core.enums import InstitutionKind, Origin
from iiz.core.models import (
    AuditEntry,
    Case,
    ContactPerson,
    GuestLink,
    Institution,
    Meeting,
    OutboxMail,
    Person,
    ScopeLine,
    Substitution,
    Task,
    User,
    Vollmacht,
)
from iiz.core.synthetic import DEMO_HASH, DEMO_PASSWORD, LOGINS, RAV
from optima.enums import KostengutspracheState, OptimaState, Outcome, SignedHow
from optima.kostengutsprache import proof
from optima.models import Antrag, Approval, Kostengutsprache, ProviderInvoice, Query
from optima.tests.factories import draft
from roundtable import paper as papers
from roundtable.enums import ClosingReason, CorrectionState, PlanState, RoundtableState
from roundtable.models import (
    Cell,
    Correction,
    Feedback,
    Handlungsplan,
    NotStartedReason,
    Participant,
    ProgressNote,
    Roundtable,
)

pytestmark = pytest.mark.django_db

BUSY = {"rav", "rav-zeichnung", "iv", "iv-ansprechperson", "sozialdienst", "sozialdienst-zeichnung", "sobz", "fremd"}


SEATS = {"client", "principal", "contractor"}
HANDFUL = 10
"""Mails that somebody gets at once after the demo was loaded."""
NOT_PLAYED = {
    "forward",
    "plan_closing",
    "name_adviser",
    "reply_handover_moved",
    "rearrange_handover",
    "await_new_date",
} | {
    "confirm_document",
    "end_stopped",
    "finish_draft_for_others",
    "reply_roundtable",
    "find_manager",
    "replace_manager",
}
"""Pendenzen that no case of the demo waits with: rare, or not of this canton."""
PLANNING = {"circulate_plan", "drop_plan", "finalise_plan", "appoint_manager", "write_status", "close"}
"""Rows of the second half of a Roundtable; each is played."""
FINDS = {
    "rav": {"answer_kg", "pay_invoice"},
    "rav-zeichnung": {"decide_kg"},
    "iv": {"order_measure", "forward_invoice"},
    "sozialdienst": {"pay_invoice"},
    "sozialdienst-zeichnung": {"decide_kg"},
    "sobz": {"order_measure"},
}
"""What each finds to do for a Kostengutsprache."""


def run(*args):
    out = StringIO()
    call_command("demo", *args, stdout=out)
    return out.getvalue()


def dump():
    """All that a reader could tell two demos apart by. The chain of a person bears a key that the database gives."""
    told = AuditEntry.objects.exclude(stream__startswith="person/")
    told_of_persons = AuditEntry.objects.filter(stream__startswith="person/").order_by("at", "verb", "user_name")
    return [
        list(Case.objects.order_by("number").values_list("number", "state", "arrived_on", "ended_on", "created_at")),
        list(
            Person.objects.order_by("ahv_number", "last_name").values_list(
                "ahv_number", "first_name", "last_name", "birth_date"
            )
        ),
        list(
            Antrag.objects.order_by("case__number").values_list(
                "contractor__name", "decision", "decided_on", "outcome", "zielgruppe", "situation", "form_key"
            )
        ),
        list(told.order_by("stream", "position").values_list("stream", "at", "user_name", "verb")),
        list(told_of_persons.values_list("at", "user_name", "verb")),
        list(Query.objects.order_by("antrag__case__number").values_list("question", "answer", "asked_at")),
        list(User.objects.order_by("email").values_list("email", "first_name", "last_name")),
        list(Meeting.objects.order_by("case__number", "pk").values_list("kind", "state", "starts_at", "place", "note")),
        list(Task.objects.order_by("case__number", "name", "since").values_list("name", "due_on", "snoozed_until")),
        list(Kostengutsprache.objects.order_by("case__number", "position").values_list("state", "measure", "amount")),
        list(Roundtable.objects.order_by("case__number").values_list("decision", "decided_on", "reason", "form_key")),
        list(
            Vollmacht.objects.order_by("person__ahv_number", "recorded_at").values_list(
                "signed_on", "valid_until", "recorded_at"
            )
        ),
        list(Participant.objects.order_by("case__number", "pk").values_list("kind", "name", "email", "added_at")),
    ]


@pytest.fixture
def canton():
    """The demo as ``bin/run`` loads it; its output."""
    return run()


@pytest.fixture
def large_canton(monkeypatch):
    """A demo with few played cases and more from the bulk loader, beginning in 2025."""
    play_few(monkeypatch)
    return run("--cases", "120", "--from", "2025")


def play_few(monkeypatch):
    """The demo plays its first cases through the workflow, which takes most of its time: let these be few."""
    for module in ("iiz.core.demo", "optima.demo"):
        monkeypatch.setattr(f"{module}.PLAYED", 9, raising=False)


def test_the_played_cases_reach_every_state_for_everybody_who_logs_in(canton):
    assert Case.objects.count() == 65
    assert set(Case.objects.values_list("origin", flat=True)) == {Origin.DEMO}
    assert states("optima") == set(OptimaState.values)
    assert states("roundtable") == set(RoundtableState.values)
    for state in ("accepted", "running", "closed"):
        assert Case.objects.filter(service="optima", state=state, withdrawn_at__isnull=False).exists()
    assert set(Antrag.objects.exclude(outcome="").values_list("outcome", flat=True)) == set(Outcome.values)
    refused = Antrag.objects.filter(decision="refused")
    assert refused.values("refusal_reason__code").distinct().count() == 5
    assert not refused.filter(refusal_reason__code="sonstige", refusal_text="").exists()
    assert Person.objects.filter(cases__isnull=False).distinct().count() < 65 - Case.objects.filter(person=None).count()

    for login in LOGINS:
        assert login.email in canton
        check_login(login)
    assert DEMO_PASSWORD in canton
    assert check_password(DEMO_PASSWORD, DEMO_HASH)
    assert len(actors_of(User.objects.get(email="sobz@demo.example"))) == 2
    assert seen("fremd")
    assert not seen("fremd") & seen("sozialdienst")
    assert seen("lesend") == seen("sozialdienst")

    away = Substitution.objects.get()
    assert worklist.stood_in(actors_of(User.objects.get(email="sozialdienst@demo.example"))[0]).filter(user=away.absent)
    assert Task.objects.get(snoozed_until__gt=timezone.localdate()).institution.name == RAV
    check_promises()
    check_roundtables()
    check_journey()
    check_words()
    check_tasks()
    check_mails()


def states(service):
    """The states in which cases of a service stand."""
    return set(Case.objects.filter(service=service).values_list("state", flat=True))


def check_words():
    """Everything that happened has its sentence in the timeline."""
    chains = Q(stream__startswith="case/") | Q(stream__startswith="person/")
    assert set(AuditEntry.objects.filter(chains).values_list("verb", flat=True)) <= set(registry.verbs)


def check_roundtables():
    """Every reason not to start and to close, every way to the meeting, and somebody at each for who logs in."""
    rows = Roundtable.objects.all()
    assert set(rows.exclude(closing_reason="").values_list("closing_reason", flat=True)) == set(ClosingReason.values)
    reasons = set(rows.values_list("not_started_reason__code", flat=True)) - {None}
    assert reasons == set(NotStartedReason.objects.values_list("code", flat=True))
    preparing = Case.objects.filter(service="roundtable", state="preparing")
    assert preparing.filter(meetings=None, date_polls=None).exists()
    assert preparing.filter(date_polls__closed_at=None, date_polls__isnull=False).exists()
    assert preparing.filter(withdrawn_at__isnull=False).exists()
    ready = preparing.get(meetings__state="planned", meetings__starts_at__date__gt=timezone.localdate())
    today = preparing.get(meetings__state="planned", meetings__starts_at__date=timezone.localdate())
    assert Cell.objects.filter(case=today).exists()
    views = ready.perspectives.all()
    assert views.exclude(given_at=None).count() == 2
    assert views.filter(given_at=None, participant__participation=None).count() == 2
    assert GuestLink.objects.filter(case=ready, used_at=None, revoked_at=None).exists()
    assert OutboxMail.objects.filter(guest__case=ready, sent_at=None).exists()
    assert ScopeLine.objects.filter(ended_at__isnull=False).exists()
    assert Vollmacht.objects.filter(cases=None).count() == 1
    for login in ("rav", "iv", "sozialdienst", "sobz", "fremd"):
        actor = actors_of(User.objects.get(email=f"{login}@demo.example"))[0]
        assert Case.objects.visible_to(actor).filter(service="roundtable").exists(), login


def check_journey():
    """The invented woman of the tour is found by name; her Roundtable has all that one can have, and is over."""
    actor = actors_of(User.objects.get(email="sozialdienst@demo.example"))[0]
    case = Case.objects.visible_to(actor).get(person__last_name="Brunner")
    assert case == Case.objects.filter(service="roundtable").order_by("arrived_on").first()
    assert case.roundtable.closing_reason == ClosingReason.FIRST_LABOUR_MARKET
    versions = list(case.plans.order_by("number"))
    assert [row.state for row in versions] == [PlanState.DROPPED, PlanState.REPLACED, PlanState.FINAL]
    assert all(hasattr(row, "signature") and row.dispatches.count() == 5 for row in versions[1:])
    assert 270 < (case.ended_on - case.arrived_on).days < 330
    assert case.managements.count() == 2
    assert case.meetings.filter(state="held").count() == 3
    assert case.meetings.filter(topics__isnull=False).distinct().count() == 2
    assert ProgressNote.objects.filter(case=case).count() > 4
    assert Correction.objects.get(review__plan__case=case).state == CorrectionState.TAKEN
    assert Feedback.objects.filter(sender="client", quote_agreed=True, shown=True).exists()
    assert set(Handlungsplan.objects.values_list("state", flat=True)) == set(PlanState.values)
    played = set(AuditEntry.objects.filter(stream__startswith="case/R").values_list("verb", flat=True))
    assert {f"case_{name}" for name in PLANNING} <= played


def check_promises():
    """Kostengutsprachen stand in every state, signed in every way, and whoever logs in finds one to go on with."""
    rows = Kostengutsprache.objects.all()
    assert set(rows.values_list("state", flat=True)) == set(KostengutspracheState.values)
    assert set(Approval.objects.values_list("how", flat=True)) == set(SignedHow.values)
    assert rows.filter(follows__isnull=False).exists()
    assert rows.exclude(payer=F("case__antrag__principal")).exists()
    assert ProviderInvoice.objects.exclude(returned_on=None).exists()
    assert list(proof.breaks()) == []
    for login, names in FINDS.items():
        actor = actors_of(User.objects.get(email=f"{login}@demo.example"))[0]
        assert names <= set(worklist.mine(actor).values_list("name", flat=True)), login


def check_tasks():
    """What waits is what the case waits with, and nearly every kind of Pendenz is there."""
    limits = periods.read()
    for case in Case.objects.all():
        waits = tasks.build(case, workflow.waits_of(case), limits)
        wanted = {(task.name, task.institution_id, task.object_id) for task in waits}
        assert set(case.tasks.filter(done_at=None).values_list("name", "institution", "object_id")) == wanted
    names = set(Task.objects.filter(done_at=None).values_list("name", flat=True))
    assert names == {wait.name for flow in registry.workflows.values() for wait in flow.waits} - NOT_PLAYED


def check_mails():
    """What lies back counts as said: a fresh demo floods nobody."""
    waiting = OutboxMail.objects.filter(sent_at=None)
    assert all(timezone.now() - mail.due_at < dt.timedelta(days=5) for mail in waiting)
    reminders.sweep(timezone.now())
    mails = Counter(waiting.filter(digest=False).values_list("address", flat=True))
    assert 0 < max(mails.values()) <= HANDFUL
    assert OutboxMail.objects.exclude(sent_at=None).count() > waiting.count()


def check_login(login):
    """The account opens with the one password and shows what its role shows."""
    user = User.objects.get(email=login.email)
    assert user.password == DEMO_HASH
    actors = actors_of(user)
    if login.name in BUSY:
        assert any(worklist.mine(actor).exists() for actor in actors), login.name
    sees_cases = any(Case.objects.visible_to(actor).exists() for actor in actors)
    assert sees_cases == (login.name != "fuehrung"), login.name


def seen(name):
    """The cases that a demo account sees first."""
    actor = actors_of(User.objects.get(email=f"{name}@demo.example"))[0]
    return set(Case.objects.visible_to(actor).values_list("number", flat=True))


def test_the_rest_comes_in_bulk_with_running_and_closed_cases(large_canton):
    assert Case.objects.count() == 120
    closed = Antrag.objects.filter(case__state="closed")
    assert closed.exists()
    assert not closed.filter(outcome="").exists()
    running = Case.objects.filter(service="optima", state="running").first()
    assert running.lead_institution == running.antrag.contractor
    assert running.antrag.started_on == running.lead_since
    assert not Antrag.objects.filter(case__state="not_established", decision="").exists()

    assert list(audit.verify()) == []
    assert list(access.differences(Case.objects.all())) == []
    check_days(dt.date(2025, 1, 1))
    check_meetings()
    check_loaded_plans()
    verbs = set(AuditEntry.objects.filter(stream__startswith="case/").values_list("verb", flat=True))
    assert verbs <= set(registry.verbs)

    numbers = list(Person.objects.values_list("ahv_number", flat=True))
    assert len(set(numbers)) == len(numbers)
    assert all(ssn.is_valid(number) for number in numbers)
    assert set(Institution.objects.values_list("kind", flat=True)) == set(InstitutionKind.values)
    for office in Institution.objects.filter(statistics_group__in=["IV", "RAV", "SH"]):
        assert ContactPerson.objects.valid_on().filter(institution=office, deputy__isnull=False).count() == 1


def check_meetings():
    """A loaded case has the talks, notes and Pendenzen that its state tells of."""
    limits = periods.read()
    for case in Case.objects.filter(service="optima").select_related("antrag"):
        waits = tasks.build(case, workflow.waits_of(case), limits)
        wanted = {(task.name, task.institution_id, task.object_id) for task in waits}
        assert set(case.tasks.filter(done_at=None).values_list("name", "institution", "object_id")) == wanted
        talks = {state: list(case.meetings.filter(state=state)) for state in ("planned", "held")}
        assert all(set(talk.invitees.values_list("seat", flat=True)) == SEATS for talk in case.meetings.all())
        if case.antrag.handover_on:
            assert talks["held"][0].held_on == case.antrag.handover_on
            assert talks["held"][0].uebergabegespraech.next_at
        if case.state == "running" and case.origin == Origin.DEMO and not case.withdrawn_at:
            names = {task.name for task in waits}
            assert names & {"hold_standortgespraech", "hold_closing", "rearrange_meeting"} or not talks["planned"]
        if case.state == "closed" and case.antrag.abschluss.meeting:
            assert (talks["held"][-1], talks["held"][-1].held_on) == (case.antrag.abschluss.meeting, case.ended_on)
            assert case.lead_institution == case.antrag.principal


def check_loaded_plans():
    """A Roundtable that met has a plan with steps that says what its fingerprint says, and a case manager."""
    met = Case.objects.filter(service="roundtable", meetings__state="held", plans__copies=None, plans__isnull=False)
    loaded = met.filter(state="closed").exclude(person__last_name="Brunner")
    assert loaded.exists()
    for case in loaded:
        plan = case.plans.get()
        assert plan.digest == papers.digest(plan.content) == plan.signature.digest
        assert papers.thaw(plan.content).content() == plan.content
        keys = [row["key"] for row in plan.content["steps"]]
        assert list(plan.steps.values_list("key", flat=True)) == keys
        assert 3 <= len(keys) <= 6
        assert case.managements.get().until == case.ended_on
        assert case.meetings.get().invitees.filter(attended=True).count() > 2


def check_days(first):
    """Everything lies between the first day and yesterday, in its order."""
    today = timezone.localdate()
    for case in Case.objects.all():
        assert first <= timezone.localdate(case.created_at) <= case.arrived_on < today
        assert case.ended_on is None or case.arrived_on <= case.ended_on < today
    moments = AuditEntry.objects.exclude(stream=audit.REGISTER).order_by("stream", "position")
    last = {}
    for stream, at in moments.values_list("stream", "at"):
        assert last.get(stream, at) <= at
        assert timezone.localdate(at) < today
        last[stream] = at


def test_same_seed_and_day_give_the_same_data_and_another_seed_does_not(monkeypatch):
    play_few(monkeypatch)
    dumps = []
    for cases, seed in (("15", "7"), ("15", "7"), ("3", "7"), ("3", "8")):
        with transaction.atomic():
            run("--cases", cases, "--seed", seed)
            dumps.append(dump())
            transaction.set_rollback(True)

    assert dumps[0] == dumps[1]
    assert dumps[2] != dumps[3]


def test_it_refuses_a_database_with_cases_and_leaves_it_alone():
    draft()
    users = User.objects.count()

    with pytest.raises(CommandError, match="holds cases already"):
        run()
    assert (Case.objects.count(), User.objects.count()) == (1, users)


@pytest.mark.parametrize("year", ["2999", str(dt.date.today().year + 1)])
def test_it_refuses_a_year_that_has_not_begun(year):
    with pytest.raises(CommandError, match="not in the past"):
        run("--from", year)
    assert not User.objects.exists()


def test_few_cases_are_few():
    run("--cases", "3")

    assert Case.objects.count() == 3
    assert set(Case.objects.values_list("service", flat=True)) == {"optima", "roundtable"}
