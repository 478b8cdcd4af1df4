"""The client's signed permission to exchange data: for whom, for which data, until when (PER-06 to PER-10)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import DataCategory, LegalBasis
from .institution import Institution
from .person import Person

if TYPE_CHECKING:
    from ..actor import Actor


def scan_name(scan: Scan, filename: str) -> str:
    """A path without any word of the uploader's."""
    name = uuid.uuid4().hex
    return f"scans/{name[:2]}/{name}"


class Scan(models.Model):
    """A signed paper as a picture; belongs to what was signed, which also says who may read it."""

    file = models.FileField(upload_to=scan_name)
    filename = models.CharField(_("Dateiname"), max_length=160)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("Grösse in Byte"))
    sha256 = models.CharField(max_length=64)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("Scan")
        verbose_name_plural = _("Scans")

    def __str__(self) -> str:
        return self.filename


class VollmachtQuerySet(models.QuerySet["Vollmacht"]):
    """Vollmachten as far as somebody may know of them."""

    def visible_to(self, actor: Actor | None) -> VollmachtQuerySet:
        """Those that ``actor``'s institution keeps, and those on which a case rests that ``actor`` may see.

        One without a case is nobody else's matter, the coordination office's neither (CAN-BL). After a withdrawal a
        case shows it only to the office that registered the case and to the coordination office, as it does the person.
        """
        from .case import Case

        if actor is None or not actor.sees_cases:
            return self.none()
        cases = Case.objects.visible_to(actor).filter(vollmacht=models.OuterRef("pk"))
        if not actor.is_coordination:
            cases = cases.filter(Q(withdrawn_at=None) | Q(registering_institution=actor.institution))
        return self.filter(Q(institution=actor.institution) | models.Exists(cases))


class Vollmacht(models.Model):
    """A signed paper. What was signed never changes: it is narrowed or withdrawn, and widened by a new one.

    It may exist before any case, and makes none (CAN-BL). ``institution`` keeps the original.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="vollmachten")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+", verbose_name=_("liegt bei"))
    signed_on = models.DateField(_("unterschrieben am"))
    valid_until = models.DateField(_("gültig bis"))
    scan = models.OneToOneField(Scan, models.PROTECT, null=True, blank=True, related_name="vollmacht")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_on = models.DateField(_("zurückgezogen am"), null=True, editable=False)
    withdrawal_recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = VollmachtQuerySet.as_manager()

    class Meta:
        verbose_name = _("Vollmacht")
        verbose_name_plural = _("Vollmachten")
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("signed_on")), name="vollmacht_ends_after_its_signature"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("signed_on")),
                name="vollmacht_withdrawn_after_its_signature",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signed_on:%d.%m.%Y}–{self.valid_until:%d.%m.%Y}"

    def holds_on(self, day: dt.date) -> bool:
        """Whether data may be exchanged under it on ``day``."""
        return self.withdrawn_on is None and self.signed_on <= day <= self.valid_until


class ScopeLine(models.Model):
    """For whom a Vollmacht holds, and for which data: one office, or somebody by name (PER-06, PER-09).

    Never changed, only ended: a narrower scope is a new line. A tick for each ``DataCategory`` that this reader may
    get; without any, somebody takes part but gets no data of others. ``basis`` says on what the line rests: the signed
    paper, a wish of the client, or the law among the insurers (PER-08).
    """

    vollmacht = models.ForeignKey(Vollmacht, models.CASCADE, related_name="lines")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("Name"), max_length=160, blank=True)
    situation = models.BooleanField(DataCategory.SITUATION.label, default=False)
    work = models.BooleanField(DataCategory.WORK.label, default=False)
    money = models.BooleanField(DataCategory.MONEY.label, default=False)
    health = models.BooleanField(DataCategory.HEALTH.label, default=False)
    basis = models.CharField(_("Grundlage"), max_length=10, choices=LegalBasis, default=LegalBasis.VOLLMACHT)
    since = models.DateField(_("seit"), default=timezone.localdate)
    ended_at = models.DateTimeField(_("beendet"), null=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Umfang der Vollmacht")
        verbose_name_plural = _("Umfang der Vollmacht")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["vollmacht", "institution"],
                condition=Q(ended_at=None, institution__isnull=False),
                name="one_live_line_per_office",
            ),
            models.UniqueConstraint(
                fields=["vollmacht", "name"],
                condition=Q(ended_at=None, institution=None),
                name="one_live_line_per_name",
            ),
            models.CheckConstraint(
                condition=Q(institution__isnull=False) | ~Q(name=""), name="a_line_names_an_office_or_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.who

    @property
    def who(self) -> str:
        """The office or the name, as shown."""
        return self.institution.name if self.institution else self.name

    @property
    def categories(self) -> list[str]:
        """The kinds of data that it opens, in their order."""
        return [name for name in DataCategory.values if getattr(self, name)]
