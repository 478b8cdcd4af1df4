"""Writing in the working paper, field by field, by several people at once, without losing a word (RT-10, RT-11).

Whoever writes says what stood in the field before: if somebody else changed it meanwhile, both texts are joined where
they do not touch the same words, and otherwise the writer is told what stands there now. Nothing typed is dropped: what
is written over is kept in ``OldCell`` until the next Handlungsplan is final.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.enums import Phase, Reply
from iiz.core.models import Case, Institution, Meeting, ServiceOffer
from iiz.core.workflow import NotAllowed

from . import seating
from .enums import MeetingKind, ParticipantKind
from .models import CaseManagement, Cell, LifeArea, OldCell, Participant
from .models.paper import CELL_LENGTH
from .paper import ROWS, YES, About, Area, Owner, Paper, is_name
from .paper_reader import keys, read
from .queries import PREPARED, at_the_table, held, is_covered, moderates, seat_of

JOINS = ("roundtable", "vollmacht", "person")
"""What is asked together with the case."""
PAUSE = dt.timedelta(minutes=10)
"""Written over after that long, one's own earlier words are kept too."""


class Unknown(ValueError):
    """There is no such field, or the text is too long for it."""


class NotYours(NotAllowed):
    """The paper is none of the actor's."""


@dataclass(frozen=True)
class Change:
    """One field: what stood there when the writer last looked, and what stands there now."""

    name: str
    was: str
    now: str


@dataclass(frozen=True)
class Theirs:
    """What somebody else wrote into a field meanwhile."""

    text: str
    who: str
    at: dt.datetime


@dataclass
class Written:
    """What became of the changes: the new revision, texts that stand otherwise than sent, and what was in the way."""

    case: Case
    revision: int
    joined: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, Theirs] = field(default_factory=dict)


def refusal(case: Case, actor: Actor) -> str:
    """Why ``actor`` may not write in the working paper now, as a German sentence; empty if nothing hinders."""
    return no_writer(case, actor) or halted(case)


def check(case: Case, actor: Actor) -> None:
    """Raises :class:`NotYours` or ``NotAllowed`` with the reason where ``actor`` may not write now."""
    if reason := no_writer(case, actor):
        raise NotYours(reason)
    if reason := halted(case):
        raise NotAllowed(reason)


def no_writer(case: Case, actor: Actor) -> str:
    """Why the working paper is none of the actor's: it neither moderates nor has the case management."""
    if moderates(case, actor) or _manages(case, actor):
        return ""
    return _("Im Arbeitspapier schreibt, wer das Gespräch moderiert, und danach das Case Management.")


def halted(case: Case) -> str:
    """Why nobody may write in the working paper any more; empty while somebody may."""
    if case.phase != Phase.OPEN:
        return _("Der Roundtable ist beendet. Es lässt sich nichts mehr dazu schreiben.")
    if case.state not in PREPARED:
        return _("Der Roundtable ist noch nicht gestartet. Geschrieben wird, sobald er vorbereitet ist.")
    if case.withdrawn_at is not None:
        return _("Die Vollmacht ist zurückgezogen: Es wird nichts mehr festgehalten und nichts mehr ausgetauscht.")
    if case.vollmacht is None or not case.vollmacht.holds_on(clock.today()):
        return _("Die Vollmacht gilt heute nicht. Halten Sie zuerst eine neue fest; was hier steht, bleibt.")
    return ""


def _manages(case: Case, actor: Actor) -> bool:
    """Whether the actor's office takes the case management, and the actor works on cases there."""
    there = getattr(case, "manages", None)
    if there is None:
        there = CaseManagement.objects.filter(
            case=case, until=None, participant__participation__institution=actor.institution
        ).exists()
    return bool(there) and actor.works_on_cases


def _locked(number: str, actor: Actor) -> Case:
    """The case, locked, with who manages it: one query. Raises ``Http404``, and ``NotAllowed`` with the reason."""
    mine = CaseManagement.objects.filter(
        case=OuterRef("pk"), until=None, participant__participation__institution=actor.institution
    )
    rows = Case.objects.visible_to(actor).select_for_update(of=("self",)).select_related(*JOINS)
    rows = rows.annotate(manages=Exists(mine)).filter(number=number, roundtable__isnull=False)
    case = rows.exclude(phase=Phase.DRAFT).first()
    if case is None:
        raise Http404
    check(case, actor)
    return case


def _there(case: Case, wanted: Q) -> tuple[dict[str, Cell], int]:
    """The fields wanted, and the revision of the paper: one query, asked once the case is locked.

    Asked together with the lock, the revision would be that of before whoever held the lock has written.
    """
    last = Cell.objects.filter(case=case).order_by("-revision").values("pk")[:1]
    rows = Cell.objects.filter(wanted | Q(pk=Subquery(last)), case=case).select_related("written_by")
    found = {row.name: row for row in rows}
    return found, max((row.revision for row in found.values()), default=0)


