"""What the background work does. The database says what is due; Celery only wakes us."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from . import audit, clock, confirmations, delivery, outbox, registry, reminders, workflow
from .models import Heartbeat

logger = logging.getLogger(__name__)

HEARTBEAT = "tick"
COUNTED = (
    "followed",
    "reminded",
    "escalated",
    "reminders_skipped",
    "reminders_failed",
    "asked",
    "sent",
    "postponed",
    "failed",
    "dropped",
    "reads_sealed",
    "purged",
)
"""What a sweep counts, in the order of its parts."""


def sweep(now: dt.datetime | None = None) -> Counter[str]:
    """Everything that is due and not yet done, once; safe to run twice, at once, or after an outage.

    First what follows by itself in cases, so that nobody is reminded of a step that it takes away; then reminders,
    then mail, so that what they queue leaves in the same sweep. One part that fails does not stop the others; the
    first error is raised at the end. Returns the counts named in :data:`COUNTED`.
    """
    now = now or timezone.now()
    counts: Counter[str] = Counter()
    errors: list[Exception] = []
    for part in PARTS:
        try:
            counts += part(now)
        except Exception as error:  # mail must leave though a case cannot be carried on, and the other way round
            logger.exception("the sweep could not finish: %s", part.__name__)
            errors.append(error)
    if errors:
        raise errors[0]
    return +counts


def _follow(now: dt.datetime) -> Counter[str]:
    with clock.at(now):
        return Counter(followed=workflow.catch_up(now))


def _services(now: dt.datetime) -> Counter[str]:
    """What the services themselves do by the calendar."""
    counts: Counter[str] = Counter()
    for part in registry.sweeps:
        counts += part(now)
    return counts


def _seal(now: dt.datetime) -> Counter[str]:
    return Counter(reads_sealed=audit.seal_reads(now))


def _purge(now: dt.datetime) -> Counter[str]:
    """What is thrown away goes by the real day, whatever moment the sweep was called for."""
    return Counter(purged=outbox.purge())


PARTS: tuple[Callable[[dt.datetime], Counter[str]], ...] = (
    _follow,
    reminders.sweep,
    confirmations.sweep,
    _services,
    delivery.deliver,
    _seal,
    _purge,
)


@shared_task(ignore_result=True)
def tick() -> None:
    """One beat of the scheduler: sweep and leave a sign of life."""
    sweep()
    Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"at": timezone.now()})
