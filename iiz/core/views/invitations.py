"""Inviting people to an institution, and the page behind the link in the mail."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import accounts
from ..enums import Role
from ..forms.invitations import AcceptForm, InvitationForm
from ..http import Request
from ..keeping import givable_roles
from ..middleware import SESSION_KEY
from ..models import Invitation, User
from .marks import writes
from .members import kept_institution, page_of

ACTIONS = {"erneuern", "zurueckziehen"}


@writes
def invite(request: Request, pk: int) -> HttpResponse:
    """Invite somebody by first name, name, address and roles."""
    institution, actor = kept_institution(request, pk)
    form = InvitationForm(request.POST or None, roles=givable_roles(actor, institution))
    if request.method == "POST" and form.is_valid():
        try:
            accounts.invite(actor, institution, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("email", error)
        else:
            messages.success(request, _("Die Einladung ist unterwegs. Der Link gilt sieben Tage."))
            return HttpResponseRedirect(page_of(request, institution))
    context = {
        "institution": institution,
        "title": _("Jemanden einladen"),
        "lead": _("Die Person erhält einen Link per E-Mail und wählt ihr Passwort selbst."),
        "form": form,
        "button": _("Einladung senden"),
        "back": page_of(request, institution),
    }
    return render(request, "core/members_form.html", context)


@writes
def invitation_action(request: Request, pk: int, invitation: int, name: str) -> HttpResponse:
    """Send an invitation once more, or take it back; the page asks first."""
    institution, actor = kept_institution(request, pk)
    row = get_object_or_404(accounts.open_invitations(institution), pk=invitation)
    if name not in ACTIONS:
        raise Http404
    again = name == "erneuern"
    if request.method == "POST":
        try:
            (accounts.resend if again else accounts.revoke)(actor, row)
        except ValidationError as error:
            messages.warning(request, error.message)
        else:
            done = _("Ein neuer Link ist unterwegs.") if again else _("Die Einladung ist zurückgezogen.")
            messages.success(request, done)
        return HttpResponseRedirect(page_of(request, institution))
    who = {"name": f"{row.first_name} {row.last_name}"}
    context = {
        "institution": institution,
        "title": _("Einladung erneut senden?") if again else _("Einladung zurückziehen?"),
        "lead": (
            _("%(name)s erhält einen neuen Link, der sieben Tage gilt. Der alte gilt dann nicht mehr.") % who
            if again
            else _("Der Link, den %(name)s erhalten hat, gilt dann nicht mehr.") % who
        ),
        "button": _("Erneut senden") if again else _("Einladung zurückziehen"),
        "danger": not again,
        "back": page_of(request, institution),
    }
    return render(request, "core/members_form.html", context)


@login_not_required
@writes
def invitation(request: Request, token: str) -> HttpResponse:
    """Behind the link of the mail: for which institution, until when, and the password.

    Whoever has an account already logs in first. Any link that does not work answers alike, whatever the reason.
    """
    row = Invitation.from_token(token)
    if row is None or not row.is_open or not row.institution.is_active:
        return _gone(request, row)
    context = {"invitation": row, "roles": [Role(role).label for role in row.roles], "token": token}
    if request.user.is_authenticated:
        return _accept_as(request, row, context)
    if accounts.account_of(row) is not None:
        return render(request, "core/invitation_login.html", context)
    person = User(email=row.email, first_name=row.first_name, last_name=row.last_name)
    form = AcceptForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = accounts.accept(row, password=form.cleaned_data["password1"])
        if user is None:  # the other tab was faster
            return HttpResponseRedirect(reverse("core:invitation", args=[token]))
        request.session[SESSION_KEY] = row.institution_id
        return perform_login(request, user)
    return render(request, "core/invitation.html", {**context, "form": form})


def _accept_as(request: Request, row: Invitation, context: dict[str, object]) -> HttpResponse:
    """The page for somebody who is logged in: their own invitation, or somebody else's."""
    user = request.user
    assert isinstance(user, User)
    if user.email != row.email:
        return render(request, "core/invitation_other.html", context)
    if request.method == "POST":
        if accounts.accept(row, user=user) is None:
            return HttpResponseRedirect(request.path)
        request.session[SESSION_KEY] = row.institution_id
        messages.success(request, _("Sie gehören jetzt zu %(name)s.") % {"name": row.institution})
        return HttpResponseRedirect("/pendenzen/")
    return render(request, "core/invitation_join.html", context)


def _gone(request: Request, row: Invitation | None) -> HttpResponse:
    """The link does not work. Whoever has just accepted it in another tab goes on."""
    user = request.user
    if row is not None and row.accepted_at and isinstance(user, User) and user.email == row.email:
        messages.info(request, _("Diese Einladung haben Sie bereits angenommen."))
        return HttpResponseRedirect("/pendenzen/")
    return render(request, "core/invitation_gone.html", status=410)
