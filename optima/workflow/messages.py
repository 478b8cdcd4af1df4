"""Rows for what contractor and principal tell each other while case work runs, without running reports (RED-07, OP-16).

Two kinds of message, each with the principal's recorded decision; offered only where the Aufgabenteilung of the two
offices provides for them.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from iiz.core.enums import MailTopic, Role
from iiz.core.notify import MailKind
from iiz.core.workflow import CONTRIBUTING, LEADING, Party, Tell, Transition, Waiting

from ..effects import messages as effects
from ..effects.application import not_withdrawn
from ..enums import OptimaState as S
from ..enums import RequestKind
from .application import CONTRACTOR, PRINCIPAL

SENT = (Tell("optima_message_sent", Party.PRINCIPAL),)
ANSWERED = (Tell("optima_message_answered", Party.CONTRACTOR),)

ROWS = (
    Transition(
        "send_hint",
        label=_("Hinweis für eine Sanktion senden"),
        told=_("hat dem Auftraggeber einen Hinweis gesendet"),
        sources=(S.RUNNING,),
        target=None,
        parties=CONTRACTOR,
        levels=LEADING,
        guards=(
            not_withdrawn,
            effects.provided_for(RequestKind.SANCTION),
            effects.none_open(RequestKind.SANCTION),
        ),
        effect=effects.send(RequestKind.SANCTION),
        tells=SENT,
        adds=True,
        rare=True,
        passing=True,
    ),
    Transition(
        "wish_measure",
        label=_("Massnahme wünschen"),
        told=_("hat dem Auftraggeber einen Wunsch nach einer Massnahme gesendet"),
        sources=(S.RUNNING,),
        target=None,
        parties=CONTRACTOR,
        levels=LEADING,
        guards=(not_withdrawn, effects.provided_for(RequestKind.MEASURE), effects.none_open(RequestKind.MEASURE)),
        effect=effects.send(RequestKind.MEASURE),
        tells=SENT,
        adds=True,
        passing=True,
    ),
    Transition(
        "answer_hint",
        label=_("Hinweis beantworten"),
        told=_("hat festgehalten, was auf den Hinweis entschieden ist"),
        sources=(S.RUNNING,),
        target=None,
        parties=PRINCIPAL,
        levels=CONTRIBUTING,
        guards=(not_withdrawn, effects.one_open(RequestKind.SANCTION)),
        effect=effects.decide(RequestKind.SANCTION),
        tells=ANSWERED,
        passing=True,
    ),
    Transition(
        "answer_measure",
        label=_("Wunsch nach einer Massnahme beantworten"),
        told=_("hat festgehalten, was zum Wunsch nach einer Massnahme entschieden ist"),
        sources=(S.RUNNING,),
        target=None,
        parties=PRINCIPAL,
        levels=CONTRIBUTING,
        guards=(not_withdrawn, effects.one_open(RequestKind.MEASURE)),
        effect=effects.decide(RequestKind.MEASURE),
        tells=ANSWERED,
        passing=True,
    ),
)

WAITS = (
    Waiting(
        "answer_hint",
        S.RUNNING,
        Party.PRINCIPAL,
        label=_("Hinweis beantworten"),
        why=_("Der Auftragnehmer meldet, was geschehen ist. Entscheiden können nur Sie, nach Ihrem Gesetz."),
        button=_("Lesen und antworten"),
        transition="answer_hint",
        days=10,
        role=Role.CASEWORKER,
        when=effects.waits(RequestKind.SANCTION),
    ),
    Waiting(
        "answer_measure",
        S.RUNNING,
        Party.PRINCIPAL,
        label=_("Wunsch nach einer Massnahme beantworten"),
        why=_("Der Auftragnehmer wünscht eine Massnahme. Ohne Ihren Entscheid wird nichts bestellt."),
        button=_("Lesen und antworten"),
        transition="answer_measure",
        days=10,
        role=Role.CASEWORKER,
        when=effects.waits(RequestKind.MEASURE),
    ),
)
LOOKS_AT = ("principal_requests",)

MAILS = (
    MailKind(
        "optima_message_sent",
        _("Fall %(number)s: Mitteilung des Auftragnehmers"),
        _("Der Auftragnehmer hat Ihnen etwas mitgeteilt und wartet auf Ihren Entscheid."),
        _("Mitteilung lesen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_message_answered",
        _("Fall %(number)s: Antwort auf Ihre Mitteilung"),
        _("Der Auftraggeber hat festgehalten, was er auf Ihre Mitteilung entschieden hat."),
        _("Antwort lesen"),
        topic=MailTopic.DECISION,
    ),
)
