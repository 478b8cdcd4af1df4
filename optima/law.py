"""The register of legal preconditions: where each stands, what it gates, and how a decision is recorded (NFR-08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from iiz.core import audit, versions
from iiz.core.actor import Actor
from iiz.core.enums import LeadCapabilityLevel, StatisticsGroup
from iiz.core.models import Institution, LeadCapability

from .models import LegalPrecondition, ZielgruppeRule


@dataclass(frozen=True)
class Gate:
    """A row of the decision table that depends on a precondition; ``locked`` by this one or by another."""

    rule: ZielgruppeRule
    locked: bool


@dataclass(frozen=True)
class Entry:
    """One precondition on a day: the row in force, those before and after it, and what hangs on it.

    ``row`` is ``None`` where the table names a precondition that nobody has recorded for that day: that locks, too.
    """

    code: str
    row: LegalPrecondition | None
    earlier: Sequence[LegalPrecondition] = ()
    coming: Sequence[LegalPrecondition] = ()
    gates: Sequence[Gate] = ()

    @property
    def title(self) -> str:
        """Its name, else the code by which the table knows it."""
        known = [row for row in (self.row, *self.coming, *self.earlier) if row is not None]
        return known[0].title if known else self.code

    @property
    def met(self) -> bool:
        """Whether it opens what depends on it."""
        return self.row is not None and self.row.met


@dataclass(frozen=True)
class Leads:
    """What the social services say of taking the lead: how many at each level, and which rows of the table ask it."""

    levels: list[tuple[Any, int]]
    unknown: int
    rules: Sequence[ZielgruppeRule]


@dataclass(frozen=True)
class Register:
    """All that stands between a target group and its way, on one day."""

    day: dt.date
    entries: Sequence[Entry]
    leads: Leads
    barred: Sequence[ZielgruppeRule] = field(default_factory=tuple)


def register(day: dt.date) -> Register:
    """The register as of ``day``; four queries whatever it holds."""
    rules = list(ZielgruppeRule.objects.valid_on(day))
    rows: dict[str, list[LegalPrecondition]] = {}
    for row in LegalPrecondition.objects.order_by("position", "-valid_from"):
        rows.setdefault(row.code, []).append(row)
    codes = [*rows, *dict.fromkeys(code for rule in rules for code in rule.preconditions if code not in rows)]
    met = {code for code, found in rows.items() if any(row.met and row.holds_on(day) for row in found)}
    entries = [
        Entry(
            code,
            next((row for row in rows.get(code, ()) if row.holds_on(day)), None),
            earlier=[row for row in rows.get(code, ()) if row.valid_until is not None and row.valid_until < day],
            coming=[row for row in rows.get(code, ()) if row.valid_from > day],
            gates=[Gate(rule, not met.issuperset(rule.preconditions)) for rule in rules if code in rule.preconditions],
        )
        for code in codes
    ]
    return Register(day, entries, _leads(day, rules), [rule for rule in rules if rule.barred_while_iv_runs])


def _leads(day: dt.date, rules: Sequence[ZielgruppeRule]) -> Leads:
    offices = set(Institution.objects.active().filter(statistics_group=StatisticsGroup.SH).values_list("pk", flat=True))
    said = LeadCapability.objects.valid_on(day).filter(institution__in=offices).values_list("institution", "level")
    levels = dict(said)
    counted = [(level.label, sum(one == level for one in levels.values())) for level in LeadCapabilityLevel]
    asking = [rule for rule in rules if rule.contractor_group == StatisticsGroup.SH]
    return Leads([row for row in counted if row[1]], len(offices) - len(levels), asking)


def known(code: str, day: dt.date) -> Entry | None:
    """The entry of one precondition, if it is recorded or the table of ``day`` names it."""
    return next((entry for entry in register(day).entries if entry.code == code), None)


def decide(code: str, actor: Actor, data: Mapping[str, Any]) -> LegalPrecondition:
    """Record a decision: what was known ends the day before, the new status holds from ``data['valid_from']``.

    Where a row of a later day is already there, this one ends before it. Effects: rows and audit in one transaction.
    Raises ``ValidationError``.
    """
    first = data["valid_from"]
    with transaction.atomic():
        rows = LegalPrecondition.objects.filter(code=code)
        row = rows.valid_on(first).first()
        if row is not None and row.valid_from == first:
            words = _("An diesem Tag beginnt bereits ein Eintrag. Wählen Sie einen Tag danach.")
            raise ValidationError({"valid_from": words})
        if row is not None:
            return versions.renew(row, first, actor, **{name: data[name] for name in data if name != "valid_from"})
        return _begin(code, actor, data)


def _begin(code: str, actor: Actor, data: Mapping[str, Any]) -> LegalPrecondition:
    """The first row of a precondition, or one where nothing was recorded; never for cases that were locked without."""
    reason = versions.begin_hindrance(data["valid_from"])
    if reason:
        raise ValidationError({"valid_from": reason})
    rows = LegalPrecondition.objects.filter(code=code).order_by("valid_from")
    later, last = rows.filter(valid_from__gt=data["valid_from"]).first(), rows.last()
    kept = {name: getattr(last, name) for name in ("title", "locked_words", "position")} if last else {}
    new = LegalPrecondition(code=code, **{**kept, **data})
    new.valid_until = later.valid_from - versions.ONE_DAY if later else None
    new.full_clean()
    new.save()
    audit.record("master", actor, "master_added", new, {name: ["", str(value or "")] for name, value in data.items()})
    return new
