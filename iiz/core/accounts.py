"""Who belongs to an institution: invitations, roles and leaving (ACT-06, ACT-08, ACT-12).

Each function is one use case: it locks the institution, asks again whether the actor may, writes, and notes
it in the audit stream ``master``. ``NotAllowed`` is a refusal, ``ValidationError`` a sentence for the form.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit, notify
from .actor import Actor
from .enums import WORKING_ROLES, Phase, Role
from .institutions import end_contact, end_entry
from .keeping import STREAM, end, givable_roles, hold
from .models import (
    Case,
    ContactPerson,
    Institution,
    Invitation,
    Membership,
    OutboxMail,
    Participation,
    Signatory,
    Task,
    User,
)
from .models.user import INVITATION_DAYS
from .workflow import NotAllowed

MAIL = "invitation"
KEEPS_CASES = WORKING_ROLES | {Role.COORDINATOR}
"""Roles whose holder can have a case or task in the own name."""


class OpenWork(Exception):
    """Somebody still answers for cases, so the last working role stays until they are handed over (ACT-08)."""

    def __init__(self, cases: list[Case], others: int) -> None:
        super().__init__("open work")
        self.cases, self.others = cases, others


def invitation_path(mail: OutboxMail) -> str:
    """The address of an invitation, signed at the moment the mail is written."""
    assert mail.object_id is not None
    return reverse("core:invitation", args=[Invitation.objects.get(pk=mail.object_id).token()])


def invitation_holds(mail: OutboxMail) -> bool:
    """Whether the invitation can still be accepted."""
    invitation = Invitation.objects.filter(pk=mail.object_id or 0).first()
    return invitation is not None and invitation.is_open


def register() -> None:
    """Make the mail known; called once from ``CoreConfig.ready``."""
    notify.register(
        notify.MailKind(
            MAIL,
            gettext_lazy("Einladung ins IIZ-Portal"),
            gettext_lazy("Sie sind eingeladen, im IIZ-Portal mitzuarbeiten. Der Link gilt sieben Tage."),
            gettext_lazy("Einladung annehmen"),
            invitation_path,
            holds=invitation_holds,
        )
    )


# Invitations ----------------------------------------------------------------------------------------------------


def open_invitations(institution: Institution) -> QuerySet[Invitation]:
    """Invitations nobody has accepted or revoked, the latest first; expired ones among them."""
    found = Invitation.objects.filter(institution=institution, accepted_at=None, revoked_at=None)
    return found.select_related("invited_by").order_by("-created_at", "-pk")


def invite(
    actor: Actor, institution: Institution, first_name: str, last_name: str, email: str, roles: Iterable[str]
) -> Invitation:
    """Invite somebody by mail. Whether an account exists for the address is never told.

    Raises ``ValidationError`` for a member of this institution and for an address that is invited already.
    """
    email, roles = email.strip().lower(), list(roles)
    with transaction.atomic():
        hold(actor, institution)
        if not roles or not set(roles) <= set(givable_roles(actor, institution)):
            raise NotAllowed(_("Diese Rolle vergibt die Koordinationsstelle."))
        if Membership.objects.valid_on().filter(institution=institution, user__email=email).exists():
            raise ValidationError(_("Diese Person gehört bereits zu Ihrer Institution. Ändern Sie dort ihre Rollen."))
        for old in open_invitations(institution).filter(email=email):
            if old.is_open:
                raise ValidationError(
                    _("Diese Person ist bereits eingeladen. Unter «Offene Einladungen» können Sie erneut senden.")
                )
            _revoke(actor, old)
        invitation = Invitation.objects.create(
            email=email,
            first_name=first_name,
            last_name=last_name,
            institution=institution,
            roles=roles,
            invited_by=actor.user,
        )
        changes = {"institution": institution.name, "address": audit.personal(email), "roles": roles}
        audit.record(STREAM, actor, "invited", invitation, changes)
        notify.queue_direct(MAIL, email, invitation.pk, institution)
    return invitation


def resend(actor: Actor, invitation: Invitation) -> None:
    """Send a new link for another seven days; the old one is dead from now on."""
    with transaction.atomic():
        hold(actor, invitation.institution)
        row = _pending(invitation)
        # Links carry the expiry in seconds; two of them within one second would be the same link.
        expiry = timezone.now() + dt.timedelta(days=INVITATION_DAYS)
        row.expires_at = max(expiry, row.expires_at + dt.timedelta(seconds=1))
        row.save(update_fields=["expires_at"])
        audit.record(STREAM, actor, "invitation_resent", row)
        notify.withdraw_direct(MAIL, row.pk)
        notify.queue_direct(MAIL, row.email, row.pk, row.institution)


def revoke(actor: Actor, invitation: Invitation) -> None:
    """Let an invitation end; its link is dead, a mail not yet sent stays unsent."""
    with transaction.atomic():
        hold(actor, invitation.institution)
        _revoke(actor, _pending(invitation))


def _pending(invitation: Invitation) -> Invitation:
    row = Invitation.objects.select_for_update(of=("self",)).select_related("institution").get(pk=invitation.pk)
    if row.accepted_at or row.revoked_at:
        raise ValidationError(_("Diese Einladung ist nicht mehr offen."))
    return row


def _revoke(actor: Actor, invitation: Invitation) -> None:
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    notify.withdraw_direct(MAIL, invitation.pk)
    audit.record(STREAM, actor, "invitation_revoked", invitation)


def account_of(invitation: Invitation) -> User | None:
    """The account that already belongs to the invited address."""
    return User.objects.filter(email=invitation.email).first()


def accept(invitation: Invitation, *, user: User | None = None, password: str | None = None) -> User | None:
    """Take part: open an account with ``password``, or add the roles to the account of ``user``.

    Returns ``None`` when the invitation is no longer open, or when an account for the address has appeared
    in the meantime: the page then shows what holds now.
    """
    try:
        with transaction.atomic():
            row = Invitation.objects.select_for_update(of=("self",)).select_related("institution").get(pk=invitation.pk)
            if not row.is_open or not row.institution.is_active:
                return None
            if user is None:
                user = User.objects.create_user(row.email, password, first_name=row.first_name, last_name=row.last_name)
                audit.record(STREAM, None, "account_opened", user, user=user)
            elif user.email != row.email:
                return None
            row.accepted_at = timezone.now()
            row.save(update_fields=["accepted_at"])
            audit.record(STREAM, None, "invitation_accepted", row, user=user)
            held = Membership.objects.valid_on().filter(user=user, institution=row.institution)
            known = set(held.values_list("role", flat=True))
            for role in row.roles:
                if role not in known:
                    _give(None, user, row.institution, role, by=user)
            return user
    except IntegrityError:  # two invitations for one address, accepted at once: the other one made the account
        return None


# Roles ----------------------------------------------------------------------------------------------------------


def held_roles(institution: Institution, user: User) -> set[str]:
    """The roles of ``user`` in ``institution`` today."""
    return set(_memberships(institution, user).values_list("role", flat=True))


def change_roles(actor: Actor, institution: Institution, user: User, roles: Iterable[str]) -> bool:
    """Let ``user`` hold ``roles`` from now on, as far as ``actor`` may give them; returns whether anything changed.

    Roles that only the coordination office gives stay as they are for a contact person. Raises
    ``ValidationError`` where somebody would be left without a contact person, :class:`OpenWork` where cases would.
    """
    givable = set(givable_roles(actor, institution))
    with transaction.atomic():
        hold(actor, institution)
        held = held_roles(institution, user)
        if not held:
            raise ValidationError(_("Diese Person gehört nicht mehr zur Institution."))
        wanted = (set(roles) & givable) | (held - givable)
        if not wanted:
            raise ValidationError(_("Ohne Rolle gehört niemand zur Institution. Beenden Sie dafür die Mitarbeit."))
        _refuse_end(actor, institution, user, held, held - wanted)
        for row in _memberships(institution, user).filter(role__in=held - wanted):
            _take(actor, row)
        for role in sorted(wanted - held):
            _give(actor, user, institution, role, by=actor.user)
        _end_entries(actor, institution, user, held - wanted)
    return held != wanted


def leave(actor: Actor, institution: Institution, user: User) -> None:
    """End everything ``user`` does for ``institution``, at once. The account stays, and what was written stays.

    Raises as :func:`change_roles` does; open cases are handed over first (ACT-08).
    """
    with transaction.atomic():
        hold(actor, institution)
        held = held_roles(institution, user)
        if not held:
            raise ValidationError(_("Diese Person gehört nicht mehr zur Institution."))
        if not held <= set(givable_roles(actor, institution)):
            raise NotAllowed(_("Diese Person hat eine Rolle, die nur die Koordinationsstelle beenden kann."))
        _refuse_end(actor, institution, user, held, held)
        later = Membership.objects.filter(institution=institution, user=user, valid_from__gt=timezone.localdate())
        for row in [*_memberships(institution, user), *later]:
            _take(actor, row)
        _end_entries(actor, institution, user, held)


def open_work(institution: Institution, user: User) -> QuerySet[Case]:
    """Cases under way that ``user`` answers for in the name of ``institution``; a draft is everybody's there."""
    parts = Participation.objects.filter(institution=institution, user=user, until=None)
    tasks = Task.objects.filter(institution=institution, user=user, done_at=None)
    mine = Q(pk__in=parts.values("case")) | Q(pk__in=tasks.values("case"))
    mine |= Q(lead_institution=institution, lead_user=user)
    return Case.objects.filter(mine).filter(phase=Phase.OPEN).order_by("number")


