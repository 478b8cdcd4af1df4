"""The statistics of Roundtable against SQL written by hand, with a made-up history imported for it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import random
from collections.abc import Callable
from functools import partial
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from benchmarks.timing import medians, ratio  # noqa: E402
from reporting import figures  # noqa: E402
from reporting.imports import run  # noqa: E402

LIMIT = 1.5
ROUNDS = 15
HISTORY = int(os.environ.get("ROUNDTABLES", "20000"))
"""How many cases are imported; the demo brings none of these years."""
FIRST, LAST = dt.date(2009, 1, 1), dt.date(2023, 12, 31)

PLAIN = "FROM core_case c"
CASES = "FROM core_case c JOIN roundtable_roundtable r ON r.case_id = c.id"
COUNTED = "c.service = 'roundtable' AND c.phase <> 'draft'"
PERIOD = "BETWEEN %(first)s AND %(last)s"
ARRIVED = f"""
    SELECT r.registered_group, r.registered_text, count(*) {CASES}
    WHERE {COUNTED} AND c.arrived_on {PERIOD} GROUP BY 1, 2"""
DECIDED = f"""
    SELECT r.decision, n.code, count(*) {CASES}
    LEFT JOIN roundtable_notstartedreason n ON n.id = r.not_started_reason_id
    WHERE {COUNTED} AND r.decided_on {PERIOD} GROUP BY 1, 2"""
ENDED = f"""
    SELECT c.state, r.closing_reason, r.solution, count(*) {CASES}
    WHERE {COUNTED} AND c.ended_on {PERIOD} GROUP BY 1, 2, 3"""
HELD = f"""
    SELECT m.kind, count(*) {PLAIN} JOIN core_meeting m ON m.case_id = c.id
    WHERE {COUNTED} AND m.held_on {PERIOD} GROUP BY 1"""
PAST = f"""
    SELECT p.self_organised, count(*) {CASES} JOIN roundtable_pastmeeting p ON p.roundtable_id = r.case_id
    WHERE {COUNTED} AND p.not_before >= %(first)s AND p.not_after <= %(last)s GROUP BY 1"""
RUNNING = "r.decision = 'gestartet'"
STOCKS = f"""
    SELECT
        count(*) FILTER (WHERE c.arrived_on < %(first)s AND (r.decided_on IS NULL OR r.decided_on >= %(first)s)),
        count(*) FILTER (WHERE c.arrived_on <= %(last)s AND (r.decided_on IS NULL OR r.decided_on > %(last)s)),
        count(*) FILTER (WHERE {RUNNING} AND r.decided_on < %(first)s
                         AND (c.ended_on IS NULL OR c.ended_on >= %(first)s)),
        count(*) FILTER (WHERE {RUNNING} AND r.decided_on <= %(last)s
                         AND (c.ended_on IS NULL OR c.ended_on >= %(first)s)),
        count(*) FILTER (WHERE {RUNNING} AND r.decided_on <= %(last)s
                         AND (c.ended_on IS NULL OR c.ended_on > %(last)s))
    {CASES} WHERE {COUNTED}"""
CUMULATED = tuple(
    f"SELECT {column}, count(*) {source} WHERE {COUNTED} AND c.arrived_on <= %(last)s GROUP BY 1"
    for column, source in (
        ("c.arrival_year", PLAIN),
        ("c.region", PLAIN),
        ("c.sex", PLAIN),
        ("c.age_band", PLAIN),
        ("r.registered_group", CASES),
    )
)
STATEMENTS = (ARRIVED, DECIDED, ENDED, HELD, PAST, STOCKS, *CUMULATED)


def main() -> None:
    """All years, one year, one month."""
    run("roundtable", io.BytesIO(history()))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for words, first, last in (
        ("all years", FIRST, LAST),
        ("one year", dt.date(2021, 1, 1), dt.date(2021, 12, 31)),
        ("one month", dt.date(2021, 3, 1), dt.date(2021, 3, 31)),
    ):
        same(figures.roundtable(first, last), by_hand(first, last))
        ways: list[Callable[[], object]] = [partial(figures.roundtable, first, last), partial(by_hand, first, last)]
        mine, other = medians(ways, ROUNDS, warm=2)
        ratio(f"statistics of Roundtable, {words}", LIMIT, mine, other, "SQL by hand").tell()


def history() -> bytes:
    """Invented cases as a file; the same ones each time."""
    rng = random.Random(1)  # noqa: S311
    days = (LAST - FIRST).days
    rows = []
    for place in range(HISTORY):
        arrived = FIRST + dt.timedelta(days=rng.randrange(days - 1000))
        decided = arrived + dt.timedelta(days=rng.randrange(40))
        closed = decided + dt.timedelta(days=rng.randrange(900)) if rng.random() < 0.8 else None
        group = rng.choice(("RAV", "IV", "SH", "ANDERE"))
        rows.append(
            {
                "nummer": f"Messung-{place}",
                "eingang": arrived,
                "anmeldende": group,
                "anmeldende_text": f"Stelle {place % 40}" if group == "ANDERE" else "",
                "prozess": "gestartet",
                "prozess_datum": decided,
                "gespraeche_daten": "|".join(str(decided + dt.timedelta(days=30 * nth)) for nth in range(place % 3)),
                "abschluss_datum": closed or "",
                "abschlussgrund": rng.choice(("loesung", "ohne_loesung")) if closed else "",
                "geburtsjahr": arrived.year - rng.randrange(18, 64),
                "geschlecht": rng.choice("wmx"),
                "gemeinde_bfs": rng.choice((1061, 1024, 1103, 261)),
            }
        )
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def by_hand(first: dt.date, last: dt.date) -> list[list[tuple[Any, ...]]]:
    """The rows of all statements, as of one moment."""
    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for sql in STATEMENTS:
            cursor.execute(sql, {"first": first, "last": last})
            found.append(cursor.fetchall())
    return found


def same(ours: dict[str, Any], rows: list[list[tuple[Any, ...]]]) -> None:
    """Both sides must say the same, or the comparison is worth nothing."""
    arrived, decided, ended, held, past, [stocks], years, *_others = rows
    entry, effects, done = ours["eingang"], ours["wirkungen"], ours["leistungen"]
    assert entry["anmeldungen"] == sum(row[-1] for row in arrived)
    assert entry["gestartet"] == sum(row[-1] for row in decided if row[0] == "gestartet")
    assert effects["gruende"]["loesung"] == sum(row[-1] for row in ended if row[1] == "loesung")
    kinds = ("roundtable", "auswertung")
    meetings = sum(row[-1] for row in held if row[0] in kinds) + sum(row[-1] for row in past if not row[0])
    assert done["gespraeche"] == meetings
    running = (done["laufend_anfang"], done["begleitete_prozesse"], done["laufend_ende"])
    assert (entry["offen_anfang"], entry["offen"], *running) == stocks
    assert ours["kumuliert"]["n"] == sum(row[-1] for row in years)


if __name__ == "__main__":
    main()
