"""What the script of the meeting page is told: what was saved, what others wrote, what follows from it (RT-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone

from iiz.core import clock
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.views.fetch import acting

from .. import minutes
from ..minutes import Theirs, Written
from ..paper import ROWS
from . import paper_page as page
from .paper_fields import Sheet

Answer = dict[str, Any]


def autosaves(request: HttpRequest) -> bool:
    """Whether the script of the page asks, and takes JSON for an answer."""
    return request.headers.get("X-Requested-With") == "autosave"


def since(request: HttpRequest) -> int:
    """The revision that the page has seen."""
    text = request.POST.get("since") or request.GET.get("since", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def saved(request: Request, written: Written, refused: Mapping[str, str]) -> JsonResponse:
    """After a save: what stands otherwise than it was sent, and all that is new."""
    more = {
        "saved": time_of(clock.now()),
        "joined": written.joined,
        "conflicts": {name: _theirs(row) for name, row in written.conflicts.items()},
        "refused": dict(refused),
    }
    return news(request, written.case, more)


def news(request: Request, case: Case, more: Answer | None = None) -> JsonResponse:
    """What was written since the revision that the page has seen; cheap where nothing was."""
    actor, seen = acting(request), since(request)
    answer: Answer = {"token": get_token(request), "user": actor.user.pk, **(more or {})}
    if more is None and minutes.revision(case) == seen:
        return JsonResponse({**answer, "revision": seen})
    rows = minutes.written(case)
    sheet = page.sheet_of(case, actor, {row.name: row.text for row in rows}, earlier=page.rewritten(rows))
    fresh = [row for row in rows if row.revision > seen and sheet.is_readable(row.name)]
    answer |= {
        "revision": rows[-1].revision if rows else 0,
        "news": [
            {
                "name": row.name,
                "text": row.text,
                "who": row.written_by.get_full_name(),
                "at": time_of(row.written_at),
                "mine": row.written_by_id == actor.user.pk,
            }
            for row in fresh
        ],
        "rows": {name: _row(sheet, name) for name in _begun(row.name for row in fresh)},
        "problems": sheet.problems,
        "warnings": {f"step.{key}": found for key, found in sheet.warnings.items()},
        "earlier": sorted(sheet.earlier),
        "parts": _parts(request, case, sheet),
    }
    return JsonResponse(answer)


def _begun(names: Any) -> list[str]:
    """The rows that were begun, taken away or brought back."""
    found = [name.rpartition(".")[0] for name in names if name.endswith(".gone")]
    return [name for name in found if name.split(".")[0] in ROWS]


def _row(sheet: Sheet, name: str) -> str:
    part, key = name.split(".")
    return render_to_string("roundtable/paper/_row.html", {"row": sheet.row(part, int(key))})


def _parts(request: Request, case: Case, sheet: Sheet) -> dict[str, str]:
    """The parts of the page that follow from the fields, by the id of their element."""
    context = page.renewed(case, sheet)
    templates = {"zeitlinie": "roundtable/paper/_timeline.html", "es-fehlt": "roundtable/paper/_missing.html"}
    return {name: render_to_string(template, context) for name, template in templates.items()}


def time_of(moment: dt.datetime) -> str:
    """``14.32``."""
    return f"{timezone.localtime(moment):%-H.%M}"


def _theirs(row: Theirs) -> Answer:
    return {"text": row.text, "who": row.who, "at": time_of(row.at)}
