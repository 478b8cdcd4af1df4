"""Saying who is absent and who stands in: for oneself, and by contact persons for their institution."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import absences, inbox
from ..actor import Actor
from ..forms.work import AbsenceForm
from ..http import Request, onward
from ..keeping import manages
from ..workflow import NotAllowed
from .fetch import acting
from .marks import writes


@writes
def absence_new(request: Request) -> HttpResponse:
    """Enter an absence with its deputy."""
    actor = acting(request)
    if not absences.may_enter(actor, actor.user):
        raise NotAllowed(_("Ihre Rolle liest mit: auf Sie wartet nichts, das jemand vertreten müsste."))
    form = AbsenceForm(request.POST or None, actor=actor)
    keeps = manages(actor, actor.institution)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = absences.enter(actor, form.absent_user, data["deputy"], data["valid_from"], data["valid_until"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            names = {"absent": row.absent, "deputy": row.deputy, "period": absences.period(row)}
            messages.success(request, _("%(deputy)s vertritt %(absent)s: %(period)s.") % names)
            other = absences.also_deputy(actor.institution, row.absent, row.valid_from, data["valid_until"])
            if other is not None:
                sentence = _("%(absent)s vertritt in dieser Zeit %(other)s. Das übernimmt dann niemand.")
                messages.warning(request, sentence % {"absent": row.absent, "other": other.absent})
            return HttpResponseRedirect(_back(request, actor))
    context = {
        "institution": actor.institution,
        "title": _("Abwesenheit und Stellvertretung"),
        "lead": (
            _("Während dieser Zeit sieht die Stellvertretung, was auf die abwesende Person wartet.")
            if keeps
            else _("Während dieser Zeit sieht Ihre Stellvertretung, was auf Sie wartet.")
        ),
        "form": form,
        "button": _("Eintragen"),
        "back": _back(request, actor),
    }
    return render(request, "core/members_form.html", context)


@writes
def absence_end(request: Request, pk: int) -> HttpResponse:
    """Somebody is back, or does not go at all."""
    actor = acting(request)
    row = get_object_or_404(absences.not_over(actor.institution), pk=pk)
    if not absences.may_enter(actor, row.absent):
        raise NotAllowed(_("Das können diese Person selbst und die Ansprechpersonen Ihrer Institution."))
    if request.method == "POST":
        absences.end(actor, row)
        messages.success(request, _("Die Stellvertretung für %(name)s ist beendet.") % {"name": row.absent})
        return HttpResponseRedirect(_back(request, actor))
    context = {
        "institution": actor.institution,
        "title": _("Stellvertretung für %(name)s beenden?") % {"name": row.absent},
        "lead": _("%(period)s, vertreten durch %(deputy)s. Sie endet sofort.")
        % {"period": absences.period(row), "deputy": row.deputy},
        "button": _("Stellvertretung beenden"),
        "danger": True,
        "back": _back(request, actor),
    }
    return render(request, "core/members_form.html", context)


def _back(request: Request, actor: Actor) -> str:
    return onward(request, reverse("core:inbox" if inbox.sees(actor) else "core:tasks"))
