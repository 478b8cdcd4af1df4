"""From a municipality number to the region that the statistics count (PER-03)."""

from __future__ import annotations

from collections.abc import Mapping

from iiz.core.cases import OUT_OF_CANTON
from iiz.core.models import Municipality
from iiz.core.seed import rows

LOWEST, HIGHEST = 1, 6999
"""The range of BFS numbers of Swiss municipalities."""


def regions() -> Mapping[int, str]:
    """Region by BFS number: the municipalities of the canton and, as far as known, those merged into them.

    Where the canton is not set up yet, the municipalities that ship with the portal stand in.
    """
    found = dict(Municipality.objects.values_list("bfs_nr", "region"))
    if not found:
        found = {int(row["bfs_nr"]): row["wahlkreis"] for row in rows("lu_gemeinden.csv")}
    for row in rows("lu_former.csv"):
        successor = int(row["successor"])
        if successor in found:
            found.setdefault(int(row["bfs_nr"]), found[successor])
    return found


def region_of(bfs_number: int, known: Mapping[int, str]) -> str:
    """The region of a municipality; one outside of the canton is *ausserkantonal*."""
    return known.get(bfs_number, OUT_OF_CANTON)
