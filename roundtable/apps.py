"""Several institutions agree on one plan with the person."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoundtableConfig(AppConfig):
    """The service Roundtable."""

    name = "roundtable"
    verbose_name = _("Roundtable")
