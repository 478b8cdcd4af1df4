"""What people without an account do with a Kostengutsprache: decide it, read a copy, read the order (KG-05, KG-07).

Each is one page at the one address of the link; ``?brief=1`` is its letter as PDF. Every look is noted.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import guests
from iiz.core.models import GuestLink
from iiz.core.registry import GuestPurpose
from iiz.core.views import papers
from iiz.core.workflow import NotAllowed

from ..enums import KostengutspracheState as S
from ..forms.kg_guest import QuestionForm, RefusalForm
from ..kostengutsprache import actions, copies, letters, signing, steps
from ..models import Kostengutsprache
from .kg_papers import READ

LETTER = "brief"


def _request(link: GuestLink) -> Kostengutsprache | None:
    rows = Kostengutsprache.objects.select_related(*READ, "requested_by", "drafted_by")
    return rows.filter(pk=link.object_id, case=link.case_id).first()


def _known(link: GuestLink) -> Kostengutsprache:
    """What the link is about; it is there, or the link would not have opened."""
    row = _request(link)
    if row is None:
        raise guests.Gone(_("Diese Kostengutsprache gibt es nicht mehr."))
    return row


def _pdf(request: HttpRequest, link: GuestLink, row: Kostengutsprache) -> HttpResponse:
    """The letter of the purpose: the order for a provider, for all others the Kostengutsprache."""
    if link.purpose == copies.ORDER:
        title, name = letters.order_title_of(row), letters.order_name_of(row)
        template, context = letters.ORDER_TEMPLATE, letters.order_letter(row)
    else:
        title, name = letters.title_of(row), letters.name_of(row)
        template, context = letters.TEMPLATE, letters.letter(row)
    guests.log(link, _("%(title)s als PDF") % {"title": title})
    return papers.made_pdf(request, template, context, title=title, name=name)


# Decide -------------------------------------------------------------------------------------------------------------


def decide(request: HttpRequest, link: GuestLink) -> HttpResponse:
    """The request with its words; a listed person signs, refuses or asks back."""
    row = _known(link)
    if LETTER in request.GET:
        return _pdf(request, link, row)
    refusal, question, problem = RefusalForm(), QuestionForm(), ""
    if request.method == "POST":
        do = request.POST.get("do", "")
        refusal = RefusalForm(request.POST) if do == "refuse" else refusal
        question = QuestionForm(request.POST) if do == "ask" else question
        try:
            if _act(do, row, link, request.POST.get("seen", ""), refusal, question):
                return HttpResponseRedirect(request.path)
        except (actions.Overtaken, NotAllowed) as reason:
            if no_decision(link):  # the link then says so itself
                return HttpResponseRedirect(request.path)
            row, problem = _known(link), str(reason)
    guests.log(link, letters.title_of(row))
    context = _page(row, link) | {"refusal": refusal, "question": question, "problem": problem}
    return render(request, "optima/kg_guest.html", context, status=409 if problem else 200)


def _act(
    do: str, row: Kostengutsprache, link: GuestLink, seen: str, refusal: RefusalForm, question: QuestionForm
) -> bool:
    """Do what was pressed; whether anything was done. What the engine refuses it says itself."""
    signer = signing.by_link(link)
    if signer is None:
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
    if do == "approve":
        actions.approve(row, signer, seen)
    elif do == "refuse" and refusal.is_valid():
        actions.refuse(row, signer, refusal.cleaned_data["reason"])
    elif do == "ask" and question.is_valid():
        actions.ask(row, signer, question.cleaned_data["question"])
    else:
        return False
    return True


def _page(row: Kostengutsprache, link: GuestLink) -> dict[str, Any]:
    """The request as it is read before the decision, and as whom one decides."""
    _days, last = letters.term(row)
    return {
        "signer": signing.by_link(link),
        "kg": row,
        "title": letters.title_of(row),
        "promise": letters.promise(row),
        "rows": letters.rows(row),
        "no_expenses": letters.no_expenses(),
        "until": last,
        "queries": list(row.queries.all()),
        "waiting": steps.open_query(row),
        "no_approval": steps.hindrance(row, steps.BY_NAME["approve"]),
    }


def no_decision(link: GuestLink) -> str:
    """Why there is nothing to decide for this person."""
    row, signer = _request(link), signing.by_link(link)
    if row is None:
        return _("Diese Kostengutsprache gibt es nicht mehr.")
    if row.state != S.REQUESTED:
        return _("Diese Kostengutsprache ist inzwischen entschieden oder zurückgezogen. Sie müssen nichts mehr tun.")
    reason = steps.hindrance(row, steps.BY_NAME["refuse"])
    return reason or signing.refusal(row, signer.signatory if signer else None, row.payer, told=True)


# Read ---------------------------------------------------------------------------------------------------------------


def read(request: HttpRequest, link: GuestLink) -> HttpResponse:
    """One document to read and to take along."""
    row = _known(link)
    if LETTER in request.GET:
        return _pdf(request, link, row)
    order = link.purpose == copies.ORDER
    title = letters.order_title_of(row) if order else letters.title_of(row)
    blocks = letters.order_blocks(row) if order else letters.blocks(row)
    guests.log(link, title)
    context = {"title": title, "blocks": blocks, "pdf_url": f"{request.path}?{LETTER}=1"}
    return render(request, "optima/kg_guest_read.html", context)


def no_document(link: GuestLink) -> str:
    """Why there is nothing to read."""
    row = _request(link)
    there = row is not None and (letters.order_of(row) if link.purpose == copies.ORDER else letters.approval_of(row))
    return "" if there else _("Dieses Dokument gibt es nicht mehr.")


PURPOSES = (
    GuestPurpose(
        actions.DECIDE,
        gettext_lazy("Kostengutsprache entscheiden"),
        gettext_lazy("Sie sind zeichnungsberechtigt und entscheiden hier über eine Kostengutsprache."),
        gettext_lazy(
            "Die beantragende Stelle ist benachrichtigt. Die Kostengutsprache mit dem Entscheid und ihr PDF stehen "
            "Ihrer Stelle im Portal zur Verfügung."
        ),
        "kg_decide_link",
        decide,
        no_decision,
    ),
    GuestPurpose(
        copies.COPY,
        gettext_lazy("Kopie einer Kostengutsprache lesen"),
        gettext_lazy("Sie erhalten hier die Kopie einer unterschriebenen Kostengutsprache."),
        "",
        "kg_copy_link",
        read,
        no_document,
    ),
    GuestPurpose(
        copies.PAPER,
        gettext_lazy("auf Papier unterschriebene Kostengutsprache lesen"),
        gettext_lazy("Sie lesen hier eine Kostengutsprache, die als von Ihnen auf Papier unterschrieben abgelegt ist."),
        "",
        "kg_paper_link",
        read,
        no_document,
    ),
    GuestPurpose(
        copies.ORDER,
        gettext_lazy("Auftragsbestätigung lesen"),
        gettext_lazy("Sie erhalten hier die Auftragsbestätigung für eine Massnahme."),
        "",
        "kg_order_link",
        read,
        no_document,
    ),
)
