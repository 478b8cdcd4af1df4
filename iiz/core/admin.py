"""Master data for the coordination office. Holds no case data, no person, no document, no audit (contract: /admin/)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import audit
from .models import (
    ContactPerson,
    Institution,
    Jurisdiction,
    LeadCapability,
    Membership,
    Municipality,
    RoutingRule,
    Signatory,
    User,
)

admin.site.site_header = _("IIZ – Stammdaten")
admin.site.site_title = _("Stammdaten")
admin.site.index_title = _("Listen, Stellen und Konten")


def keeps_master_data(request: HttpRequest) -> bool:
    """Whether this person keeps the master data: a coordinator acting for the office, or a superuser."""
    actor = getattr(request, "actor", None)
    user = request.user
    return user.is_authenticated and user.is_active and (user.is_superuser or bool(actor and actor.is_coordination))


# Asked live on every request: who stops coordinating is out at once, without a flag to forget.
admin.site.has_permission = keeps_master_data  # type: ignore[method-assign]


class MasterAdmin(admin.ModelAdmin):
    """A list of master data: every change goes to the audit stream ``master``; nothing can be deleted.

    A row that no longer holds gets a last day, an institution or account is switched off.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever keeps the master data sees all lists."""
        return keeps_master_data(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever keeps the master data sees all rows."""
        return keeps_master_data(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever keeps the master data adds rows."""
        return keeps_master_data(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever keeps the master data changes rows."""
        return keeps_master_data(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Old cases point at these rows: they end, they never vanish."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Save and note old and new values."""
        old = {name: form.initial.get(name) for name in form.changed_data}
        super().save_model(request, obj, form, change)
        changes = {name: [str(old.get(name) or ""), str(form.cleaned_data.get(name))] for name in form.changed_data}
        actor = getattr(request, "actor", None)
        verb = "master_changed" if change else "master_added"
        audit.record("master", actor, verb, obj, changes, user=request.user)


class DatedAdmin(MasterAdmin):
    """Rows with a first and a last day: end the old one and add a new one instead of rewriting it."""

    list_filter: Any = ["valid_until"]


@admin.register(Institution)
class InstitutionAdmin(MasterAdmin):
    """Offices and partners."""

    list_display = ["name", "kind", "statistics_group", "place", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "place"]


@admin.register(Municipality)
class MunicipalityAdmin(MasterAdmin):
    """The municipalities and their regions."""

    list_display = ["name", "bfs_nr", "region"]
    list_filter = ["region"]
    search_fields = ["name"]


@admin.register(Jurisdiction)
class JurisdictionAdmin(DatedAdmin):
    """Who answers for a municipality."""

    list_display = ["municipality", "group", "institution", "valid_from", "valid_until"]
    list_filter = ["group", "municipality__region"]
    search_fields = ["municipality__name", "institution__name"]
    autocomplete_fields = ["municipality", "institution"]


@admin.register(LeadCapability)
class LeadCapabilityAdmin(DatedAdmin):
    """Which social service can take the integral case lead."""

    list_display = ["institution", "level", "valid_from", "valid_until"]
    search_fields = ["institution__name"]
    autocomplete_fields = ["institution"]


@admin.register(RoutingRule)
class RoutingRuleAdmin(DatedAdmin):
    """Where applications arrive."""

    list_display = ["group", "mode", "target", "valid_from", "valid_until"]
    autocomplete_fields = ["target"]


@admin.register(ContactPerson)
class ContactPersonAdmin(DatedAdmin):
    """Contact persons and their deputies."""

    list_display = ["name", "institution", "phone", "deputy", "valid_from", "valid_until"]
    search_fields = ["name", "institution__name"]
    autocomplete_fields = ["institution", "user", "deputy"]


@admin.register(Signatory)
class SignatoryAdmin(DatedAdmin):
    """Who may sign a Kostengutsprache."""

    list_display = ["name", "institution", "function", "valid_from", "valid_until"]
    search_fields = ["name", "institution__name"]
    autocomplete_fields = ["institution", "user"]


@admin.register(Membership)
class MembershipAdmin(DatedAdmin):
    """Who may do what for which institution."""

    list_display = ["user", "institution", "role", "valid_from", "valid_until"]
    list_filter = ["role"]
    search_fields = ["user__email", "user__last_name", "institution__name"]
    autocomplete_fields = ["user", "institution"]


@admin.register(User)
class UserAdmin(MasterAdmin):
    """Accounts. New ones come by invitation; a password is only ever set by its owner."""

    list_display = ["last_name", "first_name", "email", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["email", "last_name", "first_name"]
    fields = ["first_name", "last_name", "email", "phone", "is_active"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Accounts are made by invitation only."""
        return False
