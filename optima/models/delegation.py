"""What accompanies a delegated case: the Vereinbarung ALV and the structured messages (SH-05 to SH-07, RED-07)."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.models import Case

from ..enums import RequestDecision, RequestKind
from .antrag import LONG_TEXT, Antrag


class Vereinbarung(models.Model):
    """The *Vereinbarung ALV*: released from control duty and job search while a social service leads (SH-05 to SH-07).

    Another period is another one, to be signed again: the former gets ``replaced_at``. ``signed_on`` is the day of the
    client's signature; without it nothing is released. ``ended_on``: the release ended early. ``ended_by_report``: it
    ended, or became void unsigned, because the work offer was reported as intact; the report may be taken back.
    """

    antrag = models.ForeignKey(Antrag, models.CASCADE, related_name="vereinbarungen")
    release_from = models.DateField(_("Befreiung von"))
    release_until = models.DateField(_("Befreiung bis"))
    adviser = models.CharField(_("Beratungsperson beim RAV"), max_length=160)
    adviser_phone = models.CharField(_("Direktwahl"), max_length=40, blank=True)
    fund = models.CharField(_("Zuständige Arbeitslosenkasse"), max_length=160)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    signed_on = models.DateField(_("unterschrieben am"), null=True, blank=True)
    ended_on = models.DateField(_("Befreiung beendet am"), null=True, blank=True)
    ended_note = models.CharField(_("Weshalb sie früher endete"), max_length=300, blank=True)
    ended_by_report = models.BooleanField(default=False, editable=False)
    replaced_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Vereinbarung ALV")
        verbose_name_plural = _("Vereinbarungen ALV")
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["antrag"], condition=Q(replaced_at=None), name="one_vereinbarung_in_force"),
            models.CheckConstraint(
                condition=Q(release_until__gte=F("release_from")), name="release_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.antrag}: {self.release_from:%d.%m.%Y}–{self.release_until:%d.%m.%Y}"

    @property
    def first_day(self) -> dt.date:
        """From when the release counts: its first day as agreed, never before the signature."""
        return max(self.release_from, self.signed_on) if self.signed_on else self.release_from

    @property
    def last_day(self) -> dt.date:
        """The last day of the release, as agreed or as it ended early."""
        return min(self.ended_on, self.release_until) if self.ended_on else self.release_until


class PrincipalRequest(models.Model):
    """A hint for a sanction or a wish for a measure, and what the principal decided (RED-07).

    The portal decides nothing: an order stays the principal's, of which only day and reference are kept (OP-12).
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="principal_requests")
    kind = models.CharField(_("Art"), max_length=10, choices=RequestKind)
    text = models.TextField(_("Worum es geht"), max_length=LONG_TEXT)
    happened_on = models.DateField(_("Wann es geschah"), null=True, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decision = models.CharField(_("Entscheid"), max_length=10, choices=RequestDecision, blank=True)
    answer = models.TextField(_("Antwort"), max_length=LONG_TEXT, blank=True)
    decided_on = models.DateField(_("entschieden am"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Mitteilung an den Auftraggeber")
        verbose_name_plural = _("Mitteilungen an den Auftraggeber")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], condition=Q(decision=""), name="one_open_request_a_kind"),
            models.CheckConstraint(
                condition=Q(decision="", decided_on=None) | (~Q(decision="") & Q(decided_on__isnull=False)),
                name="request_decided_means_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_kind_display()}"
