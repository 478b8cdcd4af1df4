"""What the two pages of a view share, for offices and for people without an account: form, draft, answers (RT-09)."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from iiz.core.drafting import MOST
from iiz.core.enums import DataCategory
from iiz.core.models import Case

from .. import perspectives, reading
from ..enums import ParticipantKind
from ..forms.perspective import ViewSheet, typed_in
from ..models import Perspective

Rows = list[tuple[str, str]]


def is_plain(view: Perspective) -> bool:
    """Whether the form asks in plain words: the author works at no office."""
    return view.participant.kind in (ParticipantKind.CLIENT, ParticipantKind.RELATIVE)


def asks_decisions(view: Perspective) -> bool:
    """Whether the author has anything to decide: only offices have."""
    return view.participant.kind == ParticipantKind.OFFICE


def answers_in(request: HttpRequest, view: Perspective) -> dict[str, str]:
    """What was typed into the form."""
    return typed_in(request.POST, perspectives.areas_of(view.case), decisions=asks_decisions(view))


def sheet_of(view: Perspective, answers: dict[str, str], *, judge: bool = False) -> ViewSheet:
    """The form of a view with these answers."""
    areas = perspectives.areas_of(view.case)
    return ViewSheet(areas, answers, plain=is_plain(view), decisions=asks_decisions(view), judge=judge)


def autosaves(request: HttpRequest) -> bool:
    """Whether the script of the page asks, and takes JSON for an answer."""
    return request.headers.get("X-Requested-With") == "autosave"


def version_in(request: HttpRequest) -> int | None:
    """The version of the view that the page had seen."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def key_in(request: HttpRequest) -> str:
    """The key of the form that was sent."""
    return request.POST.get("key", "")[:40]


def context(
    request: HttpRequest, view: Perspective, sheet: ViewSheet, *, version: int | None = None, problem: str = ""
) -> dict[str, Any]:
    """What the template of the form needs; after an error the form keeps the key and version it came with."""
    again = request.method == "POST"
    return {
        "view": view,
        "sheet": sheet,
        "problem": problem or sheet.problem,
        "form_key": key_in(request) if again else str(uuid.uuid4()),
        "version": view.version if version is None else version,
        "saved_at": perspectives.saved_at(view),
        "readers": readers(view.case),
        "is_client": view.participant.kind == ParticipantKind.CLIENT,
    }


def readers(case: Case) -> list[tuple[str, list[str]]]:
    """Who will read which kind of data, those of health last; kinds that the same offices read stand together."""
    found: list[tuple[str, list[str]]] = []
    for kind, names in reading.readers(case):
        same = next((place for place, row in enumerate(found) if row[1] == names), None)
        if same is None or kind == str(DataCategory.HEALTH.label):
            found.append((kind, names))
        else:
            found[same] = (f"{found[same][0]}, {kind}", names)
    return found


def saved(view: Perspective) -> JsonResponse:
    """The autosave's answer."""
    return JsonResponse({"saved": f"{timezone.localtime():%H:%M}", "fields": {"version": str(view.version)}})


def too_long() -> str:
    """Why more than a draft can hold is not kept."""
    limit = number_format(MOST, force_grouping=True)
    return _("Nicht gespeichert: Zusammen sind das mehr als %(limit)s Zeichen. Bitte kürzen Sie.") % {"limit": limit}


def theirs(view: Perspective) -> Rows:
    """What holds now, beside what was typed: the draft, or what was given."""
    now = Perspective.objects.select_related(*perspectives.RELATED, "case", "given_by").get(pk=view.pk)
    rows = sheet_of(now, perspectives.answers_of(now)).labelled()
    moment = perspectives.saved_at(now)
    if moment is not None:
        rows.append((_("Zuletzt gespeichert"), f"{now.draft.get('_by', '')}, {moment:%d.%m.%Y %H:%M}"))
    if now.given_at is not None:
        by = now.given_by.get_full_name() if now.given_by else ""
        when = f"{timezone.localtime(now.given_at):%d.%m.%Y %H:%M}"
        rows.append((_("Abgegeben"), ", ".join(part for part in (by, when) if part)))
    return rows
