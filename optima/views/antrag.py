"""The Antrag on one page: write, save by itself, submit, throw away (UX-01)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import audit, workflow
from iiz.core.actor import Actor, members
from iiz.core.enums import WORKING_ROLES, Phase
from iiz.core.http import Request
from iiz.core.models import AuditEntry, Case, Institution, Person
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import writes

from .. import actions, drafts, phrases, prefill
from ..effects.ruling import waits_for_ruling
from ..enums import OptimaState
from ..forms.sheet import Sheet
from ..offices import OfficeSheet, describe

SECTIONS = (
    ("person", gettext_lazy("Person")),
    ("stelle", gettext_lazy("An welche Stelle")),
    ("leistungen", gettext_lazy("Leistungen und IV")),
    ("voraussetzungen", gettext_lazy("Voraussetzungen")),
    ("ziele", gettext_lazy("Ausgangslage und Ziele")),
    ("kontakt", gettext_lazy("Kontakt und Einverständnis")),
)
JUDGE = "pruefen"
"""In the address of a draft: show what is missing or wrong, as after a refused submit."""
PARTS = {"stand": "_gaps.html", "geprueft": "_found.html", "regeln": "_saying.html"}
"""Elements of the page that the autosave brings up to date, and their templates."""
ANCHORS = {"add_goal": "ziele", "remove_goal": "ziele", "pick": "person", "office": "stelle", "save": "abschluss"}


@writes
def new(request: Request) -> HttpResponse:
    """GET shows the page, with what the Wegweiser knows, and writes nothing; the first save begins the draft."""
    actor = acting(request)
    reason = actions.begin_refusal(actor)
    if reason:
        raise workflow.NotAllowed(reason)
    if request.method != "POST":
        return _page(request, actor, None, _first_answers(request, actor), form_key=str(uuid.uuid4()))
    answers, do = _answers(request, _first_answers(request, actor), actor, actor.institution)
    key = drafts.key_from(request.POST.get("key", ""))
    if drafts.is_blank(answers, actor):
        if _autosaves(request):
            return JsonResponse({"saved": _clock(), "fields": {}})
        judge = do == "submit"
        return _page(request, actor, None, answers, form_key=str(key), judge=judge)
    case = actions.begin(actor, key)
    return _write(request, actor, case, answers, do, str(key))


def _first_answers(request: Request, actor: Actor) -> dict[str, Any]:
    """What the page begins with; all that the Wegweiser brings stands in fields, so that the first save sends it."""
    answers = drafts.first_answers(actor)
    if request.GET:
        answers |= prefill.first_answers(request.GET, actor)
        drafts.settle_office(answers, actor.institution, "contractor_group")
    return answers


@writes
def antrag(request: Request, number: str) -> HttpResponse:
    """Write on in a draft; what is submitted is read on the page of the case."""
    case, actor = visible_case(request, number), acting(request)
    if case.service != "optima" or (case.phase != Phase.DRAFT and request.method != "POST"):
        return HttpResponseRedirect(case.get_absolute_url())
    if request.method == "POST":
        answers, do = _answers(request, case.draft, actor, case.registering_institution)
        return _write(request, actor, case, answers, do, request.POST.get("key", ""))
    audit.log_read(actor, case, _("Entwurf des Antrags"))
    try:
        workflow.check(case, "submit", actor)
    except workflow.NotAllowed as refused:
        return _read_only(request, actor, case, str(refused))
    answers = actions.typed(case.draft)
    return _page(request, actor, case, answers, form_key=str(uuid.uuid4()), judge=JUDGE in request.GET)


save = antrag
"""The address of the autosave; the same rules, answered as JSON where the script asks for it."""


def _answers(
    request: Request, stored: dict[str, Any], actor: Actor, principal: Institution
) -> tuple[dict[str, Any], str]:
    """What was typed, with what the pressed button does to it; and the button's name."""
    answers = drafts.merge(stored, request.POST)
    do, _colon, which = request.POST.get("do", "save").partition(":")
    if do == "add_goal":
        drafts.add_goal(answers)
    elif do == "remove_goal":
        drafts.remove_goal(answers, which)
    elif do == "pick":
        person = get_object_or_404(Person.objects.visible_to(actor), pk=int(which) if which.isdecimal() else 0)
        drafts.take_person(answers, person)
        source = Case.objects.visible_to(actor).filter(person=person).order_by("-arrived_on", "-pk").first()
        if source is not None:
            audit.log_read(actor, source, _("Personalien für einen Antrag"))
    elif do == "office":
        drafts.settle_office(answers, principal, "contractor_group")
    return answers, do


def _write(request: Request, actor: Actor, case: Case, answers: dict[str, Any], do: str, form_key: str) -> HttpResponse:
    """Save, then do what the button asks; nothing typed is lost whatever happens."""
    try:
        case = actions.save(case, actor, answers, version=_version(request), form_key=form_key)
    except actions.TooLong:
        return _too_long(request, actor, case, answers, form_key)
    except workflow.Conflict as conflict:
        return _conflict(request, actor, conflict.case, answers, conflict.sentence)
    except workflow.NotAllowed:
        case.refresh_from_db()
        if case.phase == Phase.DRAFT:
            raise
        return _handed_over(request, actor, case, answers, do)
    if _autosaves(request):
        return _saved(request, actor, case, answers)
    if do == "submit":
        return _submit(request, actor, case, answers, form_key)
    return HttpResponseRedirect(f"{_address(case)}#{ANCHORS.get(do, 'person')}")


