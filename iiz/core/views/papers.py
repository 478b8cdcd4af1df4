"""A document of a case in the three ways in which it is taken along: to send, to file, to copy (REP-16, UX-02, OP-15).

Every download and every opening is noted in the access log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from .. import audit, pdf
from ..context import CANTON
from ..http import Request
from ..models import Case
from .fetch import acting


def for_the_file(request: HttpRequest) -> bool:
    """Whether the variant for the archive is asked for: ``?ablage=1``, as the filter ``archived`` makes the address."""
    return request.GET.get("ablage") == "1"


def as_pdf(
    request: Request, case: Case, template: str, context: Mapping[str, Any], *, title: str, name: str, told: str
) -> HttpResponse:
    """The document as PDF/UA-1, or as PDF/A-3a for the file; ``told`` is what the access log says of it."""
    audit.log_read(acting(request), case, told)
    return made_pdf(request, template, context, title=title, name=name)


def made_pdf(request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str, name: str) -> HttpResponse:
    """The PDF alone, for whoever has noted the reading; ``name`` is the file name without ending, number included."""
    archive = for_the_file(request)
    body = pdf.render(template, {"canton_name": CANTON, **context}, title=title, archive=archive)
    filename = f"{name}-PDF-A.pdf" if archive else f"{name}.pdf"
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(archive, filename) or ""
    return response


def as_text(request: Request, case: Case, text: str, *, title: str, told: str, back: str = "") -> HttpResponse:
    """The document as plain text ready to copy; ``back`` is the page it belongs to, the case if left out."""
    audit.log_read(acting(request), case, told)
    context = {"title": title, "text": text, "back": back or case.get_absolute_url()}
    return render(request, "core/text.html", context)
