"""The meetings of a case: the tab, the calendar file of one, and its minutes (UX-02)."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import access, audit, calendars, meeting_rows, meetings, registry, workflow
from ..actor import Actor
from ..blocks import Block, as_text, filled
from ..enums import MeetingState, Reply, Seat
from ..http import Request
from ..models import CallNote, Case, Invitee, Meeting
from ..models.meeting import MeetingQuerySet
from ..templatetags.ui import day, when
from ..workdays import is_working_day
from ..workflow import Offer
from . import papers
from .fetch import acting, visible_case
from .marks import reads

REPLY_MARKS = {Reply.OPEN: "wait", Reply.ACCEPTED: "ok", Reply.DECLINED: "stop"}
AGREEMENT_MARKS = {
    True: ("ok", gettext_lazy("einverstanden")),
    False: ("stop", gettext_lazy("nicht einverstanden")),
    None: ("wait", gettext_lazy("noch offen")),
}


def meetings_view(case: Case, actor: Actor) -> dict[str, Any]:
    """What the tab *Gespräche* shows: planned, held and cancelled meetings, and the notes of phone calls."""
    offers = {offer.transition.name: offer for offer in workflow.available(case, actor, tab=meeting_rows.TAB)}
    rows = [_row(meeting, case, actor) for meeting in visible_meetings(case, actor)]
    _add_buttons(rows, case, actor, offers)
    by_state = {state: [row for row in rows if row["meeting"].state == state] for state in MeetingState}
    calls = CallNote.objects.visible_to(actor).filter(case=case).select_related("author", "institution")
    arranging = registry.pages[case.service].arranging
    return {
        "arranging": arranging[0] if arranging else "",
        **(arranging[1](case, actor) if arranging else {}),
        "planned": by_state[MeetingState.PLANNED],
        "held": sorted(by_state[MeetingState.HELD], key=lambda row: row["meeting"].held_on, reverse=True),
        "cancelled": by_state[MeetingState.CANCELLED][::-1],
        "calls": list(calls),
        "log_call": offers.get("log_call"),
    }


def visible_meetings(case: Case, actor: Actor) -> MeetingQuerySet:
    """The meetings of the case that ``actor`` may see, with all that is shown of them."""
    people = Invitee.objects.select_related("institution", "user")
    found = Meeting.objects.visible_to(actor).filter(case=case)
    found = found.select_related("organiser", "chair", "organised_by", "noted_by", *meetings.notes())
    return found.prefetch_related(Prefetch("invitees", people))


def _row(meeting: Meeting, case: Case, actor: Actor) -> dict[str, Any]:
    """One meeting in words."""
    meeting.case = case
    kind = registry.meeting_kinds[meeting.kind]
    held = meeting.state == MeetingState.HELD
    return {
        "meeting": meeting,
        "label": kind.label,
        "agenda": kind.agenda,
        "about": kind.about(meeting, actor),
        "worked": is_working_day(meeting.planned_day),
        "people": [_person(row, meeting, case, actor, agreed=kind.agreed) for row in meeting.invitees.all()],
        "agreed": kind.agreed,
        "blocks": kind.blocks(meeting, actor) if held else [],
    }


def _person(row: Invitee, meeting: Meeting, case: Case, actor: Actor, *, agreed: bool) -> dict[str, Any]:
    """Who sits there, how they answered, whether they came and agreed."""
    valid = row.agreed if row.agreed_version == meeting.note_version else None
    known = registry.meeting_kinds[meeting.kind].seated(row, case, actor)
    return {
        "invitee": row,
        "name": name_of(row, case, actor),
        "office": known[1] if known else row.institution.name if row.institution and row.user else "",
        "mark": REPLY_MARKS[Reply(row.reply)],
        "agreement": AGREEMENT_MARKS[valid] if agreed else None,
    }


def name_of(row: Invitee, case: Case, actor: Actor) -> str:
    """The name of somebody at the table; the client's only for those who may read it."""
    if row.seat == Seat.CLIENT:
        named = case.person is not None and access.shows_person(case, actor)
        return f"{case.person.first_name} {case.person.last_name}" if named and case.person else row.get_seat_display()
    known = registry.meeting_kinds[row.meeting.kind].seated(row, case, actor)
    if known:
        return known[0]
    if row.user is not None:
        return row.user.get_full_name()
    return row.name or (row.institution.name if row.institution else row.get_seat_display())


def _add_buttons(rows: list[dict[str, Any]], case: Case, actor: Actor, offers: dict[str, Offer]) -> None:
    """Say per meeting what the actor can do, and who at the table works elsewhere by now."""
    allowed = {name for name, offer in offers.items() if offer.allowed}
    planned = any(row["meeting"].state == MeetingState.PLANNED for row in rows)
    seated = [row for entry in rows for row in entry["meeting"].invitees.all()]
    gone = meetings.gone(seated) if planned else set()
    for row in rows:
        is_planned = row["meeting"].state == MeetingState.PLANNED
        arranges = is_planned and meeting_rows.arranges(row["meeting"], actor)
        row["can_move"] = "move_meeting" in allowed and arranges
        row["can_cancel"] = "cancel_meeting" in allowed and arranges
        row["can_answer"] = "reply_meeting" in allowed and is_planned and meeting_rows.answers(row["meeting"], actor)
        mine = [p["invitee"] for p in row["people"] if p["invitee"].institution_id == actor.institution.pk]
        own = [seat for seat in mine if seat.user_id == actor.user.pk] or mine
        row["answered"] = bool(own) and all(seat.reply != Reply.OPEN for seat in own)
        for person in row["people"]:
            person["gone"] = is_planned and person["invitee"].pk in gone


