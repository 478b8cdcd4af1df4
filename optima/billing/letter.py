"""An invoice as it leaves the house: a letter with its list and the payment part, and the list as a table (FIN-06).

All of it names cases by their number only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from stdnum import iban as iban_number

from iiz.core import pdf, sheets
from iiz.core.templatetags.ui import chf, day

from ..enums import LineKind
from ..models import Invoice, InvoiceLine
from . import bill

HEADER = (
    *("Rechnung", "Fallnummer", "Monat", "Art", "Leistung", "von", "bis", "Anteil", "CHF pro Monat", "CHF", "Grund"),
)
SHORT = 2
"""With up to so many rows the payment part fits on the page of the letter."""
WIDTHS = (14, 16, 10, 12, 28, 12, 12, 10, 14, 12, 60)


def title(invoice: Invoice) -> str:
    """What the document is called."""
    words = _("Gutschrift %(number)s") if invoice.total < 0 else _("Rechnung %(number)s")
    return words % {"number": invoice}


def part(line: InvoiceLine) -> str:
    """Which part of the month counts, as people say it."""
    count = abs(line.counted)
    if not count:
        return "–"
    if count == line.whole:
        words = _("ganzer Monat")
    elif line.whole == 2:
        words = _("halber Monat")
    elif line.corrects_id:
        words = ngettext("%(n)s Tag", "%(n)s Tage", count) % {"n": count}
    else:
        words = _("%(n)s von %(all)s Tagen") % {"n": count, "all": line.whole}
    if not line.corrects_id:
        return words
    return (_("%(part)s weniger") if line.counted < 0 else _("%(part)s mehr")) % {"part": words}


def rows(invoice: Invoice) -> list[InvoiceLine]:
    """The lines in the order of the list: what the month holds, then what puts earlier ones right."""
    lines = list(invoice.lines.order_by("month", "case_number", "since", "pk"))
    for line in lines:
        line.part = part(line)  # type: ignore[attr-defined]
    return sorted(lines, key=lambda line: line.kind == LineKind.CORRECTION)


def as_text(invoice: Invoice, lines: Sequence[InvoiceLine]) -> str:
    """The invoice ready to be pasted elsewhere (UX-02)."""
    head = [title(invoice), invoice.biller_address["name"], _("an %(name)s") % {"name": invoice.debtor_address["name"]}]
    body = [
        ", ".join([line.case_number, date_format(line.month, "F Y"), line.service, part(line), chf(line.amount)])
        + (f" ({line.reason})" if line.reason else "")
        for line in lines
    ]
    end = [_("Rundung auf 5 Rappen: %(chf)s") % {"chf": chf(invoice.rounding)}] if invoice.rounding else []
    end.append(_("Total: %(chf)s") % {"chf": chf(invoice.total)})
    if invoice.total > 0:
        words = _("Zahlbar bis %(day)s auf das Konto %(iban)s, Referenz %(reference)s.")
        account = {"iban": iban_number.format(invoice.iban), "reference": bill.shown(invoice.reference)}
        end.append(words % {"day": day(invoice.due_on), **account})
    return "\n".join([*head, "", *body, "", *end])


def as_pdf(invoice: Invoice, *, archive: bool = False) -> bytes:
    """The letter with the list, and on its last page the payment part."""
    return pdf.render("optima/pdf/invoice.html", context(invoice), title=title(invoice), archive=archive)


def context(invoice: Invoice) -> dict[str, Any]:
    """What the letter's template reads; the addresses are those of the day of issue."""
    lines = rows(invoice)
    corrections = [line for line in lines if line.kind == LineKind.CORRECTION]
    debtor = invoice.debtor_address
    return {
        "office": invoice.biller_address | {"phone": invoice.biller.phone, "email": invoice.biller.email},
        "recipient": [line for line in (debtor["name"], debtor["street"], _place(debtor)) if line],
        "dated": invoice.issued_on,
        "reference": [
            (_("Monat"), date_format(invoice.month, "F Y")),
            (_("Rechnungsnummer"), str(invoice)),
            *([(_("zahlbar bis"), day(invoice.due_on))] if invoice.total > 0 else []),
        ],
        "invoice": invoice,
        "regular": [line for line in lines if line.kind == LineKind.REGULAR],
        "corrections": corrections,
        "no_corrections": not corrections,
        "single": invoice.total > 0 and not corrections and len(lines) + bool(invoice.rounding) <= SHORT,
        "total": chf(abs(invoice.total)),
        "iban": iban_number.format(invoice.iban),
        "reference_shown": bill.shown(invoice.reference),
        "payment_part": bill.payment_part(invoice),
    }


def _place(address: bill.Address) -> str:
    return f"{address['postcode']} {address['place']}".strip()


def _cells(invoice: Invoice) -> Iterator[tuple[Any, ...]]:
    for line in rows(invoice):
        yield (
            str(invoice),
            line.case_number,
            f"{line.month:%Y-%m}",
            str(LineKind(line.kind).label),
            line.service,
            line.since or "",
            line.until or "",
            part(line),
            line.rate_amount,
            line.amount,
            line.reason,
        )
    if invoice.rounding:
        yield str(invoice), "", "", "", _("Rundung auf 5 Rappen"), "", "", "", "", invoice.rounding, ""


def as_csv(invoice: Invoice) -> bytes:
    """The list as CSV; the amounts add up to the total of the invoice."""
    return sheets.as_csv(HEADER, _cells(invoice))


def as_xlsx(invoice: Invoice) -> bytes:
    """The same as a spreadsheet."""
    return sheets.as_xlsx(_("Abrechnung"), HEADER, _cells(invoice), WIDTHS)
