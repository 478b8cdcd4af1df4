"""The view of an office before the meeting: saved as one types, given, changed, declined (RT-09, PER-06)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import audit
from iiz.core.conflicts import conflict_page
from iiz.core.drafting import TooLong
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.views.fetch import acting
from iiz.core.views.marks import writes
from iiz.core.workflow import Conflict, NotAllowed

from .. import perspectives, reading
from ..models import Perspective
from ..perspectives import Author
from ..queries import moderates
from ..workflow.preparation import VIEWS
from . import perspective_page as parts


def _asked(request: Request, pk: int) -> Perspective:
    """The view, if the actor's office was asked for it, or writes it down; ``Http404`` otherwise."""
    actor = acting(request)
    rows = Perspective.objects.select_related("case__vollmacht", "case__person", *perspectives.RELATED)
    view = rows.filter(pk=pk).first()
    if view is None or not Case.objects.visible_to(actor).filter(pk=view.case_id).exists():
        raise Http404
    view.participant.case = view.case
    part = view.participant.participation
    own = part is not None and part.institution_id == actor.institution.pk
    if not own and not perspectives.writes_down(view, actor):
        raise Http404
    return view


def _tab(case: Case) -> str:
    return reverse("core:case_tab", args=[case.number, VIEWS])


@writes
def view(request: Request, pk: int) -> HttpResponse:
    """Write the view of the own office; what was typed is never lost, whatever has happened to the case."""
    actor = acting(request)
    try:
        row = _asked(request, pk)
    except Http404:
        if request.method == "POST":
            return _case_gone(request, pk)
        raise
    if not actor.works_on_cases and not actor.is_coordination:
        raise NotAllowed(perspectives.refusal(row, actor))
    if request.method == "POST":
        return _write(request, row)
    reason = perspectives.refusal(row, actor)
    audit.log_read(actor, row.case, _("Eigene Sicht"))
    if reason:
        return _read_only(request, row, reason)
    return _page(request, row, parts.sheet_of(row, perspectives.answers_of(row)))


def _write(request: Request, row: Perspective) -> HttpResponse:
    """Save, give or decline, as the pressed button says."""
    author, do = Author(actor=acting(request)), request.POST.get("do", "save")
    answers = parts.answers_in(request, row)
    version, key = parts.version_in(request), parts.key_in(request)
    sheet = parts.sheet_of(row, answers, judge=do == "give")
    try:
        if do == "decline":
            perspectives.decline(row, author)
            messages.success(request, _("Festgehalten: Ihre Stelle gibt keine eigene Sicht ab."))
            return HttpResponseRedirect(_tab(row.case))
        if do == "give" and sheet.is_valid:
            perspectives.give(row, author, sheet.given, version=version, form_key=key)
            messages.success(request, _("Die Sicht ist abgegeben. Bis zum Gespräch können Sie sie noch ändern."))
            return HttpResponseRedirect(_tab(row.case))
        row = perspectives.save(row, author, answers, version=version, form_key=key)
    except TooLong:
        sentence = parts.too_long()
        if parts.autosaves(request):
            return JsonResponse({"sentence": sentence}, status=413)
        return _page(request, row, parts.sheet_of(row, answers, judge=True), problem=sentence, status=413)
    except (Conflict, NotAllowed) as stopped:
        return _stopped(request, row, sheet, stopped)
    if parts.autosaves(request):
        return parts.saved(row)
    if do == "give":
        return _page(request, row, sheet)
    anchor = do.partition(":")[2]
    return HttpResponseRedirect(f"{request.path}#{anchor}" if anchor else request.path)


