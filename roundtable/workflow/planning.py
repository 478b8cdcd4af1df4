"""Rows, open steps and mails from the working paper to the Handlungsplan that binds (RT-13 to RT-18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core import guests
from iiz.core.enums import MailTopic, Role
from iiz.core.models import Case, OutboxMail, Task
from iiz.core.notify import MailKind
from iiz.core.waits import Asked, Waiting
from iiz.core.workflow import Party, Transition

from ..effects import plans
from ..effects.registration import holds
from ..enums import PlanState
from ..models import Handlungsplan, Review
from ..queries import draft_plan, final_plan, held, is_covered
from .conditions import moderating, stands
from .registration import MODERATING, MODERATION, MODERATOR, UNDER_WAY

PLAN = "plan"
"""The tab of a case that shows the Handlungsplan."""

ROWS = (
    Transition(
        "circulate_plan",
        label=_("Entwurf zur Durchsicht senden"),
        told=_("hat einen Entwurf des Handlungsplans zur Durchsicht gesendet"),
        sources=UNDER_WAY,
        target=None,
        parties=MODERATION,
        levels=MODERATING,
        roles=MODERATOR,
        guards=(holds, plans.something_typed),
        effect=plans.circulate,
        tab=PLAN,
        passing=True,
    ),
    Transition(
        "finalise_plan",
        label=_("Verabschieden und versenden"),
        told=_("hat den Handlungsplan verabschiedet und versandt"),
        sources=UNDER_WAY,
        target=None,
        parties=MODERATION,
        levels=MODERATING,
        roles=MODERATOR,
        guards=(holds, plans.something_typed),
        effect=plans.finalise,
        tab=PLAN,
        passing=True,
        primary=True,
    ),
    Transition(
        "drop_plan",
        label=_("Entwurf zurückziehen"),
        told=_("hat den Entwurf des Handlungsplans zurückgezogen"),
        sources=UNDER_WAY,
        target=None,
        parties=MODERATION,
        levels=MODERATING,
        roles=MODERATOR,
        guards=(plans.some_draft,),
        effect=plans.drop,
        tab=PLAN,
        passing=True,
    ),
)


# Open steps ---------------------------------------------------------------------------------------------------------


def no_plan(case: Case) -> Iterator[Asked]:
    """A meeting took place, and nothing was made of it yet: the document goes out on its day (RT-18)."""
    rows = held(case)
    if not rows or not stands(case) or draft_plan(case) is not None or final_plan(case) is not None:
        return
    asked = moderating(case)
    if asked is None:
        return
    last = max(rows, key=lambda meeting: meeting.day)
    yield Asked(last.pk, asked[0], last.day, asked[1], due=last.day)


def _paper(task: Task) -> str:
    return f"{reverse('roundtable:paper', args=[task.case.number])}#abschluss"


def to_finalise(case: Case) -> bool:
    """A draft came back from everybody, or the day for corrections is over."""
    plan = draft_plan(case)
    if plan is None or not stands(case):
        return False
    over = plan.due_on is not None and plan.due_on < timezone.localdate()
    return over or not any(row.answered_at is None and is_covered(case, row.participant) for row in plan.reviews.all())


def corrections_until(case: Case) -> dt.date | None:
    """Until when the draft is with the participants."""
    plan = draft_plan(case)
    return plan.due_on if plan is not None else None


def unanswered(case: Case) -> Iterator[Asked]:
    """Offices that have not answered to the draft."""
    plan = draft_plan(case)
    if plan is None or not stands(case):
        return
    for row in plan.reviews.all():
        part = row.participant.participation
        if part is not None and part.until is None and row.answered_at is None and is_covered(case, row.participant):
            begun = timezone.localdate(row.asked_at)
            yield Asked(row.pk, part.institution_id, begun, part.user_id, due=plan.due_on)


def unsigned(case: Case) -> Iterator[Asked]:
    """The Handlungsplan in force has no signature of the client: whoever moderates gets it (RT-15)."""
    plan = final_plan(case)
    if plan is None or plan.final_at is None or hasattr(plan, "signature") or not stands(case):
        return
    asked = moderating(case)
    if asked is not None:
        yield Asked(plan.pk, asked[0], timezone.localdate(plan.final_at), asked[1])


def _now(name: str) -> Callable[[Task], str]:
    """The page about the version that counts now: there is one of a kind, so that a list asks for no version."""
    return lambda task: reverse(f"roundtable:{name}", args=[task.case.number])


WAITS = (
    Waiting(
        "send_draft",
        "",
        Party.MODERATION,
        label=_("Handlungsplan versenden"),
        why=_("Das Gespräch hat stattgefunden. Das Dokument geht am gleichen Tag an alle."),
        button=_("Zum Arbeitspapier"),
        transition="",
        role=Role.COORDINATOR,
        due_label=_("Tag des Gesprächs"),
        each=no_plan,
        path=_paper,
    ),
    *(
        Waiting(
            "finalise_plan",
            state,
            Party.MODERATION,
            label=_("Handlungsplan verabschieden"),
            why=_("Die Rückmeldungen zum Entwurf sind da, oder die Zeit dafür ist vorbei."),
            button=_("Ansehen und verabschieden"),
            transition="finalise_plan",
            role=Role.COORDINATOR,
            when=to_finalise,
            due=corrections_until,
            due_label=_("Rückmeldungen bis"),
        )
        for state in UNDER_WAY
    ),
    Waiting(
        "sign_plan",
        "",
        Party.MODERATION,
        label=_("Unterschrift zum Handlungsplan einholen"),
        why=_("Die Klientin oder der Klient unterschreibt jede Fassung, auf Papier oder am Bildschirm."),
        button=_("Unterschrift festhalten"),
        transition="",
        days=14,
        role=Role.COORDINATOR,
        each=unsigned,
        path=_now("plan_sign_now"),
    ),
    Waiting(
        "review_plan",
        "",
        Party.PARTICIPANT,
        label=_("Entwurf des Handlungsplans ansehen"),
        why=_("Bitte sagen Sie Ihre Schritte zu, und schreiben Sie, was nicht stimmt."),
        button=_("Ansehen und zusagen"),
        transition="",
        role=Role.CASEWORKER,
        each=unanswered,
        path=_now("plan_review_now"),
    ),
)


# Mails --------------------------------------------------------------------------------------------------------------


def _version(name: str) -> Callable[[Any], Any]:
    def path(mail: OutboxMail) -> str:
        plan = Handlungsplan.objects.select_related("case").get(pk=mail.object_id or 0)
        return reverse(f"roundtable:{name}", args=[plan.case.number, plan.number])

    return path


def _is(state: str) -> Callable[[Any], Any]:
    return lambda mail: Handlungsplan.objects.filter(pk=mail.object_id or 0, state=state).exists()


MAILS = (
    MailKind(
        "rt_review",
        _("Roundtable %(number)s: Entwurf zur Durchsicht"),
        _("Ein Entwurf des Handlungsplans wartet auf Ihre Zusage und auf Ihre Korrekturen."),
        _("Ansehen und zusagen"),
        _version("plan_review"),
        topic=MailTopic.DECISION,
        holds=_is(PlanState.DRAFT),
    ),
    MailKind(
        "rt_plan_final",
        _("Roundtable %(number)s: Der Handlungsplan gilt"),
        _("Der Handlungsplan ist verabschiedet. Was Ihre Stelle bis wann tut, steht im Dokument."),
        _("Handlungsplan lesen"),
        _version("plan"),
        topic=MailTopic.DECISION,
        holds=_is(PlanState.FINAL),
    ),
    guests.mail_kind(
        "rt_guest_review",
        _("Bitte lesen Sie einen Entwurf"),
        _("Was am Gespräch besprochen wurde, ist aufgeschrieben. Bitte lesen Sie es, und sagen Sie, was nicht stimmt."),
        _("Entwurf lesen"),
        due=lambda link: Review.objects.filter(pk=link.object_id).values_list("plan__due_on", flat=True).first(),
    ),
    guests.mail_kind(
        "rt_guest_plan",
        _("Der Handlungsplan ist da"),
        _("Was am Gespräch abgemacht wurde, ist fertig aufgeschrieben."),
        _("Handlungsplan lesen"),
    ),
)
