"""What came in at the *Online-Schalter*, as the coordination office handles it (RT-02, CAN-AG)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iiz.core import audit, registry
from iiz.core.actor import Actor
from iiz.core.conflicts import conflict_page, typed_in
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.navigation import coordinates
from iiz.core.registry import NavItem
from iiz.core.views.coordination import coordinator
from iiz.core.views.marks import reads, writes
from iiz.core.workflow import NotAllowed

from .. import desk, drafts
from ..enums import EnquiryKind, EnquiryOutcome, NoCase
from ..forms.enquiry import AnswerForm, NoCaseForm
from ..models import Enquiry

NAVIGATION = NavItem(
    _("Anfragen"),
    "roundtable:enquiries",
    coordinates,
    31,
    "/koordination/anfragen/",
    counted=desk.waiting,
    present=desk.waiting,
)
PAGE = 25


@dataclass(frozen=True)
class Step:
    """One way to handle an enquiry: its page, what it does, and why not; a case that begins is opened at once."""

    title: Any
    lead: Any
    button: Any
    done: Any
    form: type[Form]
    do: Callable[[Enquiry, Actor, dict[str, Any]], Case | None]
    refusal: Callable[[Enquiry], str] = lambda row: ""


BEGIN = "fall"
STEPS = {
    BEGIN: Step(
        _("Roundtable beginnen"),
        _("Mit diesen Angaben beginnt ein Entwurf der Koordinationsstelle. Die absendende Person erfährt davon."),
        _("Roundtable beginnen"),
        _("Der Entwurf ist begonnen."),
        Form,
        lambda row, actor, data: desk.take_up(row, actor, drafts.first_answers(actor, {})),
        desk.case_refusal,
    ),
    "antworten": Step(
        _("Antworten"),
        _("Die Antwort geht sofort als E-Mail hinaus. Danach gilt die Anfrage als beantwortet und wird gezählt."),
        _("Antwort senden"),
        _("Die Antwort ist unterwegs."),
        AnswerForm,
        lambda row, actor, data: desk.answer(row, actor, data["words"]),
    ),
    "kein-fall": Step(
        _("Kein Fall"),
        _("Die Anfrage wird mit ihrem Grund gezählt. Personendaten werden nach 90 Tagen gelöscht."),
        _("Als «kein Fall» ablegen"),
        _("Abgelegt und gezählt."),
        NoCaseForm,
        lambda row, actor, data: desk.turn_down(row, actor, data["reason"], data["note"], data["words"]),
    ),
}


@reads
def enquiries(request: Request) -> HttpResponse:
    """What waits, what was handled, and how many there were by year."""
    coordinator(request)
    related = ("municipality", "handled_by", "case")
    handled = Enquiry.objects.handled().select_related(*related).order_by("-handled_at", "-pk")
    page = Paginator(handled, PAGE).get_page(request.GET.get("seite"))
    return render(
        request,
        "roundtable/enquiry/list.html",
        {
            "waiting": Enquiry.objects.open().select_related(*related).order_by("confirmed_at", "pk")[: PAGE * 2],
            "handled": page,
            "counts": _counted(),
            "newer": f"?seite={page.previous_page_number()}" if page.has_previous() else "",
            "older": f"?seite={page.next_page_number()}" if page.has_next() else "",
        },
    )


def _counted() -> list[dict[str, Any]]:
    """The years with their enquiries by kind, by what became of them, and why some are no case."""
    years: dict[int, dict[str, Any]] = {}
    for row in desk.counts():
        year = years.setdefault(row["year"], {"year": row["year"], "kinds": {}, "reasons": {}, "all": 0})
        kind = year["kinds"].setdefault(row["kind"], dict.fromkeys(("all", "open", *EnquiryOutcome.values), 0))
        kind["all"] += row["count"]
        kind[row["outcome"] or "open"] += row["count"]
        year["all"] += row["count"]
        if row["reason"]:
            label = NoCase(row["reason"]).label
            year["reasons"][label] = year["reasons"].get(label, 0) + row["count"]
    for year in years.values():
        kinds = sorted(year.pop("kinds").items(), reverse=True)
        year["rows"] = [{"label": EnquiryKind(kind).label, **numbers} for kind, numbers in kinds]
        year["why"] = sorted(year.pop("reasons").items(), key=lambda pair: -pair[1])
    return list(years.values())


def _found(pk: int) -> Enquiry:
    """A confirmed enquiry; 404 for anything else, as what is not confirmed does not count yet."""
    rows = Enquiry.objects.confirmed().select_related("municipality", "handled_by", "case")
    return get_object_or_404(rows, pk=pk)


@reads
def enquiry(request: Request, pk: int) -> HttpResponse:
    """One enquiry with all that was typed, and the ways to handle it; the reading is noted."""
    actor = coordinator(request)
    row = _found(pk)
    audit.log_other_read(actor, str(row), "Online-Schalter")
    return render(request, "roundtable/enquiry/page.html", {"enquiry": row, "refusal": desk.case_refusal(row)})


@writes
def step(request: Request, pk: int, name: str) -> HttpResponse:
    """One way to handle an enquiry: what it means, its form, what came of it."""
    actor = coordinator(request)
    row, chosen = _found(pk), STEPS.get(name)
    if chosen is None:
        raise Http404
    form = chosen.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            case = chosen.do(row, actor, form.cleaned_data)
        except desk.Handled:
            row.refresh_from_db()
            if name != BEGIN or row.case is None:
                return _too_late(request, row, form)
            case = row.case  # pressed twice
        else:
            messages.success(request, str(chosen.done))
        onward = registry.pages[case.service].edit_url(case) if case else reverse("roundtable:enquiries")
        return HttpResponseRedirect(onward)
    if not row.is_open:
        return _too_late(request, row, form)
    if chosen.refusal(row):
        raise NotAllowed(chosen.refusal(row))
    audit.log_other_read(actor, str(row), "Online-Schalter")
    return render(request, "roundtable/enquiry/step.html", {"enquiry": row, "step": chosen, "form": form})


def _too_late(request: Request, row: Enquiry, form: Form) -> HttpResponse:
    return conflict_page(
        request,
        str(_("Diese Anfrage ist bereits erledigt.")),
        mine=typed_in(form) if form.is_bound else [],
        theirs=[(_("Ergebnis"), row.get_outcome_display()), (_("Erledigt von"), str(row.handled_by or "–"))],
        url=reverse("roundtable:enquiry", args=[row.pk]),
    )
