"""What waits for whom in a Roundtable, until when (principle 2, NFR-06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import ParticipationRole, Phase, Reply, Role
from iiz.core.meeting_rows import TAB as MEETINGS
from iiz.core.models import Case, Institution, Participation, Task
from iiz.core.waits import Asked, Waiting
from iiz.core.workflow import Party

from ..effects import views
from ..enums import ParticipantKind
from ..enums import RoundtableState as S
from ..models import Perspective
from ..queries import at_the_table, has_answered, is_covered, live_perspectives, open_poll, planned

RENEW_AHEAD = dt.timedelta(days=30)
"""How long before its end a Vollmacht is to be renewed."""


def stands(case: Case) -> bool:
    """The case is open, and the Vollmacht is not withdrawn."""
    return case.phase == Phase.OPEN and case.withdrawn_at is None


def by_coordination(case: Case) -> bool:
    """The coordination office writes the draft."""
    return not any(row.until is None for row in case.participations.all())


def to_plan(case: Case) -> bool:
    """Neither a meeting nor proposed dates, and no meeting was held."""
    return stands(case) and planned(case) is None and open_poll(case) is None


def to_fix(case: Case) -> bool:
    """Dates are proposed, and all have answered or the time to answer is over."""
    poll = open_poll(case)
    if poll is None or not stands(case):
        return False
    asked = [row for row in at_the_table(case) if is_covered(case, row) and (row.participation or row.email)]
    missing = [row for row in asked if not has_answered(poll, row)]
    return not missing or poll.answer_by < timezone.localdate()


def answer_by(case: Case) -> dt.date | None:
    """Until when the proposed dates are to be answered."""
    poll = open_poll(case)
    return poll.answer_by if poll else None


def meeting_day(case: Case) -> dt.date | None:
    """The day of the meeting that is planned."""
    meeting = planned(case)
    return meeting.planned_day if meeting else None


def somebody_declined(case: Case) -> bool:
    """Somebody cannot come to the planned meeting."""
    meeting = planned(case)
    return meeting is not None and stands(case) and any(row.reply == Reply.DECLINED for row in meeting.invitees.all())


def must_renew(case: Case) -> bool:
    """The Vollmacht ends within a month, or is over."""
    vollmacht = case.vollmacht
    return stands(case) and vollmacht is not None and vollmacht.valid_until <= timezone.localdate() + RENEW_AHEAD


def end_of_vollmacht(case: Case) -> dt.date | None:
    """The last day of the Vollmacht."""
    return case.vollmacht.valid_until if case.vollmacht else None


def _offices(case: Case) -> Iterator[Participation]:
    """The participations of the offices at the table that the Vollmacht covers."""
    for row in at_the_table(case):
        if row.kind == ParticipantKind.OFFICE and row.participation is not None and is_covered(case, row):
            yield row.participation


def _no_answer(case: Case) -> Iterator[Asked]:
    """Offices that have not answered to the proposed dates."""
    poll = open_poll(case)
    if poll is None or not stands(case):
        return
    for row in at_the_table(case):
        part = row.participation
        if part is not None and is_covered(case, row) and not has_answered(poll, row):
            begun = timezone.localdate(poll.opened_at)
            yield Asked(poll.pk, part.institution_id, begun, part.user_id, due=poll.answer_by)


def _no_reply(case: Case) -> Iterator[Asked]:
    """Offices that have not answered an invitation."""
    meeting = planned(case)
    if meeting is None or not stands(case):
        return
    for part in _offices(case):
        seats = [row for row in meeting.invitees.all() if row.institution_id == part.institution_id]
        if any(row.reply == Reply.OPEN for row in seats):
            yield Asked(meeting.pk, part.institution_id, timezone.localdate(), part.user_id)


def _missing_views(case: Case) -> list[Perspective]:
    """The views that were asked for and are still expected."""
    rows = [row for row in live_perspectives(case) if row.given_at is None and row.declined_at is None]
    return [row for row in rows if is_covered(case, row.participant)] if stands(case) else []


def _no_view(case: Case) -> Iterator[Asked]:
    """Offices whose view was asked for and is not there."""
    for row in _missing_views(case):
        part = row.participant.participation
        if part is not None:
            yield Asked(row.pk, part.institution_id, timezone.localdate(row.asked_at), part.user_id, due=row.due_on)


def _no_view_of_guests(case: Case) -> Iterator[Asked]:
    """Views of people without an account that are not there: the coordination office keeps an eye on them."""
    missing = [row for row in _missing_views(case) if row.participant.participation is None]
    office = Institution.objects.coordination() if missing else None
    if office is not None:
        for row in missing:
            yield Asked(row.pk, office.pk, timezone.localdate(row.asked_at), due=row.due_on)


def _unassigned(case: Case) -> Iterator[Asked]:
    """Offices that have named nobody yet."""
    if not stands(case):
        return
    for part in _offices(case):
        if part.user_id is None and part.role == ParticipationRole.PARTICIPANT:
            yield Asked(part.pk, part.institution_id, part.since)


def _no_confirmation(case: Case) -> Iterator[Asked]:
    """Offices that are asked to confirm a document."""
    if not stands(case):
        return
    for row in case.confirmations.all():
        part = row.participant.participation
        open_ = row.answered_at is None and row.cancelled_at is None
        if part is not None and part.until is None and open_ and is_covered(case, row.participant):
            begun = timezone.localdate(row.asked_at)
            yield Asked(row.pk, part.institution_id, begun, part.user_id, due=row.due_on)


def _to(name: str) -> Callable[[Task], str]:
    """The page of a transition of the case."""
    return lambda task: reverse("core:action", args=[task.case.number, name])


def _tab(name: str) -> Callable[[Task], str]:
    return lambda task: reverse("core:case_tab", args=[task.case.number, name])


def _page(name: str) -> Callable[[Task], str]:
    """A page of ours for one part of the case."""
    return lambda task: reverse(f"roundtable:{name}", args=[task.object_id])


WAITS = (
    Waiting(
        "finish_draft",
        S.DRAFT,
        Party.PARTICIPANT,
        label=_("Anmeldung fertigstellen"),
        why=_("Ihr Entwurf ist noch nicht angemeldet. Bis dahin sieht ihn nur Ihre Institution."),
        button=_("Weiterschreiben"),
        transition="submit",
        role=Role.CASEWORKER,
    ),
    Waiting(
        "finish_draft_for_others",
        S.DRAFT,
        Party.COORDINATION,
        label=_("Anmeldung fertigstellen"),
        why=_("Sie haben die Anmeldung für eine andere Stelle begonnen. Bis dahin sieht sie nur die Koordination."),
        button=_("Weiterschreiben"),
        transition="submit",
        role=Role.COORDINATOR,
        when=by_coordination,
    ),
    Waiting(
        "decide_start",
        S.REGISTERED,
        Party.COORDINATION,
        label=_("Über den Start entscheiden"),
        why=_("Die anmeldende Stelle wartet auf Ihre Antwort."),
        button=_("Ansehen und entscheiden"),
        transition="start",
        days=7,
        role=Role.COORDINATOR,
        when=stands,
    ),
    Waiting(
        "answer_registration",
        S.QUERIED,
        Party.PARTICIPANT,
        label=_("Rückfrage beantworten"),
        why=_("Die IIZ-Koordinationsstelle braucht eine Auskunft, bevor sie entscheiden kann."),
        button=_("Antworten"),
        transition="answer",
        days=7,
        role=Role.CASEWORKER,
        when=stands,
    ),
    *(
        Waiting(
            "end_stopped",
            state,
            Party.COORDINATION,
            label=_("Nach dem Rückzug beenden"),
            why=_("Die Vollmacht ist zurückgezogen: Es wird kein Prozess gestartet. Der Entscheid fehlt noch."),
            button=_("Beenden"),
            transition="not_start",
            days=10,
            role=Role.COORDINATOR,
            when=lambda case: not stands(case),
        )
        for state in (S.REGISTERED, S.QUERIED)
    ),
    *(
        row
        for state in (S.PREPARING, S.RUNNING)
        for row in (
            Waiting(
                "fix_date",
                state,
                Party.COORDINATION,
                label=_("Termin festlegen und einladen"),
                why=_("Die Antworten auf die Terminvorschläge sind da, oder die Zeit dafür ist vorbei."),
                button=_("Termin festlegen"),
                transition="fix_date",
                days=2,
                role=Role.COORDINATOR,
                when=to_fix,
            ),
            Waiting(
                "rearrange_meeting",
                state,
                Party.COORDINATION,
                label=_("Prüfen: Jemand kann nicht"),
                why=_("Jemand kann zum geplanten Gespräch nicht kommen. Wer es ist, steht bei den Gesprächen."),
                button=_("Gespräch verschieben"),
                transition="move_meeting",
                days=3,
                role=Role.COORDINATOR,
                when=somebody_declined,
            ),
            Waiting(
                "note_meeting",
                state,
                Party.COORDINATION,
                label=_("Festhalten, ob das Gespräch stattgefunden hat"),
                why=_("Jedes geführte Gespräch zählt in der Statistik."),
                button=_("Festhalten"),
                transition="hold_meeting",
                role=Role.COORDINATOR,
                when=lambda case: planned(case) is not None and stands(case),
                due=meeting_day,
                due_label=_("Tag des Gesprächs"),
            ),
            Waiting(
                "close_stopped",
                state,
                Party.COORDINATION,
                label=_("Roundtable abschliessen"),
                why=_("Die Vollmacht ist zurückgezogen: Der Austausch ist gestoppt, der Abschluss fehlt noch."),
                button=_("Abschliessen"),
                transition="close",
                days=10,
                role=Role.COORDINATOR,
                when=lambda case: not stands(case),
            ),
        )
    ),
    *(
        Waiting(
            "renew_vollmacht",
            state,
            Party.COORDINATION,
            label=_("Vollmacht erneuern"),
            why=_("Nach ihrem letzten Tag kann niemand mehr etwas austauschen."),
            button=_("Neue Vollmacht festhalten"),
            transition="renew_vollmacht",
            role=Role.COORDINATOR,
            when=must_renew,
            due=end_of_vollmacht,
            due_label=_("letzter Tag der Vollmacht"),
        )
        for state in (S.REGISTERED, S.QUERIED, S.PREPARING, S.RUNNING)
    ),
    Waiting(
        "find_date",
        S.PREPARING,
        Party.COORDINATION,
        label=_("Termin finden"),
        why=_("Der Prozess ist gestartet. Schlagen Sie Termine vor, oder legen Sie einen fest."),
        button=_("Termine vorschlagen"),
        transition="propose_dates",
        days=10,
        role=Role.COORDINATOR,
        when=to_plan,
    ),
    Waiting(
        "request_views",
        S.PREPARING,
        Party.COORDINATION,
        label=_("Sichten einholen"),
        why=_("Wer am Tisch sitzt, sagt vorher, wie es steht. So beginnt das Gespräch nicht bei null."),
        button=_("Um Sichten bitten"),
        transition="request_views",
        days=10,
        role=Role.COORDINATOR,
        when=lambda case: stands(case) and bool(views.unasked(case)),
    ),
    Waiting(
        "assign_office",
        "",
        Party.PARTICIPANT,
        label=_("Person für den Roundtable bestimmen"),
        why=_("Ihre Institution nimmt an einem Roundtable teil. Wer kommt, bestimmen Sie."),
        button=_("Zuteilen"),
        transition="",
        days=5,
        each=_unassigned,
        path=_to("assign"),
    ),
    Waiting(
        "answer_dates",
        "",
        Party.PARTICIPANT,
        label=_("Termine beantworten"),
        why=_("Die IIZ-Koordinationsstelle sucht einen Termin, der allen passt."),
        button=_("Antworten"),
        transition="",
        role=Role.CASEWORKER,
        each=_no_answer,
        path=_to("answer_dates"),
    ),
    Waiting(
        "reply_roundtable",
        "",
        Party.PARTICIPANT,
        label=_("Auf die Einladung antworten"),
        why=_("Die IIZ-Koordinationsstelle möchte wissen, ob Sie kommen."),
        button=_("Antworten"),
        transition="",
        days=5,
        role=Role.CASEWORKER,
        each=_no_reply,
        path=_tab(MEETINGS),
    ),
    Waiting(
        "give_view",
        "",
        Party.PARTICIPANT,
        label=_("Ihre Sicht abgeben"),
        why=_("Vor dem Gespräch sagen alle, wie es aus ihrer Sicht steht."),
        button=_("Sicht schreiben"),
        transition="",
        role=Role.CASEWORKER,
        each=_no_view,
        path=_page("view"),
    ),
    Waiting(
        "guest_view",
        "",
        Party.COORDINATION,
        label=_("Sicht einer Person ohne Konto steht aus"),
        why=_("Sie wird an ihre Sicht erinnert. Vielleicht hilft ein Anruf."),
        button=_("Ansehen"),
        transition="",
        role=Role.COORDINATOR,
        each=_no_view_of_guests,
        path=_tab("sichten"),
        reminded=views.remind,
    ),
    Waiting(
        "confirm_document",
        "",
        Party.PARTICIPANT,
        label=_("Dokument bestätigen"),
        why=_("Jemand wartet darauf, dass Sie ein Dokument lesen und bestätigen."),
        button=_("Lesen und bestätigen"),
        transition="",
        role=Role.CASEWORKER,
        each=_no_confirmation,
        path=_page("confirmation"),
    ),
)
