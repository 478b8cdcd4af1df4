"""Figures, reports, import and export."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    """Reads all services, owns no cases."""

    name = "reporting"
    verbose_name = _("Berichte")

    def ready(self) -> None:
        """Add the reports to the navigation and to *Koordination*, the figures to the filters of the case list."""
        from iiz.core import navigation, registry

        from . import figures
        from .imports.case_rows import VERB

        registry.nav_items.append(
            registry.NavItem(_("Berichte"), "reporting:index", navigation.is_known, 35, "/berichte/")
        )
        registry.office_links += [
            (_("Kennzahlen"), "reporting:optima"),
            (_("Fälle importieren"), "reporting:import"),
        ]
        registry.case_filters["kennzahl"] = figures.cases_behind
        registry.case_filter_words["kennzahl"] = figures.words_behind
        registry.verbs[VERB] = _("hat den Fall aus einer Datei übernommen")
