"""What both services share."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """The ground floor of the house."""

    name = "iiz.core"
    label = "core"
    verbose_name = _("Grundlagen")
