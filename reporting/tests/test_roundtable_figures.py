"""A hundred made-up histories of Roundtable, and every figure equal to a count by hand (REP-01, REP-02, REP-09)."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from iiz.core.enums import MeetingState, Phase
from iiz.core.models import Case, Meeting
from iiz.core.tests.factories import MunicipalityFactory, coordinator
from reporting import figures, optima
from reporting.roundtable import figure
from reporting.tests.sheets import as_csv, load
from reporting.tests.test_hundred_cases import flat
from roundtable.models import NotStartedReason, Roundtable

pytestmark = pytest.mark.django_db

CASES = 100
FIRST, LAST = dt.date(2019, 1, 1), dt.date(2023, 12, 31)
DAY = dt.timedelta(days=1)
BANDS = ((25, "-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (999, "55+"))
REASONS = ("kriterien_nicht_erfuellt", "keine_zustimmung", "bilateral_geloest", "an_optima", "sonstige", "")
CLOSINGS = ("erster_arbeitsmarkt", "loesung", "ohne_loesung", "zurueckgezogen")
NAMES = ("Mandatszentrum", "Krankentaggeldvers. Beispiel AG", "=Klinik")
REGIONS = {"1061": "Luzern-Stadt", "1024": "Luzern-Land", "261": "ausserkantonal", "": "unbekannt"}
TOTALS = {2009: {"w": 5, "m": 7}, 2015: {"w": 2}}
TOTAL_SUMS = {2009: 12, 2015: 6}


def history(rng: random.Random, place: int) -> dict[str, str]:
    """One row of a file, any that the contract allows."""

    def later(day: dt.date, most: int) -> dt.date:
        return min(day + rng.randint(0, most) * DAY, LAST)

    arrived = FIRST + rng.randint(0, (LAST - FIRST).days) * DAY
    row = {
        "nummer": f"H-{place:03d}",
        "eingang": arrived.isoformat(),
        "anmeldende": rng.choice(["RAV", "IV", "SH", "ANDERE"]),
    }
    if row["anmeldende"] == "ANDERE":
        row["anmeldende_text"] = rng.choice(NAMES)
    row["prozess"] = rng.choice(("gestartet", "gestartet", "gestartet", "nicht_gestartet", "offen"))
    if row["prozess"] != "offen":
        decided = later(arrived, 60)
        row["prozess_datum"] = decided.isoformat()
    if row["prozess"] == "nicht_gestartet":
        row["nicht_gestartet_grund"] = rng.choice(REASONS)
    elif row["prozess"] == "gestartet" and rng.random() < 0.6:
        row["abschluss_datum"] = later(decided, 700).isoformat()
        row["abschlussgrund"] = rng.choice(CLOSINGS)
        if row["abschlussgrund"] == "loesung":
            row["loesung_art"] = rng.choice(("regelstruktur", "iv_rente", ""))
    told = rng.random()
    if told < 0.4:
        days = [later(arrived, 500) for _nth in range(rng.randint(1, 4))]
        row["gespraeche_daten"] = "|".join(day.isoformat() for day in days)
    elif told < 0.7:
        row["anzahl_gespraeche"] = str(rng.randint(1, 5))
        row["letztes_gespraech"] = later(arrived, 500).isoformat()
    row["selbstorganisiert"] = rng.choice(("ja", "nein", "nein", ""))
    row["geburtsjahr"] = rng.choice(("", str(arrived.year - rng.randint(17, 63))))
    row["geschlecht"] = rng.choice(("w", "m", "x", ""))
    row["gemeinde_bfs"] = rng.choice(("1061", "1024", "261", ""))
    return row


def by_hand(rows: list[dict[str, str]], live: list[tuple[str, dt.date]], first: dt.date, last: dt.date) -> Counter[str]:
    """Each figure straight from the contract, from the rows of the file."""
    found: Counter[str] = Counter()
    for row in rows:
        arrived, decided, closed = (day(row, name) for name in ("eingang", "prozess_datum", "abschluss_datum"))
        assert arrived
        started = row["prozess"] == "gestartet"
        if first <= arrived <= last:
            found["eingang.anmeldungen"] += 1
            found[f"eingang.anmeldende.{row['anmeldende']}"] += 1
            if row["anmeldende"] == "ANDERE":
                found[f"eingang.anmeldende_texte.{row['anmeldende_text']}"] += 1
        if decided and first <= decided <= last:
            found["eingang.gestartet" if started else "eingang.kein_prozess"] += 1
            if not started:
                found[f"eingang.kein_prozess_gruende.{row['nicht_gestartet_grund'] or 'unbekannt'}"] += 1
        if closed and first <= closed <= last:
            found["wirkungen.abgeschlossen"] += 1
            found[f"wirkungen.gruende.{row['abschlussgrund']}"] += 1
            if row.get("loesung_art"):
                found[f"wirkungen.loesung_art.{row['loesung_art']}"] += 1
        for end, before in (("anfang", first - DAY), ("ende", last)):
            if arrived <= before and not (decided and decided <= before):
                found["eingang.offen_anfang" if end == "anfang" else "eingang.offen"] += 1
            if started and decided and decided <= before and not (closed and closed <= before):
                found[f"leistungen.laufend_{end}"] += 1
        if started and decided and decided <= last and not (closed and closed < first):
            found["leistungen.begleitete_prozesse"] += 1
        kind = "gespraeche_selbst" if row["selbstorganisiert"] == "ja" else "gespraeche"
        found[f"leistungen.{kind}"] += sum(1 for _one in held(row, arrived, first, last))
        if arrived <= last:
            for key in so_far(row, arrived):
                found[f"kumuliert.{key}"] += 1
    found["leistungen.gespraeche"] += sum(1 for _number, on in live if first <= on <= last)
    for year, parts in TOTALS.items():
        if dt.date(year, 12, 31) <= last:
            number = TOTAL_SUMS[year]
            found += Counter({"kumuliert.n": number, f"kumuliert.jahre.{year}": number})
            found += Counter({f"kumuliert.geschlecht.{sex}": part for sex, part in parts.items()})
            found["kumuliert.geschlecht.unbekannt"] += number - sum(parts.values())
            for name in ("regionen", "alter", "anmeldende"):
                found[f"kumuliert.{name}.unbekannt"] += number
    return found


def day(row: dict[str, str], name: str) -> dt.date | None:
    return dt.date.fromisoformat(row[name]) if row.get(name) else None


def held(row: dict[str, str], arrived: dt.date, first: dt.date, last: dt.date) -> Iterator[None]:
    """The meetings of a row within the period."""
    for text in row.get("gespraeche_daten", "").split("|"):
        if text and first <= dt.date.fromisoformat(text) <= last:
            yield
    final = day(row, "letztes_gespraech")
    if final and first <= final <= last:
        yield
        if arrived >= first:
            for _other in range(int(row["anzahl_gespraeche"]) - 1):
                yield


def so_far(row: dict[str, str], arrived: dt.date) -> Iterator[str]:
    yield "n"
    yield f"jahre.{arrived.year}"
    yield f"regionen.{REGIONS[row['gemeinde_bfs']]}"
    yield f"geschlecht.{row['geschlecht'] or 'unbekannt'}"
    age = arrived.year - int(row["geburtsjahr"]) if row["geburtsjahr"] else None
    yield f"alter.{'unbekannt' if age is None else next(band for limit, band in BANDS if age < limit)}"
    yield f"anmeldende.{row['anmeldende']}"


def periods(rng: random.Random) -> Iterator[tuple[dt.date, dt.date]]:
    """Everything, years, a month, a day, before it all, beyond it all, and some at random."""
    yield FIRST, LAST
    yield from ((dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in (2019, 2021, 2023))
    yield dt.date(2021, 3, 1), dt.date(2021, 3, 31)
    yield dt.date(2021, 6, 15), dt.date(2021, 6, 15)
    yield dt.date(2008, 1, 1), dt.date(2009, 12, 30)
    yield LAST, LAST + 300 * DAY
    for _nth in range(14):
        first = FIRST + rng.randint(0, 1700) * DAY
        yield first, first + rng.randint(0, 400) * DAY


def hold_live_meetings(rng: random.Random) -> list[tuple[str, dt.date]]:
    """Some meetings held in the portal, and some that are none of ours to count."""
    office = coordinator()
    told = []
    for place, case in enumerate(Case.objects.order_by("number")[:30]):
        on = FIRST + rng.randint(0, 1800) * DAY
        kind = ("roundtable", "auswertung", "telefon")[place % 3]
        state = MeetingState.CANCELLED if place % 5 == 0 else MeetingState.HELD
        Meeting.objects.create(
            case=case,
            kind=kind,
            state=state,
            starts_at=timezone.make_aware(dt.datetime.combine(on, dt.time(9))),
            held_on=on if state == MeetingState.HELD else None,
            organiser=office.institution,
            organised_by=office.user,
            chair=office.institution,
        )
        if state == MeetingState.HELD and kind != "telefon":
            told.append((case.number, on))
    return told


def totals() -> bytes:
    start = {"service": "roundtable", "auspraegung": ""}
    rows: list[dict[str, Any]] = []
    for year, parts in TOTALS.items():
        rows.append({**start, "jahr": year, "dimension": "anmeldungen", "anzahl": TOTAL_SUMS[year]})
        rows += [
            {**start, "jahr": year, "dimension": "geschlecht", "auspraegung": sex, "anzahl": part}
            for sex, part in parts.items()
        ]
    return as_csv(*rows)


def test_every_figure_of_a_hundred_histories_equals_a_count_by_hand():
    rng = random.Random(7)
    for bfs, name in ((1061, "Luzern-Stadt"), (1024, "Luzern-Land")):
        MunicipalityFactory.create(bfs_nr=bfs, region=name)
    rows = [history(rng, place) for place in range(CASES)]
    load(as_csv(*rows), "roundtable")
    load(totals(), "totals")
    live = hold_live_meetings(rng)
    begun = dict(rows[0], nummer="H-DRAFT")
    load(as_csv(begun), "roundtable")
    Case.objects.filter(number="H-DRAFT").update(phase=Phase.DRAFT, ended_on=None)  # never counts
    assert {row["prozess"] for row in rows} == {"gestartet", "nicht_gestartet", "offen"}
    assert {row.get("abschlussgrund") for row in rows} == {None, *CLOSINGS}

    for first, last in periods(rng):
        report = figures.roundtable(first, last)
        blocks = {name: value for name, value in report.items() if isinstance(value, dict)}
        found, wanted = flat(blocks), by_hand(rows, live, first, last)
        assert {key: n for key, n in found.items() if n} == {key: n for key, n in wanted.items() if n}, (first, last)
        assert [check["name"] for check in report["checks"] if not check["ok"]] == []

    behind(rows, live)


def behind(rows: list[dict[str, str]], live: list[tuple[str, dt.date]]) -> None:
    """Behind each figure stand the cases that it counts, each once."""
    first, last = dt.date(2021, 1, 1), dt.date(2021, 12, 31)
    report = figures.report("roundtable", figures.Period(first, last))
    by_case = {
        row["nummer"]: by_hand([row], [one for one in live if one[0] == row["nummer"]], first, last) for row in rows
    }
    nothing = by_hand([], [], first, last)
    keys = set(report.values)
    assert {key for counted in by_case.values() for key, n in counted.items() if n} <= keys
    for key in keys:
        asked = {"kennzahl": key, "von": first.isoformat(), "bis": last.isoformat()}
        numbers = figures.cases_behind(Case.objects.all(), asked).values_list("number", flat=True)
        wanted = {number for number, counted in by_case.items() if counted[key] > nothing[key]}
        assert sorted(numbers) == sorted(wanted), key
        assert figures.words_behind(asked), key


def test_no_figure_of_one_service_is_called_like_one_of_the_other(db):
    report = figures.report("roundtable", figures.Period(FIRST, LAST))

    assert not set(report.values) & set(optima.figures())


@pytest.mark.parametrize(
    "key", ["kumuliert.jahre.99999", "kumuliert.jahre.x", "kumuliert", "eingang.anmeldende_texte.\0", "eingang.", "?"]
)
def test_a_figure_that_does_not_exist_has_no_cases_behind_it(key):
    load(as_csv(history(random.Random(1), 1)), "roundtable")
    asked = {"kennzahl": key, "von": "2019-01-01", "bis": "2023-12-31"}

    assert not figures.cases_behind(Case.objects.all(), asked).exists()


def test_sums_that_do_not_add_up_are_told(db):
    row = {"nummer": "H-1", "eingang": "2021-01-01", "anmeldende": "SH", "prozess": "gestartet"}
    row |= {"prozess_datum": "2021-02-01", "abschluss_datum": "2021-03-01", "abschlussgrund": "loesung"}
    load(as_csv(row), "roundtable")
    Roundtable.objects.update(closing_reason="")

    checks = figures.roundtable(FIRST, LAST)["checks"]

    assert [check["name"] for check in checks if not check["ok"]] == ["gruende = abgeschlossen"]


def test_a_reason_that_the_office_has_added_is_counted_under_its_own_name(db):
    NotStartedReason.objects.create(code="wegzug", label="Wegzug", valid_from=FIRST)

    found = figures.roundtable(FIRST, LAST)

    assert found["eingang"]["kein_prozess_gruende"]["wegzug"] == 0
    assert figure("eingang.kein_prozess_gruende.wegzug") is not None
