"""The Roundtable record of a case: who registered it and why, whether it started, how it ended."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import StatisticsGroup
from iiz.core.models import Case, Institution

from ..enums import Advice, ClosingReason, Solution, StartDecision
from .catalogue import CriteriaSet, NotStartedReason, RoundtableCriterion

LONG_TEXT = 5000
"""The most characters a free text may have."""


class Roundtable(models.Model):
    """What Roundtable knows of a case beside what every case has (RT-01 to RT-07, OUT-07, OUT-08).

    ``registered_office`` registers the case and is the one counted; ``registered_text`` names it where it counts under
    *Andere* (RT-03). The coordination office may write the registration for it. The group is frozen at submission.
    ``self_run``: the office that registered it moderates, not the coordination office (RT-22).
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="roundtable")
    registered_office = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="+", verbose_name=_("anmeldende Institution")
    )
    registered_group = models.CharField(max_length=10, choices=StatisticsGroup, editable=False)
    registered_text = models.CharField(_("anmeldende Stelle, wie sie gezählt wird"), max_length=160, blank=True)
    registered_contact = models.CharField(_("Kontaktperson der anmeldenden Stelle"), max_length=160, blank=True)

    reason = models.TextField(_("Weshalb braucht es einen Roundtable?"), max_length=LONG_TEXT, blank=True)
    wanted = models.TextField(_("Was soll sich ändern?"), max_length=LONG_TEXT, blank=True)
    prior_talk = models.CharField(_("Vorgespräch mit der IIZ-Koordinationsstelle"), max_length=300, blank=True)
    criteria_set = models.ForeignKey(CriteriaSet, models.PROTECT, null=True, related_name="+")
    advice = models.CharField(_("Was die Kriterien sagen"), max_length=15, choices=Advice, blank=True)
    self_run = models.BooleanField(_("ohne die Koordinationsstelle geführt"), default=False)
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    """The form this registration was begun with: sending that form twice must not begin two."""
    submitted_at = models.DateTimeField(_("angemeldet am"), null=True)

    decision = models.CharField(_("Entscheid"), max_length=20, choices=StartDecision, blank=True)
    decided_on = models.DateField(_("entschieden am"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_note = models.TextField(_("Begründung"), max_length=LONG_TEXT, blank=True)
    not_started_reason = models.ForeignKey(
        NotStartedReason, models.PROTECT, null=True, verbose_name=_("Grund, keinen Prozess zu starten")
    )

    closing_reason = models.CharField(_("Abschlussgrund"), max_length=20, choices=ClosingReason, blank=True)
    solution = models.CharField(_("Art der Lösung"), max_length=20, choices=Solution, blank=True)
    closing_note = models.TextField(_("Bemerkung zum Abschluss"), max_length=LONG_TEXT, blank=True)

    class Meta:
        verbose_name = _("Roundtable")
        verbose_name_plural = _("Roundtables")
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_on=None) | (~Q(decision="") & Q(decided_on__isnull=False)),
                name="start_decided_means_date",
            ),
            models.CheckConstraint(
                condition=Q(not_started_reason=None) | Q(decision=StartDecision.NOT_STARTED),
                name="reason_only_if_not_started",
            ),
            models.CheckConstraint(
                condition=Q(closing_reason="") | Q(decision=StartDecision.STARTED), name="only_what_started_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(solution="") | Q(closing_reason=ClosingReason.SOLUTION), name="solution_only_if_led_to_one"
            ),
        ]
        indexes = [models.Index(fields=["decided_on", "decision"], name="roundtable_decided")]

    def __str__(self) -> str:
        return str(self.case)


class CriterionAnswer(models.Model):
    """How a criterion was answered at the registration; ``None``: not known. Kept as it was (RT-06)."""

    roundtable = models.ForeignKey(Roundtable, models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(RoundtableCriterion, models.PROTECT, related_name="+")
    met = models.BooleanField(_("erfüllt"), null=True)

    class Meta:
        verbose_name = _("Antwort zum Kriterium")
        verbose_name_plural = _("Antworten zu den Kriterien")
        ordering = ["criterion__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["roundtable", "criterion"], name="criterion_answered_once")]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.met}"


class RegistrationQuery(models.Model):
    """A question of the coordination office before its decision, and the answer."""

    roundtable = models.ForeignKey(Roundtable, models.CASCADE, related_name="queries")
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
        constraints = [
            models.UniqueConstraint(
                fields=["roundtable"], condition=Q(answered_at=None), name="one_open_registration_query"
            )
        ]

    def __str__(self) -> str:
        return self.question[:60]


class PastMeeting(models.Model):
    """A meeting of an imported case, of which only the day is known, or only between which days it was.

    ``held_on`` empty: it counts only in a period that holds all days from ``not_before`` to ``not_after``.
    """

    roundtable = models.ForeignKey(Roundtable, models.CASCADE, related_name="past_meetings")
    held_on = models.DateField(null=True)
    not_before = models.DateField()
    not_after = models.DateField()
    self_organised = models.BooleanField(_("ohne die Koordinationsstelle"), default=False)

    class Meta:
        verbose_name = _("früheres Gespräch")
        verbose_name_plural = _("frühere Gespräche")
        ordering = ["not_after", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(not_after__gte=F("not_before")), name="past_meeting_between_two_days")
        ]
        indexes = [models.Index(fields=["not_after", "not_before"], name="past_meeting_days")]

    def __str__(self) -> str:
        return f"{self.roundtable}: {self.not_after}"
