"""Fetching is authorising: a case that is not visible does not exist."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from .. import access, registry
from ..actor import Actor
from ..http import Request
from ..models import AccessLogEntry, Case, ClientAgreement, GuestLink, Participation
from ..models.case import CaseQuerySet
from ..workflow import NotAllowed

JOINS = ("person__municipality", "registering_institution", "lead_institution", "lead_user", "benefits", "facts")
"""What every page of a case shows of it, beside what its service adds."""


def acting(request: Request) -> Actor:
    """Who acts, if that person opens cases at all; else 403 with the reason."""
    actor: Actor | None = request.actor
    if actor is None:
        raise NotAllowed(_("Ihr Konto gehört zu keiner Institution. Bitte wenden Sie sich an die Koordinationsstelle."))
    if not actor.sees_cases:
        raise NotAllowed(_("Ihre Rolle sieht keine Falldaten."))
    return actor


def _with_latest(cases: CaseQuerySet) -> CaseQuerySet:
    """``cases`` with what their pages show without asking again: newest agreement and look, and who else reads."""
    agreement = ClientAgreement.objects.filter(case=OuterRef("pk"))
    read = AccessLogEntry.objects.filter(case_number=OuterRef("number"))
    outsiders = [pages.outsiders.there() for pages in registry.pages.values() if pages.outsiders is not None]
    return cases.annotate(
        has_guests=Exists(GuestLink.objects.filter(case=OuterRef("pk"))),
        has_outsiders=reduce(or_, outsiders, Q(pk=None)),
        has_related=Q(continues__isnull=False) | Exists(Case.objects.filter(continues=OuterRef("pk"))),
        latest_agreed_on=Subquery(agreement.values("agreed_on")[:1]),
        latest_withdrawn_on=Subquery(agreement.values("withdrawn_on")[:1]),
        latest_read_by=Subquery(read.values("institution_name")[:1]),
        latest_read_at=Subquery(read.values("at")[:1]),
    )


def visible_case(request: Request, number: str) -> Case:
    """The case called ``number`` if the actor may see it; ``Http404`` otherwise.

    Where it is visible to another institution of the same person, the 404 says for which one to act.
    """
    actor: Actor | None = request.actor
    if actor is None or not actor.sees_cases:
        raise Http404
    cases = Case.objects.select_related(*JOINS, *registry.joined())
    parts = Participation.objects.select_related("institution", "user")
    cases = cases.prefetch_related(Prefetch("participations", parts)).visible_to(actor)
    try:
        return get_object_or_404(_with_latest(access.with_level(cases, actor)), number=number)
    except Http404:
        for other in request.actors:
            if other != actor and Case.objects.visible_to(other).filter(number=number).exists():
                raise Http404(
                    _("Diesen Fall sehen Sie, wenn Sie oben rechts «%(name)s» wählen.") % {"name": other.institution}
                ) from None
        raise Http404 from None
