"""What ``verify_audit`` finds where somebody lifted the triggers of the database (KG-02, NFR-04).

What was asked, decided and ordered is compared with the audit, both ways: what stands without having happened, and
what happened and does not stand. The chains themselves are proved before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.utils import timezone

from iiz.core import audit
from iiz.core.models import AuditEntry, Case

from ..enums import CostDecision
from ..enums import KostengutspracheState as S
from ..models import Approval, Kostengutsprache
from . import gate, steps, words

WALK = 500
"""How many rows are compared at once: two queries for each so many, and no more in memory."""
ORDERED = (S.ORDERED, S.INVOICED, S.PAID)
ASKED, REFUSED, ORDER = (steps.BY_NAME[name].verb for name in ("request", "refuse", "order"))
NOTED = (ASKED, gate.APPROVED, REFUSED, ORDER)

Told = dict[tuple[str, str], AuditEntry]
Row = TypeVar("Row")


def breaks() -> Iterator[str]:
    """One line for each Kostengutsprache, signature or order that was forged, altered or taken away."""
    rows = Kostengutsprache.objects.exclude(content_hash="").select_related("case", "approval__order")
    for batch in _batches(rows.defer("case__draft").order_by("pk").iterator(chunk_size=WALK)):
        streams = {audit.case_stream(request.case.number) for request in batch}
        entries = AuditEntry.objects.filter(stream__in=streams, verb__in=NOTED)
        told = {(entry.object_id, entry.verb): entry for entry in entries}
        for request in batch:
            problem = _wrong(request, told)
            if problem:
                yield f"Kostengutsprache {request.number}: {problem}"
    entries = AuditEntry.objects.filter(verb__in=NOTED).order_by("pk")
    for noted in _batches(entries.iterator(chunk_size=WALK)):
        yield from _removed(noted)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, WALK)):
        yield batch


def _wrong(request: Kostengutsprache, told: Told) -> str:
    """What stands there without having happened; empty if nothing does."""
    key = str(request.pk)
    asked, refused = told.get((key, ASKED)), told.get((key, REFUSED))
    if asked is None or not asked.changes.get("hash") == request.content_hash == words.digest(request):
        return "what was asked was altered"
    approval: Approval | None = getattr(request, "approval", None)
    if approval is not None:
        return _forged(request, approval, told)
    if request.decision == CostDecision.APPROVED:
        return "it holds without an approval"
    if request.decision == CostDecision.REFUSED and (
        refused is None or timezone.localdate(refused.at) != request.decided_on
    ):
        return "its decision was altered"
    return ""


def _forged(request: Kostengutsprache, approval: Approval, told: Told) -> str:
    """What is wrong with an approval and what rests on it."""
    key = str(request.pk)
    signed, ordered = told.get((key, gate.APPROVED)), told.get((key, ORDER))
    order = getattr(approval, "order", None)
    if not gate.is_genuine(approval):
        return "the approval was forged or altered"
    if signed is None or signed.changes.get("seal") != approval.seal:
        return "the approval does not stand in the audit"
    if request.decision != CostDecision.APPROVED or request.decided_on != approval.signed_on:
        return "its decision was altered"
    if (request.state in ORDERED) != (order is not None):
        return "it is ordered without an order, or the other way round"
    if order is None:
        return ""
    if ordered is None:
        return "the order does not stand in the audit"
    if order.content_hash != approval.content_hash or order.ordered_by_id != ordered.user_id:
        return "the order was altered"
    return ""


def _removed(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """What happened and does not stand there any more; with a whole case its Kostengutsprachen may go."""
    rows = Kostengutsprache.objects.select_related("approval__order").in_bulk(
        [int(entry.object_id) for entry in entries]
    )
    streams = {entry.stream for entry in entries if int(entry.object_id) not in rows}
    numbers = Case.objects.filter(number__in=[name.removeprefix(audit.case_stream("")) for name in streams])
    kept = {audit.case_stream(number) for number in numbers.values_list("number", flat=True)}
    for entry in entries:
        request = rows.get(int(entry.object_id))
        name = f"{entry.stream}: Kostengutsprache {entry.object_id}"
        if request is None:
            if entry.verb == ASKED and entry.stream in kept:
                yield f"{name} was removed"
            continue
        approval = getattr(request, "approval", None)
        if entry.verb == gate.APPROVED and approval is None:
            yield f"{name}: the approval was removed"
        elif entry.verb == REFUSED and request.decision != CostDecision.REFUSED:
            yield f"{name}: its decision was altered"
        elif entry.verb == ORDER and getattr(approval, "order", None) is None:
            yield f"{name}: the order was removed"
