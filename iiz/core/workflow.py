"""The one engine that changes a state. Services declare rows; nothing else writes ``Case.state``.

A row names who may do it (party, level, role), from where to where, what must be true (guards), what else it
writes (effects) and whom it tells. Buttons, tests, the matrix of rights and the state diagrams come from the
same rows, so that page and server cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import access, audit, clock, documents, notify, registry, tasks
from .actor import Actor
from .enums import WORKING_ROLES, Level, Phase, Role
from .models import Case, Participation
from .parties import ROLE_PARTIES, Party, moderates
from .waits import Waiting


class NotAllowed(Exception):
    """The actor may see the case but not do this; the message is the German reason (403)."""


class NotNow(NotAllowed):
    """The actor may do this, but not as the case stands."""


class Conflict(Exception):
    """Somebody else changed the case in the meantime (409)."""

    def __init__(self, case: Case, sentence: str) -> None:
        super().__init__(sentence)
        self.case, self.sentence = case, sentence


@dataclass(frozen=True)
class State:
    """A state a case can be in: its word, its mark (ok, wait, stop, rest) and the phase it belongs to."""

    name: str
    label: Any
    mark: str
    phase: str


STOPPED = State("stopped", gettext_lazy("Gestoppt"), "stop", Phase.OPEN)


@dataclass(frozen=True)
class Tell:
    """Whom a transition tells by mail: kind and party; with ``when`` only where the case, as it then is, says yes."""

    kind: str
    party: str
    when: Callable[[Case], bool] = lambda case: True


Effect = Callable[[Case, Any, Mapping[str, Any]], dict[str, Any] | None]
"""Writes what a row does besides the state. The actor is ``None`` only for rows that follow by themselves."""
Guard = Callable[[Case, Actor], str | None]


@dataclass(frozen=True)
class Transition:
    """One row of a workflow. ``target`` ``None`` keeps the state; ``told`` is its timeline sentence.

    ``adds``: it writes beside what others write, so that a change by somebody else meanwhile is no conflict.
    A row with ``follows`` is nobody's button: it happens by itself, in the same transaction, as soon as the case
    is in one of its sources and ``follows`` answers yes – after another row, or on a day (:func:`catch_up`).
    ``tab`` names the tab of the case that carries its button; empty, it stands in the head of the case, and a ``rare``
    one folded away there. A ``passing`` one makes sense only now and then: it is not shown while a guard speaks
    against it.
    """

    name: str
    label: Any
    told: Any
    sources: tuple[str, ...]
    target: str | None
    parties: frozenset[str]
    levels: frozenset[str]
    roles: frozenset[str] = WORKING_ROLES
    guards: tuple[Guard, ...] = ()
    effect: Effect | None = None
    tells: tuple[Tell, ...] = ()
    primary: bool = False
    follows: Callable[[Case], bool] | None = None
    adds: bool = False
    tab: str = ""
    rare: bool = False
    passing: bool = False

    @property
    def verb(self) -> str:
        """The verb under which the audit notes it."""
        return f"case_{self.name}"


@dataclass(frozen=True)
class Workflow:
    """The states, rows and open steps of one service."""

    service: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    waits: tuple[Waiting, ...] = ()
    ripe: Callable[[dt.date], models.QuerySet[Case]] | None = None
    """The cases for which, on a day, a row may follow without anybody doing anything."""
    looks_at: tuple[str, ...] = ("participations",)
    """The relations of a case that the conditions and dates of ``waits`` read."""
    parts_follow: Callable[[Case, Actor | None], None] = lambda case, actor: None
    """Brings the parts of a case that have a state of their own in line with the case after each step in it."""
    parts_ripen: Callable[[dt.datetime], int] = lambda now: 0
    """Lets happen what follows in such parts on a day by itself; returns how many."""
    moderator: Callable[[Case], Participation | None] = lambda case: None
    """Who moderates a case instead of the coordination office; see :func:`parties.moderator`."""

    def state(self, name: str) -> State:
        """The state called ``name``; ``KeyError`` if it is not declared."""
        return {state.name: state for state in self.states}[name]

    def transition(self, name: str) -> Transition:
        """The row called ``name``; ``KeyError`` if it is not declared."""
        return {row.name: row for row in self.transitions}[name]


@dataclass(frozen=True)
class Standing:
    """How an actor stands to one case: level and sides."""

    level: str | None
    parties: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True)
class Offer:
    """A transition as offered on the page: possible, or shown with the reason why not."""

    transition: Transition
    reason: str = ""

    @property
    def allowed(self) -> bool:
        """Whether it can be done now by this actor."""
        return not self.reason


def standing(case: Case, actor: Actor | None) -> Standing:
    """The level of ``actor`` on ``case`` and the sides the actor's institution stands on."""
    level = access.level_of(case, actor)
    if level is None or actor is None:
        return Standing(None)
    parties = {
        ROLE_PARTIES[row.role]
        for row in case.participations.all()
        if row.institution_id == actor.institution.pk and row.until is None
    }
    if actor.is_coordination:
        parties.add(Party.COORDINATION)
    if moderates(case, actor):
        parties.add(Party.MODERATION)
    return Standing(level, frozenset(parties))


