"""Rows, open steps and mails of what follows a plan: case management, steps, status notes (RT-16, RT-17, ACT-08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core import guests
from iiz.core.actor import Actor
from iiz.core.enums import MailTopic, Role
from iiz.core.models import Case, OutboxMail, Task
from iiz.core.notify import MailKind
from iiz.core.waits import Asked, Waiting
from iiz.core.workflow import Party, Tell, Transition

from ..effects import following, management
from ..effects.registration import holds
from ..enums import PlanState
from ..enums import RoundtableState as S
from ..models import Step
from ..queries import final_plan, manager, managing, moderates, steps_in_force
from .conditions import stands
from .registration import ALL, ANYBODY, MODERATING, MODERATION, MODERATOR, UNDER_WAY, WORKING

PLAN = "plan"
"""The tab of a case that shows the Handlungsplan."""


def informs(case: Case, actor: Actor) -> str | None:
    """Guard: the actor takes the case management, or moderates."""
    if following.manages(case, actor) or moderates(case, actor):
        return None
    return str(_("Das tut, wer das Case Management hat."))


ROWS = (
    Transition(
        "appoint_manager",
        label=_("Case Management bestimmen"),
        told=_("hat bestimmt, wer das Case Management hat"),
        sources=UNDER_WAY,
        target=None,
        parties=MODERATION,
        levels=MODERATING,
        roles=MODERATOR,
        guards=(holds, management.somebody_can),
        effect=management.appoint,
        tab=PLAN,
    ),
    Transition(
        "write_status",
        label=_("Statusmeldung an alle"),
        told=_("hat allen gemeldet, wie es steht"),
        sources=(S.RUNNING,),
        target=None,
        parties=ALL,
        levels=WORKING,
        roles=ANYBODY,
        guards=(holds, informs),
        effect=following.write_status,
        tells=(Tell("rt_status_note", Party.PARTICIPANT),),
        adds=True,
        passing=True,
    ),
)


# Open steps ---------------------------------------------------------------------------------------------------------


def to_do(case: Case) -> Iterator[Asked]:
    """The steps in force whose turn has come, each asked of the office that says how it stands."""
    if not stands(case):
        return
    plan, today = final_plan(case), timezone.localdate()
    by_pk = {step.pk: step for step in steps_in_force(case)}
    for step in following.open_steps(case):
        part = following.doer(case, step) if following.is_ready(step, by_pk, today) else None
        if part is not None and plan is not None and plan.final_at is not None:
            begun = timezone.localdate(plan.final_at)
            yield Asked(step.pk, part.institution_id, begun, part.user_id, due=step.due_on)


def words_of(keys: Iterable[int]) -> dict[int, str]:
    """Which steps Pendenzen are about: by their number in the plan, without their words."""
    rows = Step.objects.filter(pk__in=list(keys)).values_list("pk", "position")
    return {pk: str(_("Schritt %(n)s") % {"n": place}) for pk, place in rows}


def to_inform(case: Case) -> Iterator[Asked]:
    """The case manager, some time after the last status note (RT-17)."""
    row, begun = manager(case), following.news_since(case)
    if row is None or begun is None or not stands(case):
        return
    if begun + following.NEWS_AFTER <= timezone.localdate():
        part = managing(case)
        if part is not None:
            yield Asked(row.pk, part.institution_id, begun, row.user_id)


def unmanaged(case: Case) -> bool:
    """Nobody takes the case management any more, though somebody did, or whoever does works there no longer."""
    if not stands(case):
        return False
    rows = list(case.managements.all())
    row = manager(case)
    return bool(rows) if row is None else management.has_left(case, row)


def left_behind(case: Case) -> Iterator[Asked]:
    """The office whose case manager works there no longer: its contact person puts somebody else in charge (ACT-08)."""
    row, part = manager(case), managing(case)
    if row is not None and part is not None and stands(case) and management.has_left(case, row):
        yield Asked(row.pk, part.institution_id, timezone.localdate())


def _step(task: Task) -> str:
    return reverse("roundtable:step", args=[task.object_id])


WAITS = (
    *(
        Waiting(
            "find_manager",
            state,
            Party.MODERATION,
            label=_("Case Management neu bestimmen"),
            why=_("Zurzeit hat niemand das Case Management, oder wer es hatte, arbeitet nicht mehr dort."),
            button=_("Case Management bestimmen"),
            transition="appoint_manager",
            days=5,
            role=Role.COORDINATOR,
            when=unmanaged,
        )
        for state in UNDER_WAY
    ),
    Waiting(
        "replace_manager",
        "",
        Party.PARTICIPANT,
        label=_("Case Management intern neu zuteilen"),
        why=_("Wer bei Ihnen das Case Management hatte, arbeitet nicht mehr bei Ihnen. Der Fall braucht jemanden."),
        button=_("Zuteilen"),
        transition="",
        days=5,
        each=left_behind,
        path=lambda task: reverse("core:action", args=[task.case.number, "assign"]),
    ),
    Waiting(
        "do_step",
        "",
        Party.PARTICIPANT,
        label=_("Schritt erledigen und Stand melden"),
        why=_("Alle am Tisch verlassen sich auf den Handlungsplan. Den Stand melden Sie mit einem Klick."),
        button=_("Stand melden"),
        transition="",
        role=Role.CASEWORKER,
        each=to_do,
        path=_step,
        whose=words_of,
    ),
    Waiting(
        "write_status",
        "",
        Party.PARTICIPANT,
        label=_("Allen melden, wie es steht"),
        why=_("Wer das Case Management hat, informiert alle regelmässig, mit einem Satz."),
        button=_("Statusmeldung schreiben"),
        transition="",
        days=60,
        role=Role.CASEWORKER,
        each=to_inform,
        path=lambda task: reverse("core:action", args=[task.case.number, "write_status"]),
    ),
)


# Mails --------------------------------------------------------------------------------------------------------------


def _can_begin(mail: OutboxMail) -> bool:
    return Step.objects.filter(pk=mail.object_id or 0, plan__state=PlanState.FINAL).exists()


MAILS = (
    MailKind(
        "rt_manages",
        _("Roundtable %(number)s: Sie haben das Case Management"),
        _("Sie sind ab jetzt für alle die Ansprechperson. Was offen ist, steht im Fall."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "rt_manager_changed",
        _("Roundtable %(number)s: Wer das Case Management hat"),
        _("Eine Fachperson ist ab jetzt für alle die Ansprechperson. Wer es ist, steht im Fall."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "rt_step_begins",
        _("Roundtable %(number)s: Ihr Schritt kann beginnen"),
        _("Worauf ein Schritt Ihrer Stelle gewartet hat, ist erledigt oder nicht mehr nötig."),
        _("Schritt ansehen"),
        lambda mail: reverse("roundtable:step", args=[mail.object_id]),
        topic=MailTopic.DECISION,
        holds=_can_begin,
    ),
    MailKind(
        "rt_status_note",
        _("Roundtable %(number)s: So steht es"),
        _("Das Case Management meldet in einem Satz, wie es steht."),
        _("Statusmeldung lesen"),
        topic=MailTopic.NEWS,
    ),
    guests.mail_kind(
        "rt_guest_note",
        _("So steht es"),
        _("Zu den Gesprächen, an denen Sie beteiligt sind, gibt es eine kurze Nachricht."),
        _("Nachricht lesen"),
    ),
)
