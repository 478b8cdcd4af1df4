"""The Swiss QR-bill of an invoice: reference and payment part (FIN-06)."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from qrbill import QRBill
from stdnum import iban as iban_number
from stdnum import iso11649
from stdnum.ch import esr

from iiz.core.models import Institution
from iiz.core.templatetags.ui import chf

from ..models import Invoice

QR_BANKS = range(30000, 32000)
"""Numbers that stand for a bank in a QR-IBAN; with one of them only a QR reference may be used."""
HOUSE = re.compile(r"^(?P<street>.*\D)\s+(?P<number>\d+\s?[a-zA-Z]?(?:\s?[-/]\s?\d+\s?[a-zA-Z]?)?)$")
PROLOGUE = re.compile(r"^\s*<\?xml[^>]*\?>\s*")
NAME, PLACE = 70, 35
"""The most characters a name and a place may have in the code."""
Address = dict[str, str]


class PaymentPart(QRBill):
    """The payment part in a font that the machine has and the style guide allows."""

    font_family = "Liberation Sans, Arial, Helvetica"


def address_of(office: Institution) -> Address:
    """The address of an office as an invoice keeps it."""
    return {"name": office.name, "street": office.street, "postcode": office.postcode, "place": office.place}


def lacks_address(office: Institution) -> bool:
    """Whether an office cannot stand on an invoice."""
    return not (office.postcode and office.place)


def reference(iban: str, biller: int, number: int) -> str:
    """The reference by which a payment finds its invoice: a QR reference for a QR-IBAN, else a creditor reference."""
    if int(iban_number.compact(iban)[4:9]) in QR_BANKS:
        digits = f"{biller:010d}{number:016d}"
        return digits + str(esr.calc_check_digit(digits))
    body = f"{biller:06d}{number:08d}"
    return f"RF{_creditor_digits(body)}{body}"


def _creditor_digits(body: str) -> str:
    """The two check digits of an ISO 11649 reference."""
    return next(f"{number:02d}" for number in range(2, 99) if iso11649.is_valid(f"RF{number:02d}{body}"))


def shown(reference: str) -> str:
    """A reference in the groups in which people read it."""
    if reference.startswith("RF"):
        return " ".join(reference[place : place + 4] for place in range(0, len(reference), 4))
    return esr.format(reference) if reference else ""


def payment_part(invoice: Invoice) -> SafeString:
    """The payment part with its receipt as SVG, 210 by 105 mm below a line of 1 mm; empty where nothing is to pay."""
    if invoice.total <= 0:
        return SafeString()
    words = _("Rechnung %(number)s") % {"number": invoice}
    bill = PaymentPart(
        account=invoice.iban,
        creditor=party(invoice.biller_address),
        debtor=party(invoice.debtor_address),
        amount=Decimal(invoice.total),
        reference_number=invoice.reference,
        additional_information=words,
        language="de",
    )
    file = io.StringIO()
    bill.as_svg(file)
    spoken = _("Zahlteil: %(amount)s auf das Konto %(iban)s von %(name)s, Referenz %(reference)s.") % {
        "amount": chf(invoice.total),
        "iban": iban_number.format(invoice.iban),
        "name": invoice.biller_address["name"],
        "reference": shown(invoice.reference),
    }
    svg = PROLOGUE.sub("", file.getvalue())
    # What people typed went through svgwrite, which escapes it.
    return mark_safe(svg.replace("<defs", f"<title>{escape(spoken)}</title><defs", 1))  # noqa: S308


def party(address: Address) -> dict[str, Any]:
    """Somebody as the code wants it: street and house number apart, within its limits."""
    found = HOUSE.match(address["street"])
    return {
        "name": address["name"][:NAME],
        "street": found["street"] if found else address["street"][:NAME],
        "house_num": found["number"][:16] if found else "",
        "pcode": address["postcode"],
        "city": address["place"][:PLACE],
        "country": "CH",
    }
