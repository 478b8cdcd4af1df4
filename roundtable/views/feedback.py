"""The pages of feedback: given by an office or behind a link, read by the coordination office (RT-23)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import guests
from iiz.core.conflicts import conflict_page, typed_in
from iiz.core.http import Request
from iiz.core.models import GuestLink
from iiz.core.registry import GuestPurpose
from iiz.core.views.coordination import coordinator
from iiz.core.views.fetch import acting
from iiz.core.views.marks import reads, writes
from iiz.core.workflow import Conflict, NotAllowed

from .. import feedback
from ..effects.feedback import FEEDBACK
from ..enums import ParticipantKind
from ..forms.feedback import FeedbackForm

OFFICE_LINK = (gettext_lazy("Rückmeldungen"), "roundtable:feedback_answers")


@writes
def give(request: Request, pk: int) -> HttpResponse:
    """What an office says of a meeting, once; afterwards nobody can look it up here."""
    actor = acting(request)
    row = feedback.of_office(actor, pk)
    if not actor.works_on_cases:
        raise NotAllowed(_("Ihre Rolle erlaubt das nicht. Antworten können die Personen, die in Fällen arbeiten."))
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    case = row.meeting.case
    if request.method == "POST" and form.is_valid():
        try:
            feedback.give(row, form.cleaned_data)
        except (Conflict, NotAllowed) as stopped:
            sentence = stopped.sentence if isinstance(stopped, Conflict) else str(stopped)
            title = _("Nichts ist gesendet")
            return conflict_page(request, sentence, mine=typed_in(form), theirs=[], url=request.path, title=title)
        messages.success(request, _("Danke, Ihre Rückmeldung ist angekommen."))
        return HttpResponseRedirect(case.get_absolute_url())
    context = {"form": form, "case": case, "meeting": row.meeting, "hindrance": feedback.hindrance(row)}
    return render(request, "roundtable/feedback.html", context)


def guest(request: HttpRequest, link: GuestLink) -> HttpResponse:
    """The same behind a link, to the client in plain words."""
    row = feedback.of_link(link)
    if row is None:
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
    form = FeedbackForm(
        request.POST if request.method == "POST" else None, plain=row.participant.kind == ParticipantKind.CLIENT
    )
    if request.method == "POST" and form.is_valid():
        try:
            feedback.give(row, form.cleaned_data, link)
        except (Conflict, NotAllowed) as stopped:
            raise guests.Gone(str(stopped)) from stopped
        return HttpResponseRedirect(request.path)
    context = {"guest": link, "form": form, "case": row.meeting.case, "meeting": row.meeting}
    return render(request, "roundtable/feedback_guest.html", context)


@reads
def answers(request: Request) -> HttpResponse:
    """What was said, by year and by nobody, for the coordination office alone."""
    coordinator(request)
    context = {"years": feedback.years(), "fewest": feedback.FEWEST, "batch": feedback.BATCH}
    return render(request, "roundtable/feedback_answers.html", context)


PURPOSE = GuestPurpose(
    FEEDBACK,
    gettext_lazy("Rückmeldung zu einem Gespräch"),
    gettext_lazy("Wir möchten wissen, wie ein Gespräch für Sie war. Ihre Antwort wird ohne Namen aufbewahrt."),
    gettext_lazy("Danke, Ihre Rückmeldung ist angekommen."),
    "rt_guest_feedback",
    guest,
    feedback.guest_hindrance,
    typed=lambda request: typed_in(FeedbackForm(request.POST)),
    silent=True,
)
