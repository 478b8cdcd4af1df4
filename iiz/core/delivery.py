"""The sweeper: sends what the outbox holds, retries what failed, gives up after a day.

A mail leaves at most once, with one exception that no sender can rule out: if the process is killed after the mail
server took a mail and before ``sent_at`` is written, it goes again. Therefore each mail is noted the moment the server
took it, none waits for the others, and every attempt carries the same ``Message-ID``, by which servers and mail
programs know the two as one.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import time
from collections import Counter
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from types import TracebackType
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from . import digests, letters, notify
from .enums import MailTrouble
from .models import OutboxMail
from .notify import kinds

logger = logging.getLogger(__name__)

PAUSES = (2, 5, 15, 30, 60, 120, 240)
"""Minutes until the next attempt; the last one repeats."""
PATIENCE = dt.timedelta(hours=24)
"""For how long a mail is tried, counted from its first failure: a machine that was off has not tried."""
LEASE = dt.timedelta(minutes=5)
"""How long a claim holds. Longer than a server can take for one mail, so that nobody else takes it meanwhile."""
BREATH = dt.timedelta(minutes=1)
"""When what was not tried, because the server was away, comes up again."""
BATCH = 100
"""Mails read at once, and sent over one connection."""

Moment = Callable[[], dt.datetime]


def deliver(now: dt.datetime | None = None) -> Counter[str]:
    """Make the digests that are due and send every mail that is; returns how many were ``sent``, ``postponed``,
    ``failed`` or, because the reason for them has gone, ``dropped``.

    Each mail is first claimed by moving its next attempt into the future, in one conditional update: two
    sweepers cannot take the same, and one that dies leaves it for the next attempt. No transaction is open while
    the mail server is spoken to.
    """
    start = now or timezone.now()
    begun = time.monotonic()

    def moment() -> dt.datetime:
        return start + dt.timedelta(seconds=time.monotonic() - begun)

    digests.gather(start)
    counts: Counter[str] = Counter()
    due = OutboxMail.objects.filter(sent_at=None, failed_at=None, digest=False, due_at__lte=start)
    while batch := list(due.select_related("case", "user", "institution", "guest").order_by("due_at", "pk")[:BATCH]):
        with Courier() as courier:
            for mail in batch:
                if _claim(mail, moment()):
                    counts[_send(mail, courier, moment)] += 1
                if courier.is_lost:
                    counts += _put_off(due, courier.last_words, moment())
                    return counts
    return counts


class Courier:
    """One connection to the mail server for many mails, opened for the first and again after a fault.

    ``is_lost`` once the server cannot be reached, or so many mails in a row got no answer: then waiting out the time
    limit for each of the others would help nobody. One mail that the server chokes on does not stop the rest.
    """

    STRIKES = 2

    def __init__(self) -> None:
        self.backend: Any = get_connection()
        self.is_open = False
        self.strikes = 0
        self.last_words = ""

    def __enter__(self) -> Courier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.is_open:
            try:
                self.backend.close()
            except Exception as fault:  # every mail is noted already: nothing depends on the farewell
                logger.info("the mail server did not say good-bye: %s", type(fault).__name__)

    @property
    def is_lost(self) -> bool:
        """Whether there is no sense in going on."""
        return self.strikes >= self.STRIKES

    def carry(self, letter: EmailMessage) -> None:
        """Hand one mail over; raises whatever the transport raises."""
        if not self.is_open:
            try:
                self.backend.open()
            except Exception as error:
                self._drop(error, strikes=self.STRIKES)
                raise
            self.is_open = True
        try:
            self.backend.send_messages([letter])
        except SMTPRecipientsRefused:
            self.strikes = 0
            raise
        except Exception as error:
            silent = isinstance(error, OSError) and not isinstance(error, SMTPResponseException)
            self._drop(error, strikes=self.strikes + 1 if silent else 0)
            raise
        self.strikes = 0

    def _drop(self, error: Exception, *, strikes: int) -> None:
        """Leave without a farewell, whose answer a silent server would let us wait for."""
        self.strikes, self.last_words = strikes, _words(error)
        session = getattr(self.backend, "connection", None)
        if session is not None:
            session.close()
            self.backend.connection = None
        self.is_open = False


def _claim(mail: OutboxMail, now: dt.datetime) -> bool:
    """Take one mail, unless somebody else has."""
    free = OutboxMail.objects.filter(pk=mail.pk, attempts=mail.attempts, sent_at=None, failed_at=None)
    taken = free.update(attempts=F("attempts") + 1, due_at=now + LEASE)
    mail.attempts += taken
    return bool(taken)


def _send(mail: OutboxMail, courier: Courier, moment: Moment) -> str:
    """Send one claimed mail and note what became of it."""
    kind = kinds.get(mail.kind)
    if kind is None:
        return _give_up(mail, MailTrouble.UNWRITABLE, "unknown kind", moment())
    parts: list[OutboxMail] = []
    try:
        if mail.kind == digests.KIND:
            parts = _parts(mail, moment())
            if not parts:
                mail.delete()
                return "dropped"
            letter = letters.digest(mail, kind, parts)
        elif not may_still_read(mail):
            return _give_up(mail, MailTrouble.NO_READER, "", moment())
        elif not kind.holds(mail):
            mail.delete()
            return "dropped"
        else:
            letter = letters.message(mail, kind)
    except Exception as error:  # one mail that cannot be written must not hold up the others
        logger.exception("mail %s could not be written", mail.pk)
        return _try_later(mail, MailTrouble.UNWRITABLE, type(error).__name__, moment())
    try:
        courier.carry(letter)
    except Exception as error:  # any transport may fail in its own way; the mail must survive it
        logger.warning("mail %s failed: %s", mail.pk, type(error).__name__)
        trouble = _trouble(error)
        if trouble == MailTrouble.UNKNOWN_ADDRESS:
            return _give_up(mail, trouble, _words(error), moment())
        return _try_later(mail, trouble, _words(error), moment())
    _note(mail, parts, sent_at=moment(), last_error="")
    return "sent"


def _parts(mail: OutboxMail, now: dt.datetime) -> list[OutboxMail]:
    """What a digest may still tell; the rest of its parts is set aside."""
    found = digests.contents(mail)
    for part in found.unreadable:
        _give_up(part, MailTrouble.NO_READER, "", now)
    OutboxMail.objects.filter(pk__in=[part.pk for part in found.over]).delete()
    return found.told


def may_still_read(mail: OutboxMail) -> bool:
    """Between queueing and sending somebody may have left: the link must open for the reader."""
    if mail.guest_id is not None:
        return True  # whether the link still leads somewhere, its kind says
    if mail.case is None or mail.user is None or mail.institution is None:
        return mail.case is None
    opens = kinds[mail.kind].opens if mail.kind in kinds else None
    return notify.may_read(mail.case, mail.user, mail.institution) or (opens is not None and opens(mail))


def _note(mail: OutboxMail, parts: list[OutboxMail], **fields: Any) -> None:
    """Write what became of a mail, and of the parts it gathers, at once."""
    with transaction.atomic():
        OutboxMail.objects.filter(pk=mail.pk).update(**fields)
        if parts:
            OutboxMail.objects.filter(pk__in=[part.pk for part in parts]).update(**fields)


def _give_up(mail: OutboxMail, trouble: str, detail: str, now: dt.datetime) -> str:
    OutboxMail.objects.filter(Q(pk=mail.pk) | Q(bundle=mail, sent_at=None, failed_at=None)).update(
        failed_at=now, last_error=f"{trouble}: {detail}"[:200]
    )
    return "failed"


def _try_later(mail: OutboxMail, trouble: str, detail: str, now: dt.datetime) -> str:
    """Note a failure; the next attempt follows after a pause, the last one when patience ends."""
    begun = mail.retry_from if mail.last_error else now
    if now - begun >= PATIENCE:
        return _give_up(mail, trouble, detail, now)
    pause = dt.timedelta(minutes=PAUSES[min(mail.attempts, len(PAUSES)) - 1])
    OutboxMail.objects.filter(pk=mail.pk, sent_at=None).update(
        retry_from=begun, due_at=min(now + pause, begun + PATIENCE), last_error=f"{trouble}: {detail}"[:200]
    )
    return "postponed"


def _put_off(due: models.QuerySet[OutboxMail], detail: str, now: dt.datetime) -> Counter[str]:
    """Let everything else that is due wait for the server to come back, in three updates whatever its number."""
    error = f"{MailTrouble.UNREACHABLE}: {detail}"[:200]
    failed = due.exclude(last_error="").filter(retry_from__lte=now - PATIENCE)
    given_up = failed.update(failed_at=now, last_error=error)
    if given_up:
        lost = OutboxMail.objects.filter(kind=digests.KIND, failed_at=now)
        OutboxMail.objects.filter(bundle__in=lost, sent_at=None, failed_at=None).update(failed_at=now, last_error=error)
    first = due.filter(last_error="").update(retry_from=now, due_at=now + BREATH, last_error=error)
    again = due.update(due_at=now + BREATH, last_error=error)
    return Counter({"failed": given_up, "postponed": first + again})


def _words(error: Exception) -> str:
    """What went wrong, in the words of the mail server where it gave any."""
    if isinstance(error, SMTPRecipientsRefused):
        error = SMTPResponseException(*next(iter(error.recipients.values())))
    if isinstance(error, SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return f"{type(error).__name__}: {error}"


def _trouble(error: Exception) -> MailTrouble:
    """What kind of failure it was.

    Only an address that the server calls unknown is given up at once: it never heals, and each further attempt harms
    our standing with that server. Other permanent refusals (relaying denied, a block list, the sender) are mostly a
    fault of servers that somebody mends within the day, for all mails at once; a full mailbox is temporary.
    """
    if isinstance(error, SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        status = re.match(r"(\d)\.(\d+)\.", said.decode(errors="replace") if isinstance(said, bytes) else str(said))
        unknown = status.groups() == ("5", "1") if status else code in {550, 551, 553}
        return MailTrouble.UNKNOWN_ADDRESS if unknown else MailTrouble.REFUSED
    if isinstance(error, SMTPResponseException):
        return MailTrouble.REFUSED
    return MailTrouble.UNREACHABLE if isinstance(error, OSError) else MailTrouble.UNWRITABLE
