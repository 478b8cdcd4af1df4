"""The short note that each office keeps in its own system: AVAM, OSIV or KLIB (ALV-07, OP-15, UX-02, UX-17).

The adviser copies it; the portal writes into no other system. It names no client: it is pasted where she or he stands.
"""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from iiz.core import clock, meetings
from iiz.core.actor import Actor
from iiz.core.blocks import Block, Row, filled
from iiz.core.enums import Phase, StatisticsGroup
from iiz.core.models import Case
from iiz.core.templatetags.ui import day
from iiz.core.workflow import Party, shown_state

from . import content, release_words
from .enums import MeetingKind
from .kostengutsprache import summary
from .models import Antrag
from .queries import antrag_of

SYSTEMS: dict[str, str] = {StatisticsGroup.RAV: "AVAM", StatisticsGroup.IV: "OSIV", StatisticsGroup.SH: "KLIB"}
"""What the system of an office is called, by the column under which the office counts."""


def system_of(case: Case, actor: Actor) -> str:
    """The system for which ``actor`` copies: the own office's, for the coordination office the contractor's."""
    group = antrag_of(case).contractor_group if actor.is_coordination else actor.institution.statistics_group
    return SYSTEMS.get(group, "AVAM")


def title_of(case: Case, actor: Actor) -> str:
    """``Notiz für AVAM: Optima O-2026-0040``."""
    return _("Notiz für %(system)s: Optima %(number)s") % {"system": system_of(case, actor), "number": case.number}


def blocks(case: Case, actor: Actor) -> list[Block]:
    """The note, as far as ``actor`` may read what it is made of."""
    antrag, sides = antrag_of(case), content.may_read(case, actor)
    known = Party.PRINCIPAL in sides
    return filled(
        [
            Block("case", _("Optima"), _standing(case, antrag)),
            Block("goals", _("Ziele"), content.goals(antrag) if known else []),
            Block("dates", _("Termine"), [*_dates(case, antrag), *_beside(case, actor)]),
            Block("kg", _("Kostengutsprachen"), _promises(case, actor)),
            Block("contacts", _("Kontakt"), content.contacts(case, sides)[:3]),
            Block("indicator", _("Für die Wirkungsmessung"), [("", _indicator(case, antrag))]),
        ]
    )


def _standing(case: Case, antrag: Antrag) -> list[Row]:
    lead = ", ".join(
        part for part in (case.lead_institution.name, case.lead_user.get_full_name() if case.lead_user else "") if part
    )
    classification = getattr(antrag, "classification", None)
    rule = classification.rule if classification is not None else None
    return [
        (_("Fall"), case.number),
        (_("Status"), str(shown_state(case).label)),
        (_("Fallführung"), _("%(who)s seit %(day)s") % {"who": lead, "day": day(case.lead_since)}),
        (_("Auftraggeber"), antrag.principal.name),
        (_("Auftragnehmer"), antrag.contractor.name if antrag.contractor else ""),
        (_("Zielgruppe"), f"{rule.zielgruppe}: {rule.title}" if rule is not None else ""),
    ]


def _dates(case: Case, antrag: Antrag) -> list[Row]:
    planned = meetings.planned(case, MeetingKind.STANDORTGESPRAECH) if case.phase == Phase.OPEN else None
    return [
        (_("Antrag vom"), day(case.arrived_on)),
        (_("Übergabegespräch"), day(antrag.handover_on)),
        (_("Beginn der Fallarbeit"), day(antrag.started_on)),
        (_("Nächstes Standortgespräch"), day(planned.day) if planned and planned.day >= clock.today() else ""),
        (_("Geplantes Ende"), day(antrag.planned_until) if case.phase == Phase.OPEN else ""),
        (_("Beendet am"), day(case.ended_on)),
        (_("Ergebnis"), str(capfirst(antrag.get_outcome_display())) if antrag.outcome else ""),
    ]


def _beside(case: Case, actor: Actor) -> list[Row]:
    """Registration at the RAV, the IV's procedure, the release from job search."""
    release = release_words.of(case, actor)
    rows = list(release_words.facts(case, actor))
    return [*rows, (_("Vereinbarung ALV"), release.word)] if release is not None else rows


def _promises(case: Case, actor: Actor) -> list[Row]:
    """One line for each Kostengutsprache that the actor's office may read."""
    return [(row.number, summary.in_short(row)) for row in summary.of_case(case, actor)]


def _indicator(case: Case, antrag: Antrag) -> str:
    """The sentence for those who are measured by an indicator: here, Optima was used (UX-17)."""
    if antrag.started_on is None:
        return _("Optima angefragt am %(day)s.") % {"day": day(case.arrived_on)}
    if case.ended_on is None:
        return _("Optima genutzt: ja, seit %(first)s, läuft.") % {"first": day(antrag.started_on)}
    days = {"first": day(antrag.started_on), "last": day(case.ended_on)}
    return _("Optima genutzt: ja, vom %(first)s bis %(last)s.") % days
