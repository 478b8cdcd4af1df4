"""The rules of the Antrag form: what must be said, what cannot be, in plain German (OP-04, UX-07)."""

import datetime as dt

import pytest
from django.utils import timezone

from iiz.core.enums import Role
from iiz.core.models import Substitution
from iiz.core.tests.factories import ContactPersonFactory, InstitutionFactory, actor
from optima import drafts
from optima.forms.antrag import AntragForm
from optima.forms.decisions import AcceptForm, AnswerForm, AssignForm, HandOverForm, RefuseForm
from optima.forms.sheet import Sheet

from . import factories as make
from .keyboard import AHV, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    return make.nora()


@pytest.fixture
def jan():
    return make.jan()


@pytest.fixture
def judge(nora, jan):
    """What the form makes of a complete Antrag with changes; the gaps as label → missing or wrong."""

    def build(case=None, goals=None, **changes):
        answers = {
            name: value for name, value in typed(jan.institution, **changes).items() if name in AntragForm.base_fields
        }
        answers["goals"] = [{"text": "Stelle", "expected_result": "Vertrag"}] if goals is None else goals
        return Sheet.judged(answers, nora, nora.institution, case)

    return build


def complaint(sheet, name):
    """What stands beside a field."""
    return " ".join(sheet.form.errors.get(name, []))


def test_at_most_twelve_answers_are_mandatory(nora):
    gaps = Sheet.judged(drafts.first_answers(nora), nora, nora.institution, None).gaps()

    assert all(gap["missing"] for gap in gaps)
    assert len(gaps) <= 12


def test_a_complete_antrag_gives_the_workflow_what_it_takes(judge, jan):
    contact = ContactPersonFactory.create(institution=jan.institution)
    sheet = judge(iv_procedure="running", iv_appeal_open="no", iv_refused_on="01.02.2024")

    assert sheet.complete
    assert sheet.gaps() == []
    data = sheet.answers()
    assert (data["contractor"], data["contact_person"], data["planned_months"]) == (jan.institution, contact, 6)
    assert data["birth_date"] == dt.date(1988, 3, 14)
    assert data["goals"] == [{"text": "Stelle", "expected_result": "Vertrag"}]
    assert data["facts"] == {
        "iv_procedure": "running",
        "iv_appeal_open": False,
        "iv_refused_on": dt.date(2024, 2, 1),
    }


def test_an_empty_antrag_names_what_is_missing_once_and_benefits_as_one(nora):
    gaps = Sheet.judged({}, nora, nora.institution, None).gaps()

    assert [gap["label"] for gap in gaps] == [
        "Vorname",
        "Name",
        "Geburtsdatum",
        "AHV-Nummer",
        "Stelle",
        "Leistungen",
        "IV-Verfahren",
        "Ziel",
        "Woran erkennt man, dass es erreicht ist?",
        "Ausgangslage",
        "Zweite Kontaktperson bei Ihnen",
        "Die Klientin oder der Klient ist einverstanden seit",
    ]
    assert all(gap["missing"] and gap["id"] and gap["text"] for gap in gaps)


def test_the_row_of_the_benefits_leads_to_the_first_that_is_missing(judge):
    (gap,) = judge(wsh="", iv_counselling="").gaps()

    assert (gap["label"], gap["id"]) == ("Leistungen", "id_wsh")
    assert gap["text"] == "Bei 2 von 5 Fragen fehlt Ja oder Nein."


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("ahv_number", AHV[:-1] + str((int(AHV[-1]) + 1) % 10), "Prüfziffer"),
        ("ahv_number", "12345", "13 Ziffern"),
        ("birth_date", "14.03.2099", "Zukunft"),
        ("birth_date", "31.02.1988", "Bitte ein Datum eingeben"),
        ("birth_date", "14.03.1788", "Jahr des Geburtsdatums"),
        ("agreed_on", "01.01.2099", "Zukunft"),
        ("agreed_on", "01.01.1970", "vor dem Geburtsdatum"),
        ("iv_refused_on", "01.01.2099", "Zukunft"),
        ("contractor", "Amt für Erfundenes", "aus der Liste"),
        ("first_name", "x" * 81, "80 Zeichen"),
        ("situation", "x" * 10_000, "10'000 Zeichen"),
        ("planned_months", "99", "36"),
        ("email", "nicht doch", "E-Mail"),
        ("municipality", "99999999", "Auswahl"),
        ("municipality", "drei", "Auswahl"),
        ("months", "zwölf", "Auswahl"),
    ],
)
def test_bad_input_gets_a_sentence_beside_its_field(judge, field, value, sentence):
    sheet = judge(**{field: value})

    assert not sheet.complete
    assert sentence in complaint(sheet, field), complaint(sheet, field)


