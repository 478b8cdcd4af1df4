"""What comes next where nothing waits in the portal for the reader, worded for the reader's side (UX-06, UX-15)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iiz.core import clock, meetings
from iiz.core.actor import Actor
from iiz.core.models import Case
from iiz.core.templatetags.ui import day, when

from . import content, course, minutes, plan_reading
from .enums import TO_OPTIMA
from .enums import RoundtableState as S
from .queries import (
    final_plan,
    has_answered,
    held,
    live_perspectives,
    manager,
    moderates,
    moderator,
    office_row,
    open_poll,
    planned,
    roundtable_of,
)

Step = dict[str, Any]

NO_NEED = gettext_lazy("Sie müssen jetzt nichts tun. Sie erhalten eine Nachricht, sobald sich etwas ändert.")
REFERRED = gettext_lazy(
    "Für diese Person kann ein Optima-Antrag der kürzere Weg sein. Die Angaben dieser Anmeldung werden übernommen."
)
OTHER_WAYS = gettext_lazy(
    "Die Fallführung bleibt bei Ihnen. Andere Wege: die beteiligten Stellen direkt anrufen oder einen Optima-Antrag "
    "stellen. Die IIZ-Koordinationsstelle berät Sie."
)


def next_step(case: Case, actor: Actor) -> Step | None:
    """What comes next where no open task of the reader says it; ``None`` where somebody's open task says it better."""
    if case.state == S.NOT_STARTED:
        return _not_started(case, actor)
    if case.state == S.CLOSED:
        return _step(
            _("Der Roundtable ist abgeschlossen."),
            _("Jede Stelle arbeitet in ihrem Auftrag weiter. Der Fall bleibt zum Nachlesen offen."),
        )
    if case.withdrawn_at is not None:
        part = moderator(case)
        words = _("Der Austausch ist gestoppt. %(office)s schliesst den Roundtable ab.")
        return _step(
            words % {"office": part.institution.name if part else _("Die IIZ-Koordinationsstelle")},
            _("Sie müssen nichts tun. Was Sie selbst geschrieben haben, lesen Sie weiterhin."),
        )
    if case.state == S.REGISTERED and not actor.is_coordination:
        return _registered(case, actor)
    if case.state in (S.PREPARING, S.RUNNING):
        return _under_way(case, actor)
    return None


def _step(sentence: str, why: Any) -> Step:
    return {"sentence": sentence, "why": str(why)}


def _registered(case: Case, actor: Actor) -> Step:
    names = {"day": day(case.arrived_on)}
    return _step(
        _("Die IIZ-Koordinationsstelle entscheidet, ob ein Roundtable startet. Angemeldet am %(day)s.") % names,
        NO_NEED if content.is_registrant(case, actor) else "",
    )


def _not_started(case: Case, actor: Actor) -> Step:
    reason = roundtable_of(case).not_started_reason
    sentence = _("Es ist kein Prozess gestartet worden: %(reason)s.") % {"reason": reason.label if reason else "–"}
    if reason is not None and reason.code == TO_OPTIMA:
        return _step(sentence, REFERRED)
    if content.is_registrant(case, actor):
        return _step(sentence, OTHER_WAYS)
    return _step(sentence, _("Der Fall bleibt zum Nachlesen offen."))


def _under_way(case: Case, actor: Actor) -> Step | None:
    """Between the start and the end: the date, the answers to it, or what the last meeting left to do."""
    meeting = planned(case)
    if meeting is not None and not meetings.somebody_cannot(meeting):
        place = ", ".join(filter(None, [when(meeting), meeting.place]))
        url = paper_of_today(case, actor)
        if url:
            words = _("Auf der Seite des Gesprächs schreiben Sie am Tisch mit; gespeichert wird von selbst.")
            step = _step(_("Heute ist das Gespräch: %(when)s.") % {"when": place}, words)
            return step | {"button": {"label": _("Zum Gespräch"), "url": url}}
        missing = _missing(case)
        return _step(_("Das Gespräch ist vereinbart: %(when)s.") % {"when": place}, missing or NO_NEED)
    if moderates(case, actor):
        return _after_meeting(case, actor) if meeting is None else None
    if meeting is not None:
        return _step(_("Jemand kann zum geplanten Gespräch nicht kommen. Ein neuer Termin wird gesucht."), NO_NEED)
    poll = open_poll(case)
    if poll is not None:
        own = office_row(case, actor.institution.pk)
        answered = own is not None and has_answered(poll, own)
        sentence = _("Ein Termin wird gesucht. Antworten können alle bis am %(day)s.") % {"day": day(poll.answer_by)}
        return _step(sentence, _("Ihre Antwort ist da. Sie erhalten die Einladung.") if answered else NO_NEED)
    if case.state == S.RUNNING:
        return _step(_after_words(case, actor), _contact(case))
    return _step(_("Der Prozess ist gestartet. Ein Termin wird gesucht."), NO_NEED)


def paper_of_today(case: Case, actor: Actor) -> str:
    """The address of the meeting page on the day of a meeting, for whoever writes there; otherwise empty."""
    meeting = planned(case)
    if meeting is None or meeting.planned_day > clock.today() or minutes.refusal(case, actor):
        return ""
    return reverse("roundtable:paper", args=[case.number])


def _missing(case: Case) -> str:
    """How many views are still missing before the meeting."""
    waiting = [row for row in live_perspectives(case) if row.given_at is None and row.declined_at is None]
    if not waiting:
        return ""
    return ngettext("Vorher fehlt noch %(n)s Sicht.", "Vorher fehlen noch %(n)s Sichten.", len(waiting)) % {
        "n": len(waiting)
    }


def _after_meeting(case: Case, actor: Actor) -> Step | None:
    if case.state != S.RUNNING or open_poll(case) is not None:
        return None
    words = _("Vereinbaren Sie ein weiteres Gespräch, oder schliessen Sie den Roundtable ab.")
    return _step(_after_words(case, actor), words)


def _contact(case: Case) -> str:
    """To whom one turns: whoever takes the case management, else the office that runs the Roundtable."""
    if manager(case) is None:
        return _("Neues und offene Fragen melden Sie der Stelle, die den Roundtable führt.")
    return _("Neues und offene Fragen melden Sie dem Case Management: %(who)s.") % {"who": course.manager_words(case)}


def _after_words(case: Case, actor: Actor) -> str:
    """What the plan in force says comes next, as far as the actor may read it; before there is one, the meeting."""
    if final_plan(case) is not None and plan_reading.kinds_for(case, actor):
        rows = course.readable_open(case, actor)
        if not rows and course.hidden_open(case, actor):
            return _("Alle Schritte des Handlungsplans, die Ihre Stelle lesen kann, sind erledigt.")
        if not rows:
            return _("Alle Schritte des Handlungsplans sind erledigt.")
        names = {"what": rows[0].what, "day": day(rows[0].due_on)}
        return _("Der Handlungsplan gilt. Als Nächstes steht an: %(what)s, bis %(day)s.") % names
    last = max((row.day for row in held(case)), default=None)
    if last is None:
        return _("Der Roundtable läuft.")
    return _("Das Gespräch hat am %(day)s stattgefunden.") % {"day": day(last)}
