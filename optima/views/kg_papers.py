"""A Kostengutsprache and its order to send, to file and to copy (KG-03, KG-09, REP-16, UX-02)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from iiz.core.http import Request
from iiz.core.views import papers
from iiz.core.views.fetch import acting
from iiz.core.views.marks import reads

from ..enums import KostengutspracheState as S
from ..kostengutsprache import letters
from ..models import Kostengutsprache

READ = ("case", "requester", "payer", "tariff", "follows__case", "approval__order__ordered_by")
"""What the letters tell of."""


def _fetch(request: Request, pk: int) -> Kostengutsprache:
    """One that the actor may read and that says something; what was imported as a mere count has no letter."""
    rows = Kostengutsprache.objects.visible_to(acting(request)).select_related(*READ)
    row = get_object_or_404(rows, pk=pk)
    if not row.content_hash and row.state != S.DRAFT:
        raise Http404
    return row


def _ordered(request: Request, pk: int) -> Kostengutsprache:
    row = _fetch(request, pk)
    if letters.order_of(row) is None:
        raise Http404
    return row


def _page(row: Kostengutsprache) -> str:
    return reverse("optima:kostengutsprache", args=[row.pk])


@reads
def kg_pdf(request: Request, pk: int) -> HttpResponse:
    """The Kostengutsprache in the published form; each download is logged."""
    row = _fetch(request, pk)
    title = letters.title_of(row)
    told = _("%(title)s als PDF") % {"title": title}
    name, context = letters.name_of(row), letters.letter(row)
    return papers.as_pdf(request, row.case, letters.TEMPLATE, context, title=title, name=name, told=told)


@reads
def kg_text(request: Request, pk: int) -> HttpResponse:
    """The Kostengutsprache as plain text, to copy into AVAM, OSIV or KLIB; each opening is logged."""
    row = _fetch(request, pk)
    title = letters.title_of(row)
    told = _("%(title)s als Text") % {"title": title}
    return papers.as_text(request, row.case, letters.text(row), title=title, told=told, back=_page(row))


@reads
def order_pdf(request: Request, pk: int) -> HttpResponse:
    """The Auftragsbestätigung as a letter to the provider; each download is logged."""
    row = _ordered(request, pk)
    title = letters.order_title_of(row)
    told = _("%(title)s als PDF") % {"title": title}
    name, context = letters.order_name_of(row), letters.order_letter(row)
    return papers.as_pdf(request, row.case, letters.ORDER_TEMPLATE, context, title=title, name=name, told=told)


@reads
def order_text(request: Request, pk: int) -> HttpResponse:
    """The Auftragsbestätigung as plain text; each opening is logged."""
    row = _ordered(request, pk)
    title = letters.order_title_of(row)
    told = _("%(title)s als Text") % {"title": title}
    return papers.as_text(request, row.case, letters.order_text(row), title=title, told=told, back=_page(row))
