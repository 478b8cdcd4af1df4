"""Who may sign a Kostengutsprache: listed persons of the payer, up to a limit, never for an own request (KG-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.enums import GuestEnd, Role
from iiz.core.models import GuestLink, Institution, Signatory, User
from iiz.core.templatetags.ui import chf
from iiz.core.templatetags.ui import day as written

from ..enums import SignedHow
from ..models import Kostengutsprache

DECIDE = "kg_decide"
"""The purpose of the link by which a listed person decides without logging in."""
PAUSE = dt.timedelta(hours=1)
"""The least time before all links of a request are sent again."""


@dataclass(frozen=True)
class Signer:
    """A listed person who decides now: logged in as ``actor``, or behind a ``link``."""

    signatory: Signatory
    how: str
    actor: Actor | None = None
    link: GuestLink | None = None

    def is_themselves(self, request: Kostengutsprache) -> bool:
        """Whether login or link are those of the listed person, the link for ``request``."""
        if self.actor is not None:
            return self.signatory.user_id == self.actor.user.pk
        return self.link is not None and (self.link.ref, self.link.object_id) == (self.signatory.pk, request.pk)


def listed(payer: Institution) -> QuerySet[Signatory]:
    """Who may sign for ``payer`` today."""
    rows = Signatory.objects.valid_on(clock.today()).filter(institution=payer).order_by("name")
    return rows.select_related("user").prefetch_related("user__memberships")


def signatory_of(actor: Actor) -> Signatory | None:
    """The entry under which ``actor`` signs for the own institution: today's, else the one that ended last."""
    rows = Signatory.objects.filter(user=actor.user, institution=actor.institution).select_related("user")
    today = next(iter(rows.valid_on(clock.today())), None)
    return today or rows.order_by("-valid_until").first()


def by_login(actor: Actor) -> Signer | None:
    """The actor as somebody who signs; ``None`` if nobody ever listed this person."""
    row = signatory_of(actor)
    return Signer(row, SignedHow.LOGIN, actor) if row is not None else None


def by_link(link: GuestLink) -> Signer | None:
    """Whoever the link was sent to."""
    row = Signatory.objects.filter(pk=link.ref or 0).select_related("user", "institution").first()
    return Signer(row, SignedHow.LINK, link=link) if row is not None else None


def refusal(
    request: Kostengutsprache,
    row: Signatory | None,
    payer: Institution,
    *,
    on_paper: dt.date | None = None,
    told: bool = False,
) -> str:
    """Why this person may not sign now, as a German sentence; empty if nothing hinders.

    What was signed on paper is judged by the day of the signature (``on_paper``), and needs no account. ``told``: it is
    this very person who reads it.
    """
    if row is None or row.institution_id != payer.pk:
        return _("Sie stehen bei %(payer)s nicht in der Liste der zeichnungsberechtigten Personen.") % {"payer": payer}
    day = on_paper or clock.today()
    if not row.holds_on(day):
        if row.valid_until is not None and row.valid_until < day:
            ended = {"day": written(row.valid_until)}
            return _("Die Zeichnungsberechtigung galt bis am %(day)s und ist abgelaufen.") % ended
        return _("Die Zeichnungsberechtigung gilt erst ab dem %(day)s.") % {"day": written(row.valid_from)}
    if on_paper is None and row.ended_at is not None:
        return _("Die Zeichnungsberechtigung ist heute beendet worden.")
    if on_paper is None and row.user is not None:
        if not row.user.is_active:
            return _("Das Konto dieser Person ist gesperrt.")
        if not _signs_in_the_portal(row, row.user):
            return _("Dieses Konto hat die Rolle «Zeichnungsberechtigt» bei %(payer)s nicht.") % {"payer": payer}
    if _asked_themselves(request, row):
        return _("Wer eine Kostengutsprache beantragt, kann sie nicht selbst unterschreiben.")
    if row.limit is not None and request.amount is not None and request.amount > row.limit:
        words = _("Der Betrag von %(amount)s übersteigt, was diese Person unterschreiben darf (%(limit)s).")
        if told:
            words = _("Sie dürfen bis %(limit)s unterschreiben; der Betrag von %(amount)s übersteigt das.")
        return words % {"amount": chf(request.amount), "limit": chf(row.limit)}
    return ""


def _signs_in_the_portal(row: Signatory, user: User) -> bool:
    """Whether the account still has the role: by a link as by a login."""
    today = clock.today()
    here = [held for held in user.memberships.all() if held.institution_id == row.institution_id]
    return any(held.role == Role.SIGNATORY and held.holds_on(today) for held in here)


def _asked_themselves(request: Kostengutsprache, row: Signatory) -> bool:
    """Whether this is who asked or drafted, by account or by address."""
    askers: list[User] = [user for user in (request.requested_by, request.drafted_by) if user is not None]
    if row.user is not None:
        return row.user in askers
    return row.email.casefold() in {user.email.casefold() for user in askers} if row.email else False


def open_to(actor: Actor) -> Q:
    """Which requests the actor may sign: listed today, up to the limit, and not the own ones."""
    own = listed(actor.institution).filter(user=actor.user).filter(Q(limit=None) | Q(limit__gte=OuterRef("amount")))
    return Q(Exists(own)) & ~Q(requested_by=actor.user) & ~Q(drafted_by=actor.user)


def may_sign(request: Kostengutsprache, rows: Iterable[Signatory]) -> list[Signatory]:
    """Those of ``rows`` who may sign ``request`` now."""
    return [row for row in rows if not refusal(request, row, request.payer)]


@dataclass(frozen=True)
class Way:
    """A listed person, why it cannot sign (``reason``), and how the latest link to it stands."""

    signatory: Signatory
    reason: str
    sent_to: str = ""
    standing: str = ""


def ways(request: Kostengutsprache, actor: Actor) -> list[Way]:
    """Whom the payer lists, each with the link that was sent; another office reads the address only masked."""
    links = GuestLink.objects.filter(purpose=DECIDE, object_id=request.pk, case=request.case_id).order_by("pk")
    latest = {link.ref: link for link in links}
    found = []
    for row in listed(request.payer):
        link, reason = latest.get(row.pk), refusal(request, row, request.payer)
        if link is None:
            found.append(Way(row, reason))
            continue
        own = actor.institution.pk == request.payer_id
        found.append(Way(row, reason, link.email if own else link.masked_email, _standing(link)))
    return found


def _standing(link: GuestLink) -> str:
    """How a link stands, in words."""
    if link.used_at is not None:
        return _("benutzt am %(day)s") % {"day": written(timezone.localdate(link.used_at))}
    if link.ended_by == GuestEnd.GUESSED:
        return _("gesperrt: zu oft ein falscher Code")
    if link.revoked_at is not None:
        return _("gesperrt am %(day)s") % {"day": written(timezone.localdate(link.revoked_at))}
    if not link.is_live:
        return _("abgelaufen am %(day)s") % {"day": written(timezone.localdate(link.expires_at))}
    if link.opened_at is not None:
        return _("geöffnet am %(day)s") % {"day": written(timezone.localdate(link.opened_at))}
    return _("gesendet am %(day)s") % {"day": written(timezone.localdate(link.created_at))}
