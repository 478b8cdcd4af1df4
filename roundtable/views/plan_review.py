"""A draft of the Handlungsplan, to read and to answer: by an office, or behind a link (RT-14, RT-18)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import audit, guests
from iiz.core.conflicts import conflict_page, typed_in
from iiz.core.http import Request
from iiz.core.models import Case, GuestLink
from iiz.core.registry import GuestPurpose
from iiz.core.templatetags.ui import day
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads, writes
from iiz.core.workflow import Conflict, NotAllowed

from .. import plan_paper, plan_reading, reviewing
from ..effects.plans import REVIEW
from ..enums import Answer
from ..forms.plan_review import CorrectionsForm, ReviewForm, preset
from ..models import Review
from ..perspectives import Author
from ..queries import draft_plan
from ..reviewing import Pledge
from ..workflow.planning import PLAN


def _tab(case: Case) -> str:
    return reverse("core:case_tab", args=[case.number, PLAN])


def _url(review: Review) -> str:
    return reverse("roundtable:plan_review", args=[review.plan.case.number, review.plan.number])


def _asked(request: Request, number: str, version: int) -> Review:
    """What the actor's office is asked to read; ``Http404`` for all others."""
    case, actor = visible_case(request, number), acting(request)
    rows = Review.objects.select_related(*reviewing.RELATED)
    own = rows.filter(plan__case=case, plan__number=version, participant__participation__institution=actor.institution)
    row = own.first()
    if row is None:
        raise Http404
    row.participant.case = row.plan.case
    return row


@reads
def now(request: Request, number: str) -> HttpResponse:
    """The draft that is with the participants now, whatever its number: where the Pendenz leads."""
    plan = draft_plan(visible_case(request, number))
    if plan is None:
        return HttpResponseRedirect(reverse("core:case_tab", args=[number, PLAN]))
    return HttpResponseRedirect(reverse("roundtable:plan_review", args=[number, plan.number]))


def form_of(review: Review, data: Any = None) -> ReviewForm:
    """The form of an office: its own steps, and corrections to what it reads."""
    return ReviewForm(
        data,
        places=reviewing.places(review),
        given=list(review.corrections.all()),
        steps=reviewing.own_steps(review),
        offers=reviewing.catalogue(review),
    )


def all_pledges(form: ReviewForm) -> dict[int, Pledge]:
    """Promises to all own steps in one click, with the offers that are preset; none where one has no offer."""
    found = {}
    for step in form.steps:
        offer = preset(step, form.offers)
        if offer is None:
            return {}
        found[step.key] = Pledge(Answer.ACCEPTED, offer, entitled=True)
    return found


@writes
def review(request: Request, number: str, version: int) -> HttpResponse:
    """Read the draft, promise the own steps, and say what is wrong; until the draft ends it can be changed."""
    row, actor = _asked(request, number, version), acting(request)
    if not actor.works_on_cases:
        raise NotAllowed(_("Ihre Rolle erlaubt das nicht. Antworten können die Personen, die in Fällen arbeiten."))
    whole = request.method == "POST" and request.POST.get("do") == "all"
    form = form_of(row, request.POST if request.method == "POST" and not whole else None)
    at_once, reason = all_pledges(form), reviewing.hindrance(row)
    if request.method == "POST" and reason:
        return _stopped(request, row, form, NotAllowed(reason))
    if request.method == "POST" and (form.is_valid() or (whole and (at_once or not form.steps))):
        pledges, wanted = (at_once, []) if whole else (form.pledges, form.wanted)
        try:
            seen = request.POST.get("seen", "")
            reviewing.answer(row, Author(actor=actor), pledges=pledges, corrections=wanted, seen=seen)
        except (Conflict, NotAllowed) as stopped:
            return _stopped(request, row, form, stopped)
        messages.success(request, _("Ihre Antwort ist festgehalten. Bis der Plan gilt, können Sie sie ändern."))
        return HttpResponseRedirect(_tab(row.plan.case))
    audit.log_read(actor, row.plan.case, _("Entwurf des Handlungsplans, Fassung %(n)s") % {"n": version})
    context = {**_context(row), "form": form, "at_once": bool(at_once), "back": _tab(row.plan.case)}
    return render(request, "roundtable/plan_review.html", context)


