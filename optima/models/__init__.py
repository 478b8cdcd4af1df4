"""The Optima record of a case and the lists it draws on."""

from .antrag import LONG_TEXT, Antrag, Goal, Kostengutsprache, Query
from .catalogue import AdmissionCriterion, Fallpauschale, RefusalReason

__all__ = [
    "LONG_TEXT",
    "AdmissionCriterion",
    "Antrag",
    "Fallpauschale",
    "Goal",
    "Kostengutsprache",
    "Query",
    "RefusalReason",
]
