"""What comes next where nothing waits in the portal for the reader, worded for the reader's side (UX-06, UX-15)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, meetings
from iiz.core.actor import Actor
from iiz.core.enums import MeetingState, Phase
from iiz.core.models import Case
from iiz.core.templatetags.ui import day, when
from iiz.core.workflow import Party

from . import content
from .effects import release, ruling
from .effects.handover import somebody_cannot
from .enums import OptimaState as S
from .enums import Verdict
from .queries import antrag_of, last_handover


def next_step(case: Case, actor: Actor) -> dict[str, Any] | None:
    """What comes next where nothing waits for the reader, worded for the reader's side (OP-06, UX-06, UX-15).

    ``None`` where something waits for the other side that is better said.
    """
    antrag = antrag_of(case)
    mine = actor.institution.pk == antrag.principal_id
    if case.state in (S.SUBMITTED, S.QUERIED):
        return _ruling(case, mine)
    names = {
        "principal": antrag.principal.name,
        "contractor": antrag.contractor.name if antrag.contractor else _("Auftragnehmer"),
        "reason": antrag.refusal_reason.label if antrag.refusal_reason else "",
    }
    names |= _dates(case)
    if case.state == S.HANDOVER_PLANNED and somebody_cannot(case):
        found = None if mine else NEW_DATE
    elif mine and case.state == S.RUNNING and antrag.work_offer_restored_on and case.withdrawn_at is None:
        found = WORK_AGAIN
        names["released"] = _released(case)
    elif not _goes_as_agreed(case):
        return None
    else:
        found = WORDS.get((case.state, mine))
    if found is None:
        return None
    sentence, why = found
    if case.state == S.REFUSED and Party.CONTRACTOR not in content.may_read(case, actor):
        names["reason"] = _("Grund nicht mehr sichtbar")
    return {"sentence": str(sentence) % names, "why": str(why) % names}


def _ruling(case: Case, mine: bool) -> dict[str, Any] | None:
    """That the coordination office decides first, or that it has said no (GRP-20, CON-44)."""
    row = ruling.classification_of(case)
    if row is None or case.withdrawn_at is not None:
        return None
    if ruling.waits_for_ruling(case):
        after = _("Danach prüft die angefragte Stelle den Antrag. Sie erhalten eine Nachricht.")
        return {"sentence": _("Zuerst entscheidet die IIZ-Koordinationsstelle."), "why": f"{row.barred} {after}"}
    if row.verdict == Verdict.DECLINED and mine:
        sentence = _("Die IIZ-Koordinationsstelle hat entschieden: Optima ist hier nicht der richtige Weg.")
        return {"sentence": sentence, "why": _("Ziehen Sie den Antrag zurück. Weshalb, lesen Sie unten.")}
    return None


def _released(case: Case) -> str:
    """Until when somebody was released, if at all; the report ends no release that never was."""
    period = release.span_on(release.agreements(case), clock.today())
    if period is None:
        return _("Befreit war nichts.")
    return _("Der letzte Tag der Befreiung: %(day)s.") % {"day": day(period[1])}


def _goes_as_agreed(case: Case) -> bool:
    """Whether there is only a day to wait for; else the open Pendenz says better whose turn it is."""
    if case.phase != Phase.OPEN:
        return True
    if any(meetings.somebody_cannot(row) for row in meetings.in_state(case, MeetingState.PLANNED)):
        return False
    if case.state == S.AGREED:
        return case.withdrawn_at is None
    meeting = meetings.planned(case)
    if case.withdrawn_at is not None or meeting is None or meeting.day < clock.today():
        return False
    return all(row.answered_at for row in case.meeting_requests.all())


def _dates(case: Case) -> dict[str, str]:
    """The days that the words of some states name."""
    if case.state == S.HANDOVER_PLANNED:
        meeting = meetings.planned(case)
        return {"when": ", ".join(filter(None, [when(meeting), meeting.place])) if meeting else ""}
    if case.state == S.AGREED:
        held = last_handover(case)
        return {"begin": day(held.uebergabegespraech.starts_on) if held else ""}
    if case.state == S.RUNNING:
        meeting = meetings.planned(case)
        names = {"kind": meetings.label(meeting), "day": day(meeting.day)} if meeting else {}
        return {"next": _("%(kind)s am %(day)s.") % names if meeting else ""}
    return {}


_PRINCIPAL_KEEPS = gettext_lazy(
    "Die Fallführung bleibt beim Auftraggeber (%(principal)s). Der Fall bleibt zum Nachlesen offen."
)
_OTHER_WAYS = gettext_lazy(
    "Die Fallführung bleibt bei Ihnen. Andere Wege: die andere Stelle anrufen, eine andere Stelle anfragen oder die "
    "Situation an einem Roundtable klären. Die IIZ-Koordinationsstelle berät Sie."
)
NEW_DATE = (
    gettext_lazy(
        "Jemand kann zum vereinbarten Übergabegespräch nicht kommen. Der Auftraggeber (%(principal)s) sucht einen "
        "neuen Termin."
    ),
    gettext_lazy(
        "Sie müssen jetzt nichts tun: Sie erhalten eine neue Einladung. Wer nicht kann, steht bei den Gesprächen."
    ),
)
"""For all but the principal, who has a Pendenz of its own."""
WORK_AGAIN = (
    gettext_lazy("Das Arbeitsangebot ist wieder intakt: Nehmen Sie wieder auf, was bei Ihnen geruht hat. %(next)s"),
    gettext_lazy("%(released)s Im Standortgespräch wird der Fall abgeschlossen."),
)
"""For the RAV, once the social service has reported it (RED-03)."""
WORDS: dict[tuple[str, bool], tuple[Any, Any]] = {
    (S.HANDOVER_PLANNED, True): (
        gettext_lazy("Das Übergabegespräch ist vereinbart: %(when)s."),
        gettext_lazy(
            "Der Auftragnehmer (%(contractor)s) leitet es und schreibt die Notiz. Bis dahin müssen Sie nichts tun."
        ),
    ),
    (S.AGREED, True): (
        gettext_lazy("Die Übergabe ist vereinbart. Die Fallarbeit beginnt am %(begin)s von selbst."),
        gettext_lazy("Bis dahin führen Sie den Fall. Danach führt allein der Auftragnehmer (%(contractor)s)."),
    ),
    (S.AGREED, False): (
        gettext_lazy("Die Übergabe ist vereinbart. Die Fallarbeit beginnt am %(begin)s von selbst."),
        gettext_lazy("Bis dahin führt der Auftraggeber (%(principal)s). Im Portal ist jetzt nichts zu tun."),
    ),
    (S.RUNNING, True): (
        gettext_lazy("Die Fallarbeit läuft beim Auftragnehmer (%(contractor)s). %(next)s"),
        gettext_lazy("Sie müssen jetzt nichts tun. Laufende Berichte gibt es nicht: Das Nächste ist das Gespräch."),
    ),
    (S.RUNNING, False): (
        gettext_lazy("Die Fallarbeit läuft beim Auftragnehmer (%(contractor)s). %(next)s"),
        gettext_lazy("Laufende Berichte sind nicht vorgesehen. Das Nächste ist das Standortgespräch."),
    ),
    (S.REFUSED, True): (gettext_lazy("Der Antrag ist abgelehnt: %(reason)s."), _OTHER_WAYS),
    (S.REFUSED, False): (gettext_lazy("Der Antrag ist abgelehnt: %(reason)s."), _PRINCIPAL_KEEPS),
    (S.WITHDRAWN, True): (gettext_lazy("Der Antrag ist zurückgezogen."), _OTHER_WAYS),
    (S.WITHDRAWN, False): (gettext_lazy("Der Antrag ist zurückgezogen."), _PRINCIPAL_KEEPS),
    (S.CLIENT_DECLINED, True): (
        gettext_lazy("Die Klientin oder der Klient verzichtet: Es wird nichts mehr ausgetauscht."),
        gettext_lazy("Die Teilnahme ist freiwillig, es entstehen keine Nachteile. Die Fallführung bleibt bei Ihnen."),
    ),
    (S.CLIENT_DECLINED, False): (
        gettext_lazy("Die Klientin oder der Klient verzichtet: Es wird nichts mehr ausgetauscht."),
        gettext_lazy("Die Teilnahme ist freiwillig. Jede Stelle sieht nur noch, was sie selbst geschrieben hat."),
    ),
    (S.NOT_ESTABLISHED, True): (
        gettext_lazy("Der Fall ist beendet, ohne dass er zustande gekommen ist."),
        gettext_lazy("Die Fallführung bleibt bei Ihnen. Der Fall bleibt zum Nachlesen offen."),
    ),
    (S.NOT_ESTABLISHED, False): (
        gettext_lazy("Der Fall ist beendet, ohne dass er zustande gekommen ist."),
        _PRINCIPAL_KEEPS,
    ),
    (S.CLOSED, True): (
        gettext_lazy("Der Fall ist abgeschlossen."),
        gettext_lazy("Die Fallführung liegt wieder bei Ihnen. Der Fall bleibt zum Nachlesen offen."),
    ),
    (S.CLOSED, False): (
        gettext_lazy("Der Fall ist abgeschlossen."),
        gettext_lazy(
            "Die Fallführung liegt wieder beim Auftraggeber (%(principal)s). Der Fall bleibt zum Nachlesen offen."
        ),
    ),
}
