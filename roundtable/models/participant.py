"""Who sits at the table, when all can come, and what somebody is asked to confirm."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.models import Case, Document, Meeting, Participation, ScopeLine

from ..enums import Availability, MeetingKind, ParticipantKind


class Participant(models.Model):
    """Somebody who takes part in a Roundtable (RT-08, PER-09). Never deleted, only ended.

    An office takes part through its ``participation``, which also names the person in charge and says whether it needs
    health data; everybody else has a name and acts by e-mail link. The client has no name here: pages read it from the
    case, as far as the reader may. ``line`` is what the Vollmacht, or the client's wish, says of somebody without an
    office here; that of an office is found by the office.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="participants")
    kind = models.CharField(_("nimmt teil als"), max_length=12, choices=ParticipantKind)
    participation = models.OneToOneField(
        Participation, models.CASCADE, null=True, related_name="participant", verbose_name=_("Stelle")
    )
    line = models.ForeignKey(ScopeLine, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("Name"), max_length=160, blank=True)
    function = models.CharField(_("Funktion oder Beziehung"), max_length=120, blank=True)
    email = models.EmailField(_("E-Mail"), blank=True)
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Teilnehmende Person")
        verbose_name_plural = _("Teilnehmende")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(kind=ParticipantKind.CLIENT, ended_at=None), name="one_client_at_the_table"
            ),
            models.UniqueConstraint(
                "case", Lower("email"), condition=Q(ended_at=None) & ~Q(email=""), name="nobody_listed_twice"
            ),
            models.CheckConstraint(
                condition=Q(kind=ParticipantKind.OFFICE, participation__isnull=False)
                | (~Q(kind=ParticipantKind.OFFICE) & Q(participation=None)),
                name="an_office_takes_part_through_its_participation",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[ParticipantKind.OFFICE, ParticipantKind.CLIENT]) | ~Q(name=""),
                name="whoever_has_no_office_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_kind_display()}"


class DatePoll(models.Model):
    """Dates proposed for one meeting, and what everybody says to them (RT-08). One is open at a time.

    ``meeting`` is what came of it; closed without one, the poll was given up.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="date_polls")
    kind = models.CharField(_("Gespräch"), max_length=40, choices=MeetingKind)
    minutes = models.PositiveSmallIntegerField(
        _("Dauer in Minuten"), default=150, validators=[MinValueValidator(10), MaxValueValidator(480)]
    )
    place = models.CharField(_("Ort"), max_length=200, blank=True)
    answer_by = models.DateField(_("Antwort bis"))
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    meeting = models.OneToOneField(Meeting, models.SET_NULL, null=True, related_name="date_poll")
    asked = models.JSONField(default=list, editable=False)
    """Who is asked, by the keys of the participants; empty: everybody at the table (RT-19)."""
    steps = models.JSONField(default=list, editable=False)
    """The steps that the meeting is to be about, by their keys in the plan (RT-19)."""

    class Meta:
        verbose_name = _("Terminumfrage")
        verbose_name_plural = _("Terminumfragen")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(closed_at=None), name="one_open_date_poll"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.opened_at:%d.%m.%Y}"


class DateOption(models.Model):
    """One proposed date."""

    poll = models.ForeignKey(DatePoll, models.CASCADE, related_name="options")
    starts_at = models.DateTimeField(_("Beginn"))

    class Meta:
        verbose_name = _("Terminvorschlag")
        verbose_name_plural = _("Terminvorschläge")
        ordering = ["starts_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["poll", "starts_at"], name="date_proposed_once")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%d.%m.%Y %H:%M}"


class DateAnswer(models.Model):
    """What one participant says to one proposed date; the last word counts."""

    option = models.ForeignKey(DateOption, models.CASCADE, related_name="answers")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="date_answers")
    answer = models.CharField(_("Antwort"), max_length=5, choices=Availability)
    answered_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("Antwort zum Termin")
        verbose_name_plural = _("Antworten zum Termin")
        constraints = [models.UniqueConstraint(fields=["option", "participant"], name="one_answer_per_date")]

    def __str__(self) -> str:
        return f"{self.option}: {self.get_answer_display()}"


class Confirmation(models.Model):
    """A document that one participant is asked to confirm: as it was sent, by its fingerprint (RT-18 prepared)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="confirmations")
    document = models.ForeignKey(Document, models.PROTECT, related_name="confirmations")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="confirmations")
    sha256 = models.CharField(max_length=64)
    question = models.CharField(_("Was bestätigt wird"), max_length=300)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField(_("Antwort bis"))
    confirmed = models.BooleanField(_("bestätigt"), null=True)
    note = models.CharField(_("Bemerkung"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Bestätigung")
        verbose_name_plural = _("Bestätigungen")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "participant"],
                condition=Q(answered_at=None, cancelled_at=None),
                name="asked_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}: {self.participant}"
