"""People already known are found while writing an Antrag, those of others never (PER-01, PER-02)."""

import pytest
from django.urls import reverse

from iiz.core.models import AccessLogEntry, Case
from iiz.core.tests.factories import MunicipalityFactory, PersonFactory
from optima import drafts

from . import factories as make
from .keyboard import new_key

pytestmark = pytest.mark.django_db

NEW = "/optima/antrag/neu/"


@pytest.fixture
def nora():
    return make.nora()


@pytest.fixture
def browser_of_nora(nora, client_of):
    return client_of(nora)


def text(response):
    return response.content.decode()


class TestPersonSearch:
    """Only people in cases I may see; of others there is no sign."""

    def found(self, client, words):
        return text(
            client.post(reverse("optima:person_search"), {"person_search": words}, headers={"HX-Request": "true"})
        )

    def test_by_name_birth_date_or_number(self, browser_of_nora, nora):
        case = make.submitted(nora, last_name="Wunderlich")
        for words in ("wunder", "Lena Wunder", "14.03.1988", case.person.ahv_number):
            page = self.found(browser_of_nora, words)
            assert "Lena Wunderlich</b>, 1988" in page
            assert case.number in page

    def test_at_most_eight(self, browser_of_nora, nora):
        for _number in range(9):
            make.submitted(nora, last_name="Vielfach")
        page = self.found(browser_of_nora, "Vielfach")
        assert page.count("Übernehmen") == 8
        assert "weitere Treffer" in page

    def test_somebody_elsewhere_looks_like_nobody(self, browser_of_nora, django_assert_num_queries):
        hidden = make.submitted(make.nora(), last_name="Verborgen")

        nobody = self.found(browser_of_nora, "Niemand")

        assert self.found(browser_of_nora, "Verborgen") == nobody
        assert self.found(browser_of_nora, hidden.person.ahv_number) == nobody

    def test_nobody_takes_over_a_person_they_may_not_see(self, browser_of_nora):
        hidden = make.submitted(make.nora()).person
        response = browser_of_nora.post(NEW, {"do": f"pick:{hidden.pk}", "key": new_key()})
        assert response.status_code == 404
        assert not Case.objects.filter(phase="draft").exists()

    def test_taking_over_fills_the_fields(self, browser_of_nora, nora):
        person = make.submitted(nora).person
        browser_of_nora.post(NEW, {"do": f"pick:{person.pk}", "key": new_key(), "situation": "bleibt"})

        case = Case.objects.get(phase="draft")
        assert (case.draft["last_name"], case.draft["situation"]) == (person.last_name, "bleibt")
        assert AccessLogEntry.objects.get().what == "Personalien für einen Antrag"

    def test_it_works_as_a_page_of_its_own(self, browser_of_nora, nora):
        make.submitted(nora, last_name="Wunderlich")
        response = browser_of_nora.post(reverse("optima:person_search"), {"person_search": "Wunder"})
        assert "Lena Wunderlich" in text(response)
        assert "Zurück zum Antrag" in text(response)


def test_a_municipality_that_led_to_the_office_survives_picking_somebody_who_lived_elsewhere():
    """What the Wegweiser was told today counts; of another person picked before nothing is left."""
    there, elsewhere = MunicipalityFactory.create(), MunicipalityFactory.create()
    person = PersonFactory.create(municipality=elsewhere)

    answers = {"municipality": str(there.pk), "contractor_group": "SH"}
    drafts.take_person(answers, person)
    assert answers["municipality"] == str(there.pk)

    answers = {"municipality": str(there.pk), "ahv_number": "756.1234.5678.97"}
    drafts.take_person(answers, person)
    assert answers["municipality"] == str(elsewhere.pk)
