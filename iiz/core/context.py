"""What every page knows: who acts, where one can go, what waits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from . import inbox, registry, worklist
from .enums import InstitutionKind
from .models import Institution
from .synthetic import LOGINS

CANTON = "Luzern"
COUNTS = {"core:tasks": worklist.waiting, "core:inbox": inbox.count}
"""Entries of the navigation with a number."""


def page(request: HttpRequest) -> dict[str, Any]:
    """Variables of the base template; ``office`` is asked for only where it is shown."""
    actor = getattr(request, "actor", None)
    return {
        "canton_name": CANTON,
        "actor": actor,
        "other_institutions": [a.institution for a in getattr(request, "actors", []) if a != actor],
        "nav": SimpleLazyObject(lambda: navigation(request)),
        "office": SimpleLazyObject(_office),
        "demo": settings.IIZ_DEMO,
        "demo_logins": [(login.words, login.email) for login in LOGINS] if settings.IIZ_DEMO else [],
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The main navigation as this person sees it, with the number of what waits behind an entry."""
    items = []
    for item in sorted(registry.nav_items, key=lambda item: item.order):
        if not item.shown(request):
            continue
        url = reverse(item.url_name)
        actor = getattr(request, "actor", None)
        count = COUNTS[item.url_name](actor) if item.url_name in COUNTS and actor is not None else 0
        items.append(
            {
                "label": item.label,
                "url": url,
                "current": request.path == url or request.path.startswith(item.prefix),
                "count": worklist.capped(count),
            }
        )
    return items


def _office() -> Institution | None:
    return Institution.objects.active().filter(kind=InstitutionKind.COORDINATION).first()
