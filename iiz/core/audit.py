"""The one writer of the audit chains, and their proof (NFR-04).

Every case has a chain of its own (``case/<number>``); what belongs to no case goes to a named stream
(``login``, ``master``, ``export``, ``access``). The stream ``register`` notes each case that was opened, so that
a chain removed whole is missed. Every link is an HMAC over the entry and the link before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from . import clock
from .actor import Actor
from .models import AccessLogEntry, AuditEntry, AuditHead, Case, GuestLink
from .streams import insert

REGISTER = "register"
ACCESS = "access"
SEAL_GRACE = dt.timedelta(minutes=2)
"""Reads younger than this are left for the next seal, so that a slow transaction is not missed."""

_PLAIN = DjangoJSONEncoder()
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
"""The one way in which an entry becomes the text that is sealed."""

FIELDS = (
    "stream",
    "position",
    "user_id",
    "user_name",
    "institution_id",
    "institution_name",
    "verb",
    "object_type",
    "object_id",
    "changes",
    "previous",
)


def case_stream(number: str) -> str:
    """The name of a case's chain."""
    return f"case/{number}"


def keyed(value: str) -> str:
    """HMAC-SHA-256 of ``value`` under the audit key, as hex."""
    return hmac.digest(settings.AUDIT_KEY.encode(), value.encode(), "sha256").hex()


def personal(value: Any) -> str:
    """A personal value as it may stand in the audit: a short keyed hash, never the value."""
    return "" if value in (None, "") else f"#{keyed(str(value))[:16]}"


def record(
    stream: str,
    actor: Actor | None,
    verb: str,
    obj: models.Model | None = None,
    changes: dict[str, Any] | None = None,
    *,
    at: dt.datetime | None = None,
    user: Any = None,
    guest: GuestLink | None = None,
) -> AuditEntry:
    """Append one entry to ``stream``, in the caller's transaction; see :func:`entry`."""
    new = entry(stream, actor, verb, obj, changes, at=at, user=user, guest=guest)
    append([new])
    return new


def entry(
    stream: str,
    actor: Actor | None,
    verb: str,
    obj: models.Model | None = None,
    changes: dict[str, Any] | None = None,
    *,
    at: dt.datetime | None = None,
    user: Any = None,
    guest: GuestLink | None = None,
) -> AuditEntry:
    """An entry for ``stream``, not yet linked and saved: give it to :func:`append`.

    ``changes`` maps a field to its new value or to ``[old, new]``; give personal values through
    :func:`personal`. Without an actor the entry is the portal's own (or ``user``'s, outside any institution, or
    that of a ``guest``, who has no account).
    """
    new = AuditEntry(
        stream=stream,
        at=at or clock.now(),
        verb=verb,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        changes=changes or {},
    )
    who = actor.user if actor is not None else user
    if who is not None:
        new.user_id, new.user_name = who.pk, who.get_full_name()
    if actor is not None:
        new.institution_id, new.institution_name = actor.institution.pk, actor.institution.name
    elif guest is not None:
        new.user_name, new.institution_id, new.institution_name = guest.signed_name, guest.institution_id, guest.office
    return new


def open_case(case: Case, actor: Actor | None, verb: str, *, at: dt.datetime | None = None) -> None:
    """Begin the chain of a new case and note it in the register."""
    opened = entry(REGISTER, actor, "case_opened", changes={"number": case.number}, at=at)
    append([opened, entry(case_stream(case.number), actor, verb, case, {"state": case.state}, at=at)])


def append(entries: Iterable[AuditEntry], *, opening: Collection[str] = frozenset()) -> None:
    """Link ``entries`` to the ends of their chains, in their order, and save them.

    Locks each chain's head until the transaction ends, so that no two writers continue the same link. Chains in
    ``opening`` belong to cases made in this transaction: nobody else can know them, so their heads need no lock.
    """
    entries = list(entries)
    with transaction.atomic():
        streams = sorted({entry.stream for entry in entries})
        shared = [AuditHead(stream=name) for name in streams if name not in opening]
        AuditHead.objects.bulk_create(shared, ignore_conflicts=True)
        heads = {name: AuditHead(stream=name) for name in opening} | {
            head.stream: head
            for head in AuditHead.objects.select_for_update().filter(stream__in=streams).order_by("stream")
        }
        for entry in entries:
            head = heads[entry.stream]
            if entry.changes:
                entry.changes = json.loads(_PLAIN.encode(entry.changes))
            entry.position, entry.previous = head.count + 1, head.last
            entry.digest = _digest(entry)
            head.count, head.last = entry.position, entry.digest
        for head in heads.values():
            head.seal = _seal(head)
        insert(entries)
        # An upsert: ten times faster than an update of many rows to different values.
        AuditHead.objects.bulk_create(
            heads.values(),
            update_conflicts=True,
            unique_fields=["stream"],
            update_fields=["count", "last", "seal"],
        )


def _digest(entry: AuditEntry) -> str:
    body = {name: getattr(entry, name) for name in FIELDS}
    body["at"] = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return keyed(_CANONICAL.encode(body))


