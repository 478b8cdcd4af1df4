"""The *Online-Schalter* for everybody: write, be told, confirm from the own mailbox (RT-02)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iiz.core import registry
from iiz.core.http import Request
from iiz.core.registry import Guide, NavItem
from iiz.core.views.marks import reads, writes

from .. import desk
from ..forms.enquiry import EnquiryForm
from ..models import Enquiry

GUIDE = Guide(
    _("Fall anmelden"),
    _("Mehrere Stellen sind gefragt, oder Sie haben eine Frage? Schreiben Sie uns, ohne Konto, in drei Minuten."),
    "roundtable:desk",
    _("Fall anmelden"),
    inside=False,
    primary=True,
)
NAVIGATION = NavItem(GUIDE.label, GUIDE.url_name, lambda request: not request.user.is_authenticated, 6, "/anmelden/")


@login_not_required
@writes
def write(request: Request) -> HttpResponse:
    """The form. The answer is the same whoever writes; beyond the limits what was typed stays there (429)."""
    form, status, busy = EnquiryForm(request.POST if request.method == "POST" else None), 200, False
    if request.method == "POST" and form.is_valid():
        try:
            desk.take(form.cleaned_data, desk.network_of(request.META.get("REMOTE_ADDR", "")))
        except desk.TooMany:
            busy, status = True, 429
        else:
            return HttpResponseRedirect(reverse("roundtable:desk_sent"))
    context = {"form": form, "busy": busy, "introductions": registry.introductions}
    response = render(request, "roundtable/enquiry/form.html", context, status=status)
    if busy:
        response["Retry-After"] = str(round(desk.PER_NETWORK_TIME.total_seconds()))
    return response


@login_not_required
@reads
def sent(request: Request) -> HttpResponse:
    """What to do now: look into one's mailbox."""
    return render(request, "roundtable/enquiry/sent.html")


@login_not_required
@writes
def confirm(request: Request, token: str) -> HttpResponse:
    """One press from the mailbox, and it counts. Looking does nothing, as programs that check mails look too."""
    enquiry = Enquiry.from_token(token)
    if enquiry is not None and request.method == "POST" and desk.can_confirm(enquiry):
        desk.confirm(enquiry)
        return HttpResponseRedirect(request.path)
    known = enquiry is not None and (enquiry.confirmed_at is not None or desk.can_confirm(enquiry))
    context = {"enquiry": enquiry if known else None}
    return render(request, "roundtable/enquiry/confirm.html", context, status=200 if known else 410)
