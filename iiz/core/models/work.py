"""What waits for somebody, until when, who is reminded of it, and the pulse of the background work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import ReminderStep, Role
from .case import Case
from .institution import Institution, Validity

if TYPE_CHECKING:
    from ..actor import Actor


class TaskQuerySet(models.QuerySet["Task"]):
    """Pendenzen as far as somebody may know of them."""

    def visible_to(self, actor: Actor | None) -> TaskQuerySet:
        """What waits for the actor's institution: on a case it may open, or on one part of a case it was asked about.

        Such a part – a Kostengutsprache to pay – has a page of its own, with its own check, and opens nothing else.
        """
        if actor is None or not actor.sees_cases:
            return self.none()
        # Asked row by row: beside an «or» a list of all visible cases would be made for each page.
        opened = Case.objects.visible_to(actor).filter(pk=models.OuterRef("case"))
        return self.filter(~Q(object_id=0) | models.Exists(opened), institution=actor.institution)


class Task(models.Model):
    """A *Pendenz*: what waits for whom, until when. Written by the workflow engine through ``tasks``.

    ``name`` is the name of the waiting row in the service's workflow, which holds the words.
    Without a user it waits for everybody of the institution who holds ``role``. ``object_id`` is the key of the part
    of the case for which it waits, where a row waits for several at once; 0: for the case itself.
    Put off (``snoozed_until``), it keeps its date but is shown apart and reminds nobody until that day.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="tasks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tasks")
    name = models.CharField(max_length=60)
    object_id = models.BigIntegerField(default=0)
    role = models.CharField(max_length=20, choices=Role, blank=True)
    since = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(_("bis"), null=True)
    done_at = models.DateTimeField(null=True)
    snoozed_until = models.DateField(_("zurückgestellt bis"), null=True)
    snooze_reason = models.CharField(_("Grund"), max_length=300, blank=True)
    earlier_reasons = models.JSONField(default=list)
    """Why it was put off the times before, for the timeline."""
    snoozed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("Pendenz")
        verbose_name_plural = _("Pendenzen")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "institution", "name", "object_id"], condition=Q(done_at=None), name="one_open_task"
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until=None) | ~Q(snooze_reason=""), name="put_off_only_with_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "due_on", "id"], condition=Q(done_at=None), name="open_tasks"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.name}"


class TimeLimit(Validity):
    """A *Frist*: how long something may wait, and who is reminded of it when (NFR-06, NFR-07).

    ``wait`` is the name of a waiting row of ``service``. All numbers are days; ``working_days`` makes ``days``
    count working days of the canton. An empty number means: never.
    """

    once_per = ("service", "wait")

    service = models.CharField(_("Dienstleistung"), max_length=12)
    wait = models.CharField(_("Pendenz"), max_length=60)
    days = models.PositiveSmallIntegerField(
        _("Frist in Tagen"), null=True, blank=True, validators=[MaxValueValidator(365)]
    )
    working_days = models.BooleanField(_("in Arbeitstagen"), default=False)
    remind_before = models.PositiveSmallIntegerField(_("Erinnerung vor Ablauf (Tage)"), null=True, blank=True)
    remind_after = models.PositiveSmallIntegerField(_("Erinnerung nach Ablauf (Tage)"), null=True, blank=True)
    deputy_after = models.PositiveSmallIntegerField(_("an die Stellvertretung nach (Tage)"), null=True, blank=True)
    contact_after = models.PositiveSmallIntegerField(_("an die Ansprechperson nach (Tage)"), null=True, blank=True)
    coordinator_after = models.PositiveSmallIntegerField(
        _("an die Koordinationsstelle nach (Tage)"), null=True, blank=True
    )

    class Meta(Validity.Meta):
        verbose_name = _("Frist")
        verbose_name_plural = _("Fristen")
        ordering = ["service", "wait", "-valid_from"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(
                fields=["service", "wait"],
                condition=Q(valid_until=None),
                name="one_open_time_limit",
                violation_error_message=_("Für diese Pendenz gilt bereits eine Frist ohne Ende."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.wait}"


class Reminder(models.Model):
    """The next reminder of an open *Pendenz*: due at a moment, sent once.

    One row per task and step – the unique key – and at most one of a task still to come: when a step is done, the
    next one is written. ``skipped``: its moment passed while nothing ran, and a later step spoke instead.
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="reminders")
    step = models.CharField(max_length=12, choices=ReminderStep)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    skipped = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Erinnerung")
        verbose_name_plural = _("Erinnerungen")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "step"], name="one_reminder_per_task_and_step"),
            models.UniqueConstraint(fields=["task"], condition=Q(done_at=None), name="one_reminder_to_come"),
        ]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(done_at=None), name="reminders_to_come")]

    def __str__(self) -> str:
        return f"{self.task}: {self.step}"


class Substitution(Validity):
    """Who stands in for whom in one institution, from when to when: sees the Pendenzen and gets the reminders."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="substitutions")
    absent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="substituted_by")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="stands_in_for")

    class Meta(Validity.Meta):
        verbose_name = _("Stellvertretung")
        verbose_name_plural = _("Stellvertretungen")
        ordering = ["institution", "valid_from"]
        constraints = [
            *Validity.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(absent=models.F("deputy")),
                name="nobody_is_their_own_deputy",
                violation_error_message=_("Niemand vertritt sich selbst."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} für {self.absent}"


class Heartbeat(models.Model):
    """When a background process was last seen alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.at}"
