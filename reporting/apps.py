"""Figures, reports, import and export."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    """Reads all services, owns no cases."""

    name = "reporting"
    verbose_name = _("Berichte")

    def ready(self) -> None:
        """Add the reports to the navigation and the figures to the filters of the case list."""
        from iiz.core import registry

        from . import figures

        registry.case_filters["kennzahl"] = figures.cases_behind