def _seal(head: AuditHead) -> str:
    return keyed(f"{head.stream}|{head.count}|{head.last}")


def log_read(actor: Actor, case: Case, what: str) -> None:
    """Note that somebody opened a page or file of a case; several tabs in a row count each."""
    log_other_read(actor, case.number, what)


def log_other_read(actor: Actor, about: str, what: str) -> None:
    """Note that somebody opened personal data that belong to no case; ``about`` names what they belong to."""
    AccessLogEntry.objects.create(
        at=clock.now(),
        case_number=about,
        user_id=actor.user.pk,
        user_name=actor.user.get_full_name(),
        institution_id=actor.institution.pk,
        institution_name=actor.institution.name,
        what=what,
    )


def log_guest_read(link: GuestLink, what: str) -> None:
    """Note that somebody without an account read something of a case."""
    AccessLogEntry.objects.create(
        at=clock.now(),
        case_number=link.case.number,
        user_name=link.signed_name,
        institution_id=link.institution_id,
        institution_name=link.office,
        what=what,
    )


def seal_reads(now: dt.datetime | None = None) -> int:
    """Seal the reads since the last seal into the chain ``access``; returns how many."""
    now = now or timezone.now()
    with transaction.atomic():
        AuditHead.objects.get_or_create(stream=ACCESS)
        AuditHead.objects.select_for_update().get(stream=ACCESS)
        last = AuditEntry.objects.filter(stream=ACCESS).order_by("-position").first()
        start = last.changes["to"] if last else 0
        fresh = AccessLogEntry.objects.filter(pk__gt=start)
        young = fresh.filter(at__gte=now - SEAL_GRACE).order_by("pk").values_list("pk", flat=True).first()
        ripe = fresh.filter(pk__lt=young) if young else fresh
        end = ripe.aggregate(end=models.Max("pk"))["end"]
        if end is None:
            return 0
        count, digest = _digest_reads(start, end)
        record(ACCESS, None, "reads_sealed", changes={"from": start, "to": end, "count": count, "sum": digest})
        return count


def _digest_reads(start: int, end: int) -> tuple[int, str]:
    """Number and keyed digest of the reads after ``start`` up to ``end``."""
    digest = hmac.new(settings.AUDIT_KEY.encode(), digestmod=hashlib.sha256)
    count = 0
    rows = AccessLogEntry.objects.filter(pk__gt=start, pk__lte=end).order_by("pk")
    for row in rows.iterator(chunk_size=2000):
        moment = row.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        line = [row.pk, moment, row.case_number, row.user_id, row.user_name]
        line += [row.institution_id, row.institution_name, row.what]
        digest.update(json.dumps(line, ensure_ascii=False).encode())
        count += 1
    return count, digest.hexdigest()


def verify() -> Iterator[str]:
    """Walk all chains; yields one line for each break found, nothing if all is sound.

    Finds altered, inserted, reordered and removed entries, cut tails, chains removed whole, cases
    without a chain and altered or removed reads that were sealed.
    """
    heads = {head.stream: head for head in AuditHead.objects.all()}
    opened: set[str] = set()
    ends: dict[str, tuple[int, str]] = {}
    broken: set[str] = set()
    stream, position, link = "", 0, ""
    for entry in AuditEntry.objects.order_by("stream", "position").iterator(chunk_size=2000):
        if entry.stream != stream:
            stream, position, link = entry.stream, 0, ""
        if stream in broken:
            continue
        position += 1
        problem = ""
        if entry.position != position:
            problem = f"entry {position} is missing"
        elif entry.previous != link:
            problem = f"entry {position} does not follow the one before"
        elif entry.digest != _digest(entry):
            problem = f"entry {position} was altered"
        if problem:
            broken.add(stream)
            yield f"{stream}: {problem}"
            continue
        link = entry.digest
        ends[stream] = (position, link)
        if stream == REGISTER:
            opened.add(entry.changes.get("number", ""))
        elif stream == ACCESS:
            count, digest = _digest_reads(entry.changes["from"], entry.changes["to"])
            if (count, digest) != (entry.changes["count"], entry.changes["sum"]):
                yield f"{stream}: reads {entry.changes['from'] + 1} to {entry.changes['to']} were altered"
    for name in sorted((set(heads) | set(ends)) - broken):
        head, end = heads.get(name), ends.get(name, (0, ""))
        if head is None:
            yield f"{name}: the head is missing"
        elif head.count and head.seal != _seal(head):
            yield f"{name}: the head was altered"
        elif (head.count, head.last) != end:
            yield f"{name}: entry {end[0] + 1} is missing at the end"
    for number in sorted(opened):
        if case_stream(number) not in ends and case_stream(number) not in broken:
            yield f"{case_stream(number)}: the whole chain is missing"
    for number in Case.objects.order_by("number").values_list("number", flat=True).iterator():
        if number not in opened and REGISTER not in broken:
            yield f"{case_stream(number)}: the case is not in the register"
