"""Optima as rows: states, transitions, open steps, mails (OP-01, OP-05, OUT-03)."""

from django.utils.translation import gettext_lazy as _

from iiz.core.enums import WORKING_ROLES, Phase, Role, Service
from iiz.core.notify import MailKind
from iiz.core.workflow import (
    CONTRIBUTING,
    COORDINATING,
    LEADING,
    Party,
    State,
    Tell,
    Transition,
    Waiting,
    Workflow,
)

from . import effects
from .enums import OptimaState as S

PRINCIPAL = frozenset({Party.PRINCIPAL})
CONTRACTOR = frozenset({Party.CONTRACTOR})
BOTH = PRINCIPAL | CONTRACTOR
COORDINATION = frozenset({Party.COORDINATION})
UNDECIDED = (S.SUBMITTED, S.QUERIED)

STATES = (
    State(S.DRAFT, S.DRAFT.label, "rest", Phase.DRAFT),
    State(S.SUBMITTED, S.SUBMITTED.label, "wait", Phase.OPEN),
    State(S.QUERIED, S.QUERIED.label, "wait", Phase.OPEN),
    State(S.ACCEPTED, S.ACCEPTED.label, "ok", Phase.OPEN),
    State(S.RUNNING, S.RUNNING.label, "ok", Phase.OPEN),
    State(S.REFUSED, S.REFUSED.label, "stop", Phase.ENDED),
    State(S.WITHDRAWN, S.WITHDRAWN.label, "rest", Phase.ENDED),
    State(S.CLIENT_DECLINED, S.CLIENT_DECLINED.label, "rest", Phase.ENDED),
    State(S.NOT_ESTABLISHED, S.NOT_ESTABLISHED.label, "stop", Phase.ENDED),
    State(S.CLOSED, S.CLOSED.label, "ok", Phase.ENDED),
)

TRANSITIONS = (
    Transition(
        "submit",
        label=_("Antrag einreichen"),
        told=_("hat den Antrag eingereicht"),
        sources=(S.DRAFT,),
        target=S.SUBMITTED,
        parties=PRINCIPAL,
        levels=LEADING,
        effect=effects.submit,
        tells=(Tell("optima_arrived", Party.CONTRACTOR),),
        primary=True,
    ),
    Transition(
        "accept",
        label=_("Annehmen"),
        told=_("hat den Antrag angenommen"),
        sources=(S.SUBMITTED,),
        target=S.ACCEPTED,
        parties=CONTRACTOR,
        levels=CONTRIBUTING,
        guards=(effects.not_withdrawn,),
        effect=effects.accept,
        tells=(Tell("optima_accepted", Party.PRINCIPAL),),
        primary=True,
    ),
    Transition(
        "ask",
        label=_("Rückfrage stellen"),
        told=_("hat eine Rückfrage gestellt"),
        sources=(S.SUBMITTED,),
        target=S.QUERIED,
        parties=CONTRACTOR,
        levels=CONTRIBUTING,
        effect=effects.ask,
        tells=(Tell("optima_queried", Party.PRINCIPAL),),
    ),
    Transition(
        "answer",
        label=_("Rückfrage beantworten"),
        told=_("hat die Rückfrage beantwortet"),
        sources=(S.QUERIED,),
        target=S.SUBMITTED,
        parties=PRINCIPAL,
        levels=LEADING,
        effect=effects.answer,
        tells=(Tell("optima_answered", Party.CONTRACTOR),),
        primary=True,
    ),
    Transition(
        "refuse",
        label=_("Ablehnen"),
        told=_("hat den Antrag abgelehnt"),
        sources=UNDECIDED,
        target=S.REFUSED,
        parties=CONTRACTOR,
        levels=CONTRIBUTING,
        effect=effects.refuse,
        tells=(Tell("optima_refused", Party.PRINCIPAL),),
    ),
    Transition(
        "assign",
        label=_("Intern zuteilen"),
        told=_("hat den Fall zugeteilt"),
        sources=(*UNDECIDED, S.ACCEPTED),
        target=None,
        parties=CONTRACTOR | COORDINATION,
        levels=CONTRIBUTING | COORDINATING,
        roles=frozenset({Role.CONTACT, Role.COORDINATOR}),
        guards=(effects.not_withdrawn,),
        effect=effects.assign,
    ),
    Transition(
        "withdraw",
        label=_("Antrag zurückziehen"),
        told=_("hat den Antrag zurückgezogen"),
        sources=UNDECIDED,
        target=S.WITHDRAWN,
        parties=PRINCIPAL,
        levels=LEADING,
        effect=effects.withdraw,
        tells=(Tell("optima_withdrawn", Party.CONTRACTOR),),
    ),
    Transition(
        "client_declines",
        label=_("Klientin oder Klient verzichtet"),
        told=_("hat festgehalten, dass die Klientin oder der Klient verzichtet"),
        sources=UNDECIDED,
        target=S.CLIENT_DECLINED,
        parties=BOTH,
        levels=CONTRIBUTING,
        effect=effects.client_declines,
        tells=(
            Tell("consent_withdrawn", Party.PRINCIPAL),
            Tell("consent_withdrawn", Party.CONTRACTOR),
            Tell("consent_withdrawn", Party.COORDINATION),
        ),
    ),
    Transition(
        "client_withdraws",
        label=_("Einverständnis zurückgezogen"),
        told=_("hat den Rückzug des Einverständnisses festgehalten"),
        sources=(S.ACCEPTED,),
        target=None,
        parties=BOTH,
        levels=CONTRIBUTING,
        guards=(effects.not_withdrawn,),
        effect=effects.client_withdraws,
        tells=(
            Tell("consent_withdrawn", Party.PRINCIPAL),
            Tell("consent_withdrawn", Party.CONTRACTOR),
            Tell("consent_withdrawn", Party.COORDINATION),
        ),
    ),
    Transition(
        "end_unestablished",
        label=_("Fall beenden"),
        told=_("hat den Fall als nicht zustande gekommen beendet"),
        sources=(S.ACCEPTED,),
        target=S.NOT_ESTABLISHED,
        parties=PRINCIPAL | COORDINATION,
        levels=LEADING | COORDINATING,
        roles=WORKING_ROLES | {Role.COORDINATOR},
        guards=(effects.is_withdrawn,),
        tells=(Tell("optima_ended", Party.CONTRACTOR), Tell("optima_ended", Party.PRINCIPAL)),
    ),
)

