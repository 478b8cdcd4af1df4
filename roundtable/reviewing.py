"""What those do who are asked to read a draft of the Handlungsplan: promise, correct, agree (RT-14, RT-18).

Each deed is one transaction under the lock of the case, which checks again that the draft is still the one with the
participants and that its reader takes part and is covered. Effects: review, steps and corrections, an entry in the
chain of the case, Pendenzen renewed. An answer can be changed until the draft ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import audit, clock, consents, guests, workflow
from iiz.core.actor import Actor
from iiz.core.enums import Phase
from iiz.core.models import Case, GuestLink, ServiceOffer
from iiz.core.workflow import Conflict, NotAllowed

from . import paper as papers
from . import plan_reading, words
from .enums import Answer, CorrectionState, PlanState
from .models import Correction, Handlungsplan, Review, Step
from .perspectives import Author
from .plan_words import numbers
from .queries import at_the_table, draft_plan, final_plan, moderates, told_as

RELATED = (
    "plan__case__vollmacht",
    "plan__case__person",
    "plan__case__roundtable",
    "participant__participation__institution",
    "participant__line",
)
MOST = 10
"""How many corrections somebody may give to one draft."""
OTHER = "other"
"""The place of a correction that belongs to no part: something is missing."""


@dataclass(frozen=True)
class Pledge:
    """What an office says to one of its steps; ``offer`` is the one of its own catalogue that it gives."""

    answer: str
    offer: int | None = None
    entitled: bool = False
    note: str = ""


# The draft ----------------------------------------------------------------------------------------------------------


def shown(review: Review) -> dict[str, Any]:
    """What the reader of a review may read of the draft today."""
    case, row = review.plan.case, review.participant
    return plan_reading.cut(review.plan.content, plan_reading.kinds_of(case, row), row.pk)


def own_steps(review: Review) -> list[Step]:
    """The steps for which the reader is responsible, in their order."""
    rows = review.plan.steps.filter(owner=review.participant_id)
    return list(rows.select_related("offer", "owner__participation__institution", "answered_by"))


def catalogue(review: Review) -> list[ServiceOffer]:
    """What the reader's office offers today, as the directory tells (RT-14)."""
    part = review.participant.participation
    if part is None:
        return []
    return list(ServiceOffer.objects.valid_on(clock.today()).filter(institution=part.institution_id))


def places(review: Review) -> list[tuple[str, str]]:
    """The parts that the reader can correct: name as in the working paper, and label as in the document."""
    paper, number = papers.thaw(shown(review)), numbers(review.plan.content)
    rows = [(f"area.{row.code}", row.label) for row in paper.areas]
    rows += [(f"income.{row.key}", _("Einkommen: %(label)s") % {"label": row.label}) for row in paper.incomes]
    rows += [(f"sick.{row.key}", _("Arbeitsunfähigkeit %(n)s %%") % {"n": row.percent}) for row in paper.sick_leaves]
    words = _("Hängiger Entscheid: %(text)s")
    rows += [(f"decision.{row.key}", words % {"text": _short(row.text)}) for row in paper.decisions]
    rows += [(f"goal.{row.key}", _("Ziel: %(text)s") % {"text": _short(row.text)}) for row in paper.goals]
    for row in paper.steps:
        names = {"n": number[row.key], "what": _short(row.what)}
        rows.append((f"step.{row.key}", _("Schritt %(n)s: %(what)s") % names))
    if paper.plain:
        rows.append((papers.PLAIN, _("Persönliche Worte")))
    return [*rows, (OTHER, _("Etwas anderes, oder es fehlt etwas"))]


def _short(text: str) -> str:
    return str(Truncator(text).chars(80))


# Whether ------------------------------------------------------------------------------------------------------------


