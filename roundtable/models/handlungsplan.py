"""The Handlungsplan: one frozen version of analysis, goals and steps, and what becomes of it (RT-11 to RT-18)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.models import Case, Institution, Scan, ServiceOffer

from ..enums import Answer, CorrectionState, DispatchWay, PlanState, SignatureWay, StepState
from .participant import Participant

STEP_LENGTH = 500
"""The most characters of what a step is."""


class Handlungsplan(models.Model):
    """One version, numbered from 1; never deleted, never changed in its words (RT-15, RT-18).

    ``content`` holds analysis, goals and steps as they were, in the shape of :mod:`roundtable.paper`; ``digest`` is its
    fingerprint. A draft is sent to the participants until ``due_on``; the final one is in force until the next is.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="plans")
    number = models.PositiveSmallIntegerField(_("Fassung"))
    state = models.CharField(_("Status"), max_length=10, choices=PlanState, default=PlanState.DRAFT)
    content = models.JSONField(default=dict, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    due_on = models.DateField(_("Rückmeldung bis"), null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    final_at = models.DateTimeField(_("verbindlich seit"), null=True)
    final_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Handlungsplan")
        verbose_name_plural = _("Handlungspläne")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="plan_numbered_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(state=PlanState.DRAFT), name="one_draft_of_a_plan"),
            models.UniqueConstraint(fields=["case"], condition=Q(state=PlanState.FINAL), name="one_plan_in_force"),
            models.CheckConstraint(
                condition=Q(state__in=[PlanState.DRAFT, PlanState.DROPPED], final_at=None)
                | Q(state__in=[PlanState.FINAL, PlanState.REPLACED], final_at__isnull=False),
                name="final_means_final_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}, {self.number}"


class Step(models.Model):
    """One step of a version: what, who, who pays, from when, until when, after which other (RT-13).

    ``key`` is the number of the row in the working paper: the same step in the next version has the same. ``digest`` is
    the fingerprint of its words: unchanged, an acceptance carries over. ``status`` counts only in a final version.
    """

    plan = models.ForeignKey(Handlungsplan, models.CASCADE, related_name="steps")
    key = models.PositiveIntegerField(editable=False)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"))
    what = models.CharField(_("Schritt"), max_length=STEP_LENGTH)
    owner = models.ForeignKey(Participant, models.PROTECT, related_name="+", verbose_name=_("verantwortlich"))
    offer = models.ForeignKey(
        ServiceOffer, models.PROTECT, null=True, related_name="+", verbose_name=_("Angebot im Leistungskatalog")
    )
    payer = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+", verbose_name=_("zahlt"))
    payer_text = models.CharField(_("zahlt"), max_length=160, blank=True)
    starts_on = models.DateField(_("ab"), null=True)
    due_on = models.DateField(_("bis"))
    after = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers", verbose_name=_("nach"))
    health = models.BooleanField(_("betrifft die Gesundheit"), default=False)
    digest = models.CharField(max_length=64, editable=False)

    answer = models.CharField(_("Zusage"), max_length=10, choices=Answer, default=Answer.OPEN)
    entitled = models.BooleanField(_("Anspruch ist gegeben"), default=False)
    answer_note = models.CharField(_("Bemerkung zur Zusage"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at_the_table = models.BooleanField(_("am Gespräch zugesagt"), default=False)
    """Said at the meeting and noted by whoever moderates, not by the office itself."""

    status = models.CharField(_("Stand"), max_length=10, choices=StepState, default=StepState.OPEN)
    status_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Schritt")
        verbose_name_plural = _("Schritte")
        ordering = ["plan", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="step_once_per_plan"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(due_on__gte=F("starts_on")), name="step_is_due_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return self.what


class StepReport(models.Model):
    """How a step stands, as its owner said at a time (RT-17); the newest is the step's ``status``."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="reports")
    status = models.CharField(_("Stand"), max_length=10, choices=StepState)
    note = models.CharField(_("Bemerkung"), max_length=300, blank=True)
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Stand eines Schritts")
        verbose_name_plural = _("Stände von Schritten")
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.step}: {self.get_status_display()}"


class Review(models.Model):
    """Somebody is asked to read a draft: agreed, or corrections (RT-18)."""

    plan = models.ForeignKey(Handlungsplan, models.CASCADE, related_name="reviews")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    agreed = models.BooleanField(_("einverstanden"), null=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Durchsicht")
        verbose_name_plural = _("Durchsichten")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "participant"], name="one_review_a_participant")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.participant}"


class Correction(models.Model):
    """What somebody wants changed in a draft, where, and what became of it. ``place`` is the name of a part."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="corrections")
    place = models.CharField(_("Stelle im Dokument"), max_length=120)
    place_label = models.CharField(max_length=300)
    text = models.TextField(_("Was stimmt nicht?"), max_length=1000)
    state = models.CharField(_("Stand"), max_length=10, choices=CorrectionState, default=CorrectionState.OPEN)
    answer = models.CharField(_("Antwort"), max_length=300, blank=True)
    handled_at = models.DateTimeField(null=True, editable=False)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Korrektur")
        verbose_name_plural = _("Korrekturen")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


class Signature(models.Model):
    """The client's signature under one version: a scan of the paper, or drawn on a screen (RT-15).

    ``digest`` is the fingerprint of the words that were signed.
    """

    plan = models.OneToOneField(Handlungsplan, models.PROTECT, related_name="signature")
    way = models.CharField(_("Art"), max_length=10, choices=SignatureWay)
    signed_on = models.DateField(_("unterschrieben am"))
    picture = models.ForeignKey(Scan, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """Who took it at the office; nobody if the client drew it behind a link."""

    class Meta:
        verbose_name = _("Unterschrift")
        verbose_name_plural = _("Unterschriften")

    def __str__(self) -> str:
        return f"{self.plan}: {self.signed_on:%d.%m.%Y}"


def copy_name(copy: PlanCopy, filename: str) -> str:
    """A path without any word of the case."""
    name = uuid.uuid4().hex
    return f"plans/{name[:2]}/{name}"


class PlanCopy(models.Model):
    """A version as PDF for those who may read the same kinds of data; made once, kept as it was sent (PER-10).

    ``kinds`` are ``DataCategory`` values in their order, comma between; ``plain``: the summary in plain language.
    """

    plan = models.ForeignKey(Handlungsplan, models.CASCADE, related_name="copies")
    kinds = models.CharField(max_length=60)
    plain = models.BooleanField(default=False)
    file = models.FileField(upload_to=copy_name)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("Ausfertigung")
        verbose_name_plural = _("Ausfertigungen")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "kinds", "plain"], name="one_copy_a_kind")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.kinds}"


class Dispatch(models.Model):
    """To whom a version went, how and when (RT-18). Never changed; sent again is another row."""

    plan = models.ForeignKey(Handlungsplan, models.CASCADE, related_name="dispatches")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    way = models.CharField(_("Weg"), max_length=10, choices=DispatchWay)
    copy = models.ForeignKey(PlanCopy, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(_("versandt am"), default=timezone.now, editable=False)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Versand")
        verbose_name_plural = _("Versand")
        ordering = ["sent_at", "pk"]

    def __str__(self) -> str:
        return f"{self.plan}: {self.participant}"
