"""The client signs the Handlungsplan: at the table on a tablet, or on paper that is scanned (RT-15)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from iiz.core import audit
from iiz.core.actor import Actor
from iiz.core.conflicts import conflict_page
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.views.documents import as_download
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads, writes
from iiz.core.workflow import Conflict, NotAllowed

from .. import plan_paper, plan_reading, reading, signing
from ..forms.plan_sign import DrawForm, SignedPaperForm
from ..models import Handlungsplan
from ..perspectives import Author
from ..queries import final_plan
from ..reading import EVERYTHING
from ..workflow.planning import PLAN


def _tab(case: Case) -> str:
    return reverse("core:case_tab", args=[case.number, PLAN])


def _plan(request: Request, number: str, version: int) -> Handlungsplan:
    """A version that the actor may read; ``Http404`` otherwise."""
    case, actor = visible_case(request, number), acting(request)
    found = next((row for row in plan_reading.versions(case, actor) if row.number == version), None)
    if found is None:
        raise Http404
    found.case = case
    return found


@reads
def now(request: Request, number: str) -> HttpResponse:
    """The version in force, whatever its number: where the Pendenz leads."""
    plan = final_plan(visible_case(request, number))
    if plan is None:
        return HttpResponseRedirect(reverse("core:case_tab", args=[number, PLAN]))
    return HttpResponseRedirect(reverse("roundtable:plan_sign", args=[number, plan.number]))


@writes
def sign(request: Request, number: str, version: int) -> HttpResponse:
    """A calm page for a tablet: the plan in plain words, and the field to sign; below it the way on paper."""
    plan, actor = _plan(request, number, version), acting(request)
    refusal, reason = signing.refusal(plan.case, actor), signing.hindrance(plan)
    if refusal:
        raise NotAllowed(refusal)
    posted, way = request.method == "POST", request.POST.get("way", "")
    draw = DrawForm(request.POST if posted and way == "drawn" else None)
    sent = (request.POST, request.FILES) if posted and way == "scan" else ()
    paper = SignedPaperForm(*sent, plan=plan, actor=actor)
    if posted and reason:
        return _stopped(request, plan, reason)
    if posted and (draw.is_valid() or paper.is_valid()):
        try:
            _sign(plan, actor, draw, paper, request.POST.get("seen", ""))
        except (Conflict, NotAllowed) as stopped:
            return _stopped(request, plan, stopped.sentence if isinstance(stopped, Conflict) else str(stopped))
        messages.success(request, _("Die Unterschrift ist festgehalten."))
        return HttpResponseRedirect(_tab(plan.case))
    audit.log_read(actor, plan.case, _("Handlungsplan zur Unterschrift, Fassung %(n)s") % {"n": version})
    client = signing.client_of(plan.case)
    context = {
        "case": plan.case,
        "plan": plan,
        "draw": draw,
        "paper": paper,
        "hindrance": reason,
        "now": _sign_url(plan) if reason else "",
        "who": reading.name_of(plan.case, client, named=True) if client is not None else "",
        "doc": plan_paper.document(plan, EVERYTHING, plain=True) if not reason else None,
        "pdf_url": reverse("roundtable:plan_pdf", args=[number, version]),
        "plan_url": reverse("roundtable:plan", args=[number, version]),
        "back": _tab(plan.case),
    }
    return render(request, "roundtable/plan_sign.html", context)


def _sign(plan: Handlungsplan, actor: Actor, draw: DrawForm, paper: SignedPaperForm, seen: str) -> None:
    if draw.is_bound:
        signing.draw(plan, Author(actor=actor), draw.cleaned_data["strokes"], seen=seen)
    else:
        data = paper.cleaned_data
        signing.scan(plan, actor, data["scan"], paper.content_type, data["signed_on"], seen=seen)


def _sign_url(plan: Handlungsplan) -> str:
    """Where the version in force is signed, if it is another one."""
    newer = final_plan(Case.objects.get(pk=plan.case_id))
    if newer is None or newer.pk == plan.pk:
        return ""
    return reverse("roundtable:plan_sign", args=[plan.case.number, newer.number])


def _stopped(request: Request, plan: Handlungsplan, sentence: str) -> HttpResponse:
    """Nothing is signed: why, and the way to what counts now."""
    mine: list[tuple[Any, Any]] = [(_("Unterschrift zu"), _("Fassung %(n)s") % {"n": plan.number})]
    url = _sign_url(plan) or _tab(plan.case)
    return conflict_page(request, sentence, mine=mine, url=url, title=_("Nichts ist unterschrieben"))


@reads
def signature(request: Request, number: str, version: int) -> FileResponse:
    """The picture of the signature, for who may read the version; a scanned page only for who reads all of it."""
    plan, actor = _plan(request, number, version), acting(request)
    if not signing.is_signed(plan) or not signing.may_see(plan.signature, plan_reading.kinds_for(plan.case, actor)):
        raise Http404
    picture = plan.signature.picture
    audit.log_read(actor, plan.case, _("Unterschrift zum Handlungsplan, Fassung %(n)s") % {"n": version})
    return as_download(picture.file, picture.filename, picture.content_type)
