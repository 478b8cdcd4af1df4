"""What a client permits, and who may read what because of it (PER-06 to PER-10).

:func:`may_read` is the whole rule for a kind of data; :mod:`iiz.core.access` says who may open the case at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit, clock, files
from .actor import Actor
from .enums import DataCategory, LegalBasis
from .models import Case, Institution, Person, Scan, ScopeLine, Vollmacht

USUAL_MONTHS = 12
"""For how many months a Vollmacht is proposed to hold."""


@dataclass(frozen=True)
class Line:
    """For whom a Vollmacht shall hold, and for which data; the fields are those of ``ScopeLine``."""

    institution: Institution | None = None
    name: str = ""
    categories: frozenset[str] = frozenset()
    basis: str = LegalBasis.VOLLMACHT


def person_stream(person: Person) -> str:
    """The audit chain of what concerns somebody's Vollmachten, whether there is a case or not."""
    return f"person/{person.pk}"


def keep_scan(actor: Actor, upload: UploadedFile, content_type: str) -> Scan:
    """Store a signed paper that :func:`files.receive` has let in; whoever attaches it notes it in the audit."""
    return Scan.objects.create(
        file=upload,
        filename=files.safe_name(upload.name or ""),
        content_type=content_type,
        size=upload.size or 0,
        sha256=files.fingerprint(upload),
        institution=actor.institution,
        uploaded_by=actor.user,
        uploaded_at=clock.now(),
    )


def record(
    actor: Actor,
    person: Person,
    *,
    signed_on: dt.date,
    valid_until: dt.date,
    lines: Iterable[Line],
    scan: Scan | None = None,
) -> Vollmacht:
    """Record a signed Vollmacht. Effects: one row with its lines, one audit entry; it makes no case (CAN-BL)."""
    with transaction.atomic():
        vollmacht = Vollmacht.objects.create(
            person=person,
            institution=actor.institution,
            signed_on=signed_on,
            valid_until=valid_until,
            scan=scan,
            recorded_by=actor.user,
            recorded_at=clock.now(),
        )
        ScopeLine.objects.bulk_create(_line(vollmacht, line) for line in lines)
        changes = {"signed_on": signed_on, "valid_until": valid_until, "scan": scan.sha256 if scan else ""}
        audit.record(person_stream(person), actor, "vollmacht_recorded", vollmacht, changes)
    return vollmacht


def _line(vollmacht: Vollmacht, line: Line) -> ScopeLine:
    ticks: dict[str, Any] = {name: name in line.categories for name in DataCategory.values}
    return ScopeLine(
        vollmacht=vollmacht,
        institution=line.institution,
        name="" if line.institution else line.name,
        basis=line.basis,
        since=clock.today(),
        **ticks,
    )


def add(vollmacht: Vollmacht, actor: Actor, line: Line) -> ScopeLine:
    """Add somebody whom the client wishes to take part, or an insurer by the law; opens nothing that was not signed.

    Raises ``ValueError`` for a line that says to rest on the signed paper, for a wish that opens data, and for the
    law beyond the insurers or for health data (PER-08, PER-09).
    """
    if line.basis == LegalBasis.VOLLMACHT:
        raise ValueError("a wider Vollmacht is signed anew")
    if line.basis == LegalBasis.WISH and line.categories:
        raise ValueError("a wish opens no data")
    if line.basis == LegalBasis.ATSG and not by_law(line):
        raise ValueError("the law opens no health data, and only among the insurers")
    row = _line(vollmacht, line)
    row.save()
    changes = {"who": audit.personal(row.who), "basis": row.basis}
    audit.record(person_stream(vollmacht.person), actor, "vollmacht_named", vollmacht, changes)
    return row


def by_law(line: Line) -> bool:
    """Whether a line may rest on the release of data among the insurers: RAV and IV, and no health data (PER-08)."""
    insurer = line.institution is not None and line.institution.statistics_group in ("RAV", "IV")
    return insurer and DataCategory.HEALTH not in line.categories


