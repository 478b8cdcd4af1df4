"""Rows about meetings that every service has: move, cancel, answer, and the one line about a phone call.

A service puts ``*rows(…)`` among its transitions; how a meeting comes about and what its note holds is the
service's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import calendars, clock, meetings, notify
from .actor import Actor
from .enums import WORKING_ROLES, MailTopic, MeetingState, Reply
from .models import CallNote, Case, Invitee, Meeting, OutboxMail
from .models.meeting import MeetingQuerySet
from .notify import MailKind
from .workflow import CONTRIBUTING, Conflict, NotAllowed, Transition

Data = Mapping[str, Any]
Changes = dict[str, Any]
May = Callable[[Meeting, Actor], bool]

TAB = "gespraeche"
"""The tab of a case that carries the buttons of these rows."""


def rows(
    sources: tuple[str, ...],
    parties: frozenset[str],
    *,
    calls: tuple[str, ...] = (),
    levels: frozenset[str] = CONTRIBUTING,
    roles: frozenset[str] = WORKING_ROLES,
) -> tuple[Transition, ...]:
    """The rows for a service whose meetings happen in ``sources`` between ``parties``.

    ``calls``: the states in which a phone call may be noted; the same ones if left out. ``roles``: who does it.
    """
    return (
        Transition(
            "reply_meeting",
            label=gettext_lazy("Auf Einladung antworten"),
            told=gettext_lazy("hat auf eine Einladung geantwortet"),
            sources=sources,
            target=None,
            parties=parties,
            levels=levels,
            roles=roles,
            guards=(_not_stopped, _invited),
            effect=_reply,
            tab=TAB,
        ),
        Transition(
            "move_meeting",
            label=gettext_lazy("Gespräch verschieben"),
            told=gettext_lazy("hat ein Gespräch verschoben"),
            sources=sources,
            target=None,
            parties=parties,
            levels=levels,
            roles=roles,
            guards=(_not_stopped, _arranges),
            effect=_move,
            tab=TAB,
        ),
        Transition(
            "cancel_meeting",
            label=gettext_lazy("Gespräch absagen"),
            told=gettext_lazy("hat ein Gespräch abgesagt"),
            sources=sources,
            target=None,
            parties=parties,
            levels=levels,
            roles=roles,
            guards=(_arranges,),
            effect=_cancel,
            tab=TAB,
        ),
        Transition(
            "log_call",
            label=gettext_lazy("Telefonat festhalten"),
            told=gettext_lazy("hat ein Telefonat festgehalten"),
            sources=calls or sources,
            target=None,
            parties=parties,
            levels=levels,
            roles=roles,
            guards=(_not_stopped,),
            effect=_log_call,
            tab=TAB,
            adds=True,
        ),
    )


# Who may ----------------------------------------------------------------------------------------------------


def arranges(meeting: Meeting, actor: Actor) -> bool:
    """Whether ``actor`` may move or cancel a planned meeting: the institution organises or chairs it."""
    return actor.institution.pk in (meeting.organiser_id, meeting.chair_id)


def answers(meeting: Meeting, actor: Actor) -> bool:
    """Whether ``actor`` may answer to a planned meeting, or answer otherwise: there is a seat for the institution.

    Who fixed the date has thereby accepted it and moves or cancels the meeting instead; once the other side has moved
    it, or somebody else has taken over the seat, there is something to answer again.
    """
    return any(row.reply == Reply.OPEN or row.replied_at is not None for row in _seats(meeting, actor))


def is_asked(meeting: Meeting, actor: Actor) -> bool:
    """Whether the answer of ``actor``'s institution is still open."""
    return any(row.reply == Reply.OPEN for row in _seats(meeting, actor))


def _seats(meeting: Meeting, actor: Actor) -> list[Invitee]:
    return [row for row in meeting.invitees.all() if row.institution_id == actor.institution.pk]


def to_arrange(case: Case, actor: Actor) -> MeetingQuerySet:
    """Planned meetings that ``actor`` may move or cancel."""
    return _among(case, actor, arranges)


def to_answer(case: Case, actor: Actor) -> MeetingQuerySet:
    """Planned meetings to which ``actor`` may answer."""
    return _among(case, actor, answers)


