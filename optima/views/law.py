"""Rechtsgrundlagen: what the law must allow, where it stands, what hangs on it (NFR-08, CON-24, CON-44)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core.http import Request
from iiz.core.templatetags.ui import day
from iiz.core.versions import ONE_DAY
from iiz.core.views.coordination import coordinator
from iiz.core.views.fetch import acting
from iiz.core.views.marks import reads, writes

from .. import law as register
from ..enums import LegalState
from ..forms.law import DecisionForm
from ..models import LegalPrecondition

MARKS = {LegalState.MET: "ok", LegalState.OPEN: "wait", LegalState.REFUSED: "stop"}


@reads
def law(request: Request) -> HttpResponse:
    """The register, for whoever works with cases; the coordination office finds the buttons here."""
    actor = acting(request)
    found = register.register(timezone.localdate())
    marks = [MARKS[LegalState(entry.row.status)] if entry.row else "stop" for entry in found.entries]
    context = {
        "register": found,
        "entries": list(zip(found.entries, marks, strict=True)),
        "keeps": actor.is_coordination,
    }
    return render(request, "optima/law.html", context)


@writes
def decision(request: Request, code: str) -> HttpResponse:
    """Record a decision on one precondition; what was typed stays when something is wrong."""
    actor = coordinator(request)
    entry = register.known(code, timezone.localdate())
    if entry is None:
        raise Http404
    known = next(iter((*filter(None, [entry.row]), *entry.coming, *entry.earlier)), None)
    form = DecisionForm(request.POST or None, row=known, held=entry.row)
    if request.method == "POST" and form.is_valid():
        try:
            new = register.decide(code, actor, form.cleaned_data)
        except ValidationError as wrong:
            for name, sentences in wrong.message_dict.items():
                form.add_error(name if name in form.fields else None, sentences)
        else:
            messages.success(request, _told(new))
            return HttpResponseRedirect(f"{reverse('optima:law')}#{code}")
    context = {"form": form, "entry": entry, "back": f"{reverse('optima:law')}#{code}"}
    return render(request, "optima/law_decision.html", context)


def _told(new: LegalPrecondition) -> str:
    """What has been recorded: the status with its time, and what follows where another entry comes after it."""
    words = _("Festgehalten: «%(title)s» gilt ab dem %(day)s als %(status)s.")
    eve = LegalPrecondition.objects.filter(code=new.code).valid_on(new.valid_from - ONE_DAY).first()
    if eve is not None and eve.status == new.status:
        words = _("Festgehalten: «%(title)s» gilt weiterhin als %(status)s, ab dem %(day)s mit den neuen Angaben.")
    values = {"title": new.title, "day": day(new.valid_from), "status": new.get_status_display()}
    told = words % values
    if new.valid_until is not None:
        told += " " + _("Das gilt bis zum %(day)s; danach gilt, was dafür schon festgehalten ist.") % {
            "day": day(new.valid_until)
        }
    return told
