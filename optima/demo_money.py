"""The money of the demo canton: some job coaching of the IV office, and its bill of the last month (FIN-05)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from iiz.core import clock, workflow
from iiz.core.actor import actor_for
from iiz.core.demo import DemoCanton
from iiz.core.models import Case, Institution
from iiz.core.workflow import Party

from .billing import accounts
from .enums import OptimaState

COACHED = 8
"""In how many of its running cases the IV office coaches."""
SERVICE = "Job-Coaching"


def account_of(office: Institution) -> str:
    """An IBAN with the right check digits, of a bank that does not exist."""
    account = f"00099{office.pk:012d}"
    check = 98 - int(f"{account}121700") % 97
    return f"CH{check:02d}{account}"


def play(canton: DemoCanton, count: int = 0) -> None:
    """Give the offices their accounts, record who is coached since when, and bill the month that is over."""
    for offices in canton.offices.values():
        for office in offices:
            office.iban = account_of(office)
        Institution.objects.bulk_update(offices, ["iban"])
    evening = dt.datetime.combine(canton.last_day, dt.time(23), timezone.get_current_timezone())
    with clock.at(evening):
        _coach_and_bill(canton)


def _coach_and_bill(canton: DemoCanton) -> None:
    jan = canton.logins["iv-ansprechperson"]
    cases = Case.objects.filter(state=OptimaState.RUNNING, antrag__contractor=jan.institution, withdrawn_at=None)
    for case in cases.order_by("antrag__started_on", "pk")[:COACHED]:
        part = next(row for row in case.participations.filter(until=None) if row.role == Party.CONTRACTOR)
        who = (actor_for(part.user, part.institution) if part.user else None) or jan
        since = case.antrag.started_on
        workflow.apply(case, "record_service", who, {"service": SERVICE, "since": since, "until": None})
    try:
        issued = accounts.issue(jan, accounts.last_complete_month())
    except accounts.NotIssued:  # so few cases that nobody was coached last month
        return
    canton.say(f"{len(issued)} invoices of the last month issued")
