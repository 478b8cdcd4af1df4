"""The Kostengutsprachen that an institution asked for or is to pay, the undecided first (KG-04)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from iiz.core.actor import Actor
from iiz.core.enums import Role
from iiz.core.http import Request
from iiz.core.registry import NavItem
from iiz.core.views.fetch import acting
from iiz.core.views.marks import reads

from ..enums import KostengutspracheState as S
from ..kostengutsprache import signing
from ..kostengutsprache.steps import Side
from ..models import CostQuery, Kostengutsprache
from . import kg_parts

PAGE = 25
URGENT = 25
"""So many of the undecided are shown above the list; the rest stands in it."""


class Filter(forms.Form):
    """The filters, all voluntary; unknown values are ignored."""

    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("jeder")), (S.DRAFT, _("Entwürfe")), *S.choices[1:]],
        initial="",
    )
    seite = forms.ChoiceField(
        label=_("Wir sind"),
        required=False,
        choices=[("", _("beides")), (Side.PAYER, Side.PAYER.label), (Side.REQUESTER, Side.REQUESTER.label)],
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor.is_coordination:  # stands on no side
            del self.fields["seite"]
            status: Any = self.fields["status"]
            status.choices = [choice for choice in status.choices if choice[0] != S.DRAFT]


def drafts_of(actor: Actor) -> QuerySet[Kostengutsprache]:
    """What the actor's office has begun and not asked for yet; nobody else sees it."""
    return Kostengutsprache.objects.visible_to(actor).filter(requester=actor.institution, state=S.DRAFT)


def ours(actor: Actor) -> QuerySet[Kostengutsprache]:
    """What the office asked for or is to pay; for the coordination office all that it may read."""
    rows = Kostengutsprache.objects.visible_to(actor).exclude(state=S.DRAFT)
    here = actor.institution
    return rows if actor.is_coordination else rows.filter(Q(payer=here) | Q(requester=here))


def to_decide(actor: Actor) -> QuerySet[Kostengutsprache]:
    """What the actor's office has to decide now: asked for, and no question of its own is open."""
    rows = Kostengutsprache.objects.visible_to(actor).filter(payer=actor.institution, state=S.REQUESTED)
    return rows.exclude(content_hash="").exclude(pk__in=asked_back())


def asked_back() -> QuerySet[Any]:
    """What waits for an answer of the office that asked for it."""
    return CostQuery.objects.filter(answered_at=None).values("kostengutsprache")


@reads
def kostengutsprachen(request: Request) -> HttpResponse:
    """First what is to be decided, then all, the newest first."""
    actor = acting(request)
    form = Filter(request.GET, actor=actor)
    data = form.cleaned_data if form.is_valid() else dict(form.cleaned_data)
    rows, here = ours(actor), actor.institution
    if data.get("status") == S.DRAFT:
        rows = drafts_of(actor)
    elif data.get("status"):
        rows = rows.filter(state=data["status"])
    if data.get("seite"):
        rows = rows.filter(**{data["seite"]: here})
    number = _number(request.GET.get("blatt", ""))
    found = kg_parts.shown(rows).order_by("-requested_on", "-drafted_at", "-pk")  # type: ignore[arg-type]
    page = list(found[(number - 1) * PAGE : number * PAGE + 1])
    urgent = list(kg_parts.shown(to_decide(actor)).order_by("requested_on", "pk")[:URGENT])  # type: ignore[arg-type]
    lines = {line.kg.pk: line for line in kg_parts.lines([*urgent, *page[:PAGE]])}
    filtered = any(data.get(name) for name in ("status", "seite"))
    context = {
        "form": form,
        "filtered": filtered,
        "signs": Role.SIGNATORY in actor.roles,
        "urgent": [lines[row.pk] for row in urgent],
        "lines": [lines[row.pk] for row in page[:PAGE]],
        "newer": _address(data, number - 1) if number > 1 else "",
        "older": _address(data, number + 1) if len(page) > PAGE else "",
    }
    return render(request, "optima/kg_list.html", context)


def _number(text: str) -> int:
    return min(max(int(text), 1), 1000) if text.isdecimal() and len(text) < 6 else 1


def _address(data: dict[str, Any], number: int) -> str:
    kept = {name: value for name, value in data.items() if value}
    return "?" + urlencode({**kept, "blatt": number})


def reads_some(request: HttpRequest) -> bool:
    """Whether the person acting reads Kostengutsprachen at all."""
    actor = getattr(request, "actor", None)
    return actor is not None and actor.sees_cases


def present(actor: Actor) -> QuerySet[Any] | None:
    """What must be there for the entry to be shown: nothing for somebody who signs, else one of the office."""
    if Role.SIGNATORY in actor.roles:
        return None
    here = actor.institution
    return Kostengutsprache.objects.filter(Q(requester=here) | (Q(payer=here) & ~Q(state=S.DRAFT)))


def to_sign(actor: Actor) -> QuerySet[Any] | None:
    """What waits for the actor's own signature or refusal."""
    return to_decide(actor).filter(signing.open_to(actor)) if Role.SIGNATORY in actor.roles else None


NAVIGATION = NavItem(
    _("Kostengutsprachen"),
    "optima:kg_list",
    reads_some,
    25,
    "/kostengutsprachen/",
    counted=to_sign,
    present=present,
)
