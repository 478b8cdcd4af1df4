"""The whole record of a case in parts, as far as a reader may read it (IV-06, OP-15, UX-02).

OSIV cannot hold people without a claim on the IV: for their cases the portal is the record, and this is it on paper.
Everything comes from where the pages read it, so that file and page cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from iiz.core import access, meetings
from iiz.core.actor import Actor
from iiz.core.blocks import Block, Row, as_text, filled
from iiz.core.enums import IvProcedure, MeetingState, StatisticsGroup
from iiz.core.models import CallNote, Case, Document
from iiz.core.templatetags.ui import day
from iiz.core.views.case import history
from iiz.core.views.meetings import minutes_blocks, visible_meetings
from iiz.core.workflow import Party, shown_state

from . import content, minutes, release_words
from .kostengutsprache import summary
from .models import Abschluss
from .queries import antrag_of

ANTRAG = frozenset({"goals", "situation", "person", "benefits", "facts"})
"""The blocks of the content that the principal wrote."""


@dataclass(frozen=True)
class Part:
    """One part of the record: its heading, and its blocks below."""

    title: str
    blocks: list[Block] = field(default_factory=list)


def title_of(case: Case) -> str:
    """``Fallakte Optima O-2026-0040``."""
    return _("Fallakte Optima %(number)s") % {"number": case.number}


def is_only_record(case: Case, actor: Actor) -> bool:
    """Whether the reader's IV office has no other place for this case: no claim, so nothing in OSIV (IV-06)."""
    facts = getattr(case, "facts", None)
    unclaimed = facts is not None and facts.iv_procedure == IvProcedure.NONE
    return unclaimed and actor.institution.statistics_group == StatisticsGroup.IV


def parts(case: Case, actor: Actor) -> list[Part]:
    """The record in the order in which the case went; empty parts are left out."""
    sides = content.may_read(case, actor)
    words = content.blocks(case, actor)
    found = [
        Part(_("Auf einen Blick"), [Block("glance", "", _glance(case, actor)), *_named(words, "contacts")]),
        Part(_("Antrag"), [block for block in words if block.name in ANTRAG]),
        Part(_("Aufnahmekriterien und Zielgruppe"), _named(words, "group") + _named(words, "criteria")),
        Part(
            _("Rückfragen und Entscheid"), [b for b in words if b.name.startswith("query")] + _named(words, "decision")
        ),
        *_minutes(case, actor),
        Part(_("Gesprächswünsche des Auftraggebers"), _wishes(case, sides)),
        Part(_("Mitteilungen an den Auftraggeber"), _messages(case, sides)),
        Part(_("Kostengutsprachen"), [summary.in_full(row) for row in summary.of_case(case, actor)]),
        Part(_("Vereinbarung ALV, Anmeldung und IV-Verfahren"), [_beside(case, actor)]),
        Part(_("Telefonnotizen"), [_calls(case, actor)]),
        Part(_("Abschluss"), [_closure(case, sides)]),
        Part(_("Verzeichnis der Dokumente"), [_documents(case, actor)]),
        Part(_("Verlauf"), [_history(case, actor)]),
    ]
    shown = [Part(part.title, filled(part.blocks)) for part in found]
    return [part for part in shown if part.blocks]


def text(case: Case, found: Iterable[Part]) -> str:
    """The record as plain text: each part below its heading."""
    chapters = [as_text(f"{number}. {part.title}", part.blocks) for number, part in enumerate(found, start=1)]
    return f"{title_of(case)}\n\n" + "\n\n".join(chapters)


def _named(words: Iterable[Block], name: str) -> list[Block]:
    return [block for block in words if block.name == name]


def _glance(case: Case, actor: Actor) -> list[Row]:
    """What stands in the head of the case."""
    antrag = antrag_of(case)
    person = case.person if access.shows_person(case, actor) else None
    lead = [case.lead_institution.name, case.lead_user.get_full_name() if case.lead_user else ""]
    agreement = day(getattr(case, "latest_agreed_on", None))
    return [
        (_("Fall"), case.number),
        (_("Klientin/Klient"), f"{person.first_name} {person.last_name}, {day(person.birth_date)}" if person else ""),
        (_("Status"), str(shown_state(case).label)),
        (_("Fallführung"), ", ".join(filter(None, lead)) + _(", seit %(day)s") % {"day": day(case.lead_since)}),
        (_("Auftraggeber"), antrag.principal.name),
        (_("Auftragnehmer"), antrag.contractor.name if antrag.contractor else ""),
        (_("Einverständnis vom"), agreement),
        (_("Einverständnis zurückgezogen am"), day(case.withdrawn_at)),
        (_("Eingang"), day(case.arrived_on)),
        (_("Übergabegespräch"), day(antrag.handover_on)),
        (_("Beginn der Fallarbeit"), day(antrag.started_on)),
        (_("Geplantes Ende"), day(antrag.planned_until)),
        (_("Beendet am"), day(case.ended_on)),
    ]


