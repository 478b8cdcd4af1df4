"""Figures that come without cases."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import Service


class Dimension(models.TextChoices):
    """What a yearly total is told apart by."""

    REGISTRATIONS = "anmeldungen", _("Anmeldungen")
    REGION = "region", _("Wohnregion")
    SEX = "geschlecht", _("Geschlecht")
    AGE = "alter", _("Alter")
    REGISTERING = "anmeldende", _("Anmeldende Institution")


class LegacyTotal(models.Model):
    """How many registrations a year had of which there are no cases, as a whole or with one attribute (REP-03).

    ``value`` is empty for the whole. A year of a service has either totals or cases, never both.
    """

    service = models.CharField(_("Dienstleistung"), max_length=12, choices=Service)
    year = models.PositiveSmallIntegerField(_("Jahr"))
    dimension = models.CharField(_("Merkmal"), max_length=12, choices=Dimension)
    value = models.CharField(_("Ausprägung"), max_length=60, blank=True)
    number = models.PositiveIntegerField(_("Anzahl"))

    class Meta:
        verbose_name = _("Jahrestotal")
        verbose_name_plural = _("Jahrestotale")
        ordering = ["service", "year", "dimension", "value"]
        constraints = [
            models.UniqueConstraint(fields=["service", "year", "dimension", "value"], name="one_total_of_a_kind"),
            models.CheckConstraint(
                condition=models.Q(dimension=Dimension.REGISTRATIONS.value, value="")
                | ~models.Q(dimension=Dimension.REGISTRATIONS.value) & ~models.Q(value=""),
                name="the_whole_has_no_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()} {self.year}, {self.get_dimension_display()} {self.value}: {self.number}"
