"""A hundred cases driven through the workflow, and every figure equal to a count of what was noted by the way."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from statistics import median
from typing import Any

import pytest

from iiz.core.models import Case
from optima.models import RefusalReason
from optima.workflow import OPTIMA, messages, release, services
from reporting import figures, optima

from .walk import CASES, FIRST, LAST, OUTCOMES, Tale, Walk

pytestmark = pytest.mark.django_db

GROUPS = ("IV", "RAV", "SH")
DAY = dt.timedelta(days=1)
YEAR = 365
BY_THE_WAY = {"handover_called_off", "not_established", "established", "close"}
"""Rows that follow at once from others; ``begin`` also happens of a morning."""
BESIDE = {row.name for row in (*messages.ROWS, *release.ROWS, *services.ROWS)} | {"reword_note"}
"""Rows that no figure looks at."""
TURNAROUNDS = {
    "anmeldung_entscheid": ("arrived", "decided"),
    "entscheid_uebergabe": ("decided", "handed_over"),
    "start_abschluss": ("started", "ended"),
}

Piles = dict[str, list[Tale]]
"""Figure → the cases that belong to it, one sheet of paper each."""


def piles(tales: list[Tale], first: dt.date, last: dt.date) -> Piles:
    """Lay each case on the figures it belongs to, straight from the contract."""
    found: Piles = defaultdict(list)

    def lay(tale: Tale, *keys: str) -> None:
        for key in keys:
            found[key].append(tale)

    for tale in tales:
        if "arrived" not in tale.days:
            continue  # a draft never counts
        principal, contractor = tale.pair
        within = {name: first <= day <= last for name, day in tale.days.items()}
        if within["arrived"]:
            lay(tale, "auftraege.anmeldungen", f"auftraege.von_nach.{principal}→{contractor}")
            lay(tale, f"zielgruppen.{tale.row[:1] or 'ohne'}")
            lay(tale, "auftraege.auftraggeber_total", f"auftraege.auftraggeber.{principal}")
            lay(tale, "auftraege.auftragnehmer_total", f"auftraege.auftragnehmer.{contractor}")
        if within.get("decided"):
            lay(tale, *(f"prozess.{key}" for key in decided(tale)))
        if within.get("ended"):
            lay(tale, *ended(tale))
        lay(tale, *promised(tale, first, last))
        for key, day in (("anfang", first - DAY), ("ende", last)):
            if tale.days["arrived"] <= day and not happened(tale, "decided", day):
                lay(tale, "prozess.offen_anfang" if key == "anfang" else "prozess.offen")
            if tale.decision == "accepted" and happened(tale, "decided", day) and not happened(tale, "ended", day):
                lay(tale, f"prozess.laufend_{key}")
        for name, (since, until) in TURNAROUNDS.items():
            if within.get(until) and since in tale.days:
                lay(tale, f"durchlaufzeiten.{name}.n")
    return found


def happened(tale: Tale, name: str, by: dt.date) -> bool:
    return name in tale.days and tale.days[name] <= by


def decided(tale: Tale) -> Iterator[str]:
    if tale.decision == "accepted":
        yield from ("angenommen", f"angenommen_nach_auftragnehmer.{tale.pair[1]}")
    elif tale.decision == "refused":
        yield from ("abgelehnt.total", f"abgelehnt.{tale.reason}")
    else:
        yield "zurueckgezogen"
    if tale.decision == "client_declined":
        yield "klient_verzichtet"


def promised(tale: Tale, first: dt.date, last: dt.date) -> Iterator[str]:
    """One sheet for each Kostengutsprache: asked for and decided count on their own days, whatever becomes of it."""
    words = {"approved": "bewilligt", "refused": "abgelehnt"}
    for promise in tale.promises:
        if first <= promise.asked_on <= last:
            yield from (f"kostengutsprachen.beantragt.{part}" for part in ("total", tale.pair[1]))
            yield "kostengutsprachen.nach_zahler_total"
            yield f"kostengutsprachen.nach_zahler.{promise.payer.institution.statistics_group}"
        if promise.decided_on and first <= promise.decided_on <= last:
            word = words[promise.decision]
            yield from (f"kostengutsprachen.{word}.{part}" for part in ("total", tale.pair[1]))


def ended(tale: Tale) -> Iterator[str]:
    if not tale.outcome:
        yield "prozess.nicht_zustande"
        return
    for key in ("abgeschlossen", tale.outcome):
        yield from (f"wirkungen.{key}.total", f"wirkungen.{key}.{tale.pair[1]}")


def medians(found: Piles) -> dict[str, float | None]:
    """The middle number of days of each part of the way."""
    spans = {
        name: [(tale.days[until] - tale.days[since]).days for tale in found[f"durchlaufzeiten.{name}.n"]]
        for name, (since, until) in TURNAROUNDS.items()
    }
    return {name: median(days) if days else None for name, days in spans.items()}


def flat(values: dict[str, Any], above: str = "") -> dict[str, Any]:
    """``{"a": {"b": 1}}`` as ``{"a.b": 1}``."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found |= flat(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": value}
    return found


