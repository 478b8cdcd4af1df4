"""The Fallakte and the note for one's own system: to print, to file, to copy (IV-06, ALV-07, UX-02)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from iiz.core import clock, workflow
from iiz.core.actor import Actor
from iiz.core.blocks import as_text
from iiz.core.enums import Phase
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.views import papers
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads

from .. import avam, file
from ..queries import antrag_of, prepare


def refusal(case: Case) -> str:
    """Why there is no record to take along; empty if there is one. What it holds depends on the reader."""
    if case.phase == Phase.DRAFT:
        return _("Ein Entwurf hat noch keine Fallakte.")
    return _("Zu importierten Fällen gibt es keine Fallakte.") if antrag_of(case).submitted_at is None else ""


def _fetch(request: Request, number: str) -> tuple[Case, Actor]:
    case, actor = visible_case(request, number), acting(request)
    if case.service != "optima" or case.phase == Phase.DRAFT:
        raise Http404
    reason = refusal(case)
    if reason:
        raise workflow.NotAllowed(reason)
    prepare(case)
    return case, actor


@reads
def file_pdf(request: Request, number: str) -> HttpResponse:
    """The Fallakte, as far as the reader may read it; each download is logged."""
    case, actor = _fetch(request, number)
    context, title = record(case, actor), file.title_of(case)
    name, told = f"Fallakte-{case.number}", _("Fallakte als PDF")
    return papers.as_pdf(request, case, "optima/pdf/file.html", context, title=title, name=name, told=told)


def record(case: Case, actor: Actor) -> dict[str, Any]:
    """What the PDF's template reads."""
    return {
        "office": actor.institution,
        "dated": clock.today(),
        "reference": [(_("Fall"), case.number)],
        "reader": actor.user.get_full_name(),
        "stopped": case.withdrawn_at is not None and not actor.is_coordination,
        "parts": file.parts(case, actor),
    }


@reads
def file_text(request: Request, number: str) -> HttpResponse:
    """The Fallakte as plain text; each opening is logged."""
    case, actor = _fetch(request, number)
    text = file.text(case, file.parts(case, actor))
    return papers.as_text(request, case, text, title=file.title_of(case), told=_("Fallakte als Text"))


@reads
def note_text(request: Request, number: str) -> HttpResponse:
    """The short note for AVAM, OSIV or KLIB, ready to copy; each opening is logged."""
    case, actor = _fetch(request, number)
    title = avam.title_of(case, actor)
    told = _("Notiz für %(system)s") % {"system": avam.system_of(case, actor)}
    return papers.as_text(request, case, as_text(title, avam.blocks(case, actor)), title=title, told=told)
