"""The Optima record of a case and the lists it draws on."""

from .abschluss import Abschluss, Correction
from .antrag import LONG_TEXT, Antrag, Goal, Kostengutsprache, Query
from .catalogue import (
    AdmissionCriterion,
    ClosingDetail,
    ClosingReason,
    Fallpauschale,
    ReducedProcedure,
    RefusalReason,
)
from .standortgespraech import MeetingRequest, Standortgespraech
from .uebergabegespraech import Uebergabegespraech

__all__ = [
    "LONG_TEXT",
    "Abschluss",
    "AdmissionCriterion",
    "Antrag",
    "ClosingDetail",
    "ClosingReason",
    "Correction",
    "Fallpauschale",
    "Goal",
    "Kostengutsprache",
    "MeetingRequest",
    "Query",
    "ReducedProcedure",
    "RefusalReason",
    "Standortgespraech",
    "Uebergabegespraech",
]