def workflow_of(case: Case) -> Workflow:
    """The workflow of the case's service."""
    return registry.workflows[case.service]


def state_of(case: Case) -> State:
    """The declared state the case is in."""
    return workflow_of(case).state(case.state)


def shown_state(case: Case) -> State:
    """The state as people read it: a case whose agreement was withdrawn is stopped, whatever state it is in."""
    stopped = case.withdrawn_at is not None and case.phase == Phase.OPEN
    return STOPPED if stopped else state_of(case)


def refusal(case: Case, transition: Transition, actor: Actor, where: Standing) -> str:
    """Why ``actor`` may not do ``transition`` now, as a German sentence; empty if nothing hinders."""
    if not where.parties & transition.parties:
        names = " / ".join(str(Party(party).label) for party in sorted(transition.parties))
        return _("Das kann nur diese Seite tun: %(party)s.") % {"party": names}
    # Coordinating is a role of the coordination office; held elsewhere it carries nothing.
    roles = actor.roles if actor.is_coordination else actor.roles - {Role.COORDINATOR}
    if not roles & transition.roles:
        names = _(" oder ").join(str(Role(role).label) for role in sorted(transition.roles))
        return _("Ihre Rolle erlaubt das nicht. Nötig ist: %(roles)s.") % {"roles": names}
    if case.state not in transition.sources:
        return _("Im Status «%(state)s» ist das nicht möglich.") % {"state": state_of(case).label}
    if where.level not in transition.levels:
        if where.level == Level.CONTRIBUTE:
            return _("Das tut die Stelle, die den Fall führt.")
        return _("Sie können diesen Fall ansehen, aber nicht mehr darin arbeiten.")
    for guard in transition.guards:
        reason = guard(case, actor)
        if reason:
            return str(reason)
    return ""


def available(case: Case, actor: Actor, *, tab: str | None = None, name: str | None = None) -> list[Offer]:
    """What the actor's side can do in the case's state; what is hindered comes last and carries its reason.

    Rows of the other side are left out: their turn is shown by the next step. ``tab`` asks only for the rows whose
    button stands there (empty: in the head of the case), ``name`` for this one alone.
    """
    where = standing(case, actor)
    if where.level is None:
        return []
    offers = [
        Offer(row, refusal(case, row, actor, where))
        for row in workflow_of(case).transitions
        if case.state in row.sources and row.parties & where.parties and row.follows is None
        if tab in (None, row.tab) and name in (None, row.name)
    ]
    offers = [offer for offer in offers if offer.allowed or not _passed(case, offer.transition, actor)]
    return sorted(offers, key=lambda offer: not offer.allowed)


def _passed(case: Case, row: Transition, actor: Actor) -> bool:
    return row.passing and any(guard(case, actor) for guard in row.guards)


def offer(case: Case, name: str, actor: Actor) -> Offer | None:
    """The row called ``name`` as offered to the actor, wherever its button stands; ``None`` if it is not."""
    return next(iter(available(case, actor, name=name)), None)


def check(case: Case, name: str, actor: Actor) -> Transition:
    """The row called ``name`` if ``actor`` may do it now.

    Raises ``Http404`` for an unknown row or an invisible case, :class:`NotAllowed` with the reason.
    """
    return _allowed(case, name, actor, standing(case, actor))


def _allowed(case: Case, name: str, actor: Actor, where: Standing) -> Transition:
    try:
        transition = workflow_of(case).transition(name)
    except KeyError:
        raise Http404 from None
    if where.level is None or transition.follows is not None:
        raise Http404
    reason = refusal(case, transition, actor, where)
    if reason:
        mine = where.parties & transition.parties and actor.roles & transition.roles
        raise (NotNow if mine else NotAllowed)(reason)
    return transition


