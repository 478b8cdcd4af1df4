"""Kostengutsprachen in every state, made by what the pages call."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from iiz.core.actor import Actor
from iiz.core.enums import Role
from iiz.core.models import Case, Institution, Signatory
from iiz.core.tests.factories import InstitutionFactory, SignatoryFactory, actor
from optima.enums import SignedHow, TariffUnit
from optima.kostengutsprache import actions, settling
from optima.kostengutsprache.signing import Signer
from optima.models import Kostengutsprache, Provider, ProviderInvoice, Tariff
from optima.tests import factories as make

LONG_AGO = dt.date(2020, 1, 1)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def tariff(
    measure: str = "Bewerbungstraining", amount: str = "95.00", unit: str = TariffUnit.DAY, **provider: Any
) -> Tariff:
    """A measure with its price."""
    fields = {"street": "Werkweg 3", "postcode": "6020", "place": "Musterwil"} | provider
    office, _made = Provider.objects.get_or_create(
        name=fields.pop("name", "Lernwerk Muster"), valid_from=LONG_AGO, defaults=fields
    )
    price = None if unit == TariffUnit.OFFER else Decimal(amount)
    row, _made = Tariff.objects.get_or_create(
        provider=office, measure=measure, valid_from=LONG_AGO, defaults={"amount": price, "unit": unit}
    )
    return row


def signatory(office: Institution, **fields: Any) -> Signatory:
    """Somebody with an account who signs for ``office``."""
    if "user" not in fields:
        fields["user"] = actor(Role.SIGNATORY, office).user
    return SignatoryFactory.create(institution=office, **fields)


def signing(row: Signatory) -> Actor:
    """The account of a signatory, acting for the office."""
    assert row.user is not None
    return Actor(row.user, row.institution, frozenset({Role.SIGNATORY}))


def form(case: Case, **changes: Any) -> dict[str, Any]:
    """What the form gives."""
    today = timezone.localdate()
    return {
        "payer": case.antrag.principal,
        "payer_person": "Nora Nötig",
        "tariff": tariff(),
        "quantity": Decimal(12),
        "amount": None,
        "period_from": today + dt.timedelta(days=14),
        "period_until": today + dt.timedelta(days=44),
    } | changes


def running() -> Case:
    """A case that a social service has handed over to a RAV."""
    return make.running(contractor=make.jan(InstitutionFactory.create(rav=True)).institution)


def drafted(case: Case | None = None, **changes: Any) -> Kostengutsprache:
    """A draft of the contractor, on a running case of a RAV unless another is given."""
    case = case or running()
    return actions.draft(case, make.adviser_of(case), form(case, **changes))


def requested(case: Case | None = None, **changes: Any) -> Kostengutsprache:
    """Asked for, with somebody at the payer who may sign it."""
    row = drafted(case, **changes)
    if not Signatory.objects.filter(institution=row.payer).exists():
        signatory(row.payer)
    return actions.ask_for(row, make.adviser_of(row.case))


def signer(row: Kostengutsprache) -> Signer:
    """Who signs for the payer, logged in."""
    found = Signatory.objects.select_related("user", "institution").filter(institution=row.payer).first()
    assert found is not None
    return Signer(found, SignedHow.LOGIN, signing(found))


def approved(case: Case | None = None, **changes: Any) -> Kostengutsprache:
    """Signed by login."""
    row = requested(case, **changes)
    actions.approve(row, signer(row), row.content_hash)
    return fresh(row)


def refused(case: Case | None = None, **changes: Any) -> Kostengutsprache:
    """Refused with a reason."""
    row = requested(case, **changes)
    actions.refuse(row, signer(row), "Der Kurs beginnt zu spät.")
    return fresh(row)


def ordered(case: Case | None = None, **changes: Any) -> Kostengutsprache:
    """Ordered from the provider."""
    row = approved(case, **changes)
    settling.order(row, make.adviser_of(row.case))
    return fresh(row)


def invoice(**changes: Any) -> dict[str, Any]:
    """What the form for an invoice gives."""
    return {
        "number": "R-1",
        "dated_on": timezone.localdate(),
        "amount": Decimal("1140.00"),
        "is_last": True,
        "file": SimpleUploadedFile("rechnung.pdf", PDF, "application/pdf"),
        "content_type": "application/pdf",
    } | changes


def invoiced(case: Case | None = None, **changes: Any) -> Kostengutsprache:
    """The provider's invoice is forwarded."""
    row = ordered(case, **changes)
    settling.forward(row, make.adviser_of(row.case), invoice())
    return fresh(row)


def part_paid(case: Case | None = None, **changes: Any) -> Kostengutsprache:
    """A first invoice is paid, which was not the last."""
    row = ordered(case, **changes)
    bill = settling.forward(row, make.adviser_of(row.case), invoice(amount=Decimal(500), is_last=False))
    settling.pay(row, signing(signer(row).signatory), bill, timezone.localdate())
    return fresh(row)


def paid(case: Case | None = None, **changes: Any) -> Kostengutsprache:
    """Paid with the one invoice there is."""
    row = invoiced(case, **changes)
    settling.pay(
        row,
        signing(signer(row).signatory),
        ProviderInvoice.objects.get(order__approval__kostengutsprache=row),
        timezone.localdate(),
    )
    return fresh(row)


def lapsed(case: Case | None = None, **changes: Any) -> Kostengutsprache:
    """Withdrawn by who asked for it."""
    row = requested(case, **changes)
    actions.withdraw(row, make.adviser_of(row.case), "Die Person arbeitet schon.")
    return fresh(row)


def queried(case: Case | None = None, **changes: Any) -> Kostengutsprache:
    """With an open question of the payer."""
    row = requested(case, **changes)
    actions.ask(row, signer(row), "Weshalb zwölf Tage?")
    return fresh(row)


STATES = {
    "draft": drafted,
    "requested": requested,
    "queried": queried,
    "approved": approved,
    "refused": refused,
    "lapsed": lapsed,
    "ordered": ordered,
    "invoiced": invoiced,
    "part paid": part_paid,
    "paid": paid,
}


def one_in_each(*states: str, **changes: Any) -> dict[str, int]:
    """The key of a Kostengutsprache in each of ``states``, all of one case, each for a measure of its own."""
    case = running()
    return {state: STATES[state](case, tariff=tariff(measure=state), **changes).pk for state in states}


def fresh(row: Kostengutsprache) -> Kostengutsprache:
    """The row as it stands."""
    return Kostengutsprache.objects.select_related("case__antrag", "payer", "requester").get(pk=row.pk)
