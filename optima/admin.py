"""The dated lists of Optima, kept by the coordination office (NFR-07)."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from iiz.core.admin import DatedAdmin
from iiz.core.enums import IvProcedure

from .forms.measures import CopyToForm, ProviderForm, TariffForm
from .forms.rules import (
    CriterionForm,
    ObstacleForm,
    PreconditionForm,
    ProcedureForm,
    RateForm,
    RuleTextForm,
)
from .forms.zielgruppe import ZielgruppeForm
from .models import (
    AdmissionCriterion,
    BillingRule,
    ClosingDetail,
    ClosingReason,
    CopyTo,
    CostSharing,
    Fallpauschale,
    LegalPrecondition,
    Obstacle,
    Provider,
    ReducedProcedure,
    RefusalReason,
    RuleText,
    Tariff,
    ZielgruppeRule,
)

VALIDITY: Any = (_("Gültigkeit"), {"fields": ["valid_from", "valid_until"]})


@admin.register(RefusalReason)
class RefusalReasonAdmin(DatedAdmin):
    """Reasons for a refusal."""

    list_display = ["label", "code", "needs_text", "position", "valid_from", "valid_until"]


@admin.register(AdmissionCriterion)
class AdmissionCriterionAdmin(DatedAdmin):
    """Conditions under which a contractor takes a case."""

    judges_cases = True
    form = CriterionForm
    list_display = ["heading", "contractor_group", "principal_group", "weight", "check_by", "valid_from", "valid_until"]
    list_filter = ["contractor_group", "weight", "valid_until"]
    search_fields = ["heading", "text", "code"]
    fieldsets = [
        (_("Für wen"), {"fields": ["contractor_group", "principal_group", "code", "position"]}),
        (_("Was da steht"), {"fields": ["heading", "text", "help_text", "items"]}),
        (_("Was daraus folgt"), {"fields": ["weight", "check_by", "months", "instead"]}),
        VALIDITY,
    ]


@admin.register(Obstacle)
class ObstacleAdmin(DatedAdmin):
    """Burdens in somebody's surroundings."""

    judges_cases = True
    form = ObstacleForm
    list_display = ["label", "code", "position", "valid_from", "valid_until"]


@admin.register(ZielgruppeRule)
class ZielgruppeRuleAdmin(DatedAdmin):
    """The decision table of the target groups."""

    judges_cases = True
    form = ZielgruppeForm
    list_display = [
        *("code", "title", "principal_group", "contractor_group", "procedures"),
        *("ale", "sh", "work_offer", "obstacles", "law", "valid_from", "valid_until"),
    ]
    list_display_links = ["code", "title"]
    list_filter = ["zielgruppe", "contractor_group", "valid_until"]
    fieldsets = [
        (_("Zeile"), {"fields": ["code", "zielgruppe", "title", "position"]}),
        (_("Wer wen beauftragt"), {"fields": ["principal_group", "contractor_group"]}),
        (_("Für wen sie gilt"), {"fields": ["iv_procedures", "ale", "sh", "work_offer", "obstacles"]}),
        (_("Was offen sein muss"), {"fields": ["preconditions", "barred_while_iv_runs"]}),
        VALIDITY,
    ]

    @admin.display(description=_("IV-Verfahren"))
    def procedures(self, obj: ZielgruppeRule) -> str:
        """The states in words."""
        return ", ".join(str(IvProcedure(state).label) for state in obj.iv_procedures)

    @admin.display(description=_("Rechtsgrundlagen"), empty_value="–")
    def law(self, obj: ZielgruppeRule) -> str | None:
        """The codes that gate the row."""
        return ", ".join(obj.preconditions) or None


@admin.register(LegalPrecondition)
class LegalPreconditionAdmin(DatedAdmin):
    """What the law must allow before a way is open."""

    judges_cases = True
    form = PreconditionForm
    list_display = ["title", "code", "authority", "status", "decided_on", "valid_from", "valid_until"]
    list_filter = ["status", "valid_until"]
    fieldsets = [
        (None, {"fields": ["code", "title", "locked_words", "position"]}),
        (_("Stand"), {"fields": ["status", "authority", "decided_on", "source", "remark"]}),
        VALIDITY,
    ]


@admin.register(RuleText)
class RuleTextAdmin(DatedAdmin):
    """Texts of the portal that the coordination office words itself."""

    form = RuleTextForm
    list_display = ["title", "code", "valid_from", "valid_until"]


@admin.register(Fallpauschale)
class FallpauschaleAdmin(DatedAdmin):
    """Monthly flat rates."""

    form = RateForm
    list_display = [
        "contractor_group",
        "principal_group",
        "service",
        "amount",
        "billed",
        "every_case",
        "valid_from",
        "valid_until",
    ]
    list_filter = ["contractor_group", "billed"]


@admin.register(BillingRule)
class BillingRuleAdmin(DatedAdmin):
    """How months are counted, and from when the balance calls for a decision."""

    list_display = ["proration", "payment_days", "small_effort", "tolerance", "valid_from", "valid_until"]


@admin.register(CostSharing)
class CostSharingAdmin(DatedAdmin):
    """Which financing model holds between two groups, on what basis."""

    list_display = [
        *("contractor_group", "principal_group", "model", "basis", "decided_by", "valid_from", "valid_until")
    ]
    list_filter = ["contractor_group", "model"]


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

    judges_cases = True
    form = ProcedureForm
    list_display = [
        *("principal_group", "contractor_group", "takes_hints", "takes_measures", "valid_from", "valid_until"),
    ]
    list_filter = ["principal_group", "contractor_group"]
    fieldsets = [
        (_("Wer wen beauftragt"), {"fields": ["principal_group", "contractor_group"]}),
        (
            _("Wer was tut"),
            {"fields": ["contractor_does", "contractor_does_not", "principal_keeps", "rests", "resumes"]},
        ),
        (_("Mitteilungen an den Auftraggeber"), {"fields": ["takes_hints", "takes_measures", "measures_only"]}),
        VALIDITY,
    ]


@admin.register(Provider)
class ProviderAdmin(DatedAdmin):
    """Who carries out measures (KG-12)."""

    has_versions = False
    form = ProviderForm
    list_display = ["name", "place", "phone", "email", "valid_from", "valid_until"]
    search_fields = ["name", "place"]


@admin.register(Tariff)
class TariffAdmin(DatedAdmin):
    """What measures cost."""

    form = TariffForm
    list_display = ["measure", "provider", "unit", "amount", "valid_from", "valid_until"]
    list_filter = ["provider", "unit", "valid_until"]
    list_select_related = ["provider"]
    search_fields = ["measure", "provider__name"]


@admin.register(CopyTo)
class CopyToAdmin(DatedAdmin):
    """Who gets a copy of a signed Kostengutsprache."""

    form = CopyToForm
    list_display = ["label", "group", "institution", "email", "valid_from", "valid_until"]
    list_filter = ["group", "valid_until"]
    list_select_related = ["institution"]
