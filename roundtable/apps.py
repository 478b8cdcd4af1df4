"""Several institutions agree on one plan with the person."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoundtableConfig(AppConfig):
    """The service Roundtable."""

    name = "roundtable"
    verbose_name = _("Roundtable")

    def ready(self) -> None:
        """Tell the core of the service."""
        from iiz.core import registry

        from . import introduction

        registry.introductions.append(introduction.INTRODUCTION)
