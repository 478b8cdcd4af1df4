"""What goes beside the case work, in words for the page of a case (SH-07, RED-03, RED-05, ALV-07)."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.enums import Phase
from iiz.core.models import Case
from iiz.core.templatetags.ui import day
from iiz.core.workflow import Party

from . import content
from .effects import release
from .enums import Decision, IvRest
from .models import Antrag, Vereinbarung
from .queries import antrag_of

REST_WORDS = {
    IvRest.SUSPENDED: gettext_lazy("sistiert seit %(day)s, wird nach dem Auftrag wieder aufgenommen"),
    IvRest.CLOSED: gettext_lazy("abgeschlossen seit %(day)s, lebt nicht von selbst wieder auf"),
}


@dataclass(frozen=True)
class Paper:
    """One Vereinbarung with its addresses; ``void``: another has taken its place, or the release ended unsigned."""

    period: str
    standing: str
    void: bool
    pdf_url: str
    text_url: str


@dataclass(frozen=True)
class Beside:
    """What the overview says: a mark with its word, sentences, and the papers, the newest first."""

    mark: str
    word: str
    sentences: list[str] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)


def of(case: Case, actor: Actor) -> Beside | None:
    """The release of a case as far as the reader may know of it; ``None`` where there is none to speak of."""
    antrag = antrag_of(case)
    if not release.releases(antrag) or antrag.decision != Decision.ACCEPTED:
        return None
    if Party.PRINCIPAL not in content.may_read(case, actor):
        return None
    rows = release.agreements(case)
    mark, word = _word(case, antrag, rows)
    sentences = [one for one in (_unsigned(antrag, rows), _early(rows), _restored(antrag)) if one]
    return Beside(mark, word, sentences, [_paper(case, row) for row in reversed(rows)])


def _word(case: Case, antrag: Antrag, rows: list[Vereinbarung]) -> tuple[str, str]:
    """Whether somebody is released, with mark and days."""
    today = clock.today()
    period = release.span_on(rows, today)
    if period is None:
        if release.held(rows) is not None:
            return "rest", _("Es war nichts befreit: Die Vereinbarung endete vor ihrem ersten Tag.")
        if case.phase == Phase.ENDED or antrag.work_offer_restored_on is not None:
            return "rest", _("Es war nichts befreit: Eine unterschriebene Vereinbarung ALV gab es nicht.")
        return "wait", _("Noch nicht befreit: Kontrollpflicht und Stellensuche gelten weiter.")
    days = {"first": day(period[0]), "last": day(period[1])}
    if today < period[0]:
        return "wait", _("Befreit vom %(first)s bis %(last)s, noch nicht begonnen") % days
    if today <= period[1]:
        return "ok", _("Befreit vom %(first)s bis %(last)s") % days
    return "rest", _("War befreit vom %(first)s bis %(last)s") % days


def _unsigned(antrag: Antrag, rows: list[Vereinbarung]) -> str:
    if antrag.work_offer_restored_on is not None:
        return ""
    if not rows:
        return _("Die Vereinbarung ALV ist noch nicht ausgefüllt.")
    row = release.unsigned(rows)
    if row is None:
        return ""
    days = {"first": day(row.release_from), "last": day(row.release_until)}
    if release.held(rows) is None:
        return _("Die Vereinbarung vom %(first)s bis %(last)s ist noch nicht unterschrieben.") % days
    return (
        _("Eine neue Vereinbarung vom %(first)s bis %(last)s ist noch nicht unterschrieben; sie gilt erst danach.")
        % days
    )


def _early(rows: list[Vereinbarung]) -> str:
    row = release.held(rows)
    if row is None or row.ended_on is None or row.ended_on >= row.release_until or row.last_day < row.first_day:
        return ""
    sentence = _("Früher beendet als vereinbart (%(last)s).") % {"last": day(row.release_until)}
    return f"{sentence} {row.ended_note.rstrip('.')}." if row.ended_note else sentence


def _restored(antrag: Antrag) -> str:
    if antrag.work_offer_restored_on is None:
        return ""
    return _(
        "Das Arbeitsangebot ist seit dem %(day)s wieder intakt. Der Optima-Fall wird im Standortgespräch "
        "abgeschlossen; die Sozialberatung kann danach bilateral weitergehen."
    ) % {"day": day(antrag.work_offer_restored_on)}


def _paper(case: Case, row: Vereinbarung) -> Paper:
    signed = (
        _("unterschrieben am %(day)s") % {"day": day(row.signed_on)} if row.signed_on else _("nicht unterschrieben")
    )
    void = _void(row) % {"day": day(row.replaced_at)} if row.replaced_at else ""
    return Paper(
        period=_("%(first)s bis %(last)s") % {"first": day(row.release_from), "last": day(row.release_until)},
        standing=", ".join(part for part in (signed, void) if part),
        void=bool(row.replaced_at),
        pdf_url=reverse("optima:vereinbarung", args=[case.number, row.pk]),
        text_url=reverse("optima:vereinbarung_text", args=[case.number, row.pk]),
    )


def _void(row: Vereinbarung) -> str:
    return _("hinfällig seit %(day)s") if row.ended_by_report and row.signed_on is None else _("ersetzt am %(day)s")


def facts(case: Case, actor: Actor) -> list[tuple[str, str]]:
    """The registration at the RAV and what became of the IV's procedure, as far as the reader may know."""
    antrag, sides = antrag_of(case), content.may_read(case, actor)
    found = []
    if antrag.rav_registered_on is not None and Party.CONTRACTOR in sides:
        found.append((_("Beim RAV angemeldet"), f"{day(antrag.rav_registered_on)}{_turnaround(antrag)}"))
    if antrag.iv_rest and Party.PRINCIPAL in sides:
        found.append((_("IV-Verfahren"), str(REST_WORDS[IvRest(antrag.iv_rest)]) % {"day": day(antrag.iv_rest_on)}))
    return found


def _turnaround(antrag: Antrag) -> str:
    """How long it took after the acceptance."""
    if antrag.decided_on is None or antrag.rav_registered_on is None:
        return ""
    days = (antrag.rav_registered_on - antrag.decided_on).days
    if days < 0:
        return _(", schon vor der Annahme")
    if days == 0:
        return _(", am Tag der Annahme")
    return ngettext(", %(n)s Tag nach der Annahme", ", %(n)s Tage nach der Annahme", days) % {"n": days}
