"""Two ways of doing the same, timed in turns: what disturbs the machine disturbs both."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Result:
    """One line of the table. ``value`` is compared with ``limit``; ``detail`` says where it comes from."""

    name: str
    value: float
    limit: float
    unit: str
    detail: str = ""

    @property
    def kept(self) -> bool:
        """Whether the limit is kept."""
        return self.value <= self.limit

    def tell(self) -> None:
        """Hand the line to the program that collects them."""
        print(json.dumps(asdict(self)), flush=True)


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    started = perf_counter()
    work()
    return perf_counter() - started


def medians(ways: Sequence[Callable[[], object]], rounds: int, warm: int = 5) -> list[float]:
    """The median time of each way in milliseconds, in turns and each time in another order."""
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(warm):
        for way in ways:
            way()
    for turn in range(rounds):
        for step in range(len(ways)):
            place = (turn + step) % len(ways)
            gc.collect()  # nobody pays for the garbage of the other
            times[place].append(seconds(ways[place]))
    return [median(found) * 1000 for found in times]


def ratio(name: str, limit: float, ours: float, other: float, other_name: str) -> Result:
    """A line that compares our time with another one, both in milliseconds."""
    detail = f"{ours:.1f} ms, {other_name} {other:.1f} ms"
    return Result(name, ours / other, limit, "×", detail)
