"""Roundtable as rows: states, transitions, open steps, mails (RT-01).

``registration`` leads to the decision whether a process is started, ``preparation`` to the meeting and to the end,
``planning`` makes the Handlungsplan, ``following`` is what it brings: case management, steps, status notes.
"""

from iiz.core.enums import Phase, Service
from iiz.core.workflow import State, Workflow

from ..effects import follow
from ..enums import RoundtableState as S
from ..queries import LOOKS_AT, moderator
from . import following, mails, planning, preparation, registration, waits

STATES = (
    State(S.DRAFT, S.DRAFT.label, "rest", Phase.DRAFT),
    State(S.REGISTERED, S.REGISTERED.label, "wait", Phase.OPEN),
    State(S.QUERIED, S.QUERIED.label, "wait", Phase.OPEN),
    State(S.PREPARING, S.PREPARING.label, "ok", Phase.OPEN),
    State(S.RUNNING, S.RUNNING.label, "ok", Phase.OPEN),
    State(S.NOT_STARTED, S.NOT_STARTED.label, "stop", Phase.ENDED),
    State(S.CLOSED, S.CLOSED.label, "ok", Phase.ENDED),
)

TRANSITIONS = (*registration.ROWS, *preparation.ROWS, *planning.ROWS, *following.ROWS)
MAILS = (*mails.MAILS, *planning.MAILS, *following.MAILS)
ROUNDTABLE = Workflow(
    Service.ROUNDTABLE,
    STATES,
    TRANSITIONS,
    (*waits.WAITS, *planning.WAITS, *following.WAITS),
    looks_at=LOOKS_AT,
    parts_follow=follow.follow,
    parts_ripen=follow.ripen,
    moderator=moderator,
)

__all__ = ["MAILS", "ROUNDTABLE", "STATES", "TRANSITIONS"]
