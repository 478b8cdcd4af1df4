"""How the steps of a plan stand: one click by who may, once, and those who come next hear of it (RT-17)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iiz.core import clock, workflow
from iiz.core.actor import Actor
from iiz.core.enums import Role
from iiz.core.models import AuditEntry, Case, OutboxMail, Task
from iiz.core.tests.factories import actor
from roundtable import steps
from roundtable.effects import follow
from roundtable.enums import StepState
from roundtable.models import Step
from roundtable.tests import papers, planning
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db
KURS, STANDORT, ARZT, DOSSIER, POST = 5, 3, 1, 4, 9
"""Steps of Lena's plan by key: RAV after RAV, RAV, the client about health, the client after the RAV, the client."""


@pytest.fixture
def case() -> Case:
    """Lena's Roundtable with the plan in force; Nora has the case management."""
    case = papers.lena()
    papers.version(case)
    workflow.settle(case)
    return Case.objects.get(pk=case.pk)


def step_of(case: Case, key: int) -> Step:
    return Step.objects.get(plan__case=case, plan__state="final", key=key)


def page(who: Actor, step: Step, **typed: str):
    client = Client()
    client.force_login(who.user)
    address = reverse("roundtable:step", args=[step.pk])
    return client.post(address, typed) if typed else client.get(address)


def asked(case: Case) -> dict[int, int]:
    """Which steps are asked for: key → institution."""
    keys = dict(Step.objects.filter(plan__case=case).values_list("pk", "key"))
    rows = Task.objects.filter(case=case, name="do_step", done_at=None)
    return {keys[row.object_id]: row.institution_id for row in rows}


def test_the_office_says_with_one_click_how_its_step_stands(case: Case) -> None:
    jan, step = play.jan_of(case), step_of(case, STANDORT)
    assert page(jan, step).status_code == 200
    assert page(jan, step, status="running", note="Erster Termin war gut.").status_code == 302
    assert page(jan, step, status="running", note="Erster Termin war gut.").status_code == 302
    step.refresh_from_db()
    assert (step.status, step.reports.count()) == (StepState.RUNNING, 1)
    entry = AuditEntry.objects.get(verb="step_reported")
    assert entry.changes == {"step": step.position, "status": "running"}
    shown = page(jan, step).content.decode()
    assert "Erster Termin war gut." in shown
    assert jan.institution.name in shown


def test_the_case_manager_says_it_for_the_client_and_for_others_and_that_is_noted(case: Case) -> None:
    nora = play.nora_of(case)
    steps.report(step_of(case, DOSSIER), nora, StepState.DONE)
    steps.report(step_of(case, KURS), nora, StepState.LATE)
    told = [entry.changes.get("who") for entry in AuditEntry.objects.filter(verb="step_reported").order_by("pk")]
    assert told == ["Klientin/Klient", play.jan_of(case).institution.name]
    steps.report(step_of(case, KURS), play.koordination(), StepState.RUNNING)


def test_nobody_else_says_it(case: Case) -> None:
    step, iris = step_of(case, STANDORT), play.iris_of(case)
    assert page(play.fremde(), step).status_code == 404
    assert page(iris, step).status_code == 200
    assert page(iris, step, status="done").status_code == 403
    reader = actor(Role.READ_ONLY, play.jan_of(case).institution)
    assert page(reader, step).status_code == 403
    assert page(reader, step, status="done").status_code == 403
    assert step.reports.count() == 0


def test_a_step_about_health_is_seen_by_who_may_and_by_who_does_it(case: Case) -> None:
    play.narrowed(case, play.jan_of(case), keep=frozenset({"work"}))
    step = step_of(case, 6)
    assert step.health
    assert page(play.iris_of(case), step).status_code == 200
    assert page(play.jan_of(case), step).status_code == 404


def test_what_is_typed_must_be_a_standing(case: Case) -> None:
    jan, step = play.jan_of(case), step_of(case, STANDORT)
    for typed in ({"status": ""}, {"status": "fertig"}, {"status": "done", "note": "x" * 301}):
        answer = page(jan, step, **typed)
        assert answer.status_code == 200
        assert "error" in answer.content.decode()
    assert step.reports.count() == 0


def test_a_stale_page_overwrites_nothing(case: Case) -> None:
    jan, step = play.jan_of(case), step_of(case, STANDORT)
    seen = steps.mark(step)
    assert f'name="seen" value="{seen}"' in page(jan, step).content.decode()
    assert page(jan, step, status="done", note="Fertig seit gestern.", seen=seen).status_code == 302
    answer = page(play.nora_of(case), step, status="running", note="Läuft noch.", seen=seen)
    assert answer.status_code == 409
    shown = answer.content.decode()
    for words in (
        "Läuft noch.",
        "Fertig seit gestern.",
        "erledigt",
        jan.user.get_full_name(),
        "Nichts ist festgehalten",
    ):
        assert words in shown
    step.refresh_from_db()
    assert (step.status, step.reports.count()) == (StepState.DONE, 1)
    assert page(jan, step, status="done", seen=seen).status_code == 302, "the same again harms nothing"
    assert step.reports.count() == 1
    assert page(jan, step, status="running", seen=steps.mark(step)).status_code == 302
    assert step.reports.count() == 2


