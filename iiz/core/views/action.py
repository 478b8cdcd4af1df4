"""Carrying out one transition: what it means, its form, and the workflow's answer."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from .. import audit, registry, workflow
from ..conflicts import conflict_page, typed_in
from ..enums import Service
from ..forms.action import ActionForm
from ..http import Request, onward
from ..models import AuditEntry, Case
from .case import address
from .fetch import acting, visible_case
from .marks import writes
from .work import case_title

CHOSEN = {"gespraech": "meeting", "wer": "participant", "zeile": "line"}
"""Of the address only which meeting, line or who is meant: nobody shall put words into somebody else's form."""


@writes
def action(request: Request, number: str, name: str) -> HttpResponse:
    """GET explains and shows the form; POST does it, or shows what is wrong with everything typed kept."""
    case, actor = visible_case(request, number), acting(request)
    page = registry.pages[case.service].actions.get(name)
    if page is None:
        raise Http404
    initial = {field: request.GET[name] for name, field in CHOSEN.items() if name in request.GET}
    form = page.form(request.POST or None, request.FILES or None, case=case, actor=actor, initial=initial)
    try:
        transition = workflow.check(case, name, actor)
    except workflow.NotAllowed as refused:
        moved = request.method == "POST" and _stale(request, case.version)
        if not moved:
            raise
        return _conflict(request, case, form, str(refused))
    if request.method == "POST" and form.is_valid():
        try:
            version = None if transition.adds else _version(request)
            workflow.apply(case, name, actor, form.cleaned_data, version=version)
        except workflow.Conflict as conflict:
            return _conflict(request, conflict.case, form, conflict.sentence)
        messages.success(request, page.done or _("Erledigt: %(what)s.") % {"what": transition.label})
        return HttpResponseRedirect(onward(request, address(case, transition.tab)))
    title = case_title(case, actor) or Service(case.service).label
    context = {"case": case, "title": title, "form": form, "page": page, "transition": transition}
    context["back"] = address(case, transition.tab)
    return render(request, "core/action.html", context)


def _version(request: Request) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else None


def _stale(request: Request, version: int) -> bool:
    """Whether the form was opened before somebody changed the case."""
    return _version(request) not in (None, version)


def _conflict(request: Request, case: Case, form: Form, sentence: str) -> HttpResponse:
    last = AuditEntry.objects.filter(stream=audit.case_stream(case.number)).last()
    url = case.get_absolute_url()
    theirs = form.now() if isinstance(form, ActionForm) else []
    return conflict_page(request, sentence, case=case, last=last, mine=typed_in(form), theirs=theirs, url=url)
