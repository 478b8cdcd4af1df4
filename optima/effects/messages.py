"""Hints for a sanction and wishes for a measure: the contractor sends, the principal decides (OP-12, RED-07).

The portal decides nothing and knows no order: it keeps what was sent, and what the competent office says it decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.models import Case

from ..enums import RequestKind
from ..models import PrincipalRequest
from ..queries import procedure_of

Data = Mapping[str, Any]
Changes = dict[str, Any]
Guard = Callable[[Case, Actor], str | None]


def send(kind: str) -> Callable[[Case, Actor, Data], Changes]:
    """An effect: send the principal a message of one kind; the audit notes that, never its words."""

    def effect(case: Case, actor: Actor, data: Data) -> Changes:
        PrincipalRequest.objects.create(
            case=case,
            kind=kind,
            text=data["text"],
            happened_on=data.get("happened_on"),
            sent_at=clock.now(),
            sent_by=actor.user,
        )
        return {"kind": str(kind)}

    return effect


def decide(kind: str) -> Callable[[Case, Actor, Data], Changes]:
    """An effect: keep what the principal says it decided on the open message of one kind, and when."""

    def effect(case: Case, actor: Actor, data: Data) -> Changes:
        PrincipalRequest.objects.filter(case=case, kind=kind, decision="").update(
            decision=data["decision"],
            answer=data.get("answer", ""),
            decided_on=data["decided_on"],
            decided_by=actor.user,
        )
        return {"kind": str(kind)}

    return effect


def waits(kind: str) -> Callable[[Case], bool]:
    """A condition: a message of this kind waits for the principal's decision."""

    def condition(case: Case) -> bool:
        return case.withdrawn_at is None and open_one(case, kind) is not None

    return condition


def open_one(case: Case, kind: str) -> PrincipalRequest | None:
    """The message of one kind that the principal has not decided on yet."""
    return next((row for row in case.principal_requests.all() if row.kind == kind and not row.decision), None)


def provided_for(kind: str) -> Guard:
    """Guard: between these two offices such messages are provided for, by the rules of the day of the case (RED)."""

    def guard(case: Case, actor: Actor) -> str | None:
        row = procedure_of(case)
        if kind == RequestKind.SANCTION:
            known = row is not None and row.takes_hints
            return None if known else _("Zwischen diesen beiden Stellen sind keine Hinweise für Sanktionen vorgesehen.")
        known = row is not None and row.takes_measures
        return None if known else _("Zwischen diesen beiden Stellen sind keine Wünsche nach Massnahmen vorgesehen.")

    return guard


def none_open(kind: str) -> Guard:
    """Guard: one message of a kind at a time; the next one follows the decision on this one."""

    def guard(case: Case, actor: Actor) -> str | None:
        if open_one(case, kind) is None:
            return None
        if kind == RequestKind.SANCTION:
            return _("Ein Hinweis ist bereits gesendet; der Entscheid des Auftraggebers steht noch aus.")
        return _("Ein Wunsch nach einer Massnahme ist bereits gesendet; der Entscheid steht noch aus.")

    return guard


def one_open(kind: str) -> Guard:
    """Guard: there is a message to decide on."""

    def guard(case: Case, actor: Actor) -> str | None:
        return None if open_one(case, kind) else _("Dazu ist keine Mitteilung offen: Der Entscheid ist festgehalten.")

    return guard
