"""``python -m benchmarks.run postgres://…/name``: measures all that was promised; exit 1 if a limit is exceeded.

Makes two databases beside the named one (``name`` with all cases, ``name_small`` with 1 000) and removes them again.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks.timing import Result, ratio

ROOT = Path(__file__).resolve().parent.parent
SMALL = 1000
QUERIES = 14
MODULES = (
    "lists",
    "figures",
    "roundtables",
    "rules",
    "documents",
    "plans",
    "memory",
    "reminders",
    "billing",
    "views",
    "minutes",
)
"""What is measured on the large database, each in a process of its own."""
PAGE_LIMIT = 1.3
PAGE_ROUNDS = 40
PEOPLE = (("koordination@demo.example", "/faelle/"), ("iv@demo.example", "/faelle/?phase=all"))
WORK = (
    ("iv@demo.example", "/pendenzen/", 15),
    ("iv-ansprechperson@demo.example", "/pendenzen/?wer=alle", 15),
    ("koordination@demo.example", "/pendenzen/", 15),
    ("lesend@demo.example", "/pendenzen/", 15),
    ("iv-ansprechperson@demo.example", "/eingang/", 20),
)
"""Pendenzen in several roles and the inbox: whose, where, and the most queries."""


def main() -> int:
    """Load, measure, print; the exit status for the shell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="a PostgreSQL database that does not exist yet")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--institutions", type=int, default=500)
    parser.add_argument("--users", type=int, default=5000)
    parser.add_argument("--keep", action="store_true", help="leave the databases for another run")
    parser.add_argument("--reuse", action="store_true", help="measure databases that an earlier run has left")
    wanted = parser.parse_args()
    large, small = wanted.url, f"{wanted.url}_small"
    results: list[Result] = []
    size = ["--institutions", str(wanted.institutions), "--users", str(wanted.users)]
    try:
        if not wanted.reuse:
            create(large)
            create(small)
            results += show(measure("load", large, "--cases", str(wanted.cases), *size))
            list(measure("load", small, "--cases", str(min(SMALL, wanted.cases)), *size))
        for name in MODULES:
            results += show(measure(name, large))
        results += show(pages(large, small))
    finally:
        if not wanted.keep and not wanted.reuse:
            drop(large)
            drop(small)
    return 0 if all(result.kept for result in results) else 1


def measure(name: str, url: str, *options: str) -> Iterator[Result]:
    """Run one measurement in a process of its own, on one database."""
    print(f"… {name}", file=sys.stderr, flush=True)
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", f"benchmarks.{name}", *options],
        cwd=ROOT,
        env=environment(url),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    for line in done.stdout.splitlines():
        yield Result(**json.loads(line))


def pages(large: str, small: str) -> list[Result]:
    """Lists – cases, Pendenzen, inbox: their queries, and their time with many and with few cases in the database."""
    print("… pages", file=sys.stderr, flush=True)
    with Pages(large) as many, Pages(small) as few:
        counts = [
            many.ask(do="count", email=many.ask(do="somebody", cases="500")["email"], path="/faelle/"),
            few.ask(do="count", email=few.ask(do="somebody", cases="5")["email"], path="/faelle/"),
            *(many.ask(do="count", email=email, path=path) for email, path in PEOPLE),
        ]
        rows = ", ".join(f"{count['queries']} with {count['rows']} rows" for count in counts)
        most = max(int(count["queries"]) for count in counts)
        more = int(counts[0]["queries"]) - int(counts[1]["queries"])  # two people of one role; others differ by role
        results = [
            Result("Fälle, queries", most, QUERIES, "", rows),
            Result("Fälle, queries more with many rows", more, 0, ""),
        ]
        results += [in_turns("Fälle", many, few, email, path) for email, path in PEOPLE]
        for email, path, limit in WORK:
            name = path.strip("/").partition("/")[0].capitalize()
            counts = [side.ask(do="count", email=email, path=path) for side in (many, few)]
            rows = ", ".join(f"{count['queries']} with {count['rows']} rows" for count in counts)
            most = max(int(count["queries"]) for count in counts)
            results.append(Result(f"{name}, {_login(email)}, queries", most, limit, "", rows))
            results.append(in_turns(name, many, few, email, path))
    return results


def in_turns(name: str, many: Pages, few: Pages, email: str, path: str) -> Result:
    """The time of one page with many and with few cases, asked for in turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(PAGE_ROUNDS + 5):
        for place, side in sorted(enumerate((many, few)), reverse=bool(turn % 2)):
            found = float(side.ask(do="time", email=email, path=path)["ms"])
            if turn >= 5:
                times[place].append(found)
    return ratio(f"{name}, {_login(email)}", PAGE_LIMIT, median(times[0]), median(times[1]), f"with {SMALL} cases")


def _login(email: str) -> str:
    return email.partition("@")[0]


class Pages:
    """A process that answers pages of one database."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.pages"],
            cwd=ROOT,
            env=environment(url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *error: object) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)

    def ask(self, **question: str) -> dict[str, Any]:
        """One question, one answer."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(question), file=self.process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


SECRETS = {"SECRET_KEY": secrets.token_urlsafe(50), "AUDIT_KEY": secrets.token_urlsafe(50)}


def environment(url: str) -> dict[str, str]:
    """As in production, with mail kept in memory."""
    return {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
        **SECRETS,
        "DATABASE_URL": url,
        "DEBUG": "0",
        "ALLOWED_HOSTS": "localhost,testserver",
        "BASE_URL": "https://localhost",
        "EMAIL_URL": "memorymail://",
        "MEDIA_ROOT": tempfile.gettempdir(),
    }


def create(url: str) -> None:
    """Make the database; it must not exist, so that nobody's data are measured away."""
    _administer("CREATE DATABASE {}", url)


def drop(url: str) -> None:
    """Remove the database, if it is there."""
    _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", url)


def _administer(statement: str, url: str) -> None:
    parts = urlsplit(url)
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(parts.path.lstrip("/"))))


def show(results: Iterable[Result]) -> list[Result]:
    """Print the lines of the table as they come, and return them."""
    shown = []
    for result in results:
        mark = "ok" if result.kept else "TOO MUCH"
        value = f"{result.value:.2f} {result.unit}".strip()
        print(f"{result.name:58} {value:>10}  limit {result.limit:g}  {mark:8}  {result.detail}", flush=True)
        shown.append(result)
    return shown


if __name__ == "__main__":
    sys.exit(main())
