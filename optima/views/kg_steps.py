"""Every step of a Kostengutsprache on a page of its own: what it means, its form, what came of it (KG-09, KG-10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import audit
from iiz.core.actor import Actor
from iiz.core.conflicts import conflict_page, typed_in
from iiz.core.http import Request, onward
from iiz.core.models import AuditEntry
from iiz.core.templatetags.ui import chf, day
from iiz.core.views.marks import writes
from iiz.core.workflow import NotAllowed

from ..forms import kostengutsprache_steps as forms
from ..kostengutsprache import actions, letters, settling, signing, steps
from ..models import Kostengutsprache, ProviderInvoice
from . import kg_parts
from .kostengutsprache import SIGNED, visible

Data = dict[str, Any]


@dataclass(frozen=True)
class StepPage:
    """How one step is asked and done; ``form`` as in :mod:`optima.forms.kostengutsprache_steps`."""

    form: Callable[..., Any]
    lead: Any
    button: Any
    done: Any
    do: Callable[[Kostengutsprache, Actor, Any, Data], Any]
    danger: bool = False
    template: str = ""


def _approve(row: Kostengutsprache, actor: Actor, form: Any, data: Data) -> None:
    actions.approve(row, _signer(actor), data["seen"])


def _refuse(row: Kostengutsprache, actor: Actor, form: Any, data: Data) -> None:
    actions.refuse(row, _signer(actor), data["reason"])


def _signer(actor: Actor) -> signing.Signer:
    signer = signing.by_login(actor)
    assert signer is not None  # the page was refused otherwise
    return signer


def _ask(row: Kostengutsprache, actor: Actor, form: Any, data: Data) -> None:
    actions.ask(row, actor, data["text"])


def _paper(row: Kostengutsprache, actor: Actor, form: Any, data: Data) -> None:
    actions.approve_on_paper(
        row, actor, data["signatory"], data | {"content_type": form.content_type}, seen=data["seen"]
    )


def _forward(row: Kostengutsprache, actor: Actor, form: Any, data: Data) -> None:
    settling.forward(row, actor, data | {"content_type": form.content_type})


PAGES = {
    "discard": StepPage(
        forms.ConfirmForm,
        gettext_lazy("Was im Entwurf steht, ist danach gelöscht."),
        gettext_lazy("Verwerfen"),
        gettext_lazy("Der Entwurf ist verworfen."),
        lambda row, actor, form, data: actions.discard(row, actor),
        danger=True,
    ),
    "withdraw": StepPage(
        forms.WithdrawForm,
        gettext_lazy(
            "Die zahlende Stelle erhält eine Nachricht und muss nichts mehr tun. Für eine Änderung beantragen Sie "
            "danach eine neue Kostengutsprache."
        ),
        gettext_lazy("Zurückziehen"),
        gettext_lazy("Der Antrag ist zurückgezogen. Die zahlende Stelle ist benachrichtigt."),
        lambda row, actor, form, data: actions.withdraw(row, actor, data["reason"]),
        danger=True,
    ),
    "approve": StepPage(
        forms.ApproveForm,
        gettext_lazy(
            "Mit Ihrer Unterschrift verpflichtet sich Ihre Stelle, diese Kosten zu übernehmen. Die beantragende Stelle "
            "darf die Massnahme danach bestellen."
        ),
        gettext_lazy("Bewilligen und unterschreiben"),
        gettext_lazy("Die Kostengutsprache ist unterschrieben. Die beantragende Stelle ist benachrichtigt."),
        _approve,
        template="optima/kg_approve.html",
    ),
    "refuse": StepPage(
        forms.RefuseForm,
        gettext_lazy("Die beantragende Stelle erhält sofort eine Nachricht. Bestellt wird nichts."),
        gettext_lazy("Ablehnen"),
        gettext_lazy("Die Kostengutsprache ist abgelehnt. Die beantragende Stelle ist benachrichtigt."),
        _refuse,
        danger=True,
    ),
    "paper": StepPage(
        forms.PaperForm,
        gettext_lazy(
            "Für eine Kostengutsprache, die jemand von der Liste Ihrer Stelle auf Papier unterschrieben hat. Damit ist "
            "sie bewilligt."
        ),
        gettext_lazy("Unterschrift ablegen"),
        gettext_lazy("Die Unterschrift ist abgelegt. Die beantragende Stelle ist benachrichtigt."),
        _paper,
        template="optima/kg_approve.html",
    ),
    "ask": StepPage(
        forms.AskForm,
        gettext_lazy("Die beantragende Stelle erhält sofort eine Nachricht. Ihre Frist ruht, bis sie geantwortet hat."),
        gettext_lazy("Frage senden"),
        gettext_lazy("Die Frage ist gestellt. Sie erhalten eine Nachricht, sobald die Antwort da ist."),
        _ask,
    ),
    "answer": StepPage(
        forms.AnswerForm,
        gettext_lazy("Die zahlende Stelle erhält sofort eine Nachricht und kann danach entscheiden."),
        gettext_lazy("Antwort senden"),
        gettext_lazy("Die Antwort ist gesendet. Die zahlende Stelle ist benachrichtigt."),
        lambda row, actor, form, data: actions.answer(row, actor, data["text"]),
        template="optima/kg_answer.html",
    ),
    "send_again": StepPage(
        forms.ConfirmForm,
        gettext_lazy(
            "Alle, die bei der zahlenden Stelle unterschreiben dürfen, erhalten einen neuen Link. Der bisherige gilt "
            "danach nicht mehr."
        ),
        gettext_lazy("Link erneut senden"),
        gettext_lazy("Die neuen Links sind gesendet."),
        lambda row, actor, form, data: actions.send_again(row, actor),
    ),
    "order": StepPage(
        forms.ConfirmForm,
        gettext_lazy("Damit ist die Massnahme bestellt, gestützt auf die unterschriebene Kostengutsprache."),
        gettext_lazy("Verbindlich bestellen"),
        gettext_lazy("Die Massnahme ist bestellt."),
        lambda row, actor, form, data: settling.order(row, actor),
        template="optima/kg_order.html",
    ),
    "forward": StepPage(
        forms.ForwardForm,
        gettext_lazy("Die zahlende Stelle erhält sofort eine Nachricht und bezahlt die Rechnung."),
        gettext_lazy("Weiterleiten"),
        gettext_lazy("Die Rechnung ist weitergeleitet. Die zahlende Stelle ist benachrichtigt."),
        _forward,
    ),
    "pay": StepPage(
        forms.PayForm,
        gettext_lazy("Das Portal bezahlt nichts: Sie halten fest, dass Ihre Stelle bezahlt hat."),
        gettext_lazy("Zahlung festhalten"),
        gettext_lazy("Die Zahlung ist festgehalten. Die beantragende Stelle ist benachrichtigt."),
        lambda row, actor, form, data: settling.pay(row, actor, data["invoice"], data["paid_on"]),
        template="optima/kg_pay.html",
    ),
    "send_back": StepPage(
        forms.SendBackForm,
        gettext_lazy("Der Betrag ist danach wieder frei für eine berichtigte Rechnung."),
        gettext_lazy("Zurückweisen"),
        gettext_lazy("Die Rechnung ist zurückgewiesen. Die beantragende Stelle ist benachrichtigt."),
        lambda row, actor, form, data: settling.send_back(row, actor, data["invoice"], data["reason"]),
        danger=True,
        template="optima/kg_pay.html",
    ),
    "finish": StepPage(
        forms.ConfirmForm,
        gettext_lazy("Mit dem, was bezahlt ist, ist sie abgerechnet. Kommt doch noch eine, so leiten Sie sie weiter."),
        gettext_lazy("Keine weitere Rechnung"),
        gettext_lazy("Die Massnahme ist abgerechnet."),
        lambda row, actor, form, data: settling.finish(row, actor),
    ),
    "note_ruling": StepPage(
        forms.RulingForm,
        gettext_lazy("Eine Verfügung erlässt die zahlende Stelle nach ihrem eigenen Recht."),
        gettext_lazy("Festhalten"),
        gettext_lazy("Datum und Aktenzeichen sind festgehalten."),
        lambda row, actor, form, data: actions.note_ruling(row, actor, data["ruling_on"], data["ruling_reference"]),
    ),
}
"""The page behind each row of ``steps.STEPS`` but ``request``, which is the form of the Kostengutsprache itself."""


@writes
def step(request: Request, pk: int, name: str) -> HttpResponse:
    """GET explains and shows the form; POST does it. Where somebody was faster, nothing typed is lost (409)."""
    row, actor = visible(request, pk)
    page = PAGES.get(name)
    if page is None:
        raise Http404
    found = steps.BY_NAME[name]
    reason = steps.refusal(row, found, actor)
    if not reason and name in SIGNED:
        reason = signing.refusal(row, signing.signatory_of(actor), row.payer, told=True)
    allowed = found.side in steps.sides(row, actor) and actor.roles & found.roles
    late = request.method == "POST" and allowed and steps.hindrance(row, found)
    if late and name == "pay" and (bill := _paid_already(request, row)):
        told = _("Die Rechnung %(number)s ist bereits bezahlt, am %(day)s.")
        messages.info(request, told % {"number": bill.number, "day": day(bill.paid_on)})
        return HttpResponseRedirect(_after(row, name))
    if reason and not late:
        raise NotAllowed(reason)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = page.form(*sent, kg=row, request=request, actor=actor)
    if reason:
        return _overtaken(request, row, form, reason)
    if request.method == "POST" and form.is_valid():
        try:
            page.do(row, actor, form, form.cleaned_data)
        except actions.Overtaken as refused:
            return _overtaken(request, row, form, str(refused))
        except NotAllowed as refused:
            if not steps.hindrance(visible(request, pk)[0], found):  # nobody was faster: the right itself is missing
                raise
            return _overtaken(request, row, form, str(refused))
        messages.success(request, page.done)
        return HttpResponseRedirect(onward(request, _after(row, name)))
    audit.log_read(actor, row.case, row.number)
    context = {
        "kg": row,
        "form": form,
        "page": page,
        "step": found,
        "words": letters.rows(row),
        "no_expenses": letters.no_expenses(),
        "fingerprint": letters.short_hash(row),
        "query": steps.open_query(row),
        "bills": steps.unpaid(row),
        "order_words": letters.order_rows(row) if name == "order" else [],
        "order_terms": letters.order_terms(row) if name == "order" else [],
        "back": reverse("optima:kostengutsprache", args=[pk]),
    }
    return render(request, page.template or "optima/kg_step.html", context)


def _paid_already(request: Request, row: Kostengutsprache) -> ProviderInvoice | None:
    """The invoice that was sent, if it is paid by now: the form came twice, or a colleague was faster."""
    return next(
        (bill for bill in steps.invoices(row) if str(bill.pk) == request.POST.get("invoice") and bill.paid_on), None
    )


def _after(row: Kostengutsprache, name: str) -> str:
    """Where to go on: its page, or the tab of the case where there is none any more."""
    if name == "discard":
        return reverse("core:case_tab", args=[row.case.number, "kostengutsprachen"])
    return reverse("optima:kostengutsprache", args=[row.pk])


def _overtaken(request: Request, row: Kostengutsprache, form: Form, sentence: str) -> HttpResponse:
    """What was typed beside what holds now."""
    now = kg_parts.shown(Kostengutsprache.objects.filter(pk=row.pk)).first()
    if now is None:
        raise Http404
    stream = AuditEntry.objects.filter(stream=audit.case_stream(row.case.number), object_id=str(row.pk))
    last = stream.filter(verb__startswith="kg_").last()
    theirs = [
        (_("Status"), now.get_state_display()),
        (_("Betrag"), chf(now.amount)),
        (_("Massnahme"), now.measure),
        (_("Dauer"), letters.period_of(now)),
    ]
    url = reverse("optima:kostengutsprache", args=[row.pk])
    return conflict_page(request, sentence, last=last, mine=typed_in(form), theirs=theirs, url=url)