@pytest.mark.parametrize(("month", "free", "wanted"), [("3", "", 3), ("other", "9", 9), ("6", "9", 6), ("", "", 6)])
def test_planned_months(judge, month, free, wanted):
    assert judge(months=month, planned_months=free).answers()["planned_months"] == wanted


def test_another_duration_needs_its_number(judge):
    assert "Wie viele Monate" in complaint(judge(months="other"), "planned_months")


def test_at_least_one_goal_with_its_result_and_empty_further_ones_are_left_out(judge):
    assert not judge(goals=[]).complete
    assert not judge(goals=[{"text": "Stelle", "expected_result": ""}]).complete

    sheet = judge(goals=[{"text": "A", "expected_result": "B"}, {"text": "", "expected_result": ""}])
    assert sheet.complete
    assert sheet.answers()["goals"] == [{"text": "A", "expected_result": "B"}]


def test_an_office_is_found_whatever_the_case_of_its_letters_but_not_when_closed(judge, jan):
    assert judge(contractor=f"  {jan.institution.name.upper()} ").complete

    jan.institution.is_active = False
    jan.institution.save()
    assert "nicht angefragt werden" in complaint(judge(), "contractor")


def test_a_running_antrag_i_may_see_is_named_with_its_link(judge, nora, jan):
    running = make.submitted(nora, jan.institution, ahv_number=AHV)

    sheet = judge()

    assert running.get_absolute_url() in str(sheet.form.non_field_errors())


def test_a_running_antrag_elsewhere_changes_nothing(judge, jan, django_assert_num_queries):
    make.submitted(make.nora(), jan.institution, ahv_number=AHV)

    assert judge().complete


class TestDraftAnswers:
    """How answers travel between page and database."""

    def test_choosing_a_kind_proposes_its_office(self, nora, jan):
        from iiz.core.models import RoutingRule

        RoutingRule.objects.create(group="IV", mode="central", target=jan.institution)
        answers = {"contractor_group": "IV"}

        proposal = drafts.settle_office(answers, nora.institution, "contractor_group")

        assert proposal == (jan.institution, "central")
        assert answers["contractor"] == jan.institution.name

    def test_naming_an_office_sets_its_kind(self, nora, jan):
        answers = {"contractor": jan.institution.name, "contractor_group": "RAV"}

        drafts.settle_office(answers, nora.institution, "contractor")

        assert answers["contractor_group"] == "IV"

    def test_another_kind_lets_go_of_the_office_named(self, nora, jan):
        answers = {"contractor": jan.institution.name, "contractor_group": "RAV"}

        drafts.settle_office(answers, nora.institution, "contractor_group")

        assert answers["contractor"] == ""

    def test_what_is_unknown_of_a_person_keeps_what_was_typed(self, nora):
        person = make.submitted(nora).person
        answers = {"phone": "041 999", "rav_number": "77", "last_name": "Alt"}

        drafts.take_person(answers, person)

        assert answers["last_name"] == person.last_name
        assert answers["rav_number"] == "77"
        assert answers["birth_date"] == "14.03.1988"

    @pytest.mark.parametrize("place", ["", "-1", "7", "x", "²"])
    def test_removing_a_goal_that_is_not_there_changes_nothing(self, place):
        answers = {"goals": [{"text": "A"}]}
        drafts.remove_goal(answers, place)
        assert answers["goals"] == [{"text": "A"}]


