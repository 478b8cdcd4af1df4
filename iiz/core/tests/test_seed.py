"""The Lucerne configuration: complete, dated, and never in the way of what an office edited (CAN-LU)."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command

from iiz.core.enums import InstitutionKind, LeadCapabilityLevel, RoutingMode
from iiz.core.models import (
    ContactPerson,
    Institution,
    Jurisdiction,
    LeadCapability,
    Municipality,
    RoutingRule,
    User,
)

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def seeded():
    out = StringIO()
    call_command("seed", stdout=out)
    return out.getvalue()


def test_every_municipality_has_one_rav_and_one_social_service(seeded):
    assert Municipality.objects.count() == 79
    for group, kinds in (("RAV", {"rav"}), ("SH", {"sozialdienst", "sobz"})):
        live = Jurisdiction.objects.valid_on(TODAY).filter(group=group)
        assert live.count() == 79
        assert set(live.values_list("institution__kind", flat=True)) == kinds


def test_the_lead_is_offered_where_the_concept_says_so(seeded):
    def level(name):
        return LeadCapability.objects.valid_on(TODAY).get(institution__name=name).level

    assert level("SoBZ Willisau-Wiggertal") == LeadCapabilityLevel.FULL
    assert level("SoBZ Luzern") == LeadCapabilityLevel.ADDICTION_ONLY
    assert level("Soziale Dienste Stadt Luzern") == LeadCapabilityLevel.WSH_ONLY
    social = Institution.objects.filter(kind__in=["sozialdienst", "sobz"])
    assert not social.filter(lead_capabilities=None).exists()


def test_applications_to_the_iv_arrive_at_its_one_office(seeded):
    rule = RoutingRule.objects.valid_on(TODAY).get(group="IV")

    assert (rule.mode, rule.target.kind) == (RoutingMode.CENTRAL, InstitutionKind.IV)


def test_it_brings_no_people(seeded):
    assert not User.objects.exists()
    assert not ContactPerson.objects.exists()
    assert not Institution.objects.exclude(phone="", street="", email="").exists()


def test_a_second_run_adds_nothing_and_keeps_what_was_edited(seeded):
    office = Institution.objects.get(name="RAV Sursee")
    Jurisdiction.objects.filter(municipality=1103, group="RAV").update(valid_until=dt.date(2026, 6, 30))
    Jurisdiction.objects.create(municipality_id=1103, group="RAV", institution=office, valid_from=dt.date(2026, 7, 1))
    before = Jurisdiction.objects.count()
    out = StringIO()

    call_command("seed", stdout=out)

    assert Jurisdiction.objects.count() == before
    assert {line.split(": ")[1] for line in out.getvalue().splitlines()} == {"0 neu"}
