"""Who is the main contact of everybody, and what follows a plan (RT-16, RT-17, RT-19)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.models import Case, Institution, Meeting

from .participant import Participant

NOTE_LENGTH = 300
"""One sentence, at most this many characters."""


class CaseManagement(models.Model):
    """Who takes the *Case Management* from when to when: one participating professional at a time (RT-16).

    Never changed but for its end: the rows are the history. ``reason`` says why it passed on.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="managements")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Person"))
    since = models.DateField(_("seit"))
    until = models.DateField(_("bis"), null=True)
    reason = models.CharField(_("Weshalb der Wechsel?"), max_length=300, blank=True)
    appointed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Case Management")
        verbose_name_plural = _("Case Management")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="one_case_manager"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")), name="management_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.user}"


class ProgressNote(models.Model):
    """One sentence of the case manager to all: how it goes (RT-17)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="status_notes")
    text = models.CharField(_("Wie steht es?"), max_length=NOTE_LENGTH)
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Statusmeldung")
        verbose_name_plural = _("Statusmeldungen")
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return self.text


class MeetingTopic(models.Model):
    """The step that a follow-up meeting is about, by its key in the plan (RT-19)."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="topics")
    key = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("Gegenstand eines Gesprächs")
        verbose_name_plural = _("Gegenstände eines Gesprächs")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "key"], name="meeting_topic_once")]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.key}"