def apply(
    case: Case, name: str, actor: Actor, data: Mapping[str, Any] | None = None, *, version: int | None = None
) -> Case:
    """Carry out one transition and what follows from it; the only way a case changes its state.

    In one transaction: locks the case, checks version, state, right and guards again, runs the effects, saves, renews
    open tasks and access rows, writes the audit entries and queues the mails. Rolled back, no file of an effect stays.
    Raises :class:`Conflict` when somebody was faster, :class:`NotAllowed` with the reason, ``Http404``
    when the case is invisible.
    """
    with documents.together():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        where = standing(locked, actor)
        if where.level is None:
            raise Http404
        if version is not None and locked.version != version:
            raise Conflict(locked, _("Dieser Fall wurde geändert, während Sie daran arbeiteten."))
        return _carry_out(locked, _allowed(locked, name, actor, where), actor, data or {})


def enforce(case: Case, name: str, actor: Actor, data: Mapping[str, Any] | None = None) -> Case:
    """Carry out one transition for whoever may demand it from outside the case, such as the keeper of a Vollmacht.

    As :func:`apply`, but without asking how ``actor`` stands to the case: the caller has decided that. Nothing happens
    in a state from which the row does not lead.
    """
    with documents.together():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        row = workflow_of(locked).transition(name)
        return _carry_out(locked, row, actor, data or {}) if locked.state in row.sources else locked


def catch_up(now: dt.datetime) -> int:
    """Let every row happen whose day has come, each case in a transaction of its own; returns how many.

    Done by the portal itself, in nobody's name; safe to run twice or at once, for each case is looked at again
    under its lock.
    """
    day, done = timezone.localdate(now), 0
    for flow in registry.workflows.values():
        for case in flow.ripe(day).order_by("pk").iterator(chunk_size=200) if flow.ripe else ():
            with transaction.atomic():
                locked = Case.objects.select_for_update().get(pk=case.pk)
                row = _follower(locked)
                if row is not None:
                    _carry_out(locked, row, None, {})
                    done += 1
        done += flow.parts_ripen(now)
    return done


def _carry_out(case: Case, first: Transition, actor: Actor | None, data: Mapping[str, Any]) -> Case:
    """Do ``first`` and every row that follows from it on a locked case."""
    done: list[tuple[Transition, dict[str, Any]]] = []
    row: Transition | None = first
    while row is not None:
        done.append((row, _change(case, row, actor, data)))
        if len(done) > len(workflow_of(case).transitions):
            raise RuntimeError(f"{case.number}: the rows that follow {first.name} go round in a circle")
        row = _follower(case)
    case.version += 1
    case.save()
    workflow_of(case).parts_follow(case, actor)
    settle(case)
    stream = audit.case_stream(case.number)
    audit.append([audit.entry(stream, actor, row.verb, case, changes) for row, changes in done])
    for row, _changes in done:
        for tell in (one for one in row.tells if one.when(case)):
            to = notify.recipients(case, tell.party)
            notify.queue(tell.kind, case, to, beside=actor.user if actor is not None else None)
    return case


def _change(case: Case, row: Transition, actor: Actor | None, data: Mapping[str, Any]) -> dict[str, Any]:
    """Effect and state of one row; returns what the audit notes of it."""
    before = case.state
    changes = dict((row.effect and row.effect(case, actor, data)) or {})
    if row.target is not None:
        case.state = row.target
        case.phase = workflow_of(case).state(row.target).phase
    if case.state != before:
        changes["state"] = [before, case.state]
    if case.phase == Phase.ENDED and case.ended_on is None:
        end(case, clock.today())
    return changes


def _follower(case: Case) -> Transition | None:
    """The row that happens by itself now, if there is one."""
    rows = (row for row in workflow_of(case).transitions if row.follows is not None and case.state in row.sources)
    return next((row for row in rows if row.follows and row.follows(case)), None)


def end(case: Case, day: dt.date) -> None:
    """Set the dates of an ended case: its end, and until when it stays readable."""
    case.ended_on = day
    case.retention_until = day.replace(year=day.year + access.RETENTION_YEARS, day=min(day.day, 28))


def settle(case: Case) -> None:
    """Bring open tasks and access rows in line with the case as it is now, whatever was fetched of it before."""
    getattr(case, "_prefetched_objects_cache", {}).clear()
    tasks.renew(case, waits_of(case))
    access.sync(case)


def waits_of(case: Case) -> list[Waiting]:
    """The rows that wait on the case as it is now."""
    flow = workflow_of(case)
    models.prefetch_related_objects([case], *flow.looks_at)
    return [row for row in flow.waits if row.state in ("", case.state) and (row.when is None or row.when(case))]


def participant(case: Case, party: str) -> Participation | None:
    """The live participation on one side of the case."""
    for row in case.participations.all():
        if row.until is None and ROLE_PARTIES[row.role] == party:
            return row
    return None


LEADING = frozenset({Level.LEAD})
CONTRIBUTING = frozenset({Level.LEAD, Level.CONTRIBUTE})
COORDINATING = frozenset({Level.COORDINATE})
