"""Vollmachten as their pages show them, and what their keeper does with one, case or none (CAN-BL, PER-07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from iiz.core import access, clock, consents, workflow
from iiz.core.actor import Actor
from iiz.core.blocks import Block
from iiz.core.enums import DataCategory, Phase
from iiz.core.models import Case, Person, Scan, ScopeLine, Vollmacht
from iiz.core.templatetags.ui import day
from iiz.core.workflow import NotAllowed

from .effects import leaving
from .queries import who_left

SOON = dt.timedelta(days=30)


@dataclass(frozen=True)
class Line:
    """One line of the scope as shown: who gets which data, on what it rests, since when; ended ones say when.

    ``gone``: whom it names takes part in the case no longer.
    """

    line: ScopeLine
    opened: list[str]
    basis: str
    narrow: bool = False
    gone: bool = False


def refusal(vollmacht: Vollmacht, actor: Actor) -> str:
    """Why ``actor`` may not change it here; empty if nothing hinders. Where a case rests on it, its rows decide."""
    if not (actor.works_on_cases or actor.is_coordination):
        return _("Ihre Rolle erlaubt das nicht. Vollmachten führen fallverantwortliche Personen nach.")
    if vollmacht.institution_id != actor.institution.pk:
        return _("Das kann nur die Stelle tun, bei der die Vollmacht liegt: %(office)s.") % {
            "office": vollmacht.institution.name
        }
    if vollmacht.withdrawn_on is not None:
        return _("Diese Vollmacht ist bereits zurückgezogen.")
    return ""


def recorded_before(
    actor: Actor, person: Person, scan: Scan | None, *, signed_on: dt.date, valid_until: dt.date
) -> Vollmacht | None:
    """The same paper of the same person, if the own institution has recorded it already."""
    days = {"signed_on": signed_on, "valid_until": valid_until, "withdrawn_on": None}
    rows = Vollmacht.objects.filter(person=person, institution=actor.institution, **days)
    return rows.filter(scan__sha256=scan.sha256).first() if scan is not None else None


def resting(vollmacht: Vollmacht) -> list[Case]:
    """The open cases that rest on it, whoever sees them."""
    return list(Case.objects.filter(vollmacht=vollmacht, phase=Phase.OPEN, withdrawn_at=None).order_by("pk"))


def withdraw(vollmacht: Vollmacht, actor: Actor, on: dt.date | None = None) -> None:
    """Note that the client withdrew it, today or ``on`` an earlier day; every case that rests on it stops now (PER-07).

    Also a case in which the keeper takes part no longer: a withdrawal waits for nobody. Raises ``NotAllowed`` with the
    reason.
    """
    reason = refusal(vollmacht, actor)
    if reason:
        raise NotAllowed(reason)
    with transaction.atomic():
        for case in resting(vollmacht):
            workflow.enforce(case, "client_withdraws", actor, {"withdrawn_on": on})
        vollmacht.refresh_from_db()
        consents.withdraw(vollmacht, actor, on)


def narrow(vollmacht: Vollmacht, actor: Actor, line: ScopeLine, keep: frozenset[str] | None) -> None:
    """Let it hold for less, in every case that rests on it. Raises ``NotAllowed`` with the reason."""
    reason = refusal(vollmacht, actor)
    if reason:
        raise NotAllowed(reason)
    with transaction.atomic():
        now = ScopeLine.objects.select_for_update().get(pk=line.pk)
        if now.ended_at is not None:
            raise NotAllowed(_("Diese Zeile der Vollmacht gilt nicht mehr."))
        cases = resting(vollmacht)
        if cases:
            workflow.enforce(cases[0], "narrow_vollmacht", actor, {"line": now, "keep": keep})
        else:
            consents.narrow(now, actor, keep)
        for case in cases[1:]:
            access.sync(case)
            if keep is None:
                leaving.tell(case, line.institution_id, actor)


def status(vollmacht: Vollmacht) -> tuple[str, str]:
    """Mark and words: whether it holds."""
    today = clock.today()
    if vollmacht.withdrawn_on is not None:
        return "stop", _("zurückgezogen am %(day)s") % {"day": day(vollmacht.withdrawn_on)}
    if vollmacht.valid_until < today:
        return "rest", _("abgelaufen")
    if vollmacht.valid_until <= today + SOON:
        return "wait", _("läuft bald ab")
    return "ok", _("gilt")


def shown(vollmacht: Vollmacht, *, may_narrow: bool = False, case: Case | None = None) -> dict[str, Any]:
    """What the card of a Vollmacht says: days, keeper, and who × data × basis × since (PER-08).

    For a ``case`` that rests on it, also who takes part no longer.
    """
    left = who_left(case) if case is not None else frozenset()
    rows = [
        _line(line, may_narrow=may_narrow, gone=bool({line.institution_id, line.who} & left))
        for line in vollmacht.lines.all()
    ]
    kind, words = status(vollmacht)
    return {
        "vollmacht": vollmacht,
        "key": str(vollmacht.pk),
        "mark": kind,
        "status": words,
        "lines": [row for row in rows if row.line.ended_at is None],
        "ended": [row for row in rows if row.line.ended_at is not None],
    }


def _line(line: ScopeLine, *, may_narrow: bool, gone: bool = False) -> Line:
    opened = [str(DataCategory(name).label) for name in line.categories]
    return Line(line, opened, consents.basis_words(line), may_narrow and line.ended_at is None, gone)


def block(case: Case, actor: Actor) -> Block:
    """The Vollmacht of a case in the words of its documents, as far as ``actor`` may know of it."""
    row = Vollmacht.objects.visible_to(actor).filter(pk=case.vollmacht_id).first() if case.vollmacht_id else None
    if row is None:
        return Block("vollmacht", _("Vollmacht"))
    period = _("vom %(since)s bis %(until)s") % {"since": day(row.signed_on), "until": day(row.valid_until)}
    lines = [_line(line, may_narrow=False) for line in row.lines.select_related("institution").filter(ended_at=None)]
    rows = [(_("Gültig"), period), *((line.line.who, ", ".join(line.opened)) for line in lines)]
    return Block("vollmacht", _("Vollmacht"), rows)


def counts(actor: Actor) -> list[dict[str, Any]]:
    """How many were signed by office and year, numbers alone: of the own office, for the coordination office of all."""
    rows = Vollmacht.objects.annotate(year=ExtractYear("signed_on"))
    if not actor.is_coordination:
        rows = rows.filter(institution=actor.institution)
    found: Iterable[Any] = rows.order_by().values("year", "institution__name").annotate(count=Count("pk"))
    return sorted(found, key=lambda row: (-row["year"], row["institution__name"]))