def narrow(line: ScopeLine, actor: Actor, keep: frozenset[str] | None) -> None:
    """Let a line end at once; with ``keep`` a narrower one goes on. The caller settles the cases that rest on it.

    Raises ``ValueError`` for a category that the line did not open.
    """
    if keep is not None and not keep <= frozenset(line.categories):
        raise ValueError("a wider Vollmacht is signed anew")
    with transaction.atomic():
        line.ended_at, line.ended_by = clock.now(), actor.user
        line.save(update_fields=["ended_at", "ended_by"])
        if keep is not None:
            _line(line.vollmacht, Line(line.institution, line.name, keep, line.basis)).save()
        who = line.institution.name if line.institution else audit.personal(line.name)
        changes = {"who": who, "was": line.categories, "now": sorted(keep or []), "ended": keep is None}
        audit.record(person_stream(line.vollmacht.person), actor, "vollmacht_narrowed", line.vollmacht, changes)


def withdraw(vollmacht: Vollmacht, actor: Actor, on: dt.date | None = None) -> None:
    """Note that the client withdrew it, today or ``on`` an earlier day. The caller stops the cases that rest on it.

    Whatever the day, sharing stops now: what was read before was read in good faith (PER-07).
    """
    if vollmacht.withdrawn_on is not None:
        return
    vollmacht.withdrawn_on, vollmacht.withdrawal_recorded_by = on or clock.today(), actor.user
    vollmacht.save(update_fields=["withdrawn_on", "withdrawal_recorded_by"])
    audit.record(person_stream(vollmacht.person), actor, "vollmacht_withdrawn", vollmacht)


# Who may read what ------------------------------------------------------------------------------------------------


def live_lines(case: Case) -> list[ScopeLine]:
    """The lines of the Vollmacht on which ``case`` rests today; none once it is withdrawn or over.

    An ended case keeps to what held on its last day: nothing is exchanged any more, only read again.
    """
    vollmacht, end = case.vollmacht, case.ended_on
    if vollmacht is None or case.withdrawn_at is not None or not vollmacht.holds_on(end or clock.today()):
        return []
    lines = vollmacht.lines.all()
    return [
        line for line in lines if line.ended_at is None or (end is not None and timezone.localdate(line.ended_at) > end)
    ]


def line_for(case: Case, institution_id: int) -> ScopeLine | None:
    """The live line that names an institution, if there is one."""
    return next((line for line in live_lines(case) if line.institution_id == institution_id), None)


def may_read(case: Case, actor: Actor, category: str) -> bool:
    """Whether ``actor`` may read what *others* told of a kind in an open case that rests on a Vollmacht (PER-10):

    1. Once the Vollmacht is withdrawn or over, nobody but the coordination office reads what others told.
    2. The coordination office reads everything: it prepares the meeting.
    3. An office reads the kinds of data for which a live line of the Vollmacht names it.
    4. Health data it reads only if it also needs them for its part in the case.
    """
    if actor.is_coordination:
        return True
    line = line_for(case, actor.institution.pk)
    if line is None or not getattr(line, category):
        return False
    return category != DataCategory.HEALTH or any(
        row.health and row.until is None and row.institution_id == actor.institution.pk
        for row in case.participations.all()
    )


def readers(case: Case, category: str) -> list[Institution]:
    """The offices that read a kind of data of others today, beside the coordination office; see :func:`may_read`."""
    parts = {row.institution_id: row for row in case.participations.all() if row.until is None}
    found = []
    for line in live_lines(case):
        part = parts.get(line.institution_id or 0)
        if part is not None and getattr(line, category) and (category != DataCategory.HEALTH or part.health):
            found.append(part.institution)
    return found


def basis_words(line: ScopeLine) -> str:
    """On what an exchange with somebody rests, in words: *Vollmacht vom 12.03.2026* (PER-08)."""
    if line.basis == LegalBasis.VOLLMACHT:
        return _("Vollmacht vom %(day)s") % {"day": f"{line.vollmacht.signed_on:%d.%m.%Y}"}
    if line.basis == LegalBasis.WISH:
        return _("auf Wunsch der Klientin oder des Klienten, seit %(day)s") % {"day": f"{line.since:%d.%m.%Y}"}
    return _("Datenbekanntgabe unter den Versicherungen (ATSG), seit %(day)s") % {"day": f"{line.since:%d.%m.%Y}"}
