"""What waits for whom on a case, as services declare it: the rows from which *Pendenzen* are made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .enums import Role
from .models import Case, Task


@dataclass(frozen=True)
class Asked:
    """One part of a case that waits: its key, whose turn it is, since when, and the days that do not count.

    ``at_least_until``: the period never ends before this day. ``due``: the part itself names the day.
    """

    object_id: int
    institution_id: int
    begun: dt.date
    user_id: int | None = None
    paused: tuple[tuple[dt.date, dt.date], ...] = ()
    at_least_until: dt.date | None = None
    due: dt.date | None = None


@dataclass(frozen=True)
class Waiting:
    """What waits for whom in a state: one *Pendenz*, done by a transition.

    A row without ``transition`` waits for something outside the portal; the service's pages word it.
    ``days`` until it is due, counted from the day it began to wait, unless a ``TimeLimit`` row says otherwise;
    ``due`` gives a day that the case itself names, such as a meeting's, and wins over both; ``due_label`` is its word.
    ``role`` narrows it to people with that role, unless the case has a person assigned on that side.
    A row with ``each`` waits for parts of the case, one Pendenz each, whatever ``state`` the case is in (empty): who is
    asked is said there, ``party`` only names that side, and ``path`` gives the address where it is done. ``reminded``
    is called at each step of its reminders, for those whom the Pendenz does not reach. ``whose`` says by key of several
    parts about whom each is, in a word or two that stand beside the label.
    """

    name: str
    state: str
    party: str
    label: Any
    why: Any
    button: Any
    transition: str
    days: int | None = None
    role: str = Role.CONTACT
    when: Callable[[Case], bool] | None = None
    due: Callable[[Case], dt.date | None] | None = None
    due_label: Any = ""
    each: Callable[[Case], Iterable[Asked]] | None = None
    path: Callable[[Task], str] | None = None
    reminded: Callable[[Task], None] | None = None
    whose: Callable[[Iterable[int]], Mapping[int, str]] | None = None
