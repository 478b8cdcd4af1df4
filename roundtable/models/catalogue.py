"""Dated lists that the coordination office keeps: life areas, criteria, reasons (NFR-07)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import DataCategory
from iiz.core.models import Validity

from ..enums import CriterionCheck


class LifeArea(Validity):
    """A *Lebensbereich* under which everybody says how things stand (RT-11). ``category``: who may read it."""

    once_per = ("code",)

    code = models.SlugField(_("Schlüssel"), max_length=60)
    label = models.CharField(_("Bezeichnung"), max_length=120)
    help_text = models.CharField(_("Erklärung"), max_length=300, blank=True)
    category = models.CharField(_("Art der Angaben"), max_length=10, choices=DataCategory)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    class Meta(Validity.Meta):
        verbose_name = _("Lebensbereich")
        verbose_name_plural = _("Lebensbereiche")
        ordering = ["position", "pk"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="life_area_once"),
        ]

    def __str__(self) -> str:
        return self.label


class NotStartedReason(Validity):
    """Why no process was started (OUT-08)."""

    once_per = ("code",)

    code = models.SlugField(_("Schlüssel"), max_length=60)
    label = models.CharField(_("Bezeichnung"), max_length=120)
    needs_text = models.BooleanField(_("verlangt eine Begründung"), default=False)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    class Meta(Validity.Meta):
        verbose_name = _("Grund, keinen Prozess zu starten")
        verbose_name_plural = _("Gründe, keinen Prozess zu starten")
        ordering = ["position", "pk"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="not_started_reason_once"),
        ]

    def __str__(self) -> str:
        return self.label


class CriteriaSet(Validity):
    """The criteria for a Roundtable as they stood at a time; one set a day holds (RT-04 to RT-06).

    A case keeps the set of the day it arrived.
    """

    once_per = ()

    code = models.SlugField(_("Schlüssel"), max_length=60)
    label = models.CharField(_("Bezeichnung"), max_length=120)
    note = models.CharField(_("Hinweis"), max_length=500, blank=True)
    bilateral_note = models.CharField(_("Hinweis bei IV und RAV allein"), max_length=500, blank=True)

    class Meta(Validity.Meta):
        verbose_name = _("Kriterien für einen Roundtable")
        verbose_name_plural = _("Kriterien für einen Roundtable")
        ordering = ["valid_from", "pk"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="criteria_set_once"),
        ]

    def __str__(self) -> str:
        return self.label


class RoundtableCriterion(models.Model):
    """One criterion of a set. Those of one ``block`` stand for each other: one yes is enough.

    ``number`` is how many offices ``CriterionCheck.OFFICES`` asks for. ``usual``: as a rule, not always.
    """

    criteria_set = models.ForeignKey(CriteriaSet, models.CASCADE, related_name="criteria")
    code = models.SlugField(_("Schlüssel"), max_length=60)
    block = models.SlugField(_("Gruppe"), max_length=60)
    text = models.CharField(_("Kriterium"), max_length=300)
    help_text = models.CharField(_("Erklärung"), max_length=300, blank=True)
    check_by = models.CharField(_("Prüfung"), max_length=10, choices=CriterionCheck, default=CriterionCheck.ASKED)
    number = models.PositiveSmallIntegerField(_("Zahl der Stellen"), null=True, blank=True)
    usual = models.BooleanField(_("in der Regel"), default=False)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    class Meta:
        verbose_name = _("Kriterium")
        verbose_name_plural = _("Kriterien")
        ordering = ["criteria_set", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["criteria_set", "code"], name="criterion_once_per_set")]

    def __str__(self) -> str:
        return self.text
