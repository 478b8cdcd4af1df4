"""The page of a Kostengutsprache and the tab of a case (KG-01, KG-09, KG-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import audit, workflow
from iiz.core.actor import Actor
from iiz.core.http import Request
from iiz.core.models import Case, Document, GuestLink
from iiz.core.views.documents import handed_out
from iiz.core.views.fetch import acting
from iiz.core.views.marks import reads

from ..effects import services
from ..enums import PROMISED, CostDecision, OptimaState
from ..enums import KostengutspracheState as S
from ..kostengutsprache import actions, copies, letters, need, signing, steps, waits
from ..kostengutsprache.steps import Offer
from ..models import Kostengutsprache, ProviderInvoice
from ..workflow.services import TAB as SERVICES
from . import kg_parts

GROUPS = {"RAV": gettext_lazy("RAV"), "IV": gettext_lazy("IV"), "SH": gettext_lazy("Sozialhilfe")}
SIGNED = ("approve", "refuse")
"""Steps that only somebody from the payer's list does."""
EXTENDED = PROMISED | {S.LAPSED, S.REFUSED}
"""States after which the next one goes on from it."""


def visible(request: Request, pk: int) -> tuple[Kostengutsprache, Actor]:
    """The Kostengutsprache if the actor may read it; ``Http404`` otherwise.

    Where another institution of the same person reads it, the 404 says for which one to act.
    """
    actor = acting(request)
    rows = Kostengutsprache.objects.select_related(*kg_parts.WITH_ALL).prefetch_related(*kg_parts.RELATED)
    try:
        return get_object_or_404(rows.visible_to(actor), pk=pk), actor
    except Http404:
        for other in request.actors:
            if other != actor and Kostengutsprache.objects.visible_to(other).filter(pk=pk).exists():
                words = _("Diese Kostengutsprache sehen Sie, wenn Sie oben rechts «%(name)s» wählen.")
                raise Http404(words % {"name": other.institution}) from None
        raise


@reads
def page(request: Request, pk: int) -> HttpResponse:
    """One Kostengutsprache: where it stands, what can be done, what it says, its money."""
    row, actor = visible(request, pk)
    audit.log_read(actor, row.case, row.number)
    line = kg_parts.lines([row])[0]
    offers = offered(row, actor)
    mine = line.task is not None and line.task.institution_id == actor.institution.pk
    possible = [offer for offer in offers if not offer.reason]
    signers = signing.ways(row, actor) if row.state == S.REQUESTED and row.content_hash else []
    signs = any(offer.step.name in SIGNED for offer in possible)
    to_be_signed = line.task is not None and line.task.name == waits.DECIDE.name and not signs
    mine = mine and not to_be_signed
    due = [offer for offer in possible if mine and offer.step.name in line.steps]
    own_case = Case.objects.visible_to(actor).filter(pk=row.case_id).exists()
    context = {
        "kg": row,
        "line": line,
        "road": kg_parts.road(row),
        "case_url": row.case.get_absolute_url() if own_case else "",
        "back": _back(row, actor, own_case=own_case),
        "due": due,
        "rest": [offer for offer in possible if offer not in due],
        "hindered": [offer for offer in offers if offer.reason],
        "mine": mine,
        "words": letters.rows(row),
        "standing": letters.standing(row),
        "no_expenses": letters.no_expenses(),
        "approval": letters.approval_of(row),
        "order": letters.order_of(row),
        "fingerprint": letters.short_hash(row),
        "queries": list(row.queries.all()),
        "invoices": _bills(row),
        "followed_by": [later for later in row.followed_by.all() if later.state != S.DRAFT],
        "balance": kg_parts.balance(row) if letters.order_of(row) else [],
        "copies": _copies(row) if row.state in PROMISED else [],
        "write_on": _write_on_url(row, actor),
        "extend": _extend_url(row, actor),
        "again": _("Verlängern oder ändern") if row.decision == CostDecision.APPROVED else _("Neu beantragen"),
        "sent_back": next(iter(steps.sent_back(row)), None),
        "signers": signers,
        "awaited": _(" oder ").join(way.signatory.name for way in signers if not way.reason) if to_be_signed else "",
    }
    return render(request, "optima/kg.html", context)