def hindrance(review: Review) -> str:
    """Why nothing can be said to a draft any more, as a German sentence; empty if nothing hinders."""
    plan, case, row = review.plan, review.plan.case, review.participant
    if case.withdrawn_at is not None:
        return _("Die Vollmacht ist zurückgezogen: Es wird nichts mehr ausgetauscht.")
    if plan.state in (PlanState.FINAL, PlanState.REPLACED):
        return _("Der Handlungsplan ist inzwischen verabschiedet.")
    if plan.state == PlanState.DROPPED:
        newer = draft_plan(case) or final_plan(case)
        if newer is not None and newer.number > plan.number:
            return _("Dieser Entwurf ist durch die Fassung %(n)s ersetzt.") % {"n": newer.number}
        return _("Dieser Entwurf ist zurückgezogen. Sie müssen nichts mehr tun.")
    if case.phase != Phase.OPEN:
        return _("Der Roundtable ist beendet.")
    if all(other.pk != row.pk for other in at_the_table(case)):
        return _("Die Teilnahme an diesem Roundtable ist beendet.")
    if not plan_reading.kinds_of(case, row):
        return _("Die Vollmacht gilt hier nicht mehr: Es darf nichts mehr ausgetauscht werden.")
    return ""


def of_link(link: GuestLink) -> Review | None:
    """The review that a link is about; ``None`` if it is not the guest's own."""
    rows = Review.objects.select_related(*RELATED)
    row = rows.filter(pk=link.object_id, plan__case=link.case_id, participant=link.ref).first()
    return _joined(row) if row is not None else None


def guest_hindrance(link: GuestLink) -> str:
    """Why a link leads to no draft that could be answered."""
    row = of_link(link)
    return hindrance(row) if row is not None else _("Um diese Durchsicht wird nicht mehr gebeten.")


def _joined(review: Review) -> Review:
    """The review with one and the same case wherever it is reached."""
    review.participant.case = review.plan.case
    return review


def mark(review: Review) -> str:
    """How the answer stands: sent along with the form, so that nobody writes over what a colleague just said."""
    return review.answered_at.isoformat() if review.answered_at else ""


# Answering ----------------------------------------------------------------------------------------------------------


@contextmanager
def _held(review: Review) -> Iterator[Review]:
    """The review as it is now, its case locked."""
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=review.plan.case_id)
        row = Review.objects.select_related(*RELATED).filter(pk=review.pk).first()
        if row is None:
            raise Http404
        yield _joined(row)


def answer(
    review: Review,
    author: Author,
    *,
    pledges: Mapping[int, Pledge] | None = None,
    corrections: Iterable[tuple[str, str, str]] = (),
    seen: str = "",
) -> Review:
    """Say to a draft what one promises (step key → :class:`Pledge`) and what is wrong: place, its label, text.

    Without corrections and with all steps promised it means: agreed. Corrections that are not handled yet are replaced.
    Sent twice it is the same answer. Raises ``Conflict`` when the draft ended or a colleague answered since it was
    opened (``seen``, see :func:`mark`), ``NotAllowed`` with the reason; a guest whose link ended gets ``guests.Gone``.
    """
    wanted, pledges = list(corrections), dict(pledges or {})
    with _held(review) as row:
        case = row.plan.case
        if row.plan.state != PlanState.DRAFT:
            raise Conflict(case, hindrance(row))
        reason = hindrance(row)
        if not reason and author.actor is not None and not author.actor.works_on_cases:
            reason = _("Ihre Rolle erlaubt das nicht.")
        if reason:
            raise NotAllowed(reason)
        if author.link is not None:
            guests.answered(author.link)
        steps = {step.key: step for step in own_steps(row)}
        if seen != mark(row):
            if _is_said(row, steps, pledges, wanted):
                return row
            raise Conflict(case, _("Jemand hat zu diesem Entwurf inzwischen schon geantwortet."))
        for key, pledge in pledges.items():
            _pledge(row, steps, key, pledge, author)
        _correct(row, wanted)
        said = [pledge.answer for pledge in pledges.values()]
        row.agreed, row.answered_at = not wanted and Answer.REFUSED not in said, clock.now()
        row.answered_by = author.actor.user if author.actor else None
        row.save(update_fields=["agreed", "answered_at", "answered_by"])
        workflow.settle(case)
        changes = {
            "number": row.plan.number,
            "who": told_as(row.participant),
            "accepted": said.count(Answer.ACCEPTED),
            "refused": said.count(Answer.REFUSED),
            "corrections": len(wanted),
        }
        audit.record(
            audit.case_stream(case.number), author.actor, "plan_reviewed", row.plan, changes, guest=author.link
        )
    return row


