"""From the signed Kostengutsprache to the payment: order, invoice, paid (KG-09)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from iiz.core import clock, documents
from iiz.core.actor import Actor
from iiz.core.enums import Audience
from iiz.core.templatetags.ui import chf
from iiz.core.workflow import NotAllowed

from ..enums import KostengutspracheState as S
from ..models import Kostengutsprache, Order, ProviderInvoice
from . import copies, gate, letters, steps
from .actions import Data, held, record
from .mails import tell


def order(request: Kostengutsprache, actor: Actor) -> Order:
    """Order the measure: the one way to an :class:`Order`, which rests on the signature (KG-02).

    The provider gets a link to the Auftragsbestätigung where an address is known.
    """
    with held(request) as row:
        steps.check(row, "order", actor)
        if not gate.is_genuine(row.approval):
            raise NotAllowed(_("Diese Unterschrift ist nicht echt: Es wird nichts bestellt."))
        email = row.tariff.provider.email if row.tariff else ""
        placed = Order(
            approval=row.approval,
            content_hash=row.approval.content_hash,
            ordered_at=clock.now(),
            ordered_by=actor.user,
            sent_to=email,
        )
        placed.save(force_insert=True)
        row.state = S.ORDERED
        row.save(update_fields=["state"])
        letters.file_order(row, actor)
        record(row, actor, "order", hash=placed.content_hash)
        if email:
            copies.send(copies.ORDER, row, row.provider_name, email, actor)
    return placed


def left(request: Kostengutsprache) -> Decimal:
    """How much of the promise no invoice has used yet, in CHF."""
    used = sum((row.amount for row in steps.invoices(request)), Decimal(0))
    return (request.amount or Decimal(0)) - used


def is_last_by_default(request: Kostengutsprache, amount: Decimal | None) -> bool:
    """Whether an invoice over ``amount`` is taken for the last one: only where it uses up what was promised."""
    return amount is not None and amount >= left(request)


def over_commitment(request: Kostengutsprache, amount: Decimal) -> str:
    """Why an invoice over ``amount`` cannot be forwarded; empty if it fits what was promised."""
    rest = left(request)
    if amount <= rest:
        return ""
    return _(
        "Die Rechnung liegt %(over)s über dem, was bewilligt und noch nicht verrechnet ist (%(rest)s). Verlangen Sie "
        "vom Anbieter eine berichtigte Rechnung, oder beantragen Sie zuerst eine weitere Kostengutsprache."
    ) % {"over": chf(amount - rest), "rest": chf(rest)}


def known_number(request: Kostengutsprache, number: str) -> str:
    """Why an invoice of this number cannot be forwarded again; empty if there is none."""
    if number.strip().casefold() not in {row.number.strip().casefold() for row in steps.invoices(request)}:
        return ""
    return _("Eine Rechnung mit dieser Nummer ist bereits weitergeleitet.")


def forward(request: Kostengutsprache, actor: Actor, data: Data) -> ProviderInvoice:
    """Forward the provider's invoice to the payer: ``number``, ``dated_on``, ``amount``, ``is_last``, ``file``,
    ``content_type``. Never more than was promised, never the same invoice twice.

    What comes late, after the last one was paid, opens the matter again while something of the promise is left.
    """
    with held(request) as row:
        steps.check(row, "forward", actor)
        reason = over_commitment(row, data["amount"]) or known_number(row, data["number"])
        if reason:
            raise NotAllowed(reason)
        scan = documents.store(
            row.case,
            actor,
            title=_("Rechnung %(number)s zu %(kg)s") % {"number": data["number"], "kg": row.number},
            upload=data["file"],
            content_type=data["content_type"],
            audience=Audience.CASE,
        )
        invoice = ProviderInvoice.objects.create(
            order=row.approval.order,
            number=data["number"].strip(),
            dated_on=data["dated_on"],
            amount=data["amount"],
            is_last=data["is_last"],
            document=scan,
            forwarded_at=clock.now(),
            forwarded_by=actor.user,
        )
        row.state = S.INVOICED
        row.save(update_fields=["state"])
        record(row, actor, "forward", amount=invoice.amount)
        tell("kg_invoice", row, row.payer, beside=actor.user, mark=f"invoice{invoice.pk}")
    return invoice


def _open_invoice(request: Kostengutsprache, invoice: ProviderInvoice) -> ProviderInvoice:
    found = next((row for row in steps.unpaid(request) if row.pk == invoice.pk), None)
    if found is None:
        raise NotAllowed(_("Diese Rechnung ist bereits bezahlt oder zurückgewiesen."))
    return found


def pay(request: Kostengutsprache, actor: Actor, invoice: ProviderInvoice, day: dt.date) -> None:
    """Note that the payer has paid; with the last invoice the matter is done."""
    with held(request) as row:
        steps.check(row, "pay", actor)
        paid = _open_invoice(row, invoice)
        paid.paid_on = day
        paid.save(update_fields=["paid_on"])
        record(row, actor, "pay", amount=paid.amount, paid_on=day)
        _settle(row)
        tell("kg_paid", row, row.requester, beside=actor.user, mark=f"paid{paid.pk}")


def send_back(request: Kostengutsprache, actor: Actor, invoice: ProviderInvoice, reason: str) -> None:
    """Send an invoice back to the requester, who has it corrected; it no longer uses up the promise.

    As the corrected one is to come, none of those before was the last: the matter stays open until it is paid, or
    until the requester says that none comes any more (:func:`finish`).
    """
    with held(request) as row:
        steps.check(row, "send_back", actor)
        wrong = _open_invoice(row, invoice)
        wrong.returned_on, wrong.return_reason = clock.today(), reason
        wrong.save(update_fields=["returned_on", "return_reason"])
        wrong.order.invoices.filter(is_last=True).update(is_last=False)
        record(row, actor, "send_back", amount=wrong.amount)
        _settle(row)
        tell("kg_sent_back", row, row.requester, beside=actor.user, mark=f"back{wrong.pk}")


def finish(request: Kostengutsprache, actor: Actor) -> None:
    """Say that no further invoice comes: with what is paid the matter is done."""
    with held(request) as row:
        steps.check(row, "finish", actor)
        last = steps.invoices(row)[-1]
        last.is_last = True
        last.save(update_fields=["is_last"])
        record(row, actor, "finish")
        _settle(row)


def _settle(request: Kostengutsprache) -> None:
    """Where the matter stands after a payment or a return."""
    rows = list(request.approval.order.invoices.filter(returned_on=None))
    if not rows:
        state = S.ORDERED
    elif all(row.paid_on for row in rows) and any(row.is_last for row in rows):
        state = S.PAID
    else:
        state = S.INVOICED
    if state != request.state:
        request.state = state
        request.save(update_fields=["state"])
