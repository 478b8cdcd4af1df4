"""The Wegweiser: which way, and whether Optima is possible, before anybody types (OP-22, UX-08 to UX-12).

Public and without memory: every state is an address. A question, or the answer, a page.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import continuing
from iiz.core.enums import OPTIMA_GROUPS, InstitutionKind, Service, StatisticsGroup
from iiz.core.http import Request
from iiz.core.models import Institution, Municipality
from iiz.core.registry import Guide, NavItem
from iiz.core.views.marks import reads

from .. import precheck, rulebook, triage
from ..forms import wegweiser as asking
from ..forms.antrag import GROUP_CHOICES
from ..forms.wegweiser import Address, Option
from ..precheck import Answers, Pair
from ..queries import office_at, offices_by_place
from .wegweiser_answer import answer_of, between

GUIDE = Guide(
    gettext_lazy("Wegweiser"),
    gettext_lazy(
        "Welcher Weg passt? Das sagen zwei Fragen, bei Optima höchstens fünf. Ohne Anmeldung, ohne Angaben zur Person."
    ),
    "optima:wegweiser",
    gettext_lazy("Weg finden"),
)
NAVIGATION = NavItem(GUIDE.label, GUIDE.url_name, lambda request: True, 39, "/wegweiser/")

IV, RAV, SH = StatisticsGroup.IV, StatisticsGroup.RAV, StatisticsGroup.SH
MOST = 5
"""The most questions on any way, those of the triage included."""

TITLES = {
    triage.NEED: gettext_lazy("Worum geht es?"),
    triage.WHERE: gettext_lazy("Bei welcher Stelle braucht die Person eine Leistung?"),
    triage.OFFICES: gettext_lazy("Wie viele Stellen haben mit der Person zu tun?"),
    asking.PAIR: gettext_lazy("Wer soll statt Ihnen führen?"),
    precheck.RECEIVES: gettext_lazy("Was trifft heute auf die Person zu?"),
    precheck.IV_STATE: gettext_lazy("Wie steht es mit der IV?"),
    precheck.CONDITIONS: gettext_lazy("Trifft das alles zu?"),
    precheck.BURDENS: gettext_lazy("Was steht der Arbeit im Weg?"),
    precheck.PLACE: gettext_lazy("In welcher Gemeinde wohnt die Person?"),
}
LEADS = {
    triage.WHERE: gettext_lazy("Über eine Leistung entscheidet immer die Stelle, die sie ausrichtet."),
    asking.PAIR: gettext_lazy(
        "Optima heisst: die Fallführung abgeben, nicht Hilfe dazuholen. Zahlungen und Verfügungen bleiben bei Ihnen."
    ),
    precheck.RECEIVES: gettext_lazy("Kreuzen Sie alles an, was zutrifft."),
    precheck.IV_STATE: gettext_lazy("Verdacht heisst: auf einen Gesundheitsschaden, der die IV betrifft."),
    precheck.CONDITIONS: gettext_lazy("Das setzt die angefragte Stelle voraus."),
    precheck.BURDENS: gettext_lazy("Kreuzen Sie alles an, was zutrifft. Diagnosen braucht es hier keine."),
    precheck.PLACE: gettext_lazy("Davon hängt ab, welche Stelle zuständig ist und ob sie die Fallführung übernimmt."),
}
SHORT = {
    triage.NEED: gettext_lazy("Worum es geht"),
    triage.WHERE: gettext_lazy("Leistung"),
    triage.OFFICES: gettext_lazy("Beteiligte Stellen"),
    asking.PAIR: gettext_lazy("Wer fragt wen"),
    precheck.RECEIVES: gettext_lazy("Heute"),
    precheck.IV_STATE: gettext_lazy("IV"),
    precheck.CONDITIONS: gettext_lazy("Voraussetzungen"),
    precheck.BURDENS: gettext_lazy("Im Weg steht"),
    precheck.PLACE: gettext_lazy("Wohngemeinde"),
}
NEEDS = {
    triage.Need.BENEFIT: gettext_lazy(
        "Zum Beispiel Taggelder, eine Abklärung der IV oder wirtschaftliche Sozialhilfe."
    ),
    triage.Need.TOGETHER: gettext_lazy("Es braucht Auskunft, Abstimmung oder einen gemeinsamen Plan."),
    triage.Need.LEAD: gettext_lazy(
        "Sie kann das Ziel besser erreichen. Sie selbst ziehen sich in diesem Thema zurück."
    ),
}
WHO = {
    RAV: gettext_lazy("Sie arbeiten beim RAV"),
    IV: gettext_lazy("Sie arbeiten bei der IV-Stelle"),
    SH: gettext_lazy("Sie arbeiten bei einem Sozialdienst oder SoBZ"),
}
WHOM = {
    RAV: gettext_lazy("Das RAV"),
    IV: gettext_lazy("Die IV-Stelle"),
    SH: gettext_lazy("Ein Sozialdienst oder SoBZ"),
}
WHOM_SAME = gettext_lazy("Ein anderer Sozialdienst oder SoBZ")
FOLDED = (("groups", True), ("others", False))
KINDS = {RAV: InstitutionKind.RAV, IV: InstitutionKind.IV, SH: InstitutionKind.SOCIAL_SERVICE}


@dataclass(frozen=True)
class Told:
    """A question that is answered, what was said, and where to change it."""

    label: Any
    words: Any
    url: str


@login_not_required
@reads
def wegweiser(request: Request) -> HttpResponse:
    """A question, or the answer; a form that was sent well leads to the address without its traces."""
    address = Address(request.GET)
    need, where, offices = address.need(), address.where(), address.offices()
    way = triage.way(need, where, offices)
    told = _triage_told(address, need, where, offices)
    if way == triage.Way.OPTIMA:
        return _optima(request, address, told)
    name = address.again if address.again in (triage.NEED, triage.WHERE, triage.OFFICES) else ""
    name = name or triage.question(need, where, offices)
    if name:
        number = 1 if name == triage.NEED else 2
        most = MOST if number == 1 else number
        return _ask(request, address, name, told, number, {"options": _triage_options(address, name)}, most)
    context = {"way": way, "where": where, "where_kind": KINDS.get(where), "told": told, "notices": _notices(address)}  # type: ignore[call-overload]
    context["ways"] = continuing.ways_beside(Service.OPTIMA, request.actor)
    return render(request, "optima/wegweiser_way.html", context)


# Triage -------------------------------------------------------------------------------------------------------


def _triage_told(address: Address, need: str, where: str, offices: str) -> list[Told]:
    found = []
    if need:
        found.append((triage.NEED, triage.Need(need).label))
    if need == triage.Need.BENEFIT and where:
        found.append((triage.WHERE, GROUP_CHOICES[StatisticsGroup(where)]))
    if need == triage.Need.TOGETHER and offices:
        found.append((triage.OFFICES, triage.Offices(offices).label))
    return [Told(SHORT[name], words, address.url(again=name)) for name, words in found]


def _triage_options(address: Address, name: str) -> list[Option]:
    if name == triage.NEED:
        return [_option(address, name, need.value, need.label, NEEDS[need], alone=True) for need in triage.Need]
    if name == triage.WHERE:
        return [_option(address, name, group.value, GROUP_CHOICES[group]) for group in OPTIMA_GROUPS]
    return [_option(address, name, number.value, number.label) for number in triage.Offices]


def _option(address: Address, name: str, value: str, label: Any, detail: Any = "", *, alone: bool = False) -> Option:
    """A choice as a link. ``alone``: another choice than before leaves all other answers behind."""
    current = address.said.get(name, [""])[-1] == value
    without = [] if current or not alone else [other for other in asking.ORDER if other != name]
    return Option(label, address.url(without=without, **{name: value}), detail, current)


# Optima -------------------------------------------------------------------------------------------------------


def _optima(request: Request, address: Address, told: list[Told]) -> HttpResponse:
    asked = address.pair()
    if address.again == triage.NEED:
        return _ask(request, address, triage.NEED, told, 1, {"options": _triage_options(address, triage.NEED)})
    if asked is None or address.again == asking.PAIR:
        return _ask(request, address, asking.PAIR, told, 2, _pairs(request, address))
    today = timezone.localdate()
    pair, place, office = _pair(address, asked, today)
    answers = address.answers(pair, address.said.get(precheck.PLACE, [""])[-1])
    if address.sent and not address.problems:
        return HttpResponseRedirect(address.url())
    told += _told(address, pair, answers, place)
    name = next((name for name in pair.questions if name == address.again), "") or pair.next_question(answers)
    if name:
        number = 3 + pair.questions.index(name)
        return _ask(request, address, name, told, number, _question(address, pair, name), 2 + len(pair.questions))
    context = answer_of(request, address, pair, answers, place, office, today)
    return render(request, "optima/wegweiser_answer.html", context | {"told": told, "notices": _notices(address)})


def _pair(
    address: Address, asked: tuple[str, str], today: dt.date
) -> tuple[Pair, Municipality | None, Institution | None]:
    """The pair with the rules of today; for a social service also the municipality and the office it leads to."""
    principal, contractor = asked
    by_place, place, office = False, None, None
    if contractor == SH:
        by_place, office = offices_by_place(contractor, today)
        number = address.place() if by_place else ""
        if number.isdecimal():
            place, office = office_at(int(number), contractor, today)
            if place is None:
                address.drop(
                    precheck.PLACE,
                    _("Diese Gemeinde gibt es nicht oder nicht mehr. Bitte wählen Sie eine aus der Liste."),
                )
    book = rulebook.read(contractor, today, office)
    return Pair(principal, contractor, book, by_place=by_place), place, office


def _pairs(request: Request, address: Address) -> dict[str, Any]:
    """Who asks, with whom each may ask; for somebody who is logged in the other institutions stand folded below."""
    own = request.actor.institution.statistics_group if request.actor else ""
    groups = []
    for principal in (RAV, IV, SH):
        options = [
            _pair_option(address, value, principal, contractor)
            for value, (asks, contractor) in asking.PAIRS.items()
            if asks == principal
        ]
        groups.append({"name": principal.value, "label": WHO[principal], "options": options})
    if own not in WHO:
        return {"groups": groups}
    return {name: [row for row in groups if (row["name"] == own) == mine] for name, mine in FOLDED}


def _pair_option(address: Address, value: str, principal: str, contractor: str) -> Option:
    label = WHOM_SAME if principal == contractor else WHOM[StatisticsGroup(contractor)]
    current = address.said.get(asking.PAIR, [""])[-1] == value
    kept = {triage.NEED, asking.PAIR, precheck.PLACE}
    without = [] if current else [name for name in asking.ORDER if name not in kept]
    return Option(label, address.url(without=without, **{asking.PAIR: value}), "", current)


def _question(address: Address, pair: Pair, name: str) -> dict[str, Any]:
    """What a question of the pair shows: a form, or links where one click is the answer."""
    said = address.said.get(name, [])
    if name == precheck.CONDITIONS:
        return {"conditions": _conditions(address, pair), "options": _all_or_unclear(address)}
    if name == precheck.RECEIVES:
        form = asking.receives_form(pair, said)
    elif name == precheck.IV_STATE:
        form = asking.iv_form(pair, said, address.said.get(precheck.REFUSED, [""])[-1])
    elif name == precheck.BURDENS:
        form = asking.burdens_form(pair, said)
    else:
        form = asking.place_form(said[-1] if said else "")
    many = name in (precheck.RECEIVES, precheck.BURDENS) or (name == precheck.IV_STATE and pair.asks_pending)
    return {
        "form": form,
        "field": form[name],
        "second": form[precheck.REFUSED] if precheck.REFUSED in form.fields else None,
        "nothing": _nothing(pair, name) if many else [],
        "kept": address.kept(name, *([precheck.REFUSED] if name == precheck.IV_STATE else [])),
    }


def _nothing(pair: Pair, name: str) -> list[tuple[str, Any]]:
    """The buttons for *nothing of it*; at the IV a procedure may run all the same, for aids or placement (CON-13)."""
    if name != precheck.IV_STATE:
        return [(precheck.NOTHING, _("Nichts davon"))]
    closed = (precheck.NOTHING, _("Nichts davon, das Verfahren ist abgeschlossen"))
    return [closed, (precheck.RUNS, asking.NOTHING_PENDING)]


def _conditions(address: Address, pair: Pair) -> list[dict[str, Any]]:
    """Each condition with the click that says that it is missing."""
    label = gettext_lazy("Das fehlt")
    return [{"row": row, "option": _option(address, precheck.CONDITIONS, row.code, label)} for row in pair.conditions]


def _all_or_unclear(address: Address) -> list[Option]:
    return [
        _option(address, precheck.CONDITIONS, precheck.ALL, _("Ja, alles trifft zu")),
        _option(address, precheck.CONDITIONS, precheck.UNCLEAR, _("Das ist noch nicht geklärt")),
    ]


def _told(address: Address, pair: Pair, answers: Answers, place: Municipality | None) -> list[Told]:
    """What was said so far, in words."""
    headings = {precheck.condition_key(row): row.heading for row in pair.conditions}
    words = asking.words_of(pair) | headings

    def listed(ticked: frozenset[str] | None, order: list[str]) -> str:
        return ", ".join(str(words[name]) for name in order if name in (ticked or ())) or _("nichts davon")

    found = [(asking.PAIR, between(pair))]
    said = {
        precheck.RECEIVES: lambda: listed(answers.receives, pair.receives),
        precheck.IV_STATE: lambda: _iv_words(listed(answers.iv, pair.iv_states), answers.refused_on),
        precheck.CONDITIONS: lambda: _condition_words(pair, answers.condition),
        precheck.BURDENS: lambda: listed(answers.burdens, pair.burdens),
        precheck.PLACE: lambda: place.name if place else _("nicht bekannt oder ausserhalb des Kantons"),
    }
    found += [(name, said[name]()) for name in pair.questions if answers.given(name)]
    return [Told(SHORT[name], told, address.url(again=name)) for name, told in found]


def _iv_words(states: str, refused_on: dt.date | None) -> str:
    return states + (_("; abgelehnt am %(day)s") % {"day": f"{refused_on:%d.%m.%Y}"} if refused_on else "")


def _condition_words(pair: Pair, condition: str) -> str:
    heading = next((row.heading for row in pair.conditions if row.code == condition), "")
    if heading:
        return _("es fehlt: %(what)s") % {"what": heading}
    return _("alles trifft zu") if condition == precheck.ALL else _("noch nicht geklärt")


# Pages --------------------------------------------------------------------------------------------------------


def _ask(
    request: Request,
    address: Address,
    name: str,
    told: list[Told],
    number: int,
    parts: dict[str, Any],
    most: int = MOST,
) -> HttpResponse:
    context = {
        "name": name,
        "title": _title(name, parts),
        "lead": LEADS[precheck.RECEIVES] if _pending(name, parts) else LEADS.get(name, ""),
        "kicker": _("Frage %(number)s von höchstens %(most)s") % {"number": number, "most": most},
        "first": name == triage.NEED and not told,
        "told": told,
        "problem": address.problems.get(name, ""),
        "second_problem": address.problems.get(precheck.REFUSED, ""),
        "notices": _notices(address, name),
        "options": [],
        "groups": [],
        "others": [],
        "conditions": [],
        "form": None,
    }
    return render(request, "optima/wegweiser.html", context | parts)


def _title(name: str, parts: dict[str, Any]) -> Any:
    return _("Was ist bei der IV noch hängig?") if _pending(name, parts) else TITLES[name]


def _pending(name: str, parts: dict[str, Any]) -> bool:
    """Whether the IV itself is asked, about its own procedure."""
    return name == precheck.IV_STATE and bool(parts.get("nothing"))


def _notices(address: Address, beside: str = "") -> list[str]:
    """What was wrong elsewhere in the address; the question shown says its own."""
    own = {beside, precheck.REFUSED} if beside == precheck.IV_STATE else {beside} if beside else set()
    return list(dict.fromkeys(words for name, words in address.problems.items() if name not in own))
