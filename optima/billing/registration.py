"""What the billing tells the core: its mails, its sweep, its figures, what the database refuses to change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from iiz.core import notify, registry, triggers
from iiz.core.triggers import frozen

from ..models import Invoice, InvoiceLine
from . import balance, mails

ISSUED = "an issued invoice stays as it is"


def register() -> None:
    """Make it known; called once from ``OptimaConfig.ready``."""
    notify.register(*mails.MAILS)
    registry.sweeps.append(mails.sweep)
    registry.case_filters[balance.FILTER] = balance.cases_behind
    registry.case_filter_words[balance.FILTER] = balance.words_behind
    registry.office_links.append((_("Finanzen"), "optima:finances"))
    triggers.register(*frozen(Invoice, ISSUED, but=["paid_on"]), *frozen(InvoiceLine, ISSUED))
