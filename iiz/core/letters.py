"""The words of a mail as it leaves: text and HTML, a case number, one sentence and one link (principle 7)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from .models import OutboxMail
from .notify import MailKind, kinds

CASES = 40
"""The most cases that a digest names; the rest it counts."""
CALENDAR_NAME = "einladung.ics"
METHOD = re.compile(rb"^METHOD:([A-Z-]+)", re.MULTILINE)


def message(mail: OutboxMail, kind: MailKind) -> EmailMultiAlternatives:
    """The mail about one thing: its case number, one sentence, one link, and the calendar file if it brings one."""
    number = mail.case.number if mail.case else ""
    subject = str(kind.subject) % {"number": number}
    context = {"title": subject, "number": number, "sentence": kind.sentence, "institution": mail.institution}
    letter = _letter(mail, kind, f"IIZ: {subject}" if number else subject, "core/mail/notice", context)
    file = kind.calendar(mail) if kind.calendar else None
    if file:
        _offer(letter, file)
        letter.attach(CALENDAR_NAME, file, "application/ics")
    return letter


def digest(mail: OutboxMail, kind: MailKind, parts: list[OutboxMail]) -> EmailMultiAlternatives:
    """The mail that gathers ``parts``: one sentence each, under the number of the case, and one link for all.

    Calendar files come along as attachments, named by the number of their case.
    """
    count = len(parts)
    title = ngettext("%(n)s Neuigkeit", "%(n)s Neuigkeiten", count) % {"n": count}
    cases = _cases(parts)
    context = {"title": title, "cases": cases[:CASES], "more": len(cases[CASES:])}
    letter = _letter(mail, kind, f"IIZ: {title}", "core/mail/digest", context)
    for part in parts:
        calendar = kinds[part.kind].calendar
        file = calendar(part) if calendar else None
        if file and part.case:
            letter.attach(f"{part.case.number}.ics", file, "application/ics")
    return letter


def _letter(
    mail: OutboxMail, kind: MailKind, subject: str, template: str, context: dict[str, Any]
) -> EmailMultiAlternatives:
    path = kind.path(mail) if kind.path else (mail.case.get_absolute_url() if mail.case else "/")
    context |= {"link": kind.link, "url": f"{settings.BASE_URL.rstrip('/')}{path}", "chosen": mail.user is not None}
    context |= {"language": settings.LANGUAGE_CODE}
    text, html = (render_to_string(f"{template}.{ending}", context) for ending in ("txt", "html"))
    headers = {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Message-ID": message_id(mail),
    }
    letter = EmailMultiAlternatives(subject, text, None, [mail.address], headers=headers)
    letter.attach_alternative(html, "text/html")
    return letter


def message_id(mail: OutboxMail) -> str:
    """The same for each attempt at one row, so that a mail that arrives twice is known as one."""
    host = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
    return f"<outbox-{mail.pk}-{hashlib.sha256(mail.key.encode()).hexdigest()[:16]}@{host}>"


def _offer(letter: EmailMultiAlternatives, file: bytes) -> None:
    """The calendar file as one more way to read the mail: that is what Outlook and Apple Mail act on."""
    method = METHOD.search(file)
    if method is None:
        raise ValueError("a calendar file that goes by mail says its method")
    kind = f"text/calendar; method={method.group(1).decode()}"
    letter.attach_alternative(file.decode().replace("\r\n", "\n"), kind)


def _cases(parts: Iterable[OutboxMail]) -> list[dict[str, Any]]:
    """The parts by office and case, each sentence once; the office is named where somebody works for several."""
    rows = sorted(parts, key=lambda part: (str(part.institution), part.case.number if part.case else "", part.pk))
    several = len({part.institution_id for part in rows}) > 1
    return [
        {
            "institution": institution if several else "",
            "number": number,
            "sentences": list(dict.fromkeys(str(kinds[part.kind].sentence) for part in group)),
        }
        for (institution, number), group in groupby(
            rows, key=lambda part: (str(part.institution), part.case.number if part.case else "")
        )
    ]
