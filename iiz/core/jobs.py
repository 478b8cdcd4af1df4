"""What the background work does. The database says what is due; Celery only wakes us."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from celery import shared_task
from django.utils import timezone

from . import audit, delivery
from .models import Heartbeat

HEARTBEAT = "tick"


def sweep(now: dt.datetime | None = None) -> Counter[str]:
    """Everything that is due and not yet done, once; safe to run twice, at once, or after an outage.

    Returns counts: mails ``sent``, ``postponed``, ``failed``, and ``reads_sealed``.
    """
    now = now or timezone.now()
    counts = delivery.deliver(now)
    counts["reads_sealed"] += audit.seal_reads(now)
    return counts


@shared_task(ignore_result=True)
def tick() -> None:
    """One beat of the scheduler: sweep and leave a sign of life."""
    sweep()
    Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"at": timezone.now()})
