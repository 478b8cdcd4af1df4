"""Putting a Pendenz off, and showing it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import audit, snoozing
from ..actor import Actor
from ..conflicts import conflict_page, typed_in
from ..forms.work import PutOffForm
from ..http import Request, onward
from ..models import AuditEntry, Task
from ..workflow import Conflict, NotAllowed
from .fetch import acting
from .marks import writes
from .work import case_title, waiting_row


def _task(request: Request, pk: int) -> tuple[Task, Actor]:
    """A Pendenz of the own institution on a visible case, done or not; 404 for any other, 403 for somebody else's."""
    actor = acting(request)
    task = get_object_or_404(Task.objects.visible_to(actor).select_related("case__person"), pk=pk)
    reason = "" if task.done_at else snoozing.refusal(task, actor)
    if reason:
        raise NotAllowed(reason)
    return task, actor


@writes
def put_off(request: Request, pk: int) -> HttpResponse:
    """Ask until when and why; a Pendenz that was done or put off meanwhile answers with what holds now."""
    task, actor = _task(request, pk)
    form = PutOffForm(request.POST or None, task=task)
    if task.done_at is not None:
        return _overtaken(request, task, _("Diese Pendenz ist inzwischen erledigt."), form)
    if snoozing.is_put_off(task):
        return _overtaken(request, task, _("Diese Pendenz ist inzwischen bereits zurückgestellt."), form)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["until"]
        try:
            snoozing.put_off(actor, task, day, form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error("until", error)
        except Conflict as conflict:
            return _overtaken(request, task, conflict.sentence, form)
        else:
            sentence = _("Die Pendenz ist zurückgestellt. Am %(day)s steht sie wieder in der Liste.")
            messages.success(request, sentence % {"day": f"{day:%d.%m.%Y}"})
            return HttpResponseRedirect(onward(request, reverse("core:tasks")))
    context = _context(task, actor) | {"form": form, "last": snoozing.latest(task)}
    context |= {"longest": snoozing.LONGEST, "beyond": snoozing.BEYOND}
    return render(request, "core/put_off.html", context)


@writes
def take_up(request: Request, pk: int) -> HttpResponse:
    """Show a Pendenz again before its day."""
    task, actor = _task(request, pk)
    if task.done_at is not None:
        return _overtaken(request, task, _("Diese Pendenz ist inzwischen erledigt."))
    if request.method == "POST":
        try:
            snoozing.take_up(actor, task)
        except Conflict as conflict:
            return _overtaken(request, task, conflict.sentence)
        messages.success(request, _("Die Pendenz steht wieder in der Liste."))
        return HttpResponseRedirect(onward(request, reverse("core:tasks")))
    return render(request, "core/take_up.html", _context(task, actor))


def _context(task: Task, actor: Actor) -> dict[str, Any]:
    title = case_title(task.case, actor)
    kicker = " · ".join(part for part in (task.case.number, title) if part)
    return {"task": task, "what": waiting_row(task).label, "kicker": kicker, "back": reverse("core:tasks")}


def _overtaken(request: Request, task: Task, sentence: str, form: PutOffForm | None = None) -> HttpResponse:
    """Somebody was faster: what was typed beside what holds now."""
    now = Task.objects.select_related("snoozed_by").get(pk=task.pk)
    theirs = [(_("Pendenz"), str(waiting_row(task).label))]
    if now.done_at is None and snoozing.is_put_off(now):
        theirs += [
            (_("Zurückgestellt bis"), f"{now.snoozed_until:%d.%m.%Y}"),
            (_("Grund"), now.snooze_reason),
            (_("Von"), str(now.snoozed_by)),
        ]
    last = AuditEntry.objects.filter(stream=audit.case_stream(task.case.number)).last()
    mine = typed_in(form) if form is not None and form.is_bound else []
    url = reverse("core:tasks")
    return conflict_page(request, sentence, case=task.case, last=last, mine=mine, theirs=theirs, url=url)
