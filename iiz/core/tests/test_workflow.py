"""The engine: one winner in a race, all or nothing, and no way around it."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections
from django.http import Http404

from iiz.core import audit, clock, notify, registry, workflow
from iiz.core.enums import Level, Phase, Role
from iiz.core.models import AuditEntry, Case, CasePermission, OutboxMail, Task
from iiz.core.tests.factories import actor, coordinator
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db


def trace(case: Case) -> tuple:
    """Everything a transition would change."""
    case = Case.objects.get(pk=case.pk)
    return (
        case.state,
        case.phase,
        case.version,
        AuditEntry.objects.count(),
        OutboxMail.objects.count(),
        sorted(Task.objects.filter(done_at=None).values_list("name", flat=True)),
        sorted(CasePermission.objects.values_list("group_id", "permission_id")),
    )


def test_a_transition_writes_state_task_access_audit_and_mail_together():
    nora, jan = optima.nora(), optima.jan()
    case = optima.submitted(nora, jan.institution)
    before = case.version
    case = workflow.apply(case, "ask", jan, {"question": "Welche Ausbildung?"})
    assert (case.state, case.version) == ("queried", before + 1)
    assert [task.name for task in Task.objects.filter(case=case, done_at=None)] == ["answer"]
    assert AuditEntry.objects.filter(stream=audit.case_stream(case.number)).last().verb == "case_ask"
    assert OutboxMail.objects.filter(kind="optima_queried", user=nora.user).count() == 1


def test_a_stale_version_is_a_conflict_and_changes_nothing():
    jan = optima.jan()
    case = optima.submitted(contractor=jan.institution)
    before = trace(case)
    with pytest.raises(workflow.Conflict) as told:
        workflow.apply(case, "ask", jan, {"question": "?"}, version=case.version - 1)
    assert told.value.case.pk == case.pk
    assert trace(case) == before


def test_what_the_caller_holds_in_memory_does_not_count():
    """The engine reads the case again: a state set by hand on the object gives no right."""
    nora, jan = optima.nora(), optima.jan()
    case = optima.submitted(nora, jan.institution)
    case.state, case.phase = "draft", "draft"
    with pytest.raises(workflow.NotAllowed):
        workflow.apply(case, "submit", nora, optima.answers(jan.institution))
    assert Case.objects.get(pk=case.pk).state == "submitted"


def test_an_unknown_transition_and_an_invisible_case_do_not_exist():
    case = optima.submitted()
    for who, name in ((optima.jan(), "accept"), (optima.contractor_of(case), "no_such_row")):
        with pytest.raises(Http404):
            workflow.apply(case, name, who, {})


def test_an_effect_that_fails_leaves_nothing_behind():
    nora, jan = optima.nora(), optima.jan()
    case = optima.submitted(nora, jan.institution)
    before = trace(case)
    with pytest.raises(KeyError):
        workflow.apply(case, "refuse", jan, {})
    assert trace(case) == before


def test_a_mail_that_cannot_be_queued_takes_the_transition_with_it(monkeypatch):
    jan = optima.jan()
    case = optima.submitted(contractor=jan.institution)
    before = trace(case)
    monkeypatch.delitem(notify.kinds, "optima_queried")
    with pytest.raises(KeyError):
        workflow.apply(case, "ask", jan, {"question": "?"})
    assert trace(case) == before


def test_what_is_offered_is_what_can_be_done():
    """Button and server agree: an offer without a reason works, one with a reason is refused with that reason."""
    nora, jan, office = optima.nora(), optima.jan(), coordinator()
    makers = (optima.submitted, optima.queried, optima.accepted, optima.consent_withdrawn, optima.refused)
    for make in makers:
        case = (
            make(optima.submitted(nora, jan.institution))
            if make is not optima.submitted
            else make(nora, jan.institution)
        )
        for who in (nora, jan, office, actor(Role.READ_ONLY, nora.institution), actor(Role.CONTACT, jan.institution)):
            for offer in workflow.available(case, who):
                if offer.allowed:
                    assert workflow.check(case, offer.transition.name, who) is offer.transition
                else:
                    with pytest.raises(workflow.NotAllowed, match=r".+") as told:
                        workflow.check(case, offer.transition.name, who)
                    assert str(told.value) == offer.reason


def test_a_refusal_is_a_german_sentence():
    nora = optima.nora()
    case = optima.submitted(nora)
    reader = actor(Role.READ_ONLY, nora.institution)
    for who, name in ((nora, "accept"), (reader, "withdraw"), (nora, "answer")):
        with pytest.raises(workflow.NotAllowed) as told:
            workflow.check(case, name, who)
        assert str(told.value).endswith(".")
        assert str(told.value)[0].isupper()


def test_an_ended_case_has_an_end_and_a_retention_even_on_a_leap_day():
    case = optima.submitted()
    workflow.end(case, clock.today().replace(year=2028, month=2, day=29))
    assert (case.ended_on.isoformat(), case.retention_until.isoformat()) == ("2028-02-29", "2038-02-28")
    ended = optima.withdrawn(optima.submitted())
    assert (ended.phase, ended.ended_on) == (Phase.ENDED, clock.today())


def test_the_clock_set_back_moves_what_is_written_but_not_what_is_seen():
    import datetime as dt

    long_ago = dt.datetime(2024, 5, 2, 9, tzinfo=dt.UTC)
    with clock.at(long_ago):
        case = optima.submitted()
        assert case.arrived_on == dt.date(2024, 5, 2)
    assert AuditEntry.objects.filter(stream=audit.case_stream(case.number), at=long_ago).count() == 3


# Rows -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flow", registry.workflows.values(), ids=registry.workflows.keys())
def test_rows_are_complete_and_name_only_what_exists(flow):
    states = {state.name for state in flow.states}
    names = [row.name for row in flow.transitions]
    assert len(set(names)) == len(names)
    for row in flow.transitions:
        assert set(row.sources) <= states
        assert row.sources
        assert row.target is None or row.target in states
        assert row.parties <= set(workflow.Party.values)
        assert row.levels <= set(Level.values)
        assert row.roles <= set(Role.values)
        assert str(row.label)
        assert str(row.told)
        assert row.verb in registry.verbs
        for tell in row.tells:
            assert tell.kind in notify.kinds
            assert tell.party in workflow.Party.values
    for wait in flow.waits:
        assert wait.state in states or (wait.each and not wait.state), "parts wait whatever state the case is in"
        if not wait.transition:  # done outside the portal: the service's pages say how
            continue
        assert wait.state in flow.transition(wait.transition).sources
        assert wait.party in flow.transition(wait.transition).parties, f"{wait.name} waits for a side that cannot do it"
        assert wait.role in flow.transition(wait.transition).roles or wait.role in Role.values
    first = flow.states[0]
    assert first.phase == Phase.DRAFT
    for state in flow.states:
        assert state.mark in {"ok", "wait", "stop", "rest"}


@pytest.mark.parametrize("flow", registry.workflows.values(), ids=registry.workflows.keys())
def test_every_undecided_state_that_can_be_reached_waits_for_somebody(flow):
    reached = {row.target for row in flow.transitions if row.target} | {flow.states[0].name}
    for name in reached:
        if flow.state(name).phase == Phase.ENDED:
            assert not [row.name for row in flow.transitions if name in row.sources and row.target], "an end is an end"
        else:
            assert [row.name for row in flow.transitions if name in row.sources], f"{name} is a dead end"


# Races ------------------------------------------------------------------------------------------------------


def at_once(*jobs) -> list:
    """Run ``jobs`` in threads with connections of their own; what each returned or raised."""
    barrier, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place, job):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            results[place] = job()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, job)) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_version", [True, False])
def test_of_two_who_decide_at_once_exactly_one_wins(with_version):
    jan = optima.jan()
    eva = actor(Role.CONTACT, jan.institution)
    reason = optima.RefusalReasonFactory.create()
    case = optima.submitted(contractor=jan.institution)
    version = case.version if with_version else None
    decisions = at_once(
        lambda: workflow.apply(case, "accept", jan, {"adviser": jan.user, "note": ""}, version=version),
        lambda: workflow.apply(case, "refuse", eva, {"refusal_reason": reason, "note": ""}, version=version),
    )
    won = [result for result in decisions if isinstance(result, Case)]
    lost = [result for result in decisions if not isinstance(result, Case)]
    assert len(won) == 1, decisions
    assert isinstance(lost[0], workflow.Conflict | workflow.NotAllowed), lost
    case = Case.objects.get(pk=case.pk)
    assert case.state == won[0].state
    told = AuditEntry.objects.filter(stream=audit.case_stream(case.number), verb__in=["case_accept", "case_refuse"])
    assert told.count() == 1
    assert OutboxMail.objects.filter(kind__in=["optima_accepted", "optima_refused"]).count() == 1
    assert (case.antrag.decision == "accepted") == (case.state == "accepted")
    assert list(audit.verify()) == []


@pytest.mark.django_db(transaction=True)
def test_the_same_button_pressed_twice_at_once_counts_once():
    nora, jan = optima.nora(), optima.jan()
    case = optima.draft(nora)
    data = optima.answers(jan.institution)
    results = at_once(*[lambda: workflow.apply(case, "submit", nora, data, version=case.version)] * 3)
    assert sum(isinstance(result, Case) for result in results) == 1, results
    assert all(isinstance(r, Case | workflow.Conflict | workflow.NotAllowed) for r in results), results
    assert OutboxMail.objects.filter(kind="optima_arrived").count() == 1
    assert Case.objects.get(pk=case.pk).participations.count() == 2


@pytest.mark.django_db(transaction=True)
def test_numbers_given_out_at_once_differ_and_chains_stay_sound():
    noras = [optima.nora() for _ in range(4)]
    results = at_once(*[lambda who=who: [optima.draft(who).number for _ in range(3)] for who in noras])
    assert not [result for result in results if isinstance(result, Exception)], results
    numbers = [number for result in results for number in result]
    assert len(set(numbers)) == len(numbers) == 12
    assert list(audit.verify()) == []
