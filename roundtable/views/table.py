"""The tab «Tisch» of a case: who takes part, on what it rests, how they answered, what is to do (RT-08, PER-09)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import consents, workflow
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory, Phase, Reply
from iiz.core.models import Case, Meeting, Participation

from .. import seating
from ..effects.dates import uninvited
from ..forms.table import may_end
from ..models import DatePoll, Participant
from ..queries import asked, at_the_table, has_answered, is_covered, moderates, open_poll, planned, seat_of
from ..workflow.preparation import TABLE

REPLY_MARKS = {Reply.OPEN: "wait", Reply.ACCEPTED: "ok", Reply.DECLINED: "stop"}
Mark = tuple[str, str]


def fill(case: Case, actor: Actor) -> dict[str, Any]:
    """What the tab shows; once the Vollmacht is withdrawn, to the coordination office alone."""
    closed = case.withdrawn_at is not None and not actor.is_coordination
    offers = workflow.available(case, actor, tab=TABLE)
    possible = {offer.transition.name for offer in offers if offer.allowed}
    known = seating.knows_the_table(case, actor)
    return {
        "seats": [] if closed else [_seat(case, row, actor, possible, known=known) for row in at_the_table(case)],
        "closed": closed,
        "steps": [offer for offer in offers if offer.transition.name in ("add_office", "add_person")],
        "uninvited": [seating.name_of(case, row, actor) for row in uninvited(case)] if moderates(case, actor) else [],
    }


def _seat(case: Case, row: Participant, actor: Actor, possible: set[str], *, known: bool) -> dict[str, Any]:
    part = row.participation
    is_open = case.phase == Phase.OPEN
    contact = (part.user.phone if part.user else part.institution.phone) if part is not None else row.phone
    return {
        "name": seating.name_of(case, row, actor),
        "beside": _beside(row, known=known),
        "phone": contact if known or part is not None else "",
        "email": row.email if moderates(case, actor) else "",
        "covered": _covered(case, row),
        "basis": seating.basis_of(case, row),
        "health": _health(case, part) if part is not None else "",
        "reply": _reply(case, row) if is_open else None,
        "todo": _todo(case, row, actor) if is_open else "",
        "steps": _steps(case, row, possible),
    }


def _beside(row: Participant, *, known: bool) -> str:
    if row.participation is not None:
        office = row.participation.institution.name
        return office if row.participation.user is not None else _("noch niemand bestimmt")
    role = str(row.get_kind_display())
    return f"{row.function} · {role}" if row.function and known else role


def _covered(case: Case, row: Participant) -> Mark:
    """Whether anything may be exchanged with somebody, as a mark."""
    if is_covered(case, row):
        return "ok", _("gilt")
    if case.withdrawn_at is not None:
        return "stop", _("zurückgezogen")
    if not consents.live_lines(case):
        return "stop", _("abgelaufen")
    return "stop", _("nicht mehr auf der Vollmacht")


def _health(case: Case, part: Participation) -> str:
    """Whether an office gets health data: it must need them, and the Vollmacht must open them (PER-10)."""
    line = consents.line_for(case, part.institution_id)
    opened = line is not None and getattr(line, DataCategory.HEALTH)
    if part.health:
        return _("ja") if opened else _("nötig, aber von der Vollmacht nicht erlaubt")
    return _("nein, nicht nötig")


def _reply(case: Case, row: Participant) -> Mark | None:
    """How somebody answered the invitation, else the proposed dates."""
    meeting, poll = planned(case), open_poll(case)
    if meeting is not None:
        seat = seat_of(meeting, row)
        return (REPLY_MARKS[Reply(seat.reply)], seat.get_reply_display()) if seat else ("rest", _("nicht eingeladen"))
    if poll is not None and any(one.pk == row.pk for one in asked(case, poll)):
        return ("ok", _("Termine beantwortet")) if has_answered(poll, row) else ("wait", _("Termine offen"))
    return ("rest", _("nicht gefragt")) if poll is not None else None


def _todo(case: Case, row: Participant, actor: Actor) -> str:
    """What whoever moderates does next about somebody; empty where nothing is open."""
    if not moderates(case, actor):
        return ""
    meeting, poll = planned(case), open_poll(case)
    if not is_covered(case, row):
        return _uncovered(case)
    if row.participation is not None:
        return _("Die Stelle bestimmt noch, wer kommt.") if row.participation.user is None else ""
    if meeting is not None:
        return _invited(meeting, row)
    return _asked(poll, row) if poll is not None and row in asked(case, poll) else ""


def _uncovered(case: Case) -> str:
    if case.withdrawn_at is not None or not consents.live_lines(case):
        return _("Es wird nichts ausgetauscht.")
    return _("Erhält nichts mehr: eine neue Vollmacht festhalten oder die Teilnahme beenden.")


def _invited(meeting: Meeting, row: Participant) -> str:
    seat = seat_of(meeting, row)
    if seat is None:
        return _("Noch einladen.")
    if seat.reply == Reply.OPEN and not row.email:
        return _("Keine E-Mail-Adresse: mit dem Brief oder am Telefon einladen, Antwort eintragen.")
    return ""


def _asked(poll: DatePoll, row: Participant) -> str:
    if has_answered(poll, row) or row.email:
        return ""
    return _("Keine E-Mail-Adresse: am Telefon fragen, Antwort eintragen.")


def _steps(case: Case, row: Participant, possible: set[str]) -> list[tuple[str, str]]:
    """The steps about somebody that the actor can do, with their addresses."""
    fitting = []
    if row.participation is None:
        fitting.append(("change_person", _("Angaben berichtigen")))
    else:
        fitting.append(("need_health", _("Gesundheitsangaben")))
    if may_end(case, row):
        fitting.append(("end_participant", _("Teilnahme beenden")))
    return [
        (label, f"{reverse('core:action', args=[case.number, name])}?wer={row.pk}")
        for name, label in fitting
        if name in possible
    ]


TAB = {TABLE: (gettext_lazy("Tisch"), "roundtable/case_table.html", fill)}
