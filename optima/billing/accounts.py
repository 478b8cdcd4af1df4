"""What an office bills for a month: the preview, the invoices, the day they were paid (FIN-03, FIN-05, FIN-06)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from iiz.core import audit, clock, notify, streams
from iiz.core.actor import Actor
from iiz.core.enums import OPTIMA_GROUPS, Role
from iiz.core.models import Institution, Membership
from iiz.core.templatetags.ui import day

from ..enums import CostModel, LineKind
from ..models import Antrag, CaseService, Fallpauschale, Invoice, InvoiceLine
from . import bill
from .months import first_of, last_of, months_after, to_pay
from .tariff import NoRule, Tariff
from .walk import WORKING, Blocked, Line, Unbilled, last_numbers, still_open, walk

STREAM = "billing"
"""The audit chain of what is billed and paid."""
MAIL = "optima_invoice"
MONTHS = 12
"""So many months are listed at least."""
OPEN = Q(paid_on=None, total__gt=0)
"""Invoices that are still to be paid."""
WRITTEN = 5000
"""So many lines are saved at once."""


class NotIssued(Exception):
    """Nothing was issued; the message is the German reason."""


@dataclass
class Account:
    """What one debtor owes for a month: the sums, what is not billed and why, and what hinders the invoice."""

    debtor: Institution
    lines: int = 0
    regular: Decimal = Decimal(0)
    corrections: Decimal = Decimal(0)
    unbilled: Counter[str] = field(default_factory=Counter)
    gaps: list[Blocked] = field(default_factory=list)
    invoice: Invoice | None = None

    @property
    def sum(self) -> Decimal:
        """All lines together."""
        return self.regular + self.corrections

    @property
    def total(self) -> Decimal:
        """What the invoice would come to, rounded as such."""
        return to_pay(self.sum)

    @property
    def hindrances(self) -> list[str]:
        """Why this list cannot be issued, in sentences."""
        found = [gap_sentence(gap, self.debtor) for gap in self.gaps]
        if self.lines and bill.lacks_address(self.debtor):
            words = _("%(name)s hat im Verzeichnis keine Adresse mit Postleitzahl und Ort.")
            found.append(words % {"name": self.debtor.name})
        return found

    @property
    def can_be_issued(self) -> bool:
        """Whether there is something to bill and nothing in the way."""
        return bool(self.lines) and self.invoice is None and not self.hindrances


@dataclass
class Survey:
    """A month of an office before it is billed."""

    biller: Institution
    month: dt.date
    accounts: list[Account]
    hindrance: str = ""
    """What hinders all of it; empty if nothing does."""
    tariff: Tariff | None = None
    earlier: list[dt.date] = field(default_factory=list)
    """The months that this bill puts right."""
    last_number: int = 0
    """Of the invoices of this office, whatever their month."""

    @property
    def waiting(self) -> bool:
        """Whether something is there to be billed, whatever still hinders it."""
        return any((account.lines or account.gaps) and account.invoice is None for account in self.accounts)

    @property
    def to_issue(self) -> list[Account]:
        """The lists that become invoices."""
        return [] if self.hindrance else [account for account in self.accounts if account.can_be_issued]


def gap_sentence(gap: Blocked, debtor: Institution) -> str:
    """Which rate is missing for which days, and between whom."""
    words = _(
        "Für «%(service)s» im Auftrag von %(principal)s gilt vom %(first)s bis zum %(last)s kein Ansatz. Diese "
        "Liste kann erst gestellt werden, wenn die Koordinationsstelle die Lücke zwischen den Fallpauschalen schliesst."
    )
    return words % {
        "service": gap.service,
        "principal": debtor.name,
        "first": day(gap.first),
        "last": day(gap.last),
    }


# Who and when -------------------------------------------------------------------------------------------------------


def keeps_accounts(actor: Actor | None) -> bool:
    """Whether this person bills for the own office and receives what it is billed: its contact persons."""
    return actor is not None and Role.CONTACT in actor.roles and actor.institution.statistics_group in OPTIMA_GROUPS


def invoices_for(actor: Actor) -> QuerySet[Invoice]:
    """The invoices that ``actor`` may read – if, and only if: the own office's contact person, or a coordinator."""
    rows = Invoice.objects.select_related("biller", "debtor", "issued_by")
    if actor.is_coordination:
        return rows
    if not keeps_accounts(actor):
        return rows.none()
    return rows.filter(Q(biller=actor.institution) | Q(debtor=actor.institution))


def with_accounts(actor: Actor) -> QuerySet[Institution]:
    """The office of ``actor`` if billing concerns it at all: a rate that may be billed, or an invoice."""
    rates = Fallpauschale.objects.filter(contractor_group=OuterRef("statistics_group"), billed=True)
    invoices = Invoice.objects.filter(Q(biller=OuterRef("pk")) | Q(debtor=OuterRef("pk")))
    return Institution.objects.filter(Exists(rates) | Exists(invoices), pk=actor.institution.pk)


