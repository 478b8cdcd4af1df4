"""From one service to the other: all data go along, and nobody learns of a case they may not see (RT-24)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from iiz.core.actor import Actor
from iiz.core.models import Case
from optima.tests import factories as optima
from roundtable.tests import papers
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db
PERSON = ("first_name", "last_name", "sex", "street", "postcode", "place", "phone")


def browser(who: Actor) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def shown(who: Actor, address: str) -> dict[str, Any]:
    """The fields of the page as they stand there, by name."""
    form = browser(who).get(address).context["form"]
    return {name: form[name].value() for name in form.fields}


def begun(who: Actor, new: str, source: Case, typed: dict[str, Any]) -> Case:
    """The draft that is begun when the page is saved as it stands."""
    fields = {name: value for name, value in typed.items() if value is not None}
    browser(who).post(reverse(new), {**fields, "von": source.number, "do": "save"})
    return Case.objects.get(continues=source)


def test_a_roundtable_goes_on_as_an_antrag() -> None:
    """Each field of the person, why, what shall change and the office that is left arrive in the Antrag."""
    jan = play.jan()
    case = play.not_started(play.registered(offices=[jan.institution]), reason="an_optima")
    nora = play.nora_of(case)
    page = browser(nora).get(case.get_absolute_url()).content.decode()
    address = f"{reverse('optima:new')}?von={case.number}"
    assert address in page
    typed = shown(nora, address)
    assert case.person is not None
    assert {name: typed[name] for name in PERSON} == {name: getattr(case.person, name) for name in PERSON}
    assert typed["birth_date"] == "17.05.1980"
    assert typed["ahv_number"].replace(".", "") == case.person.ahv_number
    assert typed["situation"] == case.roundtable.reason
    assert case.number in typed["prior_contact"]
    assert typed["contractor"] == jan.institution.name
    goals = browser(nora).get(address).context["goals"]
    assert goals[0]["text"].value() == case.roundtable.wanted
    draft = begun(nora, "optima:new", case, typed)
    assert draft.draft["situation"] == case.roundtable.reason
    assert draft.number in browser(nora).get(case.get_absolute_url()).content.decode()
    assert address not in browser(nora).get(case.get_absolute_url()).content.decode()
    assert browser(jan).get(case.get_absolute_url()).status_code == 404


def test_what_the_plan_says_goes_along_as_far_as_one_may_read_it() -> None:
    """Goals with their measure, the situation without health, and which benefits there are arrive in the Antrag."""
    case = papers.lena()
    papers.version(case)
    nora, jan = play.nora_of(case), play.jan_of(case)
    address = f"{reverse('optima:new')}?von={case.number}"
    typed = shown(nora, address)
    assert typed["situation"].startswith(case.roundtable.reason)
    assert "Lehre als Detailhandelsfachfrau" in typed["situation"]
    assert "Therapie tut gut" not in typed["situation"]
    assert (typed["ale"], typed["job_seeker"]) == ("yes", "yes")
    assert not typed["wsh"]
    goals = browser(nora).get(address).context["goals"]
    first = (goals[0]["text"].value(), goals[0]["expected_result"].value())
    assert first == ("Eine Arbeit im Büro finden, zuerst mit halbem Pensum", "Vertrag bis Herbst 2027")
    play.narrowed(case, jan, keep=frozenset({"situation"}))
    less = shown(jan, address)
    assert "Zweizimmerwohnung" in less["situation"]
    assert "Arbeitslosenentschädigung bis" not in less["situation"]
    assert not less["ale"]


def test_nothing_goes_along_without_the_right_to_read_it() -> None:
    """A case that is invisible, or whose Vollmacht is withdrawn, leaves the page empty, whatever the address says."""
    case = play.running(play.started())
    address = f"{reverse('optima:new')}?von={case.number}"
    fremde = play.fremde()
    assert not shown(fremde, address)["situation"]
    assert shown(play.jan_of(case), address)["situation"]
    play.narrowed(case, play.jan_of(case), keep=frozenset({"money"}))
    assert not shown(play.jan_of(case), address)["situation"]
    case = play.withdrawn(Case.objects.get(pk=case.pk))
    assert not shown(play.nora_of(case), address)["situation"]
    draft = browser(fremde).post(
        reverse("optima:new"), {"von": case.number, "last_name": "Anders", "do": "save"}, follow=True
    )
    assert draft.status_code == 200
    assert not Case.objects.filter(continues=case).exists()


def test_an_antrag_goes_on_as_a_roundtable() -> None:
    """Person, situation, goals and both offices arrive in the registration; the two cases name each other."""
    case = optima.refused()
    nora, jan = optima.principal_of(case), optima.contractor_of(case)
    address = f"{reverse('roundtable:new')}?von={case.number}"
    assert address in browser(nora).get(case.get_absolute_url()).content.decode()
    typed = shown(nora, address)
    assert case.person is not None
    assert {name: typed[name] for name in PERSON} == {name: getattr(case.person, name) for name in PERSON}
    assert typed["ahv_number"].replace(".", "") == case.person.ahv_number
    assert typed["reason"] == case.antrag.situation
    goal = case.antrag.goals.get()
    assert goal.text in typed["wanted"]
    assert goal.expected_result in typed["wanted"]
    rows = browser(nora).get(address).context["rows"]
    assert [row.who for row in rows] == [nora.institution.name, jan.institution.name]
    draft = begun(nora, "roundtable:new", case, typed)
    assert draft.draft["reason"] == case.antrag.situation
    assert len(draft.draft["lines"]) == 2
    office = shown(play.koordination(), address)
    assert office["registered_office"] == nora.institution.name


def test_three_partners_lead_from_optima_to_a_roundtable() -> None:
    """Where the coordination office says that Optima is not the way, the Roundtable is offered with one click."""
    case = optima.ruled(verdict="declined")
    nora = optima.principal_of(case)
    assert f"von={case.number}" in browser(nora).get(case.get_absolute_url()).content.decode()
    open_one = optima.submitted()
    page = browser(optima.principal_of(open_one)).get(open_one.get_absolute_url()).content.decode()
    assert f"von={open_one.number}" not in page
