"""Rows from the start of case work to its end, and after (OP-16 to OP-21, OUT-04 to OUT-06)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from iiz.core import meeting_rows
from iiz.core.enums import WORKING_ROLES, Level, Role
from iiz.core.workflow import CONTRIBUTING, COORDINATING, LEADING, Party, Tell, Transition

from ..effects import casework as effects
from ..effects import wording
from ..effects.application import not_withdrawn
from ..enums import OptimaState as S
from . import words
from .application import BOTH, CONTRACTOR, COORDINATION, PRINCIPAL, UNDECIDED, UNDER_WAY

VIEWING = CONTRIBUTING | {Level.VIEW}

ROWS = (
    *meeting_rows.rows((S.HANDOVER_PLANNED, S.AGREED, S.RUNNING), BOTH, calls=(*UNDECIDED, *UNDER_WAY)),
    Transition(
        "plan_meeting",
        label=_("Gespräch vereinbaren"),
        told=_("hat zu einem Gespräch eingeladen"),
        sources=(S.RUNNING,),
        target=None,
        parties=CONTRACTOR,
        levels=LEADING,
        guards=(not_withdrawn,),
        effect=effects.plan,
    ),
    Transition(
        "hold_standortgespraech",
        label=_("Standortgespräch festhalten"),
        told=_("hat die Notiz des Standortgesprächs geschrieben"),
        sources=(S.RUNNING,),
        target=None,
        parties=CONTRACTOR,
        levels=LEADING,
        guards=(not_withdrawn,),
        effect=effects.hold,
        primary=True,
    ),
    Transition(
        "reword_note",
        label=_("Tippfehler in der Notiz berichtigen"),
        told=_("hat den Wortlaut der letzten Notiz berichtigt"),
        sources=(S.RUNNING, S.CLOSED),
        target=None,
        parties=CONTRACTOR,
        levels=VIEWING,
        guards=(not_withdrawn, wording.is_noted),
        effect=wording.reword,
        rare=True,
        passing=True,
    ),
    Transition(
        "hold_extra",
        label=_("Zusätzliches Gespräch festhalten"),
        told=_("hat die Notiz eines zusätzlichen Gesprächs geschrieben"),
        sources=(S.RUNNING,),
        target=None,
        parties=CONTRACTOR,
        levels=LEADING,
        guards=(not_withdrawn, effects.extra_planned),
        effect=effects.hold_extra,
        tells=(Tell("optima_extra_noted", Party.PRINCIPAL),),
        passing=True,
    ),
    Transition(
        "request_meeting",
        label=_("Zusätzliches Gespräch wünschen"),
        told=_("hat ein zusätzliches Gespräch gewünscht"),
        sources=(S.RUNNING,),
        target=None,
        parties=PRINCIPAL,
        levels=CONTRIBUTING,
        guards=(not_withdrawn, effects.not_wanted_yet),
        effect=effects.ask_for,
        tells=(Tell("optima_meeting_wanted", Party.CONTRACTOR),),
    ),
    Transition(
        "decline_meeting",
        label=_("Ohne Gespräch antworten"),
        told=_("hat den Wunsch nach einem Gespräch beantwortet"),
        sources=(S.RUNNING,),
        target=None,
        parties=CONTRACTOR,
        levels=LEADING,
        guards=(not_withdrawn, effects.wanted),
        effect=effects.decline,
        tells=(Tell("optima_meeting_declined", Party.PRINCIPAL),),
        passing=True,
    ),
    Transition(
        "close_exceptionally",
        label=_("Ausnahmsweise abschliessen"),
        told=_("hat den Fall ausnahmsweise ohne Standortgespräch abgeschlossen"),
        sources=(S.RUNNING,),
        target=None,
        parties=BOTH | COORDINATION,
        levels=CONTRIBUTING | COORDINATING,
        roles=WORKING_ROLES | {Role.COORDINATOR},
        effect=effects.close_exceptionally,
        rare=True,
    ),
    Transition(
        "close",
        label=_("Abschluss"),
        told=_("hat die Fallführung an den Auftraggeber zurückgegeben"),
        sources=(S.RUNNING,),
        target=S.CLOSED,
        parties=frozenset(),
        levels=frozenset(),
        effect=effects.close,
        follows=effects.is_decided,
        tells=tuple(Tell("optima_closed", party) for party in (Party.PRINCIPAL, Party.CONTRACTOR)),
    ),
    Transition(
        "resume",
        label=_("Wiederaufnahme bestätigen"),
        told=words.resumed,
        sources=(S.CLOSED,),
        target=None,
        parties=PRINCIPAL,
        levels=VIEWING,
        guards=(effects.still_rests,),
        effect=effects.resume,
        primary=True,
        passing=True,
    ),
    Transition(
        "correct",
        label=_("Angaben berichtigen"),
        told=words.corrected,
        sources=(S.CLOSED, S.NOT_ESTABLISHED),
        target=None,
        parties=COORDINATION,
        levels=COORDINATING,
        roles=frozenset({Role.COORDINATOR}),
        effect=effects.correct,
        tells=tuple(Tell("optima_corrected", party) for party in (Party.PRINCIPAL, Party.CONTRACTOR)),
    ),
)
