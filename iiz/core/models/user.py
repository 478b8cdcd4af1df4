"""People with an account and what they may do for which institution."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core import signing
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..enums import Role
from .institution import Institution, Validity


class UserManager(BaseUserManager["User"]):
    """Accounts are known by their e-mail address, in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an account; without a password nobody can log in with it yet."""
        if not email:
            raise ValueError("an account needs an e-mail address")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an account for the administration of master data; it sees no case by that."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Find an account whatever the case of the letters typed."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. What they may do comes from memberships alone (ACT-12)."""

    email = models.EmailField(_("E-Mail"), unique=True)
    first_name = models.CharField(_("Vorname"), max_length=80)
    last_name = models.CharField(_("Name"), max_length=80)
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    is_active = models.BooleanField(_("aktiv"), default=True)
    is_staff = models.BooleanField(_("darf Stammdaten verwalten"), default=False)
    date_joined = models.DateTimeField(_("seit"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        verbose_name = _("Konto")
        verbose_name_plural = _("Konten")
        ordering = ["last_name", "first_name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        """First name and name, as shown everywhere."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """The first name."""
        return self.first_name


class Membership(Validity):
    """One role of one person in one institution, from when to when (ACT-12)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="memberships")
    role = models.CharField(_("Rolle"), max_length=20, choices=Role)

    class Meta(Validity.Meta):
        verbose_name = _("Mitgliedschaft")
        verbose_name_plural = _("Mitgliedschaften")
        ordering = ["institution", "user", "role"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(
                fields=["user", "institution", "role"],
                condition=Q(valid_until=None),
                name="one_open_membership",
                violation_error_message=_("Diese Person hat diese Rolle bereits."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.institution}: {self.get_role_display()}"


INVITATION_DAYS = 7
"""For how many days an invitation link works."""

INVITATION_SALT = "iiz.invitation"


class Invitation(models.Model):
    """An invitation by mail to open an account for one institution; the link expires.

    The link is signed at the moment the mail is written, so no secret rests in the database.
    """

    email = models.EmailField(_("E-Mail"))
    first_name = models.CharField(_("Vorname"), max_length=80)
    last_name = models.CharField(_("Name"), max_length=80)
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="invitations")
    roles = models.JSONField(_("Rollen"), default=list)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("gültig bis"))
    accepted_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Einladung")
        verbose_name_plural = _("Einladungen")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "institution"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation",
                violation_error_message=_("Diese Person ist bereits eingeladen."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.institution}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Fill the expiry on the first save."""
        self.email = self.email.strip().lower()
        if not self.expires_at:
            self.expires_at = self.created_at + dt.timedelta(days=INVITATION_DAYS)
        super().save(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        """Whether the link still works."""
        return not self.accepted_at and not self.revoked_at and timezone.now() < self.expires_at

    def token(self) -> str:
        """The secret part of the link, different for each invitation and expiry."""
        return signing.dumps([self.pk, int(self.expires_at.timestamp())], salt=INVITATION_SALT)

    @classmethod
    def from_token(cls, token: str) -> Invitation | None:
        """The invitation a link stands for, open or not; ``None`` when the link was never ours."""
        try:
            pk, expiry = signing.loads(token, salt=INVITATION_SALT)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        invitation = cls.objects.select_related("institution").filter(pk=pk).first()
        if invitation is None or int(invitation.expires_at.timestamp()) != expiry:
            return None
        return invitation
