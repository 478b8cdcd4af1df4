"""A case, who takes part in it, and the client's agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase

from ..enums import AgeBand, Origin, ParticipationRole, Phase, Service, Sex
from .institution import Institution
from .person import Person
from .vollmacht import Vollmacht

if TYPE_CHECKING:
    from ..actor import Actor


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases: the one read path of the portal."""

    def visible_to(self, actor: Actor | None) -> CaseQuerySet:
        """Cases which ``actor`` may see – if, and only if, one of these holds:

        - the actor's institution has a permission row on the case that is valid today;
        - the actor works for the coordination office, and the case is not somebody else's draft.

        Strategic staff, the steering group and people without an institution see none (ACT-10).
        Every list, page, search, export, PDF, mail and feed starts here.
        """
        if actor is None or not actor.sees_cases:
            return self.none()
        if actor.is_coordination:
            return self.filter(~Q(phase=Phase.DRAFT) | Q(registering_institution=actor.institution))
        rows = CasePermission.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=timezone.localdate()),
            content_object=models.OuterRef("pk"),
            group_id=actor.group_id,
        )
        return self.filter(models.Exists(rows))


class Case(models.Model):
    """A *Fall* of one service. Only the workflow engine and the bulk loader write ``state`` and ``phase``.

    ``draft`` holds the answers as typed, right or wrong, until the case is submitted; then it is emptied.
    """

    number = models.CharField(_("Fallnummer"), max_length=32, unique=True)
    service = models.CharField(_("Dienstleistung"), max_length=12, choices=Service)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="cases")
    registering_institution = models.ForeignKey(Institution, models.PROTECT, related_name="registered_cases")
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    origin = models.CharField(_("Herkunft"), max_length=10, choices=Origin, default=Origin.LIVE)

    state = models.CharField(_("Status"), max_length=30)
    phase = models.CharField(max_length=6, choices=Phase, default=Phase.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    arrived_on = models.DateField(_("Eingang"), default=timezone.localdate)
    ended_on = models.DateField(_("beendet am"), null=True, blank=True)
    retention_until = models.DateField(_("lesbar bis"), null=True, blank=True)

    lead_institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="led_cases", verbose_name=_("Fallführung")
    )
    lead_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lead_since = models.DateField(_("Fallführung seit"), default=timezone.localdate)
    draft = models.JSONField(_("Entwurf"), default=dict, blank=True, editable=False)
    vollmacht = models.ForeignKey(
        Vollmacht, models.PROTECT, null=True, related_name="cases", verbose_name=_("Vollmacht"), editable=False
    )
    """On what the exchange rests where a service needs a signed permission; the latest one (PER-06)."""
    withdrawn_at = models.DateTimeField(_("Einverständnis zurückgezogen"), null=True, editable=False)
    continues = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="continued_by", verbose_name=_("Fortsetzung von")
    )
    """The case of the other service whose data were carried over (RT-24)."""

    # Frozen at registration, so that a later move or correction never changes a published figure (PER-03).
    arrival_year = models.PositiveSmallIntegerField(_("Eingangsjahr"))
    region = models.CharField(_("Region"), max_length=60, default="unbekannt")
    sex = models.CharField(_("Geschlecht"), max_length=1, choices=Sex, blank=True)
    age_band = models.CharField(_("Alter"), max_length=10, choices=AgeBand, default=AgeBand.UNKNOWN)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("Fall")
        verbose_name_plural = _("Fälle")
        default_permissions = ("view",)
        permissions = [
            ("contribute_case", "may contribute to the case"),
            ("lead_case", "leads the case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(phase=Phase.ENDED, ended_on__isnull=False) | (~Q(phase=Phase.ENDED) & Q(ended_on=None)),
                name="ended_means_end_date",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("arrived_on")), name="no_end_before_arrival"
            ),
        ]
        indexes = [
            models.Index(fields=["phase", "-arrived_on", "-id"], name="case_newest_in_phase"),
            models.Index(fields=["-arrived_on", "-id"], name="case_newest"),
            models.Index(fields=["person"], name="case_person"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The page of this case."""
        return reverse("core:case", args=[self.number])


class CasePermission(GroupObjectPermissionBase):
    """What an institution may do on a case: guardian's group permission with a last day.

    One row per case and institution; only :mod:`iiz.core.access` writes here.
    """

    content_object = models.ForeignKey(Case, models.CASCADE, related_name="permission_rows")
    valid_until = models.DateField(null=True)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        # Replaces guardian's (group, permission, object): the permission *is* the level.
        unique_together = []
        constraints = [models.UniqueConstraint(fields=["content_object", "group"], name="one_level_per_institution")]
        indexes = [models.Index(fields=["group", "content_object"], name="permission_by_group")]


class Participation(models.Model):
    """Who takes part in which role, from when to when. Never deleted, only ended."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="participations")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="participations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="participations"
    )
    role = models.CharField(_("Rolle im Fall"), max_length=20, choices=ParticipationRole)
    since = models.DateField(_("seit"), default=timezone.localdate)
    until = models.DateField(_("bis"), null=True, blank=True)
    health = models.BooleanField(_("braucht Angaben zur Gesundheit"), default=False)
    """Whether the office needs health data for its part in the case; it gets them only if the Vollmacht says so too."""

    class Meta:
        verbose_name = _("Beteiligung")
        verbose_name_plural = _("Beteiligungen")
        ordering = ["case", "since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="participation_end_after_begin"
            ),
            models.UniqueConstraint(
                fields=["case", "role"],
                condition=Q(until=None, role__in=["principal", "contractor", "case_management"]),
                name="one_live_principal_contractor_manager",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution}, {self.get_role_display()}"


class ClientAgreement(models.Model):
    """The client's recorded agreement to take part, and its withdrawal (PER-07)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="agreements")
    agreed_on = models.DateField(_("Einverständnis vom"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_on = models.DateField(_("zurückgezogen am"), null=True, blank=True)
    withdrawal_recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Einverständnis")
        verbose_name_plural = _("Einverständnisse")
        ordering = ["-agreed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("agreed_on")),
                name="agreement_withdrawn_after_given",
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(withdrawn_on=None), name="one_live_agreement"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.agreed_on:%d.%m.%Y}"


class NumberSequence(models.Model):
    """The last case number given out per service and year."""

    service = models.CharField(max_length=12, choices=Service)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "year"], name="one_sequence_per_year")]

    def __str__(self) -> str:
        return f"{self.service} {self.year}: {self.last}"
