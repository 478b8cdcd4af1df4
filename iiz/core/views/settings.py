"""My settings: name, phone, what I may do for whom, and the ways to password and second factor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import audit
from ..enums import Role
from ..forms.settings import SettingsForm
from ..http import Request
from .marks import writes


@writes
def settings(request: Request) -> HttpResponse:
    """Show and change the own name and phone; audited as master data."""
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        if form.has_changed():
            form.save()
            audit.record("master", request.actor, "account_changed", form.instance, {"fields": form.changed_data})
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
    second = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.TOTP).exists()
    return render(request, "core/settings.html", {"form": form, "memberships": memberships, "second_factor": second})
