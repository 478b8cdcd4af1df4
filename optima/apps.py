"""Lending the lead of a case to a more competent institution."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OptimaConfig(AppConfig):
    """The service Optima."""

    name = "optima"
    verbose_name = _("Optima")

    def ready(self) -> None:
        """Tell the core of the workflow, the pages and the mails."""
        from iiz.core import notify, registry

        from . import demo, minutes, pages, seed, workflow
        from .views import wegweiser

        registry.register_service(workflow.OPTIMA, pages.PAGES)
        registry.register_meetings(*minutes.KINDS)
        registry.new_links.append(pages.NEW)
        registry.guides.append(wegweiser.GUIDE)
        registry.nav_items.append(wegweiser.NAVIGATION)
        registry.office_links.append((_("Rechtsgrundlagen"), "optima:law"))
        notify.register(*workflow.MAILS)
        registry.seeds.append(seed.seed)
        registry.demos.append((demo.play, demo.load))
