"""Two people at once, on two real connections: one wins, the other reads why, nothing is half-written."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from iiz.core import access, audit, clock, drafting, workflow
from iiz.core.models import AuditEntry, Case, OutboxMail, Person
from iiz.core.tests.factories import actor
from optima import actions
from optima.billing import accounts
from optima.enums import OptimaState as S
from optima.models import Antrag, Invoice
from optima.queries import last_handover

from . import factories as make
from . import money
from .keyboard import new_key

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run ``jobs`` in threads of their own, each with its own connection, started together.

    Gives what each returned or raised, in order.
    """
    start = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(place: int, job: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            results[place] = job()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, job)) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def won(results: list[Any]) -> list[Any]:
    return [result for result in results if not isinstance(result, Exception)]


def lost(results: list[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception)]


@pytest.mark.parametrize("attempt", range(5))
def test_accepting_and_refusing_at_once(attempt):
    case = make.submitted()
    jan = make.contractor_of(case)
    ada = actor("caseworker", jan.institution)
    reason = make.RefusalReasonFactory.create()
    version = case.version

    results = at_once(
        lambda: workflow.apply(case, "accept", jan, {"adviser": jan.user, "note": ""}, version=version),
        lambda: workflow.apply(case, "refuse", ada, {"refusal_reason": reason, "refusal_text": ""}, version=version),
    )

    assert len(won(results)) == 1, results
    (loser,) = lost(results)
    assert isinstance(loser, workflow.Conflict)
    stored = Case.objects.get(pk=case.pk)
    antrag = Antrag.objects.get(case=case)
    assert stored.version == version + 1
    assert (stored.state, antrag.decision) in {(S.ACCEPTED, "accepted"), (S.REFUSED, "refused")}
    assert (antrag.refusal_reason is None) == (stored.state == S.ACCEPTED)
    told = OutboxMail.objects.filter(kind__in=["optima_accepted", "optima_refused"])
    assert [mail.kind for mail in told] == [f"optima_{antrag.decision}"]
    assert list(access.differences(Case.objects.all())) == []
    assert list(audit.verify()) == []


def test_one_form_sent_twice_at_once_begins_one_draft():
    nora, key = make.nora(), new_key()
    import uuid

    results = at_once(*[lambda: actions.begin(nora, uuid.UUID(key)) for _time in range(2)])

    assert lost(results) == []
    assert len({case.pk for case in results}) == 1
    assert Case.objects.count() == 1
    assert list(audit.verify()) == []


def test_two_colleagues_saving_at_once_do_not_overwrite_each_other():
    nora = make.nora()
    vera = actor("caseworker", nora.institution)
    case = make.draft(nora)

    results = at_once(
        lambda: drafting.save(case, nora, {"situation": "Nora"}, version=case.version, form_key=new_key()),
        lambda: drafting.save(case, vera, {"situation": "Vera"}, version=case.version, form_key=new_key()),
    )

    assert len(won(results)) == 1
    assert isinstance(lost(results)[0], workflow.Conflict)


def test_submitting_twice_at_once_files_one_antrag():
    nora, jan = make.nora(), make.jan()
    case = make.draft(nora)
    data = make.answers(jan.institution)

    results = at_once(*[lambda: drafting.submit(case, nora, data) for _time in range(2)])

    assert len(won(results)) == 1
    assert isinstance(lost(results)[0], workflow.Conflict)
    assert Person.objects.count() == 1
    assert OutboxMail.objects.filter(kind="optima_arrived").count() == 1


def test_two_offices_recording_the_same_person_at_once_both_succeed():
    jan = make.jan()
    first, second = make.nora(), make.nora()
    cases = [make.draft(first), make.draft(second)]
    data = make.answers(jan.institution)

    results = at_once(lambda: drafting.submit(cases[0], first, data), lambda: drafting.submit(cases[1], second, data))

    assert lost(results) == []
    assert sorted(person.same_as is None for person in Person.objects.all()) == [False, True]


@pytest.mark.parametrize("attempt", range(3))
def test_agreeing_to_a_note_while_it_is_changed_never_agrees_to_words_not_read(attempt):
    case = make.handover_held()
    nora, jan = make.principal_of(case), make.adviser_of(case)
    yes = {"note_version": 1, "agreed": {"principal": True}}
    changed = make.note("y-y", measures="Etwas anderes")

    results = at_once(
        lambda: workflow.apply(case, "agree_note", nora, yes, version=case.version),
        lambda: workflow.apply(case, "revise_note", jan, changed, version=case.version),
    )

    assert len(won(results)) == 1, results
    stored = Case.objects.get(pk=case.pk)
    assert stored.version == case.version + 1
    note = last_handover(stored).uebergabegespraech
    assert (stored.state, note.measures == "Etwas anderes") in {(S.RUNNING, False), (S.HANDOVER_HELD, True)}
    assert stored.lead_institution == (jan if stored.state == S.RUNNING else nora).institution
    assert list(access.differences(Case.objects.all())) == []
    assert list(audit.verify()) == []


def test_closing_twice_at_once_closes_once():
    case = make.running()
    nora, jan = make.principal_of(case), make.adviser_of(case)
    exception = {"reason": make.closing_reason(), "outcome": "sonstige", "exception": "Wegzug"}

    results = at_once(
        lambda: workflow.apply(case, "hold_standortgespraech", jan, make.closing(), version=case.version),
        lambda: workflow.apply(case, "close_exceptionally", nora, exception, version=case.version),
    )

    assert len(won(results)) == 1, results
    stored = Case.objects.get(pk=case.pk)
    assert stored.state == S.CLOSED
    assert AuditEntry.objects.filter(stream=audit.case_stream(case.number), verb="case_close").count() == 1
    assert stored.antrag.abschluss.exception == ("" if stored.antrag.outcome == "erfolgreich" else "Wegzug")
    assert list(audit.verify()) == []


def test_two_sweepers_begin_the_case_work_once():
    case = make.agreed(begins_in=10)
    later = timezone.now() + dt.timedelta(days=10)

    def sweep():
        with clock.at(later):
            return workflow.catch_up(later)

    results = at_once(sweep, sweep)

    assert lost(results) == []
    assert sum(results) == 1
    assert AuditEntry.objects.filter(stream=audit.case_stream(case.number), verb="case_begin").count() == 1
    assert OutboxMail.objects.filter(kind="optima_begun").count() == 2


def test_of_two_billing_runs_one_issues_and_the_other_says_so():
    jan, month = money.biller(), accounts.last_complete_month()
    results = at_once(*[lambda: accounts.issue(jan, month)] * 2)
    assert len(won(results)) == 1
    assert "nichts doppelt" in str(lost(results)[0])
    assert Invoice.objects.get().lines.count() == 1