def write(number: str, actor: Actor, changes: Iterable[Change]) -> Written:
    """Write some fields; at most four queries, five where an office moderates its own case.

    A field that is in the way is left as it stands and told of. Raises ``Http404`` for an invisible case,
    ``NotAllowed`` with the reason and :class:`Unknown`; then nothing is written at all.
    """
    wanted = {one.name: _clean(one) for one in changes}
    with transaction.atomic():
        case = _locked(number, actor)
        there, revision = _there(case, Q(name__in=wanted))
        written, fresh, old = Written(case, revision), [], []
        for name, change in wanted.items():
            row = there.get(name)
            text = _text(change, row, written)
            if text is None or (row is not None and row.text == text):
                continue
            if row is not None and row.text and _is_kept(row, actor):
                old.append(_old(row))
            written.revision += 1
            fresh.append(_cell(case, actor, name, text, written.revision))
        _save(fresh, old)
    return written


def _clean(change: Change) -> Change:
    """Line ends of one kind. Raises :class:`Unknown`."""
    was, now = (text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "") for text in (change.was, change.now))
    if not is_name(change.name) or len(now) > CELL_LENGTH:
        raise Unknown(change.name)
    return Change(change.name, was, now)


def _text(change: Change, row: Cell | None, written: Written) -> str | None:
    """What shall stand in the field; ``None`` where somebody else is in the way."""
    stands = row.text if row is not None else ""
    if stands in (change.was, change.now):
        return change.now
    joined = join(change.was, stands, change.now)
    if joined is None or len(joined) > CELL_LENGTH:
        assert row is not None  # an empty field is in nobody's way
        written.conflicts[change.name] = Theirs(stands, row.written_by.get_full_name(), row.written_at)
        return None
    written.joined[change.name] = joined
    return joined


def _is_kept(row: Cell, actor: Actor) -> bool:
    return row.written_by_id != actor.user.pk or clock.now() - row.written_at > PAUSE


def _old(row: Cell) -> OldCell:
    return OldCell(
        case_id=row.case_id, name=row.name, text=row.text, written_by_id=row.written_by_id, written_at=row.written_at
    )


def _cell(case: Case, actor: Actor, name: str, text: str, revision: int) -> Cell:
    return Cell(case=case, name=name, text=text, revision=revision, written_by=actor.user, written_at=clock.now())


def _save(fresh: list[Cell], old: list[OldCell]) -> None:
    if old:
        OldCell.objects.bulk_create(old)
    if fresh:
        Cell.objects.bulk_create(
            fresh,
            update_conflicts=True,
            unique_fields=["case", "name"],
            update_fields=["text", "revision", "written_by", "written_at"],
        )


def join(was: str, theirs: str, mine: str) -> str | None:
    """Two changes of one text as one, where they touch different words; ``None`` where they do not."""
    words = [re.findall(r"\s+|[^\s]+", text) for text in (was, theirs, mine)]
    base = words[0]
    if not base and theirs and mine:
        return None
    edits = []
    for other in words[1:]:
        codes = SequenceMatcher(None, base, other, autojunk=False).get_opcodes()
        edits.append([(i1, i2, other[j1:j2]) for tag, i1, i2, j1, j2 in codes if tag != "equal"])
    for begin, end, _new in edits[0]:
        if any(begin <= other_end and other_begin <= end for other_begin, other_end, _more in edits[1]):
            return None
    for begin, end, new in sorted([*edits[0], *edits[1]], key=lambda edit: edit[0], reverse=True):
        base = [*base[:begin], *new, *base[end:]]
    return "".join(base)


# Rows ---------------------------------------------------------------------------------------------------------------


def add_row(number: str, actor: Actor, part: str, texts: Mapping[str, str] | None = None) -> int:
    """Begin a row of a part and return its number, which no other row of the case ever gets. Raises as :func:`write`.

    ``texts``: what its fields begin with.
    """
    return add_rows(number, actor, part, [texts or {}])[0]


def add_rows(number: str, actor: Actor, part: str, rows: Iterable[Mapping[str, str]]) -> list[int]:
    """Begin rows of a part and return their numbers. A row whose ``source`` stands there already is left out.

    A decision may undo planned steps unless somebody says otherwise. Raises as :func:`write`.
    """
    if part not in ROWS:
        raise Unknown(part)
    found, fresh = [], []
    with transaction.atomic():
        case = _locked(number, actor)
        there, revision = _there(case, Q(name__startswith=f"{part}."))
        sources = {row.text for name, row in there.items() if name.endswith(".source")}
        key = max(keys(dict.fromkeys(there, ""), part), default=0)
        for texts in rows:
            if texts.get("source", "") in sources - {""}:
                continue
            key += 1
            if key >= 10_000:
                raise Unknown(part)
            found.append(key)
            sources.add(texts.get("source", ""))
            for what, text in ({"gone": ""} | ({"threatens": YES} if part == "decision" else {}) | dict(texts)).items():
                revision += 1
                change = _clean(Change(f"{part}.{key}.{what}", "", text))
                fresh.append(_cell(case, actor, change.name, change.now, revision))
        _save(fresh, [])
    return found


