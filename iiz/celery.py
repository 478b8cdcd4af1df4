"""Celery only wakes the sweepers: the database is the truth, so a lost or doubled task does no harm."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")

TICK = "iiz.core.jobs.tick"

app = Celery("iiz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["iiz.core"], related_name="jobs")


@worker_ready.connect
def tick_at_start(**kwargs: Any) -> None:
    """Look at once what became due while no worker ran, instead of waiting for the scheduler's first beat."""
    app.send_task(TICK, expires=60)
