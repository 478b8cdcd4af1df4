"""The meeting page: the working paper, written live by several people (RT-10, RT-11, RT-13)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from iiz.core import audit, clock
from iiz.core.actor import Actor
from iiz.core.conflicts import conflict_page
from iiz.core.enums import Phase, Service
from iiz.core.http import Request
from iiz.core.models import Case, Participation
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads, writes
from iiz.core.workflow import NotAllowed

from .. import minutes, paper, prepared
from ..minutes import Change, NotYours, Theirs, Unknown, Written
from ..models.paper import CELL_LENGTH
from ..paper import ROWS, SOURCED
from . import paper_page as page
from .paper_answer import autosaves, news, saved
from .paper_fields import Sheet

MOST_CHANGES = 1500
"""How many fields one request may change: more than a page of sixty steps has."""
NOTED = "paper_noted"
"""Where the session keeps for which case and day the audit has noted that somebody writes."""


# Fetching -----------------------------------------------------------------------------------------------------------


def _case(request: Request, number: str) -> Case:
    """The Roundtable with all that its page reads; ``Http404``, or ``NotAllowed`` for whoever does not write in it."""
    case, actor = visible_case(request, number), acting(request)
    if case.service != Service.ROUNDTABLE or case.phase == Phase.DRAFT:
        raise Http404
    if not actor.is_coordination or minutes.no_writer(case, actor):
        minutes.check(case, actor)
    return case


def _check_reader(request: Request) -> None:
    """``Http404`` for whoever opens no cases at all, as on every page of a case."""
    if request.actor is None or not request.actor.sees_cases:
        raise Http404


def _gone(
    request: Request, number: str, sentence: str, typed: Mapping[str, str], stopped: Exception | None = None
) -> HttpResponse:
    """Nothing is written any more: what was typed comes back to be copied, and nothing of the case with it."""
    status = 403 if isinstance(stopped, NotYours) else 409
    if autosaves(request):
        return JsonResponse({"closed": sentence}, status=status)
    labels = Sheet(paper.About(minutes.areas_on(clock.today())), {}, lambda name: True)
    mine = [(labels.label_of(name), text) for name, text in typed.items() if text]
    url = reverse("core:case", args=[number])
    return conflict_page(request, sentence, mine=mine, url=url, title=_("Nichts wurde gespeichert"), status=status)


# The page -----------------------------------------------------------------------------------------------------------


@writes
def sheet(request: Request, number: str) -> HttpResponse:
    """The meeting page, and what is typed on it: by its script field by field, without one as a whole form."""
    if request.method == "POST":
        return _post(request, number)
    case, actor = _case(request, number), acting(request)
    audit.log_read(actor, case, _("Arbeitspapier des Gesprächs"))
    return _show(request, case, actor)


def _show(
    request: Request,
    case: Case,
    actor: Actor,
    *,
    typed: Mapping[str, str] | None = None,
    theirs: Mapping[str, Theirs] | None = None,
    refused: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    everything = request.GET.get("alles") == "1"
    rows = minutes.written(case)
    cells = {row.name: row.text for row in rows}
    beside = prepared.of(case, actor, cells, everything=everything)
    earlier = page.rewritten(rows)
    found = page.sheet_of(case, actor, cells, typed=typed, theirs=theirs, refused=refused, earlier=earlier)
    context = page.context(case, actor, found, rows, beside, everything=everything, asked=request.GET.get("frueher"))
    return render(request, "roundtable/paper/page.html", context, status=status)


def _post(request: Request, number: str) -> HttpResponse:
    """Save what was typed, then do what the pressed button says."""
    _check_reader(request)
    typed = _typed(request)
    try:
        changes, refused = _changes(request, typed)
        written = _write(request, number, changes)
    except Http404:
        own = Participation.objects.filter(case__number=number, institution=acting(request).institution)
        own = own.filter(case__roundtable__isnull=False).exclude(case__phase=Phase.DRAFT)
        if autosaves(request) or not own.exists():
            raise
        sentence = _("Dieser Fall ist für Ihre Stelle nicht mehr offen. Nichts wurde gespeichert.")
        return _gone(request, number, sentence, typed)
    except NotAllowed as stopped:
        return _gone(request, number, str(stopped), typed, stopped)
    except Unknown as unknown:
        return JsonResponse({"closed": _("Dieses Feld gibt es nicht: %(name)s") % {"name": unknown}}, status=400)
    if autosaves(request):
        return saved(request, written, refused)
    if written.conflicts or refused:
        kept = {name: typed[name] for name in (*written.conflicts, *refused)}
        case, actor = _case(request, number), acting(request)
        return _show(request, case, actor, typed=kept, theirs=written.conflicts, refused=refused, status=409)
    return _do(request, number, request.POST.get("do", ""))


def _typed(request: Request) -> dict[str, str]:
    """All fields of the paper that came with a form, ticks that are not set too."""
    if autosaves(request):
        return {}
    ticks = dict.fromkeys(request.POST.getlist("ticks"), "")
    named = {name: str(text) for name, text in request.POST.items() if paper.is_name(name)}
    return {name: text or ("nein" if name.startswith("seat.") else "") for name, text in (ticks | named).items()}


def _changes(request: Request, typed: Mapping[str, str]) -> tuple[list[Change], dict[str, str]]:
    """What was changed, and what is too long to be kept, with the sentence."""
    if autosaves(request):
        found = list(_sent(request.POST.get("changes", "[]")))
    else:
        seen = _object(request.POST.get("seen", ""))
        found = [Change(name, str(seen.get(name, "")), text) for name, text in typed.items()]
        found = [one for one in found if _lines(one.now) != one.was]
    if len(found) > MOST_CHANGES:
        raise NotAllowed(_("Das sind zu viele Felder auf einmal."))
    words = _("Zu lang: höchstens %(limit)s Zeichen. Dieses Feld ist nicht gespeichert.") % {"limit": "5'000"}
    refused = {one.name: words for one in found if len(_lines(one.now)) > CELL_LENGTH}
    return [one for one in found if one.name not in refused], refused


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _sent(text: str) -> Iterable[Change]:
    """The changes that the script sends. Raises :class:`Unknown` for what nobody can read."""
    try:
        for row in json.loads(text):
            yield Change(str(row["name"]), str(row["was"]), str(row["now"]))
    except (ValueError, TypeError, KeyError):
        raise Unknown("changes") from None


def _write(request: Request, number: str, changes: list[Change]) -> Written:
    """Write what the actor's office may read; raises as ``minutes.write``."""
    actor = acting(request)
    if not actor.is_coordination:
        _check_open(number, actor, [one.name for one in changes])
    with _noted(request, number, wanted=bool(changes)):
        return minutes.write(number, actor, changes)


