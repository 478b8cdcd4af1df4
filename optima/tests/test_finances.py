"""Given and taken, what the thresholds say, what people decide, and what cases cost (FIN-04, FIN-07, FIN-08)."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError

from iiz.core.tests.factories import coordinator
from optima.billing import accounts, balance, sharing
from optima.billing.balance import Verdict
from optima.models import CostSharing
from optima.tests import money

APRIL, JUNE = dt.date(2026, 4, 1), dt.date(2026, 6, 1)
DECIDED = {
    "model": "A",
    "valid_from": JUNE,
    "decided_by": "Steuergruppe",
    **{f"basis_{group}": "agreement" for group in ("IV", "SH")},
    **{f"reference_{group}": "Vereinbarung vom 1. Mai" for group in ("IV", "SH")},
}


@pytest.fixture(autouse=True)
def _in_may():
    with time_machine.travel("2026-05-04 09:00", tick=False):
        yield


@pytest.fixture
def offices(db):
    money.rule(small_effort=1000, tolerance=20)
    money.estimate(227, "IV")
    money.estimate(125, "SH")
    return money.office("iv", name="IV-Stelle"), money.office("sd", name="Sozialdienst")


def between_iv_and_sh():
    return next(one for one in balance.balances(2026) if one.code == "IV-SH")


def test_the_balance_counts_cases_months_and_effort_up_to_today(offices):
    iv, service = offices
    money.work(iv, service, dt.date(2025, 6, 1), dt.date(2026, 2, 10))
    money.work(iv, service, dt.date(2026, 4, 20))
    money.work(service, iv, dt.date(2025, 1, 1), dt.date(2025, 12, 31))  # last year's
    given, taken = between_iv_and_sh().flows
    assert (given.cases, given.months, given.effort) == (2, 4, Decimal(4 * 227))
    assert (taken.cases, taken.effort) == (0, 0)


def test_the_thresholds_say_small_balanced_or_neither(offices):
    iv, service = offices
    money.work(iv, service, dt.date(2026, 2, 1))
    assert between_iv_and_sh().verdict == Verdict.SMALL
    money.work(iv, service, dt.date(2026, 2, 1))
    assert between_iv_and_sh().verdict == Verdict.NEITHER
    money.work(service, iv, dt.date(2026, 2, 1))
    money.work(service, iv, dt.date(2026, 2, 1))
    assert between_iv_and_sh().verdict == Verdict.BALANCED


def test_people_switch_the_model_in_both_directions_and_from_a_month_on(offices):
    sharing.decide(("IV", "SH"), coordinator(), DECIDED)
    assert [row.model for row in sharing.rows_of(("IV", "SH"), dt.date(2026, 5, 31))] == ["C", "C"]
    assert [row.model for row in sharing.rows_of(("IV", "SH"), JUNE)] == ["A", "A"]
    with pytest.raises(ValidationError, match="bereits etwas festgehalten"):
        sharing.decide(("IV", "SH"), coordinator(), DECIDED | {"model": "B"})


def test_a_billed_month_keeps_its_model(offices):
    iv, service = offices
    money.rate()
    money.work(iv, service)
    accounts.issue(money.contact(iv), APRIL)
    with pytest.raises(ValidationError, match="abgerechnet"):
        sharing.decide(("IV", "SH"), coordinator(), DECIDED | {"valid_from": APRIL})
    assert not CostSharing.objects.exists()


def test_the_decision_is_recorded_on_a_page_that_says_what_is_missing(offices, client_of):
    office = coordinator()
    client, page = client_of(office), "/koordination/finanzen/modell/IV-SH/"
    typed = {"model": "A", "valid_from": "15.06.2026", "decided_by": "", "acting": office.institution.pk}
    form = client.post(page, typed).context["form"]
    assert set(form.errors) == {"valid_from", "decided_by", "basis_IV", "basis_SH"}
    typed |= {"valid_from": "01.06.2026", "decided_by": "Steuergruppe", "basis_IV": "order", "basis_SH": "agreement"}
    assert client.post(page, typed).status_code == 302
    assert CostSharing.objects.filter(model="A", valid_from=JUNE).count() == 2


def test_the_page_says_from_when_to_when_a_model_holds_and_what_is_decided_for_later(offices, client_of):
    money.model_a(valid_until=dt.date(2026, 3, 31))
    sharing.decide(("IV", "SH"), coordinator(), DECIDED)
    assert between_iv_and_sh().models == [
        (dt.date(2026, 1, 1), "A / C"),
        (APRIL, "C"),
        (JUNE, "A"),
    ]
    page = client_of(coordinator()).get("/koordination/finanzen/").content.decode()
    assert "Modell A / C, ab 01.04.2026 Modell C, ab 01.06.2026 Modell A" in page
    assert (
        "ab 01.06.2026: Modell A, Leistungsvereinbarung, Vereinbarung vom 1. Mai, entschieden von Steuergruppe" in page
    )


def test_a_model_for_months_that_are_over_is_confirmed(offices, client_of):
    office = coordinator()
    client, page = client_of(office), "/koordination/finanzen/modell/IV-SH/"
    typed = {"model": "B", "valid_from": "01.04.2026", "decided_by": "Steuergruppe", "acting": office.institution.pk}
    assert set(client.post(page, typed).context["form"].errors) == {"backdated"}
    assert client.post(page, typed | {"backdated": "on"}).status_code == 302


def test_planned_and_actual_cost_by_case_and_every_figure_opens_its_cases(offices, client_of):
    iv, service = offices
    money.rate()
    case = money.work(iv, service, dt.date(2026, 3, 10))
    accounts.issue(money.contact(iv), APRIL)
    (cost,) = balance.costs(2026)
    assert (cost.planned, cost.actual, cost.billed) == (Decimal(6 * 227), Decimal(3 * 227), Decimal(300))
    client = client_of(coordinator())
    rows = csv.reader(
        client.get("/koordination/finanzen/2026.csv").content.decode("utf-8-sig").splitlines(), delimiter=";"
    )
    assert [row[0] for row in rows][1:] == [case.number]
    assert client.get("/koordination/finanzen/").status_code == 200
    for key in ("2026.IV.SH", "2026.-"):
        assert case.number in client.get(f"/faelle/?finanzen={key}").content.decode()
    assert case.number not in client.get("/faelle/?finanzen=2026.SH.IV").content.decode()
    assert client.get("/faelle/?finanzen=unsinn").status_code == 200


def test_the_figures_take_as_many_queries_for_many_cases(offices, django_assert_num_queries):
    iv, service = offices
    for _ in range(5):
        money.work(iv, service)
    with django_assert_num_queries(4):
        balance.balances(2026)
    with django_assert_num_queries(7):
        balance.by_group(2026)
