"""The core's own entries of the main navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .enums import Role
from .registry import NavItem, nav_items


def sees_cases(request: HttpRequest) -> bool:
    """Whether the person acting opens cases at all."""
    actor = getattr(request, "actor", None)
    return actor is not None and actor.sees_cases


def coordinates(request: HttpRequest) -> bool:
    """Whether the person acting coordinates."""
    actor = getattr(request, "actor", None)
    return actor is not None and actor.is_coordination


def keeps_people(request: HttpRequest) -> bool:
    """Whether the person acting is a contact person: keeps the people of the own institution."""
    actor = getattr(request, "actor", None)
    return actor is not None and not actor.is_coordination and Role.CONTACT in actor.roles


def allocates(request: HttpRequest) -> bool:
    """Whether what comes in is for the person acting to allocate."""
    return coordinates(request) or keeps_people(request)


def is_known(request: HttpRequest) -> bool:
    """Whether somebody is logged in."""
    return request.user.is_authenticated


def is_stranger(request: HttpRequest) -> bool:
    """Whether nobody is logged in."""
    return not request.user.is_authenticated


def register() -> None:
    """Add the entries; called once from ``CoreConfig.ready``."""
    nav_items.extend(
        [
            NavItem(_("Start"), "core:start", is_stranger, 5, "//"),
            NavItem(_("Pendenzen"), "core:tasks", sees_cases, 10, "/pendenzen/"),
            NavItem(_("Eingang"), "core:inbox", allocates, 15, "/eingang/"),
            NavItem(_("Fälle"), "core:cases", sees_cases, 20, "/faelle/"),
            NavItem(_("Koordination"), "core:coordination", coordinates, 30, "/koordination/"),
            NavItem(_("Institutionen"), "core:institutions", coordinates, 35, "/institution"),
            NavItem(_("Institution"), "core:members", keeps_people, 35, "/institution/"),
            NavItem(_("Verzeichnis"), "core:directory", lambda request: True, 40, "/verzeichnis/"),
            NavItem(_("Anmelden"), "account_login", is_stranger, 90, "/konto/login/"),
        ]
    )