def _minutes(case: Case, actor: Actor) -> list[Part]:
    """The note of every talk that was held, in the order of the talks."""
    held = [row for row in visible_meetings(case, actor) if row.state == MeetingState.HELD]
    found = []
    for meeting in sorted(held, key=lambda row: (row.held_on, row.pk)):
        meeting.case = case
        title = _("%(kind)s vom %(day)s") % {"kind": meetings.label(meeting), "day": day(meeting.held_on)}
        found.append(Part(title, minutes_blocks(meeting, case, actor)))
    return found


def _wishes(case: Case, sides: frozenset[str]) -> list[Block]:
    """What the principal wanted to meet for, and the answer, each as far as the reader's side wrote it (OP-16)."""
    return [
        Block(
            "wish",
            _("Wunsch vom %(day)s") % {"day": day(row.asked_at)},
            [
                (_("Wichtiger Grund"), row.reason if Party.PRINCIPAL in sides else ""),
                (_("Antwort"), row.answer if Party.CONTRACTOR in sides else ""),
            ],
        )
        for row in reversed(case.meeting_requests.all())
    ]


def _messages(case: Case, sides: frozenset[str]) -> list[Block]:
    return [
        Block(
            "message",
            _("%(kind)s vom %(day)s") % {"kind": row["kind"], "day": day(row["sent_at"])},
            [
                (_("Gesendet von"), f"{row['sent_by']}, {row['office']}"),
                (_("Geschehen am"), day(row["happened_on"])),
                (_("Mitteilung"), row["text"]),
                (_("Entscheid"), row["status"]),
                (_("Antwort"), row["answer"]),
            ],
        )
        for row in reversed(content.messages(case, sides))
    ]


def _beside(case: Case, actor: Actor) -> Block:
    rows = list(release_words.facts(case, actor))
    release = release_words.of(case, actor)
    if release is not None:
        rows.append(
            (_("Befreiung von der Stellensuche"), " ".join([f"{release.word.rstrip('.')}.", *release.sentences]))
        )
        rows += [(paper.period, paper.standing) for paper in reversed(release.papers)]
    return Block("beside", "", rows)


def _calls(case: Case, actor: Actor) -> Block:
    notes = CallNote.objects.visible_to(actor).filter(case=case).select_related("author", "institution")
    rows = [(f"{day(row.called_on)}, {row.author.get_full_name()}, {row.institution.name}", row.text) for row in notes]
    return Block("calls", "", rows[::-1])


def _closure(case: Case, sides: frozenset[str]) -> Block:
    antrag = antrag_of(case)
    row: Abschluss | None = getattr(antrag, "abschluss", None)
    if row is None:
        return Block("closure", "", [(_("Grund"), antrag.ended_note if len(sides) > 1 else "")])
    rows = minutes.closure_rows(row)
    return Block("closure", "", rows if Party.CONTRACTOR in sides else rows[:2])


def _documents(case: Case, actor: Actor) -> Block:
    """What is filed, not the files: they are fetched one by one, each past its own access check."""
    rows = Document.objects.visible_to(actor).filter(case=case).select_related("institution")
    return Block(
        "documents",
        "",
        [(day(row.uploaded_at), f"{row.title} ({row.filename}), {row.institution.name}") for row in rows][::-1],
    )


def _history(case: Case, actor: Actor) -> Block:
    """The timeline, oldest first."""
    told = history(case, actor)
    rows = [(f"{day(entry['at'])} {entry['who']}".strip(), entry["text"]) for entry in told["entries"]]
    if told["more"]:
        rows.append(("", _("Frühere Einträge stehen im Portal.")))
    return Block("history", "", rows[::-1])
