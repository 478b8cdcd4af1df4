"""The one writer of the mail outbox. A mail is a case number, one sentence and one link (principle 7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from . import clock, parties
from .actor import actor_for, members
from .enums import WORKING_ROLES, InstitutionKind, MailMode, MailTopic, Role
from .models import Case, GuestLink, Institution, MailPreference, OutboxMail, User
from .workdays import next_working_day

MORNING = dt.time(7)
"""When the digest of a working day goes out, local time: the hour of the reminders, so that they come along."""

DEFAULT_MODES: dict[str, str] = {
    MailTopic.DECISION: MailMode.AT_ONCE,
    MailTopic.DEADLINE: MailMode.AT_ONCE,
    MailTopic.MEETING: MailMode.AT_ONCE,
    MailTopic.NEWS: MailMode.DIGEST,
}
"""How mail comes to somebody who has not chosen."""


def no_text(mail: OutboxMail) -> str:
    """What a mail says below its sentence, where nobody wrote anything."""
    return ""


def always(mail: OutboxMail) -> bool:
    """Whether the reason for a mail still holds, where nothing can change it."""
    return True


@dataclass(frozen=True)
class MailKind:
    """One kind of mail: its subject (may use ``%(number)s``), its sentence, and the word on its link.

    ``path`` gives the address of the link at delivery; without it the link leads to the case. ``topic`` is what people
    choose by how it comes. ``calendar`` gives a calendar file to send along, as it stands at delivery. ``holds`` says
    at delivery whether the reason for the mail still holds; if not, it is not sent. ``opens`` says at delivery whether
    the reader may open what it leads to, where that is a part of a case and not the case. ``text`` gives at delivery
    what there is to say to this very reader, below the sentence; never words about a client.
    """

    name: str
    subject: Any
    sentence: Any
    link: Any
    path: Callable[[OutboxMail], str] | None = None
    topic: str = MailTopic.NEWS
    calendar: Callable[[OutboxMail], bytes | None] | None = None
    holds: Callable[[OutboxMail], bool] = always
    opens: Callable[[OutboxMail], bool] | None = None
    text: Callable[[OutboxMail], str] = no_text


@dataclass(frozen=True)
class Notice:
    """One mail about one case to several people; the fields are those of :func:`queue`."""

    kind: str
    case: Case
    to: tuple[tuple[User, Institution], ...]
    object_id: int | None = None
    mark: object = None
    digest: bool = False


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
    digest: bool = False,
) -> int:
    """Queue one mail per person, in the caller's transaction; returns how many.

    ``beside`` (who did it) is left out, and who wants no mail of this topic. The same kind for the same version of a
    case is queued once; for a mail about one object of it (``object_id``, such as a meeting) ``mark`` stands for the
    version. With ``digest`` it waits for the morning whatever people prefer: for whoever would get many at once.
    Raises ``KeyError`` for a kind that nobody registered.
    """
    people = tuple((user, institution) for user, institution in to if user != beside)
    return queue_all([Notice(kind, case, people, object_id, mark, digest)])


def queue_all(notices: Iterable[Notice]) -> int:
    """Queue many mails as :func:`queue` does one; an insert, and one query for each topic among them."""
    by_topic: dict[str, list[Notice]] = {}
    for notice in notices:
        by_topic.setdefault(kinds[notice.kind].topic, []).append(notice)
    rows = [row for topic, found in by_topic.items() for row in _rows(topic, found)]
    OutboxMail.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _rows(topic: str, notices: list[Notice]) -> Iterator[OutboxMail]:
    chosen = modes(topic, {user for notice in notices for user, _institution in notice.to})
    now = clock.now()
    morning = digest_time(now, today=topic == MailTopic.DEADLINE)
    for notice in notices:
        case, object_id = notice.case, notice.object_id
        version = (case.version,) if object_id is None else (object_id, notice.mark)
        for user, institution in notice.to:
            if chosen[user.pk] == MailMode.NEVER:
                continue
            gathered = notice.digest or chosen[user.pk] == MailMode.DIGEST
            yield OutboxMail(
                key=":".join(str(part) for part in (notice.kind, case.number, *version, user.pk)),
                kind=notice.kind,
                case=case,
                user=user,
                institution=institution,
                address=user.email,
                object_id=object_id,
                created_at=now,
                due_at=morning if gathered else now,
                digest=gathered,
            )


def queue_office(kind: str, institution: Institution, to: Iterable[User], mark: object) -> int:
    """Queue a mail about an institution, not about a case, to people of it; returns how many.

    The same kind with the same ``mark`` is queued once for each. Its ``holds`` asks whether they still belong there.
    """
    return queue_offices(kind, [(institution, to, mark)])


def queue_offices(kind: str, offices: Iterable[tuple[Institution, Iterable[User], object]]) -> int:
    """Queue such mails for several institutions, each with its people and its mark, with two queries."""
    wanted = [(office, user, mark) for office, people, mark in offices for user in people]
    chosen = modes(kinds[kind].topic, (user for _office, user, _mark in wanted))
    now = clock.now()
    rows = [
        OutboxMail(
            key=f"{kind}:{office.pk}:{mark}:{user.pk}",
            kind=kind,
            user=user,
            institution=office,
            address=user.email,
            object_id=office.pk,
            created_at=now,
            due_at=digest_time(now) if chosen[user.pk] == MailMode.DIGEST else now,
            digest=chosen[user.pk] == MailMode.DIGEST,
        )
        for office, user, mark in wanted
        if chosen[user.pk] != MailMode.NEVER
    ]
    OutboxMail.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def modes(topic: str, users: Iterable[User]) -> dict[int, str]:
    """How each of ``users`` wants mail of one topic, by primary key; one query."""
    found = dict.fromkeys((user.pk for user in users), DEFAULT_MODES[topic])
    rows = MailPreference.objects.filter(topic=topic, user__in=list(found)) if found else []
    return found | {row.user_id: row.mode for row in rows}


def choices_of(user: User) -> dict[str, str]:
    """How ``user`` wants mail of each topic."""
    return DEFAULT_MODES | dict(MailPreference.objects.filter(user=user).values_list("topic", "mode"))


def choose(user: User, wanted: dict[str, str]) -> dict[str, list[str]]:
    """Let mail of some topics come another way from now on; returns what changed, as old and new.

    What is queued already comes as it was to come.
    """
    known = choices_of(user)
    changes = {topic: [known[topic], mode] for topic, mode in wanted.items() if known[topic] != mode}
    for topic, (_old, mode) in changes.items():
        MailPreference.objects.update_or_create(user=user, topic=topic, defaults={"mode": mode})
    return changes


def digest_time(now: dt.datetime, *, today: bool = False) -> dt.datetime:
    """The next morning of a working day; with ``today`` this morning's, even if it has passed.

    What is due today must not wait for tomorrow's digest: after its hour it comes in a late one.
    """
    local = timezone.localtime(now)
    late = local.time() >= MORNING and not today
    day = next_working_day(local.date() + dt.timedelta(days=1) if late else local.date())
    return dt.datetime.combine(day, MORNING, tzinfo=timezone.get_current_timezone())


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


def queue_guest(kind: str, link: GuestLink, mark: object = "") -> None:
    """Queue the mail that brings a link to somebody without an account: at once, outside of digests and choices.

    The same link goes out again, as a reminder, under another ``mark``.
    """
    now = clock.now()
    OutboxMail.objects.create(
        key=f"{kind}:{link.case.number}:{link.pk}:{mark}".removesuffix(":"),
        kind=kinds[kind].name,
        case=link.case,
        guest=link,
        institution=link.institution,
        address=link.email,
        object_id=link.object_id,
        created_at=now,
        due_at=now,
    )


def recipients(case: Case, party: str) -> list[tuple[User, Institution]]:
    """Who on one side of the case hears of it: the person in charge, else the contacts, else all who work.

    Only people who may open the case today as members of that institution.
    """
    lead = parties.moderator(case) if party == parties.Party.MODERATION else None
    if lead is not None:
        found = [(user, lead.institution) for user in in_charge(lead.institution, lead.user)]
    elif party in (parties.Party.COORDINATION, parties.Party.MODERATION):
        offices = Institution.objects.active().filter(kind=InstitutionKind.COORDINATION)
        found = [(user, office) for office in offices for user in members(office, [Role.COORDINATOR])]
    else:
        found = []
        for row in case.participations.select_related("institution", "user").filter(role=party, until=None):
            found += [(user, row.institution) for user in in_charge(row.institution, row.user)]
    return [(user, institution) for user, institution in found if may_read(case, user, institution)]


def in_charge(institution: Institution, user: User | None) -> list[User]:
    """``user`` while working for ``institution``; else its contacts, else all who work there.

    At the coordination office, which has no cases of its own, the coordinators.
    """
    if user is not None:
        actor = actor_for(user, institution)
        if actor is not None and (actor.works_on_cases or actor.is_coordination):
            return [user]
    if institution.kind == InstitutionKind.COORDINATION:
        return members(institution, [Role.COORDINATOR])
    return members(institution, [Role.CONTACT]) or members(institution, WORKING_ROLES)


def may_read(case: Case, user: User, institution: Institution) -> bool:
    """Whether ``user`` may open the case today as a member of ``institution``."""
    actor = actor_for(user, institution)
    return Case.objects.visible_to(actor).filter(pk=case.pk).exists()