def _memberships(institution: Institution, user: User) -> QuerySet[Membership]:
    return Membership.objects.valid_on().filter(institution=institution, user=user)


def _refuse_end(actor: Actor, institution: Institution, user: User, held: set[str], ending: set[str]) -> None:
    """Raise if ``ending`` must not end: the own key, the last contact person, work nobody would do."""
    if user == actor.user and ending & {Role.CONTACT, Role.COORDINATOR}:
        raise ValidationError(
            _("Ihre eigene Rolle kann nur eine andere Ansprechperson oder die Koordinationsstelle beenden.")
        )
    if Role.CONTACT in ending:
        others = Membership.objects.valid_on().filter(institution=institution, role=Role.CONTACT)
        if not others.filter(user__is_active=True).exclude(user=user).exists():
            raise ValidationError(
                _("Das ist die letzte Ansprechperson. Geben Sie diese Rolle zuerst einer anderen Person.")
            )
        entries = ContactPerson.objects.for_optima().valid_on().filter(institution=institution)
        if entries.filter(user=user).exists() and not entries.exclude(user=user).exists():
            raise ValidationError(
                _("Diese Person steht als einzige Ansprechperson im Verzeichnis. Tragen Sie zuerst eine andere ein.")
            )
    if ending & KEEPS_CASES and not (held - ending) & KEEPS_CASES:
        work = open_work(institution, user)
        if work.exists():
            shown = list(Case.objects.visible_to(actor).filter(pk__in=work.values("pk")).order_by("number"))
            raise OpenWork(shown, work.count() - len(shown))


def _give(actor: Actor | None, user: User, institution: Institution, role: str, *, by: User) -> None:
    today = timezone.localdate()
    row = Membership.objects.filter(user=user, institution=institution, role=role, valid_until=None).first()
    row = row or Membership(user=user, institution=institution, role=role)
    row.valid_from = today  # a role that was to begin later begins now
    row.save()
    audit.record(STREAM, actor, "role_given", row, _words(row), user=by)


def _take(actor: Actor, row: Membership) -> None:
    end(row)
    audit.record(STREAM, actor, "role_ended", row, _words(row))


def _words(row: Membership) -> dict[str, object]:
    return {"user": row.user_id, "institution": row.institution.name, "role": row.role}


def _end_entries(actor: Actor, institution: Institution, user: User, ended: set[str]) -> None:
    """Whoever is no longer contact person or signatory no longer stands in those lists either."""
    if Role.CONTACT in ended:
        for contact in ContactPerson.objects.valid_on().filter(institution=institution, user=user):
            end_contact(actor, contact)
    if Role.SIGNATORY in ended:
        for signatory in Signatory.objects.valid_on().filter(institution=institution, user=user):
            end_entry(actor, signatory)
