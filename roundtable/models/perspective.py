"""How one participant sees the situation before the meeting, by life area (RT-09, RT-11)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.models import Case, ScopeLine

from ..enums import IncomeKind
from .catalogue import LifeArea
from .participant import Participant

AREA_LENGTH = 3000
"""The most characters one text of a view may have."""


class Perspective(models.Model):
    """The *Sicht* of one participant: asked for by a day, written as a draft, given, and then shown to others.

    ``draft`` holds the answers as typed, right or wrong, for the participant's own eyes, and is emptied when they are
    given. ``basis`` is the line on which the exchange rested, when it was asked for and again when it was given
    (PER-08). Given again, the rows are replaced. ``version`` counts each change, so that nobody overwrites what was
    not seen.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="perspectives")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="perspectives")
    basis = models.ForeignKey(ScopeLine, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField(_("erbeten bis"))
    message = models.CharField(_("Hinweis"), max_length=500, blank=True)
    draft = models.JSONField(_("Entwurf"), default=dict, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    given_at = models.DateTimeField(_("abgegeben am"), null=True, editable=False)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(_("verzichtet am"), null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Sicht")
        verbose_name_plural = _("Sichten")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(cancelled_at=None), name="one_perspective_per_participant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant}"


class AreaView(models.Model):
    """What somebody says of one life area; at least one of the four is filled."""

    perspective = models.ForeignKey(Perspective, models.CASCADE, related_name="areas")
    area = models.ForeignKey(LifeArea, models.PROTECT, related_name="+")
    state = models.TextField(_("Wie steht es heute?"), max_length=AREA_LENGTH, blank=True)
    difficulties = models.TextField(_("Schwierigkeiten"), max_length=AREA_LENGTH, blank=True)
    resources = models.TextField(_("Ressourcen"), max_length=AREA_LENGTH, blank=True)
    open_questions = models.TextField(_("Offene Fragen"), max_length=AREA_LENGTH, blank=True)

    class Meta:
        verbose_name = _("Sicht auf einen Lebensbereich")
        verbose_name_plural = _("Sichten auf Lebensbereiche")
        ordering = ["area__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["perspective", "area"], name="one_view_per_area")]

    def __str__(self) -> str:
        return f"{self.perspective}: {self.area}"


class PendingDecision(models.Model):
    """Something that an office has still to decide, and when it expects to (RT-12)."""

    perspective = models.ForeignKey(Perspective, models.CASCADE, related_name="decisions")
    text = models.CharField(_("Was noch zu entscheiden ist"), max_length=300)
    expected_on = models.DateField(_("erwartet bis"), null=True, blank=True)
    health = models.BooleanField(_("betrifft die Gesundheit"), default=False)

    class Meta:
        verbose_name = _("hängiger Entscheid")
        verbose_name_plural = _("hängige Entscheide")
        ordering = ["expected_on", "pk"]

    def __str__(self) -> str:
        return self.text


class SickLeave(models.Model):
    """Degree and duration of an incapacity for work (RT-11): health data."""

    perspective = models.ForeignKey(Perspective, models.CASCADE, related_name="sick_leaves")
    percent = models.PositiveSmallIntegerField(
        _("Grad in Prozent"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    since = models.DateField(_("seit"))
    until = models.DateField(_("bis"), null=True, blank=True)
    note = models.CharField(_("Bemerkung"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Arbeitsunfähigkeit")
        verbose_name_plural = _("Arbeitsunfähigkeiten")
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="sick_leave_ends_later"),
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="sick_leave_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"


class Income(models.Model):
    """From what somebody lives, from when to when; ``amount`` in CHF a month where it is known (RT-11)."""

    perspective = models.ForeignKey(Perspective, models.CASCADE, related_name="incomes")
    kind = models.CharField(_("Einkommen"), max_length=20, choices=IncomeKind)
    amount = models.DecimalField(_("CHF pro Monat"), max_digits=8, decimal_places=2, null=True, blank=True)
    since = models.DateField(_("seit"), null=True, blank=True)
    until = models.DateField(_("bis"), null=True, blank=True)
    note = models.CharField(_("Bemerkung"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Einkommen")
        verbose_name_plural = _("Einkommen")
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")), name="income_ends_later"
            ),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="income_not_negative"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
