"""The note of the hand-over meeting: exactly four contents (OP-09)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from iiz.core.models import Meeting

from .antrag import LONG_TEXT


class Uebergabegespraech(models.Model):
    """What was agreed at the hand-over, written by the contractor's adviser (OP-08, OP-09, CON-18).

    The four contents: start of case work · next Standortgespräch · planned measures, strategy, Kostengutsprache ·
    the client's statement of being able and willing to work (with a social service as contractor: of agreeing and
    cooperating). Changing it needs a new tick of everybody (``Meeting.note_version``).
    """

    meeting = models.OneToOneField(Meeting, models.CASCADE, primary_key=True, related_name="uebergabegespraech")
    starts_on = models.DateField(_("Beginn der Fallarbeit"))
    next_at = models.DateTimeField(_("Nächstes Standortgespräch"))
    next_minutes = models.PositiveSmallIntegerField(_("Dauer in Minuten"), default=60)
    next_place = models.CharField(_("Ort"), max_length=200, blank=True)
    next_video_url = models.URLField(_("Link zur Videokonferenz"), max_length=500, blank=True)
    measures = models.TextField(_("Geplante Massnahmen, Vorgehen, Kostengutsprache"), max_length=LONG_TEXT)
    statement = models.BooleanField(_("Erklärung der Klientin oder des Klienten"))
    statement_note = models.CharField(_("Bemerkung dazu"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Übergabegespräch")
        verbose_name_plural = _("Übergabegespräche")

    def __str__(self) -> str:
        return str(self.meeting)
