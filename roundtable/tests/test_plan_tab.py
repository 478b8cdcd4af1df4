"""The tab «Handlungsplan», the pages of its steps, and the log of the dispatch (RT-13 to RT-18)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.models import Case, GuestLink, OutboxMail
from iiz.core.workflow import NotAllowed
from roundtable import course, dispatching, next_step, standing
from roundtable.enums import DispatchWay, ParticipantKind, PlanState
from roundtable.models import Dispatch

from . import papers, planning
from . import playing as play

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


def tab(case: Case, client: Any) -> str:
    return text(client.get(reverse("core:case_tab", args=[case.number, "plan"])))


def action(case: Case, name: str) -> str:
    return reverse("core:action", args=[case.number, name])


@pytest.fixture(scope="module")
def keys(kept: Any) -> Any:
    """Lena's case as typed, and one with a plan in force; made once."""
    with kept():
        sent = planning.with_mail()
        papers.version(sent)
        return planning.typed(steps=5).pk, sent.pk


@pytest.fixture
def typed(keys: Any, db: Any) -> Case:
    return Case.objects.get(pk=keys[0])


@pytest.fixture
def sent(keys: Any, db: Any) -> Case:
    return Case.objects.get(pk=keys[1])


def test_the_page_of_the_draft_says_what_is_missing_and_leads_to_the_field(typed: Case, client_of: Any) -> None:
    planning.write(typed, {"step.3.due": "", "goal.1.text": ""})
    office = client_of(play.koordination())
    for name in ("circulate_plan", "finalise_plan"):
        page = text(office.get(action(typed, name)))
        assert "Das fehlt noch" in page
        assert f"{reverse('roundtable:paper', args=[typed.number])}#feld-step-3-due" in page
        assert '<button class="btn primary">' not in page
        assert office.post(action(typed, name), {"version": typed.version, "due_on": "25.11.2026"}).status_code != 302


def test_the_draft_is_sent_from_its_page_and_says_who_gets_what(typed: Case, client_of: Any) -> None:
    play.with_mother(typed, email="maria@mutter.example")
    office = client_of(play.koordination())
    page = text(office.get(action(typed, "circulate_plan")))
    assert "Maria Probe" in page
    assert "gibt hier keine Angaben anderer frei" in page
    case = planning.again(typed)
    past = office.post(action(case, "circulate_plan"), {"version": case.version, "due_on": "1.1.2026"})
    assert "Dieser Tag ist schon vorbei." in text(past)
    day = f"{clock.today():%d.%m.%Y}"
    assert office.post(action(case, "circulate_plan"), {"version": case.version, "due_on": day}).status_code == 302
    assert "noch keine Antwort" in tab(case, office)


def test_promises_of_the_table_are_ticked_on_the_page_and_the_plan_is_final(typed: Case, client_of: Any) -> None:
    planning.offers(typed)
    office, url = client_of(play.koordination()), action(typed, "finalise_plan")
    assert "Am Gespräch zugesagt?" in text(office.get(url))
    assert "Ohne Zusage wird der Plan nicht verbindlich" in text(office.post(url, {"version": typed.version}))
    ticks = {f"promised_{key}": "on" for key in (2, 3, 5)}
    offers = {}
    for key, who in ((2, play.nora_of(typed)), (3, play.jan_of(typed)), (5, play.jan_of(typed))):
        offers[f"offer_{key}"] = str(planning.offers(typed)[who.institution.pk].pk)
    answer = office.post(url, {"version": typed.version, **ticks, **offers})
    assert answer.status_code == 302
    assert planning.plan_of(typed).steps.filter(at_the_table=True).count() == 3


def test_who_was_at_no_meeting_is_asked_by_a_draft_first(typed: Case, client_of: Any) -> None:
    planning.offers(typed)
    for meeting in typed.meetings.all():
        meeting.invitees.update(attended=False)
    page = text(client_of(play.koordination()).get(action(typed, "finalise_plan")))
    assert "Senden Sie zuerst den Entwurf" in page
    assert '<button class="btn primary">' not in page


def test_without_a_case_manager_the_page_leads_to_the_choice(typed: Case, client_of: Any) -> None:
    typed.managements.update(until=clock.today())
    page = text(client_of(play.koordination()).get(action(typed, "finalise_plan")))
    assert action(typed, "appoint_manager") in page


def test_what_changed_since_the_draft_stands_on_the_page(typed: Case, client_of: Any) -> None:
    case = planning.promised(planning.circulated(typed))
    planning.write(case, {"step.1.due": "12.12.2026"})
    page = text(client_of(play.koordination()).get(action(case, "finalise_plan")))
    assert "Seit dem Entwurf (Fassung 1) geändert" in page
    assert "Arztbericht" in page


def test_the_tab_shows_to_each_what_he_or_she_may_read(sent: Case, client_of: Any) -> None:
    page = tab(sent, client_of(play.jan_of(sent)))
    assert "Kurs «Büro und Korrespondenz»" in page
    assert "Arztbericht an die IV-Stelle" not in page, "a step about health"
    assert "Nochmals senden" not in page
    play.withdrawn(sent)
    assert "Kurs «Büro und Korrespondenz»" not in tab(sent, client_of(play.jan_of(sent)))


