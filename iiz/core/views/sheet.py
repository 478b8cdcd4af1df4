"""The plain-language sheet for clients, as page and as PDF (UX-16)."""

from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import pdf, registry
from ..context import page
from ..http import Request
from .marks import reads


@login_not_required
@reads
def sheet(request: Request) -> HttpResponse:
    """What the services are, what one has of them, and what one decides oneself."""
    return render(request, "core/sheet.html", {"introductions": registry.introductions})


@login_not_required
@reads
def sheet_pdf(request: Request) -> HttpResponse:
    """The same on paper, to hand over."""
    context = {
        **{name: page(request)[name] for name in ("canton_name", "office")},
        "introductions": registry.introductions,
        "today": timezone.localdate(),
        "title": _("Merkblatt für Klientinnen und Klienten"),
    }
    response = HttpResponse(_set(render_to_string("core/pdf/sheet.html", context)), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="Merkblatt-IIZ.pdf"'
    return response


@lru_cache(maxsize=4)
def _set(html: str) -> bytes:
    """The PDF, set once for the same words: anybody may ask for it as often as they like."""
    return pdf.to_pdf(html)
