"""The tab «Sichten» of a case: all views beside each other, and as text (RT-09, RT-11, UX-02)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import audit, workflow
from iiz.core.actor import Actor
from iiz.core.blocks import as_text
from iiz.core.enums import Phase, Service
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.views import papers
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads
from iiz.core.views.work import case_title

from .. import comparison, perspectives, reading
from ..comparison import Column, SideBySide
from ..effects.views import unasked
from ..queries import moderates
from ..workflow.preparation import VIEWS


def tab(case: Case, actor: Actor) -> dict[str, Any]:
    """Whose views there are, what is missing until when, and what can be done; to read, they stand side by side."""
    getattr(case, "_prefetched_objects_cache", {}).pop("perspectives", None)
    getattr(case, "_prefetched_objects_cache", {}).pop("participants", None)
    comparison.fetch(case)
    page = comparison.standing(case, actor)
    own = next((column for column in page.columns if column.own), None)
    waiting = [] if not moderates(case, actor) or case.withdrawn_at else unasked(case)
    return {
        "page": page,
        "columns": [(column, _steps(column, actor)) for column in page.columns],
        "own_label": _own_label(own),
        "own_url": reverse("roundtable:view", args=[own.view.pk]) if own is not None else "",
        "unasked": [reading.name_of(case, row, named=True) for row in waiting],
        "steps": workflow.available(case, actor, tab=VIEWS),
        "read_url": reverse("roundtable:views", args=[case.number]) if page.given else "",
    }


def _own_label(own: Column | None) -> str:
    """What can be done with the own view: written, changed, or only read any more, if anything stands there."""
    if own is None:
        return ""
    if perspectives.hindrance(own.view):
        return _("Ihre Sicht lesen") if own.view.draft or own.view.given_at is not None else ""
    return _("Ihre Sicht ändern") if own.view.given_at is not None else _("Ihre Sicht schreiben")


def _steps(column: Column, actor: Actor) -> list[tuple[str, str]]:
    """What whoever moderates can do about one view: label and address."""
    view = column.view
    if not moderates(view.case, actor) or perspectives.hindrance(view):
        return []
    found = []
    if perspectives.writes_down(view, actor):
        found.append((_("Sicht aufschreiben"), reverse("roundtable:view", args=[view.pk])))
    elif not perspectives.no_reopening(view):
        found.append((_("Nochmals einen Link senden"), reverse("roundtable:view_step", args=[view.pk, "reopen"])))
    if view.given_at is None:
        found.append((_("Nicht mehr einholen"), reverse("roundtable:view_step", args=[view.pk, "cancel"])))
    return found


def _page(request: Request, number: str) -> tuple[Case, SideBySide]:
    """The case and what the reader may read of its views; ``Http404`` for what is no Roundtable."""
    case, actor = visible_case(request, number), acting(request)
    if case.service != Service.ROUNDTABLE or case.phase == Phase.DRAFT:
        raise Http404
    return case, comparison.of(case, actor)


@reads
def views(request: Request, number: str) -> HttpResponse:
    """The views side by side, on the whole width."""
    case, page = _page(request, number)
    audit.log_read(acting(request), case, _("Sichten nebeneinander"))
    context = {
        "case": case,
        "title": case_title(case, acting(request)) or case.number,
        "page": page,
        "back": reverse("core:case_tab", args=[case.number, VIEWS]),
        "text_url": reverse("roundtable:views_text", args=[case.number]),
    }
    return render(request, "roundtable/views.html", context)


@reads
def text(request: Request, number: str) -> HttpResponse:
    """The views as plain text, as far as the reader may read them."""
    case, page = _page(request, number)
    title = _("Sichten vor dem Gespräch, %(number)s") % {"number": case.number}
    words = as_text(title, comparison.blocks(page))
    back = reverse("roundtable:views", args=[case.number])
    return papers.as_text(request, case, words, title=_("Sichten als Text"), told=_("Sichten als Text"), back=back)


TAB: dict[str, tuple[Any, str, Any]] = {VIEWS: (gettext_lazy("Sichten"), "roundtable/case_views.html", tab)}
