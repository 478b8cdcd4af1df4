"""A version of the Handlungsplan as document: fetched, laid out, set as PDF, kept as it was sent (RT-15, RT-18)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import clock, pdf
from iiz.core.blocks import Row, as_text
from iiz.core.context import CANTON
from iiz.core.enums import DataCategory
from iiz.core.models import Case, Institution
from iiz.core.templatetags.ui import day

from . import reading
from .enums import Answer, ParticipantKind, PlanState, SignatureWay
from .models import Handlungsplan, PlanCopy, Step
from .plan_changes import compare
from .plan_reading import IN_FORCE, Kinds, cut, left_out, owns_hidden
from .plan_words import Around, Promise, Section, Table, plain_sections, sections
from .queries import held, manager, moderator

PICTURES = ("image/png", "image/jpeg")
"""Scans that can stand in the document; any other is named only."""
PICTURE = "unterschrift"


@dataclass(frozen=True)
class Document:
    """A version as somebody reads it."""

    plan: Handlungsplan
    title: str
    standing: str
    office: Institution | None
    sections: list[Section]
    left_out: str
    signed: str = ""
    picture: bytes | None = None

    @property
    def is_draft(self) -> bool:
        """Whether it binds nobody."""
        return self.plan.state not in IN_FORCE

    @property
    def as_text(self) -> str:
        """The same words, ready to copy."""
        found = [block for section in self.sections for block in section.as_blocks()]
        return as_text(f"{self.title}\n{self.standing}", found)


def document(plan: Handlungsplan, kinds: Kinds, participant: int | None = None, *, plain: bool = False) -> Document:
    """What somebody reads who gets ``kinds``; ``participant``: the own seat, whose steps are always shown.

    ``plain``: the summary in plain language. Raises ``ValueError`` for somebody who gets nothing.
    """
    if not kinds:
        raise ValueError("nothing of it may be read")
    office = _office(plan.case)
    around = _around(plan, kinds, participant, office)
    signed, picture = _signed(plan, kinds) if not plain else ("", None)
    lay_out = plain_sections if plain else sections
    return Document(
        plan=plan,
        title=_("Ihr Plan in einfachen Worten") if plain else title_of(plan),
        standing=around.standing,
        office=office,
        sections=lay_out(plan.content, kinds, participant, around),
        left_out=around.left_out,
        signed=signed,
        picture=picture,
    )


def title_of(plan: Handlungsplan) -> str:
    """``Handlungsplan R-2026-0001, Fassung 2``; of a draft it says so first."""
    names = {"number": plan.case.number, "n": plan.number}
    if plan.state in IN_FORCE:
        return _("Handlungsplan %(number)s, Fassung %(n)s") % names
    return _("Entwurf: Handlungsplan %(number)s, Fassung %(n)s") % names


def standing_of(plan: Handlungsplan) -> str:
    """How a version stands, in words, with its dates."""
    names = {"n": plan.number, "since": day(plan.final_at), "ended": day(plan.ended_at), "due": day(plan.due_on)}
    if plan.state == PlanState.FINAL:
        return _("Fassung %(n)s, verbindlich seit %(since)s") % names
    if plan.state == PlanState.REPLACED:
        return _("Fassung %(n)s, verbindlich vom %(since)s bis %(ended)s, dann ersetzt") % names
    if plan.state == PlanState.DROPPED:
        return _("Entwurf, Fassung %(n)s, nicht weiterverfolgt") % names
    if plan.due_on:
        return _("Entwurf zur Durchsicht, Fassung %(n)s, Rückmeldung bis %(due)s") % names
    return _("Entwurf zur Durchsicht, Fassung %(n)s") % names


def written_at(plan: Handlungsplan) -> dt.datetime:
    """The time printed on a version: since when it binds, else when it was made."""
    return timezone.localtime(plan.final_at or plan.created_at)


def before(plan: Handlungsplan) -> Handlungsplan | None:
    """The version that was, or is, in force before this one."""
    rows = (row for row in plan.case.plans.all() if row.state in IN_FORCE and row.number < plan.number)
    return max(rows, key=lambda row: row.number, default=None)


# What stands around the words ---------------------------------------------------------------------------------------


def _around(plan: Handlungsplan, kinds: Kinds, participant: int | None, office: Institution | None) -> Around:
    case, earlier = plan.case, before(plan)
    changes: list[str] = []
    replaced = ""
    if earlier is not None:
        names = {"n": earlier.number, "day": day(earlier.final_at)}
        both = (cut(version.content, kinds, participant) for version in (earlier, plan))
        changes = compare(*both).short
        replaced = _("Diese Fassung ersetzt Fassung %(n)s vom %(day)s.") % names
        if plan.state not in IN_FORCE:
            replaced = _("Diese Fassung soll Fassung %(n)s vom %(day)s ersetzen.") % names
    return Around(
        written_on=written_at(plan).date(),
        standing=standing_of(plan),
        client=_client(case),
        promises={step.key: _promise(step) for step in _steps(plan)},
        manager=_manager(plan),
        is_draft=plan.state not in IN_FORCE,
        moderation=_reach(office),
        present=_present(case, written_at(plan).date()),
        replaced=replaced,
        changes=changes,
        left_out=left_out(plan.content, kinds, participant),
    )


def _steps(plan: Handlungsplan) -> Iterable[Step]:
    return plan.steps.select_related("owner__participation__institution", "answered_by")


def _client(case: Case) -> list[Row]:
    person = case.person
    name = str(person) if person is not None else ""
    return [
        (_("Klientin/Klient"), name),
        (_("Geburtsdatum"), day(person.birth_date) if person is not None else ""),
        (_("Roundtable"), case.number),
    ]


def _promise(step: Step) -> Promise:
    """How it stands with a promise, by whom and since when (RT-14)."""
    who = step.answered_by.get_full_name() if step.answered_by is not None else ""
    names = {"day": day(step.answered_at), "who": who}
    if step.owner.kind == ParticipantKind.CLIENT:
        return Promise(_("mit der Unterschrift"), own=True)
    if step.answer == Answer.REFUSED:
        return Promise(_("nicht zugesagt, am %(day)s von %(who)s") % names)
    if step.answer != Answer.ACCEPTED:
        return Promise(_("Zusage offen"))
    if step.at_the_table:
        return Promise(_("am Gespräch zugesagt, festgehalten am %(day)s von %(who)s") % names)
    return Promise(_("zugesagt am %(day)s von %(who)s") % names)


def _manager(plan: Handlungsplan) -> list[Row]:
    """Who had the case management when a version became binding, of a draft who has it now; how to reach (RT-16)."""
    row = manager(plan.case, timezone.localdate(plan.final_at) if plan.final_at else None)
    if row is None:
        return []
    part = row.participant.participation
    return [
        (_("Person"), row.user.get_full_name()),
        (_("Stelle"), part.institution.name if part is not None else ""),
        (_("Telefon"), row.user.phone or (part.institution.phone if part is not None else "")),
        (_("E-Mail"), row.user.email),
    ]


def _office(case: Case) -> Institution | None:
    """Whose letterhead it is: the office that moderates."""
    part = moderator(case)
    return part.institution if part is not None else Institution.objects.coordination()


def _reach(office: Institution | None) -> list[Row]:
    if office is None:
        return []
    return [(_("Stelle"), office.name), (_("Telefon"), office.phone), (_("E-Mail"), office.email)]


def _present(case: Case, until: dt.date) -> Table | None:
    """Who was in which part of the meetings held up to this day; without a note by part, who was there (RT-10)."""
    rows = []
    seats = {row.pk: row for row in case.participants.all()}
    for meeting in held(case):
        if meeting.day > until:
            continue
        for invitee in meeting.invitees.all():
            seat, parts = seats.get(invitee.ref or 0), _parts(invitee)
            if seat is not None and parts:
                who, role = reading.name_of(case, seat, named=True), reading.function_of(seat)
                if seat.participation is not None and role:
                    who, role = role, who  # of an office the person first, as of everybody else
                rows.append(("", [who, role, day(meeting.day), parts]))
    return Table([_("Wer"), _("Stelle oder Funktion"), _("Gespräch"), _("Teil")], rows) if rows else None


def _parts(invitee: Any) -> str:
    """In which parts somebody sat; empty for whoever was not there."""
    noted = getattr(invitee, "attendance", None)
    if noted is None:
        return _("anwesend") if invitee.attended else ""
    if noted.first and noted.second:
        return _("beide Teile")
    if noted.first:
        return _("erster Teil, Fachpersonen")
    return _("zweiter Teil, mit Klientin oder Klient") if noted.second else ""


def _signed(plan: Handlungsplan, kinds: Kinds) -> tuple[str, bytes | None]:
    """When and how the client signed, and the picture of it where it is one.

    A scanned page may hold any word of the version: it is shown to who reads all of it.
    """
    row = getattr(plan, "signature", None)
    if row is None:
        return "", None
    words = _("Unterschrieben am %(day)s, %(way)s.") % {"day": day(row.signed_on), "way": row.get_way_display()}
    hidden = row.way == SignatureWay.SCAN and not kinds >= reading.EVERYTHING
    if hidden or row.picture.content_type not in PICTURES:
        return f"{words} {_('Der Scan liegt bei der Moderation.')}", None
    with row.picture.file.open("rb") as file:
        return words, file.read()


# The PDF ------------------------------------------------------------------------------------------------------------


def render(
    plan: Handlungsplan, kinds: Kinds, *, participant: int | None = None, plain: bool = False, archive: bool = False
) -> bytes:
    """The version as PDF/UA-1, or with ``archive`` as PDF/A-3a, as who gets ``kinds`` reads it."""
    made = document(plan, kinds, participant, plain=plain)
    context = {"doc": made, "office": made.office, "created_at": written_at(plan), "canton_name": CANTON}
    template = f"roundtable/pdf/{'plan_plain' if plain else 'plan'}.html"
    pictures = {PICTURE: made.picture} if made.picture is not None else {}
    return pdf.render(template, context, title=made.title, archive=archive, pictures=pictures)


def readers_key(plan: Handlungsplan, kinds: Kinds, participant: int | None) -> str:
    """What tells copies apart: the kinds of data, and who it is for if a step is shown only as the own one."""
    key = ",".join(kind for kind in DataCategory.values if kind in kinds)
    return f"{key};{participant}" if owns_hidden(plan.content, kinds, participant) else key


def kept(plan: Handlungsplan, kinds: Kinds, *, participant: int | None = None, plain: bool = False) -> PlanCopy | None:
    """The copy that was made for those who read the same, if there is one."""
    return plan.copies.filter(kinds=readers_key(plan, kinds, participant), plain=plain).first()


def copy(plan: Handlungsplan, kinds: Kinds, *, participant: int | None = None, plain: bool = False) -> PlanCopy:
    """The copy to send: made once for all who read the same, the same bytes ever after (RT-18). Effects: one row."""
    with transaction.atomic():
        Handlungsplan.objects.select_for_update().get(pk=plan.pk)
        found = kept(plan, kinds, participant=participant, plain=plain)
        if found is not None:
            return found
        body = render(plan, kinds, participant=participant, plain=plain)
        row = PlanCopy(plan=plan, kinds=readers_key(plan, kinds, participant), plain=plain, made_at=clock.now())
        row.size, row.sha256 = len(body), hashlib.sha256(body).hexdigest()
        row.file.save("", ContentFile(body), save=False)
        row.save()
    return row
