"""What waits for whom in a Roundtable, until when (principle 2, NFR-06)."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import Role
from iiz.core.meeting_rows import TAB as MEETINGS
from iiz.core.models import Task
from iiz.core.waits import Waiting
from iiz.core.workflow import Party

from ..effects import views
from ..enums import RoundtableState as S
from ..queries import planned
from . import conditions


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
        when=conditions.by_coordination,
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
        when=conditions.stands,
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
        when=conditions.stands,
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
            when=lambda case: not conditions.stands(case),
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
                Party.MODERATION,
                label=_("Termin festlegen und einladen"),
                why=_("Die Antworten auf die Terminvorschläge sind da, oder die Zeit dafür ist vorbei."),
                button=_("Termin festlegen"),
                transition="fix_date",
                days=2,
                role=Role.COORDINATOR,
                when=conditions.to_fix,
            ),
            Waiting(
                "rearrange_meeting",
                state,
                Party.MODERATION,
                label=_("Prüfen: Jemand kann nicht"),
                why=_("Jemand kann zum geplanten Gespräch nicht kommen. Wer es ist, steht bei den Gesprächen."),
                button=_("Gespräch verschieben"),
                transition="move_meeting",
                days=3,
                role=Role.COORDINATOR,
                when=conditions.somebody_declined,
            ),
            Waiting(
                "note_meeting",
                state,
                Party.MODERATION,
                label=_("Festhalten, ob das Gespräch stattgefunden hat"),
                why=_("Jedes geführte Gespräch zählt in der Statistik."),
                button=_("Festhalten"),
                transition="hold_meeting",
                role=Role.COORDINATOR,
                when=lambda case: planned(case) is not None and conditions.stands(case),
                due=conditions.meeting_day,
                due_label=_("Tag des Gesprächs"),
            ),
            Waiting(
                "close_stopped",
                state,
                Party.MODERATION,
                label=_("Roundtable abschliessen"),
                why=_("Die Vollmacht ist zurückgezogen: Der Austausch ist gestoppt, der Abschluss fehlt noch."),
                button=_("Abschliessen"),
                transition="close",
                days=10,
                role=Role.COORDINATOR,
                when=lambda case: not conditions.stands(case),
            ),
        )
    ),
    *(
        Waiting(
            "renew_vollmacht",
            state,
            Party.MODERATION,
            label=_("Vollmacht erneuern"),
            why=_("Nach ihrem letzten Tag kann niemand mehr etwas austauschen."),
            button=_("Neue Vollmacht festhalten"),
            transition="renew_vollmacht",
            role=Role.COORDINATOR,
            when=conditions.must_renew,
            due=conditions.end_of_vollmacht,
            due_label=_("letzter Tag der Vollmacht"),
        )
        for state in (S.REGISTERED, S.QUERIED, S.PREPARING, S.RUNNING)
    ),
    Waiting(
        "sign_vollmacht",
        "",
        Party.PARTICIPANT,
        label=_("Vollmacht neu unterschreiben lassen"),
        why=_("Nach ihrem letzten Tag kann niemand mehr etwas austauschen. Ihre Stelle hat den Fall angemeldet."),
        button=_("Neue Vollmacht festhalten"),
        transition="",
        role=Role.CASEWORKER,
        due_label=_("letzter Tag der Vollmacht"),
        each=conditions.to_sign,
        path=_to("renew_vollmacht"),
    ),
    Waiting(
        "find_date",
        S.PREPARING,
        Party.MODERATION,
        label=_("Termin finden"),
        why=_("Der Prozess ist gestartet. Schlagen Sie Termine vor, oder legen Sie einen fest."),
        button=_("Termine vorschlagen"),
        transition="propose_dates",
        days=10,
        role=Role.COORDINATOR,
        when=conditions.to_plan,
    ),
    Waiting(
        "request_views",
        S.PREPARING,
        Party.MODERATION,
        label=_("Sichten einholen"),
        why=_("Wer am Tisch sitzt, sagt vorher, wie es steht. So beginnt das Gespräch nicht bei null."),
        button=_("Um Sichten bitten"),
        transition="request_views",
        days=10,
        role=Role.COORDINATOR,
        when=lambda case: conditions.stands(case) and bool(views.unasked(case)),
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
        each=conditions.unassigned,
        path=_to("assign"),
    ),
    Waiting(
        "answer_dates",
        "",
        Party.PARTICIPANT,
        label=_("Termine beantworten"),
        why=_("Für ein Gespräch wird ein Termin gesucht, der allen passt."),
        button=_("Antworten"),
        transition="",
        role=Role.CASEWORKER,
        each=conditions.no_answer,
        path=_to("answer_dates"),
    ),
    Waiting(
        "reply_roundtable",
        "",
        Party.PARTICIPANT,
        label=_("Auf die Einladung antworten"),
        why=_("Wer zum Gespräch einlädt, möchte wissen, ob Sie kommen."),
        button=_("Antworten"),
        transition="",
        days=5,
        role=Role.CASEWORKER,
        each=conditions.no_reply,
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
        each=conditions.no_view,
        path=_page("view"),
    ),
    Waiting(
        "guest_view",
        "",
        Party.MODERATION,
        label=_("Sicht einer Person ohne Konto steht aus"),
        why=_("Sie wird an ihre Sicht erinnert. Vielleicht hilft ein Anruf."),
        button=_("Ansehen"),
        transition="",
        role=Role.COORDINATOR,
        each=conditions.no_view_of_guests,
        whose=conditions.whose_views,
        path=_tab("sichten"),
        reminded=views.remind,
    ),
    Waiting(
        "write_view_down",
        "",
        Party.MODERATION,
        label=_("Sicht einer Person ohne E-Mail aufschreiben"),
        why=_("Niemand sonst fragt sie: Rufen Sie an, und schreiben Sie ihre Sicht auf."),
        button=_("Sicht aufschreiben"),
        transition="",
        role=Role.COORDINATOR,
        each=conditions.to_write_down,
        whose=conditions.whose_views,
        path=_page("view"),
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
        each=conditions.no_confirmation,
        path=_page("confirmation"),
    ),
)
