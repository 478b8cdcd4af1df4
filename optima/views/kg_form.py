"""The form of a Kostengutsprache on one page: write, check, ask for (KG-03, KG-06)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iiz.core import audit, drafting
from iiz.core.actor import Actor
from iiz.core.conflicts import conflict_page, typed_in
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.templatetags.ui import chf, day
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import writes
from iiz.core.workflow import NotAllowed

from ..enums import KostengutspracheState as S
from ..forms.kostengutsprache import RequestForm, prefilled, typed_again
from ..kostengutsprache import actions, letters, need, person, signing
from ..models import Kostengutsprache

GROUPS = {"RAV": "RAV", "IV": "IV", "SH": "Sozialdienst"}
LOOK, SAVE, ASK = "look", "save", "request"


@writes
def new(request: Request, number: str) -> HttpResponse:
    """GET shows the form and writes nothing; ``?folgt=`` begins with what goes on or changes."""
    case, actor = _optima(visible_case(request, number)), acting(request)
    reason = actions.may_begin(case, actor)
    if reason:
        raise NotAllowed(reason)
    follows = _followed(case, actor, request.GET.get("folgt", "") or request.POST.get("folgt", ""))
    if request.method == "POST":
        return _send(request, case, actor, None, follows)
    form = RequestForm(case=case, actor=actor, initial=prefilled(case, follows))
    return _page(request, case, form, None, follows, key=str(uuid.uuid4()))


@writes
def edit(request: Request, pk: int) -> HttpResponse:
    """Write on in a draft; what is asked for is read on its own page."""
    actor = acting(request)
    row = get_object_or_404(Kostengutsprache.objects.visible_to(actor).select_related("case", "follows"), pk=pk)
    if row.state != S.DRAFT and request.method != "POST":
        return HttpResponseRedirect(reverse("optima:kostengutsprache", args=[pk]))
    case = visible_case(request, row.case.number)
    if request.method == "POST":
        return _send(request, case, actor, row, row.follows)
    reason = actions.may_begin(case, actor)
    if reason:
        raise NotAllowed(reason)
    audit.log_read(actor, case, _("Entwurf einer Kostengutsprache"))
    form = RequestForm(case=case, actor=actor, initial=typed_again(row))
    return _page(request, case, form, row, row.follows, key=str(row.form_key or uuid.uuid4()))


def _optima(case: Case) -> Case:
    if case.service != "optima":
        raise Http404
    return case


def _followed(case: Case, actor: Actor, text: str) -> Kostengutsprache | None:
    """What is extended or changed: one of mine on this case that was promised or has lapsed."""
    if not text.isdecimal():
        return None
    rows = Kostengutsprache.objects.visible_to(actor).filter(case=case, requester=actor.institution)
    return rows.exclude(content_hash="").exclude(state__in=[S.DRAFT, S.REQUESTED]).filter(pk=int(text)).first()


def _send(
    request: Request, case: Case, actor: Actor, row: Kostengutsprache | None, follows: Kostengutsprache | None
) -> HttpResponse:
    """Save what was typed, then ask for it if that was the button; nothing typed is lost."""
    known = persons(case, follows, row)
    form = RequestForm(fitting(request.POST, known), case=case, actor=actor)
    do, key = request.POST.get("do", SAVE), drafting.key_from(request.POST.get("key", ""))
    if do == LOOK:
        form = RequestForm(case=case, actor=actor, initial={name: form.data.get(name, "") for name in form.base_fields})
        return _page(request, case, form, row, follows, key=str(key))
    columns = form.columns() | {"follows": follows}
    version = request.POST.get("version") if row is not None else None
    try:
        saved = actions.draft(case, actor, columns, row, key=key, version=version)
        person.complete(case, actor, form.cleaned_data)
    except actions.Overtaken as late:
        return _overtaken(request, case, actor, form, row, key, str(late))
    if do != ASK:
        messages.success(request, _("Der Entwurf ist gespeichert. Nur Ihre Stelle sieht ihn."))
        return HttpResponseRedirect(reverse("optima:kg_edit", args=[saved.pk]))
    if form.is_valid():
        try:
            asked = actions.ask_for(saved, actor, claim_ended=bool(form.cleaned_data.get("claim_ended")))
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _asked(asked))
            return HttpResponseRedirect(reverse("optima:kostengutsprache", args=[asked.pk]))
    return _page(request, case, form, saved, follows, key=str(key))


def _asked(row: Kostengutsprache) -> str:
    """What happens now, and until when."""
    _words, last = letters.term(row)
    values = {"number": row.number, "payer": row.payer_name, "day": day(last)}
    if last is None:
        return _("Kostengutsprache %(number)s ist beantragt. %(payer)s ist benachrichtigt.") % values
    words = _("Kostengutsprache %(number)s ist beantragt. %(payer)s ist benachrichtigt und hat bis am %(day)s Zeit.")
    return words % values


def _overtaken(
    request: Request,
    case: Case,
    actor: Actor,
    form: RequestForm,
    row: Kostengutsprache | None,
    key: uuid.UUID,
    sentence: str,
) -> HttpResponse:
    """My own second click leads to what is there; what a colleague did meanwhile is shown beside mine (409)."""
    mine = Kostengutsprache.objects.filter(case=case, requester=actor.institution)
    now = mine.filter(pk=row.pk).first() if row is not None else mine.filter(form_key=key).first()
    assert now is not None  # it was there a moment ago
    url = reverse("optima:kostengutsprache", args=[now.pk])
    if now.state != S.DRAFT and now.requested_by == actor.user and request.POST.get("do") == ASK:
        messages.info(request, _("Diese Kostengutsprache ist bereits beantragt. Hier sehen Sie, wo sie steht."))
        return HttpResponseRedirect(url)
    theirs = [(_("Status"), now.get_state_display()), (_("Massnahme"), now.measure), (_("Kosten"), chf(now.amount))]
    theirs += [(_("Dauer"), letters.period_of(now)), (_("Zuletzt"), str(now.drafted_by or ""))]
    return conflict_page(request, sentence, mine=typed_in(form), theirs=[line for line in theirs if line[1]], url=url)


def _page(
    request: Request,
    case: Case,
    form: RequestForm,
    row: Kostengutsprache | None,
    follows: Kostengutsprache | None,
    *,
    key: str,
) -> HttpResponse:
    """The form, and beside it what it comes to."""
    sketch = form.sketch()
    people = signers(sketch)
    context = {
        "case": case,
        "form": form,
        "payer_was": form["payer"].value(),
        "kg": row,
        "follows": follows,
        "key": key,
        "version": actions.version_of(row) if row is not None else "",
        "address": reverse("optima:kg_edit", args=[row.pk]) if row else reverse("optima:kg_new", args=[case.number]),
        "back": reverse("core:case_tab", args=[case.number, "kostengutsprachen"]),
        "sketch": sketch,
        "promise": letters.promise(sketch),
        "no_expenses": letters.no_expenses(),
        "term": letters.term(sketch)[0],
        "signers": people,
        "some_may_sign": any(not reason for _row, reason in people),
        "elsewhere": [GROUPS[group] for group in need.entitled_elsewhere(case)],
        "incomplete": person.missing(case),
    }
    return render(request, "optima/kg_form.html", context)


def persons(case: Case, follows: Kostengutsprache | None, row: Kostengutsprache | None) -> dict[str, str]:
    """Who is in charge at an office that pays, as far as it is known: by the key of the office as the form has it."""
    begins = [prefilled(case, None), *([prefilled(case, follows)] if follows is not None else [])]
    found = {str(begin["payer"]): begin["payer_person"] for begin in begins}
    if row is not None and row.payer_person:
        found[str(row.payer_id)] = row.payer_person
    return found


def fitting(data: QueryDict, known: dict[str, str]) -> QueryDict:
    """What was sent; who is in charge at an office (``known``) goes and comes with that office, what was typed stays.

    ``payer_was`` is the office that the form was shown with.
    """
    payer, before, name = (data.get(key, "") for key in ("payer", "payer_was", "payer_person"))
    if before in ("", payer) or name not in ("", known.get(before, "")):
        return data
    sent = data.copy()
    sent["payer_person"] = known.get(payer, "")
    return sent


def signers(row: Kostengutsprache) -> list[tuple[Any, str]]:
    """Who stands on the payer's list today, with the reason where this amount is not theirs to sign."""
    return [(found, signing.refusal(row, found, row.payer)) for found in signing.listed(row.payer)]
