"""The audit chains, their heads, and the log of reads."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One thing that happened. Append-only; triggers refuse update and delete.

    Holds no foreign key, so that it outlives the case and the account it tells of (NFR-04).
    """

    stream = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    at = models.DateTimeField(_("am"), default=timezone.now)
    user_id = models.BigIntegerField(null=True)
    user_name = models.CharField(_("wer"), max_length=170, blank=True)
    institution_id = models.BigIntegerField(null=True)
    institution_name = models.CharField(_("für"), max_length=160, blank=True)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    changes = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("Protokolleintrag")
        verbose_name_plural = _("Protokolleinträge")
        ordering = ["stream", "position"]
        constraints = [models.UniqueConstraint(fields=["stream", "position"], name="audit_chain_position")]

    def __str__(self) -> str:
        return f"{self.stream} #{self.position} {self.verb}"


class AuditHead(models.Model):
    """How long a chain is and how it ends, sealed with the audit key: a cut tail shows."""

    stream = models.CharField(max_length=60, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["stream"]

    def __str__(self) -> str:
        return f"{self.stream}: {self.count}"


class AccessLogEntry(models.Model):
    """Somebody read personal data: one entry a page or file, not a row (principle 8).

    A guest with a link has no account, and may have no institution with us: then only the names stand there.
    """

    at = models.DateTimeField(_("am"), default=timezone.now)
    case_number = models.CharField(max_length=32)
    user_id = models.BigIntegerField(null=True)
    user_name = models.CharField(_("wer"), max_length=170)
    institution_id = models.BigIntegerField(null=True)
    institution_name = models.CharField(_("für"), max_length=160)
    what = models.CharField(_("was"), max_length=120)

    class Meta:
        verbose_name = _("Zugriff")
        verbose_name_plural = _("Zugriffe")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["case_number", "-id"], name="access_log_case")]

    def __str__(self) -> str:
        return f"{self.case_number}: {self.user_name}"
