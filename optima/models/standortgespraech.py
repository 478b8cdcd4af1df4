"""The note of a Standortgespräch, and what the principal wanted one for."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.models import Case, Institution, Meeting

from ..enums import Continuation
from .antrag import LONG_TEXT


class Standortgespraech(models.Model):
    """Decision, measures and the next date; written by the contractor, unsigned (OP-17, OP-18, OP-21)."""

    meeting = models.OneToOneField(Meeting, models.CASCADE, primary_key=True, related_name="standortgespraech")
    decision = models.CharField(_("Entscheid"), max_length=10, choices=Continuation)
    progress = models.TextField(_("Was wurde getan, was ist erreicht?"), max_length=LONG_TEXT)
    measures = models.TextField(_("Weitere Massnahmen und Vorgehen"), max_length=LONG_TEXT, blank=True)
    next_at = models.DateTimeField(_("Nächstes Standortgespräch"), null=True)
    next_minutes = models.PositiveSmallIntegerField(_("Dauer in Minuten"), default=60)
    next_place = models.CharField(_("Ort"), max_length=200, blank=True)
    next_video_url = models.URLField(_("Link zur Videokonferenz"), max_length=500, blank=True)
    extended_months = models.PositiveSmallIntegerField(
        _("Verlängerung in Monaten"), null=True, validators=[MinValueValidator(1), MaxValueValidator(36)]
    )

    class Meta:
        verbose_name = _("Standortgespräch")
        verbose_name_plural = _("Standortgespräche")
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision=Continuation.CONTINUE) | Q(next_at__isnull=False),
                name="going_on_means_a_next_date",
            ),
            models.CheckConstraint(
                condition=Q(extended_months=None) | Q(decision=Continuation.CONTINUE),
                name="extended_only_when_going_on",
            ),
        ]

    def __str__(self) -> str:
        return str(self.meeting)


class MeetingRequest(models.Model):
    """The principal's wish for an extra meeting, with its important reason, and the contractor's answer (OP-16)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="meeting_requests")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField(_("Wichtiger Grund"), max_length=1000)
    meeting = models.OneToOneField(Meeting, models.SET_NULL, null=True, related_name="request")
    answer = models.CharField(_("Antwort"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Wunsch nach einem Gespräch")
        verbose_name_plural = _("Wünsche nach einem Gespräch")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(answered_at=None), name="one_open_meeting_request")
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.reason[:60]}"