class TestDecisions:
    """The small forms of the actions."""

    def test_i_am_proposed_if_i_lead_cases_myself(self, jan):
        case = make.submitted(contractor=jan.institution)
        assert AcceptForm(case=case, actor=jan).fields["adviser"].initial == jan.user.pk

    def test_only_people_who_work_there_can_be_chosen(self, nora, jan):
        case = make.submitted(contractor=jan.institution)
        form = AssignForm({"adviser": nora.user.pk}, case=case, actor=jan)
        assert "adviser" in form.errors

    def test_sonstige_needs_words(self, jan):
        case = make.submitted(contractor=jan.institution)
        other = make.RefusalReasonFactory.create(code="sonstige", label="Sonstige", needs_text=True)

        form = RefuseForm({"refusal_reason": other.pk}, case=case, actor=jan)
        assert "«Sonstige»" in str(form.errors["refusal_text"])
        assert RefuseForm({"refusal_reason": other.pk, "refusal_text": "Darum."}, case=case, actor=jan).is_valid()
        assert "Zu «Sonstige» nötig" in str(form)
        assert "freiwillig" not in str(form)

    def test_reasons_that_no_longer_hold_cannot_be_chosen(self, jan):
        case = make.submitted(contractor=jan.institution)
        old = make.RefusalReasonFactory.create(code="alt", valid_until=dt.date(2021, 1, 1))

        assert not RefuseForm({"refusal_reason": old.pk}, case=case, actor=jan).is_valid()

    def test_the_answer_stands_below_its_question(self):
        case = make.queried()
        form = AnswerForm(case=case, actor=make.principal_of(case))
        html = str(form)
        assert html.index("Welche Ausbildung liegt vor?") < html.index("Ihre Antwort")

    def test_the_only_adviser_is_proposed_to_a_contact_who_leads_no_cases(self, jan):
        case = make.submitted(contractor=jan.institution)
        irene = actor(Role.CONTACT, jan.institution)
        assert AcceptForm(case=case, actor=irene).fields["adviser"].initial == jan.user.pk

    def test_of_several_advisers_the_one_with_the_fewest_cases_who_is_not_away_is_proposed(self, jan):
        irene, vera, zoe = (actor(role, jan.institution) for role in (Role.CONTACT, Role.CASEWORKER, Role.CASEWORKER))
        make.accepted(make.submitted(contractor=jan.institution), adviser=jan.user)
        make.accepted(make.submitted(contractor=jan.institution), adviser=vera.user)
        case = make.submitted(contractor=jan.institution)
        assert AcceptForm(case=case, actor=irene).fields["adviser"].initial == zoe.user.pk
        assert HandOverForm(case=case, actor=irene).fields["adviser"].initial is None

        today = timezone.localdate()
        Substitution.objects.create(
            institution=jan.institution, absent=zoe.user, deputy=vera.user, valid_from=today, valid_until=today
        )
        proposed = AcceptForm(case=case, actor=irene).fields["adviser"]
        assert proposed.initial in {jan.user.pk, vera.user.pk}
        assert "am wenigsten Fälle" in proposed.help_text

    def test_today_is_a_day_one_can_agree(self, judge):
        assert judge(agreed_on=f"{timezone.localdate():%d.%m.%Y}").complete


def test_the_institution_contact_is_proposed_as_second_contact_unless_it_is_me(nora):
    assert drafts.first_answers(nora) == {}
    ContactPersonFactory.create(institution=nora.institution, name="Vera", phone="041 1")
    assert drafts.first_answers(nora) == {"second_contact": "Vera, 041 1"}


def test_an_office_that_is_no_optima_partner_cannot_be_asked(judge):
    InstitutionFactory.create(other=True, name="KESB Nord")
    assert not judge(contractor="KESB Nord").complete
