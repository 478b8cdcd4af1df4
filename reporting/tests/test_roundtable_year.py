"""Scripted Roundtables, played through the real workflow: each figure of a year equals a count of the script (RT-22).

Accompanied by the coordination office, run by an office itself, or taken over; started or not, closed each way, with
meetings, and going on from one year to the next (RT-20).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import pytest
from django.utils import timezone

from iiz.core import clock, workflow
from iiz.core.models import Case
from iiz.core.tests.factories import InstitutionFactory
from reporting import figures
from reporting.tests.test_hundred_cases import flat
from roundtable.models import NotStartedReason
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db

Day = tuple[int, int, int]


@dataclass(frozen=True)
class Script:
    """What happens to one Roundtable, and on which days."""

    arrived: Day
    started: Day | None = None
    refused: tuple[Day, str] | None = None
    held: tuple[Day, ...] = ()
    closed: tuple[Day, str, str] | None = None
    self_run: bool = False
    taken_over: Day | None = None

    @property
    def alone(self) -> bool:
        """Whether it is still the office's own at the end."""
        return self.self_run and self.taken_over is None

    @property
    def begun(self) -> Day | None:
        """When the process began that is counted."""
        return self.taken_over or (self.arrived if self.self_run else self.started)


SCRIPTS = (
    # begun the year before, still going on
    Script((2024, 3, 4), (2024, 3, 20), held=((2024, 4, 30), (2025, 2, 11))),
    Script((2024, 11, 5), (2025, 1, 8), held=((2025, 1, 31),), closed=((2025, 9, 1), "erster_arbeitsmarkt", "")),
    Script((2024, 6, 3), (2024, 6, 10), closed=((2025, 1, 1), "zurueckgezogen", "")),
    Script((2024, 8, 1), (2024, 8, 9), held=((2024, 9, 2),), closed=((2024, 12, 31), "loesung", "iv_rente")),
    Script((2024, 12, 30), refused=((2025, 1, 2), "bilateral_geloest")),
    # of the year
    Script((2025, 1, 1), (2025, 1, 1), held=((2025, 3, 3), (2025, 6, 3), (2025, 12, 31))),
    Script((2025, 2, 3), (2025, 2, 10), held=((2025, 3, 10),), closed=((2025, 11, 4), "loesung", "regelstruktur")),
    Script((2025, 4, 7), (2025, 4, 14), closed=((2025, 8, 8), "ohne_loesung", "")),
    Script((2025, 5, 5), refused=((2025, 5, 9), "kriterien_nicht_erfuellt")),
    Script((2025, 12, 31), (2026, 1, 9), held=((2026, 2, 2),)),
    Script((2025, 10, 6)),
    # run by an office itself
    Script(
        (2024, 10, 1), self_run=True, held=((2024, 11, 1), (2025, 1, 20)), closed=((2025, 3, 3), "loesung", "iv_rente")
    ),
    Script((2025, 3, 17), self_run=True, held=((2025, 4, 1), (2025, 5, 1))),
    Script((2025, 7, 1), self_run=True, closed=((2025, 12, 31), "ohne_loesung", "")),
    Script((2026, 1, 1), self_run=True, held=((2026, 1, 1),)),
    # and taken over
    Script(
        (2024, 12, 2),
        self_run=True,
        taken_over=(2025, 2, 17),
        held=((2025, 1, 14), (2025, 4, 8)),
        closed=((2025, 10, 10), "erster_arbeitsmarkt", ""),
    ),
    Script((2025, 8, 4), self_run=True, taken_over=(2026, 1, 5), held=((2025, 9, 9),)),
)
PERIODS = (
    ((2025, 1, 1), (2025, 12, 31)),
    ((2024, 1, 1), (2024, 12, 31)),
    ((2026, 1, 1), (2026, 12, 31)),
    ((2024, 1, 1), (2026, 12, 31)),
    ((2025, 2, 17), (2025, 2, 17)),
    ((2025, 1, 2), (2025, 12, 30)),
)


