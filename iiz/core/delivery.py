"""The sweeper: sends what the outbox holds, retries what failed, gives up after a day."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from .actor import actor_for
from .models import Case, OutboxMail
from .notify import MailKind, kinds

logger = logging.getLogger(__name__)

PAUSES = (1, 2, 5, 15, 30, 60, 120, 240)
"""Minutes until the next attempt; the last one repeats."""
PATIENCE = dt.timedelta(hours=24)
BATCH = 200


def deliver(now: dt.datetime | None = None) -> Counter[str]:
    """Send every mail that is due; returns how many were ``sent``, ``postponed`` or ``failed``.

    Each mail is first claimed by moving its next attempt into the future, in one conditional update: two
    sweepers cannot take the same, and one that dies leaves it for the next attempt.
    """
    now = now or timezone.now()
    counts: Counter[str] = Counter()
    while True:
        due = OutboxMail.objects.filter(sent_at=None, failed_at=None, due_at__lte=now)
        batch = list(due.select_related("case", "user", "institution").order_by("due_at", "pk")[:BATCH])
        if not batch:
            return counts
        for mail in batch:
            pause = PAUSES[min(mail.attempts, len(PAUSES) - 1)]
            claimed = OutboxMail.objects.filter(
                pk=mail.pk, attempts=mail.attempts, sent_at=None, failed_at=None
            ).update(attempts=F("attempts") + 1, due_at=now + dt.timedelta(minutes=pause))
            if claimed:
                counts[_send(mail, now)] += 1


def _send(mail: OutboxMail, now: dt.datetime) -> str:
    kind = kinds.get(mail.kind)
    if kind is None or not _may_still_read(mail):
        reason = "unknown kind" if kind is None else "recipient may no longer read the case"
        OutboxMail.objects.filter(pk=mail.pk).update(failed_at=now, last_error=reason)
        return "failed"
    try:
        message(mail, kind).send()
    except Exception as error:  # any transport may fail in its own way; the mail must survive it
        logger.warning("mail %s failed: %s", mail.pk, type(error).__name__)
        given_up = now - mail.created_at > PATIENCE
        OutboxMail.objects.filter(pk=mail.pk).update(
            last_error=f"{type(error).__name__}: {error}"[:200], failed_at=now if given_up else None
        )
        return "failed" if given_up else "postponed"
    OutboxMail.objects.filter(pk=mail.pk).update(sent_at=now, last_error="")
    return "sent"


def _may_still_read(mail: OutboxMail) -> bool:
    """Between queueing and sending somebody may have left: the link must open for the reader."""
    if mail.case is None or mail.user is None or mail.institution is None:
        return mail.case is None
    actor = actor_for(mail.user, mail.institution)
    return Case.objects.visible_to(actor).filter(pk=mail.case.pk).exists()


def message(mail: OutboxMail, kind: MailKind) -> EmailMessage:
    """The mail as it goes out: case number, one sentence, one link (principle 7)."""
    number = mail.case.number if mail.case else ""
    path = kind.path(mail) if kind.path else (mail.case.get_absolute_url() if mail.case else "/")
    subject = str(kind.subject) % {"number": number}
    body = render_to_string(
        "core/mail/notice.txt",
        {
            "sentence": kind.sentence,
            "number": number,
            "link": kind.link,
            "url": f"{settings.BASE_URL.rstrip('/')}{path}",
            "institution": mail.institution,
        },
    )
    host = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": f"<outbox-{mail.pk}@{host}>"}
    return EmailMessage(f"IIZ: {subject}" if number else subject, body, None, [mail.address], headers=headers)
