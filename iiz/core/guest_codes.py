"""The one-time code that opens a link of somebody without an account (RT-08, KG-04).

A code goes to the link's own address and nowhere else, so a forwarded link opens nothing. Whoever guesses is soon
stopped: five tries a code, twenty a link, and a locked row, so that many tries at once count one by one.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import audit, guests, letters
from .enums import GuestEnd
from .models import GuestLink
from .models.guest import new_secret

logger = logging.getLogger(__name__)

VALID = dt.timedelta(minutes=10)
PAUSE = dt.timedelta(minutes=1)
"""The least time between two codes for one link."""
PER_HOUR = 5
TRIES = 5
"""Wrong tries after which a code is void."""
TRIES_IN_ALL = 20
"""Wrong tries after which the link is locked for good."""


@dataclass(frozen=True)
class Answer:
    """What came of a code: the secret of the opened page, or the sentence that says why it stays closed."""

    opening: str = ""
    sentence: str = ""


def send(link: GuestLink) -> str:
    """Send a fresh code; an older one is void. Returns why none was sent, as a sentence; empty when it left."""
    now = timezone.now()
    with transaction.atomic():
        row = guests.held(link)
        recent = [moment for moment in row.codes_at if moment > (now - dt.timedelta(hours=1)).timestamp()]
        if recent and recent[-1] > (now - PAUSE).timestamp():
            return _("Eben ging ein Code hinaus. Einen neuen gibt es nach einer Minute.")
        if len(recent) >= PER_HOUR:
            return _("Mehr als fünf Codes in einer Stunde gibt es nicht. Versuchen Sie es später nochmals.")
        code = f"{secrets.randbelow(10**6):06}"
        row.code_hash, row.code_expires_at, row.code_tries = row.hash_of(code), now + VALID, 0
        row.codes_at = [*recent, now.timestamp()]
        row.save(update_fields=["code_hash", "code_expires_at", "code_tries", "codes_at"])
    try:
        letters.code(row, code, guests.sender_words(row)).send()
    except Exception as error:  # any transport may fail in its own way; whoever waits for the code must know
        logger.warning("code of guest link %s failed: %s", row.pk, type(error).__name__)
        GuestLink.objects.filter(pk=row.pk).update(code_hash="")
        return _("Die E-Mail konnte nicht gesendet werden. Versuchen Sie es in einer Minute nochmals.")
    return ""


def awaited(link: GuestLink) -> bool:
    """Whether a code is under way that can still be entered."""
    return bool(link.code_hash) and link.code_expires_at is not None and timezone.now() < link.code_expires_at


def enter(link: GuestLink, code: str) -> Answer:
    """Try a code of six digits. The right one is used up and opens the page in this one browser."""
    with transaction.atomic():
        row = guests.held(link)
        if not row.is_live:
            return Answer(sentence=_("Dieser Zugang gilt nicht mehr."))
        if not awaited(row):
            return Answer(sentence=_("Dieser Code gilt nicht mehr. Lassen Sie sich einen neuen senden."))
        if not constant_time_compare(row.hash_of(code), row.code_hash):
            return Answer(sentence=_wrong(row))
        row.opening, row.opened_at, row.code_hash = new_secret(), timezone.now(), ""
        row.save(update_fields=["opening", "opened_at", "code_hash"])
        guests.log(row, _("Zugang mit Link geöffnet"))
        return Answer(opening=row.opening)


def _wrong(row: GuestLink) -> str:
    """Count a wrong try and say what remains."""
    row.code_tries += 1
    row.wrong_tries += 1
    left = min(TRIES - row.code_tries, TRIES_IN_ALL - row.wrong_tries)
    if left <= 0:
        row.code_hash = ""
    row.save(update_fields=["code_tries", "wrong_tries", "code_hash"])
    if row.wrong_tries >= TRIES_IN_ALL:
        guests.end(row, GuestEnd.GUESSED)
        changes = {"purpose": row.purpose, "office": row.office}
        audit.record(audit.case_stream(row.case.number), None, "guest_locked", row, changes)
        guests.tell_of_lock(row)
        return _("Dieser Zugang ist nach zu vielen falschen Codes gesperrt.")
    if not left:
        return _(
            "Dieser Code ist falsch und gilt jetzt nicht mehr. Bitte warten Sie eine Minute, dann können Sie einen "
            "neuen Code anfordern."
        )
    return ngettext(
        "Dieser Code ist falsch. Sie haben noch %(n)s Versuch.",
        "Dieser Code ist falsch. Sie haben noch %(n)s Versuche.",
        left,
    ) % {"n": left}