def _stopped(request: Request, row: Perspective, sheet: Any, stopped: Exception) -> HttpResponse:
    """Somebody was faster, or nothing may be exchanged any more: nothing is saved, all that was typed is shown."""
    sentence = stopped.sentence if isinstance(stopped, Conflict) else str(stopped)
    if parts.autosaves(request):
        return JsonResponse({"sentence": sentence}, status=409)
    faster = isinstance(stopped, Conflict)
    return conflict_page(
        request,
        sentence,
        mine=sheet.labelled(),
        theirs=parts.theirs(row),
        url=request.path if faster else row.case.get_absolute_url(),
        title="" if faster else _("Nichts wurde weitergegeben"),
    )


def _case_gone(request: Request, pk: int) -> HttpResponse:
    """The case closed to the office while somebody wrote: what was typed comes back, and nothing of the case."""
    own = Perspective.objects.select_related("case", "participant__participation").filter(
        pk=pk, participant__participation__institution=acting(request).institution
    )
    row = own.first()
    if row is None or parts.autosaves(request):
        raise Http404
    sentence = _("Dieser Fall ist für Ihre Stelle nicht mehr offen. Nichts wurde gespeichert oder weitergegeben.")
    mine = parts.sheet_of(row, parts.answers_in(request, row)).labelled()
    return conflict_page(request, sentence, mine=mine, title=_("Nichts wurde weitergegeben"), url="/pendenzen/")


def _page(request: Request, row: Perspective, sheet: Any, *, problem: str = "", status: int = 200) -> HttpResponse:
    version = parts.version_in(request) if status != 200 else None
    context = parts.context(request, row, sheet, version=version, problem=problem)
    context |= {
        "case": row.case,
        "back": _tab(row.case),
        "autosave": request.path,
        "written_down": perspectives.is_written_down(row),
        "author": reading.name_of(row.case, row.participant, named=True),
    }
    return render(request, "roundtable/view_form.html", context, status=status)


def _read_only(request: Request, row: Perspective, reason: str) -> HttpResponse:
    """What the office wrote, draft or given, once it can be written no more: it stays readable to itself."""
    context = {
        "case": row.case,
        "view": row,
        "reason": reason,
        "rows": parts.sheet_of(row, perspectives.answers_of(row)).labelled(),
        "back": _tab(row.case) if row.case.phase != "draft" else row.case.get_absolute_url(),
    }
    return render(request, "roundtable/view_read.html", context)


STEPS = {
    "cancel": (
        perspectives.cancel,
        gettext_lazy("Sicht nicht mehr einholen"),
        gettext_lazy("Die Pendenz verschwindet, ein Link dazu gilt nicht mehr. Sie können später wieder darum bitten."),
        gettext_lazy("Nicht mehr einholen"),
    ),
    "reopen": (
        perspectives.reopen,
        gettext_lazy("Nochmals einen Link senden"),
        gettext_lazy(
            "Die Person erhält einen neuen Link und kann ihre Sicht damit ändern oder abgeben. Bis sie das tut, gilt, "
            "was sie geschrieben hat."
        ),
        gettext_lazy("Link senden"),
    ),
}


@writes
def view_step(request: Request, pk: int, name: str) -> HttpResponse:
    """Whoever moderates calls a request off, or sends a new link; the page asks first."""
    actor = acting(request)
    rows = Perspective.objects.select_related("case__vollmacht", "case__person", *perspectives.RELATED)
    row = rows.filter(pk=pk, case__in=Case.objects.visible_to(actor)).first()
    if row is None or name not in STEPS:
        raise Http404
    row.participant.case = row.case
    do, title, words, button = STEPS[name]
    if not moderates(row.case, actor):
        raise NotAllowed(_("Das kann nur tun, wer den Roundtable führt."))
    if request.method == "POST":
        do(row, actor)
        messages.success(request, _("Erledigt: %(what)s.") % {"what": title})
        return HttpResponseRedirect(_tab(row.case))
    context = {
        "case": row.case,
        "title": title,
        "words": words,
        "button": button,
        "who": reading.name_of(row.case, row.participant, named=True),
        "back": _tab(row.case),
    }
    return render(request, "roundtable/view_step.html", context)
