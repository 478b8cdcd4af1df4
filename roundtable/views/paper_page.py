"""What the meeting page shows: the paper with what was prepared beside it, who is there, what comes next (RT-10)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from iiz.core import clock, workflow
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory
from iiz.core.meeting_rows import TAB as MEETINGS
from iiz.core.models import Case, Meeting, ScopeLine

from .. import agenda, minutes, reading, seating, timeline
from ..effects import plans
from ..enums import MeetingKind
from ..minutes import Theirs
from ..models import Cell, Participant
from ..paper import PLAIN, ROWS, YES, is_name, readable
from ..prepared import Prepared, shared
from ..queries import held, planned
from .paper_fields import PRESENCE, Field, Sheet

STEPS = ("hold_meeting", "circulate_plan", "finalise_plan")
"""What ends a meeting, in this order."""
LATELY = dt.timedelta(minutes=2)
"""Who wrote within that time is said to write now."""


def sheet_of(
    case: Case,
    actor: Actor,
    cells: dict[str, str],
    *,
    typed: Mapping[str, str] | None = None,
    theirs: Mapping[str, Theirs] | None = None,
    refused: Mapping[str, str] | None = None,
    earlier: Iterable[str] = (),
) -> Sheet:
    """The paper as far as ``actor`` may read it: the coordination office all of it, others what the Vollmacht opens."""
    people = Participant.objects.select_related("participation__institution", "participation__user")
    lines = ScopeLine.objects.select_related("institution")
    prefetch_related_objects([case], Prefetch("participants", people), Prefetch("vollmacht__lines", lines))
    about = minutes.about(case, actor)
    kinds = reading.EVERYTHING if actor.is_coordination else reading.opened(case, actor)
    is_readable = readable(cells, kinds, {area.code: area.category for area in about.areas})
    return Sheet(about, cells, is_readable, typed or {}, theirs or {}, refused or {}, frozenset(earlier), kinds)


def rewritten(rows: list[Cell]) -> list[str]:
    """The fields of which an earlier wording is kept."""
    return [row.name for row in rows if row.rewritten]  # type: ignore[attr-defined]


def seats(case: Case, actor: Actor, meeting: Meeting, sheet: Sheet) -> list[tuple[str, list[Field]]]:
    """Who is invited to a meeting, with a tick for each part; client and relatives come to the second part alone."""
    found = []
    for row, ticks in minutes.attendance(case, meeting, sheet.cells):
        name = seating.named(case, row, actor)
        fields = []
        for part, there in ticks.items():
            cell = f"seat.{meeting.pk}.{row.pk}.{part}"
            text = sheet.typed.get(cell, YES if there else "")
            label = _("dabei") if meeting.kind == MeetingKind.AUSWERTUNG else str(PRESENCE[part])
            fields.append(sheet.any_field(cell, label, "tick", text, about=name, no="nein"))
        found.append((name, fields))
    return found


def context(
    case: Case,
    actor: Actor,
    sheet: Sheet,
    rows: list[Cell],
    beside: Prepared,
    *,
    everything: bool,
    asked: str | None = None,
) -> dict[str, Any]:
    """What the page needs. ``rows``: the fields with who wrote them; ``asked``: of which field to show what stood."""
    common = shared(case)
    prefetch_related_objects([case], "meetings__invitees")
    meeting = planned(case)
    took_place = max(held(case), key=lambda one: one.day, default=None)
    return {
        "case": case,
        "closed": minutes.halted(case),
        "sheet": sheet,
        "seen": json.dumps(sheet.shown, ensure_ascii=False),
        "revision": rows[-1].revision if rows else 0,
        "others": _others(rows, actor),
        "saved_at": max((row.written_at for row in rows), default=None),
        "meeting": meeting,
        "parts": agenda.parts(meeting) if meeting is not None else [],
        "took_place": took_place,
        "seats": seats(case, actor, meeting, sheet) if meeting is not None else [],
        "note": _note(sheet, meeting) if meeting is not None else None,
        "areas": [
            (area, fields, area.category in common, beside.areas.get(area.code, [])) for area, fields in sheet.areas()
        ],
        "parts_of_paper": {part: PartOfPage(part, sheet, beside) for part in ROWS},
        "money_shared": DataCategory.MONEY in common,
        "health_shared": DataCategory.HEALTH in common,
        "plain": _plain(sheet),
        "hidden": reading.hidden(case, actor, sheet.kinds),
        "held_back": beside.held_back,
        "everything": everything,
        "asked": _asked(case, sheet, asked) if asked else None,
        "steps": _steps(case, actor, meeting),
        "can_plan": workflow.offer(case, "fix_date", actor) if meeting is None else None,
        "back": reverse("core:case_tab", args=[case.number, MEETINGS]),
        **renewed(case, sheet),
    }


class PartOfPage:
    """One part with numbered rows: those that stand, those taken away, and what the views would add."""

    def __init__(self, part: str, sheet: Sheet, beside: Prepared) -> None:
        self.part, self.is_open = part, sheet.opens(part)
        self.rows = sheet.rows(part)
        self.words = beside.words.get(part, []) if self.is_open else []


def renewed(case: Case, sheet: Sheet) -> dict[str, Any]:
    """What follows from the fields and is shown anew after each save: time line, what a plan still lacks."""
    missing = [*plans.unreadable(sheet.paper), *plans.unmanaged(case)]
    return {"timeline": timeline.build(sheet.paper, clock.today()), "missing": missing}


def _others(rows: list[Cell], actor: Actor) -> list[str]:
    """Who else wrote a moment ago."""
    moment = clock.now() - LATELY
    found = {row.written_by_id: row.written_by.get_full_name() for row in rows if row.written_at > moment}
    return sorted(name for user, name in found.items() if user != actor.user.pk)


def _note(sheet: Sheet, meeting: Meeting) -> Field:
    name = f"meeting.{meeting.pk}.note"
    text = sheet.typed.get(name, sheet.cells.get(name, ""))
    return sheet.any_field(name, _("Notiz zum Gespräch"), "text", text)


def _plain(sheet: Sheet) -> Field | None:
    if not sheet.is_readable(PLAIN):
        return None
    text = sheet.typed.get(PLAIN, sheet.cells.get(PLAIN, ""))
    return sheet.any_field(PLAIN, _("In Ihren Worten an die Klientin oder den Klienten"), "text", text)


def _asked(case: Case, sheet: Sheet, name: str) -> dict[str, Any] | None:
    """What stood in a field before."""
    if not is_name(name) or not sheet.is_readable(name):
        return None
    return {"label": sheet.label_of(name), "rows": minutes.earlier(case, name), "name": name}


def _steps(case: Case, actor: Actor, meeting: Meeting | None) -> list[workflow.Offer]:
    """What comes next; what the paper still lacks for it stands above and is renewed, so it hinders no button here."""
    if minutes.halted(case):
        return []
    wanted = [name for name in STEPS if name != "hold_meeting" or meeting is not None]
    return [one for name in wanted if (one := workflow.offer(case, name, actor)) is not None]
