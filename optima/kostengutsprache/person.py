"""What the form says of the participating person, and completing it where the case does not know it (KG-03)."""

from __future__ import annotations

from collections.abc import Mapping

from iiz.core import audit
from iiz.core.actor import Actor
from iiz.core.enums import StatisticsGroup
from iiz.core.models import Case

ADDRESS = ("street", "postcode", "place")
NUMBER = "rav_number"


def missing(case: Case) -> tuple[str, ...]:
    """What the form asks for and nobody has recorded: the address, and at a RAV its number of the person."""
    person = case.person
    if person is None:
        return ()
    names = () if person.street and person.place else ADDRESS
    at_rav = case.antrag.contractor_group == StatisticsGroup.RAV
    return (*names, NUMBER) if at_rav and not person.rav_number else names


def complete(case: Case, actor: Actor, data: Mapping[str, str]) -> None:
    """Record what was missing, so that nobody types it twice (UX-02)."""
    person, names = case.person, [name for name in missing(case) if data.get(name)]
    if person is None or not names:
        return
    changes = {name: [audit.personal(getattr(person, name)), audit.personal(data[name])] for name in names}
    for name in names:
        setattr(person, name, data[name])
    person.save(update_fields=names)
    audit.record(audit.case_stream(case.number), actor, "person_changed", person, changes=changes)
