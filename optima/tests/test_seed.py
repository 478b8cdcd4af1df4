"""Optima's lists for Lucerne: the reported reasons, criteria for each contractor, rates with their dates."""

import datetime as dt

import pytest
from django.core.management import call_command

from optima.models import AdmissionCriterion, RefusalReason
from optima.queries import rates_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seeded():
    call_command("seed", verbosity=0)


def test_the_reasons_are_those_of_the_published_report_in_its_order():
    assert list(RefusalReason.objects.values_list("code", "needs_text")) == [
        ("iv_ablehnung_unter_1_jahr", False),
        ("kein_intaktes_arbeitsangebot", False),
        ("keine_kapazitaet", False),
        ("zielsetzung_nicht_realisierbar", False),
        ("sonstige", True),
    ]


@pytest.mark.parametrize("group", ["RAV", "IV", "SH"])
def test_every_contractor_shows_its_criteria(group):
    found = AdmissionCriterion.objects.valid_on(dt.date(2026, 11, 22)).filter(contractor_group=group)

    assert found.count() >= 5
    assert all(row.text.endswith((".", ":")) and "\u00df" not in row.text + row.help_text for row in found)


def test_job_coaching_of_the_iv_is_billed_from_2025_only():
    before = rates_for("IV", "SH", dt.date(2024, 12, 31))
    after = rates_for("IV", "SH", dt.date(2025, 1, 1))

    assert [(rate.amount, rate.billed) for rate in before] == [(227, False)]
    assert {(rate.amount, rate.billed) for rate in after} == {(227, False), (300, True)}
    assert [(r.amount, r.billed) for r in rates_for("SH", "RAV", dt.date(2025, 1, 1))] == [(125, False)]
