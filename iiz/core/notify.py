"""The one writer of the mail outbox. A mail is a case number, one sentence and one link (principle 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from . import clock
from .actor import actor_for, members
from .enums import WORKING_ROLES, InstitutionKind, Role
from .models import Case, Institution, OutboxMail, User


@dataclass(frozen=True)
class MailKind:
    """One kind of mail: its subject (may use ``%(number)s``), its sentence, and the word on its link.

    ``path`` gives the address of the link at delivery; without it the link leads to the case.
    """

    name: str
    subject: Any
    sentence: Any
    link: Any
    path: Callable[[OutboxMail], str] | None = None


kinds: dict[str, MailKind] = {}


def register(*rows: MailKind) -> None:
    """Make kinds of mail known; called from ``AppConfig.ready``."""
    for row in rows:
        kinds[row.name] = row


def queue(
    kind: str,
    case: Case,
    to: Iterable[tuple[User, Institution]],
    *,
    beside: User | None = None,
    object_id: int | None = None,
    mark: object = None,
) -> int:
    """Queue one mail per person, in the caller's transaction; returns how many.

    ``beside`` (who did it) is left out. The same kind for the same version of a case is queued once; for a mail about
    one object of it (``object_id``, such as a meeting) ``mark`` stands for the version.
    Raises ``KeyError`` for a kind that nobody registered.
    """
    version = (case.version,) if object_id is None else (object_id, mark)
    rows = [
        OutboxMail(
            key=":".join(str(part) for part in (kind, case.number, *version, user.pk)),
            kind=kinds[kind].name,
            case=case,
            user=user,
            institution=institution,
            address=user.email,
            object_id=object_id,
            created_at=clock.now(),
            due_at=clock.now(),
        )
        for user, institution in to
        if user != beside
    ]
    OutboxMail.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def supersede(case: Case, object_id: int, to: Iterable[User], prefix: str) -> None:
    """Take back what is still unsent about one object to these people, because something newer says it all."""
    OutboxMail.objects.filter(
        case=case, object_id=object_id, user__in=list(to), kind__startswith=prefix, sent_at=None, bundle=None
    ).delete()


def queue_direct(kind: str, address: str, object_id: int, institution: Institution | None = None) -> None:
    """Queue a mail that belongs to no case (an invitation) to an address without an account."""
    OutboxMail.objects.create(
        key=f"{kind}:{object_id}:{address}:{timezone.now():%Y%m%d%H%M%S%f}",
        kind=kinds[kind].name,
        address=address,
        object_id=object_id,
        institution=institution,
    )


def withdraw_direct(kind: str, object_id: int) -> None:
    """Take back mails of :func:`queue_direct` that have not left yet."""
    OutboxMail.objects.filter(kind=kind, object_id=object_id, sent_at=None).delete()


def recipients(case: Case, party: str) -> list[tuple[User, Institution]]:
    """Who on one side of the case hears of it: the person in charge, else the contacts, else all who work.

    Only people who may open the case today as members of that institution.
    """
    if party == "coordination":
        offices = Institution.objects.active().filter(kind=InstitutionKind.COORDINATION)
        found = [(user, office) for office in offices for user in members(office, [Role.COORDINATOR])]
    else:
        found = []
        for row in case.participations.select_related("institution", "user").filter(role=party, until=None):
            found += [(user, row.institution) for user in _in_charge(row.institution, row.user)]
    return [(user, institution) for user, institution in found if _may_read(case, user, institution)]


def _in_charge(institution: Institution, user: User | None) -> list[User]:
    if user is not None:
        actor = actor_for(user, institution)
        if actor is not None and actor.works_on_cases:
            return [user]
    return members(institution, [Role.CONTACT]) or members(institution, WORKING_ROLES)


def _may_read(case: Case, user: User, institution: Institution) -> bool:
    actor = actor_for(user, institution)
    return Case.objects.visible_to(actor).filter(pk=case.pk).exists()
