"""Celery only wakes the sweepers: the database is the truth, so a lost or doubled task does no harm."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")

app = Celery("iiz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["iiz.core"], related_name="jobs")
