"""What no way to an order gets past: page, admin, direct POST, import, shell and SQL meet it alike (KG-02).

An order rests on an approval, by a column that is neither null nor used twice. The database itself refuses an order
whose words are not those that were signed, an approval of what nobody asked for, and any change of what was asked,
signed or ordered. Who may lift its triggers can still not forge the seal under an approval: ``proof`` finds that.
"""

from __future__ import annotations

import datetime as dt
import json

from iiz.core import audit
from iiz.core.triggers import Refusal, frozen

from ..models import Approval, Kostengutsprache, Order, ProviderInvoice
from . import words

APPROVED = "kg_approved"
"""The verb of the audit under which an approval stands in the chain of its case."""

REQUEST, SIGNATURE, ORDER = (model._meta.db_table for model in (Kostengutsprache, Approval, Order))
FREE: tuple[str, ...] = ("state", "decision", "decided_on", "refused_by", "refusal_reason", "lapsed_on", "lapse_reason")
FREE += ("ruling_on", "ruling_reference")
"""What still changes in a Kostengutsprache once it was asked for; each step of it is checked apart."""

ROAD = {
    "requested": ("approved", "refused", "lapsed"),
    "approved": ("ordered", "lapsed"),
    "ordered": ("invoiced",),
    "invoiced": ("paid", "ordered"),
    "paid": ("invoiced",),
}
"""Where a Kostengutsprache may go from each state, once its words are fixed."""


def _wrong_way() -> str:
    allowed = [(state, target) for state, targets in ROAD.items() for target in targets]
    ways = " OR ".join(f"(OLD.state = '{state}' AND NEW.state = '{target}')" for state, target in allowed)
    return f"OLD.content_hash <> '' AND NEW.state <> OLD.state AND NOT ({ways})"


REFUSALS = (
    *frozen(Kostengutsprache, "a requested Kostengutsprache keeps its words", but=FREE, when="OLD.content_hash <> ''"),
    Refusal(REQUEST, "road", ("UPDATE",), "this is not the way of a Kostengutsprache", _wrong_way()),
    Refusal(
        REQUEST,
        "decided",
        ("UPDATE",),
        "a decision on a Kostengutsprache stays",
        "OLD.content_hash <> '' AND OLD.decision <> '' AND (NEW.decision <> OLD.decision"
        " OR NEW.decided_on IS DISTINCT FROM OLD.decided_on OR NEW.refused_by <> OLD.refused_by"
        " OR NEW.refusal_reason <> OLD.refusal_reason)",
    ),
    Refusal(
        REQUEST,
        "signed",
        ("UPDATE",),
        "a Kostengutsprache is approved by a signature only",
        "NEW.content_hash <> '' AND OLD.decision <> 'approved' AND NEW.decision = 'approved' AND NOT EXISTS ("
        "SELECT 1 FROM optima_approval a WHERE a.kostengutsprache_id = NEW.id AND a.content_hash = NEW.content_hash)",
    ),
    Refusal(
        REQUEST,
        "ordered",
        ("UPDATE",),
        "a Kostengutsprache is ordered by an order only",
        "NEW.content_hash <> '' AND NEW.state = 'ordered' AND NOT EXISTS (SELECT 1 FROM optima_order o"
        " JOIN optima_approval a ON a.id = o.approval_id WHERE a.kostengutsprache_id = NEW.id)",
    ),
    Refusal(REQUEST, "its_own_row", ("UPDATE",), "a Kostengutsprache keeps its row", "NEW.id <> OLD.id"),
    Refusal(
        REQUEST,
        "not_in_its_place",
        ("INSERT",),
        "no Kostengutsprache takes the place of a signed one",
        "EXISTS (SELECT 1 FROM optima_approval a WHERE a.kostengutsprache_id = NEW.id)",
    ),
    Refusal(
        REQUEST,
        "not_born_signed",
        ("INSERT",),
        "a Kostengutsprache is not born with a decision",
        "NEW.content_hash <> '' AND NEW.decision <> ''",
    ),
    Refusal(
        SIGNATURE,
        "of_a_request",
        ("INSERT",),
        "only a pending Kostengutsprache is signed, in its own words",
        "NOT EXISTS (SELECT 1 FROM optima_kostengutsprache k WHERE k.id = NEW.kostengutsprache_id"
        " AND k.state = 'requested' AND k.content_hash = NEW.content_hash AND k.content_hash <> ''"
        " AND k.amount = NEW.amount)",
    ),
    Refusal(
        SIGNATURE,
        "by_a_listed_person",
        ("INSERT",),
        "a Kostengutsprache is signed by somebody whom the payer lists, up to the limit",
        "NOT EXISTS (SELECT 1 FROM core_signatory s JOIN optima_kostengutsprache k ON k.id = NEW.kostengutsprache_id"
        " WHERE s.id = NEW.signatory_id AND s.institution_id = k.payer_id AND s.valid_from <= NEW.signed_on"
        " AND (s.valid_until IS NULL OR s.valid_until >= NEW.signed_on) AND (s.ended_at IS NULL OR NEW.how = 'paper')"
        ' AND (s."limit" IS NULL OR s."limit" >= NEW.amount))',
    ),
    *frozen(Approval, "a signature stays as it is"),
    Refusal(
        ORDER,
        "of_a_promise",
        ("INSERT",),
        "nothing is ordered without a signed Kostengutsprache",
        "NOT EXISTS (SELECT 1 FROM optima_approval a JOIN optima_kostengutsprache k ON k.id = a.kostengutsprache_id"
        " WHERE a.id = NEW.approval_id AND a.content_hash = NEW.content_hash AND k.content_hash = a.content_hash"
        " AND k.state = 'approved' AND k.decision = 'approved')",
    ),
    *frozen(Order, "an order stays as it is", but=("sent_to",)),
    *frozen(ProviderInvoice, "an invoice stays as it is", but=("is_last", "paid_on", "returned_on", "return_reason")),
)


def seal(approval: Approval) -> str:
    """The HMAC over an approval under the audit key, which the database does not know."""
    parts = (
        approval.kostengutsprache_id,
        approval.signatory_id,
        approval.signed_by,
        approval.function,
        approval.how,
        approval.signed_on.isoformat(),
        approval.recorded_at.astimezone(dt.UTC).isoformat(),
        approval.scan_id,
        f"{approval.amount:.2f}",
        approval.content_hash,
    )
    return audit.keyed(json.dumps(["approval", *parts], ensure_ascii=False))


def is_genuine(approval: Approval) -> bool:
    """Whether the portal itself wrote this approval, and under the words that stand there now."""
    request = approval.kostengutsprache
    sealed = approval.seal == seal(approval) and approval.amount == request.amount
    return sealed and words.digest(request) == request.content_hash == approval.content_hash
