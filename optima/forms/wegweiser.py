"""The Wegweiser's answers in its address: read, checked, written, and asked for (UX-08, UX-12).

Nothing is stored: every state is an address that can be shared. What an address says wrongly is told in a sentence
and left out; everything else is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.enums import OPTIMA_GROUPS
from iiz.core.models import BenefitSnapshot, CriteriaFacts, Municipality

from .. import precheck, triage
from ..groups import DIRECTIONS
from ..precheck import Answers, Pair
from .fields import PastDate

PAIR = "paar"
SENT, AGAIN = "weiter", "frage"
"""Which question a form has just answered; which one is opened again."""
ORDER = (
    triage.NEED,
    triage.WHERE,
    triage.OFFICES,
    PAIR,
    precheck.RECEIVES,
    precheck.IV_STATE,
    precheck.REFUSED,
    precheck.CONDITIONS,
    precheck.BURDENS,
    precheck.PLACE,
)
"""What an address may say, in this order."""
ELSEWHERE = "andere"
"""A municipality that is not known, or outside the canton."""
FIRST_YEAR = 1960
"""The first year of the IV: no refusal is older."""
PAIRS = {f"{principal.value}-{contractor.value}": (principal, contractor) for principal, contractor in DIRECTIONS}


class Address:
    """The answers of an address, and the addresses one step further."""

    def __init__(self, params: QueryDict) -> None:
        self.said: dict[str, list[str]] = {name: params.getlist(name) for name in ORDER if name in params}
        self.sent = params.get(SENT, "")
        self.again = params.get(AGAIN, "")
        self.problems: dict[str, str] = {}
        if set(params) - {*ORDER, SENT, AGAIN}:
            self.problems[""] = _("Ein Teil dieser Adresse ist hier unbekannt. Wir haben ihn weggelassen.")

    def one(self, name: str, allowed: Collection[str]) -> str:
        """A single answer, empty if there is none; one that is not ``allowed`` is told and left out."""
        values = self.said.get(name, [])
        if not values:
            return ""
        if values[-1] in allowed:
            return values[-1]
        self.drop(name, _("Diese Antwort gibt es hier nicht. Bitte wählen Sie noch einmal."))
        return ""

    def many(self, name: str, allowed: Collection[str]) -> frozenset[str] | None:
        """Several answers, or *nothing of it* as an empty set; ``None`` where there is no answer yet."""
        values = self.said.get(name, [])
        known = {value for value in values if value in allowed}
        nothing = precheck.NOTHING in values
        if known and nothing:
            self.problems[name] = _(
                "Sie sagen «Nichts davon» und kreuzen zugleich etwas an. Bitte prüfen Sie, was zutrifft."
            )
            return None
        if not known and not nothing:
            if values:
                self.drop(name, _("Diese Auswahl gibt es hier nicht oder nicht mehr. Bitte wählen Sie noch einmal."))
            elif self.sent == name:
                self.problems[name] = _("Kreuzen Sie an, was zutrifft, oder wählen Sie «Nichts davon».")
            return None
        if len(known) < len(set(values) - {precheck.NOTHING}):
            self.problems[name] = _("Ein Teil der Auswahl gibt es hier nicht oder nicht mehr. Bitte prüfen Sie sie.")
            self.said[name] = sorted(known)
        return frozenset(known)

    def drop(self, name: str, sentence: str) -> None:
        """Leave an answer out and say why."""
        self.problems[name] = sentence
        self.said.pop(name, None)

    def url(self, *, without: Iterable[str] = (), again: str = "", **changes: str) -> str:
        """The address with these answers changed and others left out; ``again`` opens a question once more."""
        said: Mapping[str, list[str]] = {**self.said, **{name: [value] for name, value in changes.items()}}
        params = QueryDict(mutable=True)
        for name in ORDER:
            if name in said and name not in without:
                params.setlist(name, [value for value in said[name] if value])
        if again:
            params[AGAIN] = again
        query = params.urlencode()
        return f"{reverse('optima:wegweiser')}?{query}" if query else reverse("optima:wegweiser")

    def kept(self, *without: str) -> list[tuple[str, str]]:
        """All other answers, for a form to send along."""
        return [(name, value) for name in ORDER if name not in without for value in self.said.get(name, ())]

    # The answers ----------------------------------------------------------------------------------------------

    def need(self) -> str:
        """What the person needs."""
        return self.one(triage.NEED, triage.Need.values)

    def where(self) -> str:
        """At which office to apply."""
        return self.one(triage.WHERE, list(OPTIMA_GROUPS))

    def offices(self) -> str:
        """How many offices are involved."""
        return self.one(triage.OFFICES, triage.Offices.values)

    def pair(self) -> tuple[str, str] | None:
        """Who asks whom."""
        return PAIRS.get(self.one(PAIR, PAIRS))

    def place(self) -> str:
        """The number of a municipality, or :data:`ELSEWHERE`; that it exists is for the caller to find out."""
        value = self.said.get(precheck.PLACE, [""])[-1]
        if value == ELSEWHERE or (value.isdecimal() and value.isascii() and len(value) < 6):
            return value
        if value:
            self.drop(precheck.PLACE, _("Diese Gemeinde kennen wir nicht. Bitte wählen Sie eine aus der Liste."))
        elif self.sent == precheck.PLACE:
            self.drop(precheck.PLACE, _("Bitte wählen Sie die Wohngemeinde aus der Liste."))
        return ""

    def answers(self, pair: Pair, place: str) -> Answers:
        """The answers to the questions of a pair."""
        asked = pair.questions
        iv, refused_on = None, None
        if precheck.IV_STATE in asked:
            iv = self._iv(pair)
            refused_on = self._refused_on() if pair.asks_refusal else None
            if precheck.REFUSED in self.problems:
                iv = None
        allowed = [precheck.ALL, precheck.UNCLEAR, *(row.code for row in pair.conditions)]
        return Answers(
            receives=self._received(pair),
            iv=iv,
            refused_on=refused_on,
            condition=self.one(precheck.CONDITIONS, allowed) if precheck.CONDITIONS in asked else "",
            burdens=self.many(precheck.BURDENS, pair.burdens) if precheck.BURDENS in asked else None,
            place=place,
        )

    def _received(self, pair: Pair) -> frozenset[str] | None:
        found = self.many(precheck.RECEIVES, pair.receives)
        if found and {precheck.RUNNING, precheck.CLOSED} <= found:
            self.problems[precheck.RECEIVES] = _(
                "Ein IV-Verfahren kann nicht zugleich laufen und abgeschlossen sein. Bitte wählen Sie eines davon."
            )
            return None
        return found

    def _iv(self, pair: Pair) -> frozenset[str] | None:
        if pair.asks_pending:
            found = self.many(precheck.IV_STATE, pair.iv_states)
            if found and precheck.RUNS in found and len(found) > 1:
                self.problems[precheck.IV_STATE] = _(
                    "Sie sagen, dass nichts hängig ist, und kreuzen zugleich etwas an. Bitte prüfen Sie, was zutrifft."
                )
                return None
            return found
        state = self.one(precheck.IV_STATE, pair.iv_states)
        if not state and self.sent == precheck.IV_STATE:
            self.problems[precheck.IV_STATE] = _("Bitte wählen Sie, was zutrifft.")
        return frozenset({state}) if state else None

    def _refused_on(self) -> dt.date | None:
        text = self.said.get(precheck.REFUSED, [""])[-1]
        try:
            day: dt.date | None = PastDate(required=False).clean(text)
        except ValidationError as wrong:
            self.problems[precheck.REFUSED] = " ".join(wrong.messages)
            return None
        if day is not None and day.year < FIRST_YEAR:
            self.problems[precheck.REFUSED] = _("So alt kann eine Ablehnung nicht sein. Bitte prüfen Sie das Jahr.")
            return None
        if day is not None:
            self.said[precheck.REFUSED] = [f"{day:%d.%m.%Y}"]
        return day


# What is asked ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """One answer to choose by a click: the address it leads to."""

    label: Any
    url: str
    detail: Any = ""
    current: bool = False


def _verbose(model: Any, name: str) -> Any:
    return model._meta.get_field(name).verbose_name


BENEFIT_WORDS = {name: capfirst(_verbose(BenefitSnapshot, name)) for name in BenefitSnapshot.QUESTIONS}
PENDING_WORDS = {name: _verbose(CriteriaFacts, name) for name in precheck.PENDING}
STATE_WORDS = {
    precheck.RUNNING: gettext_lazy("Ein IV-Verfahren läuft oder ist sistiert"),
    precheck.CLOSED: gettext_lazy("Ein IV-Verfahren ist abgeschlossen"),
    precheck.NO_PROCEDURE: gettext_lazy("Es gibt kein Verfahren und keinen Verdacht"),
    precheck.RUNS: gettext_lazy("Ein Verfahren läuft oder ist sistiert"),
    precheck.IS_CLOSED: gettext_lazy("Ein Verfahren ist abgeschlossen, ohne neuen Verdacht"),
    precheck.DAMAGE: gettext_lazy("Es läuft kein Verfahren, aber es besteht ein Verdacht"),
}
NOTHING_PENDING = gettext_lazy("Nichts davon, aber ein Verfahren läuft")


def words_of(pair: Pair) -> dict[str, Any]:
    """What the answers of a pair that are ticked are called."""
    burdens = {row.code: row.label for row in pair.book.obstacles}
    conditions = {precheck.condition_key(row): row.text for row in pair.conditions}
    states = STATE_WORDS | ({precheck.RUNS: NOTHING_PENDING} if pair.asks_pending else {})
    return {**BENEFIT_WORDS, **PENDING_WORDS, **states, **burdens, **conditions}


def receives_form(pair: Pair, said: list[str]) -> forms.Form:
    """Which benefits somebody receives, and whether an IV procedure runs."""
    return _ticks(precheck.RECEIVES, [(name, words_of(pair)[name]) for name in pair.receives], said)


def iv_form(pair: Pair, said: list[str], refused: str) -> forms.Form:
    """What is pending at the IV where the IV asks; else whether a procedure runs, and when the IV last refused."""
    words = words_of(pair)
    if pair.asks_pending:
        return _ticks(precheck.IV_STATE, [(name, words[name]) for name in precheck.PENDING], said)
    choices = [(name, words[name]) for name in pair.iv_states]
    form = forms.Form(initial={precheck.IV_STATE: said[-1] if said else "", precheck.REFUSED: refused})
    form.fields[precheck.IV_STATE] = forms.ChoiceField(choices=choices, widget=forms.RadioSelect, label="")
    if pair.asks_refusal:
        form.fields[precheck.REFUSED] = PastDate(
            required=False,
            label=_("Falls die IV früher abgelehnt hat: wann zuletzt?"),
        )
    return form


def burdens_form(pair: Pair, said: list[str]) -> forms.Form:
    """What stands in the way of work; then the conditions of the social service."""
    burdens = [(row.code, hinted(row.label, row.help_text)) for row in pair.book.obstacles]
    further = [(precheck.condition_key(row), row.text) for row in pair.conditions]
    groups: list[Any] = [(_("Belastungen im Umfeld"), burdens)]
    return _ticks(precheck.BURDENS, groups + ([(_("Und ausserdem"), further)] if further else []), said)


def place_form(said: str) -> forms.Form:
    """Where somebody lives; the list is read from the database."""
    places = [(str(number), name) for number, name in Municipality.objects.order_by("name").values_list("pk", "name")]
    form = forms.Form(initial={precheck.PLACE: said})
    form.fields[precheck.PLACE] = forms.ChoiceField(
        choices=[("", _("bitte wählen")), *places, (ELSEWHERE, _("nicht bekannt oder ausserhalb des Kantons"))],
        label=_("Wohngemeinde"),
        widget=forms.Select(attrs={"class": "medium"}),
    )
    return form


def hinted(label: Any, hint: Any) -> Any:
    """A choice with its explanation below."""
    return format_html('{} <span class="hint">{}</span>', label, hint) if hint else label


def _ticks(name: str, choices: list[Any], said: list[str]) -> forms.Form:
    form = forms.Form(initial={name: said})
    form.fields[name] = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, label="")
    return form
