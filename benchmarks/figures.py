"""The statistics of a period against SQL written by hand for the same figures."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.timing import medians, ratio  # noqa: E402
from reporting import figures  # noqa: E402

LIMIT = 1.5
ROUNDS = 15

CASES = "FROM core_case c JOIN optima_antrag a ON a.case_id = c.id"
COUNTED = "c.service = 'optima' AND c.phase <> 'draft'"
PERIOD = "BETWEEN %(first)s AND %(last)s"
ARRIVED = f"""
    SELECT a.principal_group, a.contractor_group, a.zielgruppe, count(*) {CASES}
    WHERE {COUNTED} AND c.arrived_on {PERIOD} GROUP BY 1, 2, 3"""
DECIDED = f"""
    SELECT a.decision, r.code, a.contractor_group, count(*) {CASES}
    LEFT JOIN optima_refusalreason r ON r.id = a.refusal_reason_id
    WHERE {COUNTED} AND a.decided_on {PERIOD} GROUP BY 1, 2, 3"""
ENDED = f"""
    SELECT c.state, a.contractor_group, a.outcome, count(*) {CASES}
    WHERE {COUNTED} AND c.ended_on {PERIOD} GROUP BY 1, 2, 3"""
STOCKS = f"""
    SELECT
        count(*) FILTER (WHERE c.arrived_on < %(first)s AND (a.decided_on IS NULL OR a.decided_on >= %(first)s)),
        count(*) FILTER (WHERE c.arrived_on <= %(last)s AND (a.decided_on IS NULL OR a.decided_on > %(last)s)),
        count(*) FILTER (WHERE a.decision = 'accepted' AND a.decided_on < %(first)s
                         AND (c.ended_on IS NULL OR c.ended_on >= %(first)s)),
        count(*) FILTER (WHERE a.decision = 'accepted' AND a.decided_on <= %(last)s
                         AND (c.ended_on IS NULL OR c.ended_on > %(last)s))
    {CASES} WHERE {COUNTED}"""
PROMISES = f"""
    SELECT a.contractor_group, i.statistics_group, count(*) {CASES}
    JOIN optima_kostengutsprache k ON k.case_id = c.id JOIN core_institution i ON i.id = k.payer_id
    WHERE {COUNTED} AND k.requested_on {PERIOD} GROUP BY 1, 2"""
DECIDED_PROMISES = f"""
    SELECT a.contractor_group, k.decision, count(*) {CASES} JOIN optima_kostengutsprache k ON k.case_id = c.id
    WHERE {COUNTED} AND k.decided_on {PERIOD} GROUP BY 1, 2"""
MEDIAN = "percentile_cont(0.5) WITHIN GROUP (ORDER BY {days})"
MEDIANS = tuple(
    f"SELECT {MEDIAN.format(days=days)} {CASES} WHERE {COUNTED} AND {where} {PERIOD}"
    for days, where in (
        ("a.decided_on - c.arrived_on", "a.decided_on"),
        ("a.handover_on - a.decided_on", "a.handover_on"),
        ("c.ended_on - a.started_on", "c.state = 'closed' AND c.ended_on"),
    )
)
STATEMENTS = (ARRIVED, DECIDED, ENDED, STOCKS, PROMISES, DECIDED_PROMISES, *MEDIANS)


def main() -> None:
    """All years, one year, one month."""
    today = timezone.localdate()
    for words, first, last in (
        ("all years", dt.date(2024, 1, 1), today),
        ("one year", dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
        ("one month", dt.date(2025, 3, 1), dt.date(2025, 3, 31)),
    ):
        same(figures.optima(first, last), by_hand(first, last))
        ways: list[Callable[[], object]] = [partial(figures.optima, first, last), partial(by_hand, first, last)]
        mine, other = medians(ways, ROUNDS, warm=2)
        ratio(f"statistics, {words}", LIMIT, mine, other, "SQL by hand").tell()


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
    arrived, decided, ended, [stocks], promises, decided_promises, *middle = rows
    process, effects, promised = ours["prozess"], ours["wirkungen"], ours["kostengutsprachen"]
    assert ours["auftraege"]["anmeldungen"] == sum(row[-1] for row in arrived)
    assert process["angenommen"] == sum(row[-1] for row in decided if row[0] == "accepted")
    assert process["abgelehnt"]["sonstige"] == sum(row[-1] for row in decided if row[1] == "sonstige")
    assert effects["erfolgreich"]["IV"] == sum(row[-1] for row in ended if row[1:3] == ("IV", "erfolgreich"))
    assert tuple(process[key] for key in ("offen_anfang", "offen", "laufend_anfang", "laufend_ende")) == stocks
    assert promised["beantragt"]["total"] == sum(row[-1] for row in promises)
    assert promised["bewilligt"]["total"] == sum(row[-1] for row in decided_promises if row[1] == "approved")
    for name, [[value]] in zip(("anmeldung_entscheid", "entscheid_uebergabe", "start_abschluss"), middle, strict=True):
        assert ours["durchlaufzeiten"][name]["median_tage"] == value


if __name__ == "__main__":
    main()