def bills(office: Institution) -> bool:
    """Whether an office may have something to bill: billed rates with services, or model A."""
    group = office.statistics_group
    shared = Tariff.read()
    if any(row.contractor_group == group and row.model == CostModel.A for row in shared.sharing):
        return True
    billed = {rate.service for rate in shared.rates if rate.contractor_group == group and rate.billed}
    if any(rate.every_case for rate in shared.rates if rate.contractor_group == group and rate.billed):
        return True
    return CaseService.objects.filter(case__antrag__contractor=office, service__in=billed).exists()


def in_question(office: Institution, months: Sequence[dt.date]) -> set[dt.date]:
    """The months in which something was given that may be billed; in the others nothing is, whatever else holds."""
    group, tariff = office.statistics_group, Tariff.read()
    rates = [rate for rate in tariff.rates if rate.contractor_group == group]
    given = CaseService.objects.filter(
        case__antrag__contractor=office, service__in={rate.service for rate in rates if not rate.every_case}
    )
    always = Antrag.objects.filter(contractor=office, case__state__in=WORKING)
    if not any(rate.billed for rate in rates if rate.every_case):
        shared = [row for row in tariff.sharing if row.contractor_group == group and row.model == CostModel.A]
        always = always.filter(principal_group__in={row.principal_group for row in shared})
    found: set[dt.date] = set()
    for rows, since, ends in (
        (given, "since", ("until", "case__ended_on", "case__withdrawn_at__date")),
        (always, "started_on", ("case__ended_on", "case__withdrawn_at__date")),
    ):
        ran = {f"{month:m%Y%m}": Count("pk", filter=_ran(month, since, ends)) for month in months}
        counts = rows.aggregate(**ran)
        found |= {month for month in months if counts[f"{month:m%Y%m}"]}
    return found


def _ran(month: dt.date, since: str, ends: Iterable[str]) -> Q:
    """Whether something with these fields ran on a day of ``month``."""
    ran = Q(**{f"{since}__lte": last_of(month)})
    for end in ends:
        ran &= Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": month})
    return ran


def last_complete_month() -> dt.date:
    """The month before this one: the latest that may be billed."""
    return months_after(first_of(clock.today()), -1)


def months_to_bill(first: dt.date | None = None) -> list[dt.date]:
    """The months that may be billed, newest first: those of a year, and older ones since ``first``."""
    last = last_complete_month()
    older = (last.year - first.year) * 12 + last.month - first.month if first else 0
    return [months_after(last, -back) for back in range(max(MONTHS, older + 1))]


# The preview --------------------------------------------------------------------------------------------------------


def survey(biller: Institution, month: dt.date) -> Survey:
    """What billing ``month`` would give, debtor by debtor in order of their names; issues nothing."""
    tariff = Tariff.read()
    found: dict[int, Account] = {}
    hindrance = _own_hindrance(biller)
    try:
        tariff.rule(month)
    except NoRule:
        words = _(
            "Für den %(day)s fehlt eine Abrechnungsregel. Die Koordinationsstelle trägt sie in den Stammdaten ein."
        )
        return Survey(biller, month, [], words % {"day": day(month)})
    known = {invoice.debtor_id: invoice for invoice in Invoice.objects.filter(biller=biller, month=month)}
    numbers = last_numbers(biller)
    earlier = still_open(numbers, month)
    for one in walk(biller, month, tariff, earlier):
        account = found.setdefault(one.debtor_id, Account(Institution(pk=one.debtor_id)))
        if isinstance(one, Line):
            account.lines += 1
            if one.kind == LineKind.REGULAR:
                account.regular += one.amount
            else:
                account.corrections += one.amount
        elif isinstance(one, Unbilled):
            account.unbilled[one.reason] += 1
        else:
            _add_gap(account, one)
    offices = Institution.objects.in_bulk({*found, *known})
    for pk in {*found, *known}:
        account = found.setdefault(pk, Account(offices[pk]))
        account.debtor, account.invoice = offices[pk], known.get(pk)
    accounts = sorted(found.values(), key=lambda account: account.debtor.name)
    return Survey(biller, month, accounts, hindrance, tariff, earlier, max(numbers.values(), default=0))


def _add_gap(account: Account, gap: Blocked) -> None:
    """One sentence per service, over all days that its cases miss."""
    for place, other in enumerate(account.gaps):
        if other.service == gap.service:
            first, last = min(other.first, gap.first), max(other.last, gap.last)
            account.gaps[place] = replace(gap, first=first, last=last)
            return
    account.gaps.append(gap)


def _own_hindrance(biller: Institution) -> str:
    lacks = []
    if not biller.iban:
        lacks.append(_("die IBAN"))
    if bill.lacks_address(biller):
        lacks.append(_("die Adresse mit Postleitzahl und Ort"))
    if not lacks:
        return ""
    words = _("Für eine QR-Rechnung fehlt bei Ihrer Institution %(what)s.")
    return words % {"what": _(" und ").join(lacks)}


# The invoices -------------------------------------------------------------------------------------------------------


