"""The page for «somebody was faster»: what was typed beside what holds now, nothing lost (409)."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from . import registry, workflow
from .models import AuditEntry, Case

HIDDEN = frozenset(
    {"csrfmiddlewaretoken", "acting", "version", "next", "key", "seen", "do", "proof"}
    | {"password", "password1", "password2"}
)


def conflict_page(
    request: HttpRequest,
    sentence: str,
    *,
    case: Case | None = None,
    last: AuditEntry | None = None,
    mine: list[tuple[Any, Any]] | None = None,
    theirs: list[tuple[Any, Any]] | None = None,
    labels: dict[str, Any] | None = None,
    url: str = "/pendenzen/",
    title: str = "",
    status: int = 409,
) -> HttpResponse:
    """Both versions side by side, status 409. Where nobody was faster, ``title`` and ``status`` say what it is.

    ``theirs`` is what holds now as label and value; for a case its state and the last entry are added.
    ``mine`` is what the person wanted; left out, it is what was typed, and ``labels`` names the fields of the
    form; without it the names from the page are used as they are.
    """
    now = list(theirs or [])
    if case is not None:
        now.append((_("Status"), workflow.shown_state(case).label))
    if last is not None:
        who = f"{last.user_name} ({last.institution_name})" if last.user_name else _("Das Portal")
        now.append((_("Zuletzt"), f"{timezone.localtime(last.at):%d.%m.%Y %H:%M}: {who} {registry.told(last)}"))
    conflict = {
        "sentence": sentence,
        "mine": typed(request, labels or {}) if mine is None else mine,
        "theirs": now,
        "url": url,
        "title": title,
    }
    return render(request, "409.html", {"conflict": conflict}, status=status)


def typed_in(form: Form) -> list[tuple[Any, str]]:
    """What people see in a bound form, as label and value: the words of a choice, never its key, and no secret."""
    rows = []
    for field in form.visible_fields():
        if field.name in HIDDEN:
            continue
        value = field.value()
        chosen = {str(part) for part in (value if isinstance(value, list | tuple) else [value])}
        choices = getattr(field.field, "choices", None)
        if choices is not None:
            value = ", ".join(str(label) for key, label in choices if str(key) in chosen and str(key))
        if value:
            rows.append((field.label, str(value)))
    return rows


def typed(request: HttpRequest, labels: dict[str, Any]) -> list[tuple[Any, str]]:
    """What the person sent, as label and value, without the hidden fields and without secrets."""
    rows = []
    for name, values in request.POST.lists():
        text = ", ".join(value for value in values if value)
        if name not in HIDDEN and text:
            rows.append((labels.get(name, name), text))
    return rows
