"""What both sides see of a case: the same status, the road, and whose turn it is (UX-06)."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from iiz.core import registry, workflow
from iiz.core.enums import Origin, Phase, Role
from iiz.core.models import Case
from iiz.core.tests.factories import InstitutionFactory, UserFactory, actor, coordinator, join
from optima import pages
from optima.enums import OptimaState as S
from optima.models import Antrag, Classification

from . import factories as make
from .test_matrix import STATES

pytestmark = pytest.mark.django_db


def fresh(case):
    return Case.objects.get(pk=case.pk)


def text(response):
    return response.content.decode()


def stages(case):
    return [step["state"] for step in pages.road(fresh(case))]


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_road_and_every_page_opens_for_both_sides(state, client_of):
    case = STATES[state]()
    assert len(stages(case)) == 5
    for somebody in (make.principal_of(case), coordinator()):
        response = client_of(somebody).get(case.get_absolute_url())
        wanted = 302 if state == "draft" else 200
        assert response.status_code == (404 if state == "draft" and somebody.is_coordination else wanted)
    if case.antrag.contractor:
        assert client_of(make.contractor_of(case)).get(case.get_absolute_url()).status_code == 200


NOTHING_WAITS = (S.AGREED, S.REFUSED, S.WITHDRAWN, S.CLIENT_DECLINED, S.NOT_ESTABLISHED, S.CLOSED)


@pytest.mark.parametrize("state", NOTHING_WAITS)
@pytest.mark.parametrize("mine", [True, False])
def test_where_nothing_waits_the_next_step_is_still_said(state, mine):
    case = fresh(make.agreed())
    case.state, case.phase = state, registry.workflows[case.service].state(state).phase
    somebody = make.principal_of(case) if mine else make.contractor_of(case)

    step = pages.next_step(case, somebody)

    assert step["sentence"].endswith(".")
    assert step["why"].endswith(".")
    assert "%(" not in step["sentence"] + step["why"]


def test_the_road_tells_the_dates():
    today = f"{timezone.localdate():%d.%m.%Y}"
    accepted = pages.road(fresh(make.accepted()))
    refused = make.refused()

    assert [step["note"] for step in accepted][:3] == [today, f"angenommen {today}", "zu vereinbaren"]
    assert stages(make.submitted()) == ["done", "now", "next", "next", "next"]
    assert stages(refused) == ["done", "stopped", "next", "next", "next"]
    assert stages(make.ended()) == ["done", "done", "stopped", "next", "next"]


def test_after_accepting_both_sides_read_that_the_principal_arranges_the_handover(client_of):
    office = InstitutionFactory.create(iv=True)
    jan = make.jan(office)
    ada = join(UserFactory.create(first_name="Ada", last_name="Rat", phone="041 777 77 77"), office, Role.CASEWORKER)
    case = make.accepted(make.submitted(contractor=office), adviser=ada.user)

    mine = text(client_of(make.principal_of(case)).get(case.get_absolute_url()))
    theirs = text(client_of(jan).get(case.get_absolute_url()))

    assert "Nächster Schritt bei Ihnen: Übergabegespräch vereinbaren" in mine
    assert "041 777 77 77" in mine
    assert f"Nächster Schritt: {case.antrag.principal.name} – Übergabegespräch vereinbaren" in theirs
    form = text(client_of(make.principal_of(case)).get(reverse("core:action", args=[case.number, "plan_handover"])))
    assert re.search(r"Rufen Sie zuerst an.*Ada Rat.*041 777 77 77", form, re.DOTALL)
    assert [task.name for task in case.tasks.filter(done_at=None)] == ["arrange_handover"]


def test_who_takes_care_of_an_accepted_case_stands_beside_the_decision(client_of):
    case = make.accepted()
    adviser = make.contractor_part(case).user.get_full_name()

    decision = pages.overview(fresh(case), make.principal_of(case))["decision"]

    assert ("Betreut durch", adviser) in decision.rows


def test_an_open_question_stands_first_and_an_answered_one_after_the_words_of_the_antrag(client_of):
    def names(case):
        return [block.name for block in pages.overview(fresh(case), make.principal_of(case))["blocks"]]

    assert names(make.queried())[:2] == ["query-1", "goals"]
    answered = names(make.answered())
    assert answered.index("query-1") > answered.index("situation")


def test_the_question_is_quoted_above_the_answer(client_of):
    jan = make.jan()
    case = make.submitted(contractor=jan.institution)
    workflow.apply(case, "ask", jan, {"question": "Erstens?\nZweitens?"})

    page = text(client_of(make.principal_of(case)).get(reverse("core:action", args=[case.number, "answer"])))

    assert "<p>Erstens?<br>Zweitens?</p>" in page
    assert page.index("Zweitens?") < page.index("Ihre Antwort")


def test_a_refusal_gives_the_reason_and_other_ways(client_of):
    case = make.refused(text="Ab Februar wieder möglich.")

    page = text(client_of(make.principal_of(case)).get(case.get_absolute_url()))

    assert "Der Antrag ist abgelehnt: Keine Kapazität." in page
    assert "Ab Februar wieder möglich." in page
    assert "Roundtable" in page


def test_the_rules_are_those_of_the_day_of_the_antrag(client_of):
    case = make.submitted()
    Classification.objects.all().delete()  # as in cases of before, which keep no answers of their own
    make.FallpauschaleFactory.create(amount=300, valid_until=case.arrived_on)
    make.AdmissionCriterionFactory.create(text="Galt damals.", valid_until=case.arrived_on)
    make.AdmissionCriterionFactory.create(
        text="Gilt erst morgen.", valid_from=timezone.localdate() + dt.timedelta(days=1)
    )

    page = text(client_of(make.principal_of(case)).get(case.get_absolute_url()))

    assert "CHF\u00a0300.00" in page
    assert "Galt damals." in page
    assert "Gilt erst morgen." not in page


def test_an_imported_case_has_no_person_no_words_and_no_pdf(client_of):
    case = Case.objects.create(
        number="ALT-1",
        service="optima",
        origin=Origin.IMPORTED,
        state=S.SUBMITTED,
        phase=Phase.OPEN,
        registering_institution=InstitutionFactory.create(),
        lead_institution=InstitutionFactory.create(),
        arrival_year=2020,
    )
    Antrag.objects.create(
        case=case,
        principal=case.registering_institution,
        principal_group="SH",
        contractor=make.jan().institution,
        contractor_group="IV",
    )
    koordination = client_of(coordinator())

    assert "importiert" in text(koordination.get(case.get_absolute_url()))
    assert koordination.get(reverse("optima:pdf", args=["ALT-1"])).status_code == 403


def act(client, case, name, **data):
    return client.post(
        reverse("core:action", args=[case.number, name]), {"version": fresh(case).version, **data}, follow=True
    )


def test_the_decision_is_two_clicks(client_of):
    jan = make.jan()
    case = make.submitted(contractor=jan.institution)
    client = client_of(jan)

    page = text(client.get(reverse("core:action", args=[case.number, "accept"])))
    assert f'<option value="{jan.user.pk}" selected>' in page
    response = act(client, case, "accept", adviser=jan.user.pk)

    assert "Der Auftraggeber ist benachrichtigt." in text(response)
    assert fresh(case).state == S.ACCEPTED


def test_every_action_page_explains_itself_and_works(client_of):
    jan, nora = make.jan(), make.nora()
    silvan = actor(Role.CONTACT, nora.institution)
    reason = make.RefusalReasonFactory.create()
    for maker, name, somebody, data, state in [
        (make.submitted, "ask", jan, {"question": "Wer?"}, S.QUERIED),
        (make.queried, "answer", nora, {"answer": "Ich."}, S.SUBMITTED),
        (make.submitted, "refuse", jan, {"refusal_reason": reason.pk}, S.REFUSED),
        (make.submitted, "assign", jan, {"adviser": jan.user.pk}, S.SUBMITTED),
        (make.submitted, "hand_over", silvan, {"adviser": silvan.user.pk}, S.SUBMITTED),
        (make.submitted, "withdraw", nora, {"note": ""}, S.WITHDRAWN),
        (make.submitted, "client_declines", nora, {}, S.CLIENT_DECLINED),
        (make.accepted, "client_withdraws", jan, {}, S.ACCEPTED),
        (make.consent_withdrawn, "end_unestablished", nora, {}, S.NOT_ESTABLISHED),
    ]:
        case = maker(principal=nora, contractor=jan.institution)
        client = client_of(somebody)
        page = pages.ACTIONS[name]
        assert str(page.lead)[:40] in text(client.get(reverse("core:action", args=[case.number, name])))
        response = act(client, case, name, **data)
        assert response.status_code == 200
        assert str(page.done) in text(response)
        assert fresh(case).state == state, name


def test_a_long_question_stays_in_the_form(client_of):
    jan = make.jan()
    case = make.submitted(contractor=jan.institution)

    response = act(client_of(jan), case, "ask", question="z" * 10_000)

    assert "10&#x27;000 Zeichen" in text(response)
    assert "z" * 10_000 in text(response)
    assert fresh(case).state == S.SUBMITTED


def test_two_people_deciding_one_after_the_other_see_both_versions(client_of):
    jan = make.jan()
    case = make.submitted(contractor=jan.institution)
    opened = case.version
    ada = client_of(actor(Role.CASEWORKER, jan.institution))
    act(client_of(jan), case, "accept", adviser=jan.user.pk)

    late = ada.post(reverse("core:action", args=[case.number, "ask"]), {"version": opened, "question": "Wirklich?"})

    assert late.status_code == 409
    assert "Wirklich?" in text(late)
    assert "hat den Antrag angenommen" in text(late)
