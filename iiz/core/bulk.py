"""Writing many cases at once: the one way besides the workflow engine in which a case gets a state.

The import of historical cases and the demo canton use it. It shares the policy, the tasks and the audit
chains with the engine, so that a loaded case differs from a played one in nothing but the time it took.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import models, reset_queries, transaction

from . import access, audit, cases, periods, registry, streams, tasks, workflow
from .actor import Actor
from .enums import Phase
from .models import AuditEntry, Case, ClientAgreement, Participation, Person, ScopeLine

BATCH = 2000
"""Cases per transaction: larger ones gain nothing and hold more memory."""


@dataclass(frozen=True)
class Event:
    """One thing that happened to a case, for its audit chain."""

    at: dt.datetime
    verb: str
    actor: Actor | None = None
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Load:
    """One case with all that hangs on it, nothing of it saved yet.

    ``case`` carries every field but state, phase and end; without a number it gets the next one of its year.
    ``case.person`` may be new. ``records`` gives the rows of the service once the case has its key, ``followers`` those
    that name the keys of these. ``entered`` is when the case came into its state: what waits on it is due from then on.
    ``case.vollmacht`` may be new, with its lines in ``scope``.
    """

    case: Case
    state: str
    events: list[Event]
    entered: dt.datetime
    ended_on: dt.date | None = None
    participations: list[Participation] = field(default_factory=list)
    agreements: list[ClientAgreement] = field(default_factory=list)
    scope: list[ScopeLine] = field(default_factory=list)
    records: Callable[[Case], Iterable[models.Model]] = lambda case: ()
    followers: Callable[[Case], Iterable[models.Model]] = lambda case: ()


def load(loads: Iterable[Load], *, batch: int = BATCH, progress: Callable[[int], None] | None = None) -> int:
    """Write cases in bulk; returns how many.

    Effects, for each batch in one transaction: new persons, cases with state, phase and dates,
    participations, agreements, the service's own rows, access rows by the policy, open tasks, and audit
    entries: one in the register and the events in the case's chain. Queues no mail. Callers who need all or
    nothing wrap the call in a transaction of their own.

    ``progress`` is called with the number of cases written after each batch. Raises ``KeyError`` for a state
    that the service does not declare, ``ValueError`` for an ended state without a day.
    """
    total = 0
    rows = iter(loads)
    with _seldom_collecting():
        while portion := list(islice(rows, batch)):
            with transaction.atomic():
                _write(portion)
            total += len(portion)
            if progress is not None:
                progress(len(portion))
    return total


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Let Python look for cyclic garbage seldom: over and over the many new rows it costs a quarter of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _write(portion: list[Load]) -> None:
    for one in portion:
        _set_state(one)
    _number(portion)
    _save_persons(portion)
    _save_vollmachten(portion)
    streams.insert([one.case for one in portion])
    for one in portion:
        for part in one.participations:
            part.case = one.case
        for agreement in one.agreements:
            agreement.case = one.case
    streams.insert([row for one in portion for row in one.participations])
    streams.insert([row for one in portion for row in one.agreements])
    _save_records(record for one in portion for record in one.records(one.case))
    _save_records(record for one in portion for record in one.followers(one.case))
    _open_tasks(portion)
    access.grant_new((one.case, one.participations, one.agreements, one.scope) for one in portion)
    audit.append(_entries(portion), opening={audit.case_stream(one.case.number) for one in portion})
    reset_queries()  # in debug mode Django would keep the text of every statement


def _set_state(one: Load) -> None:
    """State, phase and end, which nobody but the engine and this loader writes."""
    case = one.case
    case.state = one.state
    case.phase = workflow.workflow_of(case).state(one.state).phase
    if case.phase == Phase.ENDED:
        if one.ended_on is None:
            raise ValueError(f"{case.number or 'a case'}: the state {one.state} needs an end")
        workflow.end(case, one.ended_on)


def _number(portion: list[Load]) -> None:
    """Give the cases without a number the next ones of their service and year, in their order."""
    waiting: dict[tuple[str, int], list[Case]] = {}
    for one in portion:
        if not one.case.number:
            waiting.setdefault((one.case.service, one.case.arrival_year), []).append(one.case)
    for (service, year), unnumbered in waiting.items():
        numbers = cases.next_numbers(service, year, len(unnumbered))
        for case, number in zip(unnumbered, numbers, strict=True):
            case.number = number


def _save_persons(portion: list[Load]) -> None:
    new: dict[int, Person] = {}
    for one in portion:
        person = one.case.person
        if person is not None and person.pk is None:
            new[id(person)] = person
    if new:
        streams.insert(list(new.values()))
    for one in portion:
        one.case.person = one.case.person  # takes over its key; the key alone would let go of the person


def _save_vollmachten(portion: list[Load]) -> None:
    """The signed papers with their lines, each for the person of its case."""
    new = [one for one in portion if one.case.vollmacht is not None and one.case.vollmacht.pk is None]
    for one in new:
        assert one.case.vollmacht is not None
        assert one.case.person is not None
        one.case.vollmacht.person = one.case.person
    streams.insert([one.case.vollmacht for one in new if one.case.vollmacht is not None])
    for one in new:
        one.case.vollmacht = one.case.vollmacht  # takes over its key
        for line in one.scope:
            line.vollmacht = one.case.vollmacht  # type: ignore[assignment]
    streams.insert([line for one in new for line in one.scope])


def _save_records(records: Iterable[models.Model]) -> None:
    """The service's rows, model by model in the order of their first appearance."""
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for record in records:
        by_model.setdefault(type(record), []).append(record)
    for rows in by_model.values():
        streams.insert(rows)


def _open_tasks(portion: list[Load]) -> None:
    open_loads = [one for one in portion if one.case.phase != Phase.ENDED]
    by_service: dict[str, list[Case]] = {}
    for one in open_loads:
        by_service.setdefault(one.case.service, []).append(one.case)
    for service, loaded in by_service.items():
        models.prefetch_related_objects(loaded, *registry.workflows[service].looks_at)
    limits = periods.read()
    found = [
        task for one in open_loads for task in tasks.build(one.case, workflow.waits_of(one.case), limits, one.entered)
    ]
    tasks.save_new(found, limits)


def _entries(portion: list[Load]) -> Iterator[AuditEntry]:
    for one in portion:
        case, first = one.case, one.events[0]
        yield audit.entry(audit.REGISTER, first.actor, "case_opened", changes={"number": case.number}, at=first.at)
        for event in one.events:
            yield audit.entry(audit.case_stream(case.number), event.actor, event.verb, case, event.changes, at=event.at)
