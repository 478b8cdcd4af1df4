"""Rows from the acceptance to the start of case work (OP-06 to OP-11)."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from iiz.core.models import Case
from iiz.core.workflow import CONTRIBUTING, LEADING, Party, Tell, Transition

from ..effects import handover as effects
from ..effects.application import not_withdrawn
from ..enums import MeetingKind
from ..enums import OptimaState as S
from .application import CONTRACTOR, PRINCIPAL

TOLD_BOTH = (Party.PRINCIPAL, Party.CONTRACTOR)

ROWS = (
    Transition(
        "plan_handover",
        label=_("Übergabegespräch vereinbaren"),
        told=_("hat zum Übergabegespräch eingeladen"),
        sources=(S.ACCEPTED,),
        target=S.HANDOVER_PLANNED,
        parties=PRINCIPAL,
        levels=LEADING,
        guards=(not_withdrawn,),
        effect=effects.plan,
        primary=True,
    ),
    Transition(
        "handover_called_off",
        label=_("Übergabegespräch abgesagt"),
        told=_("muss das Übergabegespräch neu vereinbaren lassen"),
        sources=(S.HANDOVER_PLANNED,),
        target=S.ACCEPTED,
        parties=frozenset(),
        levels=frozenset(),
        follows=effects.no_meeting_left,
    ),
    Transition(
        "hold_handover",
        label=_("Übergabegespräch festhalten"),
        told=_("hat die Notiz des Übergabegesprächs geschrieben"),
        sources=(S.ACCEPTED, S.HANDOVER_PLANNED),
        target=S.HANDOVER_HELD,
        parties=CONTRACTOR,
        levels=CONTRIBUTING,
        guards=(not_withdrawn, effects.has_goal),
        effect=effects.hold,
        primary=True,
    ),
    Transition(
        "revise_note",
        label=_("Notiz ändern"),
        told=_("hat die Notiz des Übergabegesprächs geändert"),
        sources=(S.HANDOVER_HELD,),
        target=None,
        parties=CONTRACTOR,
        levels=CONTRIBUTING,
        guards=(not_withdrawn,),
        effect=effects.hold,
    ),
    Transition(
        "agree_note",
        label=_("Notiz lesen und antworten"),
        told=_("hat sich zur Notiz des Übergabegesprächs geäussert"),
        sources=(S.HANDOVER_HELD,),
        target=None,
        parties=PRINCIPAL,
        levels=LEADING,
        guards=(not_withdrawn, effects.has_not_answered),
        effect=effects.agree,
        primary=True,
        passing=True,
    ),
    Transition(
        "record_agreements",
        label=_("Einverständnis nachtragen"),
        told=_("hat nachgetragen, wer mit der Notiz einverstanden ist"),
        sources=(S.HANDOVER_HELD,),
        target=None,
        parties=CONTRACTOR,
        levels=CONTRIBUTING,
        guards=(not_withdrawn, effects.ticks_missing),
        effect=effects.agree,
        primary=True,
        passing=True,
    ),
    Transition(
        "not_established",
        label=_("Nicht alle einverstanden"),
        told=_("hat damit festgestellt, dass der Auftrag nicht zustande kommt"),
        sources=(S.HANDOVER_HELD,),
        target=S.NOT_ESTABLISHED,
        parties=frozenset(),
        levels=frozenset(),
        effect=effects.not_established,
        follows=effects.somebody_declined,
        tells=tuple(Tell("optima_not_agreed", party) for party in TOLD_BOTH),
    ),
    Transition(
        "established",
        label=_("Alle einverstanden"),
        told=_("hat damit die Übergabe vereinbart"),
        sources=(S.HANDOVER_HELD,),
        target=S.AGREED,
        parties=frozenset(),
        levels=frozenset(),
        effect=effects.established,
        follows=effects.all_agreed,
    ),
    Transition(
        "begin",
        label=_("Fallarbeit beginnt"),
        told=_("hat den Beginn der Fallarbeit festgehalten"),
        sources=(S.AGREED,),
        target=S.RUNNING,
        parties=frozenset(),
        levels=frozenset(),
        effect=effects.begin,
        follows=effects.ripe,
        tells=tuple(Tell("optima_begun", party) for party in TOLD_BOTH),
    ),
)


def ripe(day: dt.date) -> QuerySet[Case]:
    """The cases whose case work begins on ``day`` or should have begun before."""
    return Case.objects.filter(
        state=S.AGREED,
        withdrawn_at=None,
        meetings__kind=MeetingKind.UEBERGABEGESPRAECH,
        meetings__uebergabegespraech__starts_on__lte=day,
    ).distinct()
