"""Any *Gespräch* of a case: who is asked when and where, who was there, what was said, who agreed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import MeetingState, Reply, Seat
from .case import Case
from .institution import Institution

if TYPE_CHECKING:
    from ..actor import Actor

NOTE_LENGTH = 5000
"""The most characters a free text of a meeting may have."""


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings as far as somebody may know of them."""

    def visible_to(self, actor: Actor | None) -> MeetingQuerySet:
        """Meetings of the cases that ``actor`` may see.

        Once the client has withdrawn the agreement, each office keeps those it arranged or wrote the note of.
        """
        if actor is None or not actor.sees_cases:
            return self.none()
        mine = Q()
        if not actor.is_coordination:
            mine = Q(case__withdrawn_at=None) | Q(organiser=actor.institution) | Q(chair=actor.institution)
        return self.filter(mine, case__in=Case.objects.visible_to(actor))


class Meeting(models.Model):
    """A *Gespräch* of a case; ``kind`` is declared by the service in ``registry.meeting_kinds``.

    ``sequence`` and ``uid`` belong to its calendar files: a move or a cancellation counts the sequence up.
    ``note`` holds free words; a service may hang a note with fields of its own on the meeting. ``note_version``
    counts each change of the note, so that an agreement is to the words that somebody read (OP-10).
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="meetings")
    kind = models.CharField(_("Art"), max_length=40)
    state = models.CharField(_("Status"), max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    starts_at = models.DateTimeField(_("Beginn"))
    minutes = models.PositiveSmallIntegerField(
        _("Dauer in Minuten"), default=60, validators=[MinValueValidator(10), MaxValueValidator(480)]
    )
    place = models.CharField(_("Ort"), max_length=200, blank=True)
    video_url = models.URLField(_("Link zur Videokonferenz"), max_length=500, blank=True)
    organiser = models.ForeignKey(Institution, models.PROTECT, related_name="+", verbose_name=_("lädt ein"))
    organised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    chair = models.ForeignKey(Institution, models.PROTECT, related_name="+", verbose_name=_("führt das Gespräch"))
    reason = models.CharField(_("Grund"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    held_on = models.DateField(_("geführt am"), null=True)
    note = models.TextField(_("Notiz"), max_length=NOTE_LENGTH, blank=True)
    note_version = models.PositiveIntegerField(default=0, editable=False)
    noted_at = models.DateTimeField(null=True, editable=False)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancel_reason = models.CharField(_("Grund der Absage"), max_length=500, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Gespräch")
        verbose_name_plural = _("Gespräche")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MeetingState.HELD, held_on__isnull=False)
                | (~Q(state=MeetingState.HELD) & Q(held_on=None)),
                name="held_means_held_on",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "starts_at"], name="meeting_of_case"),
            models.Index(fields=["starts_at"], condition=Q(state=MeetingState.PLANNED), name="meeting_planned"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.kind} {timezone.localtime(self.starts_at):%d.%m.%Y %H:%M}"

    @property
    def ends_at(self) -> dt.datetime:
        """When it ends, as planned."""
        return self.starts_at + dt.timedelta(minutes=self.minutes)

    @property
    def planned_day(self) -> dt.date:
        """The local day for which it was planned."""
        return timezone.localdate(self.starts_at)

    @property
    def day(self) -> dt.date:
        """The local day on which it was held, else for which it is planned."""
        return self.held_on or self.planned_day


class Invitee(models.Model):
    """Who sits at the table: a person of an institution, the client, or somebody known by name only.

    The client has neither institution nor user and no name here: pages read it from the case, as far as the
    reader may. Accepted without ``replied_at``: whoever fixed the date thereby said yes. ``agreed`` is the tick under
    the note (nobody signs, OP-10); it counts only for ``agreed_version``.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitees")
    seat = models.CharField(_("Rolle im Gespräch"), max_length=12, choices=Seat)
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("Name"), max_length=120, blank=True)
    ref = models.BigIntegerField(null=True, editable=False)
    """Who it is in the service's own rows, where those are more than an office, a user or a name."""

    reply = models.CharField(_("Antwort"), max_length=10, choices=Reply, default=Reply.OPEN)
    reply_note = models.CharField(_("Bemerkung"), max_length=300, blank=True)
    replied_at = models.DateTimeField(null=True)

    attended = models.BooleanField(_("anwesend"), null=True)
    agreed = models.BooleanField(_("einverstanden"), null=True)
    agreed_version = models.PositiveIntegerField(default=0)
    agreed_at = models.DateTimeField(null=True)
    agreed_recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("eingeladene Person")
        verbose_name_plural = _("eingeladene Personen")
        ordering = ["meeting", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"], condition=Q(user__isnull=False), name="invited_once_per_meeting"
            ),
            models.UniqueConstraint(
                fields=["meeting", "ref"], condition=Q(ref__isnull=False), name="one_seat_per_row_of_the_service"
            ),
            models.UniqueConstraint(fields=["meeting"], condition=Q(seat=Seat.CLIENT), name="one_client_per_meeting"),
            models.CheckConstraint(
                condition=~Q(seat=Seat.CLIENT) | Q(institution=None, user=None), name="client_stands_for_no_office"
            ),
            models.CheckConstraint(
                condition=Q(user=None) | Q(institution__isnull=False), name="invited_user_acts_for_an_office"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.get_seat_display()}"


class CallNoteQuerySet(models.QuerySet["CallNote"]):
    """Notes of phone calls as far as somebody may know of them."""

    def visible_to(self, actor: Actor | None) -> CallNoteQuerySet:
        """Those on cases that ``actor`` may see; after a withdrawal each office keeps its own."""
        if actor is None or not actor.sees_cases:
            return self.none()
        mine = Q() if actor.is_coordination else Q(case__withdrawn_at=None) | Q(institution=actor.institution)
        return self.filter(mine, case__in=Case.objects.visible_to(actor))


class CallNote(models.Model):
    """One line about a phone call or another short contact between meetings (UX-03)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="call_notes")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    called_on = models.DateField(_("am"), default=timezone.localdate)
    text = models.CharField(_("Was wurde besprochen?"), max_length=300)
    noted_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CallNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("Telefonnotiz")
        verbose_name_plural = _("Telefonnotizen")
        ordering = ["-called_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.case}: {self.called_on:%d.%m.%Y}"


class CalendarFeed(models.Model):
    """A private address from which a calendar program fetches the person's own meetings.

    Only the hash of its secret rests here; making a new address revokes the old one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Kalender-Abonnement")
        verbose_name_plural = _("Kalender-Abonnemente")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at=None), name="one_live_calendar_feed"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("created_at")), name="feed_revoked_after_made"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.created_at:%d.%m.%Y}"