def test_who_may_not_read_a_step_hears_that_there_is_one_and_not_which(sent: Case, client_of: Any) -> None:
    """A case manager without health data would else take the plan for finished (RT-17)."""
    rows = planning.plan_of(sent).steps
    health = list(rows.filter(health=True).exclude(owner=play.row_of(sent, play.jan_of(sent))))
    assert health
    jan, more = play.jan_of(sent), course.hidden_words(len(health))
    assert "nicht lesbar" in more
    assert dict(standing.rows(sent, jan))["Nächster Schritt"].endswith(f"; {more}")
    shown = tab(sent, client_of(jan))
    assert f"{more[0].upper()}{more[1:]}." in shown
    assert not any(step.what in shown for step in health)
    assert "nicht lesbar" not in tab(sent, client_of(play.koordination()))
    assert "nicht lesbar" not in dict(standing.rows(sent, play.koordination()))["Nächster Schritt"]
    rows.exclude(pk__in=[step.pk for step in health]).update(status="done")
    fresh = planning.again(sent)
    assert dict(standing.rows(fresh, jan))["Nächster Schritt"] == "für Ihre Stelle nicht lesbar"
    coming = next_step.next_step(fresh, jan)
    assert coming is not None
    assert "die Ihre Stelle lesen kann" in coming["sentence"]


def test_hidden_steps_are_counted_in_words() -> None:
    assert course.hidden_words(0) == ""
    assert course.hidden_words(1) == "ein weiterer Schritt ist für Ihre Stelle nicht lesbar"
    assert course.hidden_words(2) == "2 weitere Schritte sind für Ihre Stelle nicht lesbar"


def test_it_is_sent_again_and_to_who_came_later(sent: Case, client_of: Any) -> None:
    office, plan = client_of(play.koordination()), planning.plan_of(sent)
    assert "Noch nicht versandt" in tab(sent, office)
    for who in (play.jan_of(sent), play.THERAPIST):
        url = reverse("roundtable:plan_again", args=[sent.number, 1, play.row_of(sent, who).pk])
        assert "Nochmals senden" in text(office.get(url))
        assert office.post(url).status_code == 302
        assert office.post(url).status_code == 302
    assert OutboxMail.objects.filter(kind="rt_plan_final", object_id=plan.pk).count() == 2
    assert GuestLink.objects.filter(purpose="roundtable_plan", revoked_at=None).count() == 1
    assert Dispatch.objects.filter(plan=plan).count() == 4
    OutboxMail.objects.filter(kind="rt_plan_final").update(last_error="refused: 550 no such user")
    page = tab(sent, office)
    assert "Fassung ohne: Gesundheit" in page
    row = next(row for row in dispatching.log(plan, play.koordination()) if row.how == DispatchWay.PORTAL.label)
    assert row.trouble
    own = dispatching.log(plan, play.jan_of(sent))
    assert {row.participant for row in own} == {play.row_of(sent, play.jan_of(sent)).pk}


def test_it_goes_to_nobody_who_may_not_read_it(sent: Case) -> None:
    case = play.with_mother(sent, email="maria@mutter.example")
    with pytest.raises(NotAllowed, match="darf nichts gesendet werden"):
        dispatching.again(planning.plan_of(case), play.row_of(case, "Maria Probe"), play.koordination())
    with pytest.raises(NotAllowed, match="wer den Roundtable führt"):
        dispatching.again(planning.plan_of(case), play.row_of(case, play.jan_of(case)), play.jan_of(case))


def test_without_an_address_it_goes_on_paper(sent: Case) -> None:
    sent.participants.filter(kind=ParticipantKind.CLIENT).update(email="")
    dispatching.again(planning.plan_of(sent), play.row_of(sent, "client"), play.koordination())
    assert Dispatch.objects.get().way == DispatchWay.LETTER


def test_it_stands_among_the_documents_of_the_case(sent: Case, client_of: Any) -> None:
    page = text(client_of(play.jan_of(sent)).get(reverse("core:case_tab", args=[sent.number, "dokumente"])))
    assert "Handlungsplan, Fassung 1" in page


def test_a_draft_given_up_is_told_on_its_page(typed: Case, client_of: Any) -> None:
    case = planning.circulated(typed)
    assert client_of(play.koordination()).post(action(case, "drop_plan"), {"version": case.version}).status_code == 302
    assert not case.plans.filter(state=PlanState.DRAFT).exists()
    assert "nicht weiterverfolgt" in tab(case, client_of(play.koordination()))


def queries(case: Case, who: Actor) -> int:
    client, url = Client(), reverse("core:case_tab", args=[case.number, "plan"])
    client.force_login(who.user)
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_many_steps_and_versions_ask_nothing_more() -> None:
    few, many = papers.lena(), papers.lena()
    papers.version(few, papers.paper_of(few, 3))
    for _version in range(5):
        papers.version(many, papers.paper_of(many, 30))
    for who in (play.nora_of, play.jan_of):
        assert queries(many, who(many)) == queries(few, who(few))
    assert queries(many, play.koordination()) == queries(few, play.koordination())
