"""The policy where the exchange rests on a Vollmacht, tried whole: all of ``test_access`` times what it names.

A Vollmacht only ever takes away: it opens nothing that taking part would not open (PER-06).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from iiz.core.access import CaseFacts, Named, policy
from iiz.core.enums import Phase

from .test_access import ALL, EARLIER, LATER, OFFICE, OTHER, THIRD, TODAY

SCOPES: list[tuple[Named, ...]] = [
    (),
    (Named(OFFICE, LATER),),
    *((Named(OFFICE, end), Named(OTHER, end)) for end in (EARLIER, TODAY, LATER)),
    (Named(THIRD, LATER), Named(OTHER, LATER)),
]
PAIRS = [(facts, scope, policy(facts), policy(replace(facts, named=scope))) for facts in ALL for scope in SCOPES]
"""Facts and scope, with the grants without a Vollmacht and with it."""


def end_of(scope: tuple[Named, ...], office: int) -> dt.date | None:
    """The last day on which ``scope`` names an office; ``None`` if it does not."""
    return next((named.until for named in scope if named.institution == office), None)


def shared(facts: CaseFacts) -> bool:
    """Whether anything is shared at all: no draft, and the client has agreed."""
    return facts.phase != Phase.DRAFT and facts.agreed


def test_nothing_is_left_out():
    assert len(PAIRS) == len(ALL) * 6


def test_a_vollmacht_opens_nothing_that_taking_part_does_not_open():
    for facts, scope, without, named in PAIRS:
        assert set(named) <= set(without), (facts, scope)
        for office, grant in named.items():
            assert grant.level == without[office].level, (facts, scope)
        assert THIRD not in named, "to be named is not to take part"


def test_the_office_that_registered_keeps_what_it_has():
    for facts, scope, without, named in PAIRS:
        assert named.get(OFFICE) == without.get(OFFICE), (facts, scope)


def test_whoever_is_not_named_sees_nothing():
    for facts, scope, _without, named in PAIRS:
        if shared(facts) and end_of(scope, OTHER) is None:
            assert OTHER not in named, (facts, scope)


def test_an_open_case_closes_to_the_others_with_the_last_day_of_the_vollmacht():
    for facts, scope, without, named in PAIRS:
        last = end_of(scope, OTHER)
        if shared(facts) and facts.phase == Phase.OPEN and last is not None and OTHER in without:
            before = without[OTHER].valid_until
            assert named[OTHER].valid_until == (last if before is None else min(before, last)), (facts, scope)


def test_an_ended_case_stays_readable_to_those_it_named_at_the_end():
    for facts, scope, without, named in PAIRS:
        last = end_of(scope, OTHER)
        if shared(facts) and facts.phase == Phase.ENDED and last is not None:
            assert (OTHER in named) == (OTHER in without and last >= TODAY), (facts, scope)
            if OTHER in named:
                assert named[OTHER] == without[OTHER], (facts, scope)