def _handed_over(request: Request, actor: Actor, case: Case, answers: dict[str, Any], do: str) -> HttpResponse:
    """A draft that is none any more: my own second click leads to the case, anything else typed is shown (409)."""
    last = AuditEntry.objects.filter(stream=audit.case_stream(case.number), verb="case_submit").first()
    if do == "submit" and last is not None and last.user_id == actor.user.pk:
        messages.info(request, _("Dieser Antrag ist bereits eingereicht. Hier sehen Sie, wo er steht."))
        return HttpResponseRedirect(case.get_absolute_url())
    sentence = _("Dieser Antrag wurde eingereicht, während Sie daran schrieben. Er lässt sich nicht mehr ändern.")
    if _autosaves(request):
        return JsonResponse({"sentence": sentence}, status=409)
    theirs = [(_("Status"), workflow.state_of(case).label)]
    if last is not None:
        theirs.append((_("Eingereicht von"), f"{last.user_name}, {timezone.localtime(last.at):%d.%m.%Y %H:%M}"))
    sheet = Sheet.judged(answers, actor, case.registering_institution, case)
    conflict = {
        "sentence": sentence,
        "mine": drafts.labelled(answers, sheet),
        "theirs": theirs,
        "url": case.get_absolute_url(),
    }
    return render(request, "409.html", {"conflict": conflict}, status=409)


def _submit(request: Request, actor: Actor, case: Case, answers: dict[str, Any], form_key: str) -> HttpResponse:
    sheet = Sheet.judged(answers, actor, case.registering_institution, case)
    if not sheet.complete and request.path != _address(case):
        # The draft has an address by now: reloading must show it, not an empty Antrag.
        return HttpResponseRedirect(f"{_address(case)}?{JUDGE}")
    if not sheet.complete:
        return _page(request, actor, case, answers, form_key=form_key, sheet=sheet)
    data = sheet.answers()
    try:
        submitted = actions.submit(case, actor, data)
    except workflow.NotAllowed as refused:
        # What changed since the page was judged is usually known to the form, which says it with a link.
        sheet = Sheet.judged(answers, actor, case.registering_institution, case)
        if sheet.complete:
            sheet.form.add_error(None, str(refused))
        return _page(request, actor, case, answers, form_key=form_key, sheet=sheet)
    except workflow.Conflict as conflict:
        if conflict.case.phase == Phase.DRAFT:
            return _conflict(request, actor, conflict.case, answers, conflict.sentence)
    else:
        messages.success(request, _handed_in(submitted))
    return HttpResponseRedirect(case.get_absolute_url())


def _handed_in(case: Case) -> str:
    """Who has to do something now: the office that is asked, or first the coordination office (GRP-20, CON-44)."""
    if waits_for_ruling(case):
        return _(
            "Der Antrag ist eingereicht. Zuerst entscheidet die IIZ-Koordinationsstelle, ob Optima hier möglich ist; "
            "Sie erhalten eine Nachricht, sobald sie entschieden hat."
        )
    words = _(
        "Der Antrag ist eingereicht. Die angefragte Stelle (%(office)s) ist benachrichtigt; Sie erhalten eine "
        "Nachricht, sobald sich etwas ändert."
    )
    return words % {"office": case.antrag.contractor}