def _pledge(row: Review, steps: Mapping[int, Step], key: int, pledge: Pledge, author: Author) -> None:
    step = steps.get(key)
    if step is None:
        raise NotAllowed(_("Zusagen kann eine Stelle nur die eigenen Schritte."))
    accepted = pledge.answer == Answer.ACCEPTED
    if accepted and (pledge.offer not in {offer.pk for offer in catalogue(row)} or not pledge.entitled):
        raise NotAllowed(_("Zugesagt wird nur, was im eigenen Leistungskatalog steht und worauf ein Anspruch besteht."))
    step.answer, step.entitled, step.answer_note = pledge.answer, accepted, pledge.note
    step.offer_id = pledge.offer if accepted else step.offer_id
    step.answered_at, step.answered_by = clock.now(), author.actor.user if author.actor else None
    step.at_the_table = False
    step.save()


def _correct(row: Review, wanted: list[tuple[str, str, str]]) -> None:
    """Replace what is not handled yet; what is handled stays, and is not asked for again."""
    row.corrections.filter(state=CorrectionState.OPEN).delete()
    handled = {(one.place, one.text) for one in row.corrections.all()}
    Correction.objects.bulk_create(
        Correction(review=row, place=place, place_label=label[:300], text=text)
        for place, label, text in wanted
        if (place, text) not in handled
    )


def _is_said(
    row: Review, steps: Mapping[int, Step], pledges: Mapping[int, Pledge], wanted: list[tuple[str, str, str]]
) -> bool:
    """Whether the very same was said before: a form that was sent twice."""
    said = {(one.place, one.text): one.state for one in row.corrections.all()}
    now = {(place, text) for place, _label, text in wanted}
    if not now <= set(said) or any(state == CorrectionState.OPEN for one, state in said.items() if one not in now):
        return False
    return all(
        key in steps and (steps[key].answer, steps[key].answer_note) == (pledge.answer, pledge.note)
        for key, pledge in pledges.items()
    )


# Whoever moderates --------------------------------------------------------------------------------------------------


def refusal(case: Case, actor: Actor) -> str:
    """Why ``actor`` may not say what becomes of a correction; empty if nothing hinders."""
    if not moderates(case, actor):
        return _("Das kann nur tun, wer den Roundtable führt.")
    if case.phase != Phase.OPEN:
        return _("Der Roundtable ist beendet.")
    if not consents.live_lines(case):
        return _("Die Vollmacht gilt nicht mehr: Es darf nichts mehr ausgetauscht werden.")
    return ""


def handle(correction: Correction, actor: Actor, *, state: str, note: str) -> None:
    """Say what became of a correction: taken over or not, and one line why. Its author reads it at the draft.

    May be said otherwise later. Raises ``NotAllowed`` with the reason.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=correction.review.plan.case_id)
        reason = refusal(case, actor)
        if reason:
            raise NotAllowed(reason)
        row = Correction.objects.select_related("review__plan", "review__participant__participation__institution")
        found = row.filter(pk=correction.pk).first()
        if found is None:
            raise Conflict(case, _("Diese Korrektur ist inzwischen geändert oder zurückgenommen worden."))
        if (found.state, found.answer) == (state, note):
            return
        found.state, found.answer, found.handled_at, found.handled_by = state, note, clock.now(), actor.user
        found.save(update_fields=["state", "answer", "handled_at", "handled_by"])
        changes = {"who": told_as(found.review.participant), "number": found.review.plan.number, "state": state}
        audit.record(audit.case_stream(case.number), actor, "correction_handled", found.review.plan, changes)


def corrections_of(plan: Handlungsplan) -> list[Correction]:
    """All corrections to a version, with who gave them."""
    rows = Correction.objects.filter(review__plan=plan).select_related(
        "review__participant__participation__institution", "review__participant__case__person", "handled_by"
    )
    return list(rows.order_by("review", "pk"))


VERBS = {
    "plan_reviewed": words.with_detail(gettext_lazy("hat auf den Entwurf des Handlungsplans geantwortet"), words.who),
    "correction_handled": words.with_detail(gettext_lazy("hat festgehalten, was aus einer Korrektur wurde"), words.who),
}
"""The sentences of the timeline."""
