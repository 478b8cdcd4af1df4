"""One version of the Handlungsplan as a page, and what changed since the one before (RT-15, RT-18)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from iiz.core import audit
from iiz.core.enums import Service
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads
from iiz.core.views.work import case_title

from .. import plan_changes, plan_paper, plan_reading
from ..models import Handlungsplan
from ..plan_reading import Kinds, cut


@dataclass(frozen=True)
class Reading:
    """A version that somebody reads: of which case, what kinds of it, from which seat, and which others there are."""

    case: Case
    plan: Handlungsplan
    kinds: Kinds
    seat: int | None
    versions: list[Handlungsplan]

    @property
    def earlier(self) -> Handlungsplan | None:
        """The version before it that the reader may read too."""
        return next((row for row in self.versions if row.number < self.plan.number), None)


def fetch(request: Request, number: str, version: int) -> Reading:
    """The version, if the reader may read it; ``Http404`` otherwise."""
    case, actor = visible_case(request, number), acting(request)
    if case.service != Service.ROUNDTABLE:
        raise Http404
    plan_reading.fetch(case)
    versions = plan_reading.versions(case, actor)
    plan = next((row for row in versions if row.number == version), None)
    if plan is None:
        raise Http404
    plan.case = case
    return Reading(case, plan, plan_reading.kinds_for(case, actor), plan_reading.participant_of(case, actor), versions)


def address(name: str, plan: Handlungsplan) -> str:
    """The address of a page or document of a version."""
    return reverse(f"roundtable:{name}", args=[plan.case.number, plan.number])


@reads
def plan(request: Request, number: str, version: int) -> HttpResponse:
    """One version as a page, as far as the reader may read it; each opening is logged."""
    reading = fetch(request, number, version)
    document = plan_paper.document(reading.plan, reading.kinds, reading.seat)
    told = _("Handlungsplan, Fassung %(n)s") % {"n": version}
    audit.log_read(acting(request), reading.case, told)
    context = {
        "case": reading.case,
        "title": case_title(reading.case, acting(request)) or reading.case.number,
        "doc": document,
        "plan": reading.plan,
        "versions": [(row, plan_paper.standing_of(row), _url(reading, row)) for row in reading.versions],
        "diff_url": address("plan_diff", reading.plan) if reading.earlier is not None else "",
        "pdf_url": address("plan_pdf", reading.plan),
        "plain_url": address("plan_plain_pdf", reading.plan),
        "text_url": address("plan_text", reading.plan),
    }
    return render(request, "roundtable/plan.html", context)


def _url(reading: Reading, row: Handlungsplan) -> str:
    return reverse("roundtable:plan", args=[reading.case.number, row.number])


@reads
def plan_diff(request: Request, number: str, version: int) -> HttpResponse:
    """What is new, gone and changed since the version before that the reader may read; each opening is logged."""
    reading = fetch(request, number, version)
    earlier = reading.earlier
    if earlier is None:
        raise Http404
    both = (cut(row.content, reading.kinds, reading.seat) for row in (earlier, reading.plan))
    changes = plan_changes.compare(*both)
    told = _("Handlungsplan, Unterschiede von Fassung %(old)s zu %(new)s") % {"old": earlier.number, "new": version}
    audit.log_read(acting(request), reading.case, told)
    context = {
        "case": reading.case,
        "title": case_title(reading.case, acting(request)) or reading.case.number,
        "plan": reading.plan,
        "earlier": earlier,
        "standing": plan_paper.standing_of(reading.plan),
        "earlier_standing": plan_paper.standing_of(earlier),
        "changes": changes,
        "count": plan_changes.count_words(changes),
        "left_out": plan_reading.left_out(reading.plan.content, reading.kinds, reading.seat),
        "back": _url(reading, reading.plan),
    }
    return render(request, "roundtable/plan_diff.html", context)
