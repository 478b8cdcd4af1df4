"""Optima as rows: states, transitions, open steps, mails (OP-01, OP-05, OUT-03).

``application`` leads to the decision, ``handover`` to the start of case work, ``casework`` to the end; ``messages`` and
``release`` are what goes beside them.
"""

from iiz.core.enums import Phase, Service
from iiz.core.workflow import State, Workflow

from ..enums import OptimaState as S
from ..kostengutsprache import actions
from ..kostengutsprache import mails as kg_mails
from ..kostengutsprache import waits as kg_waits
from . import application, casework, handover, mails, messages, release, services, waits

STATES = (
    State(S.DRAFT, S.DRAFT.label, "rest", Phase.DRAFT),
    State(S.SUBMITTED, S.SUBMITTED.label, "wait", Phase.OPEN),
    State(S.QUERIED, S.QUERIED.label, "wait", Phase.OPEN),
    State(S.ACCEPTED, S.ACCEPTED.label, "ok", Phase.OPEN),
    State(S.HANDOVER_PLANNED, S.HANDOVER_PLANNED.label, "ok", Phase.OPEN),
    State(S.HANDOVER_HELD, S.HANDOVER_HELD.label, "wait", Phase.OPEN),
    State(S.AGREED, S.AGREED.label, "ok", Phase.OPEN),
    State(S.RUNNING, S.RUNNING.label, "ok", Phase.OPEN),
    State(S.REFUSED, S.REFUSED.label, "stop", Phase.ENDED),
    State(S.WITHDRAWN, S.WITHDRAWN.label, "rest", Phase.ENDED),
    State(S.CLIENT_DECLINED, S.CLIENT_DECLINED.label, "rest", Phase.ENDED),
    State(S.NOT_ESTABLISHED, S.NOT_ESTABLISHED.label, "stop", Phase.ENDED),
    State(S.CLOSED, S.CLOSED.label, "ok", Phase.ENDED),
)

TRANSITIONS = (*application.ROWS, *handover.ROWS, *casework.ROWS, *messages.ROWS, *release.ROWS, *services.ROWS)
WAITS = (*waits.WAITS, *messages.WAITS, *release.WAITS, *kg_waits.WAITS)
MAILS = (*mails.MAILS, *messages.MAILS, *release.MAILS, *kg_mails.MAILS)
LOOKS_AT = (*waits.LOOKS_AT, *messages.LOOKS_AT, *kg_waits.LOOKS_AT)
OPTIMA = Workflow(
    Service.OPTIMA,
    STATES,
    TRANSITIONS,
    WAITS,
    ripe=handover.ripe,
    looks_at=LOOKS_AT,
    parts_follow=actions.follow,
    parts_ripen=actions.lapse_due,
)

__all__ = ["MAILS", "OPTIMA", "STATES", "TRANSITIONS"]
