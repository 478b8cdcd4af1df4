"""My settings: name, phone, mail, what I may do for whom, and the ways to password and second factor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import audit, notify
from ..enums import Role
from ..forms.settings import MailForm, SettingsForm
from ..http import Request
from ..models import User
from .marks import writes


@writes
def settings(request: Request) -> HttpResponse:
    """Show and change the own name and phone, and how mail comes; audited as master data."""
    user = request.user
    assert isinstance(user, User)  # no public page
    form = SettingsForm(request.POST or None, instance=user)
    mail_form = MailForm(request.POST or None, initial=notify.choices_of(user), prefix="mail")
    if request.method == "POST" and form.is_valid() and mail_form.is_valid():
        with transaction.atomic():
            if form.has_changed():
                form.save()
                audit.record("master", request.actor, "account_changed", user, {"fields": form.changed_data}, user=user)
            changes = notify.choose(user, mail_form.cleaned_data)
            if changes:
                audit.record("master", request.actor, "mail_preferences_changed", user, changes, user=user)
        messages.success(request, _("Ihre Angaben sind gespeichert."))
        return HttpResponseRedirect(reverse("core:settings"))
    memberships = [
        {
            "institution": actor.institution,
            "roles": [str(Role(role).label) for role in sorted(actor.roles)],
            "current": actor == request.actor,
        }
        for actor in request.actors
    ]
    second = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()
    return render(
        request,
        "core/settings.html",
        {"form": form, "mail_form": mail_form, "memberships": memberships, "second_factor": second},
    )
