"""The newest open cases of an actor, against the best SQL that a person would write for the same rule."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import cycle

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.load import BUSY  # noqa: E402
from benchmarks.timing import medians, ratio  # noqa: E402
from iiz.core.actor import Actor, actors_of  # noqa: E402
from iiz.core.enums import Phase, Role  # noqa: E402
from iiz.core.models import Case, CasePermission, Institution, Membership, User  # noqa: E402
from iiz.core.models.case import CaseQuerySet  # noqa: E402

ROWS = 25
LIMIT = 1.5
ROUNDS = 60

BY_CASE = """
    SELECT c.* FROM core_case c
    WHERE c.phase = 'open' AND EXISTS (
        SELECT 1 FROM core_casepermission p
        WHERE p.content_object_id = c.id AND p.group_id = %s AND (p.valid_until IS NULL OR p.valid_until >= %s))
    ORDER BY c.arrived_on DESC, c.id DESC LIMIT 25"""
BY_GROUP = """
    SELECT c.* FROM core_casepermission p JOIN core_case c ON c.id = p.content_object_id
    WHERE p.group_id = %s AND (p.valid_until IS NULL OR p.valid_until >= %s) AND c.phase = 'open'
    ORDER BY c.arrived_on DESC, c.id DESC LIMIT 25"""
GROUP_FIRST = """
    WITH mine AS MATERIALIZED (
        SELECT content_object_id FROM core_casepermission
        WHERE group_id = %s AND (valid_until IS NULL OR valid_until >= %s))
    SELECT c.* FROM core_case c JOIN mine ON mine.content_object_id = c.id
    WHERE c.phase = 'open' ORDER BY c.arrived_on DESC, c.id DESC LIMIT 25"""
STATEMENTS = (BY_CASE, BY_GROUP, GROUP_FIRST)


def main() -> None:
    """A small and the largest office, and somebody of twenty who acts for one after the other."""
    sizes = list(
        CasePermission.objects.filter(content_object__phase=Phase.OPEN)
        .values_list("group__institution")
        .annotate(cases=Count("pk"))
        .order_by("cases", "group__institution")
    )
    for words, (office, cases) in (("small office", sizes[len(sizes) // 10]), ("largest office", sizes[-1])):
        compare(f"visible_to, user of 1, {words} ({cases} open cases)", [somebody(office)])
    many = actors_of(User.objects.get(email=BUSY))
    compare(f"visible_to, user of {len(many)}, acting for each in turn", many)


def somebody(office: int) -> Actor:
    """A caseworker of an institution."""
    institution = Institution.objects.get(pk=office)
    row = Membership.objects.filter(institution=institution, role=Role.CASEWORKER).order_by("pk")[0]
    return Actor(row.user, institution, frozenset({row.role}))


def compare(name: str, actors: list[Actor]) -> None:
    """Statement against statement: all build the same objects in the same way.

    Composing the statement is Python's work and costs the same whatever the number of cases: told beside it.
    """
    composed = {actor: newest(actor).query.sql_with_params() for actor in actors}

    def ours(actor: Actor) -> list[Case]:
        return list(Case.objects.raw(*composed[actor]))

    for actor in actors:
        for sql in STATEMENTS:
            assert by_hand(sql, actor) == ours(actor) == list(newest(actor))
    ways = [_turns(actors, ours), _turns(actors, lambda actor: list(newest(actor)))]
    ways += [_turns(actors, partial(by_hand, sql)) for sql in STATEMENTS]
    mine, whole, *others = medians(ways, ROUNDS)
    line = ratio(name, LIMIT, mine, min(others), "best SQL")
    replace(line, detail=f"{line.detail}; with composing {whole:.1f} ms").tell()


def newest(actor: Actor) -> CaseQuerySet:
    """The list as the pages ask for it."""
    return Case.objects.visible_to(actor).filter(phase=Phase.OPEN).order_by("-arrived_on", "-pk")[:ROWS]


def by_hand(sql: str, actor: Actor) -> list[Case]:
    """The same list out of a statement."""
    return list(Case.objects.raw(sql, [actor.group_id, timezone.localdate()]))


def _turns(actors: list[Actor], ask: Callable[[Actor], list[Case]]) -> Callable[[], list[Case]]:
    """``ask`` for the next of ``actors`` at each call."""
    turn = cycle(actors)
    return lambda: ask(next(turn))


if __name__ == "__main__":
    main()
