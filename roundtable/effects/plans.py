"""From the working paper to a Handlungsplan that binds: draft, corrections, final, dispatch (RT-13 to RT-18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iiz.core import clock, guests, notify
from iiz.core.actor import Actor
from iiz.core.enums import GuestEnd
from iiz.core.models import Case, Institution, ServiceOffer, Task
from iiz.core.workflow import NotAllowed

from .. import minutes, plan_paper, plan_reading
from .. import paper as papers
from ..enums import Answer, DispatchWay, ParticipantKind, PlanState
from ..models import Cell, Dispatch, Handlungsplan, OldCell, Participant, Review, Step
from ..paper import Paper
from ..queries import at_the_table, draft_plan, final_plan, told_as
from .dates import invite_guest

Data = Mapping[str, Any]
Changes = dict[str, Any]

REVIEW = "roundtable_review"
"""Purpose of the guest link: read a draft, agree or say what is wrong."""
READ = "roundtable_plan"
"""Purpose of the guest link: read the Handlungsplan; the client also signs it there."""
READABLE = dt.timedelta(days=60)
"""How long the link to a Handlungsplan holds."""
LATE = dt.timedelta(days=7)
"""How long after its day a draft can still be answered by a link."""


# What hinders -------------------------------------------------------------------------------------------------------


def is_binding(step: Step) -> bool:
    """Whether a step binds (RT-14): the client's own does, by the signature under the plan.

    An office's does once the office accepted it, found it in its catalogue, and confirmed that there is a claim.
    """
    if step.owner.kind == ParticipantKind.CLIENT:
        return True
    return step.answer == Answer.ACCEPTED and step.offer_id is not None and step.entitled


def unreadable(paper: Paper) -> list[str]:
    """Why no version can be made of the paper: what is wrong or missing in it, a sentence each."""
    found = []
    if paper.problems:
        words = ngettext(
            "Ein Feld im Arbeitspapier ist noch nicht in Ordnung.",
            "%(n)s Felder im Arbeitspapier sind noch nicht in Ordnung.",
            len(paper.problems),
        )
        found.append(words % {"n": len(paper.problems)})
    if not paper.goals:
        found.append(_("Es ist noch kein Ziel festgehalten."))
    if not paper.steps and not any(name.startswith("step.") for name in paper.problems):
        found.append(_("Es ist noch kein Schritt festgehalten."))
    return found


def unbinding(steps: Iterable[Step]) -> list[str]:
    """Which steps do not bind yet, and why, a sentence each (RT-14)."""
    found = []
    for step in steps:
        if is_binding(step):
            continue
        names = {"what": step.what, "who": told_as(step.owner)}
        if step.answer == Answer.REFUSED:
            words = _("«%(what)s»: %(who)s sagt nicht zu. Ändern Sie den Schritt, oder nehmen Sie ihn heraus.")
        else:
            words = _("«%(what)s»: Die Zusage fehlt noch (%(who)s).")
        found.append(words % names)
    return found


def unmanaged(case: Case) -> list[str]:
    """Why the plan has no case manager who takes part (RT-16)."""
    rows = [row for row in case.managements.all() if row.until is None]
    here = {row.pk for row in at_the_table(case)}
    if any(row.participant_id in here for row in rows):
        return []
    return [_("Noch niemand hat das Case Management.")]


# Versions -----------------------------------------------------------------------------------------------------------


def foreseen(case: Case, paper: Paper) -> list[Step]:
    """The steps of the paper as they would stand in the next version, not saved: promises and standing carried over.

    A promise goes on with the same words (``digest``); how a step stands goes on whatever its words are (RT-15).
    """
    seats = {row.pk: row for row in case.participants.select_related("participation__institution", "case__person")}
    old = [plan for plan in (draft_plan(case), final_plan(case)) if plan is not None]
    before = [step for plan in old for step in plan.steps.all()]
    return [_step(place, row, seats[row.owner], before) for place, row in enumerate(paper.steps, start=1)]


def _step(place: int, row: papers.Step, owner: Participant, before: list[Step]) -> Step:
    step = Step(
        key=row.key,
        position=place,
        what=row.what,
        owner=owner,
        offer_id=row.offer,
        payer_id=row.payer,
        payer_text="" if row.payer else row.payer_label,
        starts_on=row.start,
        due_on=row.due,
        health=row.health,
        digest=row.digest,
    )
    same = [old for old in before if old.key == row.key]
    promised = next((old for old in same if old.digest == row.digest and old.answer != Answer.OPEN), None)
    if promised is not None:
        for name in ("answer", "entitled", "answer_note", "answered_at", "answered_by_id", "at_the_table"):
            setattr(step, name, getattr(promised, name))
        step.offer_id = promised.offer_id or step.offer_id
    stood = next((old for old in same if old.status_at is not None), None)
    if stood is not None:
        step.status, step.status_at = stood.status, stood.status_at
    return step


def version(case: Case, actor: Actor, paper: Paper, *, due_on: dt.date | None = None) -> Handlungsplan:
    """A new draft of what stands in the paper; an older draft is given up, its promises stay where nothing changed."""
    steps = foreseen(case, paper)
    old = draft_plan(case)
    if old is not None:
        _give_up(old, actor)
    content = paper.content()
    last = Handlungsplan.objects.filter(case=case).values_list("number", flat=True).first() or 0
    plan = Handlungsplan.objects.create(
        case=case,
        number=last + 1,
        content=content,
        digest=papers.digest(content),
        due_on=due_on,
        created_at=clock.now(),
        created_by=actor.user,
    )
    made: dict[int, Step] = {}
    for row, step in zip(paper.steps, steps, strict=True):
        step.plan, step.after = plan, made.get(row.after or 0)
        step.save()
        made[row.key] = step
    return plan


def _give_up(plan: Handlungsplan, actor: Actor) -> None:
    plan.state, plan.ended_at = PlanState.DROPPED, clock.now()
    plan.save(update_fields=["state", "ended_at"])
    for review in plan.reviews.all():
        guests.revoke_all(REVIEW, review.pk, GuestEnd.OVER, actor)


def circulate(case: Case, actor: Actor, data: Data) -> Changes:
    """Send a draft to everybody at the table who may read it (RT-18); ``data``: ``due_on``.

    Offices get a Pendenz and a mail and say in one go what they accept and what is wrong; the client and other
    professionals get a link. The same words again reach only those who were not asked yet, and get the new day. Raises
    ``NotAllowed`` while the paper is not in order.
    """
    paper = minutes.paper(case, actor)
    reasons = unreadable(paper)
    if reasons:
        raise NotAllowed(" ".join(reasons))
    plan = draft_plan(case)
    if plan is not None and plan.digest == papers.digest(paper.content()):
        plan.due_on = data["due_on"]
        plan.save(update_fields=["due_on"])
    else:
        plan = version(case, actor, paper, due_on=data["due_on"])
    asked = set(plan.reviews.values_list("participant", flat=True))
    rows = [row for row, kinds in readers(case) if kinds and row.pk not in asked]
    for row in rows:
        ask_review(case, Review.objects.create(plan=plan, participant=row, asked_at=clock.now()), actor)
    return {"number": plan.number, "due_on": plan.due_on, "who": [told_as(row) for row in rows]}


def readers(case: Case) -> list[tuple[Participant, frozenset[str]]]:
    """Everybody at the table with the kinds of data that he or she would get of a version today; none: nothing."""
    return [(row, plan_reading.kinds_of(case, row)) for row in at_the_table(case)]


def ask_review(case: Case, review: Review, actor: Actor) -> None:
    """Tell somebody that a draft waits: an office by mail, anybody else by a link, if there is an address."""
    row = review.participant
    if row.participation is not None:
        _tell("rt_review", case, row, review.plan, actor)
    elif row.email:
        day = max(review.plan.due_on or clock.today(), clock.today()) + LATE
        invite_guest(REVIEW, case, review.pk, row, _midnight(day), actor)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def _tell(kind: str, case: Case, row: Participant, plan: Handlungsplan, actor: Actor) -> None:
    part = row.participation
    if part is None:
        return
    office: Institution = part.institution
    people = notify.in_charge(office, part.user)
    to = [(user, office) for user in people if notify.may_read(case, user, office)]
    times = Dispatch.objects.filter(plan=plan, participant=row).count()
    notify.queue(kind, case, to, beside=actor.user, object_id=plan.pk, mark=f"{times}-{case.version}")


def reach(case: Case, row: Participant, actor: Actor) -> None:
    """Send somebody without an account the links to what there is to read now: the draft, the plan in force."""
    draft, final = draft_plan(case), final_plan(case)
    if not plan_reading.kinds_of(case, row):
        return
    for review in draft.reviews.filter(participant=row) if draft is not None else ():
        review.participant = row
        ask_review(case, review, actor)
    if final is not None and final.dispatches.filter(participant=row).exists():
        send(case, final, actor, [row])


def drop(case: Case, actor: Actor, data: Data) -> Changes:
    """Give the draft up; the working paper and the plan in force stay as they are."""
    plan = draft_plan(case)
    if plan is None:
        raise NotAllowed(_("Es ist kein Entwurf unterwegs."))
    _give_up(plan, actor)
    return {"number": plan.number}


def finalise(case: Case, actor: Actor, data: Data) -> Changes:
    """Make what stands in the paper the Handlungsplan in force, and send it to everybody (RT-14 to RT-18).

    ``data``: ``at_table`` (step key → ``ServiceOffer``: what an office that was there promised at the meeting, noted by
    whoever moderates). A draft with the same words becomes final itself; otherwise a new version does. Raises
    ``NotAllowed`` with all that is missing. Effects: the version before is replaced, steps keep how they stand, earlier
    wordings of the paper are deleted, everybody covered gets the document.
    """
    paper = minutes.paper(case, actor)
    reasons = unreadable(paper)
    if reasons:
        raise NotAllowed(" ".join(reasons))
    plan = draft_plan(case)
    if plan is None or plan.digest != papers.digest(paper.content()):
        plan = version(case, actor, paper)
    _note_promises(case, plan, actor, data.get("at_table", {}))
    steps = list(plan.steps.select_related("owner__participation__institution"))
    missing = [*unbinding(steps), *unmanaged(case)]
    if missing:
        raise NotAllowed(" ".join(missing))
    before = final_plan(case)
    if before is not None:
        before.state, before.ended_at = PlanState.REPLACED, clock.now()
        before.save(update_fields=["state", "ended_at"])
        guests.revoke_all(READ, before.pk, GuestEnd.OVER, actor)
        _go_on(before, steps)
    plan.state, plan.final_at, plan.final_by = PlanState.FINAL, clock.now(), actor.user
    plan.save(update_fields=["state", "final_at", "final_by"])
    for review in plan.reviews.all():
        guests.revoke_all(REVIEW, review.pk, GuestEnd.OVER, actor)
    OldCell.objects.filter(case=case).delete()
    sent = send(case, plan, actor, at_the_table(case))
    return {"number": plan.number, "who": sent, "digest": plan.digest}


def _go_on(before: Handlungsplan, steps: Iterable[Step]) -> None:
    """Let steps stand as their owners said last, also while the draft was with the participants (RT-17)."""
    stood = {old.key: old for old in before.steps.exclude(status_at=None)}
    for step in steps:
        if step.key in stood:
            step.status, step.status_at = stood[step.key].status, stood[step.key].status_at
            step.save(update_fields=["status", "status_at"])


def _note_promises(case: Case, plan: Handlungsplan, actor: Actor, offers: Mapping[int, ServiceOffer]) -> None:
    """Note what offices promised at the meeting; only one that was there, and only out of its own catalogue (RT-14)."""
    there = seated_offices(case)
    steps = plan.steps.filter(key__in=offers, answer=Answer.OPEN).select_related("owner__participation")
    for step in steps:
        offer, part = offers[step.key], step.owner.participation
        if part is None or part.institution_id not in there or offer.institution_id != part.institution_id:
            raise NotAllowed(
                _("Am Gespräch zusagen kann nur, wer dabei war, und nur aus dem eigenen Leistungskatalog.")
            )
        step.answer, step.offer, step.entitled, step.at_the_table = Answer.ACCEPTED, offer, True, True
        step.answered_at, step.answered_by = clock.now(), actor.user
        step.save()


def seated_offices(case: Case) -> set[int]:
    """The offices that were at a meeting: those held, and the one that goes on, by the ticks in the paper."""
    found = {
        row.institution_id
        for meeting in case.meetings.all()
        for row in meeting.invitees.all()
        if row.attended and row.institution_id is not None
    }
    ticks = Cell.objects.filter(case=case, name__startswith="seat.", text=papers.YES).values_list("name", flat=True)
    present = {int(name.split(".")[2]) for name in ticks}
    parts = (row.participation for row in at_the_table(case) if row.pk in present)
    return found | {part.institution_id for part in parts if part is not None}


def send(case: Case, plan: Handlungsplan, actor: Actor, rows: Iterable[Participant]) -> list[str]:
    """Send a final version to those who may read it, and keep to whom it went (RT-18); returns whom.

    Each gets the kinds of data that the Vollmacht opens; the copy is the same for all who may read the same.
    Whoever has neither account nor address gets it on paper: the log says so, and the page offers the print.
    """
    sent = []
    for row in rows:
        kinds = plan_reading.kinds_of(case, row)
        if not kinds:
            continue
        copy = plan_paper.copy(plan, kinds, participant=row.pk)
        way = DispatchWay.PORTAL if row.participation is not None else DispatchWay.LETTER
        if row.participation is not None:
            _tell("rt_plan_final", case, row, plan, actor)
        elif row.email:
            way = DispatchWay.LINK
            invite_guest(READ, case, plan.pk, row, clock.now() + READABLE, actor)
        Dispatch.objects.create(plan=plan, participant=row, way=way, copy=copy, sent_at=clock.now(), sent_by=actor.user)
        sent.append(told_as(row))
    return sent


# Guards -------------------------------------------------------------------------------------------------------------


def something_typed(case: Case, actor: Actor) -> str | None:
    """Something stands in the working paper."""
    if Cell.objects.filter(case=case).exclude(name__startswith="seat.").exclude(text="").exists():
        return None
    return _("Im Arbeitspapier steht noch nichts. Dort wird während des Gesprächs geschrieben.")


def some_draft(case: Case, actor: Actor) -> str | None:
    """A draft is with the participants."""
    return None if draft_plan(case) else _("Es ist kein Entwurf unterwegs.")


# What follows by itself ---------------------------------------------------------------------------------------------


def ripe(today: dt.date) -> list[int]:
    """The cases whose draft is to be made final because the day for corrections is over, and nobody is asked yet."""
    asked = Task.objects.filter(name="finalise_plan", done_at=None, case=OuterRef("case"))
    due = Handlungsplan.objects.filter(state=PlanState.DRAFT, due_on__lt=today)
    return list(due.exclude(Exists(asked)).values_list("case", flat=True))
