"""The Optima record of a case and the lists it draws on."""

from .abschluss import Abschluss, Correction
from .antrag import LONG_TEXT, Antrag, Goal, Query
from .billing import BillingRule, CaseService, CostSharing, Invoice, InvoiceLine
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
from .kostengutsprache import (
    Approval,
    CopyTo,
    CostQuery,
    Kostengutsprache,
    Order,
    Provider,
    ProviderInvoice,
    Tariff,
)
from .standortgespraech import MeetingRequest, Standortgespraech
from .uebergabegespraech import Uebergabegespraech
from .zielgruppe import Classification, CriterionFinding, LegalPrecondition, RuleText, ZielgruppeRule

__all__ = [
    "LONG_TEXT",
    "Abschluss",
    "AdmissionCriterion",
    "Antrag",
    "Approval",
    "BillingRule",
    "CaseService",
    "Classification",
    "ClosingDetail",
    "ClosingReason",
    "CopyTo",
    "Correction",
    "CostQuery",
    "CostSharing",
    "CriterionFinding",
    "Fallpauschale",
    "Goal",
    "Invoice",
    "InvoiceLine",
    "Kostengutsprache",
    "LegalPrecondition",
    "MeetingRequest",
    "Obstacle",
    "Order",
    "PrincipalRequest",
    "Provider",
    "ProviderInvoice",
    "Query",
    "ReducedProcedure",
    "RefusalReason",
    "RuleText",
    "Standortgespraech",
    "Tariff",
    "Uebergabegespraech",
    "Vereinbarung",
    "ZielgruppeRule",
]
