"""Rows from the draft to the decision whether a process is started."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from iiz.core import meeting_rows
from iiz.core.enums import WORKING_ROLES, Role
from iiz.core.workflow import CONTRIBUTING, COORDINATING, LEADING, Party, Tell, Transition

from ..effects import consent, self_run
from ..effects import registration as effects
from ..enums import RoundtableState as S

OFFICES = frozenset({Party.PARTICIPANT})
COORDINATION = frozenset({Party.COORDINATION})
MODERATION = frozenset({Party.MODERATION})
ALL = OFFICES | COORDINATION | MODERATION
WORKING = CONTRIBUTING | COORDINATING
ANYBODY = WORKING_ROLES | {Role.COORDINATOR}
COORDINATOR = frozenset({Role.COORDINATOR})
MODERATING = CONTRIBUTING | COORDINATING
"""The levels of the moderating side; which office that is, the party says."""
MODERATOR = ANYBODY
"""The roles that moderate: a coordinator, or in a self-run Roundtable whoever works at its office (RT-22)."""
UNDECIDED = (S.REGISTERED, S.QUERIED)
UNDER_WAY = (S.PREPARING, S.RUNNING)
VOLLMACHT = "vollmacht"
"""The tab of a case that shows the Vollmacht on which it rests."""

ROWS = (
    Transition(
        "submit",
        label=_("Anmelden"),
        told=_("hat den Fall angemeldet"),
        sources=(S.DRAFT,),
        target=S.REGISTERED,
        parties=ALL,
        levels=LEADING,
        roles=ANYBODY,
        effect=effects.submit,
        tells=(
            Tell("rt_registered", Party.COORDINATION, when=lambda case: not self_run.is_self_run(case)),
            Tell("rt_self_run", Party.COORDINATION, when=self_run.is_self_run),
        ),
        primary=True,
    ),
    Transition(
        "start_self_run",
        label=_("Ohne die Koordinationsstelle starten"),
        told=_("hat den Roundtable ohne die IIZ-Koordinationsstelle gestartet"),
        sources=(S.REGISTERED,),
        target=S.PREPARING,
        parties=frozenset(),
        levels=frozenset(),
        effect=self_run.start_self_run,
        tells=(Tell("rt_started", Party.PARTICIPANT),),
        follows=self_run.is_self_run,
    ),
    Transition(
        "take_over",
        label=_("Koordination übernehmen"),
        told=_("hat die Koordination übernommen"),
        sources=UNDER_WAY,
        target=None,
        parties=COORDINATION,
        levels=COORDINATING,
        roles=COORDINATOR,
        guards=(self_run.runs_itself,),
        effect=self_run.take_over,
        tells=(Tell("rt_taken_over", Party.PARTICIPANT),),
        rare=True,
        passing=True,
    ),
    Transition(
        "start",
        label=_("Prozess starten"),
        told=_("hat den Prozess gestartet"),
        sources=(S.REGISTERED,),
        target=S.PREPARING,
        parties=COORDINATION,
        levels=COORDINATING,
        roles=COORDINATOR,
        guards=(effects.holds,),
        effect=effects.start,
        tells=(Tell("rt_started", Party.PARTICIPANT),),
        primary=True,
    ),
    Transition(
        "ask",
        label=_("Rückfrage stellen"),
        told=_("hat eine Rückfrage gestellt"),
        sources=(S.REGISTERED,),
        target=S.QUERIED,
        parties=COORDINATION,
        levels=COORDINATING,
        roles=COORDINATOR,
        guards=(effects.not_withdrawn, effects.has_office),
        effect=effects.ask,
        tells=(Tell("rt_queried", Party.PARTICIPANT),),
    ),
    Transition(
        "answer",
        label=_("Rückfrage beantworten"),
        told=_("hat die Rückfrage beantwortet"),
        sources=(S.QUERIED,),
        target=S.REGISTERED,
        parties=OFFICES,
        levels=LEADING,
        effect=effects.answer,
        tells=(Tell("rt_answered", Party.COORDINATION),),
        primary=True,
    ),
    Transition(
        "not_start",
        label=_("Keinen Prozess starten"),
        told=_("hat entschieden, keinen Prozess zu starten"),
        sources=UNDECIDED,
        target=S.NOT_STARTED,
        parties=COORDINATION,
        levels=COORDINATING,
        roles=COORDINATOR,
        effect=effects.not_start,
        tells=(Tell("rt_not_started", Party.PARTICIPANT),),
    ),
    Transition(
        "withdraw",
        label=_("Anmeldung zurückziehen"),
        told=_("hat die Anmeldung zurückgezogen"),
        sources=UNDECIDED,
        target=S.NOT_STARTED,
        parties=OFFICES,
        levels=LEADING,
        effect=effects.not_start,
        tells=(Tell("rt_taken_back", Party.COORDINATION),),
        rare=True,
    ),
    Transition(
        "client_withdraws",
        label=_("Vollmacht zurückgezogen"),
        told=_("hat den Rückzug der Vollmacht festgehalten"),
        sources=(*UNDECIDED, *UNDER_WAY),
        target=None,
        parties=ALL,
        levels=WORKING,
        roles=ANYBODY,
        guards=(effects.rests, effects.not_withdrawn),
        effect=consent.withdraw,
        tells=(Tell("rt_consent_withdrawn", Party.PARTICIPANT), Tell("rt_consent_withdrawn", Party.COORDINATION)),
        tab=VOLLMACHT,
    ),
    Transition(
        "narrow_vollmacht",
        label=_("Vollmacht einschränken"),
        told=_("hat die Vollmacht eingeschränkt"),
        sources=(*UNDECIDED, *UNDER_WAY),
        target=None,
        parties=ALL,
        levels=WORKING,
        roles=ANYBODY,
        guards=(effects.rests, effects.not_withdrawn),
        effect=consent.narrow,
        tells=(Tell("rt_narrowed", Party.COORDINATION),),
        tab=VOLLMACHT,
    ),
    Transition(
        "renew_vollmacht",
        label=_("Neue Vollmacht festhalten"),
        told=_("hat eine neue Vollmacht festgehalten"),
        sources=(*UNDECIDED, *UNDER_WAY),
        target=None,
        parties=ALL,
        levels=WORKING,
        roles=ANYBODY,
        guards=(effects.brings_signature, effects.rests, effects.not_withdrawn),
        effect=consent.renew,
        tab=VOLLMACHT,
    ),
    *(
        replace(row, label=_("Kontakt festhalten"), told=_("hat einen Kontakt festgehalten"))
        if row.name == "log_call"
        else row
        for row in meeting_rows.rows(UNDER_WAY, ALL, calls=(*UNDECIDED, *UNDER_WAY), levels=WORKING, roles=ANYBODY)
    ),
)
