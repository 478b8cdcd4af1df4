"""The shared model of both services, one noun a file."""

from .audit import AccessLogEntry, AuditEntry, AuditHead
from .case import Case, CasePermission, ClientAgreement, NumberSequence, Participation
from .document import Document
from .institution import (
    ContactPerson,
    Institution,
    Jurisdiction,
    LeadCapability,
    Municipality,
    RoutingRule,
    Signatory,
    Validity,
    ValidityQuerySet,
)
from .person import BenefitSnapshot, CriteriaFacts, Person
from .user import Invitation, Membership, User
from .work import Heartbeat, OutboxMail, Task

__all__ = [
    "AccessLogEntry",
    "AuditEntry",
    "AuditHead",
    "BenefitSnapshot",
    "Case",
    "CasePermission",
    "ClientAgreement",
    "ContactPerson",
    "CriteriaFacts",
    "Document",
    "Heartbeat",
    "Institution",
    "Invitation",
    "Jurisdiction",
    "LeadCapability",
    "Membership",
    "Municipality",
    "NumberSequence",
    "OutboxMail",
    "Participation",
    "Person",
    "RoutingRule",
    "Signatory",
    "Task",
    "User",
    "Validity",
    "ValidityQuerySet",
]
