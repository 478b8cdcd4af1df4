"""What the rules said of an Antrag, kept with it, and what people made of it (GRP-20, CON-44, OP-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from iiz.core import audit, clock
from iiz.core.actor import Actor
from iiz.core.models import Case
from iiz.core.workflow import NotAllowed

from .. import rulebook
from ..criteria.facts import Facts
from ..criteria.judge import Judgement
from ..enums import Finding, Verdict
from ..models import Antrag, Classification, CriterionFinding, ZielgruppeRule
from ..queries import rules_between
from ..rulebook import Rulebook

Data = Mapping[str, Any]
Changes = dict[str, Any]


def judge(antrag: Antrag, contractor: Any, data: Data, day: dt.date) -> Judgement:
    """What the rules of ``day`` say of the answers of an Antrag form."""
    facts = Facts.of(
        {**data, **data.get("facts", {})},
        principal_group=antrag.principal.statistics_group,
        contractor_group=contractor.statistics_group,
        answers=data.get("criteria", {}),
        obstacles=frozenset(row.code for row in data.get("obstacles", ())),
    )
    return rulebook.read(contractor.statistics_group, day, contractor).judge(facts)


def hindrance(judgement: Judgement, reasons: Mapping[str, str]) -> str:
    """Why the Antrag cannot be handed in, as a German sentence; empty if nothing hinders."""
    for lock in judgement.closed:
        return lock.sentence
    for row in judgement.blocking:
        return " ".join(part for part in (row.sentence, row.criterion.instead) if part)
    for row in judgement.exceptions:
        if not reasons.get(row.criterion.code, "").strip():
            return _("%(what)s Weshalb soll es trotzdem möglich sein?") % {"what": row.sentence}
    for one in judgement.contradictions:
        return one.sentence
    return ""


def classify(case: Case, contractor: Any, data: Data) -> Changes:
    """Judge a case that is being submitted and keep answers, group and version of the table with it (GRP-20).

    Raises ``NotAllowed`` with the reason where law or a hard criterion speaks against it.
    """
    antrag: Antrag = case.antrag
    reasons: Mapping[str, str] = data.get("reasons", {})
    judgement = judge(antrag, contractor, data, clock.today())
    hinders = hindrance(judgement, reasons)
    if hinders:
        raise NotAllowed(hinders)
    CriterionFinding.objects.bulk_create(
        CriterionFinding(
            antrag=antrag,
            criterion=row.criterion,
            answer=row.check.answer,
            sentence=row.check.sentence,
            reason=reasons.get(row.criterion.code, "").strip() if row.asks_reason else "",
        )
        for row in judgement.results
    )
    antrag.obstacles.set(data.get("obstacles", ()))
    antrag.wsh_entitled = data.get("wsh_entitled")
    antrag.zielgruppe = judgement.rule.zielgruppe if judgement.rule else ""
    antrag.save(update_fields=["wsh_entitled", "zielgruppe"])
    row = Classification.objects.create(
        antrag=antrag,
        finding=judgement.finding,
        proposed=judgement.rule,
        rule=judgement.rule,
        table_version=judgement.table_version,
        inputs=dict(judgement.inputs),
        needs_ruling=judgement.needs_ruling,
        barred=barrier(judgement),
    )
    return {"group": row.rule.code if row.rule else str(row.finding), "table": row.table_version.isoformat()}


def barrier(judgement: Judgement) -> str:
    """Why the coordination office decides first, in a sentence; empty if it does not."""
    if not judgement.needs_ruling:
        return ""
    for lock in judgement.locks:
        return lock.sentence
    for row in judgement.results:
        if row.failed and row.check.by_ruling:
            return row.sentence
    if judgement.finding == Finding.ROUNDTABLE:
        return _("Alle drei Stellen sind beteiligt: Dafür gibt es den Roundtable.")
    return _("Diese Konstellation gehört zu keiner Zielgruppe.")


def classification_of(case: Case) -> Classification | None:
    """What the table said of a case; ``None`` for imported cases and those of before."""
    return getattr(case.antrag, "classification", None)


def waits_for_ruling(case: Case) -> bool:
    """Whether the coordination office has yet to decide."""
    row = classification_of(case)
    return row is not None and row.needs_ruling and not row.verdict and case.withdrawn_at is None


def may_be_decided(case: Case) -> bool:
    """Whether the contractor can decide: nothing waits for the coordination office."""
    return not waits_for_ruling(case) and not is_declined(case)


def settled(case: Case, actor: Actor) -> str | None:
    """Guard: the coordination office has cleared what the table does not settle (GRP-20, CON-44)."""
    row = classification_of(case)
    if row is None or row.cleared:
        return None
    if row.verdict == Verdict.DECLINED:
        return _("Die IIZ-Koordinationsstelle hat entschieden: Optima ist hier nicht der richtige Weg.")
    return _("%(why)s Zuerst entscheidet die IIZ-Koordinationsstelle.") % {"why": row.barred}


def has_classification(case: Case, actor: Actor) -> str | None:
    """Guard: there is something to decide on."""
    return None if classification_of(case) else _("Dieser Fall ist importiert; es gibt keine Zuordnung.")


def rule_hindrance(case: Case, rule: ZielgruppeRule | None, book: Rulebook | None = None) -> str:
    """Why a person may not name this row for a case, as a German sentence; empty if nothing hinders (NFR-08).

    The law closes it for everybody, whoever decides; and where all three institutions are involved there is no group.
    """
    row = classification_of(case)
    if rule is None or (row is not None and rule == row.proposed):
        return ""
    if row is not None and row.finding == Finding.ROUNDTABLE:
        return _("Sind alle drei Stellen beteiligt, gibt es keine Zielgruppe.")
    for lock in (book or rulebook.of_case(case)).closed(rule.preconditions):
        return _("Gruppe %(code)s ist gesperrt: %(why)s") % {"code": rule.code, "why": lock.sentence}
    return ""


def open_rows(case: Case) -> QuerySet[ZielgruppeRule]:
    """The rows of the table that people may name for a case: those of its direction and day that nothing hinders."""
    antrag = case.antrag
    rows = rules_between(antrag.principal_group, antrag.contractor_group, case.arrived_on)
    book = rulebook.of_case(case)
    return rows.filter(pk__in=[row.pk for row in rows if not rule_hindrance(case, row, book)])


def is_declined(case: Case) -> bool:
    """Whether the coordination office said that Optima is not the way: then the principal takes the Antrag back."""
    row = classification_of(case)
    return row is not None and row.verdict == Verdict.DECLINED and case.withdrawn_at is None


def settle(case: Case, actor: Actor, data: Data) -> Changes:
    """The coordination office decides: whether Optima is possible, and the group (GRP-20, CON-17, CON-44)."""
    row = classification_of(case)
    assert row is not None  # the guard says so
    rule: ZielgruppeRule | None = data.get("rule") if data["verdict"] == Verdict.CLEARED else None
    hinders = rule_hindrance(case, rule)
    if hinders:
        raise NotAllowed(hinders)
    before = row.rule.code if row.rule else ""
    row.rule, row.verdict, row.ruling = rule, data["verdict"], data["ruling"]
    row.ruled_at, row.ruled_by = clock.now(), actor.user
    row.save()
    _set_group(case.antrag, rule)
    changes: Changes = {"verdict": str(row.verdict), "reason": audit.personal(row.ruling)}
    after = rule.code if rule else ""
    return changes | ({"group": [before, after]} if before != after else {})


def confirm(case: Case, actor: Actor, data: Data) -> Changes:
    """The contractor confirms criteria and group at its decision, or names another group with a reason (OP-05)."""
    antrag, confirmed = case.antrag, data.get("confirmed")
    if confirmed is not None:
        held = {row.pk for row in confirmed}
        for finding in antrag.criteria.all():
            finding.confirmed = finding.pk in held
            finding.save(update_fields=["confirmed"])
    row = classification_of(case)
    if row is None:
        return {}
    row.confirmed_at, row.confirmed_by = clock.now(), actor.user
    changes: Changes = {}
    if "rule" in data and data["rule"] != row.rule:
        hinders = rule_hindrance(case, data["rule"])
        if hinders:
            raise NotAllowed(hinders)
        before, row.rule, row.note = row.rule, data["rule"], data.get("rule_note", "")
        changes["group"] = [before.code if before else "", row.rule.code if row.rule else ""]
        _set_group(antrag, row.rule)
    row.save()
    return changes


def _set_group(antrag: Antrag, rule: ZielgruppeRule | None) -> None:
    antrag.zielgruppe = rule.zielgruppe if rule else ""
    antrag.save(update_fields=["zielgruppe"])
