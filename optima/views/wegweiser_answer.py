"""The answer of the Wegweiser: possible, from a day, with a ruling, or not; why, and what to do (UX-08 to UX-10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.actor import Actor
from iiz.core.enums import LeadCapabilityLevel, StatisticsGroup
from iiz.core.http import Request
from iiz.core.models import Institution, Municipality
from iiz.core.templatetags.ui import day

from .. import actions, precheck, prefill
from ..criteria.judge import Judgement, Result
from ..enums import CriterionCheck, CriterionWeight, Finding
from ..forms.antrag import GROUP_CHOICES
from ..forms.wegweiser import PAIR, Address
from ..models import LegalPrecondition, ReducedProcedure
from ..offices import CAPABILITY_WORDS, costs
from ..precheck import Answers, Pair, Verdict
from ..queries import procedure_between, rates_for

IV, RAV, SH = StatisticsGroup.IV, StatisticsGroup.RAV, StatisticsGroup.SH
SUBJECT = {
    IV: gettext_lazy("die IV-Stelle"),
    RAV: gettext_lazy("das RAV"),
    SH: gettext_lazy("der Sozialdienst oder das SoBZ"),
}


TITLES = {
    Verdict.ROUNDTABLE: gettext_lazy("Hier passt ein Roundtable"),
    Verdict.IMPOSSIBLE: gettext_lazy("Optima ist hier nicht möglich"),
    Verdict.LATER: gettext_lazy("Optima ist nur mit Begründung möglich"),
    Verdict.RULING: gettext_lazy("Optima ist möglich, wenn die Koordinationsstelle zustimmt"),
    Verdict.POSSIBLE: gettext_lazy("Optima ist möglich"),
}
LEADS = {
    Verdict.ROUNDTABLE: gettext_lazy(
        "RAV, IV und Sozialhilfe haben alle drei mit der Person zu tun. Dafür gibt es den gemeinsamen Tisch."
    ),
    Verdict.POSSIBLE: gettext_lazy(
        "Sie können den Antrag schreiben. Was Sie hier geantwortet haben, steht dann schon darin."
    ),
}


@dataclass(frozen=True)
class Line:
    """One condition of the office that is asked: how it stands as a mark, and what is said about it."""

    criterion: Any
    kind: str
    word: Any
    sentence: str = ""

    @property
    def weight(self) -> Any:
        """How binding it is."""
        return self.criterion.get_weight_display()

    @property
    def to_settle(self) -> bool:
        """Whether it is open and more than a hint."""
        return self.kind == "rest" and self.criterion.weight != CriterionWeight.ADVISORY


def answer_of(
    request: Request,
    address: Address,
    pair: Pair,
    answers: Answers,
    place: Municipality | None,
    office: Institution | None,
    today: dt.date,
) -> dict[str, Any]:
    """All that the page of the answer shows."""
    found = pair.judge(answers)
    lines = [_line(row) for row in found.results]
    verdict = precheck.verdict(found)
    open_way = verdict in (Verdict.LATER, Verdict.RULING, Verdict.POSSIBLE)
    procedure = procedure_between(pair.principal, pair.contractor, today) if open_way else None
    rates = list(rates_for(pair.contractor, pair.principal, today)) if open_way else []
    return {
        "verdict": verdict,
        "title": _title(verdict, found),
        "lead": LEADS.get(verdict, ""),
        "pair_words": between(pair),
        "hindrances": _hindrances(found),
        "law": [row for row in _law(pair, found) if not row.met],
        "exceptions": found.exceptions,
        "ruling": _ruling(found),
        "open": [line.criterion for line in lines if line.to_settle],
        "group": _group(pair, found) if found.grouped else None,
        "lines": lines,
        "notes": [row for row in pair.criteria if row.check_by == CriterionCheck.NOTE],
        "sheet": _sheet(pair, procedure) if procedure else [],
        "costs": costs(pair.contractor, _("Ihre Stelle"), rates) if open_way else [],
        "place": place,
        "asked_office": office,
        "office_words": _capability(pair) if office else "",
        "again_url": address.url(again=PAIR),
        "button": _button(verdict, found),
        "antrag": _antrag(request.actor, pair, answers, place) if open_way else None,
    }


def between(pair: Pair) -> str:
    """Who asks whom, in words."""
    return " → ".join(str(GROUP_CHOICES[StatisticsGroup(group)]) for group in (pair.principal, pair.contractor))


def _title(verdict: Verdict, found: Judgement) -> Any:
    if verdict == Verdict.LATER and found.possible_from is not None:
        return _("Optima ist möglich ab %(day)s") % {"day": day(found.possible_from)}
    return TITLES[verdict]


# Why ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hindrance:
    """Why it is not possible, and what to do instead."""

    sentence: str
    instead: str = ""


def _hindrances(found: Judgement) -> list[Hindrance]:
    closed = [Hindrance(lock.sentence) for lock in found.closed]
    return closed + [Hindrance(row.sentence, row.criterion.instead) for row in found.blocking]


def _ruling(found: Judgement) -> list[str]:
    """Why the coordination office decides first."""
    if not found.needs_ruling:
        return []
    sentences = [lock.sentence for lock in found.locks if lock.by_ruling]
    sentences += [row.sentence for row in found.results if row.failed and row.check.by_ruling]
    if found.grouped and found.finding == Finding.UNASSIGNED:
        sentences.append(
            _("Die Angaben passen zu keiner Zielgruppe von Optima. Dann entscheidet die IIZ-Koordinationsstelle.")
        )
    return sentences


def _law(pair: Pair, found: Judgement) -> list[LegalPrecondition]:
    codes = found.rule.preconditions if found.rule else []
    return [pair.book.law[code] for code in codes if code in pair.book.law]


def _group(pair: Pair, found: Judgement) -> dict[str, Any]:
    """The target group that the table proposes, with its reasons in words (GRP-20)."""
    return {
        "rule": found.rule,
        "within_sh": found.finding == Finding.WITHIN_SH,
        "reasons": precheck.reasons(found.rule, found.missing) if found.rule else [],
        "law": _law(pair, found),
        "version": found.table_version,
    }


# What the office asks -----------------------------------------------------------------------------------------


def _line(row: Result) -> Line:
    if row.met:
        return Line(row.criterion, "ok", _("erfüllt"))
    if row.failed:
        kind = "stop" if row.blocks else "wait"
        return Line(row.criterion, kind, _("nicht erfüllt"), row.check.sentence)
    return Line(row.criterion, "rest", _("noch offen"), row.sentence)


def _sheet(pair: Pair, row: ReducedProcedure) -> list[tuple[str, list[str]]]:
    """Who does what meanwhile, from the point of view of whoever asks (UX-09)."""
    who = str(SUBJECT[StatisticsGroup(pair.contractor)])
    parts = [
        (_("Das tut %(who)s") % {"who": who}, row.contractor_does),
        (_("Das tut %(who)s nicht") % {"who": who}, row.contractor_does_not),
        (_("Das bleibt bei Ihnen"), row.principal_keeps),
        (_("Das ruht bei Ihnen"), row.rests),
        (_("Das nehmen Sie am Ende wieder auf"), row.resumes),
    ]
    return [(title, text.splitlines()) for title, text in parts if text.strip()]


def _capability(pair: Pair) -> Any:
    capability = pair.book.capability
    if capability is None:
        return _("Ob diese Stelle die Fallführung übernimmt, ist noch nicht festgehalten. Fragen Sie nach.")
    return CAPABILITY_WORDS[LeadCapabilityLevel(capability.level)]


# And now ------------------------------------------------------------------------------------------------------


def _antrag(actor: Actor | None, pair: Pair, answers: Answers, place: Municipality | None) -> dict[str, Any]:
    """Where the Antrag is written with these answers filled in; or why this person cannot write it."""
    query = prefill.to_query(
        pair.told(answers),
        contractor_group=pair.contractor,
        municipality=place.pk if place else None,
        criteria={code: answer for code, answer in pair.said(answers).items() if answer != precheck.OPEN},
    )
    reason = ""
    if actor is not None:
        reason = actions.begin_refusal(actor)
        if not reason and actor.institution.statistics_group != pair.principal:
            reason = _("Sie handeln für %(name)s. Diesen Antrag schreibt: %(who)s.") % {
                "name": actor.institution.name,
                "who": GROUP_CHOICES[StatisticsGroup(pair.principal)],
            }
    return {"url": f"{reverse('optima:new')}?{query}", "reason": reason, "login": actor is None}


def _button(verdict: Verdict, found: Judgement) -> str:
    """What the button into the Antrag says; empty where only waiting helps."""
    if verdict == Verdict.LATER:
        return "" if found.blocking else _("Antrag mit Begründung schreiben")
    return _("Antrag schreiben")
