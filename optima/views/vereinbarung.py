"""The Vereinbarung ALV to sign and to file: as a letter of the RAV, and as text (SH-05, SH-06, OP-15)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from iiz.core import workflow
from iiz.core.actor import Actor
from iiz.core.blocks import as_text
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.templatetags.ui import ahv
from iiz.core.views import papers
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads
from iiz.core.workflow import Party

from .. import content, wording
from ..models import Vereinbarung
from ..queries import antrag_of
from ..wording import Wording

BLANK = "_" * 32
"""A line to fill in by hand, where the portal does not know the address."""


def _fetch(request: Request, number: str, pk: int) -> tuple[Case, Actor, Vereinbarung]:
    """A Vereinbarung that the actor may read; once the agreement is withdrawn only the RAV and the coordination may."""
    case, actor = visible_case(request, number), acting(request)
    if case.service != "optima":
        raise Http404
    row = get_object_or_404(Vereinbarung, antrag=antrag_of(case), pk=pk)
    if Party.PRINCIPAL not in content.may_read(case, actor):
        raise workflow.NotAllowed(
            _("Das Einverständnis ist zurückgezogen: Die Vereinbarung sieht nur noch, wer sie ausgefüllt hat.")
        )
    return case, actor, row


def _title(case: Case) -> str:
    return _("Vereinbarung ALV %(number)s") % {"number": case.number}


@reads
def vereinbarung_pdf(request: Request, number: str, pk: int) -> HttpResponse:
    """The Vereinbarung as a letter of the RAV to the insured person; each download is logged."""
    case, _actor, row = _fetch(request, number, pk)
    words = wording.of(row, _office(case))
    if not words.release:
        raise workflow.NotAllowed(words.hints[0])
    context, title = letter(case, row, words), _title(case)
    name, told = f"Vereinbarung-ALV-{case.number}", _("Vereinbarung ALV als PDF")
    return papers.as_pdf(request, case, "optima/pdf/vereinbarung.html", context, title=title, name=name, told=told)


def _office(case: Case) -> str:
    contractor = antrag_of(case).contractor
    return contractor.name if contractor is not None else ""


def letter(case: Case, row: Vereinbarung, words: Wording) -> dict[str, Any]:
    """What the PDF's template reads: the RAV as sender, the insured person, the words, the place to sign."""
    principal, person = antrag_of(case).principal, case.person
    recipient = []
    if person is not None:
        recipient = [f"{person.first_name} {person.last_name}", person.street or BLANK]
        recipient.append(f"{person.postcode} {person.place}".strip() or BLANK)
    direct = _("Direktwahl %(phone)s") % {"phone": row.adviser_phone} if row.adviser_phone else ""
    return {
        "office": principal,
        "recipient": recipient,
        "dated": row.made_at,
        "reference": [
            (_("Pers-Nr."), (person and person.rav_number) or BLANK[:16]),
            (_("AHV-Nr."), ahv(person and person.ahv_number) or BLANK[:16]),
            (_("Fall"), case.number),
        ],
        "row": row,
        "words": words,
        "signed_by": [line for line in (row.adviser, _("Personalberatung"), direct) if line],
        "signatures": [_("Ort und Datum"), _("Unterschrift der versicherten Person")],
        "copies": [_("Kopie an die zuständige Arbeitslosenkasse: %(fund)s") % {"fund": row.fund}],
    }


@reads
def vereinbarung_text(request: Request, number: str, pk: int) -> HttpResponse:
    """The Vereinbarung as plain text, to copy into AVAM or KLIB; each opening is logged."""
    case, _actor, row = _fetch(request, number, pk)
    text = as_text(_title(case), wording.blocks(case, row, wording.of(row, _office(case))))
    return papers.as_text(request, case, text, title=_title(case), told=_("Vereinbarung ALV als Text"))
