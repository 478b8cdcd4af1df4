"""What the participants say to a draft, beside it: whoever moderates handles each correction (RT-18)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from iiz.core import audit, workflow
from iiz.core.actor import Actor
from iiz.core.conflicts import conflict_page, typed_in
from iiz.core.http import Request
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import writes
from iiz.core.workflow import Conflict, NotAllowed

from .. import plan_paper, reading, reviewing
from ..enums import CorrectionState, PlanState
from ..forms.plan import paper_url
from ..forms.plan_review import HandleForm
from ..models import Correction, Handlungsplan, Review
from ..queries import moderates
from ..reading import EVERYTHING
from ..workflow.planning import PLAN
from .plan_review import words

FIELD = {
    "area": "{}.state",
    "income": "{}.kind",
    "sick": "{}.percent",
    "decision": "{}.text",
    "goal": "{}.text",
    "step": "{}.what",
    "plain": "{}",
}
"""Part of the document → the field of the paper at which its correction begins."""
MARKS = {CorrectionState.OPEN: "wait", CorrectionState.TAKEN: "ok", CorrectionState.DECLINED: "stop"}


def _plan(request: Request, number: str, version: int) -> Handlungsplan:
    """The version with its case; for whoever moderates, 403 for others, 404 for what is not there."""
    case, actor = visible_case(request, number), acting(request)
    plan = case.plans.filter(number=version).first()
    if plan is None:
        raise Http404
    if not moderates(case, actor):
        raise NotAllowed(_("Das kann nur tun, wer den Roundtable führt."))
    plan.case = case
    return plan


@writes
def corrections(request: Request, number: str, version: int) -> HttpResponse:
    """All corrections to a version with what became of them; each is handled on its own."""
    plan, actor = _plan(request, number, version), acting(request)
    bound: tuple[str, HandleForm] | None = None
    if request.method == "POST":
        key = request.POST.get("correction", "")
        bound = key, HandleForm(request.POST, prefix=key)
        if bound[1].is_valid():
            try:
                _handle(plan, key, bound[1], actor)
            except (Conflict, NotAllowed) as stopped:
                sentence = stopped.sentence if isinstance(stopped, Conflict) else str(stopped)
                title = _("Nichts ist festgehalten")
                return conflict_page(request, sentence, mine=typed_in(bound[1]), url=request.path, title=title)
            messages.success(request, _("Es ist festgehalten. Wer die Korrektur gegeben hat, liest es beim Entwurf."))
            return HttpResponseRedirect(request.path)
    audit.log_read(actor, plan.case, _("Korrekturen zum Handlungsplan, Fassung %(n)s") % {"n": version})
    return render(request, "roundtable/plan_corrections.html", _context(plan, actor, bound))


def _handle(plan: Handlungsplan, key: str, form: HandleForm, actor: Actor) -> None:
    rows = Correction.objects.select_related("review__plan").filter(review__plan=plan)
    row = rows.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    if row is None:
        raise Conflict(plan.case, _("Diese Korrektur ist inzwischen geändert oder zurückgenommen worden."))
    reviewing.handle(row, actor, state=form.cleaned_data["state"], note=form.cleaned_data["answer"].replace("\x00", ""))


def _context(plan: Handlungsplan, actor: Actor, bound: tuple[str, HandleForm] | None) -> dict[str, Any]:
    case, refusal = plan.case, reviewing.refusal(plan.case, actor)
    rows = []
    for row in reviewing.corrections_of(plan):
        form = HandleForm(prefix=str(row.pk), initial={"state": row.state, "answer": row.answer})
        if bound is not None and bound[0] == str(row.pk):
            form = bound[1]
        rows.append(
            {
                "row": row,
                "who": reading.name_of(case, row.review.participant, named=True),
                "mark": MARKS[CorrectionState(row.state)],
                "form": None if refusal else form,
                "url": paper_url(case, FIELD.get(row.place.partition(".")[0], "").format(row.place)),
            }
        )
    offers = [workflow.offer(case, name, actor) for name in ("finalise_plan", "circulate_plan")]
    return {
        "case": case,
        "plan": plan,
        "rows": rows,
        "reviews": [(reading.name_of(case, row.participant, named=True), words(row)) for row in _reviews(plan)],
        "offers": [offer for offer in offers if offer is not None and plan.state == PlanState.DRAFT],
        "refusal": refusal,
        "doc": plan_paper.document(plan, EVERYTHING),
        "back": reverse("core:case_tab", args=[case.number, PLAN]),
        "paper_url": paper_url(case),
    }


def _reviews(plan: Handlungsplan) -> list[Review]:
    rows = plan.reviews.select_related("participant__participation__institution", "participant__case__person")
    return list(rows)
