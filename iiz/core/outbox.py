"""Looking after the mail outbox: what is stuck, sending it again, and letting go of what is old."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit
from .actor import Actor
from .delivery import may_still_read
from .enums import MailTrouble
from .models import Heartbeat, OutboxMail
from .notify import kinds

STREAM = "master"
FOR_GOOD = (MailTrouble.NO_READER, MailTrouble.OVER)
"""Troubles that sending again would not change: the reader or the reason has gone."""
SENT_DAYS = 90
FAILED_DAYS = 365
"""For how many days a mail that left, or was given up, stays in the outbox."""
PURGE = "mail_purge"
PURGED_AT_ONCE = 5000
"""Rows that one purge removes at most, so that a sweep stays short; the next one goes on."""
PURGE_BATCH = 500
PURGE_EVERY = dt.timedelta(days=1)


def waiting() -> QuerySet[OutboxMail]:
    """Mails that should have left and are still being tried, the oldest first."""
    overdue = Q(due_at__lte=timezone.now()) | ~Q(last_error="")
    return _single().filter(overdue, failed_at=None).order_by("created_at", "pk")


def late(since: dt.datetime) -> QuerySet[OutboxMail]:
    """Mails that nobody has taken up, or for which the mail server has been out of reach, since a moment.

    A mail that a mailbox turns away for now is not among them: that is no fault of the installation.
    """
    cut_off = Q(last_error__startswith=MailTrouble.UNREACHABLE, retry_from__lt=since)
    return _single().filter(Q(due_at__lt=since) | cut_off, failed_at=None)


def given_up() -> QuerySet[OutboxMail]:
    """Mails that are no longer tried, the latest first."""
    return _single().filter(failed_at__isnull=False).order_by("-failed_at", "-pk")


def can_go_again() -> QuerySet[OutboxMail]:
    """Mails that are no longer tried and would have a reader if they were."""
    lost = Q()
    for trouble in FOR_GOOD:
        lost |= Q(last_error__startswith=trouble)
    return given_up().exclude(lost)


def _single() -> QuerySet[OutboxMail]:
    """Unsent mails of their own; the parts of digests go with their bundle."""
    return OutboxMail.objects.filter(sent_at=None, digest=False)


def send_again(actor: Actor, mail: OutboxMail) -> None:
    """Try a mail that was given up for another day, at the address its reader has now; audited.

    Raises ``ValidationError`` with a sentence if it is under way again, or if its reader or reason has gone: which is
    noted, so that the list says it too.
    """
    with transaction.atomic():
        rows = OutboxMail.objects.select_for_update(of=("self",)).select_related("case", "user", "institution")
        row = rows.get(pk=mail.pk)
        trouble = row.trouble
        if row.failed_at is None:
            raise ValidationError(_("Diese Mail ist bereits wieder unterwegs."))
        if trouble not in FOR_GOOD and (gone := _gone(row)):
            trouble = gone
            OutboxMail.objects.filter(pk=row.pk).update(last_error=f"{trouble}: ")
        if trouble not in FOR_GOOD:
            _again(OutboxMail.objects.filter(pk=row.pk))
            if row.user is not None and row.user.email != row.address:
                OutboxMail.objects.filter(pk=row.pk).update(address=row.user.email)
            changes = {"mail": row.key, "address": audit.personal(row.address)}
            audit.record(STREAM, actor, "mail_sent_again", row, changes)
    if trouble in FOR_GOOD:
        raise ValidationError(_("Diese Mail geht nicht nochmals hinaus. %(why)s") % {"why": MailTrouble(trouble).label})


def _gone(mail: OutboxMail) -> MailTrouble | None:
    """Whether the reader or the reason of a mail has gone."""
    if not may_still_read(mail):
        return MailTrouble.NO_READER
    kind = kinds.get(mail.kind)
    return None if kind is None or kind.holds(mail) else MailTrouble.OVER


def send_all_again(actor: Actor) -> int:
    """Try every mail that was given up and still has a reader for another day; audited; returns how many."""
    with transaction.atomic():
        count = _again(can_go_again())
        if count:
            audit.record(STREAM, actor, "mails_sent_again", changes={"count": count})
    return count


def _again(mails: QuerySet[OutboxMail]) -> int:
    """Let mails begin anew, digests with the parts that still have a reader."""
    fresh = {"failed_at": None, "attempts": 0, "last_error": "", "due_at": timezone.now(), "retry_from": timezone.now()}
    parts = OutboxMail.objects.filter(bundle__in=mails.order_by(), sent_at=None)
    parts.exclude(last_error__startswith=MailTrouble.NO_READER).update(failed_at=None, last_error="")
    return mails.order_by().update(**fresh)


def purge(now: dt.datetime | None = None) -> int:
    """Remove what left long ago or was given up a year ago; once a day, a bounded number at a time.

    As long as there is more, the next sweep goes on with it.
    """
    now = now or timezone.now()
    if Heartbeat.objects.filter(name=PURGE, at__gt=now - PURGE_EVERY).exists():
        return 0
    sent, failed = now - dt.timedelta(days=SENT_DAYS), now - dt.timedelta(days=FAILED_DAYS)
    old = OutboxMail.objects.filter(Q(sent_at__lt=sent) | Q(failed_at__lt=failed)).order_by("pk")
    keys = list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE])
    for place in range(0, len(keys), PURGE_BATCH):
        OutboxMail.objects.filter(pk__in=keys[place : place + PURGE_BATCH]).delete()
    if len(keys) < PURGED_AT_ONCE:
        Heartbeat.objects.update_or_create(name=PURGE, defaults={"at": now})
    return len(keys)