def _among(case: Case, actor: Actor, may: May) -> MeetingQuerySet:
    keys = [row.pk for row in meetings.in_state(case, MeetingState.PLANNED) if may(row, actor)]
    return _planned(case).filter(pk__in=keys)


def _planned(case: Case) -> MeetingQuerySet:
    found = Meeting.objects.filter(case=case, state=MeetingState.PLANNED)
    return found.select_related("organiser", "chair").prefetch_related("invitees").order_by("starts_at", "pk")


def _not_stopped(case: Case, actor: Actor) -> str | None:
    """Guard: the agreement still stands."""
    return _("Das Einverständnis ist zurückgezogen: Es wird nichts mehr ausgetauscht.") if case.withdrawn_at else None


def _arranges(case: Case, actor: Actor) -> str | None:
    """Guard: there is a planned meeting of the actor's side."""
    return _none_of(case, actor, arranges)


def _invited(case: Case, actor: Actor) -> str | None:
    """Guard: there is an invitation to answer."""
    return _none_of(case, actor, answers)


def _none_of(case: Case, actor: Actor, may: May) -> str | None:
    """Why there is no planned meeting with which ``actor`` ``may``."""
    found = meetings.in_state(case, MeetingState.PLANNED)
    if any(may(meeting, actor) for meeting in found):
        return None
    seated = [meeting for meeting in found if _seats(meeting, actor)]
    return why_not((seated or found)[0], actor, may) if found else _("Es ist kein Gespräch geplant.")


def why_not(meeting: Meeting, actor: Actor, may: May) -> str:
    """Why ``actor`` may not do this to a planned meeting."""
    if may is arranges:
        return _("Das kann nur die Stelle, die zum Gespräch einlädt oder es führt.")
    if not _seats(meeting, actor):
        return _("Ihre Institution ist zu diesem Gespräch nicht eingeladen.")
    return _(
        "Sie haben diesen Termin selbst festgelegt und damit zugesagt. Wenn Sie nicht können, verschieben Sie das "
        "Gespräch oder sagen es ab."
    )


# What they write --------------------------------------------------------------------------------------------


def _chosen(case: Case, actor: Actor, data: Data, may: May) -> Meeting:
    """The meeting meant, read again under the case's lock.

    Raises ``Conflict`` when it is planned no more, ``NotAllowed`` when it is somebody else's.
    """
    meeting = planned_one(case, data["meeting"].pk)
    if meeting is None:
        raise Conflict(case, _("Dieses Gespräch ist nicht mehr geplant."))
    if not may(meeting, actor):
        raise NotAllowed(why_not(meeting, actor, may))
    return meeting


def planned_one(case: Case, pk: object) -> Meeting | None:
    """The planned meeting of a case with this key, if there is one; ``pk`` as it was typed."""
    return next((row for row in _planned(case) if str(row.pk) == str(pk)), None)


def _reply(case: Case, actor: Actor, data: Data) -> Changes:
    """Note the answer; a «kann nicht» tells the others invited."""
    meeting = _chosen(case, actor, data, answers)
    meetings.answer(meeting, actor, data["reply"], data.get("note", ""))
    return {"meeting": meeting.kind, "reply": str(data["reply"])}


def _move(case: Case, actor: Actor, data: Data) -> Changes:
    """Move it in time or place; everybody invited gets the update."""
    meeting = _chosen(case, actor, data, arranges)
    changes = meetings.move(
        meeting,
        actor,
        starts_at=data["starts_at"],
        minutes=data["minutes"],
        place=data["place"],
        video_url=data["video_url"],
    )
    return {"meeting": meeting.kind, **changes}


def _cancel(case: Case, actor: Actor, data: Data) -> Changes:
    """Call it off, with the reason."""
    meeting = _chosen(case, actor, data, arranges)
    meetings.cancel(meeting, data["reason"], actor)
    return {"meeting": meeting.kind}


