"""What a Kostengutsprache says, written once into its row, and the hash of it that is signed (KG-03)."""

from __future__ import annotations

import hashlib
import json
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.templatetags.ui import chf

from ..enums import TariffUnit
from ..models import Kostengutsprache, Tariff

CENT = Decimal("0.01")
COUNTED: dict[str, Any] = {
    TariffUnit.HOUR: gettext_lazy("Stunden"),
    TariffUnit.DAY: gettext_lazy("Tage"),
    TariffUnit.WEEK: gettext_lazy("Wochen"),
    TariffUnit.MONTH: gettext_lazy("Monate"),
}
"""What is counted, in the plural."""
SIGNED = (
    "case_id",
    "position",
    "follows_id",
    "requester_id",
    "payer_id",
    "tariff_id",
    "quantity",
    "payer_name",
    "payer_person",
    "payer_address",
    "person_name",
    "person_address",
    "rav_number",
    "measure",
    "period_from",
    "period_until",
    "amount",
    "reckoning",
    "provider_name",
    "provider_address",
    "requested_on",
    "requested_by_id",
)
"""The columns that are signed: what the form says, and who asked whom for whom."""


def fill(request: Kostengutsprache) -> None:
    """Write into ``request`` what its form says: addresses, names and prices as they are today."""
    tariff, payer, person = request.tariff, request.payer, request.case.person
    assert tariff is not None
    request.payer_name, request.payer_address = payer.name, address(payer.street, payer.postcode, payer.place)
    if person is not None:
        request.person_name = str(person)
        request.person_address = address(person.street, person.postcode, person.place)
        request.rav_number = person.rav_number
    request.measure = tariff.measure
    request.provider_name, request.provider_address = tariff.provider.name, tariff.provider.address
    request.amount = cost(tariff, request.quantity, request.amount)
    request.reckoning = reckoning(tariff, request.quantity)


def address(street: str, postcode: str, place: str) -> str:
    """Street and place, one a line."""
    return "\n".join(line for line in (street, f"{postcode} {place}".strip()) if line)


def cost(tariff: Tariff, quantity: Decimal | None, offered: Decimal | None) -> Decimal | None:
    """What a measure costs in CHF: price times number, or as the provider offered it."""
    if tariff.unit == TariffUnit.OFFER:
        return offered
    assert tariff.amount is not None
    number = Decimal(1) if tariff.unit == TariffUnit.FLAT else quantity
    return None if number is None else (tariff.amount * number).quantize(CENT, ROUND_HALF_UP)


def reckoning(tariff: Tariff, quantity: Decimal | None) -> str:
    """How the cost was reckoned, in words: «12 Tage zu CHF 95.00»."""
    if tariff.unit == TariffUnit.OFFER:
        return _("gemäss Offerte")
    price = chf(tariff.amount)
    if tariff.unit == TariffUnit.FLAT or quantity is None:
        return _("pauschal")
    number = f"{quantity.normalize():f}"
    unit = tariff.get_unit_display() if quantity == 1 else COUNTED[tariff.unit]
    return _("%(number)s %(unit)s zu %(price)s") % {"number": number, "unit": unit, "price": price}


def digest(request: Kostengutsprache) -> str:
    """SHA-256 of what is signed, as hex; equal rows give equal digests on every database."""
    body = {name: _plain(getattr(request, name)) for name in SIGNED}
    text = json.dumps(body, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    return f"{value.quantize(CENT)}" if isinstance(value, Decimal) else value
