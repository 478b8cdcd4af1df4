"""Mails of the billing: an invoice has come, a month may be billed (FIN-06). Neither names a case or a person."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core import clock, notify
from iiz.core.actor import actor_for, members
from iiz.core.enums import MailTopic, Role
from iiz.core.models import Institution, OutboxMail
from iiz.core.workdays import next_working_day

from .accounts import MAIL, bills, keeps_accounts, survey
from .months import first_of, months_after
from .tariff import Tariff

DUE = "optima_month_to_bill"
LATEST = dt.timedelta(days=6)
"""After an outage somebody is still asked within a week."""


def still_keeps(mail: OutboxMail) -> bool:
    """Whether the reader still keeps the accounts of the office."""
    if mail.user is None or mail.institution is None:
        return False
    return keeps_accounts(actor_for(mail.user, mail.institution))


MAILS = (
    notify.MailKind(
        MAIL,
        _("Neue Rechnung für Optima-Fälle"),
        _("Ihre Institution hat eine Rechnung für Optima-Fälle erhalten; sie liegt im Portal als PDF und als Tabelle."),
        _("Rechnung ansehen"),
        path=lambda mail: reverse("optima:billing"),
        topic=MailTopic.NEWS,
        holds=still_keeps,
    ),
    notify.MailKind(
        DUE,
        _("Monat abrechnen"),
        _("Der letzte Monat ist vorbei: Ihre Institution kann ihre Leistungen in Optima-Fällen verrechnen."),
        _("Abrechnung prüfen"),
        path=lambda mail: reverse("optima:billing"),
        topic=MailTopic.DEADLINE,
        holds=still_keeps,
    ),
)


def sweep(now: dt.datetime) -> Counter[str]:
    """Ask each office that has something to bill, on the first working day after a month, once.

    The mail of a month has its own key: a second sweeper, or a sweep after an outage, asks nobody twice.
    """
    local = timezone.localtime(now)
    today = local.date()
    counts: Counter[str] = Counter()
    first = next_working_day(first_of(today))
    if local.time() < notify.MORNING or not first <= today <= first + LATEST:
        return counts
    month = months_after(first_of(today), -1)
    asked = OutboxMail.objects.filter(kind=DUE, created_at__date__gte=first).values("institution")
    groups = {rate.contractor_group for rate in Tariff.read().rates}
    for office in Institution.objects.active().filter(statistics_group__in=groups).exclude(pk__in=asked):
        with clock.at(now), transaction.atomic():
            if bills(office) and survey(office, month).waiting:
                counts["asked"] += notify.queue_office(DUE, office, members(office, [Role.CONTACT]), mark=month)
    return counts
