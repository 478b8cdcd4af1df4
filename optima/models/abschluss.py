"""The end of the case work: reason, outcome, cause and result (OP-19, OP-20, OUT-04 to OUT-06)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.models import Case, Meeting

from .antrag import LONG_TEXT, Antrag
from .catalogue import ClosingDetail, ClosingReason


class Abschluss(models.Model):
    """How a case ended: why, by whose decision, and what came of it; the statistics read ``Antrag.outcome``.

    Without a meeting the closure was an exception and says why in ``exception`` (OP-19).
    """

    antrag = models.OneToOneField(Antrag, models.CASCADE, primary_key=True, related_name="abschluss")
    meeting = models.OneToOneField(Meeting, models.PROTECT, null=True, related_name="abschluss")
    reason = models.ForeignKey(ClosingReason, models.PROTECT, related_name="+", verbose_name=_("Grund"))
    causes = models.ManyToManyField(ClosingDetail, related_name="+", verbose_name=_("Ursachen"))
    results = models.ManyToManyField(ClosingDetail, related_name="+", verbose_name=_("Wirkungen"))
    papers = models.TextField(_("Übergebene Unterlagen"), max_length=1000, blank=True)
    note = models.TextField(_("Bemerkung"), max_length=LONG_TEXT, blank=True)
    exception = models.TextField(_("Begründung der Ausnahme"), max_length=LONG_TEXT, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("Abschluss")
        verbose_name_plural = _("Abschlüsse")
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=False) | ~Q(exception=""), name="closed_without_meeting_says_why"
            )
        ]

    def __str__(self) -> str:
        return str(self.antrag)


class Correction(models.Model):
    """Why an ended case was put right; what changed stands in its audit chain, with the keyed hash of this reason."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="corrections")
    reason = models.CharField(_("Grund der Berichtigung"), max_length=500)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("Berichtigung")
        verbose_name_plural = _("Berichtigungen")
        ordering = ["corrected_at", "pk"]

    def __str__(self) -> str:
        return f"{self.case}: {self.reason[:60]}"
