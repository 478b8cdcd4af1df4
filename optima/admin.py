"""The dated lists of Optima, kept by the coordination office (NFR-07)."""

from django.contrib import admin

from iiz.core.admin import DatedAdmin

from .models import AdmissionCriterion, ClosingDetail, ClosingReason, Fallpauschale, ReducedProcedure, RefusalReason


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


@admin.register(ClosingReason)
class ClosingReasonAdmin(DatedAdmin):
    """Reasons for a closure."""

    list_display = ["label", "code", "party", "position", "valid_from", "valid_until"]


@admin.register(ClosingDetail)
class ClosingDetailAdmin(DatedAdmin):
    """Causes and results of a closure."""

    list_display = ["label", "kind", "code", "position", "valid_from", "valid_until"]
    list_filter = ["kind"]


@admin.register(ReducedProcedure)
class ReducedProcedureAdmin(DatedAdmin):
    """Who does what while a case is delegated."""

    list_display = ["principal_group", "contractor_group", "valid_from", "valid_until"]
