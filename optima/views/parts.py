"""Parts of the Antrag that change while one fills it in: found persons, and the office beside its choice."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from iiz.core import workflow
from iiz.core.http import Request
from iiz.core.views import person_search as search
from iiz.core.views.fetch import acting
from iiz.core.views.marks import writes

from .. import actions, drafts, prefill
from ..forms.sheet import Sheet
from .antrag import PAGE, asked, office_sheet, said

MOST_BROUGHT = 4000
"""No address of the Wegweiser is longer."""


@writes
def person_search(request: Request) -> HttpResponse:
    """Persons I may see; what the Wegweiser brought goes along."""
    brought = prefill.again(QueryDict(request.POST.get("brought", "")[:MOST_BROUGHT]))
    lead = _(
        "Gesucht wird nur unter den Fällen, die Sie sehen dürfen. «Übernehmen» füllt die Angaben zur Person im Antrag "
        "aus."
    )
    back = _("Zurück zum Antrag")
    return search.person_search(request, PAGE, back=back, lead=lead, kicker="Optima", brought=brought)


@writes
def office(request: Request) -> HttpResponse:
    """The section on the contractor again, after its kind, its name or the municipality changed; and what it asks."""
    actor = acting(request)
    reason = actions.begin_refusal(actor)
    if reason:
        raise workflow.NotAllowed(reason)
    answers = drafts.merge({}, request.POST)
    changed = request.headers.get("HX-Trigger-Name", "contractor_group")
    principal = actor.institution
    beside = office_sheet(answers, principal, changed)
    judged = Sheet.judged(answers, actor, principal, None)
    shown = Sheet.shown(answers, actor, principal, None, judged)
    context = {"asked": beside, "principal": principal, **said(judged), **asked(shown)}
    return render(request, "optima/_office_parts.html", context)
