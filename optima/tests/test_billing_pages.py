"""The pages and papers of the billing, and what the coordination office may change of what is billed by (FIN-05)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from iiz.core.tests.factories import coordinator
from optima.billing import accounts, letter
from optima.enums import Proration
from optima.models import CaseService
from optima.tests import money
from optima.tests.listing import typed

MARCH = dt.date(2026, 3, 1)
APRIL = dt.date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _in_may():
    with time_machine.travel("2026-05-04 09:00", tick=False):
        yield


@pytest.fixture
def iv(db):
    return money.office("iv", name="IV-Stelle")


@pytest.fixture
def service(db):
    return money.office("sd", name="Sozialdienst")


@pytest.fixture
def jan(iv):
    return money.contact(iv)


def test_parts_of_a_month_are_said_as_people_say_them(jan, iv, service):
    money.rule(Proration.HALF)
    money.rate(300)
    case = money.work(iv, service)
    money.work(iv, service, dt.date(2026, 3, 20))
    (march,) = accounts.issue(jan, MARCH)
    assert [letter.part(line) for line in letter.rows(march)] == ["ganzer Monat", "halber Monat"]
    assert "halber Monat, CHF\u00a0150.00" in letter.as_text(march, letter.rows(march))
    CaseService.objects.filter(case=case).update(until=dt.date(2026, 3, 2))
    (april,) = accounts.issue(jan, APRIL)
    assert [letter.part(line) for line in letter.rows(april)] == ["ganzer Monat", "halber Monat weniger"]
    assert letter.as_csv(april).decode().count("'") == 0


def test_what_is_overdue_stands_first_with_the_sum_that_is_open(jan, iv, service, client_of):
    money.rule()
    money.rate()
    money.work(iv, service)
    nora = money.contact(service)
    (march,), (april,) = accounts.issue(jan, MARCH), accounts.issue(jan, APRIL)
    accounts.pay(jan, april, dt.date(2026, 5, 4))
    with time_machine.travel("2026-06-10 09:00", tick=False):
        for reader, label in ((jan, "Noch zu erhalten"), (nora, "Noch zu zahlen")):
            page = client_of(reader).get("/abrechnung/")
            assert list(page.context["page"]) == [march, april]
            assert page.context["open"] == [(label, 300, 300)]
            assert "überfällig seit 04.06.2026" in page.content.decode()


def test_old_months_that_were_left_out_are_listed_and_empty_ones_say_so(jan, iv, service, client_of):
    money.rule()
    money.rate()
    money.work(iv, service, dt.date(2025, 1, 10), dt.date(2025, 3, 3))
    accounts.issue(jan, dt.date(2025, 1, 1))
    rows = client_of(jan).get("/abrechnung/").context["months"]
    assert [row["month"] for row in rows[12:]] == [dt.date(2025, 3, 1), dt.date(2025, 2, 1)]
    assert not any(row["waiting"] for row in rows[:12])


def test_a_case_without_a_rate_is_named_and_the_sum_is_no_total(jan, iv, service, client_of):
    money.rule()
    money.rate(300, valid_until=dt.date(2026, 3, 10))
    money.rate(310, valid_from=dt.date(2026, 3, 20))
    case = money.work(iv, service)
    client = client_of(jan)
    assert "unvollständig" in client.get("/abrechnung/2026-03/").content.decode()
    page = client.get(f"/abrechnung/2026-03/{service.pk}/").content.decode()
    assert case.number in page
    assert "Für «Job-Coaching» fehlt vom 11.03.2026 bis 19.03.2026 ein Ansatz." in page


def test_what_months_are_billed_by_goes_by_the_billed_month_and_not_by_arrivals(jan, iv, service, client_of):
    """A case arrived yesterday; April is billed: rates, rules and models change from May on, and not before."""
    rows = money.rule(), money.rate(), money.model_a()
    money.work(iv, service)
    browser = client_of(coordinator())
    address = "/admin/optima/{0._meta.model_name}/{0.pk}/{1}/"
    assert browser.post(address.format(rows[1], "change"), typed(rows[1], amount="310")).status_code == 302
    accounts.issue(jan, APRIL)
    money.work(iv, service, dt.date(2026, 5, 3))
    for row in rows:
        assert "abgerechnet ist bis zum 30.04.2026" in browser.get(address.format(row, "change")).content.decode()
        found = browser.post(address.format(row, "change"), {"valid_until": "29.04.2026"})
        assert "bis zum 30.04.2026 abgerechnet" in found.content.decode()
        found = browser.post(address.format(row, "neue-fassung"), {"valid_from": "30.04.2026"})
        assert "bis zum 30.04.2026 abgerechnet" in found.content.decode()
        assert browser.post(address.format(row, "neue-fassung"), {"valid_from": "01.05.2026"}).status_code == 302
        new = type(row).objects.get(valid_from=dt.date(2026, 5, 1))
        assert "noch nichts abgerechnet" in browser.get(address.format(new, "change")).content.decode()
        assert browser.post(address.format(new, "change"), typed(new)).status_code == 302
