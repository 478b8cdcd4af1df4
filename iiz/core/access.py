"""Who may see and do what on a case: the policy, and its copy in guardian's table.

Read :func:`policy`: it is the whole rule. Everything else here carries its result into the table
that :meth:`CaseQuerySet.visible_to` reads, and proves that the two agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery, Value
from django.utils import timezone

from .actor import Actor
from .enums import Level, Phase
from .models import Case, CasePermission, ClientAgreement, Institution, Participation, ScopeLine
from .models.case import CaseQuerySet

RETENTION_YEARS = 10
"""For how many years an ended case stays readable to the offices that took part."""


@dataclass(frozen=True)
class Part:
    """One participation, as far as access depends on it."""

    institution: int
    until: dt.date | None = None


@dataclass(frozen=True)
class Named:
    """One institution that the case's Vollmacht names, and the last day on which it holds."""

    institution: int
    until: dt.date


@dataclass(frozen=True)
class CaseFacts:
    """All that access to a case depends on. Institutions are given by primary key.

    ``named``: the institutions of the Vollmacht; ``None`` where the service shares on the client's agreement alone.
    """

    phase: str
    registered_by: int
    lead: int
    agreed: bool
    withdrawn: bool
    parts: tuple[Part, ...] = field(default=())
    ended_on: dt.date | None = None
    retention_until: dt.date | None = None
    named: tuple[Named, ...] | None = None


@dataclass(frozen=True)
class Grant:
    """What one institution may do, and until when (``None``: until something changes)."""

    level: str
    valid_until: dt.date | None = None


def policy(facts: CaseFacts) -> dict[int, Grant]:
    """Which institutions may open a case, and what they may do there. The whole rule (ACT-12):

    1. A draft belongs to the office that writes it, and to nobody else.
    2. Without the client's recorded agreement nothing is shared: the case stays with the office that
       registered it (PER-07).
    3. An open case is open to the institutions that take part in it today: the one that leads may
       lead, the others may contribute. A participation with a last day opens the case until that day
       and not longer.
    4. Once the client has withdrawn the agreement, nobody contributes any more: the others may only
       look – and see what they wrote themselves – while the lead keeps the closing action.
    5. An ended case stays readable, and only readable, to the institutions that took part until the
       end, as long as the retention lasts.
    6. Where the exchange rests on a Vollmacht (PER-06), 3 to 5 hold for the institutions that it names, and
       an open case is open to them until its last day. The office that registered the case keeps it.

    The coordination office has no row but for its own drafts: it sees every case that is no draft (``visible_to``).
    Imported cases have no participations, so only the coordination office sees them.
    """
    if facts.phase == Phase.DRAFT:
        return {facts.registered_by: Grant(Level.LEAD)}
    if not facts.agreed:
        if not facts.parts:
            return {}
        level = Level.LEAD if facts.phase == Phase.OPEN else Level.VIEW
        return {facts.registered_by: Grant(level, facts.retention_until)}

    grants: dict[int, Grant] = {}
    for part in facts.parts:
        last = part.until
        if facts.named is not None and part.institution != facts.registered_by:
            covered = [named.until for named in facts.named if named.institution == part.institution]
            if not covered:
                continue
            last = min(day for day in (part.until, max(covered)) if day is not None)
        if facts.phase == Phase.ENDED:
            stayed = last is None or (facts.ended_on is not None and last >= facts.ended_on)
            if not stayed:
                continue
            grant = Grant(Level.VIEW, facts.retention_until)
        elif part.institution == facts.lead:
            grant = Grant(Level.LEAD, last)
        else:
            grant = Grant(Level.VIEW if facts.withdrawn else Level.CONTRIBUTE, last)
        known = grants.get(part.institution)
        if known is None or _lasts_longer(grant, known):
            grants[part.institution] = grant
    return grants


def _lasts_longer(new: Grant, old: Grant) -> bool:
    """Of two participations of one institution the longer one counts."""
    return old.valid_until is not None and (new.valid_until is None or new.valid_until > old.valid_until)