def test_what_was_seen_stays_while_a_mistake_is_corrected(case: Case) -> None:
    jan, step = play.jan_of(case), step_of(case, STANDORT)
    seen = steps.mark(step)
    steps.report(step, jan, StepState.RUNNING)
    shown = page(jan, step, status="", seen=seen).content.decode()
    assert f'name="seen" value="{seen}"' in shown


def test_a_step_of_a_replaced_version_leads_to_the_one_in_force(case: Case) -> None:
    old = step_of(case, STANDORT)
    papers.version(case)
    fresh = step_of(case, STANDORT)
    jan = play.jan_of(case)
    address = reverse("roundtable:step", args=[fresh.pk])
    assert address in page(jan, old).content.decode()
    answer = page(jan, old, status="done", note="Schon im Sommer.")
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Schon im Sommer." in shown
    assert address in shown
    assert old.reports.count() == 0


@pytest.mark.parametrize("end", [play.withdrawn, play.closed, lambda case: play.ending(case, days=-1)])
def test_once_it_is_over_nothing_is_noted_and_what_was_typed_is_shown(case: Case, end) -> None:
    end(case)
    step, jan = step_of(case, STANDORT), play.koordination()
    answer = page(jan, step, status="done", note="Noch gemeldet.")
    assert answer.status_code == 409
    assert "Noch gemeldet." in answer.content.decode()
    assert not step.reports.filter(note="Noch gemeldet.").exists()
    assert not asked(case)


def test_a_step_is_asked_for_when_its_turn_comes(case: Case, time_machine) -> None:
    nora, jan = play.nora_of(case).institution.pk, play.jan_of(case).institution.pk
    today = clock.today()
    Step.objects.filter(plan__case=case).update(starts_on=today + dt.timedelta(days=100), due_on=today + 200 * play.DAY)
    Step.objects.filter(plan__case=case, key=POST).update(starts_on=None)
    workflow.settle(case)
    assert asked(case) == {POST: nora}
    steps.report(step_of(case, STANDORT), play.jan_of(case), StepState.DONE)
    assert asked(case) == {POST: nora, DOSSIER: nora, KURS: jan}
    Step.objects.filter(plan__case=case, key=8).update(starts_on=today + 20 * play.DAY)
    time_machine.move_to(timezone.now() + 21 * play.DAY)
    assert follow.ripen(timezone.now()) == 1
    assert asked(case) == {POST: nora, DOSSIER: nora, KURS: jan, 8: nora}
    assert follow.ripen(timezone.now()) == 0


def test_nobody_is_asked_for_a_step_about_health_who_may_not_read_it(case: Case) -> None:
    assert ARZT not in asked(case)
    part = play.row_of(case, play.nora_of(case)).participation
    assert part is not None
    part.health = True
    part.save()
    workflow.settle(case)
    assert asked(case)[ARZT] == part.institution_id


def test_who_comes_next_hears_that_the_step_can_begin(case: Case) -> None:
    iris = play.iris_of(case)
    steps.report(step_of(case, 6), play.koordination(), StepState.DONE)
    mail = OutboxMail.objects.get(kind="rt_step_begins")
    assert (mail.user, mail.object_id) == (iris.user, step_of(case, 7).pk)
    steps.report(step_of(case, 6), play.koordination(), StepState.DROPPED)
    assert OutboxMail.objects.filter(kind="rt_step_begins").count() == 1


def test_the_step_of_an_office_that_left_is_asked_of_the_case_manager(case: Case) -> None:
    iris = play.iris_of(case)
    workflow.apply(case, "end_participant", play.koordination(), {"participant": play.row_of(case, iris)})
    Step.objects.filter(plan__case=case, key=10).update(starts_on=clock.today(), after=None)
    workflow.settle(case)
    assert asked(case)[10] == play.nora_of(case).institution.pk


def test_how_a_step_stands_goes_on_in_the_next_version_also_if_it_was_said_meanwhile() -> None:
    case = planning.finalised()
    jan = play.jan_of(case)
    steps.report(step_of(case, STANDORT), jan, StepState.RUNNING)
    planning.write(case, {"goal.1.measure": "Vertrag bis Ende 2027"})
    case = planning.promised(planning.circulated(planning.again(case)))
    assert step_of(case, STANDORT).plan.state == "final"
    steps.report(step_of(case, STANDORT), jan, StepState.DONE)
    workflow.apply(planning.again(case), "finalise_plan", play.koordination(), {})
    assert step_of(case, STANDORT).status == StepState.DONE
