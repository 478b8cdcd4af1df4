"""Which offices may be asked, which one is proposed, and by which rules of the day."""

import datetime as dt

import pytest
from django.utils import timezone

from iiz.core.enums import RoutingMode
from iiz.core.models import Jurisdiction, RoutingRule
from iiz.core.tests.factories import ContactPersonFactory, InstitutionFactory, MunicipalityFactory
from optima import queries
from optima.offices import describe

from . import factories as make

pytestmark = pytest.mark.django_db

LONG_AGO = dt.date(2020, 1, 1)


def test_a_social_service_may_ask_another_one_but_a_rav_no_rav():
    own, other = InstitutionFactory.create(), InstitutionFactory.create()
    rav, second_rav = InstitutionFactory.create(rav=True), InstitutionFactory.create(rav=True)
    InstitutionFactory.create(other=True)
    InstitutionFactory.create(rav=True, is_active=False)

    assert set(queries.contractors_for(own)) == {other, rav, second_rav}
    assert set(queries.contractors_for(rav)) == {own, other}


def test_routing_by_municipality_central_or_through_the_coordination():
    place, rav, iv = (
        MunicipalityFactory.create(),
        InstitutionFactory.create(rav=True),
        InstitutionFactory.create(iv=True),
    )
    Jurisdiction.objects.create(municipality=place, institution=rav, group="RAV", valid_from=LONG_AGO)
    RoutingRule.objects.create(group="RAV", mode=RoutingMode.MUNICIPALITY, valid_from=LONG_AGO)
    RoutingRule.objects.create(group="IV", mode=RoutingMode.CENTRAL, target=iv, valid_from=LONG_AGO)
    RoutingRule.objects.create(group="SH", mode=RoutingMode.COORDINATION, valid_from=LONG_AGO)
    today = timezone.localdate()

    assert queries.proposed_contractor("RAV", place, today) == (rav, "municipality")
    assert queries.proposed_contractor("RAV", None, today) == (None, "municipality")
    assert queries.proposed_contractor("IV", None, today) == (iv, "central")
    assert queries.proposed_contractor("SH", place, today) == (None, "coordination")
    assert queries.proposed_contractor("IV", None, dt.date(2019, 1, 1)) == (None, "municipality")


def test_criteria_rates_and_reasons_are_those_of_the_day():
    today = timezone.localdate()
    make.AdmissionCriterionFactory.create(valid_until=dt.date(2024, 12, 31), text="Alt")
    make.AdmissionCriterionFactory.create(valid_from=dt.date(2025, 1, 1), text="Neu")
    make.FallpauschaleFactory.create(principal_group="RAV", amount=100)
    make.FallpauschaleFactory.create(principal_group="", amount=300)

    assert [c.text for c in queries.criteria_for("IV", today)] == ["Neu"]
    assert [c.text for c in queries.criteria_for("IV", dt.date(2024, 6, 1))] == ["Alt"]
    assert [r.amount for r in queries.rates_for("IV", "SH", today)] == [300]


def test_the_sheet_of_an_office_says_whom_to_call_and_who_pays():
    nora = make.nora()
    iv = InstitutionFactory.create(iv=True)
    deputy = ContactPersonFactory.create(institution=iv, name="Zita Vertretung")
    ContactPersonFactory.create(institution=iv, name="Aaron Frei", deputy=deputy)
    make.FallpauschaleFactory.create()

    sheet = describe("", iv, nora.institution, timezone.localdate())

    assert (sheet.contact.name, sheet.contact.deputy.name) == ("Aaron Frei", "Zita Vertretung")
    costs = dict(sheet.costs)
    assert "CHF\u00a0300.00 pro Monat" in costs["Job-Coaching"]
    assert nora.institution.name in costs["Massnahmen"]
    assert "Kostengutsprache" in costs["Massnahmen"]


def test_whom_one_asks_in_the_clarification_phase_is_no_contact_for_optima():
    iv = InstitutionFactory.create(iv=True)
    ContactPersonFactory.create(institution=iv, name="Aaron Abklärung", purpose="clarification")
    assert queries.contact_of(iv, timezone.localdate()) is None
    ContactPersonFactory.create(institution=iv, name="Zita Frei")
    assert str(queries.contact_of(iv, timezone.localdate())) == "Zita Frei"


def test_without_a_billed_rate_each_office_bears_its_own_effort():
    nora, iv = make.nora(), InstitutionFactory.create(iv=True)
    make.FallpauschaleFactory.create(billed=False, amount=227)

    assert (
        "Trägt jede Stelle selbst" in dict(describe("", iv, nora.institution, timezone.localdate()).costs)["Beratung"]
    )
