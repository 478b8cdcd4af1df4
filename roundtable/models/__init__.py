"""The Roundtable records of a case, one noun a file."""

from .catalogue import CriteriaSet, LifeArea, NotStartedReason, RoundtableCriterion
from .enquiry import Enquiry
from .participant import Confirmation, DateAnswer, DateOption, DatePoll, Participant
from .perspective import AreaView, Income, PendingDecision, Perspective, SickLeave
from .roundtable import CriterionAnswer, PastMeeting, RegistrationQuery, Roundtable

__all__ = [
    "AreaView",
    "Confirmation",
    "CriteriaSet",
    "CriterionAnswer",
    "DateAnswer",
    "DateOption",
    "DatePoll",
    "Enquiry",
    "Income",
    "LifeArea",
    "NotStartedReason",
    "Participant",
    "PastMeeting",
    "PendingDecision",
    "Perspective",
    "RegistrationQuery",
    "Roundtable",
    "RoundtableCriterion",
    "SickLeave",
]
