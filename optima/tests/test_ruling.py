"""What the rules make of an Antrag on its way: refused with a sentence, kept with the case, or decided by people."""

from __future__ import annotations

import datetime as dt

import pytest

from iiz.core import clock, workflow
from iiz.core.enums import Role
from iiz.core.models import Case, Jurisdiction, LeadCapability, OutboxMail, Task
from iiz.core.tests.factories import InstitutionFactory, MunicipalityFactory, actor, coordinator
from iiz.core.workflow import NotAllowed
from optima import seed
from optima.effects import ruling
from optima.enums import Finding, LegalState, Verdict
from optima.models import Antrag, Classification, LegalPrecondition, Obstacle, ZielgruppeRule

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules():
    seed.rules()


FOR_IV = make.FIT_FOR_IV
FOR_RAV = dict.fromkeys(("vermittlungsbereit", "arbeitsfaehig", "arbeitsberechtigt", "sekundaertugenden"), "yes")
FOR_SH = {"kein_arbeitsangebot": "yes", "anspruch_psh": "yes"}
RAV_CLIENT = {"social_counselling": False, "wsh": False, "job_seeker": True, "ale": True}


def antrag_of(case: Case) -> Antrag:
    return Antrag.objects.select_related("classification__rule").get(case=case)


def rav() -> object:
    return actor(Role.CASEWORKER, InstitutionFactory.create(kind="rav"), Role.CONTACT)


def leading_service(level: str = "full") -> object:
    office = InstitutionFactory.create(kind="sobz")
    LeadCapability.objects.create(institution=office, level=level, valid_from=make.LONG_AGO)
    return office


def iv_facts(**more: object) -> dict[str, object]:
    return {"facts": {"iv_procedure": "none", **more}}


def test_the_group_is_proposed_and_kept_with_the_version_of_the_table():
    case = make.submitted(criteria=FOR_IV)

    row = antrag_of(case).classification
    assert (row.finding, row.rule.code, row.table_version, row.needs_ruling) == ("group", "E", seed.START, False)
    assert antrag_of(case).zielgruppe == "E"
    assert row.inputs["work_offer"] is True


def test_every_answer_to_a_criterion_is_kept_with_the_text_of_its_day():
    case = make.submitted(criteria=FOR_IV, facts={"iv_procedure": "none", "iv_damage_suspected": False})

    kept = {row.criterion.code: row.answer for row in antrag_of(case).criteria.all()}
    assert kept == FOR_IV | {"kein_iv_schaden": "yes", "ablehnung_ein_jahr": "yes"}


def test_suspected_damage_to_health_leads_to_an_ordinary_claim():
    with pytest.raises(NotAllowed, match="ordentliche IV-Anmeldung"):
        make.submitted(criteria=FOR_IV, facts={"iv_procedure": "none", "iv_damage_suspected": True})


def test_a_refusal_of_less_than_a_year_ago_needs_a_reason():
    refused = clock.today() - dt.timedelta(days=100)

    with pytest.raises(NotAllowed, match="Weshalb soll es trotzdem möglich sein"):
        make.submitted(criteria=FOR_IV, **iv_facts(iv_refused_on=refused))
    case = make.submitted(
        criteria=FOR_IV, reasons={"ablehnung_ein_jahr": "Neu operiert."}, **iv_facts(iv_refused_on=refused)
    )

    kept = antrag_of(case).criteria.get(criterion__code="ablehnung_ein_jahr")
    assert (kept.answer, kept.reason) == ("no", "Neu operiert.")


def test_the_rav_cannot_give_away_people_on_benefit_to_the_iv_until_the_release_is_recorded():
    data = {"criteria": FOR_IV, **RAV_CLIENT}
    with pytest.raises(NotAllowed, match="Solange das SECO keine Befreiung zulässt"):
        make.submitted(rav(), **data)

    LegalPrecondition.objects.filter(code="seco_iv").update(status=LegalState.MET)
    case = make.submitted(rav(), **data)

    assert antrag_of(case).classification.rule.code == "F"


def test_a_precondition_that_nobody_recorded_keeps_the_way_closed():
    LegalPrecondition.objects.filter(code="art54_kanton").delete()

    with pytest.raises(NotAllowed, match="nicht festgehalten"):
        make.submitted(criteria=FOR_IV)