def periods(rng: random.Random) -> Iterator[tuple[dt.date, dt.date]]:
    """Everything, years, a month, a day, before it all, beyond it all, and some at random."""
    yield FIRST, LAST
    yield from ((dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in (2023, 2024, 2025))
    yield dt.date(2024, 3, 1), dt.date(2024, 3, 31)
    yield dt.date(2024, 10, 27), dt.date(2024, 10, 27)
    yield FIRST - 400 * DAY, FIRST - DAY
    yield LAST, LAST + 4000 * DAY
    for _nth in range(12):
        first = FIRST + rng.randint(0, 700) * DAY
        yield first, first + rng.randint(0, 200) * DAY


def check_the_walk(walk: Walk) -> None:
    """It went every way to every end: else the comparison would mean little."""
    tales = [tale for tale in walk.tales if tale.number]
    assert Case.objects.count() == len(tales) == CASES
    assert set(walk.done) == {row.name for row in OPTIMA.transitions} - BY_THE_WAY - BESIDE
    assert {tale.reason for tale in tales} == {"", *RefusalReason.objects.values_list("code", flat=True)}
    assert {tale.outcome for tale in tales} == {"", *OUTCOMES}
    assert {tale.decision for tale in tales} == {"", "accepted", "refused", "withdrawn", "client_declined"}
    assert set(walk.answered) == {"approved", "refused", "withdrawn", "lapsed"}
    assert {tale.pair for tale in tales} >= {("SH", "SH"), ("SH", "IV"), ("RAV", "SH"), ("IV", "RAV")}


def check_behind(noted: Piles, keys: Iterable[str], first: dt.date, last: dt.date) -> None:
    """Behind each figure stand exactly the cases noted for it."""
    for key in keys:
        asked = {"kennzahl": key, "von": first.isoformat(), "bis": last.isoformat()}
        numbers = figures.cases_behind(Case.objects.all(), asked).values_list("number", flat=True)
        assert sorted(numbers) == sorted({tale.number for tale in noted[key]}), key


def test_every_figure_of_a_hundred_cases_equals_an_independent_count(seeds):
    walk = Walk(seed=5)()
    check_the_walk(walk)

    for first, last in periods(walk.rng):
        report = figures.optima(first, last)
        found = flat({name: value for name, value in report.items() if isinstance(value, dict)})
        noted = piles(walk.tales, first, last)
        wanted = {key: len(sheets) for key, sheets in noted.items()}
        wanted |= {f"durchlaufzeiten.{name}.median_tage": days for name, days in medians(noted).items()}
        assert wanted.keys() <= found.keys()
        assert found == dict.fromkeys(found, 0) | wanted, (first, last)
        assert [check["name"] for check in report["checks"] if not check["ok"]] == []
        if (last - first).days > YEAR:
            check_behind(noted, optima.figures(), first, last)