def facts_of(
    case: Case,
    participations: Iterable[Participation],
    agreements: Iterable[ClientAgreement],
    lines: Iterable[ScopeLine] = (),
) -> CaseFacts:
    """The facts of one case out of its rows; ``lines`` are those of its Vollmacht, if it rests on one."""
    return CaseFacts(
        phase=case.phase,
        registered_by=case.registering_institution_id,
        lead=case.lead_institution_id,
        agreed=case.vollmacht_id is not None or any(True for _ in agreements),
        withdrawn=case.withdrawn_at is not None,
        parts=tuple(Part(row.institution_id, row.until) for row in participations),
        ended_on=case.ended_on,
        retention_until=case.retention_until,
        named=_named(case, lines) if case.vollmacht_id is not None else None,
    )


def _named(case: Case, lines: Iterable[ScopeLine]) -> tuple[Named, ...]:
    """Whom the Vollmacht names today; of an ended case, whom it named at the end."""
    assert case.vollmacht is not None
    end, until = case.ended_on, case.vollmacht.valid_until
    return tuple(
        Named(line.institution_id, until)
        for line in lines
        if line.institution_id is not None
        and (line.ended_at is None or (end is not None and timezone.localdate(line.ended_at) > end))
    )


def sync(case: Case) -> None:
    """Write the policy's result for one case into the table, changing only what differs.

    Call in the transaction that changed a participation, an agreement or a state.
    """
    sync_many([case])


def sync_many(cases: Iterable[Case]) -> int:
    """Write the policy's result for several cases; returns how many rows changed."""
    with transaction.atomic():
        missing, surplus, altered = _compare(list(cases))
        CasePermission.objects.filter(pk__in=[row.pk for row in surplus]).delete()
        for row in altered:
            row.save(update_fields=["permission", "valid_until"])
        CasePermission.objects.bulk_create(missing, batch_size=2000)
    return len(missing) + len(surplus) + len(altered)


def grant_new(
    cases: Iterable[tuple[Case, Iterable[Participation], Iterable[ClientAgreement], Iterable[ScopeLine]]],
) -> None:
    """Write the policy's result for cases made in this transaction, which have no rows yet; asks nothing back."""
    permissions = level_permissions()
    groups = dict(Institution.objects.values_list("pk", "group_id"))
    CasePermission.objects.bulk_create(
        CasePermission(
            content_object=case,
            group_id=groups[institution],
            permission=permissions[grant.level],
            valid_until=grant.valid_until,
        )
        for case, participations, agreements, lines in cases
        for institution, grant in policy(facts_of(case, participations, agreements, lines)).items()
    )


def differences(cases: Iterable[Case]) -> Iterator[str]:
    """One line for each place where table and policy disagree; none if all is well."""
    for name, rows in zip(("missing", "surplus", "other level or end"), _compare(list(cases)), strict=True):
        for row in rows:
            yield f"{row.content_object.number}: {name}: group {row.group_id}"


