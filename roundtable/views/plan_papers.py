"""A version of the Handlungsplan to take along: as PDF, in plain language, as text (RT-18, REP-16, UX-02)."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from iiz.core import audit
from iiz.core.http import Request
from iiz.core.views import papers
from iiz.core.views.fetch import acting
from iiz.core.views.marks import reads

from .. import plan_paper
from .plan import Reading, address, fetch


@reads
def plan_pdf(request: Request, number: str, version: int) -> HttpResponse:
    """The version as PDF; with ``?ablage=1`` as PDF/A for the file. Each download is logged."""
    return _pdf(request, fetch(request, number, version))


@reads
def plan_plain_pdf(request: Request, number: str, version: int) -> HttpResponse:
    """The summary in plain language as PDF; each download is logged."""
    return _pdf(request, fetch(request, number, version), plain=True)


def _pdf(request: Request, reading: Reading, *, plain: bool = False) -> HttpResponse:
    """The copy as it was sent; made anew for the file, and once the client's signature has come since."""
    archive, plan = papers.for_the_file(request), reading.plan
    names = {"n": plan.number, "number": reading.case.number}
    told = _("Handlungsplan in einfachen Worten, Fassung %(n)s") if plain else _("Handlungsplan als PDF, Fassung %(n)s")
    audit.log_read(acting(request), reading.case, told % names)
    kept = plan_paper.kept(plan, reading.kinds, participant=reading.seat, plain=plain)
    if kept is not None and not archive and (plain or not hasattr(plan, "signature")):
        with kept.file.open("rb") as file:
            body = file.read()
    else:
        body = plan_paper.render(plan, reading.kinds, participant=reading.seat, plain=plain, archive=archive)
    name = _("Handlungsplan-%(number)s-Fassung-%(n)s") % names + (_("-einfach") if plain else "")
    response = HttpResponse(body, content_type="application/pdf")
    filename = f"{name}-PDF-A.pdf" if archive else f"{name}.pdf"
    response["Content-Disposition"] = content_disposition_header(archive, filename) or ""
    return response


@reads
def plan_text(request: Request, number: str, version: int) -> HttpResponse:
    """The version as plain text to copy; each opening is logged."""
    reading = fetch(request, number, version)
    document = plan_paper.document(reading.plan, reading.kinds, reading.seat)
    told = _("Handlungsplan als Text, Fassung %(n)s") % {"n": version}
    back = address("plan", reading.plan)
    return papers.as_text(request, reading.case, document.as_text, title=document.title, told=told, back=back)