def _page(
    request: Request,
    actor: Actor,
    case: Case | None,
    answers: dict[str, Any],
    *,
    form_key: str,
    judge: bool = False,
    sheet: Sheet | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    principal = case.registering_institution if case else actor.institution
    judged = sheet or Sheet.judged(answers, actor, principal, case)
    complains = bool(sheet or judge)
    shown = judged if complains else Sheet.shown(answers, actor, principal, case, judged)
    context = {
        "case": case,
        "number": case.number if case else "",
        "principal": principal,
        "lead": case.lead_user if case else actor.user,
        "goals": shown.goals,
        "asked": office_sheet(answers, principal),
        "sections": [{"id": name, "label": label} for name, label in SECTIONS],
        "problems": judged.problems() if complains else [],
        "form_key": form_key,
        "version": case.version if case else 0,
        "saved_at": _saved_at(case),
        "save_url": reverse("optima:save", args=[case.number]) if case else reverse("optima:new"),
        "address": _address(case) if case else reverse("optima:new"),
        "brought": "" if case else prefill.again(request.GET),
        "colleagues": [user for user in members(principal, WORKING_ROLES) if user != actor.user],
        "problem": problem,
        **said(judged),
        **asked(shown),
    }
    return render(request, "optima/antrag.html", context, status=status)


def said(sheet: Sheet) -> dict[str, Any]:
    """The parts of the page that hold no fields: what is missing, what was found out, what the rules say."""
    return {
        "gaps": sheet.gaps(),
        "hindrances": sheet.hindrances(),
        "found": sheet.criteria.found(sheet.judgement),
        "saying": phrases.saying(sheet.judgement),
    }


def asked(sheet: Sheet) -> dict[str, Any]:
    """The parts of the page whose fields depend on the office that is asked."""
    further = sheet.further()
    return {
        "form": sheet.form,
        "criteria": sheet.criteria.asked(),
        "extra": sheet.criteria.conditional(sheet.judgement),
        "notes": sheet.criteria.notes(),
        "kept": sheet.criteria.kept(),
        "deciding": sheet.deciding(),
        "further": further,
        "further_open": any(field.value() or field.errors for field in further),
    }


def _shown(sheet: Sheet) -> dict[str, bool]:
    """Which fields and remarks count by now: the page shows them without asking for them again."""
    found = {f"feld-{fact.field.name}": fact.shown for fact in sheet.deciding()}
    found |= {f"feld-{field.name}": shown for field, shown in sheet.criteria.conditional(sheet.judgement)}
    return found | {f"neu-{line.criterion.pk}": line.changed for line in sheet.criteria.asked()}


def office_sheet(answers: dict[str, Any], principal: Institution, changed: str = "") -> OfficeSheet:
    """What stands beside the choice of a contractor; may fill in kind and name in ``answers``."""
    kept = dict(answers)
    proposal = drafts.settle_office(answers if changed else kept, principal, changed)
    group = str((answers if changed else kept).get("contractor_group", ""))
    contractor = drafts.contractor_of(answers, principal)
    return describe(group, contractor, principal, timezone.localdate(), proposal)


def _read_only(request: Request, actor: Actor, case: Case, reason: str) -> HttpResponse:
    """A draft of the own institution for somebody who may not write in it."""
    return render(
        request, "optima/draft_read.html", {"case": case, "reason": reason, "blocks": drafts.blocks(case, actor)}
    )


def _saved(request: Request, actor: Actor, case: Case, answers: dict[str, Any]) -> JsonResponse:
    """The autosave's answer: time, version, addresses, what is still missing, and what the rules say by now."""
    sheet = Sheet.judged(answers, actor, case.registering_institution, case)
    context = said(sheet)
    return JsonResponse(
        {
            "saved": _clock(),
            "fields": {"version": str(case.version)},
            "url": _address(case),
            "autosave": reverse("optima:save", args=[case.number]),
            "parts": {
                name: render_to_string(f"optima/{template}", context, request=request)
                for name, template in PARTS.items()
            },
            "shown": _shown(sheet),
        }
    )


def _conflict(request: Request, actor: Actor, case: Case, answers: dict[str, Any], sentence: str) -> HttpResponse:
    """409 with both versions in words."""
    if _autosaves(request):
        return JsonResponse({"sentence": sentence}, status=409)
    sheet = Sheet.judged(answers, actor, case.registering_institution, case)
    saved = _saved_at(case)
    last = f"{case.draft.get('_by', '')}, {saved:%d.%m.%Y %H:%M}" if saved else ""
    conflict = {
        "sentence": sentence,
        "mine": drafts.labelled(answers, sheet),
        "theirs": [*drafts.labelled(actions.typed(case.draft), sheet), (_("Zuletzt gespeichert"), last)],
        "url": _address(case),
    }
    return render(request, "409.html", {"conflict": conflict}, status=409)


def _too_long(request: Request, actor: Actor, case: Case, answers: dict[str, Any], form_key: str) -> HttpResponse:
    """More than a draft can hold: not saved, all of it shown again."""
    sentence = _(
        "Nicht gespeichert: Der Antrag hat zusammen mehr als %(limit)s Zeichen. Bitte kürzen Sie die Texte."
    ) % {"limit": number_format(actions.MOST, force_grouping=True)}
    if _autosaves(request):
        return JsonResponse({"sentence": sentence}, status=413)
    return _page(request, actor, case, answers, form_key=form_key, judge=True, problem=sentence, status=413)


@writes
def discard(request: Request, number: str) -> HttpResponse:
    """Ask, then delete a draft for good; its number is not given out again."""
    case, actor = visible_case(request, number), acting(request)
    if case.service != "optima" or case.state != OptimaState.DRAFT:
        return HttpResponseRedirect(case.get_absolute_url())
    workflow.check(case, "submit", actor)
    if request.method == "POST":
        actions.discard(case, actor)
        messages.success(request, _("Der Entwurf %(number)s ist verworfen.") % {"number": number})
        return HttpResponseRedirect(reverse("core:cases"))
    return render(request, "optima/discard.html", {"case": case})


def _address(case: Case) -> str:
    return reverse("optima:antrag", args=[case.number])


def _version(request: Request) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _autosaves(request: Request) -> bool:
    return request.headers.get("X-Requested-With") == "autosave"


def _clock() -> str:
    return f"{timezone.localtime():%H:%M}"


def _saved_at(case: Case | None) -> dt.datetime | None:
    text = case.draft.get("_at") if case else None
    return timezone.localtime(dt.datetime.fromisoformat(text)) if text else None
