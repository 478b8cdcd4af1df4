"""A month billed over many running cases: time, queries, memory; and a QR-bill letter against WeasyPrint alone."""

from __future__ import annotations

import datetime as dt
import os
import tracemalloc
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402
from weasyprint import HTML  # noqa: E402

from benchmarks.timing import Result, medians, ratio, seconds  # noqa: E402
from iiz.core import pdf, streams  # noqa: E402
from iiz.core.actor import Actor, actor_for  # noqa: E402
from iiz.core.enums import Phase, Role, Service, StatisticsGroup  # noqa: E402
from iiz.core.models import Case, Institution, Membership, Person  # noqa: E402
from optima import seed  # noqa: E402
from optima.billing import accounts, letter  # noqa: E402
from optima.billing.months import months_after  # noqa: E402
from optima.demo_money import account_of  # noqa: E402
from optima.enums import OptimaState  # noqa: E402
from optima.models import Antrag, BillingRule, CaseService, Fallpauschale, Invoice  # noqa: E402

CASES = 10_000
SECONDS = 10
QUERIES = 30
MEMORY = 1.1
LIMIT = 1.3
ROUNDS = 15
SERVICE = "Job-Coaching"


def main() -> None:
    """Everything in transactions that are rolled back: the database stays as it was."""
    with transaction.atomic():
        bill(CASES, told=True)
        ours = letter_of(Invoice.objects.filter(total__gt=0).order_by("total", "pk")[0])
        transaction.set_rollback(True)
    ours.tell()
    peaks = []
    for cases in (CASES, 2 * CASES):
        with transaction.atomic():
            peaks.append(bill(cases, told=False))
            transaction.set_rollback(True)
    detail = f"{peaks[1]:.1f} MB with {2 * CASES} cases, {peaks[0]:.1f} MB with {CASES}"
    Result("A month billed, memory", peaks[1] / peaks[0], MEMORY, "×", detail).tell()


def bill(cases: int, *, told: bool) -> float:
    """Bill one month after another was billed; tell time and queries, or give the peak of memory in MB."""
    actor = biller(cases)
    last = accounts.last_complete_month()
    accounts.issue(actor, months_after(last, -1))
    if not told:
        tracemalloc.start()
        accounts.issue(actor, last)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak / 2**20
    with CaptureQueriesContext(connection) as queries:
        took = seconds(lambda: accounts.issue(actor, last))
    invoices = Invoice.objects.filter(biller=actor.institution, month=last).count()
    detail = f"{cases} cases, {invoices} invoices, the month before billed too"
    Result("A month billed", took, SECONDS, "s", detail).tell()
    Result("A month billed, queries", len(queries), QUERIES, "", detail).tell()
    return 0


def biller(cases: int) -> Actor:
    """A contact person of an IV office with so many coached cases, for all social services there are."""
    if not BillingRule.objects.exists():
        seed.seed()
    Fallpauschale.objects.get_or_create(
        contractor_group="IV", service=SERVICE, defaults={"amount": Decimal(300), "billed": True}
    )
    office = Institution.objects.active().filter(statistics_group=StatisticsGroup.IV).order_by("pk")[0]
    Institution.objects.filter(place="").update(place="Musterstadt")
    Institution.objects.filter(postcode="").update(postcode="6000")
    office.refresh_from_db()
    office.iban = account_of(office)
    office.save()
    debtors = list(Institution.objects.active().filter(statistics_group=StatisticsGroup.SH).order_by("pk"))
    since = months_after(accounts.last_complete_month(), -3)
    person = Person.objects.create(first_name="Alle", last_name="Beispiel")
    made = [case_of(office, debtors[number % len(debtors)], person, since, number) for number in range(cases)]
    streams.insert(made)
    streams.insert([antrag_of(case, office, since) for case in made])
    first = since + dt.timedelta(days=9)
    streams.insert([CaseService(case=case, service=SERVICE, since=first) for case in made])
    member = Membership.objects.valid_on().filter(institution=office, role=Role.CONTACT).select_related("user").first()
    assert member
    actor = actor_for(member.user, office)
    assert actor
    return actor


def case_of(office: Institution, debtor: Institution, person: Person, since: dt.date, number: int) -> Case:
    """A running case that the office leads."""
    return Case(
        number=f"B-{number:06d}",
        service=Service.OPTIMA,
        person=person,
        registering_institution=debtor,
        state=OptimaState.RUNNING,
        phase=Phase.OPEN,
        arrived_on=since,
        lead_institution=office,
        arrival_year=since.year,
    )


def antrag_of(case: Case, office: Institution, since: dt.date) -> Antrag:
    """What was asked in it."""
    return Antrag(
        case=case,
        principal=case.registering_institution,
        principal_group=StatisticsGroup.SH,
        contractor=office,
        contractor_group=StatisticsGroup.IV,
        started_on=since,
        planned_months=6,
    )


def letter_of(invoice: Invoice) -> Result:
    """The letter with its payment part, from the row to the bytes, against WeasyPrint alone on the same HTML."""
    values = {"created_at": timezone.localtime(), "title": letter.title(invoice), **letter.context(invoice)}
    html = render_to_string("optima/pdf/invoice.html", values)
    fonts, style = pdf._style()

    def alone() -> bytes:
        document = HTML(string=html, base_url=pdf.BASE_URL, url_fetcher=pdf.StaticOnlyFetcher())
        return document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant=pdf.DELIVERY)

    ours, other = medians([lambda: letter.as_pdf(invoice), alone], ROUNDS, warm=2)
    return ratio(f"QR-bill of {invoice.lines.count()} lines as PDF", LIMIT, ours, other, "WeasyPrint alone")


if __name__ == "__main__":
    main()
