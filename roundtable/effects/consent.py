"""What happens to a case when its Vollmacht is narrowed, renewed or withdrawn (PER-06, PER-07)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from iiz.core import clock, consents, guests, meetings
from iiz.core.actor import Actor
from iiz.core.enums import GuestEnd
from iiz.core.models import Case, GuestLink, ScopeLine, Vollmacht
from iiz.core.workflow import NotAllowed

from ..models import DatePoll
from ..queries import at_the_table, institution_of, told_as
from . import leaving

Data = Mapping[str, Any]
Changes = dict[str, Any]


def withdraw(case: Case, actor: Actor, data: Data) -> Changes:
    """Note that the client withdrew the Vollmacht: sharing stops at once, everybody is told (PER-07).

    What was planned is called off, links of guests end; what was written stays with whoever wrote it.
    ``data``: ``withdrawn_on``, the day on which the office heard of it, else today.
    """
    assert case.vollmacht is not None  # no case leaves the draft without one
    consents.withdraw(case.vollmacht, actor, data.get("withdrawn_on"))
    case.withdrawn_at = clock.now()
    stop(case, actor, _("Die Klientin oder der Klient hat die Vollmacht zurückgezogen."))
    return {"withdrawn_on": case.vollmacht.withdrawn_on}


def stop(case: Case, actor: Actor, reason: str, keep: Collection[str] = ()) -> None:
    """Call off what is planned and end the links of guests, because the case stops or ends.

    ``keep``: the purposes whose links go on.
    """
    meetings.cancel_planned(case, reason, actor)
    DatePoll.objects.filter(case=case, closed_at=None).update(closed_at=clock.now())
    links = GuestLink.objects.filter(case=case, used_at=None, revoked_at=None).exclude(purpose__in=keep)
    for link in links:
        guests.revoke(link, GuestEnd.OVER, actor)


def narrow(case: Case, actor: Actor, data: Data) -> Changes:
    """Narrow the Vollmacht at once: ``data`` holds ``line`` and ``keep`` (kinds of data, or ``None`` to end it).

    An office that is no longer named loses the case with it; what it wrote stays, and is not shown to others any more.
    Raises ``NotAllowed`` for the line of the office that registered the case: that is a withdrawal.
    """
    line = ScopeLine.objects.select_related("vollmacht__person").get(pk=data["line"].pk)  # as it is now
    if line.vollmacht_id != case.vollmacht_id or line.ended_at is not None:
        raise NotAllowed(_("Diese Zeile der Vollmacht gilt nicht mehr."))
    if data["keep"] is None and line.institution_id == case.registering_institution_id:
        raise NotAllowed(
            _("Diese Stelle hat den Fall angemeldet. Gilt die Vollmacht für sie nicht mehr, so ist sie zurückgezogen.")
        )
    was, who = line.categories, _told_as(case, line)
    consents.narrow(line, actor, data["keep"])
    if data["keep"] is None:
        leaving.tell(case, line.institution_id, actor)
        for row in at_the_table(case):
            if row.line_id == line.pk:
                for link in GuestLink.objects.filter(case=case, ref=row.pk, used_at=None, revoked_at=None):
                    guests.revoke(link, GuestEnd.OVER, actor)
    elif line.institution_id is None:
        fresh = line.vollmacht.lines.get(name=line.name, institution=None, ended_at=None)
        case.participants.filter(line=line).update(line=fresh)
    return {"who": who, "was": was, "keep": sorted(data["keep"] or []), "ended": data["keep"] is None}


def _told_as(case: Case, line: ScopeLine) -> str:
    """Whom a line names, as the audit says it: an office by its name, somebody else by the function at the table."""
    if line.institution is not None:
        return line.institution.name
    row = next((row for row in at_the_table(case) if row.line_id == line.pk), None)
    return told_as(row) if row is not None else _("Person ohne Konto")


def renew(case: Case, actor: Actor, data: Data) -> Changes:
    """Let the case rest on another signed Vollmacht of the same person, wider or longer (PER-06).

    ``data`` as for a registration: ``vollmacht``, or ``signed_on``, ``valid_until``, ``lines`` and ``scan``. People
    without an office keep their seat if the new paper, or their old line by the client's wish, names them.
    """
    assert case.person is not None  # only drafts and imported cases have none
    found: Vollmacht | None = data.get("vollmacht")
    if found is None:
        found = consents.record(
            actor,
            case.person,
            signed_on=data["signed_on"],
            valid_until=data["valid_until"],
            lines=data["lines"],
            scan=data.get("scan"),
        )
    if not found.holds_on(clock.today()):
        raise NotAllowed(_("Diese Vollmacht gilt heute nicht."))
    before = {line.institution_id for line in consents.live_lines(case)}
    case.vollmacht = found
    for institution_id in before - {line.institution_id for line in consents.live_lines(case)}:
        leaving.tell(case, institution_id, actor)
    named = {line.name: line for line in found.lines.filter(institution=None, ended_at=None)}
    for row in at_the_table(case):
        if institution_of(row) is None and row.line is not None and row.line.who in named:
            row.line = named[row.line.who]
            row.save(update_fields=["line"])
    return {"valid_until": found.valid_until}
