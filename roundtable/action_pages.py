"""The page behind each row of Roundtable: what it means, its form, its button."""

from iiz.core import meeting_pages

from .action_pages_dates import DATES
from .action_pages_ending import ENDING
from .action_pages_following import FOLLOWING
from .action_pages_plan import PLAN
from .action_pages_registration import REGISTRATION
from .action_pages_table import TABLE
from .action_pages_views import VIEWS

ACTIONS = {**meeting_pages.PAGES, **REGISTRATION, **TABLE, **DATES, **VIEWS, **PLAN, **FOLLOWING, **ENDING}
