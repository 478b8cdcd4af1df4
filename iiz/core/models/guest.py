"""People without an account: one link, one case, one purpose."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..enums import GuestEnd
from .case import Case
from .institution import Institution

SALT = "iiz.guest"
CODES = "iiz.guest.code"


def new_secret() -> str:
    """Something nobody can guess."""
    return secrets.token_hex(16)


class GuestLink(models.Model):
    """A way in for somebody without an account, to one case and one purpose (RT-08, KG-04).

    The address is signed when its mail is written and opens nothing by itself: it asks for a code, which goes to
    ``email`` alone. ``object_id`` is what the purpose is about, ``ref`` who the guest is in the service's own rows
    (a ``Signatory``), ``office`` for whom the guest acts, as shown. ``opening`` is the secret of the one browser in
    which the link is open. Codes are kept as keyed hashes; ``codes_at`` are the seconds at which they went out.
    """

    purpose = models.CharField(max_length=60)
    case = models.ForeignKey(Case, models.CASCADE, related_name="guest_links")
    object_id = models.BigIntegerField()
    ref = models.BigIntegerField(null=True)
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+")
    office = models.CharField(_("für"), max_length=160)
    name = models.CharField(_("Name"), max_length=160)
    email = models.EmailField(_("E-Mail"))
    sender = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("gesendet am"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("gültig bis"))
    opened_at = models.DateTimeField(_("zuletzt geöffnet"), null=True, editable=False)
    used_at = models.DateTimeField(_("erledigt am"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("gesperrt am"), null=True, editable=False)
    ended_by = models.CharField(_("warum"), max_length=20, choices=GuestEnd, blank=True, editable=False)
    nonce = models.CharField(max_length=32, default=new_secret, editable=False)
    opening = models.CharField(max_length=32, blank=True, editable=False)
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    wrong_tries = models.PositiveSmallIntegerField(_("falsche Codes"), default=0, editable=False)
    codes_at = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("Zugang mit Link")
        verbose_name_plural = _("Zugänge mit Link")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "object_id", "email"],
                condition=Q(used_at=None, revoked_at=None),
                name="one_live_guest_link",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, ended_by="") | Q(revoked_at__isnull=False) & ~Q(ended_by=""),
                name="a_revoked_guest_link_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.object_id}: {self.name}"

    @property
    def signed_name(self) -> str:
        """How the guest stands in the audit and the log of reads: «Vera Muster (Link)»."""
        return gettext("%(name)s (Link)") % {"name": self.name}

    @property
    def masked_email(self) -> str:
        """The address as far as a stranger may see it: ``v…@sozialdienst.example``, not broken after the dots."""
        local, _at, domain = self.email.rpartition("@")
        return f"{local[:1]}…\u2060@{domain}"

    @property
    def is_live(self) -> bool:
        """Whether the link still leads to its purpose, as far as the link itself knows."""
        return self.lives_at(timezone.now())

    def lives_at(self, moment: dt.datetime) -> bool:
        """Whether the link leads to its purpose at ``moment``."""
        return self.used_at is None and self.revoked_at is None and moment < self.expires_at

    def token(self) -> str:
        """The secret part of the address, the same in each mail; until when it holds stands in the row."""
        return signing.Signer(salt=SALT).sign_object([self.pk, self.nonce])

    @classmethod
    def from_token(cls, token: str) -> GuestLink | None:
        """The link an address stands for, live or not; ``None`` when the address was never ours."""
        try:
            pk, nonce = signing.Signer(salt=SALT).unsign_object(token)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return cls.objects.select_related("case", "institution", "sender").filter(pk=pk, nonce=nonce).first()

    def hash_of(self, code: str) -> str:
        """What is kept of a code."""
        return salted_hmac(CODES, f"{self.pk}:{self.nonce}:{code}", algorithm="sha256").hexdigest()
