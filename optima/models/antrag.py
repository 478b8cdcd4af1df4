"""The Antrag: what one office asks of another, and what became of it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import StatisticsGroup
from iiz.core.models import Case, ContactPerson, Institution

from ..enums import Decision, IvRest, Outcome, Zielgruppe
from .catalogue import Obstacle, RefusalReason

LONG_TEXT = 5000
"""The most characters a free text of the Antrag may have."""


class Antrag(models.Model):
    """The Optima record of a case: application, decision and end (OP-04, OP-05, OUT-03 to OUT-05).

    The groups are frozen at submission, so that figures survive a change of an institution's kind.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="antrag")
    principal = models.ForeignKey(Institution, models.PROTECT, related_name="+", verbose_name=_("Auftraggeber"))
    principal_group = models.CharField(max_length=10, choices=StatisticsGroup, editable=False)
    contractor = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="+", verbose_name=_("Auftragnehmer")
    )
    contractor_group = models.CharField(max_length=10, choices=StatisticsGroup, blank=True, editable=False)
    contact_person = models.ForeignKey(
        ContactPerson, models.SET_NULL, null=True, blank=True, verbose_name=_("Ansprechperson")
    )
    second_contact = models.CharField(_("Zweite Kontaktperson bei Ihnen"), max_length=160, blank=True)
    planned_months = models.PositiveSmallIntegerField(
        _("Geplante Dauer in Monaten"),
        null=True,
        validators=[MinValueValidator(1), MaxValueValidator(36)],
    )
    situation = models.TextField(_("Ausgangslage"), max_length=LONG_TEXT, blank=True)
    prior_contact = models.CharField(_("Vorgängige Absprache"), max_length=300, blank=True)
    zielgruppe = models.CharField(_("Zielgruppe"), max_length=1, choices=Zielgruppe, blank=True)

    obstacles = models.ManyToManyField(Obstacle, related_name="+", verbose_name=_("Belastungen im Umfeld"))
    wsh_entitled = models.BooleanField(_("Anspruch auf wirtschaftliche Sozialhilfe, noch nicht bezogen"), null=True)

    form_key = models.UUIDField(null=True, unique=True, editable=False)
    """The form this Antrag was begun with: sending that form twice must not begin two."""

    submitted_at = models.DateTimeField(_("eingereicht am"), null=True)
    decision = models.CharField(_("Entscheid"), max_length=20, choices=Decision, blank=True)
    decided_on = models.DateField(_("entschieden am"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_note = models.TextField(_("Bemerkung zum Entscheid"), max_length=LONG_TEXT, blank=True)
    refusal_reason = models.ForeignKey(RefusalReason, models.PROTECT, null=True, verbose_name=_("Ablehnungsgrund"))
    refusal_text = models.TextField(_("Begründung"), max_length=LONG_TEXT, blank=True)
    needs_recoding = models.BooleanField(_("Ablehnungsgrund nachtragen"), default=False)

    handover_on = models.DateField(_("Übergabegespräch am"), null=True)
    started_on = models.DateField(_("Beginn der Fallarbeit"), null=True)
    ended_note = models.TextField(_("Weshalb kein Auftrag zustande kam"), max_length=LONG_TEXT, blank=True)
    planned_until = models.DateField(_("geplantes Ende"), null=True)
    resumed_on = models.DateField(_("wieder aufgenommen am"), null=True)
    resumed = models.JSONField(_("schon wieder aufgenommen"), default=list, editable=False)
    """Which of the lines to take up again the principal has ticked, as they stood there (RED-08)."""

    rav_registered_on = models.DateField(_("beim RAV angemeldet am"), null=True)
    iv_rest = models.CharField(_("IV-Verfahren während Optima"), max_length=10, choices=IvRest, blank=True)
    iv_rest_on = models.DateField(_("sistiert oder abgeschlossen am"), null=True)
    work_offer_restored_on = models.DateField(_("Arbeitsangebot wieder intakt am"), null=True)
    closing_reason = models.CharField(_("Abschlussgrund"), max_length=200, blank=True)
    outcome = models.CharField(_("Ergebnis"), max_length=20, choices=Outcome, blank=True)

    class Meta:
        verbose_name = _("Antrag")
        verbose_name_plural = _("Anträge")
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_on=None) | (~Q(decision="") & Q(decided_on__isnull=False)),
                name="decided_means_decision_date",
            ),
            models.CheckConstraint(
                condition=Q(refusal_reason=None) | Q(decision=Decision.REFUSED), name="reason_only_if_refused"
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.REFUSED) | Q(refusal_reason__isnull=False),
                name="refused_means_reason",
            ),
            models.CheckConstraint(
                condition=~Q(contractor=F("principal")) | Q(contractor=None), name="two_different_offices"
            ),
        ]
        indexes = [
            models.Index(fields=["decided_on", "decision"], name="antrag_decided"),
        ]

    def __str__(self) -> str:
        return str(self.case)


class Goal(models.Model):
    """What shall be reached, and by what one will see it (UX-07)."""

    antrag = models.ForeignKey(Antrag, models.CASCADE, related_name="goals")
    text = models.CharField(_("Ziel"), max_length=500)
    expected_result = models.CharField(_("Woran erkennt man, dass es erreicht ist?"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("Ziel")
        verbose_name_plural = _("Ziele")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class Query(models.Model):
    """A question of the contractor before the decision, and the principal's answer (OP-05)."""

    antrag = models.ForeignKey(Antrag, models.CASCADE, related_name="queries")
    question = models.TextField(_("Rückfrage"), max_length=LONG_TEXT)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.TextField(_("Antwort"), max_length=LONG_TEXT, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Rückfrage")
        verbose_name_plural = _("Rückfragen")
        ordering = ["asked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["antrag"], condition=Q(answered_at=None), name="one_open_query")]

    def __str__(self) -> str:
        return self.question[:60]