def played(script: Script) -> str:
    """The case of a script, by its number."""
    steps: list[tuple[Day, str]] = [(script.arrived, "register")]
    steps += [(script.started, "start")] if script.started else []
    steps += [(script.refused[0], "refuse")] if script.refused else []
    steps += [(script.taken_over, "take_over")] if script.taken_over else []
    steps += [(day, "hold") for day in script.held]
    steps += [(script.closed[0], "close")] if script.closed else []
    case: Case | None = None
    for place, (day, step) in enumerate(sorted(steps, key=lambda one: one[0])):
        moment = dt.datetime(*day, 8, place, tzinfo=timezone.get_current_timezone())
        with clock.at(moment):
            case = _step(script, case, step)
    assert case is not None
    return case.number


def _step(script: Script, case: Case | None, step: str) -> Case:
    if step == "register":
        offices = [InstitutionFactory.create(rav=True), InstitutionFactory.create(iv=True)]
        until = clock.today() + dt.timedelta(days=800)
        return play.registered(offices=offices, self_run=script.self_run, valid_until=until)
    assert case is not None
    if step == "start":
        return play.started(case)
    if step == "refuse":
        assert script.refused
        data = {"reason": NotStartedReason.objects.get(code=script.refused[1]), "note": ""}
        return workflow.apply(case, "not_start", play.koordination(), data)
    if step == "take_over":
        return play.taken_over(case)
    if step == "hold":
        return play.running(case)
    assert script.closed
    return play.closed(case, script.closed[1], solution=script.closed[2])


def by_hand(scripts: list[Script], first: Day, last: Day) -> Counter[str]:
    """The figures, from the script alone."""
    found: Counter[str] = Counter()
    for script in scripts:
        begun, closed = script.begun, script.closed[0] if script.closed else (9999, 1, 1)
        for day in script.held:
            by_office = not script.self_run or (script.taken_over is not None and script.taken_over <= day)
            found["leistungen.gespraeche" if by_office else "leistungen.gespraeche_selbst"] += first <= day <= last
        if script.alone:
            found["selbst.angemeldet"] += first <= script.arrived <= last
            found["selbst.abgeschlossen"] += first <= closed <= last
            found["selbst.laufend_anfang"] += script.arrived < first <= closed
            found["selbst.laufend_ende"] += script.arrived <= last < closed
            continue
        found["eingang.anmeldungen"] += first <= script.arrived <= last
        found["eingang.anmeldende.SH"] += first <= script.arrived <= last
        decided = begun or (script.refused[0] if script.refused else (9999, 1, 1))
        found["eingang.offen_anfang"] += script.arrived < first <= decided
        found["eingang.offen"] += script.arrived <= last < decided
        if script.refused:
            found["eingang.kein_prozess"] += first <= decided <= last
            found[f"eingang.kein_prozess_gruende.{script.refused[1]}"] += first <= decided <= last
        if begun:
            found["eingang.gestartet"] += first <= begun <= last
            found["leistungen.begleitete_prozesse"] += begun <= last and closed >= first
            found["leistungen.laufend_anfang"] += begun < first <= closed
            found["leistungen.laufend_ende"] += begun <= last < closed
        if script.closed and first <= closed <= last:
            found["wirkungen.abgeschlossen"] += 1
            found[f"wirkungen.gruende.{script.closed[1]}"] += 1
            found[f"wirkungen.loesung_art.{script.closed[2]}"] += bool(script.closed[2])
        if script.arrived <= last:
            found["kumuliert.n"] += 1
    return found


def test_a_year_of_scripted_roundtables_equals_a_count_of_the_script():
    play.koordination()
    numbers = {played(script): script for script in SCRIPTS}

    for first, last in PERIODS:
        days = dt.date(*first), dt.date(*last)
        report = figures.roundtable(*days)
        found = flat({name: value for name, value in report.items() if isinstance(value, dict)})
        found = {key: n for key, n in found.items() if key == "kumuliert.n" or "kumuliert." not in key}
        wanted = by_hand(list(SCRIPTS), first, last)
        assert {key: n for key, n in found.items() if n} == {key: n for key, n in wanted.items() if n}, (first, last)
        assert [check["name"] for check in report["checks"] if not check["ok"]] == []
        for key in {key for key in wanted if not key.startswith("kumuliert")}:
            asked = {"kennzahl": key, "von": days[0].isoformat(), "bis": days[1].isoformat()}
            behind = figures.cases_behind(Case.objects.all(), asked).values_list("number", flat=True)
            mine = {number for number, script in numbers.items() if by_hand([script], first, last)[key]}
            assert set(behind) == mine, (key, first)