def _compare(
    cases: list[Case],
) -> tuple[list[CasePermission], list[CasePermission], list[CasePermission]]:
    """Rows that are missing, surplus or say something else than the policy, for ``cases``."""
    keys = [case.pk for case in cases]
    parts = _by_case(Participation.objects.filter(case__in=keys).order_by("case_id", "pk"))
    agreements = _by_case(ClientAgreement.objects.filter(case__in=keys).order_by("case_id", "pk"))
    resting = [case.vollmacht_id for case in cases if case.vollmacht_id is not None]
    lines: dict[int, list[ScopeLine]] = {}
    for line in ScopeLine.objects.filter(vollmacht__in=resting).order_by("pk") if resting else ():
        lines.setdefault(line.vollmacht_id, []).append(line)
    present: dict[int, dict[int, CasePermission]] = {}
    for row in CasePermission.objects.filter(content_object__in=keys):
        present.setdefault(row.content_object_id, {})[row.group_id] = row
    permissions = level_permissions()
    groups = dict(Institution.objects.values_list("pk", "group_id"))

    missing: list[CasePermission] = []
    surplus: list[CasePermission] = []
    altered: list[CasePermission] = []
    for case in cases:
        rows = present.get(case.pk, {})
        there = parts.get(case.pk, []), agreements.get(case.pk, []), lines.get(case.vollmacht_id or 0, [])
        wanted = policy(facts_of(case, *there))
        for institution, grant in wanted.items():
            group = groups[institution]
            row = rows.pop(group) if group in rows else CasePermission(group_id=group)
            row.content_object, permission = case, permissions[grant.level]
            if row.permission_id != permission.pk or row.valid_until != grant.valid_until:
                (altered if row.pk else missing).append(row)
            row.permission, row.valid_until = permission, grant.valid_until
        for row in rows.values():
            row.content_object = case
            surplus.append(row)
    return missing, surplus, altered


def _by_case(rows: Iterable) -> dict[int, list]:
    return {key: list(group) for key, group in groupby(rows, key=lambda row: row.case_id)}


def level_permissions() -> dict[str, Permission]:
    """The permission that stands for each level in the table."""
    found = Permission.objects.filter(
        content_type__app_label="core", content_type__model="case", codename__in=Level.values
    )
    return {permission.codename: permission for permission in found}


def with_level(cases: CaseQuerySet, actor: Actor) -> CaseQuerySet:
    """``cases``, each fetched with the level of ``actor``'s institution: :func:`level_of` then asks no more."""
    rows = CasePermission.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=timezone.localdate()),
        content_object=OuterRef("pk"),
        group_id=actor.group_id,
    )
    return cases.annotate(level_group=Value(actor.group_id), level_there=Subquery(rows.values("permission__codename")))


def level_of(case: Case, actor: Actor | None) -> str | None:
    """The level of ``actor`` on ``case``; ``None`` when the case is invisible to them."""
    fetched_for = getattr(case, "level_group", None)
    if actor is None or actor.is_coordination or not actor.sees_cases or fetched_for != actor.group_id:
        return levels([case], actor).get(case.pk)
    there: str | None = case.level_there  # type: ignore[attr-defined]
    return there


def levels(cases: Iterable[Case], actor: Actor | None) -> dict[int, str]:
    """The level of ``actor`` on each of ``cases`` that is visible; one query."""
    cases = list(cases)
    if actor is None or not actor.sees_cases:
        return {}
    if actor.is_coordination:
        own = actor.institution.pk
        return {
            case.pk: Level.LEAD if case.phase == Phase.DRAFT else Level.COORDINATE
            for case in cases
            if case.phase != Phase.DRAFT or case.registering_institution_id == own
        }
    rows = CasePermission.objects.filter(group_id=actor.group_id, content_object__in=[c.pk for c in cases])
    today = timezone.localdate()
    return {
        row.content_object_id: row.permission.codename
        for row in rows.select_related("permission")
        if row.valid_until is None or row.valid_until >= today
    }


def readers(case: Case) -> list[tuple[Institution, str, dt.date | None]]:
    """Which institutions may open the case today, their level and last day (principle 8)."""
    rows = CasePermission.objects.filter(content_object=case).select_related("permission", "group__institution")
    today = timezone.localdate()
    live = [
        (row.group.institution, row.permission.codename, row.valid_until)
        for row in rows
        if row.valid_until is None or row.valid_until >= today
    ]
    return sorted(live, key=lambda entry: entry[0].name)


def shows_person(case: Case, actor: Actor) -> bool:
    """Whether the client may be named to ``actor`` on a case that is visible to them.

    After a withdrawal only to the office that registered the case and to the coordination office.
    """
    if case.withdrawn_at is None or actor.is_coordination:
        return True
    return case.registering_institution_id == actor.institution.pk