def _log_call(case: Case, actor: Actor, data: Data) -> Changes:
    """Note a phone call with one line (UX-03); the same line sent twice stands there once."""
    CallNote.objects.get_or_create(
        case=case,
        institution=actor.institution,
        author=actor.user,
        called_on=data["called_on"],
        text=data["text"],
        defaults={"noted_at": clock.now()},
    )
    return {"called_on": data["called_on"].isoformat()}


# Whom they tell ---------------------------------------------------------------------------------------------


def _path(mail: OutboxMail) -> str:
    """The link leads to the meetings of the case, where one answers with one click."""
    assert mail.case is not None  # mails about meetings always have one
    return reverse("core:case_tab", args=[mail.case.number, TAB])


def _to_come(mail: OutboxMail) -> bool:
    """Whether the meeting is still planned and has not begun: an invitation to yesterday helps nobody."""
    return _planned_rows(mail).filter(starts_at__gt=timezone.now()).exists()


def _still_declined(mail: OutboxMail) -> bool:
    """Whether the meeting is still planned, and somebody still cannot come."""
    return _planned_rows(mail).filter(invitees__reply=Reply.DECLINED).exists()


def _planned_rows(mail: OutboxMail) -> MeetingQuerySet:
    return Meeting.objects.filter(pk=mail.object_id or 0, state=MeetingState.PLANNED)


MAILS = (
    MailKind(
        "meeting_invited",
        gettext_lazy("Einladung zum Gespräch im Fall %(number)s"),
        gettext_lazy(
            "Der Termin für ein Gespräch steht; die Kalenderdatei liegt bei. Falls Ihre Antwort noch fehlt, sagen Sie "
            "bitte zu oder ab."
        ),
        gettext_lazy("Gespräch ansehen"),
        path=_path,
        topic=MailTopic.MEETING,
        calendar=calendars.of_mail,
        holds=_to_come,
    ),
    MailKind(
        "meeting_moved",
        gettext_lazy("Gespräch im Fall %(number)s verschoben"),
        gettext_lazy(
            "Zeit oder Ort eines Gesprächs haben geändert; die Kalenderdatei liegt bei. Falls Ihre Antwort noch fehlt, "
            "sagen Sie bitte zu oder ab."
        ),
        gettext_lazy("Gespräch ansehen"),
        path=_path,
        topic=MailTopic.MEETING,
        calendar=calendars.of_mail,
        holds=_to_come,
    ),
    MailKind(
        "meeting_cancelled",
        gettext_lazy("Gespräch im Fall %(number)s abgesagt"),
        gettext_lazy("Ein Gespräch findet nicht statt. Der Grund steht im Fall."),
        gettext_lazy("Grund ansehen"),
        path=_path,
        topic=MailTopic.MEETING,
        calendar=calendars.of_mail,
    ),
    MailKind(
        "meeting_held_early",
        gettext_lazy("Gespräch im Fall %(number)s vor dem Termin geführt"),
        gettext_lazy(
            "Ein Gespräch hat schon stattgefunden. Der geplante Termin gilt nicht mehr; die Kalenderdatei entfernt ihn."
        ),
        gettext_lazy("Notiz ansehen"),
        path=_path,
        topic=MailTopic.MEETING,
        calendar=calendars.of_mail,
    ),
    MailKind(
        "meeting_passed_on",
        gettext_lazy("Gespräch im Fall %(number)s: jemand anderes nimmt teil"),
        gettext_lazy("An einem Gespräch nimmt jetzt jemand anderes aus Ihrer Institution teil. Sie müssen nichts tun."),
        gettext_lazy("Fall ansehen"),
        path=_path,
        topic=MailTopic.MEETING,
        calendar=calendars.of_mail,
        holds=_to_come,
    ),
    MailKind(
        "meeting_declined",
        gettext_lazy("Absage zum Gespräch im Fall %(number)s"),
        gettext_lazy("Jemand kann an einem Gespräch nicht teilnehmen. Ob und wie es weitergeht, sehen Sie im Fall."),
        gettext_lazy("Antwort ansehen"),
        path=_path,
        topic=MailTopic.MEETING,
        holds=_still_declined,
    ),
)


def register() -> None:
    """Make the mails known; called once from ``CoreConfig.ready``."""
    notify.register(*MAILS)
