"""The views side by side: only what is given, and only to those who may read it (RT-09, RT-12, PER-08, PER-10)."""

from __future__ import annotations

from typing import Any

import pytest

from iiz.core.consents import Line
from iiz.core.models import AccessLogEntry
from iiz.core.tests.factories import InstitutionFactory
from roundtable.enums import IncomeKind
from roundtable.models import Income, PendingDecision, SickLeave

from . import playing as play

pytestmark = pytest.mark.django_db

QUERIES = 15
"""What the page asks of the database, session and navigation included."""


def tab(client: Any, case: Any) -> str:
    response = client.get(f"/roundtable/{case.number}/sichten/")
    assert response.status_code == 200
    return str(response.content.decode())


def with_rows(case: Any, who: Any) -> Any:
    view = play.view_of(case, who)
    PendingDecision.objects.create(perspective=view, text="Umschulung Logistik")
    PendingDecision.objects.create(perspective=view, text="Rentenprüfung", health=True)
    SickLeave.objects.create(perspective=view, percent=60, since=case.arrived_on)
    Income.objects.create(perspective=view, kind=IncomeKind.ALE, amount="3250.50")
    return case


def test_everybody_reads_what_is_given_as_far_as_the_vollmacht_goes(client_of):
    case = play.asked(play.with_therapist())
    iris, nora, jan = play.iris_of(case), play.nora_of(case), play.jan_of(case)
    case = with_rows(play.given(case, iris, "Von Iris."), iris)
    for_jan, for_iris = tab(client_of(jan), case), tab(client_of(iris), case)
    for words in ("Wohnen: Von Iris.", "Umschulung Logistik", "CHF 3&#x27;250.50", "Vollmacht vom"):
        assert words in for_jan
    for secret in ("Gesundheit: Von Iris.", "Rentenprüfung", "60\u00a0%"):
        assert secret not in for_jan
        assert secret in for_iris, "one's own is always there"
        assert secret in tab(client_of(play.koordination()), case)
    assert "zur Gesundheit sehen Sie nicht, weil" in for_jan
    assert "fehlt noch, erbeten bis" in for_jan

    case = play.narrowed(case, nora, frozenset({"work"}))
    for_nora = tab(client_of(nora), case)
    assert "Arbeit und Ausbildung: Von Iris." in for_nora
    assert "Wohnen: Von Iris." not in for_nora
    assert "CHF 3" not in for_nora
    copied = client_of(nora).get(f"/roundtable/{case.number}/sichten/text/").content.decode()
    assert "Arbeit und Ausbildung: Von Iris." in copied
    assert "Wohnen: Von Iris." not in copied
    assert AccessLogEntry.objects.filter(user_name=nora.user.get_full_name(), what="Sichten nebeneinander").exists()


def test_a_draft_is_nobody_elses_and_what_is_covered_no_more_is_not_shown(client_of):
    case = play.asked(play.with_therapist())
    nora = play.nora_of(case)
    view = play.view_of(case, play.THERAPIST)
    view.draft = {"arbeit-state": "Noch nicht fertig"}
    view.save()
    assert "Noch nicht fertig" not in tab(client_of(play.koordination()), case)
    case = play.given(case, play.THERAPIST, "Von Tina.")
    assert "Von Tina." in tab(client_of(nora), case)
    case = play.narrowed(case, play.THERAPIST)
    after = tab(client_of(nora), case)
    assert "Von Tina." not in after
    assert "wird nicht mehr gezeigt" in after
    assert "Von Tina." in tab(client_of(play.koordination()), case)


def test_after_a_withdrawal_each_office_reads_its_own_and_nobody_elses(client_of):
    case = play.asked(play.started())
    nora, iris = play.nora_of(case), play.iris_of(case)
    case = play.given(play.given(case, nora, "Von Nora."), iris, "Von Iris.")
    case = play.withdrawn(case)
    page = tab(client_of(iris), case)
    assert "Von Iris." in page
    assert "Von Nora." not in page
    assert nora.institution.name not in page.split("<main")[1].split("</main>")[0]
    assert "Von Nora." in tab(client_of(play.koordination()), case)


@pytest.mark.parametrize("offices", [1, 10])
def test_the_page_asks_the_database_the_same_for_three_and_for_twelve(offices, client_of, django_assert_num_queries):
    nora, others = play.nora(), [InstitutionFactory.create() for _number in range(offices)]
    lines = [Line(office, categories=play.ALL) for office in (nora.institution, *others)]
    case = play.asked(play.started(by=nora, offices=others, lines=lines))
    assert case.participants.count() == offices + 2
    for office in others:
        case = play.given(case, play.worker(office))
    case = play.given(case, nora)
    for reader in (nora, play.koordination()):
        browser = client_of(reader)
        tab(browser, case)
        with django_assert_num_queries(QUERIES):
            tab(browser, case)
