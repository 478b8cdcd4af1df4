"""The shared model of both services, one noun a file."""

from .audit import AccessLogEntry, AuditEntry, AuditHead
from .case import Case, CasePermission, ClientAgreement, NumberSequence, Participation
from .document import Document
from .guest import GuestLink
from .institution import (
    ContactPerson,
    Institution,
    Jurisdiction,
    LeadCapability,
    Municipality,
    RoutingRule,
    ServiceOffer,
    Signatory,
)
from .mail import MailPreference, OutboxMail
from .meeting import CalendarFeed, CallNote, Invitee, Meeting
from .person import BenefitSnapshot, CriteriaFacts, Person
from .user import Invitation, Membership, User
from .validity import Validity, ValidityQuerySet
from .vollmacht import Scan, ScopeLine, Vollmacht
from .work import Heartbeat, Reminder, Substitution, Task, TimeLimit

__all__ = [
    "AccessLogEntry",
    "AuditEntry",
    "AuditHead",
    "BenefitSnapshot",
    "CalendarFeed",
    "CallNote",
    "Case",
    "CasePermission",
    "ClientAgreement",
    "ContactPerson",
    "CriteriaFacts",
    "Document",
    "GuestLink",
    "Heartbeat",
    "Institution",
    "Invitation",
    "Invitee",
    "Jurisdiction",
    "LeadCapability",
    "MailPreference",
    "Meeting",
    "Membership",
    "Municipality",
    "NumberSequence",
    "OutboxMail",
    "Participation",
    "Person",
    "Reminder",
    "RoutingRule",
    "Scan",
    "ScopeLine",
    "ServiceOffer",
    "Signatory",
    "Substitution",
    "Task",
    "TimeLimit",
    "User",
    "Validity",
    "ValidityQuerySet",
    "Vollmacht",
]
