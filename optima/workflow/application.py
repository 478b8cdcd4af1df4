"""Rows from the draft to the decision, and what may happen on the way."""

from django.utils.translation import gettext_lazy as _

from iiz.core.enums import WORKING_ROLES, Role
from iiz.core.workflow import CONTRIBUTING, COORDINATING, LEADING, Party, Tell, Transition

from ..effects import application as effects
from ..effects import ruling
from ..enums import OptimaState as S

PRINCIPAL = frozenset({Party.PRINCIPAL})
CONTRACTOR = frozenset({Party.CONTRACTOR})
BOTH = PRINCIPAL | CONTRACTOR
COORDINATION = frozenset({Party.COORDINATION})
UNDECIDED = (S.SUBMITTED, S.QUERIED)
UNSTARTED = (S.ACCEPTED, S.HANDOVER_PLANNED, S.HANDOVER_HELD, S.AGREED)
UNDER_WAY = (*UNSTARTED, S.RUNNING)

ROWS = (
    Transition(
        "submit",
        label=_("Antrag einreichen"),
        told=_("hat den Antrag eingereicht"),
        sources=(S.DRAFT,),
        target=S.SUBMITTED,
        parties=PRINCIPAL,
        levels=LEADING,
        effect=effects.submit,
        tells=(
            Tell("optima_arrived", Party.CONTRACTOR, ruling.may_be_decided),
            Tell("optima_to_rule", Party.COORDINATION, ruling.waits_for_ruling),
        ),
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
        guards=(effects.not_withdrawn, ruling.settled),
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
        "settle_group",
        label=_("Zielgruppe und Ausnahme entscheiden"),
        told=_("hat über Zielgruppe und Ausnahme entschieden"),
        sources=UNDECIDED,
        target=None,
        parties=COORDINATION,
        levels=COORDINATING,
        roles=frozenset({Role.COORDINATOR}),
        guards=(effects.not_withdrawn, ruling.has_classification),
        effect=ruling.settle,
        tells=(Tell("optima_ruled", Party.PRINCIPAL), Tell("optima_ruled", Party.CONTRACTOR)),
        primary=True,
    ),
    Transition(
        "assign",
        label=_("Intern zuteilen"),
        told=_("hat den Fall zugeteilt"),
        sources=(*UNDECIDED, *UNDER_WAY),
        target=None,
        parties=CONTRACTOR | COORDINATION,
        levels=CONTRIBUTING | COORDINATING,
        roles=frozenset({Role.CONTACT, Role.COORDINATOR}),
        guards=(effects.not_withdrawn,),
        effect=effects.assign,
    ),
    Transition(
        "hand_over",
        label=_("Intern übergeben"),
        told=_("hat den Fall intern übergeben"),
        sources=(*UNDECIDED, *UNDER_WAY),
        target=None,
        parties=PRINCIPAL,
        levels=CONTRIBUTING,
        roles=frozenset({Role.CONTACT}),
        effect=effects.hand_over,
        rare=True,
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
        rare=True,
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
        rare=True,
    ),
    Transition(
        "client_withdraws",
        label=_("Einverständnis zurückgezogen"),
        told=_("hat den Rückzug des Einverständnisses festgehalten"),
        sources=UNDER_WAY,
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
        rare=True,
    ),
    Transition(
        "end_unestablished",
        label=_("Ohne Übergabe beenden"),
        told=_("hat den Fall als nicht zustande gekommen beendet"),
        sources=UNSTARTED,
        target=S.NOT_ESTABLISHED,
        parties=BOTH | COORDINATION,
        levels=CONTRIBUTING | COORDINATING,
        roles=WORKING_ROLES | {Role.COORDINATOR},
        effect=effects.end_unestablished,
        tells=(Tell("optima_ended", Party.CONTRACTOR), Tell("optima_ended", Party.PRINCIPAL)),
        rare=True,
    ),
)
