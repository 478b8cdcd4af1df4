"""Ways in for people without an account: made, ended, noted (RT-08, KG-04).

A service registers its purposes in ``registry.guest_purposes`` and calls :func:`invite` in the transaction that
causes the mail. Behind the link and its code the purpose's page acts; it notes what the guest read through
:func:`log` and says :func:`fulfil` when the matter is done, or :func:`answered` when it may still be done otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit, clock, notify, registry
from .actor import Actor
from .enums import GuestEnd, MailTopic
from .models import AuditEntry, Case, GuestLink, Institution, OutboxMail, User

LOCKED = "guest_locked"


def invite(
    purpose: str,
    case: Case,
    object_id: int,
    *,
    name: str,
    email: str,
    until: dt.datetime,
    institution: Institution | None = None,
    office: str = "",
    ref: int | None = None,
    by: Actor | None = None,
    mail: str = "",
) -> GuestLink:
    """Give somebody without an account a way in, and queue its mail; in the caller's transaction.

    ``until`` is when the link expires. ``office`` is for whom the guest acts where that is no institution of ours; left
    out, it is the guest's own name. ``by`` may block the link later, as the coordination office may. ``mail`` is the
    kind of its mail where it is not the purpose's. A live link for the same purpose, object and address gives way to
    the new one. Raises ``KeyError`` for a purpose nobody registered.
    """
    kind = mail or registry.guest_purposes[purpose].mail
    email = email.strip().lower()
    with transaction.atomic():
        for old in _live(purpose, object_id).filter(email=email):
            revoke(old, GuestEnd.REPLACED)
        link = GuestLink.objects.create(
            purpose=purpose,
            case=case,
            object_id=object_id,
            ref=ref,
            institution=institution,
            office=office or (institution.name if institution else name),
            name=name,
            email=email,
            sender=by.institution if by else None,
            created_by=by.user if by else None,
            created_at=clock.now(),
            expires_at=until,
        )
        changes = {"purpose": purpose, "office": link.office, "address": audit.personal(email)}
        audit.record(audit.case_stream(case.number), by, "guest_invited", link, changes)
        notify.queue_guest(kind, link)
    return link


def held(link: GuestLink) -> GuestLink:
    """The link as it is now, locked in the caller's transaction.

    Its case is locked first, as by every step in it, so that a deed and an end at once never wait in a circle.
    """
    Case.objects.select_for_update().get(pk=link.case_id)
    rows = GuestLink.objects.select_for_update(of=("self",))
    return rows.select_related("case", "institution", "sender", "created_by").get(pk=link.pk)


def revoke(link: GuestLink, why: str, by: Actor | None = None) -> None:
    """End a link before its time (``why`` is a ``GuestEnd``); its mail stays unsent, an open page closes."""
    with transaction.atomic():
        row = held(link)
        if row.used_at or row.revoked_at:
            return
        end(row, why)
        if is_silent(row) and why != GuestEnd.BLOCKED:
            return  # only links that nobody used end so: the line would tell of the others that they were used
        changes = {"purpose": row.purpose, "office": row.office, "why": why}
        audit.record(audit.case_stream(row.case.number), by, "guest_revoked", row, changes)


def end(row: GuestLink, why: str) -> None:
    """Write the end of a link that the caller holds; what it opens is closed."""
    row.revoked_at, row.ended_by, row.opening, row.code_hash = clock.now(), why, "", ""
    row.save(update_fields=["revoked_at", "ended_by", "opening", "code_hash"])
    OutboxMail.objects.filter(guest=row, sent_at=None).delete()


def revoke_all(purpose: str, object_id: int, why: str = GuestEnd.OVER, by: Actor | None = None) -> None:
    """End every live link to one object: it was decided another way, or is no more."""
    for link in _live(purpose, object_id):
        revoke(link, why, by)


def fulfil(link: GuestLink) -> None:
    """The purpose is done: the link opens nothing any more. Called in the transaction of the deed.

    Raises :class:`Gone` when the link ended meanwhile or somebody was faster with it, so that nothing is done twice.
    """
    with transaction.atomic():
        row = held(link)
        if not row.lives_at(clock.now()):
            raise Gone(_("Dieser Zugang gilt nicht mehr."))
        row.used_at, row.opening, row.code_hash = clock.now(), "", ""
        row.save(update_fields=["used_at", "opening", "code_hash"])
        OutboxMail.objects.filter(guest=row, sent_at=None).delete()


def answered(link: GuestLink) -> None:
    """The guest did what was asked, and may do it otherwise while the link holds: nobody is asked again by mail.

    Called in the transaction of the deed. Raises :class:`Gone` when the link ended meanwhile.
    """
    with transaction.atomic():
        row = held(link)
        if not row.lives_at(clock.now()):
            raise Gone(_("Dieser Zugang gilt nicht mehr."))
        OutboxMail.objects.filter(guest=row, sent_at=None).delete()


class Gone(Exception):
    """The link ended between the look and the deed; the page then says why."""


def log(link: GuestLink, what: str) -> None:
    """Note that the guest read something of the case: it stands in *Zugriff* (principle 8), unless it is silent."""
    if not is_silent(link):
        audit.log_guest_read(link, what)


def is_silent(link: GuestLink) -> bool:
    """Whether nobody may learn that the link was opened or used (``GuestPurpose.silent``)."""
    purpose = registry.guest_purposes.get(link.purpose)
    return purpose is not None and purpose.silent


def record(link: GuestLink, verb: str, obj: Any = None, changes: dict[str, Any] | None = None) -> AuditEntry:
    """Note in the case's chain what the guest did, under the guest's name."""
    return audit.record(audit.case_stream(link.case.number), None, verb, obj, changes, guest=link)


def _live(purpose: str, object_id: int) -> QuerySet[GuestLink]:
    return GuestLink.objects.filter(purpose=purpose, object_id=object_id, used_at=None, revoked_at=None)


def of_case(case: Case) -> QuerySet[GuestLink]:
    """All links of a case, the latest first, for *Zugriff*."""
    return GuestLink.objects.filter(case=case).select_related("sender")


def may_block(link: GuestLink, actor: Actor) -> bool:
    """Whether ``actor`` may end the link: the office that sent it, and the coordination office."""
    return actor.is_coordination or (actor.works_on_cases and link.sender_id == actor.institution.pk)


def hindrance(link: GuestLink) -> str:
    """Why a live link leads nowhere now, as a German sentence; empty if nothing hinders."""
    purpose = registry.guest_purposes.get(link.purpose)
    if purpose is None:
        return _("Der Anlass dieses Zugangs besteht nicht mehr.")
    if link.case.withdrawn_at is not None:
        return _("Das Einverständnis ist zurückgezogen: Es wird nichts mehr ausgetauscht.")
    if link.institution is not None and not link.institution.is_active:
        return _("Die Institution, für die Sie handeln, ist im Portal nicht mehr aktiv.")
    return purpose.hindrance(link)


# Mail -----------------------------------------------------------------------------------------------------------


def mail_kind(
    name: str, subject: Any, sentence: Any, link: Any, due: Callable[[GuestLink], dt.date | None] | None = None
) -> notify.MailKind:
    """The mail that brings a link of some purpose; a service registers it with ``notify.register``.

    It says who sends it and where to ask whether it is real, for its reader knows no portal, and by which day an answer
    is asked for: what ``due`` gives, if that is not over, else the last day of the link.
    """

    def text(mail: OutboxMail) -> str:
        assert mail.guest is not None
        day = due(mail.guest) if due else None
        if day is not None and day >= clock.today():
            asked = _("Bitte antworten Sie bis am %(day)s.") % {"day": f"{day:%d.%m.%Y}"}
        else:
            asked = _("Der Link gilt bis am %(day)s.") % {"day": f"{last_day(mail.guest):%d.%m.%Y}"}
        return f"{asked}\n\n{sender_words(mail.guest)}"

    kind = notify.MailKind(name, subject, sentence, link, mail_path, topic=MailTopic.DECISION, holds=mail_holds)
    return replace(kind, text=text)


def last_day(link: GuestLink) -> dt.date:
    """The last day on which a link holds."""
    return timezone.localdate(link.expires_at - dt.timedelta(seconds=1))


def sender_words(link: GuestLink) -> str:
    """Who sends a mail to somebody without an account, and whom to call; no word about the client."""
    office = link.sender or Institution.objects.coordination()
    if office is None:
        return ""
    who = ", ".join(part for part in (office.name, office.phone) if part)
    return _(
        "Diese Nachricht kommt von: %(who)s. Rufen Sie dort an, wenn Sie Fragen haben oder unsicher sind, ob sie echt "
        "ist."
    ) % {"who": who}


def mail_path(mail: OutboxMail) -> str:
    """The address of a link, signed at the moment the mail is written."""
    assert mail.guest is not None
    return reverse("core:guest", args=[mail.guest.token()])


def mail_holds(mail: OutboxMail) -> bool:
    """Whether the link still leads somewhere."""
    return mail.guest is not None and mail.guest.is_live and not hindrance(mail.guest)


def tell_of_lock(link: GuestLink) -> None:
    """Tell who sent the link, and the coordination office, that somebody guessed too often."""
    to: list[tuple[User, Institution]] = notify.recipients(link.case, "coordination")
    if link.sender is not None:
        to += [(user, link.sender) for user in notify.in_charge(link.sender, link.created_by)]
    notify.queue(LOCKED, link.case, dict.fromkeys(to), object_id=link.pk, mark=LOCKED)


def register() -> None:
    """Make the mail known; called once from ``CoreConfig.ready``."""
    notify.register(
        notify.MailKind(
            LOCKED,
            gettext_lazy("%(number)s: Zugang mit Link gesperrt"),
            gettext_lazy("Bei einem Zugang mit Link wurde zu oft ein falscher Code eingegeben. Er ist jetzt gesperrt."),
            gettext_lazy("Zugriffe ansehen"),
            lambda mail: reverse("core:case_tab", args=[mail.case.number, "zugriff"]) if mail.case else "/",
            topic=MailTopic.DECISION,
        )
    )