def offered(row: Kostengutsprache, actor: Actor) -> list[Offer]:
    """What can be done; whether the actor's own signature counts here is judged as well (KG-05)."""
    found, refused = [], None
    for offer in steps.available(row, actor):
        if not offer.reason and offer.step.name in SIGNED:
            if refused is None:
                refused = signing.refusal(row, signing.signatory_of(actor), row.payer, told=True)
            offer = Offer(offer.step, refused)
        found.append(offer)
    return sorted(found, key=lambda offer: bool(offer.reason))


def _back(row: Kostengutsprache, actor: Actor, *, own_case: bool) -> str:
    """Where the reader comes from: the tab of the case, or the list of the own office."""
    if own_case:
        return reverse("core:case_tab", args=[row.case.number, "kostengutsprachen"])
    return reverse("optima:kg_list")


def _write_on_url(row: Kostengutsprache, actor: Actor) -> str:
    """Where a draft is written on, complete or not; empty if it is none or the actor may not."""
    if row.state != S.DRAFT or row.requester_id != actor.institution.pk or actions.may_begin(row.case, actor):
        return ""
    return reverse("optima:kg_edit", args=[row.pk])


def _extend_url(row: Kostengutsprache, actor: Actor) -> str:
    """Where the next one begins that goes on from this one; empty if the actor may not."""
    if row.state not in EXTENDED or not row.content_hash or row.requester_id != actor.institution.pk:
        return ""
    if actions.may_begin(row.case, actor):
        return ""
    return reverse("optima:kg_new", args=[row.case.number]) + f"?folgt={row.pk}"


def _bills(row: Kostengutsprache) -> list[ProviderInvoice]:
    """All invoices of the provider, those that were sent back too."""
    order = letters.order_of(row)
    return list(order.invoices.all()) if order is not None else []


def _copies(row: Kostengutsprache) -> list[dict[str, Any]]:
    """Who gets a copy: the case file, and the distribution list with the links that went out (KG-07)."""
    links = GuestLink.objects.filter(purpose=copies.COPY, object_id=row.pk, case=row.case_id).order_by("pk")
    sent = {link.email: link for link in links}
    found: list[dict[str, Any]] = [{"label": _("Dossier"), "how": _("im Portal abgelegt")}]
    for receiver in copies.receivers(row):
        link = sent.get(receiver.email.casefold()) if receiver.email else None
        found.append({"label": receiver.label, "email": receiver.email, "link": link})
    return found


@reads
def file(request: Request, pk: int, document: int) -> FileResponse:
    """The signed scan or an invoice, for whoever reads the Kostengutsprache; the payer need not take part (CON-19)."""
    row, actor = visible(request, pk)
    approval = letters.approval_of(row)
    keys = {bill.document_id for bill in _bills(row)} | {approval.scan_id if approval is not None else None}
    found = Document.objects.filter(pk=document).first() if document in keys else None
    if found is None:
        raise Http404
    return handed_out(actor, row.case, found)


def tab(case: Case, actor: Actor) -> dict[str, Any]:
    """The Kostengutsprachen of a case: whether one is needed, who pays, what hinders, and what there is."""
    rows = list(kg_parts.shown(Kostengutsprache.objects.visible_to(actor).filter(case=case)))
    for row in rows:
        row.case = case
    elsewhere = [str(GROUPS[group]) for group in need.entitled_elsewhere(case)]
    begins = actions.may_begin(case, actor)
    return {
        "lines": kg_parts.lines(rows),
        "need": need.of(case),
        "principal": case.antrag.principal,
        "elsewhere": elsewhere,
        "writes": case.antrag.contractor_id == actor.institution.pk and actor.works_on_cases,
        "hindrance": begins,
        "sums": kg_parts.money(rows),
        "promised": any(row.state in PROMISED and row.amount for row in rows),
        "services": [(row.service, services.period(row)) for row in services.services_of(case)],
        "service_steps": workflow.available(case, actor, tab=SERVICES),
    }


def links(case: Case, actor: Actor) -> list[tuple[Any, str]]:
    """Around the hand-over the form is one click away, before anybody looks for its tab (KG-06)."""
    if case.state not in (*need.AT_THE_HANDOVER, OptimaState.AGREED) or actions.may_begin(case, actor):
        return []
    if need.of(case).own_claim:
        return []
    return [(_("Kostengutsprache beantragen"), reverse("optima:kg_new", args=[case.number]))]


TAB: dict[str, tuple[Any, str, Callable[[Case, Actor], dict[str, Any]]]] = {
    "kostengutsprachen": (gettext_lazy("Kostengutsprachen"), "optima/case_kg.html", tab)
}
