"""The dated lists of Optima, kept by the coordination office (NFR-07)."""

from django.contrib import admin

from iiz.core.admin import DatedAdmin

from .models import AdmissionCriterion, Fallpauschale, RefusalReason


@admin.register(RefusalReason)
class RefusalReasonAdmin(DatedAdmin):
    """Reasons for a refusal."""

    list_display = ["label", "code", "needs_text", "position", "valid_from", "valid_until"]


@admin.register(AdmissionCriterion)
class AdmissionCriterionAdmin(DatedAdmin):
    """Conditions under which a contractor takes a case."""

    list_display = ["contractor_group", "heading", "text", "valid_from", "valid_until"]
    list_filter = ["contractor_group"]


@admin.register(Fallpauschale)
class FallpauschaleAdmin(DatedAdmin):
    """Monthly flat rates."""

    list_display = ["contractor_group", "principal_group", "service", "amount", "billed", "valid_from", "valid_until"]
    list_filter = ["contractor_group", "billed"]
