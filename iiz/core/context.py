"""What every page knows: who acts, where one can go, what waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from . import inbox, registry, worklist
from .actor import Actor
from .models import Institution
from .synthetic import LOGINS

CANTON = "Luzern"
COUNTS: dict[str, Callable[[Actor], QuerySet[Any]]] = {"core:tasks": worklist.to_do, "core:inbox": inbox.in_need}
"""Entries of the navigation with a number: what is counted."""


def page(request: HttpRequest) -> dict[str, Any]:
    """Variables of the base template; ``office`` is asked for only where it is shown."""
    actor = getattr(request, "actor", None)
    return {
        "canton_name": CANTON,
        "actor": actor,
        "other_institutions": [a.institution for a in getattr(request, "actors", []) if a != actor],
        "nav": SimpleLazyObject(lambda: navigation(request)),
        "office": SimpleLazyObject(_office),
        "guides": registry.guides,
        "demo": settings.IIZ_DEMO,
        "demo_logins": [(login.words, login.email) for login in LOGINS] if settings.IIZ_DEMO else [],
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The main navigation as this person sees it, with the number of what waits behind an entry."""
    items, actor = [], getattr(request, "actor", None)
    shown = [item for item in sorted(registry.nav_items, key=lambda item: item.order) if item.shown(request)]
    waiting, present = _numbers(actor, shown) if actor else ({}, {})
    for item in shown:
        if not present.get(item.url_name, True):
            continue
        url = reverse(item.url_name)
        near = len(item.prefix) if request.path == url or request.path.startswith(item.prefix) else 0
        count = worklist.capped(waiting.get(item.url_name, 0))
        items.append({"label": item.label, "url": url, "near": near, "count": count})
    nearest = max((item["near"] for item in items), default=0)
    return [{**item, "current": bool(item["near"]) and item["near"] == nearest} for item in items]


def _numbers(actor: Actor, items: list[registry.NavItem]) -> tuple[dict[str, int], dict[str, int]]:
    """What waits behind these entries, and how much there is of what some of them need; one query for all."""
    asked: dict[tuple[str, bool], QuerySet[Any]] = {}
    for item in items:
        counts = (item.counted or COUNTS.get(item.url_name), True), (item.present, False)
        for rows, waits in counts:
            found = rows(actor) if rows is not None else None
            if found is not None:
                asked[item.url_name, waits] = found
    numbers = dict(zip(asked, worklist.numbers(list(asked.values())), strict=True))
    return (
        {name: number for (name, waits), number in numbers.items() if waits},
        {name: number for (name, waits), number in numbers.items() if not waits},
    )


def _office() -> Institution | None:
    return Institution.objects.coordination()
