"""What the coordination office does for an account: lost keys, and closing it (ACT-08, NFR-11).

Nobody but the owner ever sets a password; the office sends the link for it, and takes away a second factor whose
telephone is lost, after a call back.
"""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import audit
from .accounts import open_work
from .actor import actors_of
from .enums import Phase, Role
from .http import Request
from .models import Institution, Membership, Participation, User
from .signals import STREAM


def send_password_link(request: Request, user: User) -> None:
    """Send ``user`` the same mail as «Passwort vergessen?» does; noted in the audit stream ``login``."""
    form = ResetPasswordForm({"email": user.email})
    if form.is_valid():
        form.save(request)
        audit.record(STREAM, request.actor, "password_link_sent", user, user=request.user)


def reset_second_factor(request: Request, user: User) -> bool:
    """Take away app and recovery codes, tell the owner by mail; returns whether there was anything to take."""
    with transaction.atomic():
        removed, _rows = Authenticator.objects.filter(user=user).delete()
        if not removed:
            return False
        audit.record(STREAM, request.actor, "mfa_reset", user, user=request.user)
    get_adapter(request).send_notification_mail("mfa/email/totp_deactivated", user, email=user.email)
    return True


def hindrance(user: User) -> str:
    """Why the account of ``user`` cannot be switched off yet, as a German sentence; empty if nothing hinders.

    Open cases are handed over first, and no institution is left without a contact person (ACT-06, ACT-08).
    """
    for actor in actors_of(user):
        cases = list(open_work(actor.institution, user)[:4])
        if cases:
            numbers = ", ".join(case.number for case in cases[:3]) + (" …" if len(cases) > 3 else "")
            return _("%(name)s ist noch für laufende Fälle zuständig (%(numbers)s). Übergeben Sie diese zuerst.") % {
                "name": user,
                "numbers": numbers,
            }
        if Role.CONTACT in actor.roles and not _other_contacts(actor.institution, user):
            sentence = _("%(name)s ist die letzte Ansprechperson von %(office)s. Bestimmen Sie zuerst eine andere.")
            return sentence % {"name": user, "office": actor.institution}
    return ""


def office_hindrance(institution: Institution) -> str:
    """Why ``institution`` cannot be switched off yet: cases under way would have nobody (ACT-08)."""
    live = Participation.objects.filter(institution=institution, until=None, case__phase=Phase.OPEN)
    count = live.values("case").distinct().count()
    if not count:
        return ""
    return ngettext(
        "Diese Institution ist noch an %(count)s laufenden Fall beteiligt. Er muss zuerst enden.",
        "Diese Institution ist noch an %(count)s laufenden Fällen beteiligt. Sie müssen zuerst enden.",
        count,
    ) % {"count": count}


def _other_contacts(institution: Institution, user: User) -> bool:
    live = Membership.objects.valid_on().filter(institution=institution, role=Role.CONTACT, user__is_active=True)
    return live.exclude(user=user).exists()