@contextmanager
def _noted(request: Request, number: str, *, wanted: bool = True) -> Iterator[None]:
    """Note in the audit that somebody writes in the paper of a case: once a day and login, not once a save."""
    mark = f"{number} {clock.today()}"
    if not wanted or request.session.get(NOTED) == mark:
        yield
        return
    with transaction.atomic():
        yield
        audit.record(audit.case_stream(number), acting(request), "paper_written")
    request.session[NOTED] = mark


def _check_open(number: str, actor: Actor, names: list[str]) -> None:
    """``NotAllowed`` where a field holds data that the actor's office may not read."""
    case = Case.objects.visible_to(actor).filter(number=number).first()
    if case is None:
        raise Http404
    is_readable = page.sheet_of(case, actor, minutes.cells(case)).is_readable
    if not all(is_readable(name) for name in names):
        raise NotAllowed(_("Diese Angaben darf Ihre Stelle nicht lesen und darum auch nicht schreiben."))


# Rows and views -----------------------------------------------------------------------------------------------------


def _do(request: Request, number: str, do: str) -> HttpResponse:
    """What a button without a script asks for, after everything is saved; back to where it stands."""
    what, _colon, rest = do.partition(":")
    anchor = rest
    if what in ("add", "take"):
        anchor = _add(request, number, rest, taking=what == "take")
    elif what in ("gone", "back"):
        name = f"{rest}.gone"
        stands = "" if what == "gone" else "1"
        if paper.is_name(name):
            _write(request, number, [Change(name, stands, "1" if what == "gone" else "")])
    elif what == "said":
        anchor = _quote(request, number, rest)
    url, query = reverse("roundtable:paper", args=[number]), request.GET.urlencode()
    return HttpResponseRedirect(f"{url}{f'?{query}' if query else ''}#{anchor.replace('.', '-')}")


def _add(request: Request, number: str, part: str, *, taking: bool) -> str:
    """Begin a row, or take over those that the views hold; the name of the last one."""
    actor = acting(request)
    if part not in (SOURCED if taking else ROWS):
        raise Http404
    texts: list[dict[str, str]] = [{}]
    if not actor.is_coordination:
        _check_open(number, actor, [f"{part}.0.text"])
    if taking:
        case = _case(request, number)
        beside = prepared.of(case, actor, minutes.cells(case), everything=_shows_everything(request))
        texts = beside.rows.get(part, [])
    with _noted(request, number):
        made = minutes.add_rows(number, actor, part, texts)
    return f"{part}.{made[-1]}" if made else part


def _shows_everything(request: Request) -> bool:
    return "1" in (request.GET.get("alles"), request.POST.get("alles"))


def _quote(request: Request, number: str, rest: str) -> str:
    """Put what somebody said at the end of a field, with who said it; not twice."""
    view, name, goes_to = (*rest.split(":"), "", "", "")[:3]
    case, actor = _case(request, number), acting(request)
    cells = minutes.cells(case)
    said = prepared.of(case, actor, cells, everything=_shows_everything(request)).find(view, name, goes_to)
    if said is None:
        raise Http404
    stands = cells.get(goes_to, "")
    if said.text not in stands:
        _write(request, number, [Change(goes_to, stands, f"{stands}\n{said.quoted}".strip())])
    return goes_to


@writes
def row(request: Request, number: str) -> HttpResponse:
    """Begin a row of a part, or take over the rows of the views: a fragment for the script, otherwise the page."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("roundtable:paper", args=[_case(request, number).number]))
    part = request.POST.get("part", "")
    taking = request.POST.get("take") == "1"
    try:
        _case(request, number)
        anchor = _add(request, number, part, taking=taking)
    except NotAllowed as stopped:
        return _gone(request, number, str(stopped), {}, stopped)
    if autosaves(request):
        return news(request, _case(request, number), {"added": anchor})
    return HttpResponseRedirect(f"{reverse('roundtable:paper', args=[number])}#{anchor.replace('.', '-')}")


# News ---------------------------------------------------------------------------------------------------------------


@reads
def paper_news(request: Request, number: str) -> HttpResponse:
    """What was written since a revision, by whom, and what follows from it."""
    try:
        case = _case_for_news(request, number)
    except NotAllowed as stopped:
        return JsonResponse({"closed": str(stopped)}, status=403)
    return news(request, case)


def _case_for_news(request: Request, number: str) -> Case:
    """As :func:`_case`, but only what is needed to say that nothing is new: asked every few seconds."""
    _check_reader(request)
    actor = acting(request)
    rows = Case.objects.visible_to(actor).filter(number=number, roundtable__isnull=False).exclude(phase=Phase.DRAFT)
    case = rows.select_related(*minutes.JOINS).first()
    if case is None:
        raise Http404
    minutes.check(case, actor)
    return case
