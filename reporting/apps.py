"""Figures, reports, import and export."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    """Reads all services, owns no cases."""

    name = "reporting"
    verbose_name = _("Berichte")
