"""Rows for services with a flat rate of their own; billed only where they were recorded (FIN-05, CON-20)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from iiz.core.workflow import LEADING, Transition

from ..effects import services as effects
from ..effects.application import not_withdrawn
from ..enums import OptimaState as S
from .application import CONTRACTOR
from .casework import VIEWING

TAB = "kostengutsprachen"
"""The tab on which what a case costs stands together."""

ROWS = (
    Transition(
        "record_service",
        label=_("Leistung festhalten"),
        told=_("hat eine Leistung festgehalten"),
        sources=(S.RUNNING,),
        target=None,
        parties=CONTRACTOR,
        levels=LEADING,
        guards=(not_withdrawn, effects.is_offered),
        effect=effects.record,
        adds=True,
        passing=True,
        tab=TAB,
    ),
    Transition(
        "change_service",
        label=_("Leistung beenden oder berichtigen"),
        told=_("hat eine Leistung beendet oder berichtigt"),
        sources=(S.RUNNING, S.CLOSED),
        target=None,
        parties=CONTRACTOR,
        levels=VIEWING,
        guards=(effects.is_recorded,),
        effect=effects.change,
        passing=True,
        tab=TAB,
    ),
)