def test_a_running_iv_procedure_bars_the_iv_until_the_coordination_office_makes_an_exception():
    coordinator()
    case = make.submitted(criteria=FOR_IV, facts={"iv_procedure": "running"})
    jan = make.contractor_of(case)

    assert list(Task.objects.filter(case=case, done_at=None).values_list("name", flat=True)) == ["settle_group"]
    with pytest.raises(NotAllowed, match="Zuerst entscheidet die IIZ-Koordinationsstelle"):
        workflow.apply(case, "accept", jan, {"adviser": jan.user})

    case = make.ruled(case, rule=ZielgruppeRule.objects.get(code="D2"))
    assert list(Task.objects.filter(case=case, done_at=None).values_list("name", flat=True)) == ["decide"]
    workflow.apply(case, "accept", jan, {"adviser": jan.user})

    assert antrag_of(case).zielgruppe == "D"
    assert not Task.objects.filter(case=case, name="settle_group", done_at=None).exists()


def test_the_office_may_say_that_optima_is_not_the_way_and_both_sides_hear_of_it():
    case = make.ruled(verdict=Verdict.DECLINED)
    jan = make.contractor_of(case)

    with pytest.raises(NotAllowed, match="nicht der richtige Weg"):
        workflow.apply(case, "accept", jan, {"adviser": jan.user})
    told = OutboxMail.objects.filter(case=case, kind="optima_ruled").values_list("user", flat=True)
    assert {jan.user.pk, make.principal_of(case).user.pk} <= set(told)


def test_all_three_offices_wait_for_the_coordination_office_with_the_roundtable_named():
    case = make.submitted(criteria=FOR_IV, ale=True, job_seeker=True, facts={"iv_procedure": "running"})

    row = antrag_of(case).classification
    assert (row.finding, row.rule, row.needs_ruling) == (Finding.ROUNDTABLE, None, True)
    assert "Roundtable" in row.barred


def test_within_social_assistance_no_group_and_nobody_to_ask():
    case = make.submitted(
        contractor=leading_service(), criteria=FOR_SH, obstacles=[Obstacle.objects.get(code="schulden")]
    )

    row = antrag_of(case).classification
    assert (row.finding, row.needs_ruling, antrag_of(case).zielgruppe) == (Finding.WITHIN_SH, False, "")


@pytest.mark.parametrize(
    ("level", "wsh_entitled", "sentence"),
    [
        ("none", None, "übernimmt zurzeit keine Fallführung"),
        ("wsh_only", None, "nur für Personen mit wirtschaftlicher Sozialhilfe"),
        ("wsh_only", True, ""),
        ("full", None, ""),
    ],
)
def test_whether_the_social_service_leads_decides_by_its_capability_of_the_day(level, wsh_entitled, sentence):
    data = {**RAV_CLIENT, "criteria": FOR_SH, "obstacles": [Obstacle.objects.first()], "wsh_entitled": wsh_entitled}
    office = leading_service(level)

    if sentence:
        with pytest.raises(NotAllowed, match=sentence):
            make.submitted(rav(), office, **data)
    else:
        assert antrag_of(make.submitted(rav(), office, **data)).zielgruppe == "G"


def test_a_service_that_lost_its_capability_overnight_is_refused_in_plain_words():
    office = leading_service()
    LeadCapability.objects.update(valid_until=clock.today())
    LeadCapability.objects.create(institution=office, level="none", valid_from=clock.today() + dt.timedelta(days=1))
    data = {**RAV_CLIENT, "criteria": FOR_SH, "obstacles": [Obstacle.objects.first()]}
    assert antrag_of(make.submitted(rav(), office, **data)).zielgruppe == "G"

    with clock.at(clock.now() + dt.timedelta(days=1)), pytest.raises(NotAllowed, match="keine Fallführung"):
        make.submitted(rav(), office, **data)


def test_a_service_for_addiction_waits_for_the_coordination_office():
    case = make.submitted(
        rav(),
        leading_service("addiction_only"),
        **RAV_CLIENT,
        criteria=FOR_SH,
        obstacles=[Obstacle.objects.get(code="sucht")],
    )

    assert antrag_of(case).classification.needs_ruling


