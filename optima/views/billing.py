"""Abrechnung: months to bill, what they would give and why, invoices with their files (FIN-03, FIN-05, FIN-06)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, QuerySet, Sum, When
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iiz.core import clock, sheets
from iiz.core.actor import Actor
from iiz.core.http import Request
from iiz.core.models import Institution
from iiz.core.navigation import sees_cases
from iiz.core.registry import NavItem
from iiz.core.templatetags.ui import archived
from iiz.core.views.fetch import acting
from iiz.core.views.marks import reads, writes
from iiz.core.views.papers import for_the_file
from iiz.core.workflow import NotAllowed

from ..billing import accounts, letter
from ..billing.tariff import NoRule, Tariff
from ..billing.walk import Blocked, Line, Reason, Unbilled, last_numbers, still_open, walk
from ..forms.billing import PaidForm
from ..models import Invoice

PAGE = 25
SHOWN = 500
"""So many cases of one debtor stand on a page; the files of the invoice hold all."""


def is_concerned(request: Any) -> bool:
    """Whether the navigation shows the way here, to an office with anything to bill or to pay."""
    actor = getattr(request, "actor", None)
    return sees_cases(request) and actor is not None and accounts.keeps_accounts(actor)


NAVIGATION = NavItem(
    gettext_lazy("Abrechnung"),
    "optima:billing",
    is_concerned,
    27,
    "/abrechnung/",
    present=accounts.with_accounts,
)


def keeper(request: Request) -> Actor:
    """The actor if it keeps the accounts of an office; else 403 with the reason."""
    actor = acting(request)
    if not accounts.keeps_accounts(actor):
        raise NotAllowed(_("Die Abrechnung gehört den Ansprechpersonen von IV-Stelle, RAV und Sozialdiensten."))
    return actor


@reads
def billing(request: Request) -> HttpResponse:
    """The months that may be billed and all invoices, issued or received; for a coordinator those of all offices."""
    actor = acting(request)
    if not actor.is_coordination:
        actor = keeper(request)
    rows = accounts.invoices_for(actor)
    first = Case(When(accounts.OPEN, then=0), default=1)
    page = Paginator(rows.order_by(first, "-issued_on", "-pk"), PAGE).get_page(request.GET.get("seite"))
    context = {
        "page": page,
        "newer": f"?seite={page.previous_page_number()}" if page.has_previous() else "",
        "older": f"?seite={page.next_page_number()}" if page.has_next() else "",
        "months": [] if actor.is_coordination or not accounts.bills(actor.institution) else _months(actor),
        "own": actor.institution,
        "open": _open(rows, actor),
    }
    return render(request, "optima/billing.html", context)


def _open(rows: QuerySet[Invoice], actor: Actor) -> list[tuple[str, Decimal, Decimal]]:
    """What is still to be paid, to the own office and by it, and how much of it is overdue."""
    ways = [(_("Noch zu erhalten"), Q(biller=actor.institution)), (_("Noch zu zahlen"), Q(debtor=actor.institution))]
    if actor.is_coordination:
        ways = [(_("Noch offen"), Q())]
    late = Sum("total", filter=Q(due_on__lt=clock.today()))
    sums = [(label, rows.filter(accounts.OPEN, way).aggregate(all=Sum("total"), late=late)) for label, way in ways]
    return [(label, sum["all"], sum["late"]) for label, sum in sums if sum["all"]]


def _months(actor: Actor) -> list[dict[str, Any]]:
    """The months of a year with what was issued for them, and older ones that were left out since the first bill."""
    rows = Invoice.objects.filter(biller=actor.institution).order_by().values("month")
    issued = {row["month"]: row for row in rows.annotate(n=Count("pk"), sum=Sum("total"))}
    wanted = accounts.months_to_bill(min(issued, default=None))
    waiting = accounts.in_question(actor.institution, [month for month in wanted if month not in issued])
    return [
        {"month": month, "issued": issued.get(month), "waiting": month in waiting}
        for place, month in enumerate(wanted)
        if place < accounts.MONTHS or (month in waiting and month not in issued)
    ]


def _payable(month: dt.date) -> dt.date:
    if month > accounts.last_complete_month():
        raise Http404(_("Ein Monat kann abgerechnet werden, sobald er vorbei ist."))
    return month


@writes
def month(request: Request, month: dt.date) -> HttpResponse:
    """What billing a month would give, debtor by debtor; the button issues it, all or nothing."""
    actor = keeper(request)
    _payable(month)
    here = reverse("optima:billing_month", args=[month])
    if request.method == "POST":
        try:
            issued = accounts.issue(actor, month)
        except accounts.NotIssued as reason:
            messages.warning(request, str(reason))
            return HttpResponseRedirect(here)
        words = ngettext("%(n)s Rechnung ist gestellt.", "%(n)s Rechnungen sind gestellt.", len(issued))
        messages.success(request, words % {"n": len(issued)})
        return HttpResponseRedirect(reverse("optima:billing"))
    found = accounts.survey(actor.institution, month)
    context = {
        "month": month,
        "survey": found,
        "billed": [one for one in found.accounts if one.lines or one.gaps or one.invoice],
        "unbilled": [
            (one.debtor, [(Reason(name).label, n) for name, n in one.unbilled.items()])
            for one in found.accounts
            if one.unbilled
        ],
        "sum": sum(one.total for one in found.to_issue),
        "done": not found.waiting and any(one.invoice for one in found.accounts),
        "own": actor.institution,
    }
    return render(request, "optima/billing_month.html", context)


@reads
def debtor(request: Request, month: dt.date, pk: int) -> HttpResponse:
    """Each case of one debtor in a month: what is billed, or why it is not (FIN-03)."""
    actor = keeper(request)
    _payable(month)
    office = get_object_or_404(Institution, pk=pk)
    lines: list[Line] = []
    unbilled: list[Unbilled] = []
    gaps: list[Blocked] = []
    earlier = still_open(last_numbers(actor.institution), month)
    try:
        for found in walk(actor.institution, month, Tariff.read(), earlier, debtor=pk):
            if isinstance(found, Line):
                lines.append(found)
            elif isinstance(found, Unbilled):
                unbilled.append(found)
            else:
                gaps.append(found)
    except NoRule:
        raise Http404 from None
    issued = Invoice.objects.filter(biller=actor.institution, debtor=office, month=month).first()
    if not lines and not unbilled and not gaps and issued is None:
        raise Http404
    context = {
        "month": month,
        "debtor": office,
        "lines": lines[:SHOWN],
        "unbilled": unbilled[:SHOWN],
        "gaps": gaps[:SHOWN],
        "more": sum(max(len(rows) - SHOWN, 0) for rows in (lines, unbilled, gaps)),
        "issued": issued,
    }
    return render(request, "optima/billing_debtor.html", context)


def _invoice(request: Request, pk: int) -> tuple[Invoice, Actor]:
    actor = acting(request)
    return get_object_or_404(accounts.invoices_for(actor), pk=pk), actor


@writes
def invoice(request: Request, pk: int) -> HttpResponse:
    """One invoice with its lines and files; whoever issued it notes here when it was paid."""
    row, actor = _invoice(request, pk)
    own = row.biller == actor.institution and accounts.keeps_accounts(actor)
    form = PaidForm(request.POST or None, invoice=row)
    if request.method == "POST":
        if not own:
            raise NotAllowed(_("Ob eine Rechnung bezahlt ist, hält die Stelle fest, die sie gestellt hat."))
        if form.is_valid():
            accounts.pay(actor, row, form.cleaned_data["paid_on"])
            messages.success(request, _("Festgehalten."))
            return HttpResponseRedirect(reverse("optima:invoice", args=[row.pk]))
    lines = letter.rows(row)
    pdf = reverse("optima:invoice_pdf", args=[row.pk])
    context = {
        "invoice": row,
        "title": letter.title(row),
        "lines": lines[:SHOWN],
        "more": max(len(lines) - SHOWN, 0),
        "form": form if own and row.total > 0 else None,
        "files": [(kind.upper(), reverse(f"optima:invoice_{kind}", args=[row.pk])) for kind in ("pdf", "csv", "xlsx")],
        "archive_url": archived(pdf),
        "text": letter.as_text(row, lines[:SHOWN]),
    }
    return render(request, "optima/invoice.html", context)


@reads
def invoice_file(request: Request, pk: int, kind: str) -> HttpResponse:
    """The invoice as a letter with its QR-bill, or its list as a table."""
    row, _actor = _invoice(request, pk)
    if kind == "pdf":
        body, content_type = letter.as_pdf(row, archive=for_the_file(request)), "application/pdf"
    elif kind == "csv":
        body, content_type = letter.as_csv(row), sheets.CSV
    else:
        body, content_type = letter.as_xlsx(row), sheets.XLSX
    response = HttpResponse(body, content_type=content_type)
    name = letter.title(row).replace(" ", "-")
    name += "-PDF-A.pdf" if kind == "pdf" and for_the_file(request) else f".{kind}"
    response["Content-Disposition"] = str(content_disposition_header(kind != "pdf", name))
    return response
