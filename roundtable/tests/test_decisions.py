"""Start or not, ask and answer, take back: what coordination office and registering office do (RT-06, RT-07)."""

import datetime as dt

import pytest
from django.urls import reverse

from iiz.core import clock, consents, workflow
from iiz.core.models import Case
from roundtable import content
from roundtable.action_pages import ACTIONS
from roundtable.enums import Advice
from roundtable.models import NotStartedReason

from . import playing as play

pytestmark = pytest.mark.django_db


def form(name, case, actor, **typed):
    """The form behind a step, filled in."""
    return ACTIONS[name].form(typed, None, case=case, actor=actor, initial={})


def today(days=0):
    return f"{clock.today() + dt.timedelta(days=days):%d.%m.%Y}"


@pytest.fixture
def case():
    return play.registered()


@pytest.fixture
def office():
    return play.koordination()


def test_the_offices_of_the_vollmacht_are_proposed_and_no_others(case, office):
    start = form("start", case, office)
    named = {line.institution for line in consents.live_lines(case) if line.institution}
    assert set(start.fields["offices"].queryset) == named - {case.registering_institution}
    foreign = play.jan().institution
    refused = form("start", case, office, decided_on=today(), offices=[foreign.pk])
    assert "nennt die Vollmacht nicht" in refused.errors["offices"][0]


def test_against_the_criteria_it_starts_only_with_a_reason(office):
    case = play.registered(answers=dict.fromkeys(play.criteria().criteria.all(), False))
    offices = [row.pk for row in form("start", case, office).fields["offices"].queryset]
    assert form("start", case, office, decided_on=today(), offices=offices).errors.keys() == {"note"}
    assert form("start", case, office, decided_on=today(), offices=offices, note="Der Arzt bittet darum.").is_valid()


def test_no_decision_before_the_registration_or_in_the_future(case, office):
    for day in (today(-1), today(1)):
        assert "decided_on" in form("not_start", case, office, decided_on=day, reason="1").errors


def test_another_reason_is_explained(case, office):
    other = NotStartedReason.objects.get(code="sonstige")
    typed = {"decided_on": today(), "reason": other.pk}
    assert "note" in form("not_start", case, office, **typed).errors
    assert form("not_start", case, office, **typed, note="Umzug").is_valid()


def test_the_registering_office_does_not_judge_the_criteria(case):
    offered = form("withdraw", case, play.registrant_of(case)).fields["reason"].queryset
    assert "kriterien_nicht_erfuellt" not in {row.code for row in offered}


def test_the_answer_stands_below_its_question(case):
    case = play.queried(case)
    assert "Seit wann" in form("answer", case, play.registrant_of(case)).fields["answer"].help_text


def test_each_step_of_this_road_has_a_page_that_opens(case, client_of, office):
    queried = play.queried()
    for who, of, names in (
        (office, case, ("start", "not_start", "ask", "client_withdraws", "narrow_vollmacht", "renew_vollmacht")),
        (play.registrant_of(case), case, ("withdraw", "client_withdraws", "narrow_vollmacht", "renew_vollmacht")),
        (play.registrant_of(queried), queried, ("answer",)),
    ):
        browser = client_of(who)
        for name in names:
            assert browser.get(reverse("core:action", args=[of.number, name])).status_code == 200, name


def test_started_through_its_page(case, client_of, office):
    offices = [row.pk for row in form("start", case, office).fields["offices"].queryset]
    address = reverse("core:action", args=[case.number, "start"])
    client_of(office).post(address, {"decided_on": today(), "offices": offices, "version": case.version})
    assert Case.objects.get(pk=case.pk).state == "preparing"


def test_an_imported_case_has_no_vollmacht_to_withdraw(case, office):
    Case.objects.filter(pk=case.pk).update(vollmacht=None, person=None)
    imported = Case.objects.get(pk=case.pk)
    for name in ("client_withdraws", "narrow_vollmacht", "renew_vollmacht"):
        with pytest.raises(workflow.NotAllowed, match="keine Vollmacht"):
            workflow.check(imported, name, office)


def test_beside_another_open_roundtable_it_starts_only_with_a_reason(office):
    """Two offices that know nothing of each other register the same person (PER-01)."""
    first = play.registered(ahv_number="7569217076985")
    second = play.registered(ahv_number="7569217076985")
    start = form("start", second, office)
    assert f"schon ein Roundtable offen: {first.number}" in start.also()
    typed = {"decided_on": today(), "offices": [row.pk for row in start.fields["offices"].queryset]}
    assert form("start", second, office, **typed).errors.keys() == {"note"}
    assert form("start", second, office, **typed, note="Der erste wird beendet.").is_valid()
    second = play.started(second)
    assert [row[0] for row in content.other_rows(second, office)] == [first.number]
    assert content.other_rows(second, play.nora_of(second)) == []


@pytest.mark.parametrize("reach", [play.registered, play.queried])
def test_after_a_withdrawal_before_the_start_the_case_is_to_be_ended(reach, office):
    """One Pendenz, its reason proposed; nobody waits for a decision or an answer any more (PER-07)."""
    case = play.withdrawn(reach())
    assert [task.name for task in case.tasks.filter(done_at=None)] == ["end_stopped"]
    proposed = form("not_start", case, office).fields["reason"].initial
    assert proposed.code == "keine_zustimmung"
    case = workflow.apply(case, "not_start", office, {"reason": proposed, "note": ""})
    assert not case.tasks.filter(done_at=None).exists()


def test_one_office_alone_is_doubtful_and_three_fit(office):
    met = dict.fromkeys(play.criteria().criteria.all(), True)
    assert play.registered(offices=[], answers=met).roundtable.advice == Advice.DOUBTFUL
    assert play.registered(answers=met).roundtable.advice == Advice.RECOMMENDED
