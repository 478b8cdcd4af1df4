"""A month recalculated by hand, and everything that may go wrong with money (FIN-02 to FIN-06)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from subprocess import run

import pytest
import time_machine
import zxingcpp
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from openpyxl import load_workbook
from pypdf import PdfReader
from stdnum import iso11649
from stdnum.ch import esr

from iiz.core.enums import IvProcedure
from iiz.core.models import AuditEntry, OutboxMail
from optima.billing import accounts, bill, letter
from optima.billing.walk import Reason
from optima.enums import LineKind, Proration
from optima.models import CaseService, Fallpauschale, Invoice, InvoiceLine
from optima.offices import costs
from optima.queries import rates_for
from optima.tests import money

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


def issued(actor, month=MARCH):
    """Lines of the one invoice of a month as (day since, part, amount)."""
    (invoice,) = accounts.issue(actor, month)
    return [(line.since, f"{line.counted}/{line.whole}", line.amount) for line in invoice.lines.order_by("pk")]


def test_a_month_by_hand_with_entries_exits_and_a_change_of_rate(jan, iv, service):
    """31 days of March at 300, then 310 from the 17th: each day at its own rate, each line to the Rappen."""
    money.rule(Proration.DAYS)
    money.rate(300, valid_until=dt.date(2026, 3, 16))
    money.rate(310, valid_from=dt.date(2026, 3, 17))
    money.work(iv, service)  # all month
    money.work(iv, service, dt.date(2026, 3, 10))  # enters on the 10th
    money.work(iv, service, until=dt.date(2026, 3, 20))  # leaves on the 20th
    money.work(iv, service, dt.date(2026, 4, 1))  # begins later
    money.work(iv, service, until=dt.date(2026, 2, 28))  # was over before
    assert issued(jan) == [
        (MARCH, "16/31", Decimal("154.84")),
        (dt.date(2026, 3, 17), "15/31", Decimal("150.00")),
        (dt.date(2026, 3, 10), "7/31", Decimal("67.74")),
        (dt.date(2026, 3, 17), "15/31", Decimal("150.00")),
        (MARCH, "16/31", Decimal("154.84")),
        (dt.date(2026, 3, 17), "4/31", Decimal("40.00")),
    ]
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.rounding) == (Decimal("717.40"), Decimal("-0.02"))


@pytest.mark.parametrize(
    ("proration", "expected"),
    [
        (Proration.MONTH, [("1/1", 300), ("1/1", 310), ("1/1", 300)]),
        (Proration.HALF, [("2/2", 300), ("1/2", 155), ("2/2", 300)]),
    ],
)
def test_a_case_keeps_the_rate_of_its_month(jan, iv, service, proration, expected):
    money.rule(proration)
    money.rate(300, valid_until=dt.date(2026, 3, 16))
    money.rate(310, valid_from=dt.date(2026, 3, 17))
    money.work(iv, service)
    money.work(iv, service, dt.date(2026, 3, 17))  # fifteen days, from the change of rate on
    money.work(iv, service, until=dt.date(2026, 3, 16))  # sixteen days
    assert [(part, amount) for _since, part, amount in issued(jan)] == expected


def test_a_gap_between_two_rates_holds_back_the_list_and_only_that(jan, iv, service):
    """Nobody said what 11 to 19 March cost for social services; what the RAV ordered is billed."""
    money.rule()
    money.rate(300, principal_group="SH", valid_until=dt.date(2026, 3, 10))
    money.rate(310, principal_group="SH", valid_from=dt.date(2026, 3, 20))
    money.rate(300, principal_group="RAV")
    money.work(iv, service)
    money.work(iv, money.office("rav", name="RAV"))
    found = {account.debtor.name: account for account in accounts.survey(iv, MARCH).accounts}
    (sentence,) = found["Sozialdienst"].hindrances
    assert "«Job-Coaching»" in sentence
    assert "vom 11.03.2026 bis zum 19.03.2026" in sentence
    assert [invoice.debtor.name for invoice in accounts.issue(jan, MARCH)] == ["RAV"]

    gap = {"valid_from": dt.date(2026, 3, 11), "valid_until": dt.date(2026, 3, 19), "billed": True}
    row = Fallpauschale(contractor_group="IV", principal_group="SH", service="Job-Coaching", amount=305, **gap)
    row.full_clean()
    row.save()
    assert [(i.debtor.name, i.number) for i in accounts.issue(jan, MARCH)] == [("Sozialdienst", 2)]


def test_a_case_outside_the_gap_is_billed(jan, iv, service):
    money.rule()
    money.rate(300, valid_until=dt.date(2026, 3, 10))
    money.rate(310, valid_from=dt.date(2026, 3, 20))
    money.work(iv, service, until=dt.date(2026, 3, 8))
    assert issued(jan) == [(MARCH, "1/1", 300)]


def test_only_what_was_given_is_billed_and_only_then(jan, iv, service):
    money.rule(Proration.DAYS)
    money.rate(310)
    money.work(iv, service, service="")
    money.work(iv, service, given=(dt.date(2026, 3, 30), dt.date(2026, 4, 2)))
    assert issued(jan) == [(dt.date(2026, 3, 30), "2/31", 20)]


def test_with_the_agreement_counselling_and_services_end_like_with_a_closure(jan, iv, service):
    """Withdrawn on 10 March, half past midnight by the clock on the wall; closed weeks later."""
    money.rule(Proration.DAYS)
    money.rate(310)
    money.estimate(310)
    money.model_a()
    for closed in (None, dt.date(2026, 4, 20)):
        money.withdrawn(money.work(iv, service, until=closed), dt.date(2026, 3, 10))
    money.withdrawn(money.work(iv, service, dt.date(2026, 3, 12)), dt.date(2026, 3, 11))  # before the work began
    assert issued(jan) == [(MARCH, "10/31", 100)] * 4
    with pytest.raises(accounts.NotIssued, match="nichts zu verrechnen"):
        accounts.issue(jan, APRIL)


def test_an_agreement_that_was_withdrawn_after_the_bill_is_put_right(jan, iv, service):
    money.rule(Proration.DAYS)
    money.rate(310)
    case = money.work(iv, service)
    accounts.issue(jan, MARCH)
    money.withdrawn(case, dt.date(2026, 3, 21))
    assert issued(jan, APRIL) == [(MARCH, "-10/31", -100)]


def reasons(iv):
    (account,) = accounts.survey(iv, MARCH).accounts
    return dict(account.unbilled), account.lines


def test_without_model_a_nobody_bills_the_effort(jan, iv, service):
    money.rule()
    money.estimate()
    money.work(iv, service, service="")
    assert reasons(iv) == ({Reason.MODEL: 1}, 0)
    with pytest.raises(accounts.NotIssued, match="nichts zu verrechnen"):
        accounts.issue(jan, MARCH)


@pytest.mark.parametrize(
    ("kind", "group", "facts", "expected"),
    [
        ("iv", "IV", {"iv": IvProcedure.NONE}, None),
        ("iv", "IV", {"iv": IvProcedure.SUSPENDED}, None),
        ("iv", "IV", {"iv": IvProcedure.RUNNING}, Reason.IV_RUNS),
        ("iv", "IV", {"iv": ""}, Reason.IV_UNKNOWN),
        ("sd", "SH", {"counselled": False}, None),
        ("sd", "SH", {"counselled": True}, Reason.COUNSELLED),
        ("sd", "SH", {"counselled": None}, Reason.COUNSELLED_UNKNOWN),
        ("rav", "RAV", {"seeker": False}, None),
        ("rav", "RAV", {"seeker": True}, Reason.SEEKER),
        ("rav", "RAV", {"seeker": None}, Reason.SEEKER_UNKNOWN),
    ],
)
def test_under_model_a_each_group_bills_those_it_did_not_have_before(service, kind, group, facts, expected):
    """FIN-03: what is not known is not billed, and the list says so."""
    money.rule()
    biller = money.office(kind)
    money.estimate(125, group)
    money.model_a(group, "SH")
    money.work(biller, service, service="", **facts)
    assert reasons(biller) == (({}, 1) if expected is None else ({expected: 1}, 0))


def test_what_changes_after_the_bill_comes_as_credit_or_supplement_on_the_next(jan, iv, service):
    money.rule(Proration.DAYS)
    money.rate(310)
    shorter, gone, longer = money.work(iv, service), money.work(iv, service), money.work(iv, service, until=MARCH)
    accounts.issue(jan, MARCH)
    CaseService.objects.filter(case=shorter).update(until=dt.date(2026, 3, 21))
    CaseService.objects.filter(case=gone).delete()
    type(longer).objects.filter(pk=longer.pk).update(ended_on=dt.date(2026, 3, 5))
    CaseService.objects.filter(case=longer).update(until=None)
    late = money.work(iv, service, dt.date(2026, 3, 31))

    (bill,) = accounts.issue(jan, APRIL)
    rows = {
        (line.case_id, line.month): (line.kind, line.counted, line.amount, line.corrects_id is not None)
        for line in bill.lines.all()
    }
    assert rows == {
        (shorter.pk, MARCH): (LineKind.CORRECTION, -10, Decimal("-100.00"), True),
        (gone.pk, MARCH): (LineKind.CORRECTION, -31, Decimal("-310.00"), True),
        (longer.pk, MARCH): (LineKind.CORRECTION, 4, Decimal("40.00"), True),
        (late.pk, MARCH): (LineKind.CORRECTION, 1, Decimal("10.00"), False),
        (late.pk, APRIL): (LineKind.REGULAR, 30, Decimal("310.00"), False),
    }
    assert all(line.reason for line in bill.lines.filter(kind=LineKind.CORRECTION))
    assert bill.total == Decimal("-50.00")
    assert bill.reference == ""
    with pytest.raises(accounts.NotIssued):
        accounts.issue(jan, APRIL)


def test_a_month_is_billed_once_and_numbers_have_no_gap(jan, iv, service):
    money.rule()
    money.rate()
    money.work(iv, service)
    money.work(iv, money.office("rav"))
    accounts.issue(jan, MARCH)
    with pytest.raises(accounts.NotIssued, match="nichts doppelt"):
        accounts.issue(jan, MARCH)
    accounts.issue(jan, APRIL)
    assert list(Invoice.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert InvoiceLine.objects.filter(kind=LineKind.REGULAR).count() == 4
    assert AuditEntry.objects.filter(verb="invoice_issued").count() == 4


def test_an_unfinished_month_is_not_billed(jan, iv, service):
    money.rule()
    money.rate()
    money.work(iv, service)
    with pytest.raises(accounts.NotIssued, match="sobald er vorbei ist"):
        accounts.issue(jan, dt.date(2026, 5, 1))


@pytest.mark.parametrize("lacks", ["iban", "postcode"])
def test_without_account_or_address_nothing_is_issued(jan, iv, service, lacks):
    money.rule()
    money.rate()
    money.work(iv, service)
    setattr(iv, lacks, "")
    iv.save()
    with pytest.raises(accounts.NotIssued, match="fehlt bei Ihrer Institution"):
        accounts.issue(jan, MARCH)
    assert not Invoice.objects.exists()


def test_the_database_refuses_to_change_or_remove_what_was_issued(jan, iv, service):
    money.rule()
    money.rate()
    money.work(iv, service)
    (invoice,) = accounts.issue(jan, MARCH)
    for change in (
        lambda: Invoice.objects.update(total=1),
        lambda: Invoice.objects.filter(pk=invoice.pk)._raw_delete(Invoice.objects.db),
        lambda: InvoiceLine.objects.update(amount=1),
        lambda: InvoiceLine.objects.all()._raw_delete(InvoiceLine.objects.db),
    ):
        with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
            change()
    accounts.pay(jan, invoice, dt.date(2026, 5, 3))
    assert Invoice.objects.get().paid_on == dt.date(2026, 5, 3)


def test_a_rate_under_which_something_was_billed_stays(jan, iv, service):
    money.rule()
    row = money.rate()
    money.work(iv, service)
    accounts.issue(jan, MARCH)
    row.valid_until = dt.date(2026, 3, 15)
    with pytest.raises(ValidationError, match="abgerechnet"):
        row.full_clean()
    new = Fallpauschale(
        contractor_group="IV", principal_group="SH", service="Job-Coaching", amount=1, valid_from=MARCH, billed=True
    )
    with pytest.raises(ValidationError, match="abgerechnet"):
        new.full_clean()
    new.valid_from = APRIL
    new.full_clean()


def test_the_debtor_hears_of_the_invoice_without_any_name(jan, iv, service):
    money.rule()
    money.rate()
    money.work(iv, service)
    nora = money.contact(service)
    accounts.issue(jan, MARCH)
    mail = OutboxMail.objects.get(kind=accounts.MAIL)
    assert (mail.user, mail.institution, mail.case) == (nora.user, service, None)


def test_the_list_of_an_invoice_adds_up_as_table_and_its_code_is_read_by_another_program(jan, iv, service, tmp_path):
    money.rule(Proration.DAYS)
    money.rate(310)
    money.work(iv, service, dt.date(2026, 3, 25))
    money.work(iv, service)
    (invoice,) = accounts.issue(jan, MARCH)
    rows = list(csv.reader(letter.as_csv(invoice).decode("utf-8-sig").splitlines(), delimiter=";"))
    assert sum(Decimal(row[9]) for row in rows[1:]) == invoice.total == Decimal("380.00")
    sheet = load_workbook(io.BytesIO(letter.as_xlsx(invoice))).active
    assert [cell.value for cell in sheet["J"]][1:] == [70, 310]
    assert isinstance(sheet["F2"].value, dt.datetime)

    file = tmp_path / "bill.pdf"
    file.write_bytes(letter.as_pdf(invoice))
    text = [page.extract_text() for page in PdfReader(file).pages]
    assert "Zahlteil" in text[-1]
    assert "Beispiel" not in "".join(text)
    (code,) = [found for found in read_codes(file, len(text)) if found.startswith("SPC")]
    lines = code.splitlines()
    assert lines[3:7] == [money.IBAN, "S", "IV-Stelle", "Amtsweg"]
    assert lines[18:20] == ["380.00", "CHF"]
    assert lines[27:29] == ["SCOR", invoice.reference]


def read_codes(file, page):
    """What a reader of QR codes finds on one page of a PDF."""
    from PIL import Image

    image = file.with_suffix("")
    run(["pdftoppm", "-r", "150", "-f", str(page), "-l", str(page), "-png", "-singlefile", file, image], check=True)
    with Image.open(image.with_suffix(".png")) as picture:
        return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_a_qr_iban_gets_a_qr_reference():
    found = bill.reference("CH44 3199 9123 0008 8901 2", 12, 345)
    assert esr.is_valid(found)
    assert len(found) == 27
    assert iso11649.is_valid(bill.reference(money.IBAN, 12, 345))


def test_a_reference_is_shown_in_groups_and_street_and_number_are_told_apart():
    assert bill.shown("RF18539007547034") == "RF18 5390 0754 7034"
    for street, parts in {
        "Amtsweg 3": ("Amtsweg", "3"),
        "Obere Gasse 12b": ("Obere Gasse", "12b"),
        "Postfach": ("Postfach", ""),
    }.items():
        found = bill.party({"name": "IV", "street": street, "postcode": "6002", "place": "Musterstadt"})
        assert (found["street"], found["house_num"]) == parts


def test_whoever_asks_reads_before_that_model_a_costs_something(db):
    money.estimate()
    today = dt.date(2026, 5, 4)
    told = costs("IV", "Sozialdienst", list(rates_for("IV", "SH", today)))
    assert "keine Fallpauschale" in dict(told)["Beratung"]
    money.model_a()
    told = costs("IV", "Sozialdienst", list(rates_for("IV", "SH", today)))
    assert dict(told)["Beratung"].startswith("CHF\u00a0227.00 pro Monat und Fall")
