"""What a reader of a case can take along, as its overview and its documents list it (UX-02, OP-15)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from iiz.core.actor import Actor
from iiz.core.models import Case

from .. import avam, release_words
from ..kostengutsprache import letters as promises
from ..kostengutsprache import summary
from . import abschluss, documents, file


@dataclass(frozen=True)
class Paper:
    """One document with its addresses; the note for the own system is text alone."""

    label: str
    text_url: str
    pdf_url: str = ""


def of(case: Case, actor: Actor) -> list[Paper]:
    """The documents of the case itself; those of a meeting stand with their meeting."""
    at = [case.number]
    found = []
    if not file.refusal(case):
        label = _("Notiz für %(system)s") % {"system": avam.system_of(case, actor)}
        found.append(Paper(label, reverse("optima:note", args=at)))
    if not documents.refusal(case, actor):
        found.append(Paper(_("Antrag"), reverse("optima:text", args=at), reverse("optima:pdf", args=at)))
    if not abschluss.refusal(case, actor):
        addresses = reverse("optima:abschluss_text", args=at), reverse("optima:abschluss", args=at)
        found.append(Paper(_("Abschlussnotiz"), *addresses))
    if not file.refusal(case):
        found.append(Paper(_("Fallakte"), reverse("optima:file_text", args=at), reverse("optima:file", args=at)))
    return found


def letters(case: Case, actor: Actor) -> list[tuple[str, str, str]]:
    """What there is as PDF, the Vereinbarungen and Kostengutsprachen with their orders too; the minutes stand beside.

    Label, address of the PDF, address of the text.
    """
    found = [(str(paper.label), paper.pdf_url, paper.text_url) for paper in of(case, actor) if paper.pdf_url]
    release = release_words.of(case, actor)
    for agreement in reversed(release.papers) if release is not None else ():
        label = _("Vereinbarung ALV %(period)s, %(standing)s")
        names = {"period": agreement.period, "standing": agreement.standing}
        found.append((label % names, agreement.pdf_url, agreement.text_url))
    for row in summary.asked(case, actor):
        at = [row.pk]
        found.append((promises.title_of(row), reverse("optima:kg_pdf", args=at), reverse("optima:kg_text", args=at)))
        if promises.order_of(row) is not None:
            addresses = reverse("optima:order_pdf", args=at), reverse("optima:order_text", args=at)
            found.append((promises.order_title_of(row), *addresses))
    return found
