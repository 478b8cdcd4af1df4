"""How Optima shows its cases on the shared pages: head, road, next step, overview, actions."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.actor import Actor
from iiz.core.enums import Phase
from iiz.core.models import Case
from iiz.core.registry import ActionPage, NewLink, ServicePages
from iiz.core.templatetags.ui import day
from iiz.core.workflow import Party

from . import actions, content
from .enums import OptimaState as S
from .forms import decisions
from .models import Antrag
from .offices import rules
from .queries import antrag_of
from .views.documents import refusal

STAGES = (
    gettext_lazy("Antrag"),
    gettext_lazy("Entscheid"),
    gettext_lazy("Übergabe"),
    gettext_lazy("Fallarbeit"),
    gettext_lazy("Abschluss"),
)
REACHED = {
    S.DRAFT: (0, "now"),
    S.SUBMITTED: (1, "now"),
    S.QUERIED: (1, "now"),
    S.REFUSED: (1, "stopped"),
    S.WITHDRAWN: (1, "stopped"),
    S.CLIENT_DECLINED: (1, "stopped"),
    S.ACCEPTED: (2, "now"),
    S.NOT_ESTABLISHED: (2, "stopped"),
    S.RUNNING: (3, "now"),
    S.CLOSED: (4, "done"),
}
"""Per state the stage that is reached, and how it stands there."""


def facts(case: Case) -> list[tuple[Any, Any]]:
    """Who asks whom, for how long."""
    antrag = antrag_of(case)
    return [
        (_("Auftraggeber"), antrag.principal.name),
        (_("Auftragnehmer"), antrag.contractor.name if antrag.contractor else ""),
        (_("Geplante Dauer"), content.months(antrag.planned_months) if antrag.planned_months else ""),
    ]


def road(case: Case) -> list[dict[str, Any]]:
    """Antrag – Entscheid – Übergabe – Fallarbeit – Abschluss, with the dates that there are."""
    antrag = antrag_of(case)
    reached, standing = REACHED[S(case.state)]
    notes = _notes(case, antrag)
    steps = []
    for place, label in enumerate(STAGES):
        state = "done" if place < reached else standing if place == reached else "next"
        steps.append({"label": label, "note": notes[place], "state": state})
    return steps


def _notes(case: Case, antrag: Antrag) -> list[str]:
    decided = ""
    if antrag.decision:
        decided = _("%(how)s %(day)s") % {"how": antrag.get_decision_display(), "day": day(antrag.decided_on)}
    elif case.state == S.QUERIED:
        decided = _("Rückfrage offen")
    elif case.state == S.SUBMITTED:
        decided = _("offen")
    handover = day(antrag.handover_on)
    if case.state == S.NOT_ESTABLISHED:
        handover = _("nicht zustande gekommen %(day)s") % {"day": day(case.ended_on)}
    return [
        day(case.arrived_on) if case.phase != Phase.DRAFT else "",
        decided,
        handover or (_("zu vereinbaren") if case.state == S.ACCEPTED and not case.withdrawn_at else ""),
        _("seit %(day)s") % {"day": day(antrag.started_on)} if antrag.started_on else "",
        day(case.ended_on) if case.state == S.CLOSED else "",
    ]


def overview(case: Case, actor: Actor) -> dict[str, Any]:
    """The words of the Antrag as far as the actor may read them, an open question first; the rules of its day."""
    antrag = antrag_of(case)
    found = content.blocks(case, actor)
    if case.state == S.QUERIED:
        found.sort(key=lambda block: not block.unanswered)
    aside = ("decision", "contacts")
    return {
        "antrag": antrag,
        "blocks": [block for block in found if block.name not in aside],
        "decision": next((block for block in found if block.name == "decision"), None),
        "contacts": next((block for block in found if block.name == "contacts"), None),
        "rules": rules(antrag.contractor_group, antrag.contractor, antrag.principal, case.arrived_on),
        "text_url": "" if refusal(case, actor) else reverse("optima:text", args=[case.number]),
        "imported": antrag.submitted_at is None,
    }


def pdf_url(case: Case, actor: Actor) -> str | None:
    """The Antrag as PDF, for whoever may still read it."""
    return None if refusal(case, actor) else reverse("optima:pdf", args=[case.number])


def next_step(case: Case, actor: Actor) -> dict[str, Any] | None:
    """What comes next where nothing waits in the portal, worded for the reader's side (OP-06, UX-06)."""
    antrag = antrag_of(case)
    mine = actor.institution.pk == antrag.principal_id
    names = {
        "principal": antrag.principal.name,
        "contractor": antrag.contractor.name if antrag.contractor else _("Auftragnehmer"),
        "reason": antrag.refusal_reason.label if antrag.refusal_reason else "",
    }
    if case.state == S.ACCEPTED:
        return _handover(case, mine, names)
    found = WORDS.get((case.state, mine))
    if found is None:
        return None
    sentence, why = found
    if case.state == S.REFUSED and Party.CONTRACTOR not in content.may_read(case, actor):
        names["reason"] = _("Grund nicht mehr sichtbar")
    return {"sentence": str(sentence) % names, "why": str(why) % names}


