"""Vollmachten: the list of the own institution, one of them, a new one, scan, narrower, withdrawn (CAN-BL, PER-06)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import access, audit, clock, consents, persons, workflow
from iiz.core.actor import Actor
from iiz.core.conflicts import conflict_page
from iiz.core.enums import Service
from iiz.core.http import Request
from iiz.core.models import Case, Person, Scan, Vollmacht
from iiz.core.registry import NavItem
from iiz.core.templatetags.ui import day
from iiz.core.views.documents import as_download
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads, writes
from iiz.core.workflow import NotAllowed

from .. import actions, consenting
from ..forms import scope as scopes
from ..forms.consent import let_in, recorded, usual_end
from ..forms.narrowing import NarrowAloneForm, WithdrawAloneForm
from ..forms.vollmacht import VollmachtForm, form_for, wrong_file
from ..workflow.registration import VOLLMACHT

PAGE = 25
SALT = "roundtable.vollmacht.scan"


def keeps_vollmachten(request: HttpRequest) -> bool:
    """Whether the entry is shown: to those who write registrations; the coordination office has its own link."""
    actor: Actor | None = getattr(request, "actor", None)
    return actor is not None and actor.works_on_cases


NAVIGATION = NavItem(
    gettext_lazy("Vollmachten"),
    "roundtable:vollmacht_list",
    keeps_vollmachten,
    24,
    "/vollmachten/",
)
OFFICE_LINK = (NAVIGATION.label, NAVIGATION.url_name)


def _visible(request: Request, pk: int) -> tuple[Vollmacht, Actor]:
    actor = acting(request)
    rows = Vollmacht.objects.visible_to(actor).select_related("person", "institution", "scan", "recorded_by")
    return get_object_or_404(rows.prefetch_related("lines__institution", "lines__ended_by"), pk=pk), actor


@reads
def vollmacht_list(request: Request) -> HttpResponse:
    """The Vollmachten that the own institution keeps, newest first, and how many there were."""
    actor = acting(request)
    rows = Vollmacht.objects.filter(institution=actor.institution).visible_to(actor).select_related("person")
    page = Paginator(rows.prefetch_related("lines__institution", "cases"), PAGE).get_page(request.GET.get("seite"))
    seen = set(
        Case.objects.visible_to(actor).filter(vollmacht__in=[row.pk for row in page]).values_list("pk", flat=True)
    )
    context = {
        "rows": [
            {**consenting.shown(row), "cases": [case for case in row.cases.all() if case.pk in seen]} for row in page
        ],
        "counts": consenting.counts(actor),
        "by_office": actor.is_coordination,
        "reason": actions.begin_refusal(actor),
        "newer": f"?seite={page.previous_page_number()}" if page.has_previous() else "",
        "older": f"?seite={page.next_page_number()}" if page.has_next() else "",
    }
    audit.log_other_read(actor, _("Vollmachten"), _("Liste der Vollmachten"))
    return render(request, "roundtable/vollmacht/list.html", context)


@reads
def vollmacht(request: Request, pk: int) -> HttpResponse:
    """One Vollmacht: for whom, for which data, on what it rests; the reading is noted."""
    row, actor = _visible(request, pk)
    reason = consenting.refusal(row, actor)
    context = {
        **consenting.shown(row, may_narrow=not reason),
        "reason": reason,
        "cases": Case.objects.visible_to(actor).filter(vollmacht=row).order_by("pk"),
        "register": actions.begin_refusal(actor),
    }
    audit.log_other_read(actor, _("Vollmacht %(number)s") % {"number": row.pk}, _("Vollmacht"))
    return render(request, "roundtable/vollmacht/page.html", context)


@reads
def scan(request: Request, pk: int) -> FileResponse:
    """The signed paper as a download, past the same check; noted."""
    row, actor = _visible(request, pk)
    paper = get_object_or_404(Scan, vollmacht=row)
    case = Case.objects.visible_to(actor).filter(vollmacht=row).first()
    if case is not None:
        audit.log_read(actor, case, _("Scan der Vollmacht"))
    else:
        audit.log_other_read(actor, _("Vollmacht %(number)s") % {"number": row.pk}, _("Scan der Vollmacht"))
    return as_download(paper.file, paper.filename, paper.content_type)


# A new one ------------------------------------------------------------------------------------------------------


@writes
def vollmacht_new(request: Request) -> HttpResponse:
    """Record a signed Vollmacht; for a case (``?fall=``) it takes the place of the one before. It makes no case."""
    actor = acting(request)
    reason = actions.begin_refusal(actor)
    if reason:
        raise NotAllowed(reason)
    number = str((request.POST if request.method == "POST" else request.GET).get("fall", ""))[:32]
    case = visible_case(request, number) if number else None
    if case is not None:
        workflow.check(case, "renew_vollmacht", actor)
    if request.method != "POST":
        lines = scopes.Scope(_lines_of(case), _named_first(case, actor))
        return _new_page(request, actor, case, lines, _empty(case, actor, lines), None)
    return _record(request, actor, case)


def _named_first(case: Case | None, actor: Actor) -> Any:
    """Whose line cannot be taken away: whoever registered the case, else the own office."""
    office = case.registering_institution if case is not None else actor.institution
    return None if office.is_coordination else office


def _lines_of(case: Case | None) -> scopes.Typed:
    """The lines of the Vollmacht before, as a beginning."""
    if case is None or case.vollmacht is None:
        return []
    live = [line for line in case.vollmacht.lines.all() if line.ended_at is None and line.basis == "vollmacht"]
    return [
        {"office": str(line.institution_id or ""), "name": line.name, "categories": line.categories} for line in live
    ]


def _empty(case: Case | None, actor: Actor, lines: scopes.Scope) -> VollmachtForm:
    initial = {"valid_until": day(usual_end(clock.today()))}
    return form_for(case.person if case else None)(initial=initial, actor=actor, scope=lines, kept=None)


def _record(request: Request, actor: Actor, case: Case | None) -> HttpResponse:
    """Add or take away a line, or record it; a file that came along survives a refused try."""
    answers, do = request.POST.dict(), request.POST.get("do", "record")
    lines = scopes.Scope(scopes.from_post(request.POST) or [], _named_first(case, actor))
    scopes.apply(lines, answers, do)
    kept, problem = _scan(request, actor, case)
    form = form_for(case.person if case else None)(answers, actor=actor, scope=lines, kept=kept)
    if problem:
        wrong_file(form, problem)
    if do != "record" and not problem:
        form = form_for(case.person if case else None)(initial=answers, actor=actor, scope=lines, kept=kept)
        return _new_page(request, actor, case, lines, form, kept)
    if not form.is_valid():
        return _new_page(request, actor, case, lines, form, kept)
    data = form.cleaned_data
    with transaction.atomic():
        person: Person | None = case.person if case is not None else persons.record(actor, data)
        assert person is not None  # no case leaves the draft without one
        days = {name: data[name] for name in ("signed_on", "valid_until")}
        row = consenting.recorded_before(actor, person, kept, **days)
        if row is not None:
            return _there_already(request, row)
        row = consents.record(actor, person, lines=lines.to_lines(), scan=kept, **days)
        if case is not None:
            workflow.apply(case, "renew_vollmacht", actor, {"vollmacht": row})
    if case is not None:
        messages.success(request, _("Die neue Vollmacht ist festgehalten. Der Fall stützt sich jetzt auf sie."))
        return HttpResponseRedirect(reverse("core:case_tab", args=[case.number, VOLLMACHT]))
    messages.success(request, _("Die Vollmacht ist festgehalten. Ein Fall entsteht daraus nicht."))
    return HttpResponseRedirect(reverse("roundtable:vollmacht", args=[row.pk]))


def _there_already(request: Request, row: Vollmacht) -> HttpResponse:
    """The same paper a second time, as after a second click."""
    messages.info(request, _("Diese Vollmacht ist bereits festgehalten."))
    return HttpResponseRedirect(reverse("roundtable:vollmacht", args=[row.pk]))


def _scan(request: Request, actor: Actor, case: Case | None) -> tuple[Scan | None, str]:
    """The scan of this try or of an earlier one, and why a file was not taken."""
    upload = request.FILES.get("scan")
    if upload is None:
        return _kept(request.POST.get("scan_kept", ""), actor), ""
    try:
        kind = let_in(upload, actor, case)
    except ValidationError as error:
        return None, error.messages[0]
    return consents.keep_scan(actor, upload, kind), ""


def _kept(text: str, actor: Actor) -> Scan | None:
    """The scan that the page carries along, signed: one of the own institution, not used yet."""
    try:
        key = signing.loads(text, salt=SALT, max_age=24 * 60 * 60)
    except signing.BadSignature:
        return None
    return Scan.objects.filter(pk=key, institution=actor.institution, uploaded_by=actor.user, vollmacht=None).first()


def _new_page(
    request: Request, actor: Actor, case: Case | None, lines: scopes.Scope, form: VollmachtForm, kept: Scan | None
) -> HttpResponse:
    shows = case is not None and access.shows_person(case, actor)
    context = {
        "case": case,
        "person": case.person if case is not None and shows else None,
        "form": form,
        "rows": lines.rows(),
        "office_names": [office.name for office in lines.known],
        "scan": kept,
        "scan_kept": signing.dumps(kept.pk, salt=SALT) if kept is not None else "",
        "address": reverse("roundtable:vollmacht_new"),
    }
    return render(request, "roundtable/vollmacht/new.html", context)


# Narrower, withdrawn --------------------------------------------------------------------------------------------


def _changeable(request: Request, pk: int) -> tuple[Vollmacht, Actor]:
    row, actor = _visible(request, pk)
    reason = consenting.refusal(row, actor)
    if reason:
        raise NotAllowed(reason)
    return row, actor


@writes
def vollmacht_withdraw(request: Request, pk: int) -> HttpResponse:
    """Note that the client withdrew it: what it means, then at once."""
    row, actor = _changeable(request, pk)
    form = WithdrawAloneForm(request.POST or None, vollmacht=row)
    if request.method == "POST" and form.is_valid():
        consenting.withdraw(row, actor, form.cleaned_data["withdrawn_on"])
        messages.success(request, _("Der Rückzug ist festgehalten. Ab sofort wird nichts mehr ausgetauscht."))
        return HttpResponseRedirect(reverse("roundtable:vollmacht", args=[row.pk]))
    cases = Case.objects.visible_to(actor).filter(vollmacht=row, phase="open", service=Service.ROUNDTABLE)
    return render(request, "roundtable/vollmacht/withdraw.html", {"vollmacht": row, "cases": cases, "form": form})


@writes
def vollmacht_narrow(request: Request, pk: int) -> HttpResponse:
    """Let it hold for less: which line, and what remains."""
    row, actor = _changeable(request, pk)
    initial = {"line": request.GET["zeile"]} if "zeile" in request.GET else {}
    form = NarrowAloneForm(request.POST or None, vollmacht=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        url = reverse("roundtable:vollmacht", args=[row.pk])
        try:
            consenting.narrow(row, actor, form.cleaned_data["line"], form.cleaned_data["keep"])
        except NotAllowed as refused:
            return conflict_page(request, str(refused), url=url, mine=[])
        messages.success(request, _("Die Vollmacht ist eingeschränkt. Das gilt ab sofort."))
        return HttpResponseRedirect(url)
    return render(request, "roundtable/vollmacht/narrow.html", {"vollmacht": row, "form": form})


# In a case ------------------------------------------------------------------------------------------------------


def fill(case: Case, actor: Actor) -> dict[str, Any]:
    """The tab of a case: the Vollmacht on which it rests, as far as the reader may know, and what can be done."""
    rows = Vollmacht.objects.visible_to(actor).select_related("person", "institution", "scan")
    rows = rows.prefetch_related("lines__institution", "lines__ended_by")
    row = rows.filter(pk=case.vollmacht_id).first() if case.vollmacht_id else None
    offers = workflow.available(case, actor, tab=VOLLMACHT)
    narrow = any(offer.transition.name == "narrow_vollmacht" and offer.allowed for offer in offers)
    found = consenting.shown(row, may_narrow=narrow, case=case) if row is not None else {"vollmacht": None}
    steps = []
    for offer in offers:
        name = offer.transition.name
        url = reverse("core:action", args=[case.number, name])
        if name == "renew_vollmacht" and not any(
            paper.pk != case.vollmacht_id for paper in recorded(actor, case.person)
        ):
            url = f"{reverse('roundtable:vollmacht_new')}?fall={case.number}"  # there is none to choose from
        if name != "narrow_vollmacht":
            steps.append((offer, url))
    return {**found, "steps": steps}


TAB = {VOLLMACHT: (gettext_lazy("Vollmacht"), "roundtable/case_vollmacht.html", fill)}
