"""What people say of a meeting afterwards: who was asked, and apart from that, by nobody, what was said (RT-23)."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.models import Meeting

from ..enums import ParticipantKind
from .participant import Participant

TEXT_LENGTH = 1000
QUOTE_LENGTH = 300


class FeedbackRequest(models.Model):
    """Somebody who attended a meeting was asked for feedback; nobody is asked twice for one.

    ``answered`` says that, and not when: a moment would lead to the answer.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="+")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    due_on = models.DateField(_("Rückmeldung bis"))
    answered = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Bitte um Rückmeldung")
        verbose_name_plural = _("Bitten um Rückmeldung")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "participant"], name="nobody_asked_twice_for_feedback")
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.participant}"


def _scale(label: object) -> models.PositiveSmallIntegerField:
    """A mark from 1 (no) to 4 (yes); empty: nothing said."""
    return models.PositiveSmallIntegerField(label, null=True, validators=[MinValueValidator(1), MaxValueValidator(4)])  # type: ignore[arg-type]


class Feedback(models.Model):
    """What somebody said of a meeting. Nothing here leads to a person, a meeting or a case.

    Of a meeting at which one client and three offices sat, an answer with its kind of sender is as good as signed: so
    only the year of the meeting is kept, under a key without an order. A sentence to quote is there only with consent.
    ``shown``: it waited until others could appear with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField(_("Jahr des Gesprächs"))
    sender = models.CharField(_("kommt von"), max_length=12, choices=ParticipantKind)
    helpful = _scale(_("Hat das Gespräch weitergeholfen?"))
    heard = _scale(_("Kam Ihre Sicht zu Wort?"))
    clear = _scale(_("Ist klar, wer was als Nächstes tut?"))
    text = models.TextField(_("Was war gut, was sollte anders sein?"), max_length=TEXT_LENGTH, blank=True)
    quote = models.CharField(_("Ein Satz für den Jahresbericht"), max_length=QUOTE_LENGTH, blank=True)
    quote_agreed = models.BooleanField(_("darf ohne Namen veröffentlicht werden"), default=False)
    shown = models.BooleanField(_("wird gezeigt"), default=False, editable=False)

    class Meta:
        verbose_name = _("Rückmeldung")
        verbose_name_plural = _("Rückmeldungen")
        ordering = ["-year", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quote="") | Q(quote_agreed=True), name="no_quote_without_consent")
        ]
        indexes = [models.Index(fields=["year"], name="feedback_by_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.get_sender_display()}"
