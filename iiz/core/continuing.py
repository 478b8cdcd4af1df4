"""Going on with a case in the other service: what it hands over, to whom, and by which link (RT-24).

The services know nothing of each other: each says what its cases hand over (``ServicePages.carries``) and how a draft
of its own begins (``registry.successors``). Nothing typed once is typed again; nothing goes along that whoever
continues may not read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from . import access, audit, registry
from .actor import Actor
from .enums import Phase
from .models import Case
from .registry import Carried

FROM = "von"
"""In the address and in the form of a new draft: the number of the case that it goes on with."""
LONGEST = 32
"""No case number is longer."""


def links(case: Case, actor: Actor, related: Collection[Case]) -> list[tuple[Any, str]]:
    """How ``actor`` may go on with ``case`` in another service: label and address.

    Nothing where one of ``related``, the connected cases that the actor sees, does so already.
    """
    if not may_continue(case, actor):
        return []
    query = urlencode({FROM: case.number})
    under_way = {row.service for row in related if row.phase != Phase.ENDED}
    return [
        (row.label, f"{reverse(row.url_name)}?{query}")
        for row in registry.successors
        if row.service != case.service and row.service not in under_way and row.allowed(actor)
    ]


def ways_beside(service: str, actor: Actor | None) -> list[tuple[Any, str]]:
    """Where somebody begins for whom ``service`` is not the way: label, address; without an account the public desk."""
    if actor is None:
        return [(row.button, reverse(row.url_name)) for row in registry.guides if row.primary]
    rows = [row for row in registry.successors if row.service != service and row.allowed(actor)]
    return [(row.label, reverse(row.url_name)) for row in rows]


def may_continue(case: Case, actor: Actor) -> bool:
    """Whether ``case`` hands anything over to ``actor``: it is handed in, its client is known and still agrees."""
    if case.phase == Phase.DRAFT or case.withdrawn_at is not None or case.person is None:
        return False
    return access.shows_person(case, actor) and registry.pages[case.service].continues(case, actor)


def source(actor: Actor, params: Mapping[str, Any], service: str) -> Case | None:
    """The case that ``params`` name (``von=O-2026-0007``), if a draft of ``service`` may go on with it for ``actor``.

    What is invisible, unknown or of the same service is nothing: the page begins empty.
    """
    number = str(params.get(FROM, "")).replace("\x00", "")[:LONGEST]
    if not number:
        return None
    case = (
        Case.objects.visible_to(actor).filter(number=number).exclude(service=service).select_related("person").first()
    )
    return case if case is not None and may_continue(case, actor) else None


def known_of(case: Case, actor: Actor) -> Carried:
    """What a case further back knew, where ``actor`` may go on with it; nothing otherwise."""
    return registry.pages[case.service].carries(case, actor) if may_continue(case, actor) else Carried()


def carried(case: Case, actor: Actor) -> Carried:
    """What ``case`` hands over to ``actor``; the look at it is logged."""
    audit.log_read(actor, case, _("Angaben zum Weiterführen in der anderen Dienstleistung"))
    return registry.pages[case.service].carries(case, actor)
