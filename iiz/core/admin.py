"""Master data for the coordination office. Holds no case data, no person, no document, no audit (contract: /admin/)."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Field, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from . import audit, institutions, keys
from .forms.limits import AFTERWARDS, TimeLimitForm, names_its_day, services, waits
from .http import Request
from .models import (
    ContactPerson,
    Institution,
    Jurisdiction,
    LeadCapability,
    Membership,
    Municipality,
    RoutingRule,
    Signatory,
    TimeLimit,
    User,
)
from .versioned import VersionedAdmin

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

    personal: frozenset[str] = frozenset()
    """Fields that stand in the audit as keyed hash only."""

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
        pairs = {
            name: [self._told(name, form.initial.get(name)), self._told(name, form.cleaned_data.get(name))]
            for name in form.changed_data
        }
        changes = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        if change and not changes:
            return
        super().save_model(request, obj, form, change)
        actor = getattr(request, "actor", None)
        verb = "master_changed" if change else "master_added"
        audit.record("master", actor, verb, obj, changes, user=request.user)

    def _told(self, name: str, value: Any) -> str:
        """A value as the audit may hold it; rows by their key, so that old and new compare."""
        value = getattr(value, "pk", value)
        text = "" if value is None else str(value)
        return audit.personal(text) if name in self.personal else text


DATE_HELP = {
    "valid_from": _("Erster Tag, an dem die Zeile gilt."),
    "valid_until": _(
        "Letzter Tag; leer: gilt weiter. Ändert sich der Inhalt, beenden Sie diese Zeile und fügen eine neue hinzu: "
        "laufende Fälle behalten, was an ihrem Tag galt."
    ),
}
VERSION_HELP = _(
    "Letzter Tag; leer: gilt weiter. Soll etwas anderes gelten, legen Sie eine neue Fassung an: laufende Fälle "
    "behalten, was an ihrem Tag galt."
)


class DatedAdmin(VersionedAdmin, MasterAdmin):
    """Rows with a first and a last day: end the old one and add a new one instead of rewriting it."""

    list_filter: ClassVar[Any] = ["valid_until"]

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Say beside the dates how such a row changes."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in DATE_HELP:
            ends = self.has_versions and db_field.name == "valid_until"
            field.help_text = VERSION_HELP if ends else DATE_HELP[db_field.name]
        return field


class InstitutionForm(forms.ModelForm):
    """An office as the coordination office may change it."""

    class Meta:
        model = Institution
        fields = ["name", "short_name", "kind", "street", "postcode", "place", "phone", "email", "iban", "is_active"]

    def clean_is_active(self) -> bool:
        """Nobody switches off an office while cases wait there (ACT-08)."""
        active: bool = self.cleaned_data["is_active"]
        reason = keys.office_hindrance(self.instance) if self.instance.pk and not active else ""
        if reason:
            raise forms.ValidationError(reason)
        return active


@admin.register(Institution)
class InstitutionAdmin(MasterAdmin):
    """Offices and partners."""

    form = InstitutionForm
    list_display = ["name", "kind", "statistics_group", "place", "is_active", "people"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "place"]

    @admin.display(description=_("Personen und Rollen"))
    def people(self, obj: Institution) -> SafeString | str:
        """The way to the page where people and roles are kept."""
        if not obj.is_active or obj.is_placeholder:
            return ""
        return format_html('<a href="{}">{}</a>', reverse("core:members_of", args=[obj.pk]), _("Personen"))


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


@admin.register(TimeLimit)
class TimeLimitAdmin(DatedAdmin):
    """How long a Pendenz may wait, and who is reminded when."""

    form = TimeLimitForm
    list_display = ["words", "service_name", "period", "before", "after", "valid_from", "valid_until"]
    fieldsets = [
        (None, {"fields": ["service", "wait"]}),
        (_("Frist"), {"fields": ["days", "working_days"]}),
        (_("Erinnerungen"), {"fields": ["remind_before", *AFTERWARDS]}),
        (_("Gültigkeit"), {"fields": ["valid_from", "valid_until"]}),
    ]

    @admin.display(description=_("Pendenz"), ordering="wait")
    def words(self, obj: TimeLimit) -> str:
        """The wait as people read it; one that no longer exists by its name."""
        return str(waits(obj.service).get(obj.wait, obj.wait))

    @admin.display(description=_("Dienstleistung"), ordering="service")
    def service_name(self, obj: TimeLimit) -> str:
        """The service in words."""
        return str(services().get(obj.service, obj.service))

    @admin.display(description=_("Frist"), ordering="days")
    def period(self, obj: TimeLimit) -> str:
        """The number with what it counts."""
        if names_its_day(obj.service, obj.wait):
            return gettext("Tag aus dem Fall")
        if obj.days is None:
            return gettext("keine")
        words = ngettext("%(n)s Arbeitstag", "%(n)s Arbeitstage", obj.days)
        if not obj.working_days:
            words = ngettext("%(n)s Tag", "%(n)s Tage", obj.days)
        return words % {"n": obj.days}

    @admin.display(description=_("Tage vorher: zuständige Person"), ordering="remind_before", empty_value="–")
    def before(self, obj: TimeLimit) -> int | None:
        """Days before the deadline."""
        return obj.remind_before

    @admin.display(description=_("Tage nachher: Person / Stellvertretung / Ansprechperson / Koordination"))
    def after(self, obj: TimeLimit) -> str:
        """Days after the deadline, step by step."""
        numbers = (getattr(obj, name) for name in AFTERWARDS)
        return " / ".join("–" if number is None else str(number) for number in numbers)


@admin.register(ContactPerson)
class ContactPersonAdmin(DatedAdmin):
    """Contact persons and their deputies."""

    personal = frozenset({"name", "phone", "email"})
    has_versions = False
    list_display = ["name", "institution", "purpose", "phone", "deputy", "valid_from", "valid_until"]
    search_fields = ["name", "institution__name"]
    autocomplete_fields = ["institution", "user", "deputy"]


@admin.register(Signatory)
class SignatoryAdmin(DatedAdmin):
    """Who may sign a Kostengutsprache: another limit or account is another row, and nobody keeps the own one."""

    personal = frozenset({"name", "email"})
    has_versions = False
    list_display = ["name", "institution", "function", "limit", "valid_from", "valid_until"]
    search_fields = ["name", "institution__name"]
    autocomplete_fields = ["institution", "user"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Under what was signed once stays who might sign how much."""
        return ["institution", "user", "limit"] if obj is not None else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not the own right (KG-05)."""
        own = obj is not None and obj.user_id == request.user.pk
        return not own and super().has_change_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nobody gives the own account a right."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "user" and field is not None:
            field.queryset = User.objects.exclude(pk=request.user.pk or 0)
            field.error_messages["invalid_choice"] = institutions.own_right()
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Whoever keeps the entries of the institution hears of it."""
        super().save_model(request, obj, form, change)
        if not change:
            institutions.tell_of_right(obj, request.user)  # type: ignore[arg-type]


