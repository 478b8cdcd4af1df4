"""The roof of the house: settings, URLs, process entry points."""

from iiz.celery import app as celery_app

__all__ = ["celery_app"]
