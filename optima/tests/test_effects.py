"""What the actions write beside the state, and whom they tell."""

import datetime as dt

import pytest

from iiz.core import accounts, audit, workflow
from iiz.core.actor import actor_for
from iiz.core.enums import Phase, Role
from iiz.core.models import BenefitSnapshot, Case, ClientAgreement, OutboxMail, Person, Task
from iiz.core.tests.factories import InstitutionFactory, MunicipalityFactory, actor, coordinator, join
from optima.models import Antrag

from . import factories as make

pytestmark = pytest.mark.django_db


def mails(kind):
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("user__first_name", flat=True))


def waiting(case):
    return sorted(Task.objects.filter(case=case, done_at=None).values_list("name", flat=True))


def test_submitting_freezes_person_benefits_agreement_and_statistics():
    nora, jan = make.nora(), make.jan()
    place = MunicipalityFactory.create()

    case = make.submitted(nora, jan.institution, municipality=place, agreed_on=dt.date(2026, 1, 5))

    assert (case.region, case.sex, case.age_band) == ("Sursee", "w", "35-44")
    assert case.draft == {}
    assert case.person.last_name == "Beispiel"
    assert BenefitSnapshot.objects.get(case=case).wsh is True
    assert ClientAgreement.objects.get(case=case).agreed_on == dt.date(2026, 1, 5)
    assert (case.antrag.principal_group, case.antrag.contractor_group) == ("SH", "IV")
    assert [goal.text for goal in case.antrag.goals.all()] == ["Stelle in der Pflege"]


def test_the_lead_stays_with_the_principal_until_case_work_begins():
    nora = make.nora()
    case = make.accepted(make.submitted(nora))

    assert case.lead_institution == nora.institution


def test_a_new_application_lands_with_the_contact_person():
    office = InstitutionFactory.create(iv=True)
    make.jan(office)
    join(actor(Role.CASEWORKER, office, first_name="Ada").user, office)

    case = make.submitted(contractor=office)

    assert mails("optima_arrived") == ["Jan"]
    assert waiting(case) == ["decide"]


def test_a_question_waits_for_the_principal_and_the_answer_for_the_contractor():
    case = make.queried()
    assert (waiting(case), mails("optima_queried")) == (["answer"], ["Nora"])

    case = workflow.apply(case, "answer", make.principal_of(case), {"answer": "Ja."})

    assert (waiting(case), mails("optima_answered")) == (["decide"], ["Jan"])
    query = case.antrag.queries.get()
    assert (query.answer, query.answered_by) == ("Ja.", make.principal_of(case).user)


def test_accepting_names_the_adviser_and_tells_both():
    office = InstitutionFactory.create(iv=True)
    make.jan(office)
    ada = actor(Role.CASEWORKER, office, first_name="Ada")

    case = make.accepted(make.submitted(contractor=office), adviser=ada.user)

    assert make.contractor_part(case).user == ada.user
    assert mails("optima_accepted") == ["Nora"]
    assert mails("optima_assigned") == ["Ada"]
    assert waiting(case) == ["arrange_handover"]


def test_handing_over_lets_somebody_leave():
    nora = make.nora()
    silvan = actor(Role.CONTACT, nora.institution, first_name="Silvan")
    ada = actor(Role.CASEWORKER, nora.institution, first_name="Ada")
    case = make.queried(principal=nora)
    with pytest.raises(accounts.OpenWork):
        accounts.leave(silvan, nora.institution, nora.user)

    case = workflow.apply(case, "hand_over", silvan, {"adviser": ada.user})

    assert (workflow.participant(case, "principal").user, case.lead_user) == (ada.user, ada.user)
    assert [task.user for task in case.tasks.filter(done_at=None)] == [ada.user]
    assert mails("optima_assigned") == ["Ada"]
    accounts.leave(silvan, nora.institution, nora.user)
    assert not Case.objects.visible_to(actor_for(nora.user, nora.institution)).exists()


def test_refusing_keeps_the_reason_and_ends_the_case():
    case = make.refused(text="Ab Februar wieder.")

    antrag = Antrag.objects.get(case=case)
    assert (antrag.decision, antrag.refusal_reason.code) == ("refused", "keine_kapazitaet")
    assert (case.phase, case.ended_on, antrag.decided_on) == (Phase.ENDED, antrag.decided_on, case.ended_on)
    assert mails("optima_refused") == ["Nora"]


def test_a_client_who_declines_stops_everything_and_all_are_told():
    coordinator(first_name="Kora")
    case = make.client_declined()

    assert case.withdrawn_at is not None
    assert ClientAgreement.objects.get(case=case).withdrawn_on is not None
    assert mails("consent_withdrawn") == ["Jan", "Kora"]
    assert waiting(case) == []


def test_after_a_withdrawal_only_ending_the_case_waits():
    case = make.consent_withdrawn()

    assert waiting(case) == ["end_withdrawn"]


def test_the_second_application_while_one_runs_is_refused_and_writes_nothing():
    nora, jan = make.nora(), make.jan()
    first = make.submitted(nora, jan.institution)
    draft = make.draft(nora)

    with pytest.raises(workflow.NotAllowed, match=first.number):
        workflow.apply(draft, "submit", nora, make.answers(jan.institution, ahv_number=first.person.ahv_number))

    assert Person.objects.count() == 1
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_of_a_running_application_elsewhere_nobody_learns():
    jan = make.jan()
    elsewhere = make.submitted(make.nora(), jan.institution)

    mine = make.submitted(make.nora(), jan.institution, ahv_number=elsewhere.person.ahv_number)

    assert mine.state == "submitted"
    assert mine.person.same_as == elsewhere.person


def test_no_mail_names_the_client():
    make.accepted(make.queried and make.submitted(last_name="Unverkennbar"))

    for mail in OutboxMail.objects.all():
        assert "Unverkennbar" not in mail.key
    assert list(audit.verify()) == []


def test_somebody_who_works_for_both_offices_sits_at_the_table_once():
    nora = make.nora()
    both = join(nora.user, make.jan().institution, Role.CASEWORKER)
    chief = actor(Role.CONTACT, both.institution)
    case = make.accepted(make.submitted(nora, both.institution), adviser=nora.user)

    case = workflow.apply(case, "plan_handover", nora, make.date() | {"client_informed": True})
    case = workflow.apply(case, "assign", chief, {"adviser": chief.user})
    case = workflow.apply(case, "assign", chief, {"adviser": nora.user})

    seats = case.meetings.get().invitees
    assert list(seats.values_list("seat", "institution", "user")) == [
        ("client", None, None),
        ("principal", nora.institution.pk, nora.user.pk),
        ("contractor", both.institution.pk, None),
    ]
    assert workflow.apply(case, "hold_handover", both, make.note()).state == "running"


def test_whoever_is_in_charge_already_is_not_told_a_second_time():
    case = make.submitted()
    jan = make.contractor_of(case)
    adviser = actor(Role.CASEWORKER, jan.institution)
    case = workflow.apply(case, "assign", jan, {"adviser": adviser.user})
    workflow.apply(case, "accept", jan, {"adviser": adviser.user, "note": ""})
    assert OutboxMail.objects.filter(kind="optima_assigned", user=adviser.user).count() == 1