@admin.register(Membership)
class MembershipAdmin(DatedAdmin):
    """Who may do what for which institution, to look at: the page of the institution keeps the rules on leaving."""

    has_versions = False
    list_display = ["user", "institution", "role", "valid_from", "valid_until", "change_there"]
    list_filter = ["role"]
    list_select_related = ["user", "institution"]
    search_fields = ["user__email", "user__last_name", "institution__name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Roles are given on the page of the institution."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Roles are changed on the page of the institution, where open cases hold somebody back (ACT-08)."""
        return False

    @admin.display(description=_("Ändern"))
    def change_there(self, obj: Membership) -> SafeString:
        """The way there."""
        address = reverse("core:members_of", args=[obj.institution_id])
        return format_html('<a href="{}">{}</a>', address, _("bei der Institution"))


class UserForm(forms.ModelForm):
    """An account as the office may change it."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "phone", "is_active"]

    def clean_is_active(self) -> bool:
        """Cases are handed over before the account closes (ACT-08)."""
        active: bool = self.cleaned_data["is_active"]
        if not active and self.instance.is_active:
            reason = keys.hindrance(self.instance)
            if reason:
                raise forms.ValidationError(reason)
        return active


@admin.register(User)
class UserAdmin(MasterAdmin):
    """Accounts. New ones come by invitation; address and password are only ever changed by their owner."""

    form = UserForm
    list_display = ["last_name", "first_name", "email", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["email", "last_name", "first_name"]
    fields = ["first_name", "last_name", "email", "phone", "is_active"]
    readonly_fields = ["email"]
    actions = ["send_password_link", "reset_second_factor"]
    personal = frozenset({"first_name", "last_name", "phone"})

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Accounts are made by invitation only."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Nobody locks the own door from inside."""
        return ["email", "is_active"] if obj is not None and obj == request.user else ["email"]

    @admin.action(description=_("Link für ein neues Passwort senden (ein Konto)"))
    def send_password_link(self, request: Request, queryset: QuerySet[User]) -> None:
        """For somebody who cannot find «Passwort vergessen?»."""
        user = self._only(request, queryset)
        if user is not None:
            keys.send_password_link(request, user)
            messages.success(request, _("Der Link ist an %(email)s unterwegs.") % {"email": user.email})

    @admin.action(description=_("Zweiten Faktor zurücksetzen, nach Rückruf (ein Konto)"))
    def reset_second_factor(self, request: Request, queryset: QuerySet[User]) -> None:
        """For somebody who lost telephone and recovery codes."""
        user = self._only(request, queryset)
        if user is not None and keys.reset_second_factor(request, user):
            sentence = _("%(name)s meldet sich nun nur mit dem Passwort an und hat eine Mail darüber erhalten.")
            messages.success(request, sentence % {"name": user})
        elif user is not None:
            messages.info(request, _("%(name)s hat keinen zweiten Faktor eingerichtet.") % {"name": user})

    @staticmethod
    def _only(request: HttpRequest, queryset: QuerySet[User]) -> User | None:
        """The one account chosen; keys are not handled in bulk."""
        chosen = list(queryset[:2])
        if len(chosen) == 1 and chosen[0].is_active:
            return chosen[0]
        messages.warning(request, _("Bitte wählen Sie genau ein aktives Konto."))
        return None
