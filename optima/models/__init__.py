"""The Optima record of a case and the lists it draws on."""

from .abschluss import Abschluss, Correction
from .antrag import LONG_TEXT, Antrag, Goal, Kostengutsprache, Query
from .catalogue import (
    AdmissionCriterion,
    ClosingDetail,
    ClosingReason,
    Fallpauschale,
    Obstacle,
    ReducedProcedure,
    RefusalReason,
)
from .delegation import PrincipalRequest, Vereinbarung
from .standortgespraech import MeetingRequest, Standortgespraech
from .uebergabegespraech import Uebergabegespraech
from .zielgruppe import Classification, CriterionFinding, LegalPrecondition, RuleText, ZielgruppeRule

__all__ = [
    "LONG_TEXT",
    "Abschluss",
    "AdmissionCriterion",
    "Antrag",
    "Classification",
    "ClosingDetail",
    "ClosingReason",
    "Correction",
    "CriterionFinding",
    "Fallpauschale",
    "Goal",
    "Kostengutsprache",
    "LegalPrecondition",
    "MeetingRequest",
    "Obstacle",
    "PrincipalRequest",
    "Query",
    "ReducedProcedure",
    "RefusalReason",
    "RuleText",
    "Standortgespraech",
    "Uebergabegespraech",
    "Vereinbarung",
    "ZielgruppeRule",
]