# Looking ------------------------------------------------------------------------------------------------------------


def cells(case: Case) -> dict[str, str]:
    """All fields of the paper as typed."""
    return dict(Cell.objects.filter(case=case).values_list("name", "text"))


def revision(case: Case) -> int:
    """How often the paper was changed so far; one query."""
    found: int | None = Cell.objects.filter(case=case).aggregate(last=Max("revision"))["last"]
    return found or 0


def written(case: Case) -> list[Cell]:
    """All fields with who wrote them, in the order of writing, and whether an earlier wording is kept; one query."""
    old = OldCell.objects.filter(case=case, name=OuterRef("name"))
    rows = Cell.objects.filter(case=case).select_related("written_by").annotate(rewritten=Exists(old))
    return list(rows.order_by("revision"))


def earlier(case: Case, name: str) -> list[OldCell]:
    """What stood in a field before, the newest first."""
    return list(OldCell.objects.filter(case=case, name=name).select_related("written_by"))


def areas_on(day: dt.date) -> tuple[Area, ...]:
    """The life areas as of a day."""
    rows = LifeArea.objects.valid_on(day).order_by("position")
    return tuple(Area(row.code, row.label, row.category) for row in rows)


def about(case: Case, actor: Actor) -> About:
    """What the fields may refer to: life areas of the day of arrival, offices and client at the table, who may pay.

    Who takes part but is covered no longer cannot be responsible for anything new.
    """
    areas = areas_on(case.arrived_on)
    kinds = (ParticipantKind.OFFICE, ParticipantKind.CLIENT)
    seats = [row for row in at_the_table(case) if row.kind in kinds and is_covered(case, row)]
    offices = {row.pk: row.participation.institution for row in seats if row.participation is not None}
    offers: dict[int, list[tuple[int, str]]] = {}
    for offer in ServiceOffer.objects.valid_on(clock.today()).filter(institution__in=offices.values()):
        offers.setdefault(offer.institution_id, []).append((offer.pk, offer.label))
    owners = []
    for row in seats:
        office: Institution | None = offices.get(row.pk)
        label = office.name if office is not None else seating.name_of(case, row, actor)
        catalogue = tuple(offers.get(office.pk, ())) if office is not None else ()
        owners.append(Owner(row.pk, label, office.pk if office else None, catalogue))
    return About(areas, tuple(owners), {office.pk: office.name for office in offices.values()})


def paper(case: Case, actor: Actor) -> Paper:
    """The paper as it can be read now, with what hinders."""
    return read(cells(case), about(case, actor))


# Who is there -------------------------------------------------------------------------------------------------------

PARTS = ("first", "second")
"""The parts of a meeting: among the professionals, and with the client."""


def parts_for(row: Participant, kind: str) -> tuple[str, ...]:
    """The parts of a kind of meeting to which somebody comes: a later meeting has only the one with the client."""
    later = row.kind in (ParticipantKind.CLIENT, ParticipantKind.RELATIVE) or kind == MeetingKind.AUSWERTUNG
    return PARTS[1:] if later else PARTS


def attendance(case: Case, meeting: Meeting, typed: Mapping[str, str]) -> list[tuple[Participant, dict[str, bool]]]:
    """Who of those invited sits in which part: as ticked in the paper, otherwise as answered to the invitation (RT-10).

    Who is not asked through the portal is expected to come.
    """
    found = []
    for row in at_the_table(case):
        seat = seat_of(meeting, row)
        if seat is None:
            continue
        comes = seat.reply == Reply.ACCEPTED or (seat.reply == Reply.OPEN and not seating.is_asked(case, row))
        ticks = {part: typed.get(f"seat.{meeting.pk}.{row.pk}.{part}", "") for part in parts_for(row, meeting.kind)}
        found.append((row, {part: text == YES if text else comes for part, text in ticks.items()}))
    return found


def all_there(case: Case) -> list[tuple[Participant, dict[str, bool]]]:
    """Who would be at a meeting that was never planned: everybody at the table whom the Vollmacht covers, in full."""
    kind = MeetingKind.AUSWERTUNG if held(case) else MeetingKind.ROUNDTABLE
    rows = at_the_table(case)
    rows = [row for row in rows if is_covered(case, row)] or rows
    return [(row, dict.fromkeys(parts_for(row, kind), True)) for row in rows]


VERBS = {"paper_written": gettext_lazy("hat am Arbeitspapier des Gesprächs geschrieben")}
"""The sentence of the timeline: one a person and day, not one a save."""
