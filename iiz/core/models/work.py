"""What waits for somebody, what goes out by mail, and the pulse of the background work."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import Role
from .case import Case
from .institution import Institution


class Task(models.Model):
    """A *Pendenz*: what waits for whom, until when. Written by the workflow engine through ``tasks``.

    ``name`` is the name of the waiting row in the service's workflow, which holds the words.
    Without a user it waits for everybody of the institution with one of ``roles``.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="tasks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tasks")
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=20, choices=Role, blank=True)
    since = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(_("bis"), null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Pendenz")
        verbose_name_plural = _("Pendenzen")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "institution", "name"], condition=Q(done_at=None), name="one_open_task"
            )
        ]
        indexes = [
            models.Index(fields=["institution", "due_on", "id"], condition=Q(done_at=None), name="open_tasks"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.name}"


class OutboxMail(models.Model):
    """A mail to one person, queued in the transaction that caused it, delivered by the sweeper.

    Holds no text: the words belong to ``kind`` and are written at delivery, so neither personal data
    nor secret links rest here. ``key`` makes a second queueing of the same mail impossible.
    """

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=60)
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, related_name="+")
    address = models.EmailField()
    object_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("Mail")
        verbose_name_plural = _("Mails")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(user__isnull=False) | Q(case=None), name="case_mail_has_a_known_reader")
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(sent_at=None, failed_at=None), name="mail_to_send")
        ]

    def __str__(self) -> str:
        return self.key


class Heartbeat(models.Model):
    """When a background process was last seen alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.at}"
