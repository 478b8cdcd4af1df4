"""The Antrag as it was filed: what its letter says, and nothing that came later (OP-04, UX-02).

What came later stands on the page of the case and in its record.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum
from django.utils.translation import gettext as _

from iiz.core.blocks import Block, Row, filled
from iiz.core.models import Case, ClientAgreement, ContactPerson, Institution
from iiz.core.templatetags.ui import day

from . import content, ruling_words
from .models import Standortgespraech
from .queries import antrag_of, contact_of


def agreement_of(case: Case) -> ClientAgreement:
    """The client's agreement as it was filed with the Antrag; whoever recorded it has filed both."""
    return case.agreements.select_related("recorded_by").latest("recorded_at")


def blocks(case: Case) -> list[Block]:
    """The words of a submitted Antrag as the contractor received them, for whoever may read the principal's words."""
    agreement = agreement_of(case)
    agreed = _("Die Klientin oder der Klient ist einverstanden seit dem %(day)s. Die Teilnahme ist freiwillig.")
    return filled(
        [
            *content.application(case),
            *ruling_words.filed(antrag_of(case)),
            Block("contacts", _("Kontakt"), _contacts(case, agreement)),
            Block("agreement", _("Einverständnis"), [("", agreed % {"day": day(agreement.agreed_on)})]),
        ]
    )


def contact(case: Case, contractor: Institution | None, on: dt.date) -> ContactPerson | None:
    """Who is addressed: the person named, else the contractor's contact person of that day."""
    named = antrag_of(case).contact_person
    return named or (contact_of(contractor, on) if contractor is not None else None)


def _contacts(case: Case, agreement: ClientAgreement) -> list[Row]:
    """Whom to call on both sides, as it stood that day."""
    antrag = antrag_of(case)
    asked = contact(case, antrag.contractor, case.arrived_on)
    deputy = asked.deputy if asked is not None else None
    planned = _planned_months(case)
    return [
        (_("Auftraggeber"), content.reach_at(antrag.principal, agreement.recorded_by)),
        (_("Zweite Kontaktperson"), antrag.second_contact),
        (_("Auftragnehmer"), antrag.contractor.name if antrag.contractor else ""),
        (_("Ansprechperson"), content.reach(asked) if asked else ""),
        (_("Stellvertretung"), content.reach(deputy) if deputy else ""),
        (_("Geplante Dauer"), content.months(planned) if planned else ""),
        (_("Vorgängige Absprache"), antrag.prior_contact),
    ]


def _planned_months(case: Case) -> int:
    """The duration that was asked for; each Standortgespräch may have added to it since."""
    added = Standortgespraech.objects.filter(meeting__case=case).aggregate(months=Sum("extended_months"))["months"]
    return (antrag_of(case).planned_months or 0) - (added or 0)
