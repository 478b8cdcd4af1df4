"""The words of a mail as it leaves: text and HTML, a case number, one sentence and one link (principle 7)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import GuestLink, OutboxMail
from .notify import MailKind, kinds

CASES = 40
"""The most cases that a digest names; the rest it counts."""
CALENDAR_NAME = "einladung.ics"
METHOD = re.compile(rb"^METHOD:([A-Z-]+)", re.MULTILINE)


def message(mail: OutboxMail, kind: MailKind) -> EmailMultiAlternatives:
    """The mail about one thing: its case number, one sentence, one link, and the calendar file if it brings one."""
    title, number = subject(mail, kind), mail.case.number if mail.case else ""
    context = {"title": title, "number": number, "sentence": kind.sentence, "institution": mail.institution}
    context["text"] = kind.text(mail)
    letter = _letter(mail, kind, f"IIZ: {title}" if number else title, "core/mail/notice", context)
    file = kind.calendar(mail) if kind.calendar else None
    if file:
        _offer(letter, file)
        letter.attach(CALENDAR_NAME, file, "application/ics")
    return letter


def subject(mail: OutboxMail, kind: MailKind) -> str:
    """What a mail is about, in a few words."""
    return str(kind.subject) % {"number": mail.case.number if mail.case else ""}


def digest(mail: OutboxMail, kind: MailKind, parts: list[OutboxMail]) -> EmailMultiAlternatives:
    """The mail that gathers ``parts``: one sentence each, under its cases with their links, and one link for all.

    Calendar files come along as attachments, named by the number of their case.
    """
    count = len(parts)
    title = ngettext("%(n)s Neuigkeit", "%(n)s Neuigkeiten", count) % {"n": count}
    groups, more = _groups(parts)
    context = {"title": title, "groups": groups, "more": more}
    letter = _letter(mail, kind, f"IIZ: {title}", "core/mail/digest", context)
    for part in parts:
        calendar = kinds[part.kind].calendar
        file = calendar(part) if calendar else None
        if file and part.case:
            letter.attach(f"{part.case.number}.ics", file, "application/ics")
    return letter


def _letter(
    mail: OutboxMail, kind: MailKind, heading: str, template: str, context: dict[str, Any]
) -> EmailMultiAlternatives:
    context |= {"link": kind.link, "url": _address(mail, kind), "chosen": mail.user is not None}
    return _written(mail.address, heading, template, context, {"Message-ID": message_id(mail)})


def code(link: GuestLink, code: str, sender: str) -> EmailMultiAlternatives:
    """The mail with the code of somebody without an account: the only one that holds a code, and it leads nowhere.

    ``sender`` says from whom it comes.
    """
    title = _("Ihr Code")
    context: dict[str, Any] = {"title": title, "number": link.case.number, "code": f"{code[:3]} {code[3:]}"}
    context |= {"link": "", "url": "", "chosen": False, "institution": link.institution, "sender": sender}
    return _written(link.email, f"IIZ: {title}", "core/mail/code", context, {})


def _written(
    address: str, heading: str, template: str, context: dict[str, Any], headers: dict[str, str]
) -> EmailMultiAlternatives:
    """A mail in text and HTML that no office program answers."""
    context |= {"language": settings.LANGUAGE_CODE}
    text, html = (render_to_string(f"{template}.{ending}", context) for ending in ("txt", "html"))
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", **headers}
    letter = EmailMultiAlternatives(heading, text, None, [address], headers=headers)
    letter.attach_alternative(html, "text/html")
    return letter


def _address(mail: OutboxMail, kind: MailKind) -> str:
    """The whole address to which a mail leads."""
    path = kind.path(mail) if kind.path else (mail.case.get_absolute_url() if mail.case else "/")
    return f"{settings.BASE_URL.rstrip('/')}{path}"


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


def _groups(parts: Iterable[OutboxMail]) -> tuple[list[dict[str, Any]], int]:
    """Cases of which the same is told, each sentence once, and how many cases more there are.

    The office is named where somebody works for several, and where something is about the office itself. ``links`` are
    pairs of case number – or office – and address.
    """
    rows = sorted(parts, key=lambda part: (str(part.institution), part.case.number if part.case else "", part.pk))
    several = len({part.institution_id for part in rows}) > 1
    cases: dict[tuple[str, str], list[OutboxMail]] = {}
    for part in rows:
        named = several or part.case is None
        place = (str(part.institution) if named else "", part.case.number if part.case else "")
        cases.setdefault(place, []).append(part)
    groups: dict[tuple[str, bool, tuple[str, ...]], list[tuple[str, str]]] = {}
    for (institution, number), news in list(cases.items())[:CASES]:
        sentences = tuple(dict.fromkeys(str(kinds[part.kind].sentence) for part in news))
        key = (institution, bool(number), sentences)
        groups.setdefault(key, []).append((number or institution, _address_of_all(news)))
    told = [
        {"institution": institution if of_cases else "", "of_cases": of_cases, "sentences": sentences, "links": links}
        for (institution, of_cases, sentences), links in groups.items()
    ]
    return told, max(0, len(cases) - CASES)


def _address_of_all(news: list[OutboxMail]) -> str:
    """Where the news of one case, or of one office, lead together: to their one address, else to the case."""
    found = {_address(part, kinds[part.kind]) for part in news}
    case = news[0].case
    return f"{settings.BASE_URL.rstrip('/')}{case.get_absolute_url()}" if case and len(found) > 1 else min(found)
