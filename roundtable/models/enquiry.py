"""What comes in at the *Online-Schalter* (RT-02, CAN-AG, PER-10)."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import Service
from iiz.core.models import Case, Municipality

from ..enums import EnquiryKind, EnquiryOutcome, EnquirySender, NoCase

SALT = "roundtable.enquiry"
VALID = dt.timedelta(days=3)
"""How long the link to confirm holds; what nobody has confirmed by then is deleted."""

LOST = Q(outcome=EnquiryOutcome.CASE, case=None, cleared_at=None)
"""A case began, and its draft was discarded: the enquiry waits again."""


def new_nonce() -> str:
    """Something nobody can guess."""
    return secrets.token_hex(16)


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    """Enquiries by where they stand."""

    def confirmed(self) -> EnquiryQuerySet:
        """Those that count: confirmed from the sender's mailbox."""
        return self.filter(confirmed_at__isnull=False)

    def open(self) -> EnquiryQuerySet:
        """Those that wait for the coordination office; a case whose draft was discarded opens its enquiry again."""
        return self.confirmed().filter(Q(handled_at=None) | LOST)

    def handled(self) -> EnquiryQuerySet:
        """Those that wait no longer."""
        return self.confirmed().filter(~LOST, handled_at__isnull=False)


class Enquiry(models.Model):
    """A registration or a question from the public, with as little about people as will do.

    Counts only once it is confirmed from the mailbox of ``email``. ``client_name`` stands there only with that person's
    agreement, never for a question. ``network`` (the sender's network as keyed hash) lives for a day, ``digest`` (a
    keyed hash of all that was typed) until the enquiry is handled: the same twice is one row. ``answer`` went to the
    sender, ``note`` stays with the office. Everything personal is cleared some time after the enquiry was handled, and
    what can be counted remains.
    """

    kind = models.CharField(_("Anliegen"), max_length=20, choices=EnquiryKind)
    sender = models.CharField(_("Wer schreibt"), max_length=20, choices=EnquirySender)
    name = models.CharField(_("Name"), max_length=120, blank=True)
    organisation = models.CharField(_("Institution"), max_length=160, blank=True)
    email = models.EmailField(_("E-Mail"), blank=True)
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    service = models.CharField(_("Dienstleistung"), max_length=20, choices=Service, blank=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Wohngemeinde")
    )
    agreed = models.BooleanField(_("Die Person weiss davon und ist einverstanden"), null=True)
    client_name = models.CharField(_("Name der betroffenen Person"), max_length=120, blank=True)
    text = models.TextField(_("Worum es geht"), max_length=600, blank=True)
    network = models.CharField(max_length=64, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    created_at = models.DateTimeField(_("eingegangen am"), default=timezone.now, db_index=True)
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True)
    handled_at = models.DateTimeField(_("erledigt am"), null=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(_("Ergebnis"), max_length=20, choices=EnquiryOutcome, blank=True)
    reason = models.CharField(_("Warum kein Fall"), max_length=20, choices=NoCase, blank=True)
    note = models.TextField(_("Notiz"), max_length=600, blank=True)
    answer = models.TextField(_("Antwort"), max_length=3000, blank=True)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="enquiries")
    cleared_at = models.DateTimeField(_("Personendaten gelöscht am"), null=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Anfrage")
        verbose_name_plural = _("Anfragen")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="one_enquiry_of_the_same_words"),
            models.CheckConstraint(
                condition=Q(handled_at=None, outcome="") | Q(handled_at__isnull=False, confirmed_at__isnull=False),
                name="only_a_confirmed_enquiry_is_handled",
            ),
            models.CheckConstraint(
                condition=Q(outcome=EnquiryOutcome.NO_CASE.value) & ~Q(reason="")
                | ~Q(outcome=EnquiryOutcome.NO_CASE.value) & Q(reason=""),
                name="an_enquiry_without_a_case_says_why",
            ),
            models.CheckConstraint(condition=Q(client_name="") | Q(agreed=True), name="a_named_client_has_agreed"),
        ]
        indexes = [models.Index(fields=["network", "created_at"], name="enquiry_network")]

    def __str__(self) -> str:
        return gettext("Anfrage %(number)s") % {"number": self.pk}

    @property
    def is_open(self) -> bool:
        """Whether it waits for the coordination office, as :meth:`EnquiryQuerySet.open` says."""
        lost = self.outcome == EnquiryOutcome.CASE and self.case_id is None and self.cleared_at is None
        return self.confirmed_at is not None and (self.handled_at is None or lost)

    @property
    def expires_at(self) -> dt.datetime:
        """Until when it can be confirmed."""
        return self.created_at + VALID

    def token(self) -> str:
        """The secret part of the address under which it is confirmed; good for nothing else."""
        return signing.Signer(salt=SALT).sign_object([self.pk, self.nonce])

    @classmethod
    def from_token(cls, token: str) -> Enquiry | None:
        """The enquiry an address stands for, confirmed or not; ``None`` if there is none, or none any more."""
        try:
            pk, nonce = signing.Signer(salt=SALT).unsign_object(token)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return cls.objects.filter(pk=pk, nonce=nonce).first()