def issue(actor: Actor, month: dt.date) -> list[Invoice]:
    """Bill ``month``: one invoice per debtor with something to pay, all of them or none.

    Effects: invoices with their lines, an entry of the audit each, and a mail to the debtors' contact persons. The row
    of the biller is held meanwhile, so that of two runs one finds nothing left. Raises :class:`NotIssued`.
    """
    try:
        with transaction.atomic():
            biller = Institution.objects.select_for_update().get(pk=actor.institution.pk)
            return _issue(actor, biller, month)
    except IntegrityError:
        raise NotIssued(_done_meanwhile(month)) from None


def _done_meanwhile(month: dt.date) -> str:
    words = _("Der Monat %(month)s ist bereits abgerechnet worden; es wurde nichts doppelt gestellt.")
    return words % {"month": date_format(month, "F Y")}


def _issue(actor: Actor, biller: Institution, month: dt.date) -> list[Invoice]:
    if month > last_complete_month():
        raise NotIssued(_("Ein Monat kann abgerechnet werden, sobald er vorbei ist."))
    found = survey(biller, month)
    if found.hindrance:
        raise NotIssued(found.hindrance)
    accounts = found.to_issue
    if not accounts:
        done = any(account.invoice for account in found.accounts)
        raise NotIssued(_done_meanwhile(month) if done else _("In diesem Monat ist nichts zu verrechnen."))
    tariff = found.tariff
    assert tariff is not None
    today = clock.today()
    due = today + dt.timedelta(days=tariff.rule(month).payment_days)
    invoices = {
        account.debtor.pk: _invoice(actor, biller, account, month, number, due)
        for number, account in enumerate(accounts, start=found.last_number + 1)
    }
    Invoice.objects.bulk_create(invoices.values())
    sums = dict.fromkeys((invoice.pk for invoice in invoices.values()), Decimal(0))
    lines = (
        line
        for line in walk(biller, month, tariff, found.earlier)
        if isinstance(line, Line) and line.debtor_id in invoices
    )
    while rows := [_row(invoices[line.debtor_id], line) for line in islice(lines, WRITTEN)]:
        streams.insert(rows)
        for row in rows:
            sums[row.invoice_id] += row.amount
        rows.clear()  # or two lots would be held at once
    for invoice in invoices.values():
        if sums[invoice.pk] + invoice.rounding != invoice.total:
            raise NotIssued(_("Während der Abrechnung hat sich ein Fall geändert. Bitte prüfen Sie sie noch einmal."))
    audit.append(
        audit.entry(STREAM, actor, "invoice_issued", invoice, {"number": str(invoice), "total": str(invoice.total)})
        for invoice in invoices.values()
    )
    _tell(invoices.values())
    return list(invoices.values())


def _invoice(actor: Actor, biller: Institution, account: Account, month: dt.date, number: int, due: dt.date) -> Invoice:
    total = to_pay(account.sum)
    return Invoice(
        biller=biller,
        debtor=account.debtor,
        month=month,
        number=number,
        issued_on=clock.today(),
        issued_by=actor.user,
        due_on=due,
        total=total,
        rounding=total - account.sum,
        iban=biller.iban.replace(" ", ""),
        reference=bill.reference(biller.iban, biller.pk, number) if total > 0 else "",
        biller_address=bill.address_of(biller),
        debtor_address=bill.address_of(account.debtor),
    )


def _row(invoice: Invoice, line: Line) -> InvoiceLine:
    names = ("kind", "case_id", "case_number", "month", "service", "rate_id", "rate_amount", "since", "until")
    values = {name: getattr(line, name) for name in (*names, "counted", "whole", "amount", "corrects_id", "reason")}
    return InvoiceLine(invoice=invoice, **values)


def _tell(invoices: Iterable[Invoice]) -> None:
    """One mail to each contact person of each debtor: that there is an invoice, and where."""
    by_office = {invoice.debtor: invoice for invoice in invoices}
    live = Membership.objects.valid_on().filter(
        institution__in=by_office, role=Role.CONTACT, user__is_active=True, institution__is_active=True
    )
    people: dict[int, list] = {}
    for row in live.select_related("user"):
        people.setdefault(row.institution_id, []).append(row.user)
    notify.queue_offices(
        MAIL, [(office, people.get(office.pk, []), invoice.pk) for office, invoice in by_office.items()]
    )


def pay(actor: Actor, invoice: Invoice, paid_on: dt.date | None) -> None:
    """Note the day an invoice was paid, or take it back; audited."""
    with transaction.atomic():
        row = Invoice.objects.select_for_update().get(pk=invoice.pk, biller=actor.institution)
        old, row.paid_on = row.paid_on, paid_on
        row.save(update_fields=["paid_on"])
        audit.record(STREAM, actor, "invoice_paid", row, {"paid_on": [str(old or ""), str(paid_on or "")]})
    invoice.paid_on = paid_on


def address(invoice: Invoice) -> str:
    """The page of an invoice."""
    return reverse("optima:invoice", args=[invoice.pk])
