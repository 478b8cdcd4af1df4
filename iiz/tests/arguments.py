"""The arguments with which an address is asked for, found in the world of the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from iiz.tests.world import World
from optima.billing.months import first_of, months_after


def of(name: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about one case of the world."""
    return lambda world: [world.cases[name].number]


def home(*more: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about the contractor's institution; words stand for rows of the world."""

    def arguments(world: World) -> list[Any]:
        known = {name: row.pk for name, row in world.rows.items()}
        known["member"] = world.people["adviser"].user.pk
        return [
            world.people["contact"].institution.pk,
            *(known.get(word[1:], word) if word[0] == "$" else word for word in more),
        ]

    return arguments


def action(state: str, name: str) -> Callable[[World], list[Any]]:
    """The arguments of the page of one transition."""
    return lambda world: [world.cases[state].number, name]


def document(state: str) -> Callable[[World], list[Any]]:
    """The arguments of the one document, asked for through some case."""
    return lambda world: [world.cases[state].number, world.rows["document"].pk]


def meeting(name: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about the meeting of one case."""
    return lambda world: [world.cases[name].number, world.rows[f"meeting {name}"].pk]


def vereinbarung(name: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about the Vereinbarung of one case."""
    return lambda world: [world.cases[name].number, world.rows[f"vereinbarung {name}"].pk]


def of_another(world: World) -> list[Any]:
    """The Vereinbarung of one case, asked for through another."""
    return [world.cases["closed"].number, world.rows["vereinbarung running"].pk]


def kg(name: str, *more: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about a Kostengutsprache; ``bill`` stands for the file of the provider's invoice."""

    def arguments(world: World) -> list[Any]:
        rest = [world.rows["bill"].document_id if word == "bill" else word for word in more]
        return [world.rows[f"kg {name}"].pk, *rest]

    return arguments


def feed(world: World) -> list[Any]:
    """The secret of somebody's calendar."""
    return [world.feed]


def token(world: World) -> list[Any]:
    """The secret of an open invitation."""
    return [world.rows["invitation"].token()]


def guest(world: World) -> list[Any]:
    """The secret of somebody without an account, for something that is over."""
    return [world.rows["guest"].token()]


def guest_of(name: str) -> Callable[[World], list[Any]]:
    """The one link for a guest, asked for through some case."""
    return lambda world: [world.cases[name].number, world.rows["guest"].pk]


def task(world: World) -> list[Any]:
    """What waits for the contact: the decision on a submitted Antrag."""
    return [world.rows["task"].pk]


def absence(world: World) -> list[Any]:
    """The adviser's absence, in which the contact stands in."""
    return [world.rows["absence"].pk]


def given(*words: str) -> Callable[[World], list[Any]]:
    """These arguments."""
    return lambda world: list(words)


def month(ahead: int, debtor: str = "") -> Callable[[World], list[Any]]:
    """A month so many months from now, and perhaps whom it is billed to: the principal's office or another."""

    def arguments(world: World) -> list[Any]:
        whose = {"home": "principal", "elsewhere": "stranger"}.get(debtor)
        found = months_after(first_of(timezone.localdate()), ahead)
        return [found, world.people[whose].institution.pk] if whose else [found]

    return arguments


def bill(world: World) -> list[Any]:
    """The invoice that the contractor's office has issued."""
    return [world.rows["invoice"].pk]


def enquiry(world: World) -> list[Any]:
    """What somebody brought to the desk."""
    return [world.rows["enquiry"].pk]


def of_enquiry(name: str) -> Callable[[World], list[Any]]:
    """The arguments of one way to handle it."""
    return lambda world: [world.rows["enquiry"].pk, name]


def row(name: str, *more: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about one row of the world."""
    return lambda world: [world.rows[name].pk, *more]


def version(name: str, number: int = 1) -> Callable[[World], list[Any]]:
    """The arguments of an address about one version of the Handlungsplan of a case."""
    return lambda world: [world.cases[name].number, number]


def sent_again(world: World) -> list[Any]:
    """The version in force and one who is to get it again."""
    return [world.cases["rt planned"].number, 1, world.rows["rt step"].owner_id]


def sent_document(world: World) -> list[Any]:
    """A document of a Roundtable, asked for through its case."""
    return [world.cases["rt asked"].number, world.rows["rt document"].pk]


def invitation(world: World) -> list[Any]:
    """The invitation of one participant, asked for through its case."""
    return [world.cases["rt asked"].number, world.rows["rt seat"].pk]


none = given()
