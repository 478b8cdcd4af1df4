"""Once a year each institution confirms its entry in the directory (ACT-08, NFR-06).

After how many days it is due stands in a dated row, a ``TimeLimit`` of the core; without one nobody is asked. The
contact persons get one mail a year, told in the digest. Who has no contact person is the coordination office's to ask.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import audit, clock, notify, periods
from .actor import Actor, actor_for, members
from .enums import InstitutionKind, MailTopic, Role
from .keeping import STREAM, hold, manages
from .models import Institution, Membership, OutboxMail
from .workdays import is_working_day

SERVICE, WAIT = "core", "confirm_directory"
"""Under which names the dated row stands among the time limits."""
MAIL = "directory_check"


def register() -> None:
    """Make the mail known; called once from ``CoreConfig.ready``."""
    notify.register(
        notify.MailKind(
            MAIL,
            _("Angaben im Verzeichnis bestätigen"),
            _("Bitte bestätigen Sie, dass die Angaben Ihrer Institution im Verzeichnis noch stimmen."),
            _("Angaben ansehen"),
            path=lambda mail: reverse("core:members"),
            topic=MailTopic.NEWS,
            holds=still_asked,
        )
    )


def last_good_day(day: dt.date) -> dt.date | None:
    """On ``day``, what was confirmed later than this is still good; ``None`` if nobody is to confirm anything."""
    row = periods.read(SERVICE).on(day, SERVICE, WAIT)
    return None if row is None or row.days is None else day - dt.timedelta(days=row.days)


def unconfirmed(day: dt.date | None = None) -> QuerySet[Any]:
    """Institutions whose entry nobody has confirmed for too long; each says with ``askable`` whether anybody could."""
    live = Membership.objects.valid_on().filter(institution=OuterRef("pk"), user__is_active=True)
    keepers = Q(role=Role.CONTACT) | Q(role=Role.COORDINATOR, institution__kind=InstitutionKind.COORDINATION)
    rows = Institution.objects.active().annotate(askable=Exists(live.filter(keepers)))
    last = last_good_day(day or timezone.localdate())
    return rows.none() if last is None else rows.filter(Q(confirmed_on=None) | Q(confirmed_on__lte=last))


def is_due(institution: Institution, day: dt.date | None = None) -> bool:
    """Whether the entry of ``institution`` is to be confirmed."""
    last = last_good_day(day or timezone.localdate())
    return last is not None and (institution.confirmed_on is None or institution.confirmed_on <= last)


def waits_for(actor: Actor) -> bool:
    """Whether ``actor`` is to confirm the entry of the own institution; one query, and none for most people."""
    return manages(actor, actor.institution) and is_due(actor.institution)


def confirm(actor: Actor, institution: Institution) -> None:
    """Note that the entry is right today; audited."""
    with transaction.atomic():
        hold(actor, institution)
        row = Institution.objects.get(pk=institution.pk)
        old, row.confirmed_on, row.confirmed_by = row.confirmed_on, timezone.localdate(), actor.user
        row.save(update_fields=["confirmed_on", "confirmed_by"])
        days = [str(old or ""), str(row.confirmed_on)]
        audit.record(STREAM, actor, "directory_confirmed", row, {"confirmed_on": days})


def sweep(now: dt.datetime) -> Counter[str]:
    """Ask the contact persons of each institution that is due, once a year, in the morning of a working day.

    Whoever asks first writes the day of asking in the same transaction as the mails: a second sweeper asks nobody.
    """
    local = timezone.localtime(now)
    day = local.date()
    counts: Counter[str] = Counter()
    if local.time() < notify.MORNING or not is_working_day(day):
        return counts
    last = last_good_day(day)
    not_asked = Q(asked_on=None) | Q(asked_on__lte=last)
    for institution in unconfirmed(day).filter(not_asked, askable=True) if last else ():
        role = Role.COORDINATOR if institution.is_coordination else Role.CONTACT
        with clock.at(now), transaction.atomic():
            if Institution.objects.filter(not_asked, pk=institution.pk).update(asked_on=day):
                counts["asked"] += notify.queue_office(MAIL, institution, members(institution, [role]), mark=day)
    return counts


def still_asked(mail: OutboxMail) -> bool:
    """Whether the entry still waits for a confirmation which the reader of ``mail`` may give."""
    if mail.user is None or mail.institution is None:
        return False
    institution = Institution.objects.get(pk=mail.institution.pk)
    return is_due(institution) and manages(actor_for(mail.user, institution), institution)
