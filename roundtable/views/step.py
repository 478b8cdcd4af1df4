"""One step of the Handlungsplan: how it stands, said with one click from the mail (RT-17)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from iiz.core import audit
from iiz.core.actor import Actor
from iiz.core.conflicts import conflict_page, typed_in
from iiz.core.http import Request
from iiz.core.templatetags.ui import day
from iiz.core.views.fetch import acting
from iiz.core.views.marks import writes
from iiz.core.workflow import Conflict, NotAllowed

from .. import course, seating, steps
from ..enums import PlanState, StepState
from ..forms.following import StepForm
from ..models import Step


@writes
def step(request: Request, pk: int) -> HttpResponse:
    """What the step is, what it waits for, and a button for each way in which it can stand."""
    actor = acting(request)
    row = steps.visible(pk, actor)
    if row is None:
        raise Http404
    if not actor.works_on_cases and not actor.is_coordination:
        raise NotAllowed(steps.refusal(row, actor))
    form = StepForm(request.POST or None, initial={"seen": steps.mark(row)})
    if request.method == "POST" and form.is_valid():
        try:
            steps.report(row, actor, **form.cleaned_data)
        except (Conflict, NotAllowed) as stopped:
            return _stopped(request, row, actor, form, stopped)
        messages.success(request, _("Der Stand ist festgehalten. Alle, die den Schritt kennen, sehen ihn."))
        return HttpResponseRedirect(request.path)
    audit.log_read(actor, row.plan.case, _("Schritt des Handlungsplans"))
    context = {
        "case": row.plan.case,
        "row": row,
        "form": form,
        "reason": steps.refusal(row, actor),
        "mark": course.MARKS[StepState(row.status)],
        "facts": _facts(row, actor),
        "reports": row.reports.select_related("written_by", "institution"),
        "choices": [(value, label) for value, label in StepState.choices if value != row.status],
        "current": _current(row),
        "back": reverse("core:case_tab", args=[row.plan.case.number, "plan"]),
    }
    return render(request, "roundtable/step.html", context)


def _stopped(request: Request, row: Step, actor: Actor, form: StepForm, stopped: Exception) -> HttpResponse:
    """Nothing is noted: why, what was typed, and the step that holds now."""
    sentence = stopped.sentence if isinstance(stopped, Conflict) else str(stopped)
    fresh = steps.visible(row.pk, actor)
    if isinstance(stopped, NotAllowed) and (fresh is None or not steps.hindrance(fresh)):
        raise stopped
    assert fresh is not None
    url = _current(fresh) or request.path
    now = [(_("Stand"), fresh.get_status_display())]
    last = fresh.reports.select_related("written_by", "institution").first()
    if last is not None:
        who = f"{day(last.written_at)}, {last.written_by.get_full_name()}, {last.institution.name}"
        now += [(_("Zuletzt"), who), *([(_("Bemerkung"), last.note)] if last.note else [])]
    return conflict_page(
        request, sentence, mine=typed_in(form), theirs=now, url=url, title=_("Nichts ist festgehalten")
    )


def _current(row: Step) -> str:
    """The address of the same step in the plan in force; empty where there is none, or this is it."""
    found = steps.current(row) if row.plan.state != PlanState.FINAL else None
    return reverse("roundtable:step", args=[found.pk]) if found is not None else ""


def _facts(row: Step, actor: Actor) -> list[tuple[Any, Any]]:
    """Who does it, out of which offer, who pays, from when until when, after what."""
    case = row.plan.case
    before = row.after
    after = ""
    if before is not None:
        what = before.what if steps.reads(case, before, actor) else _("Schritt %(n)s") % {"n": before.position}
        after = f"{what} ({before.get_status_display()})"
    found = [
        (_("Wer"), seating.named(case, row.owner, actor)),
        (_("Angebot"), str(row.offer) if row.offer is not None else ""),
        (_("Zahlt"), row.payer.name if row.payer is not None else row.payer_text),
        (_("Ab"), day(row.starts_on) if row.starts_on else ""),
        (_("Bis"), day(row.due_on)),
        (_("Nach"), after),
    ]
    return [(label, value) for label, value in found if value]
