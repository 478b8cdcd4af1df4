"""Lending the lead of a case to a more competent institution."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OptimaConfig(AppConfig):
    """The service Optima."""

    name = "optima"
    verbose_name = _("Optima")
