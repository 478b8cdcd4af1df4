"""The answer of the Wegweiser: possible, from a day, with a ruling, or not; why, and what to do (UX-08 to UX-10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import continuing
from iiz.core.actor import Actor
from iiz.core.enums import LeadCapabilityLevel, Service, StatisticsGroup
from iiz.core.http import Request
from iiz.core.models import Institution, LeadCapability, Municipality
from iiz.core.responsible import NOT_RECORDED
from iiz.core.templatetags.ui import day

from .. import actions, division, precheck, prefill
from ..criteria.judge import Judgement, Result
from ..enums import CriterionCheck, CriterionWeight, Finding
from ..forms.antrag import GROUP_CHOICES
from ..forms.wegweiser import PAIR, Address
from ..models import ReducedProcedure
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
}
"""Verdicts that one sentence says; the others are put together, see :func:`_title`."""
LEADS = {
    Verdict.ROUNDTABLE: gettext_lazy(
        "RAV, IV und Sozialhilfe haben alle drei mit der Person zu tun. Dafür gibt es den gemeinsamen Tisch."
    ),
    Verdict.POSSIBLE: gettext_lazy("Sie können den Antrag schreiben."),
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
        """Whether it is open and more than a hint; that the service leads is said on its own."""
        hint = self.criterion.weight == CriterionWeight.ADVISORY
        return self.kind == "rest" and not hint and self.criterion.check_by != CriterionCheck.LEAD


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
    open_way = verdict not in (Verdict.ROUNDTABLE, Verdict.IMPOSSIBLE)
    procedure = procedure_between(pair.principal, pair.contractor, today) if open_way else None
    rates = list(rates_for(pair.contractor, pair.principal, today)) if open_way else []
    return {
        "verdict": verdict,
        "title": _title(verdict, found),
        "lead": LEADS.get(verdict, "") or _both(found),
        "pair_words": between(pair),
        "hindrances": _hindrances(found),
        "locked": found.closed,
        "law": [row for row in precheck.legal(pair, found) if not row.met],
        "register": request.actor is not None,
        "ways": continuing.ways_beside(Service.OPTIMA, request.actor),
        "ruling": _ruling(found),
        "open": [line.criterion for line in lines if line.to_settle],
        "unconfirmed": _unconfirmed(found, place, office),
        "group": _group(pair, found) if found.grouped else None,
        "unmet": [line for line in lines if line.kind != "ok"],
        "met": [line for line in lines if line.kind == "ok"],
        "notes": [row for row in pair.criteria if row.check_by == CriterionCheck.NOTE],
        "sheet": _sheet(pair, procedure) if procedure else [],
        "costs": costs(pair.contractor, _("Ihre Stelle"), rates) if open_way else [],
        "place": place,
        "asked_office": office,
        "office_words": _capability(pair) if office else "",
        "addiction": _addiction_offices(request.actor, pair, answers, today) if place else [],
        "again_url": address.url(again=PAIR),
        "button": _button(verdict, found),
        "antrag": _antrag(request.actor, pair, answers, place) if open_way else None,
    }


def between(pair: Pair) -> str:
    """Who asks whom, in words."""
    return " → ".join(str(GROUP_CHOICES[StatisticsGroup(group)]) for group in (pair.principal, pair.contractor))


def _title(verdict: Verdict, found: Judgement) -> Any:
    """The answer in a line: never only one of several conditions."""
    if verdict in (Verdict.ROUNDTABLE, Verdict.IMPOSSIBLE):
        return TITLES[verdict]
    title: Any = _("Optima ist möglich")
    if verdict == Verdict.LATER:
        first = found.possible_from
        title = _("Optima ist möglich ab %(day)s") % {"day": day(first)} if first else TITLES[verdict]
    conditions = [_("die Koordinationsstelle zustimmt")] if found.needs_ruling else []
    conditions += [_("die Stelle die Fallführung bestätigt")] if precheck.unconfirmed(found) else []
    what = _(" und ").join(conditions)
    return _("%(title)s, wenn %(what)s") % {"title": title, "what": what} if what else title


def _both(found: Judgement) -> str:
    """What stands in the way at once, where a bar and a day do (IV-03, CON-44)."""
    bars = [lock.title for lock in found.locks if lock.by_ruling]
    times = [row.criterion.heading for row in (*found.blocking, *found.exceptions)]
    if not bars or not times:
        return ""
    return _("Im Weg stehen: %(what)s.") % {"what": ", ".join([*bars, *times])}


# Why ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hindrance:
    """Why it is not possible, and what to do instead."""

    sentence: str
    instead: str = ""


def _hindrances(found: Judgement) -> list[Hindrance]:
    closed = [Hindrance(lock.sentence) for lock in found.closed]
    failed = [*found.exceptions, *found.blocking]
    return closed + [Hindrance(row.sentence, row.criterion.instead) for row in failed]


def _unconfirmed(found: Judgement, place: Municipality | None, office: Institution | None) -> str:
    """What is not known of the lead of a service, in the words of the directory."""
    if not precheck.unconfirmed(found):
        return ""
    if office is None and place is not None:
        return _("Für %(name)s ist keine Stelle eingetragen. Fragen Sie die IIZ-Koordinationsstelle.") % {"name": place}
    if office is None:
        return _("Es kommt auf die zuständige Stelle an. Fragen Sie die IIZ-Koordinationsstelle.")
    return f"{NOT_RECORDED.sentence} {NOT_RECORDED.ask}"


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


def _group(pair: Pair, found: Judgement) -> dict[str, Any]:
    """The target group that the table proposes, with its reasons in words (GRP-20)."""
    return {
        "rule": found.rule,
        "within_sh": found.finding == Finding.WITHIN_SH,
        "reasons": precheck.reasons(found.rule, found.missing) if found.rule else [],
        "law": precheck.legal(pair, found),
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
    return [(title, division.lines(text)) for title, text in parts if text.strip()]


def _capability(pair: Pair) -> Any:
    """Whether the office leads; for one that is not recorded the page says it above, in the words of the directory."""
    capability = pair.book.capability
    return CAPABILITY_WORDS[LeadCapabilityLevel(capability.level)] if capability else ""


def _addiction_offices(actor: Actor | None, pair: Pair, answers: Answers, today: dt.date) -> list[Institution]:
    """Services for addiction only, where it is a burden and the office of the municipality does not lead in full.

    Whether one of them leads is for the coordination office to say (CON-17).
    """
    own = pair.book.capability
    if precheck.ADDICTION not in (answers.burdens or ()) or (own and own.level == LeadCapabilityLevel.FULL):
        return []
    rows = LeadCapability.objects.valid_on(today).filter(level=LeadCapabilityLevel.ADDICTION_ONLY)
    active = rows.filter(institution__is_active=True).select_related("institution").order_by("institution__name")
    known = (pair.book.contractor, actor.institution if actor else None)
    return [row.institution for row in active if row.institution not in known]


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