def _stopped(request: Request, row: Review, form: ReviewForm, stopped: Exception) -> HttpResponse:
    """Nothing was taken: why, what was typed, and the way to what counts now."""
    sentence = stopped.sentence if isinstance(stopped, Conflict) else str(stopped)
    case = Case.objects.get(pk=row.plan.case_id)
    newer = draft_plan(case)
    url = reverse("roundtable:plan_review", args=[case.number, newer.number]) if newer is not None else _tab(case)
    fresh = Review.objects.get(pk=row.pk)
    theirs = [(_("Ihre Antwort"), words(fresh))] if fresh.answered_at else []
    title = _("Ihre Antwort ist nicht festgehalten")
    mine = typed_in(form) if form.is_bound else [(_("Antwort"), _("Alle eigenen Schritte zusagen, keine Korrekturen"))]
    return conflict_page(request, sentence, mine=mine, theirs=theirs, url=url, title=title)


def words(review: Review) -> str:
    """How somebody answered to a draft."""
    if review.answered_at is None:
        return _("noch keine Antwort")
    sentence = _("einverstanden am %(day)s") if review.agreed else _("nicht mit allem einverstanden, am %(day)s")
    return sentence % {"day": day(review.answered_at)}


def _context(row: Review) -> dict[str, Any]:
    """What office and guest are both shown."""
    plan, case = row.plan, row.plan.case
    kinds = plan_reading.kinds_of(case, row.participant)
    return {
        "case": case,
        "plan": plan,
        "row": row,
        "seen": reviewing.mark(row),
        "answer": words(row),
        "hindrance": reviewing.hindrance(row),
        "handled": [one for one in row.corrections.all() if one.handled_at is not None],
        "given": list(row.corrections.all()),
        "doc": plan_paper.document(plan, kinds, row.participant_id) if kinds else None,
    }


# Behind a link ------------------------------------------------------------------------------------------------------


def guest(request: HttpRequest, link: GuestLink) -> HttpResponseBase:
    """The draft for somebody without an account, and what is wrong in it; until it ends it can be changed."""
    row = reviewing.of_link(link)
    if row is None:
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
    agrees = request.POST.get("do") == "agree"
    data = request.POST if request.method == "POST" and not agrees else None
    form = CorrectionsForm(data, places=reviewing.places(row), given=list(row.corrections.all()))
    problem = ""
    if request.method == "POST" and (agrees or form.is_valid()):
        try:
            wanted = [] if agrees else form.wanted
            reviewing.answer(row, Author(link=link), corrections=wanted, seen=request.POST.get("seen", ""))
            return HttpResponseRedirect(f"{request.path}?gesendet=1")
        except Conflict as conflict:
            if reviewing.guest_hindrance(link):
                raise
            problem = conflict.sentence
    guests.log(link, _("Entwurf des Handlungsplans, Fassung %(n)s") % {"n": row.plan.number})
    context = {**_context(row), "guest": link, "form": form, "problem": problem, "sent": "gesendet" in request.GET}
    return render(request, "roundtable/plan_review_guest.html", context, status=409 if problem else 200)


def _typed(request: HttpRequest) -> list[tuple[Any, str]]:
    """The corrections as typed, without the places: they name parts of the case."""
    texts = [str(text) for name, text in request.POST.items() if name.startswith("text_") and text]
    return [(_("Korrektur %(n)s") % {"n": place}, text) for place, text in enumerate(texts, start=1)]


PURPOSE = GuestPurpose(
    REVIEW,
    gettext_lazy("Entwurf lesen und Korrekturen geben"),
    gettext_lazy("Was an einem Gespräch besprochen wurde, ist aufgeschrieben. Sie können sagen, was nicht stimmt."),
    gettext_lazy("Danke, Ihre Antwort ist angekommen."),
    "rt_guest_review",
    guest,
    reviewing.guest_hindrance,
    typed=_typed,
)