def test_the_contractor_confirms_criteria_and_may_name_another_group_with_a_reason():
    case = make.submitted(criteria=FOR_IV)
    jan, kept = make.contractor_of(case), list(antrag_of(case).criteria.all())

    other = ZielgruppeRule.objects.get(code="D2")
    data = {"adviser": jan.user, "confirmed": kept[:1], "rule": other, "rule_note": "Das Verfahren läuft wieder."}
    workflow.apply(case, "accept", jan, data)

    row = antrag_of(case).classification
    assert (row.proposed.code, row.rule.code, row.confirmed_by, antrag_of(case).zielgruppe) == (
        "E",
        "D2",
        jan.user,
        "D",
    )
    assert [found.confirmed for found in antrag_of(case).criteria.all()] == [True] + [False] * (len(kept) - 1)


def test_answers_that_speak_against_each_other_are_not_handed_in():
    with pytest.raises(NotAllowed, match="weder in persönlicher Sozialhilfe"):
        make.submitted(criteria=FOR_IV, social_counselling=False, wsh=False)


def test_a_canton_without_a_table_asks_nobody():
    ZielgruppeRule.objects.all().delete()

    case = make.submitted(criteria=FOR_IV)

    assert antrag_of(case).classification.needs_ruling is False


def test_a_stranger_and_the_contractor_cannot_rule():
    case = make.barred()

    with pytest.raises(NotAllowed):
        workflow.apply(case, "settle_group", make.contractor_of(case), {"verdict": "cleared", "ruling": "x"})
    assert Classification.objects.get(antrag__case=case).verdict == ""
    assert coordinator().is_coordination


@pytest.mark.parametrize("more", [{"wsh": True}, {"wsh": True, "facts": {"iv_procedure": "closed"}}])
def test_nobody_gets_round_the_release_from_job_search_by_fitting_no_row(more):
    with pytest.raises(NotAllowed, match="Solange das SECO keine Befreiung zulässt"):
        make.submitted(rav(), **{"criteria": FOR_IV, **RAV_CLIENT, **more})


def test_who_draws_no_benefit_needs_no_release():
    case = make.submitted(rav(), criteria=FOR_IV, **RAV_CLIENT | {"ale": False})

    assert antrag_of(case).classification.finding == Finding.UNASSIGNED


def test_no_person_may_name_a_group_that_the_law_closes_or_a_group_for_all_three():
    case = make.submitted(rav(), criteria=FOR_IV, **RAV_CLIENT | {"ale": False})
    assert list(ruling.open_rows(case)) == []
    with pytest.raises(NotAllowed, match="Gruppe F ist gesperrt"):
        make.ruled(case, rule=ZielgruppeRule.objects.get(code="F"))

    three = make.submitted(criteria=FOR_IV, ale=True, job_seeker=True, facts={"iv_procedure": "running"})
    with pytest.raises(NotAllowed, match="keine Zielgruppe"):
        make.ruled(three, rule=ZielgruppeRule.objects.get(code="D2"))


def test_a_no_leaves_no_group_and_only_the_principal_has_something_to_do():
    case = make.ruled(verdict=Verdict.DECLINED, rule=ZielgruppeRule.objects.get(code="E"))

    assert antrag_of(case).zielgruppe == ""
    waiting = Task.objects.filter(case=case, done_at=None).values_list("name", "institution")
    assert list(waiting) == [("withdraw_declined", case.antrag.principal_id)]


def test_a_service_that_answers_for_other_municipalities_waits_for_the_coordination_office():
    office = leading_service()
    here, there = (MunicipalityFactory.create() for _ in range(2))
    Jurisdiction.objects.create(municipality=here, institution=office, group="SH", valid_from=make.LONG_AGO)
    data = {**RAV_CLIENT, "criteria": FOR_SH, "obstacles": [Obstacle.objects.first()]}

    assert not antrag_of(make.submitted(rav(), office, municipality=here, **data)).classification.needs_ruling
    elsewhere = antrag_of(make.submitted(rav(), office, municipality=there, **data)).classification
    assert (elsewhere.needs_ruling, elsewhere.rule.code) == (True, "G")
    assert "nicht für die Wohngemeinde zuständig" in elsewhere.barred


def test_whoever_decides_next_is_told_of_a_new_antrag():
    office = coordinator()
    case = make.barred()

    told = OutboxMail.objects.filter(case=case).values_list("kind", "user")
    assert list(told) == [("optima_to_rule", office.user.pk)]