WAITS = (
    Waiting(
        "finish_draft",
        S.DRAFT,
        Party.PRINCIPAL,
        label=_("Antrag fertigstellen"),
        why=_("Ihr Entwurf ist noch nicht eingereicht. Bis dahin sieht ihn nur Ihre Institution."),
        button=_("Weiterschreiben"),
        transition="submit",
        role=Role.CASEWORKER,
    ),
    Waiting(
        "decide",
        S.SUBMITTED,
        Party.CONTRACTOR,
        label=_("Antrag prüfen und entscheiden"),
        why=_("Die andere Stelle wartet auf Ihre Antwort. Ohne Entscheid bleibt die Person ohne klare Fallführung."),
        button=_("Ansehen und entscheiden"),
        transition="accept",
        days=14,
    ),
    Waiting(
        "forward",
        S.SUBMITTED,
        Party.COORDINATION,
        label=_("Antrag zuteilen"),
        why=_("Anträge an diese Stelle laufen über die IIZ-Koordinationsstelle."),
        button=_("Ansehen und zuteilen"),
        transition="assign",
        days=3,
        role=Role.COORDINATOR,
        when=effects.via_coordination,
    ),
    Waiting(
        "answer",
        S.QUERIED,
        Party.PRINCIPAL,
        label=_("Rückfrage beantworten"),
        why=_("Die angefragte Stelle braucht eine Auskunft. Die Frist für den Entscheid ruht, bis Sie antworten."),
        button=_("Antworten"),
        transition="answer",
        days=7,
        role=Role.CASEWORKER,
    ),
    Waiting(
        "end_withdrawn",
        S.ACCEPTED,
        Party.PRINCIPAL,
        label=_("Fall nach dem Rückzug beenden"),
        why=_("Das Einverständnis ist zurückgezogen. Der Austausch ist gestoppt, der Fall muss noch beendet werden."),
        button=_("Fall beenden"),
        transition="end_unestablished",
        days=7,
        role=Role.CASEWORKER,
        when=lambda case: case.withdrawn_at is not None,
    ),
)

OPTIMA = Workflow(Service.OPTIMA, STATES, TRANSITIONS, WAITS)

MAILS = (
    MailKind(
        "optima_arrived",
        _("Neuer Antrag %(number)s"),
        _("Ein neuer Optima-Antrag wartet auf Ihren Entscheid."),
        _("Antrag ansehen"),
    ),
    MailKind(
        "optima_assigned",
        _("Fall %(number)s ist Ihnen zugeteilt"),
        _("Ein Optima-Fall ist Ihnen zugeteilt worden."),
        _("Fall ansehen"),
    ),
    MailKind(
        "optima_accepted",
        _("Antrag %(number)s angenommen"),
        _("Ihr Optima-Antrag ist angenommen. Der nächste Schritt steht im Fall."),
        _("Fall ansehen"),
    ),
    MailKind(
        "optima_refused",
        _("Antrag %(number)s abgelehnt"),
        _("Ihr Optima-Antrag ist abgelehnt. Den Grund und andere Wege finden Sie im Fall."),
        _("Grund ansehen"),
    ),
    MailKind(
        "optima_queried",
        _("Rückfrage zum Antrag %(number)s"),
        _("Zu Ihrem Optima-Antrag gibt es eine Rückfrage. Die Frist ruht, bis Sie antworten."),
        _("Rückfrage beantworten"),
    ),
    MailKind(
        "optima_answered",
        _("Antwort zum Antrag %(number)s"),
        _("Ihre Rückfrage ist beantwortet. Der Antrag wartet wieder auf Ihren Entscheid."),
        _("Antwort ansehen"),
    ),
    MailKind(
        "optima_withdrawn",
        _("Antrag %(number)s zurückgezogen"),
        _("Der Optima-Antrag ist zurückgezogen. Sie müssen nichts mehr tun."),
        _("Fall ansehen"),
    ),
    MailKind(
        "consent_withdrawn",
        _("Fall %(number)s: Einverständnis zurückgezogen"),
        _("Das Einverständnis zu diesem Fall ist zurückgezogen. Der Austausch ist ab sofort gestoppt."),
        _("Fall ansehen"),
    ),
    MailKind(
        "optima_ended",
        _("Fall %(number)s beendet"),
        _("Der Optima-Fall ist beendet, ohne dass er zustande gekommen ist."),
        _("Fall ansehen"),
    ),
)
