"""The Roundtable records of a case, one noun a file."""

from .catalogue import CriteriaSet, LifeArea, NotStartedReason, RoundtableCriterion
from .enquiry import Enquiry
from .feedback import Feedback, FeedbackRequest
from .handlungsplan import Correction, Dispatch, Handlungsplan, PlanCopy, Review, Signature, Step, StepReport
from .management import CaseManagement, MeetingTopic, ProgressNote
from .paper import Attendance, Cell, OldCell
from .participant import Confirmation, DateAnswer, DateOption, DatePoll, Participant
from .perspective import AreaView, Income, PendingDecision, Perspective, SickLeave
from .roundtable import CriterionAnswer, PastMeeting, RegistrationQuery, Roundtable

__all__ = [
    "AreaView",
    "Attendance",
    "CaseManagement",
    "Cell",
    "Confirmation",
    "Correction",
    "CriteriaSet",
    "CriterionAnswer",
    "DateAnswer",
    "DateOption",
    "DatePoll",
    "Dispatch",
    "Enquiry",
    "Feedback",
    "FeedbackRequest",
    "Handlungsplan",
    "Income",
    "LifeArea",
    "MeetingTopic",
    "NotStartedReason",
    "OldCell",
    "Participant",
    "PastMeeting",
    "PendingDecision",
    "Perspective",
    "PlanCopy",
    "ProgressNote",
    "RegistrationQuery",
    "Review",
    "Roundtable",
    "RoundtableCriterion",
    "SickLeave",
    "Signature",
    "Step",
    "StepReport",
]
