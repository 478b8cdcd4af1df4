"""The tab «Handlungsplan» of a case: what is agreed, how it stands, what is on the way, who got it (RT-13 to RT-18)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import workflow
from iiz.core.actor import Actor
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.templatetags.ui import day
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import writes
from iiz.core.workflow import NotAllowed

from .. import course, dispatching, minutes, plan_paper, plan_reading, reading, signing
from ..enums import Answer, CorrectionState, ParticipantKind, PlanState, StepState
from ..models import Correction, Handlungsplan, Participant, Review, Step
from ..plan_words import numbers
from ..queries import moderates, told_as
from ..workflow.planning import PLAN
from .plan_review import words

ANSWERS = {Answer.OPEN: "wait", Answer.ACCEPTED: "ok", Answer.REFUSED: "stop"}


def fill(case: Case, actor: Actor) -> dict[str, Any]:
    """What the tab shows, as far as the actor may read it; the same queries for any number of steps and versions."""
    prefetch_related_objects(list(case.plans.all()), "signature__picture", "reviews__participant__participation")
    versions = plan_reading.versions(case, actor)
    for version in versions:
        version.case = case
    final = next((row for row in versions if row.state == PlanState.FINAL), None)
    draft = next((row for row in versions if row.state == PlanState.DRAFT), None)
    kinds = plan_reading.kinds_for(case, actor)
    return {
        "steps": workflow.available(case, actor, tab=PLAN),
        "paper_url": "" if minutes.refusal(case, actor) else reverse("roundtable:paper", args=[case.number]),
        "closed": [] if kinds else reading.hidden(case, actor, frozenset()),
        "final": _final(final, actor) if final is not None else None,
        "draft": _draft(draft, actor) if draft is not None else None,
        "versions": [_version(row, versions) for row in versions],
        "managers": course.management_rows(case, actor),
    }


def _url(name: str, plan: Handlungsplan, *more: int) -> str:
    return reverse(f"roundtable:{name}", args=[plan.case.number, plan.number, *more])


# In force -----------------------------------------------------------------------------------------------------------


def _final(plan: Handlungsplan, actor: Actor) -> dict[str, Any]:
    case = plan.case
    signature = plan.signature if signing.is_signed(plan) else None
    kinds = plan_reading.kinds_for(case, actor)
    log = dispatching.log(plan, actor)
    may_send = not dispatching.refusal(plan, actor)
    signs = signature is None and not signing.refusal(case, actor) and not signing.hindrance(plan)
    shown = _steps(plan, actor)
    picture = signature is not None and signing.may_see(signature, kinds)
    return {
        "plan": plan,
        "standing": plan_paper.standing_of(plan),
        "steps": shown,
        "hidden": course.hidden_words(len(plan.content.get("steps", ())) - len(shown)),
        "goals": [row["text"] for row in plan_reading.cut(plan.content, kinds).get("goals", ())],
        "url": _url("plan", plan),
        "pdf_url": _url("plan_pdf", plan),
        "text_url": _url("plan_text", plan),
        "plain_url": _url("plan_plain_pdf", plan),
        "signature": signature,
        "picture_url": _url("plan_signature", plan) if picture else "",
        "is_picture": signature is not None and signature.picture.content_type.startswith("image/"),
        "sign_url": _url("plan_sign", plan) if signs else "",
        "log": [(row, _url("plan_again", plan, row.participant) if may_send else "") for row in log],
        "unsent": [
            (reading.name_of(case, row, named=True), _url("plan_again", plan, row.pk))
            for row in (dispatching.unsent(plan) if may_send else [])
        ],
    }


def _steps(plan: Handlungsplan, actor: Actor) -> list[dict[str, Any]]:
    """The steps that the actor may read, each with how it stands, and where that is said."""
    content = plan_reading.cut(
        plan.content, plan_reading.kinds_for(plan.case, actor), plan_reading.participant_of(plan.case, actor)
    )
    number, rows = numbers(plan.content), {row.key: row for row in plan.steps.all()}
    found = []
    for one in content.get("steps", ()):
        row = rows[one["key"]]
        status = StepState(row.status)
        found.append(
            {
                "number": number[row.key],
                "what": row.what,
                "who": one["owner_label"],
                "start": row.starts_on,
                "due": row.due_on,
                "mark": course.MARKS[status],
                "status": status.label,
                "url": reverse("roundtable:step", args=[row.pk]),
            }
        )
    return found


# On the way ---------------------------------------------------------------------------------------------------------


def _draft(plan: Handlungsplan, actor: Actor) -> dict[str, Any]:
    """The draft with the participants: who answered, what is missing; of others an office reads no answer."""
    case, seat = plan.case, plan_reading.participant_of(plan.case, actor)
    reviews = list(plan.reviews.all())
    own = next((row for row in reviews if row.participant_id == seat), None)
    leads = moderates(case, actor)
    return {
        "plan": plan,
        "standing": plan_paper.standing_of(plan),
        "url": _url("plan", plan),
        "own": words(own) if own is not None else "",
        "review_url": _url("plan_review", plan) if own is not None else "",
        "answered": own is not None and own.answered_at is not None,
        "reviews": _reviews(case, reviews) if leads else [],
        "missing": _missing(plan.steps.select_related("owner__participation__institution")) if leads else [],
        "corrections": _corrections(plan) if leads else None,
        "corrections_url": _url("plan_corrections", plan) if leads else "",
    }


def _reviews(case: Case, reviews: Iterable[Review]) -> list[tuple[str, str, str]]:
    """Everybody who was asked, with a mark and what he or she said."""
    seats = {row.pk: row for row in case.participants.all()}
    found = []
    for row in reviews:
        seat = seats.get(row.participant_id, row.participant)
        seat.case = case
        mark = "wait" if row.answered_at is None else "ok" if row.agreed else "stop"
        said = words(row)
        if row.answered_at is None and seat.participation is None and not seat.email:
            said = _("ohne E-Mail-Adresse: Sie zeigen den Entwurf selbst")
        found.append((reading.name_of(case, seat, named=True), mark, said))
    return found


def _missing(steps: Iterable[Step]) -> list[tuple[str, str, str, str]]:
    """The steps of offices that are not promised: what, whose, mark, and why."""
    return [
        (
            row.what,
            told_as(row.owner),
            ANSWERS[Answer(row.answer)],
            ": ".join(part for part in (str(row.get_answer_display()), row.answer_note) if part),
        )
        for row in steps
        if row.owner.kind != ParticipantKind.CLIENT and row.answer != Answer.ACCEPTED
    ]


def _corrections(plan: Handlungsplan) -> tuple[int, int]:
    """How many corrections there are, and how many wait for an answer."""
    states = list(Correction.objects.filter(review__plan=plan).values_list("state", flat=True))
    return len(states), states.count(CorrectionState.OPEN)


# All versions -------------------------------------------------------------------------------------------------------


def _version(plan: Handlungsplan, versions: list[Handlungsplan]) -> dict[str, Any]:
    earlier = any(row.number < plan.number for row in versions)
    signed = _("unterschrieben am %(day)s") % {"day": day(plan.signature.signed_on)} if signing.is_signed(plan) else ""
    unsigned = _("noch nicht unterschrieben") if plan.state == PlanState.FINAL else ""
    return {
        "standing": plan_paper.standing_of(plan),
        "signed": signed or unsigned,
        "url": _url("plan", plan),
        "diff_url": _url("plan_diff", plan) if earlier else "",
    }


# Sent again ---------------------------------------------------------------------------------------------------------


@writes
def again(request: Request, number: str, version: int, participant: int) -> HttpResponse:
    """Send the version in force to one of those at the table again; the page asks first."""
    case, actor = visible_case(request, number), acting(request)
    plan = get_object_or_404(case.plans.all(), number=version)
    plan.case = case
    seat = get_object_or_404(
        Participant.objects.select_related("participation__institution"), pk=participant, case=case
    )
    seat.case = case
    reason = dispatching.refusal(plan, actor)
    if reason:
        raise NotAllowed(reason)
    back = reverse("core:case_tab", args=[case.number, PLAN])
    if request.method == "POST":
        dispatching.again(plan, seat, actor)
        messages.success(request, _("Der Handlungsplan ist nochmals versandt."))
        return HttpResponseRedirect(back)
    context = {
        "case": case,
        "title": _("Handlungsplan nochmals senden"),
        "words": _("Ein früherer Link dazu gilt danach nicht mehr. Der Versand steht im Protokoll."),
        "button": _("Nochmals senden"),
        "who": reading.name_of(case, seat, named=True),
        "back": back,
    }
    return render(request, "roundtable/view_step.html", context)


def letters(case: Case, actor: Actor) -> list[tuple[str, str, str]]:
    """The Handlungsplan in force among the documents of a case, for who may read it."""
    plan = next((row for row in plan_reading.versions(case, actor) if row.state == PlanState.FINAL), None)
    if plan is None:
        return []
    plan.case = case
    label = _("Handlungsplan, Fassung %(n)s") % {"n": plan.number}
    return [(label, _url("plan_pdf", plan), _url("plan_text", plan))]


TAB: dict[str, tuple[Any, str, Any]] = {PLAN: (gettext_lazy("Handlungsplan"), "roundtable/plan_tab.html", fill)}
