"""«Neue Fassung ab …» for the dated lists of the master data (NFR-07)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import versions
from .forms.versions import Coming, InForce, VersionForm, tomorrow
from .models import Validity

HOUR = 3600
FRESH = "neu"


class VersionedAdmin(admin.ModelAdmin):
    """Says on the page of a row whose validity has begun who is judged by it, and offers a new version of it."""

    change_form_template = "admin/dated_change_form.html"
    has_versions = True
    """Whether its rows say something that may change; a row that only names a person ends or stays."""
    judges_cases = False
    """Whether cases are judged by its rows of the day they arrived, so that no row is added for a day before."""

    def get_urls(self) -> list[URLPattern]:
        """The page of a new version beside the others of the row."""
        if not self.has_versions:
            return super().get_urls()
        view = self.admin_site.admin_view(self.version_view)
        own = path("<int:pk>/neue-fassung/", view, name=self._name("version"))
        return [own, *super().get_urls()]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of a row that has begun asks for its last day only: cases are judged by the rest."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None and self._settled(request, obj):
            return type(form.__name__, (InForce, form), {})
        guarded = self.judges_cases if obj is None else self.has_versions
        return type(form.__name__, (Coming, form), {}) if guarded else form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new row that cases are judged by begins tomorrow, unless somebody says otherwise."""
        values: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"valid_from": tomorrow(), **values} if self.judges_cases else values

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Tell since when the row holds, and lead to a new version."""
        row = kwargs.get("obj")
        today = timezone.localdate()
        if row is not None and row.valid_from <= today and self.has_change_permission(request, row):
            context["begun"] = True
            context["over"] = row.valid_until is not None and row.valid_until < today
            context["settled"] = self._settled(request, row)
            if self.has_versions and not context["over"]:
                context["version_url"] = reverse(f"admin:{self._name('version')}", args=[row.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def _settled(self, request: HttpRequest, row: Validity) -> bool:
        """Whether the content of a row stays: from its first day on, but for a version that is just being written."""
        return self.has_versions and row.is_settled() and not self._just_made(request, row)

    def _just_made(self, request: HttpRequest, row: Validity) -> bool:
        """Whether the address says that this version was added within the hour, and no case has arrived under it."""
        try:
            key = signing.loads(request.GET.get(FRESH, ""), salt=self._name(FRESH), max_age=HOUR)
        except signing.BadSignature:
            return False
        return bool(key == row.pk and row.keeps_arrivals and versions.arrived(row.valid_from) is None)

    def version_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the day; then end the row and lead to its copy."""
        row: Validity | None = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row) or not self.has_add_permission(request):
            raise PermissionDenied
        form = VersionForm(request.POST or None, keeps_arrivals=row.keeps_arrivals)
        if request.method == "POST" and form.is_valid():
            first = form.cleaned_data["valid_from"]
            try:
                new = versions.renew(row, first, getattr(request, "actor", None), user=request.user)
            except ValidationError as wrong:
                # What is wrong with another value of the row stands above the one field of this page.
                for name, sentences in wrong.message_dict.items():
                    form.add_error(name if name in form.fields else None, sentences)
            else:
                words = _("Die neue Fassung gilt ab dem %(day)s. Ändern Sie hier, was ab dann gelten soll.")
                messages.success(request, words % {"day": f"{first:%d.%m.%Y}"})
                return HttpResponseRedirect(self._address(new))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Neue Fassung"),
            "opts": self.opts,
            "row": row,
            "form": form,
            "back": reverse(f"admin:{self._name('change')}", args=[row.pk]),
            "list_url": reverse(f"admin:{self._name('changelist')}"),
        }
        return TemplateResponse(request, "admin/new_version.html", context)

    def _address(self, new: Validity) -> str:
        """Where a new version is written; one that holds already stays open for an hour, then it is settled."""
        address = reverse(f"admin:{self._name('change')}", args=[new.pk])
        if new.valid_from > timezone.localdate():
            return address
        return f"{address}?{FRESH}={signing.dumps(new.pk, salt=self._name(FRESH))}"

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"
