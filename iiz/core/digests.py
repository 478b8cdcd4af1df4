"""The morning digest: what waits for one person becomes one mail, a row of its own in the outbox.

A part counts as sent with its bundle. Whether its reader may still open the case is asked again at sending; a part
about no case says by its kind whether it still holds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import groupby

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import notify
from .actor import actor_for
from .enums import MailTopic
from .models import Case, OutboxMail, User

KIND = "digest"
PEOPLE = 200
PARTS = 1000
"""The most parts of one digest; what is more waits for the next morning."""


def register() -> None:
    """Make the mail known; called once from ``CoreConfig.ready``."""
    notify.register(
        notify.MailKind(
            KIND,
            _("Neuigkeiten"),
            "",
            _("Pendenzen öffnen"),
            path=lambda mail: reverse("core:tasks"),
            topic=MailTopic.NEWS,
        )
    )


def gather(now: dt.datetime) -> int:
    """Bundle what is due, each person in a transaction of its own; returns how many digests were made.

    The key of a digest names person and day: two sweepers cannot make two, and nobody gets more than one a day. What
    comes too late for today's waits for the next morning.
    """
    made = 0
    waiting = OutboxMail.objects.filter(digest=True, bundle=None, sent_at=None, failed_at=None, due_at__lte=now)
    people = waiting.order_by("user_id").values_list("user_id", flat=True).distinct()
    while found := list(people[:PEOPLE]):
        for user_id in found:
            with transaction.atomic():
                # Whoever waits here for another sweeper finds the rows bundled.
                parts = waiting.select_for_update().filter(user_id=user_id).order_by("pk").values_list("pk", flat=True)
                made += _bundle(user_id, list(parts[:PARTS]), now)
    return made


def _bundle(user_id: int, keys: list[int], now: dt.datetime) -> int:
    if not keys:
        return 0
    parts = OutboxMail.objects.filter(pk__in=keys)
    person = User.objects.get(pk=user_id)
    bundle, is_new = OutboxMail.objects.get_or_create(
        key=f"{KIND}:{user_id}:{timezone.localdate(now).isoformat()}",
        defaults={"kind": KIND, "user": person, "address": person.email, "created_at": now, "due_at": now},
    )
    if is_new:
        parts.update(bundle=bundle)
    else:
        parts.update(due_at=notify.digest_time(now))
    return int(is_new)


@dataclass
class Contents:
    """What has become of the parts of a digest by the time it is sent."""

    told: list[OutboxMail] = field(default_factory=list)
    unreadable: list[OutboxMail] = field(default_factory=list)
    over: list[OutboxMail] = field(default_factory=list)


def contents(bundle: OutboxMail) -> Contents:
    """The parts that may still be told, those whose reader has gone, and those whose reason has."""
    found = Contents()
    rows = bundle.parts.filter(sent_at=None, failed_at=None).select_related("case", "institution", "user")
    for _office, group in groupby(rows.order_by("institution_id", "pk"), key=lambda part: part.institution_id):
        parts = list(group)
        visible = _visible(parts)
        for part in parts:
            kind = notify.kinds.get(part.kind)
            if kind is None or not kind.holds(part):
                found.over.append(part)
            elif part.case_id is None or part.case_id in visible or (kind.opens and kind.opens(part)):
                found.told.append(part)
            else:
                found.unreadable.append(part)
    return found


def _visible(parts: list[OutboxMail]) -> set[int]:
    """The cases of ``parts``, all of one person at one institution, that this person may open today."""
    user, institution = parts[0].user, parts[0].institution
    if user is None or institution is None:
        return set()
    cases = Case.objects.visible_to(actor_for(user, institution))
    keys = [part.case_id for part in parts if part.case_id is not None]
    return set(cases.filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
