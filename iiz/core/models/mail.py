"""What goes out by mail, and how each person wants it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import MailMode, MailTopic, MailTrouble
from .case import Case
from .guest import GuestLink
from .institution import Institution


class OutboxMail(models.Model):
    """A mail to one person, queued in the transaction that caused it, delivered by the sweeper.

    Holds no text: the words belong to ``kind`` and are written at delivery, so neither personal data
    nor secret links rest here. ``key`` makes a second queueing of the same mail impossible. ``retry_from``
    is when the present round of attempts began to fail. ``last_error`` begins with a ``MailTrouble``, then says what
    the mail server answered. A row marked ``digest`` waits to be gathered into the morning's ``bundle``, a mail of
    its own, and counts as sent with it.
    """

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=60)
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, related_name="+")
    guest = models.ForeignKey(GuestLink, models.CASCADE, null=True, related_name="mails")
    address = models.EmailField()
    object_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    retry_from = models.DateTimeField(default=timezone.now)
    digest = models.BooleanField(default=False)
    bundle = models.ForeignKey("self", models.SET_NULL, null=True, related_name="parts")

    class Meta:
        verbose_name = _("Mail")
        verbose_name_plural = _("Mails")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(guest__isnull=False) | Q(case=None),
                name="case_mail_has_a_known_reader",
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(sent_at=None, failed_at=None), name="mail_to_send"),
            models.Index(
                fields=["failed_at", "id"], condition=Q(sent_at=None, failed_at__isnull=False), name="mail_given_up"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def trouble(self) -> MailTrouble | None:
        """Why it has not left; ``None`` if nothing is known to be wrong."""
        code = self.last_error.partition(":")[0]
        return MailTrouble(code) if code in MailTrouble.values else None


class MailPreference(models.Model):
    """How one person wants one topic of mail; without a row the topic's own default holds (principle 7)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_preferences")
    topic = models.CharField(max_length=12, choices=MailTopic)
    mode = models.CharField(max_length=12, choices=MailMode)

    class Meta:
        verbose_name = _("Mail-Einstellung")
        verbose_name_plural = _("Mail-Einstellungen")
        ordering = ["user", "topic"]
        constraints = [
            models.UniqueConstraint(fields=["user", "topic"], name="one_preference_per_topic"),
            models.CheckConstraint(
                condition=~Q(mode=MailMode.NEVER) | Q(topic=MailTopic.NEWS), name="only_news_can_be_silent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.topic}"