# Files ------------------------------------------------------------------------------------------------------


def _fetch(request: Request, number: str, pk: int) -> tuple[Meeting, Case, Actor]:
    case, actor = visible_case(request, number), acting(request)
    meeting = get_object_or_404(visible_meetings(case, actor), pk=pk)
    meeting.case = case
    return meeting, case, actor


@reads
def meeting_calendar(request: Request, number: str, pk: int) -> HttpResponse:
    """One meeting for one's own calendar."""
    meeting, case, actor = _fetch(request, number, pk)
    audit.log_read(actor, case, _("Gespräch als Kalenderdatei"))
    name = f"{case.number}-{slugify(meetings.label(meeting))}.ics"
    return HttpResponse(
        calendars.of_meeting(meeting),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _minutes(request: Request, number: str, pk: int) -> tuple[Meeting, Case, Actor]:
    """A held meeting; before it there are no minutes."""
    meeting, case, actor = _fetch(request, number, pk)
    if meeting.state != MeetingState.HELD:
        raise Http404
    return meeting, case, actor


def title_of(meeting: Meeting, case: Case) -> str:
    """``Notiz zum Übergabegespräch O-2026-0040``."""
    names = {"kind": meetings.label(meeting), "number": case.number}
    return _("Gesprächsnotiz: %(kind)s %(number)s") % names


def minutes_of(case: Case, actor: Actor) -> list[tuple[str, str, str]]:
    """The minutes that ``actor`` may open, in the order of the talks: label, address of the PDF and of the text."""
    # As ``visible_to``, from the meetings that the head of an open case has fetched.
    everybody = case.withdrawn_at is None or actor.is_coordination
    held = [row for row in meetings.in_state(case, MeetingState.HELD) if everybody or meeting_rows.arranges(row, actor)]
    found = []
    for row in sorted(held, key=lambda row: (row.held_on, row.pk)):
        names = {"kind": meetings.label(row), "day": day(row.held_on)}
        label, at = _("Gesprächsnotiz: %(kind)s vom %(day)s") % names, [case.number, row.pk]
        found.append((label, reverse("core:minutes_pdf", args=at), reverse("core:minutes_text", args=at)))
    return found


def minutes_blocks(meeting: Meeting, case: Case, actor: Actor) -> list[Block]:
    """The minutes: person, day and place, who was there, what was said, who agreed (OP-09, OP-10, OP-18)."""
    person = case.person if access.shows_person(case, actor) else None
    kind = registry.meeting_kinds[meeting.kind]
    people = list(meeting.invitees.all())
    shown = [
        Block(
            "meeting",
            _("Gespräch"),
            [
                (_("Fall"), case.number),
                (_("Klientin/Klient"), f"{person.first_name} {person.last_name}" if person else ""),
                (_("Datum"), when(meeting) if meetings.at_its_time(meeting) else day(meeting.held_on)),
                (_("Ort"), meeting.place or (_("Videokonferenz") if meeting.video_url else "")),
                (_("Leitung"), meeting.chair.name),
                (_("Anwesend"), _names([row for row in people if row.attended], case, actor)),
                (_("Nicht anwesend"), _names([row for row in people if row.attended is False], case, actor)),
            ],
        ),
        *kind.blocks(meeting, actor),
    ]
    if kind.agreed:
        rows = []
        for invitee in people:
            valid = invitee.agreed if invitee.agreed_version == meeting.note_version else None
            since = f", {day(invitee.agreed_at)}" if valid is not None and invitee.agreed_at else ""
            rows.append((name_of(invitee, case, actor), f"{AGREEMENT_MARKS[valid][1]}{since}"))
        shown.append(Block("agreement", _("Einverständnis (niemand unterschreibt)"), rows))
    return filled(shown)


def _names(rows: list[Invitee], case: Case, actor: Actor) -> str:
    return "\n".join(
        f"{name_of(row, case, actor)}, {row.institution.name}"
        if row.institution and row.user
        else name_of(row, case, actor)
        for row in rows
    )


@reads
def minutes_pdf(request: Request, number: str, pk: int) -> HttpResponse:
    """The minutes as a letter of the institution that led the talk; each download is logged."""
    meeting, case, actor = _minutes(request, number, pk)
    label = meetings.label(meeting)
    context = {
        "office": meeting.chair,
        "dated": meeting.noted_at,
        "reference": [(registry.pages[case.service].variant(case), case.number)],
        "meeting": meeting,
        "blocks": minutes_blocks(meeting, case, actor),
    }
    told = _("Notiz als PDF: %(kind)s") % {"kind": label}
    name = f"{label}-{case.number}"
    title = title_of(meeting, case)
    return papers.as_pdf(request, case, "core/pdf/minutes.html", context, title=title, name=name, told=told)


@reads
def minutes_text(request: Request, number: str, pk: int) -> HttpResponse:
    """The minutes as plain text, to copy into AVAM, OSIV or KLIB; each opening is logged."""
    meeting, case, actor = _minutes(request, number, pk)
    title = title_of(meeting, case)
    text = as_text(title, minutes_blocks(meeting, case, actor))
    told = _("Notiz als Text: %(kind)s") % {"kind": meetings.label(meeting)}
    back = reverse("core:case_tab", args=[case.number, meeting_rows.TAB])
    return papers.as_text(request, case, text, title=title, told=told, back=back)
