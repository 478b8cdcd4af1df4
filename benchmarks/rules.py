"""All rules of a case – table, criteria, law, capability, obstacles – read and judged: time and queries."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from statistics import median
from time import process_time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.timing import Result, medians  # noqa: E402
from iiz.core.enums import StatisticsGroup  # noqa: E402
from iiz.core.models import Institution, LeadCapability  # noqa: E402
from optima import rulebook, seed  # noqa: E402
from optima.criteria.facts import Facts  # noqa: E402
from optima.models import AdmissionCriterion  # noqa: E402

MILLISECONDS = 5
QUERIES = 6
LIMIT = 1.5
ROUNDS = 200
FACTS = {
    "social_counselling": False,
    "wsh": False,
    "job_seeker": True,
    "ale": True,
    "iv_procedure": "none",
    "iv_damage_suspected": False,
    "wsh_entitled": True,
    "obstacles": frozenset({"schulden"}),
    "iv_refused_on": dt.date(2026, 4, 1),
    "rav_registered_on": dt.date(2026, 4, 1),
}
"""Somebody of whom much is known: every check has something to look at."""


def main() -> None:
    """An office of each group: reading and judging, against as many plain queries, in turns."""
    seed.rules()  # beside a demo canton that brings them; what is there stays
    today = timezone.localdate()
    times, ratios, computing, most = [], [], [], 0
    for group in (StatisticsGroup.IV, StatisticsGroup.RAV, StatisticsGroup.SH):
        offices = Institution.objects.active().filter(statistics_group=group)
        if group == StatisticsGroup.SH:
            offices = offices.filter(pk__in=LeadCapability.objects.valid_on(today).values("institution"))
        office = offices.order_by("pk")[0]
        who = StatisticsGroup.RAV if group != StatisticsGroup.RAV else StatisticsGroup.SH
        answers = {row.code: "yes" for row in rulebook.read(group, today).criteria}
        facts = Facts.of(FACTS, principal_group=who, contractor_group=group, answers=answers)

        def judge(office: Institution = office, facts: Facts = facts) -> object:
            return rulebook.read(office.statistics_group, today, office).judge(facts)

        with CaptureQueriesContext(connection) as queries:
            judge()
        asked = len(queries)

        def plain(group: str = group, asked: int = asked) -> object:
            rows = AdmissionCriterion.objects.valid_on(today).filter(contractor_group=group)
            return [list(rows.all()) for _ in range(asked)]

        ours, other = medians([judge, plain], ROUNDS)
        times.append(ours)
        ratios.append(ours / other)
        computing.append(used(judge))
        most = max(most, asked)
    detail = ", ".join(f"{ours:.1f} ms" for ours in times) + f" for IV, RAV, SH with {connection.vendor}; "
    detail += f"{max(computing):.1f} ms of the slowest computing"
    Result("all rules of a case", max(times), MILLISECONDS, "ms", detail).tell()
    Result("all rules of a case, queries", most, QUERIES, "").tell()
    Result(
        "all rules of a case, with judging", max(ratios), LIMIT, "×", "against as many plain queries of criteria"
    ).tell()


def used(work: Callable[[], object]) -> float:
    """The median time for which this process itself computes, in milliseconds: what a busy machine does not spoil."""
    found = []
    for _ in range(ROUNDS):
        began = process_time()
        work()
        found.append(process_time() - began)
    return median(found) * 1000


if __name__ == "__main__":
    main()
