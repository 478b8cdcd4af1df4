"""The target group of a submitted case and its admission criteria, in words (GRP-20, OP-05, CON-44).

Whose words they are decides who reads them after a withdrawal: the answers are the principal's, confirmations the
contractor's, and the ruling of the coordination office is for both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from iiz.core.blocks import Block, Row
from iiz.core.enums import StatisticsGroup
from iiz.core.templatetags.ui import day
from iiz.core.workflow import Party

from . import phrases
from .enums import ASKED, CriterionAnswer, CriterionCheck, Finding
from .models import AdmissionCriterion, Antrag, Classification, CriterionFinding


def classification_of(antrag: Antrag) -> Classification | None:
    """What the table said of it; ``None`` for imported cases and those of before."""
    return getattr(antrag, "classification", None)


def findings_of(antrag: Antrag) -> list[CriterionFinding]:
    """How each criterion was answered, with its text of that day; two queries at most, asked once per Antrag."""
    rows = Prefetch("criteria", CriterionFinding.objects.select_related("criterion"))
    burdens = ["obstacles"] if antrag.contractor_group == StatisticsGroup.SH else []
    prefetch_related_objects([antrag], rows, *burdens)
    return list(antrag.criteria.all())


def blocks(antrag: Antrag, sides: frozenset[str]) -> list[Block]:
    """Group and criteria, as far as the reader may read them; nothing for imported and older cases."""
    row = classification_of(antrag)
    if row is None:
        return []
    return [
        Block("group", _("Zielgruppe"), group(antrag, row, sides)),
        Block("criteria", _("Voraussetzungen"), criteria(antrag, sides)),
    ]


def filed(antrag: Antrag) -> list[Block]:
    """Group and criteria as the principal filed them, before anybody confirmed or ruled."""
    row = classification_of(antrag)
    if row is None:
        return []
    first, principal = _proposal(row), frozenset({Party.PRINCIPAL})
    return [
        Block("group", _("Zielgruppe"), group(antrag, first, principal)),
        Block("criteria", _("Voraussetzungen"), criteria(antrag, principal)),
    ]


def _proposal(row: Classification) -> Classification:
    """What the table said, without what people made of it; not a row of the database."""
    names = ("finding", "table_version", "inputs", "barred")
    kept = {name: getattr(row, name) for name in names}
    return Classification(**kept, proposed=row.proposed, rule=row.proposed)


def group(antrag: Antrag, row: Classification, sides: frozenset[str]) -> list[Row]:
    """What the table proposed, what people made of it, and the ruling with its reason."""
    rows: list[Row] = []
    if Party.PRINCIPAL in sides:
        rows.append((_("Zielgruppe"), standing(row)))
        if row.proposed is not None and row.proposed != row.rule:
            rows.append((_("Vorgeschlagen war"), f"{row.proposed.zielgruppe}: {row.proposed.title}"))
        rows.append((_("Grundlage"), ", ".join(phrases.inputs_in_words(row.inputs))))
        rows.append((_("Stand der Tabelle"), day(row.table_version)))
        if row.barred and not row.verdict:
            rows.append((_("Weshalb die IIZ-Koordinationsstelle entscheidet"), row.barred))
    if row.verdict:
        names = {"what": row.get_verdict_display(), "day": day(row.ruled_at)}
        rows.append((_("Entscheid der IIZ-Koordinationsstelle"), _("%(what)s, %(day)s") % names))
        rows.append((_("Begründung"), row.ruling))
    if row.confirmed_at and row.confirmed_by and Party.CONTRACTOR in sides:
        names = {"day": day(row.confirmed_at), "who": row.confirmed_by.get_full_name()}
        rows.append((_("Bestätigt"), _("am %(day)s von %(who)s") % names))
        rows.append((_("Begründung der Änderung"), row.note))
    return rows


def standing(row: Classification) -> str:
    """The group that holds, and whether a person has confirmed it."""
    if row.rule is None:
        return {
            Finding.ROUNDTABLE: _("keine: Alle drei Stellen sind beteiligt"),
            Finding.WITHIN_SH: _("keine: ein Auftrag innerhalb der Sozialhilfe"),
        }.get(Finding(row.finding), _("keine"))
    title = f"{row.rule.zielgruppe}: {row.rule.title}"
    if row.confirmed_at or (row.verdict and row.rule_id):
        return title
    return _("%(group)s (vorgeschlagen)") % {"group": title}


def criteria(antrag: Antrag, sides: frozenset[str]) -> list[Row]:
    """Each criterion as it was answered: answer, text of then, exception, the contractor's word."""
    rows: list[Row] = []
    for found in findings_of(antrag):
        said = [line for line in _said(antrag, found, sides) if line]
        # After the answer what was asked: the text that held then, whatever holds today.
        place = 1 if Party.PRINCIPAL in sides else 0
        said[place:place] = [text_of(found.criterion)] if said else []
        rows.append((found.criterion.heading, "\n".join(said)))
    return rows + _entitled(antrag, sides)


def text_of(criterion: AdmissionCriterion) -> str:
    """What was asked, with its points where the text leads to them."""
    return f"{criterion.text} {'; '.join(criterion.points)}" if criterion.text.endswith(":") else criterion.text


def _said(antrag: Antrag, found: CriterionFinding, sides: frozenset[str]) -> Iterable[str]:
    if Party.PRINCIPAL in sides:
        yield answer(antrag, found)
        if found.reason:
            yield _("Ausnahme beantragt: %(reason)s") % {"reason": found.reason}
    if Party.CONTRACTOR in sides and found.confirmed is not None:
        yield _("vom Auftragnehmer bestätigt") if found.confirmed else _("vom Auftragnehmer nicht bestätigt")


def answer(antrag: Antrag, found: CriterionFinding) -> str:
    """The principal's answer: the burdens by name, else a word – of its own where the facts decided – and why."""
    if found.criterion.check_by == CriterionCheck.OBSTACLES:
        return ", ".join(row.label for row in antrag.obstacles.all()) or _("noch offen")
    if found.criterion.check_by in ASKED:
        word = str(CriterionAnswer(found.answer).label)
    else:
        word = {CriterionAnswer.YES: _("erfüllt"), CriterionAnswer.NO: _("nicht erfüllt")}.get(
            CriterionAnswer(found.answer), _("noch offen")
        )
    return f"{word}. {found.sentence}" if found.sentence else word


def _entitled(antrag: Antrag, sides: frozenset[str]) -> list[Row]:
    if antrag.wsh_entitled is None or Party.PRINCIPAL not in sides:
        return []
    words: dict[bool, Any] = {True: _("Ja"), False: _("Nein")}
    return [(_("Anspruch auf wirtschaftliche Sozialhilfe, noch nicht bezogen"), words[antrag.wsh_entitled])]