def _handover(case: Case, mine: bool, names: dict[str, str]) -> dict[str, Any]:
    """The principal arranges the Übergabegespräch: it knows which place suits the client (OP-06)."""
    adviser = content.adviser_of(case)
    names["adviser"] = adviser.get_full_name() if adviser else names["contractor"]
    reach = [part for part in (adviser.phone, adviser.email) if part] if adviser else []
    names["reach"] = ", ".join([names["contractor"], *reach])
    if mine:
        sentence = _("Nächster Schritt bei Ihnen: Vereinbaren Sie das Übergabegespräch mit %(adviser)s.")
        why = _(
            "%(adviser)s: %(reach)s. Informieren Sie auch die Klientin oder den Klienten. Die Fallführung bleibt bei "
            "Ihnen, bis die Fallarbeit beginnt."
        )
    else:
        sentence = _(
            "Nächster Schritt: Der Auftraggeber (%(principal)s) vereinbart das Übergabegespräch mit %(adviser)s."
        )
        why = _(
            "Die Fallführung bleibt beim Auftraggeber, bis die Fallarbeit beginnt. Im Portal ist jetzt nichts zu tun."
        )
    return {"sentence": sentence % names, "why": why % names}


_PRINCIPAL_KEEPS = gettext_lazy(
    "Die Fallführung bleibt beim Auftraggeber (%(principal)s). Der Fall bleibt zum Nachlesen offen."
)
_OTHER_WAYS = gettext_lazy(
    "Die Fallführung bleibt bei Ihnen. Andere Wege: die andere Stelle anrufen, eine andere Stelle anfragen oder die "
    "Situation an einem Roundtable klären. Die IIZ-Koordinationsstelle berät Sie."
)
WORDS: dict[tuple[str, bool], tuple[Any, Any]] = {
    (S.RUNNING, True): (
        gettext_lazy("Die Fallarbeit läuft beim Auftragnehmer (%(contractor)s)."),
        gettext_lazy("Sie müssen jetzt nichts tun. Zum nächsten Standortgespräch werden Sie eingeladen."),
    ),
    (S.RUNNING, False): (
        gettext_lazy("Die Fallarbeit läuft beim Auftragnehmer (%(contractor)s)."),
        gettext_lazy("Der Auftragnehmer lädt zum nächsten Standortgespräch ein."),
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
    (S.CLOSED, False): (gettext_lazy("Der Fall ist abgeschlossen."), _PRINCIPAL_KEEPS),
}

ACTIONS = {
    "accept": ActionPage(
        decisions.AcceptForm,
        gettext_lazy("Antrag annehmen"),
        gettext_lazy(
            "Sie übernehmen den Auftrag. Der Auftraggeber und die gewählte Person erhalten sofort eine Nachricht; "
            "danach vereinbart der Auftraggeber das Übergabegespräch."
        ),
        gettext_lazy("Annehmen"),
        done=gettext_lazy("Der Antrag ist angenommen. Der Auftraggeber ist benachrichtigt."),
    ),
    "refuse": ActionPage(
        decisions.RefuseForm,
        gettext_lazy("Antrag ablehnen"),
        gettext_lazy(
            "Der Auftraggeber erhält sofort eine Nachricht und liest im Fall den Grund. Danach ist der Fall beendet."
        ),
        gettext_lazy("Ablehnen"),
        danger=True,
        done=gettext_lazy("Der Antrag ist abgelehnt. Der Auftraggeber ist benachrichtigt."),
    ),
    "ask": ActionPage(
        decisions.AskForm,
        gettext_lazy("Rückfrage stellen"),
        gettext_lazy("Der Auftraggeber erhält sofort eine Nachricht. Ihre Frist ruht, bis er geantwortet hat."),
        gettext_lazy("Frage senden"),
        done=gettext_lazy("Die Frage ist gestellt. Sie erhalten eine Nachricht, sobald die Antwort da ist."),
    ),
    "answer": ActionPage(
        decisions.AnswerForm,
        gettext_lazy("Rückfrage beantworten"),
        gettext_lazy("Die angefragte Stelle erhält sofort eine Nachricht und kann danach entscheiden."),
        gettext_lazy("Antwort senden"),
        done=gettext_lazy("Die Antwort ist gesendet. Die angefragte Stelle ist benachrichtigt."),
    ),
    "assign": ActionPage(
        decisions.AssignForm,
        gettext_lazy("Fall zuteilen"),
        gettext_lazy("Die gewählte Person des Auftragnehmers erhält eine Nachricht und betreut den Fall von jetzt an."),
        gettext_lazy("Zuteilen"),
        done=gettext_lazy("Der Fall ist zugeteilt. Die Person ist benachrichtigt."),
    ),
    "hand_over": ActionPage(
        decisions.HandOverForm,
        gettext_lazy("Fall intern übergeben"),
        gettext_lazy("Die gewählte Person Ihrer Institution erhält eine Nachricht und ist von jetzt an zuständig."),
        gettext_lazy("Übergeben"),
        done=gettext_lazy("Der Fall ist übergeben. Die Person ist benachrichtigt."),
    ),
    "withdraw": ActionPage(
        decisions.NoteForm,
        gettext_lazy("Antrag zurückziehen"),
        gettext_lazy(
            "Die angefragte Stelle erhält sofort eine Nachricht und muss nichts mehr tun. Danach ist der Fall beendet."
        ),
        gettext_lazy("Zurückziehen"),
        danger=True,
        done=gettext_lazy("Der Antrag ist zurückgezogen. Die angefragte Stelle ist benachrichtigt."),
    ),
    "client_declines": ActionPage(
        decisions.ConfirmForm,
        gettext_lazy("Die Klientin oder der Klient verzichtet"),
        gettext_lazy(
            "Die Teilnahme ist freiwillig. Der Austausch wird sofort gestoppt, jede Stelle sieht nur noch, was sie "
            "selbst geschrieben hat, und der Fall ist beendet. Beide Stellen und die IIZ-Koordinationsstelle "
            "erhalten eine Nachricht."
        ),
        gettext_lazy("Verzicht festhalten"),
        danger=True,
        done=gettext_lazy("Der Verzicht ist festgehalten. Alle Beteiligten sind benachrichtigt."),
    ),
    "client_withdraws": ActionPage(
        decisions.ConfirmForm,
        gettext_lazy("Einverständnis zurückgezogen"),
        gettext_lazy(
            "Die Klientin oder der Klient hat das Einverständnis zurückgezogen. Der Austausch wird sofort gestoppt, "
            "jede Stelle sieht nur noch, was sie selbst geschrieben hat. Beide Stellen und die IIZ-Koordinationsstelle "
            "erhalten eine Nachricht; der Auftraggeber beendet danach den Fall."
        ),
        gettext_lazy("Rückzug festhalten"),
        danger=True,
        done=gettext_lazy("Der Rückzug ist festgehalten. Alle Beteiligten sind benachrichtigt."),
    ),
    "end_unestablished": ActionPage(
        decisions.ConfirmForm,
        gettext_lazy("Fall beenden"),
        gettext_lazy("Der Fall endet als nicht zustande gekommen. Beide Stellen erhalten eine Nachricht."),
        gettext_lazy("Fall beenden"),
        danger=True,
        done=gettext_lazy("Der Fall ist beendet. Beide Stellen sind benachrichtigt."),
    ),
}

PAGES = ServicePages(
    template="optima/overview.html",
    overview=overview,
    facts=facts,
    road=road,
    edit_url=lambda case: reverse("optima:antrag", args=[case.number]),
    pdf_url=pdf_url,
    next_step=next_step,
    actions=ACTIONS,
)
NEW = NewLink(gettext_lazy("Neuer Antrag"), "optima:new", lambda actor: not actions.begin_refusal(actor))
