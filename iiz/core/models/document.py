"""Files of a case."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..enums import Audience
from .case import Case, Participation
from .institution import Institution
from .vollmacht import ScopeLine

if TYPE_CHECKING:
    from ..actor import Actor


def storage_name(document: Document, filename: str) -> str:
    """A path without any word of the uploader's: a random name in a folder of two letters."""
    name = uuid.uuid4().hex
    return f"documents/{name[:2]}/{name}"


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents as far as somebody may read them."""

    def visible_to(self, actor: Actor | None) -> DocumentQuerySet:
        """Documents whose case ``actor`` may see **and** which are meant for the actor's institution.

        Once the client has withdrawn the agreement, each office keeps what it filed itself.
        The coordination office reads what is meant for the case. What tells of health is read by the offices that need
        it and for which the Vollmacht opens it (PER-10).
        """
        if actor is None or not actor.sees_cases:
            return self.none()
        shared = Q(audience=Audience.CASE)
        if not actor.is_coordination:
            lines = ScopeLine.objects.filter(
                vollmacht=models.OuterRef("case__vollmacht"), institution=actor.institution, ended_at=None, health=True
            )
            needed = Participation.objects.filter(
                case=models.OuterRef("case"), institution=actor.institution, until=None, health=True
            )
            shared &= Q(case__withdrawn_at=None)
            shared &= Q(health=False) | (Q(models.Exists(lines)) & Q(models.Exists(needed)))
        return self.filter(shared | Q(institution=actor.institution), case__in=Case.objects.visible_to(actor))


class Document(models.Model):
    """An uploaded file: checked by content, stored under a random name, served through an access check."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="documents")
    title = models.CharField(_("Bezeichnung"), max_length=160)
    filename = models.CharField(_("Dateiname"), max_length=160)
    file = models.FileField(upload_to=storage_name)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("Grösse in Byte"))
    sha256 = models.CharField(max_length=64)
    audience = models.CharField(_("Für wen"), max_length=10, choices=Audience, default=Audience.CASE)
    health = models.BooleanField(_("enthält Angaben zur Gesundheit"), default=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Dokument")
        verbose_name_plural = _("Dokumente")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def readers_words(self) -> str:
        """For whom it is, as shown: what tells of health is for fewer offices than what does not (PER-10)."""
        if self.health and self.audience == Audience.CASE:
            return gettext("beteiligte Stellen, die Angaben zur Gesundheit brauchen und lesen dürfen")
        return str(self.get_audience_display())
