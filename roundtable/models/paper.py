"""What is typed at a meeting: the working paper of a case, one row a field (RT-10, RT-11, RT-13)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.models import Case, Invitee

CELL_LENGTH = 5000
"""The most characters one field may have."""


class Cell(models.Model):
    """One field of the working paper as it was typed last, right or wrong; ``name`` as in :mod:`roundtable.paper`.

    ``revision`` counts the changes of the whole paper: whoever has seen revision 7 asks for what came after it.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="cells")
    name = models.CharField(max_length=120)
    text = models.TextField(max_length=CELL_LENGTH, blank=True)
    revision = models.PositiveIntegerField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("Feld des Arbeitspapiers")
        verbose_name_plural = _("Felder des Arbeitspapiers")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="one_cell_of_a_name")]
        indexes = [models.Index(fields=["case", "revision"], name="cell_revision")]

    def __str__(self) -> str:
        return f"{self.case}: {self.name}"


class OldCell(models.Model):
    """What stood in a field before somebody else wrote over it: kept until the next Handlungsplan is final."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="old_cells")
    name = models.CharField(max_length=120)
    text = models.TextField(max_length=CELL_LENGTH, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("früherer Wortlaut")
        verbose_name_plural = _("frühere Wortlaute")
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["case", "name"], name="old_cell_of_case")]

    def __str__(self) -> str:
        return f"{self.case}: {self.name}"


class Attendance(models.Model):
    """In which part of a meeting somebody sat: the professionals' part, the part with the client (RT-10)."""

    invitee = models.OneToOneField(Invitee, models.CASCADE, related_name="attendance")
    first = models.BooleanField(_("im ersten Teil"), default=False)
    second = models.BooleanField(_("im zweiten Teil"), default=False)

    class Meta:
        verbose_name = _("Anwesenheit")
        verbose_name_plural = _("Anwesenheiten")

    def __str__(self) -> str:
        return str(self.invitee)
